//! Values against their types (GraphQL specification, sections 3.5 to 3.12 and 5.6): what does not fit is told with its
//! path, the value and a right example.

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Pos};
use async_graphql_value::Value as Literal;
use kernel::error::UserErrorCode;
use kernel::i18n::Text;
use kernel::text::clip;

use crate::types::{InputShape, TypeShape, Types, scalar_problem, types};
use crate::uses::VariableUse;
use crate::{DocumentProblem, MAX_PROBLEMS};

/// The most characters of a value that are told again.
const SHOWN: usize = 60;
/// The most members of a closed set that are named.
const NAMED: usize = 40;

/// Where a value comes from: JSON has neither names of closed sets nor variables.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// It stands in the document.
    Document,
    /// It is the value of a variable.
    Variable,
}

/// A check of values, with what it found.
pub(super) struct ValueCheck {
    types: &'static Types,
    source: Source,
    at: Pos,
    /// Problems of the values.
    pub(super) problems: Vec<DocumentProblem>,
    /// Variables within the values.
    pub(super) uses: Vec<VariableUse>,
}

/// A place for a value.
#[derive(Clone, Copy)]
struct Place<'a> {
    ty: &'a Type,
    has_default: bool,
    in_one_of: bool,
}

impl ValueCheck {
    /// A check of values that stand at a place of the document.
    pub(super) fn new(source: Source, at: Pos) -> Self {
        Self { types: types(), source, at, problems: Vec::new(), uses: Vec::new() }
    }

    /// A value of an argument or variable as its type has it. `path` is where it stands.
    pub(super) fn value(&mut self, value: Literal, ty: &Type, has_default: bool, path: &str) -> Literal {
        self.coerced(value, Place { ty, has_default, in_one_of: false }, path)
    }

    fn refuse(&mut self, reason: UserErrorCode, path: &str, text: Text) -> Literal {
        // No more are told, and a list of wrong values may be long.
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(DocumentProblem::of_value(reason, path.to_owned(), text, self.at));
        }
        Literal::Null
    }

    fn invalid(&mut self, path: &str, key: &'static str, value: &Literal) -> Literal {
        self.refuse(UserErrorCode::Invalid, path, Text::new(key).with("value", shown(value)))
    }

    fn coerced(&mut self, value: Literal, place: Place<'_>, path: &str) -> Literal {
        match value {
            Literal::Variable(name) => {
                self.uses.push(VariableUse {
                    name: name.clone(),
                    at: self.at,
                    wanted: place.ty.clone(),
                    has_default: place.has_default,
                    in_one_of: place.in_one_of,
                    path: path.to_owned(),
                });
                Literal::Variable(name)
            }
            Literal::Null if place.ty.nullable => Literal::Null,
            Literal::Null => self.refuse(UserErrorCode::Required, path, Text::new("value-required")),
            value => match &place.ty.base {
                BaseType::Named(name) => self.named(value, name, path),
                BaseType::List(inner) => self.list(value, inner, path),
            },
        }
    }

    /// A list; another value is one of itself (3.11).
    fn list(&mut self, value: Literal, inner: &Type, path: &str) -> Literal {
        let place = Place { ty: inner, has_default: false, in_one_of: false };
        let Literal::List(items) = value else {
            return Literal::List(vec![self.coerced(value, place, path)]);
        };
        let item = |(index, item)| self.coerced(item, place, &format!("{path}[{index}]"));
        Literal::List(items.into_iter().enumerate().map(item).collect())
    }

    fn named(&mut self, value: Literal, name: &Name, path: &str) -> Literal {
        match self.types.get(name) {
            Some(TypeShape::Enum(members)) => self.member(value, members, path),
            Some(TypeShape::Input(fields, one_of)) => self.object(value, fields, *one_of, path),
            Some(TypeShape::Scalar | TypeShape::Composite(..)) | None => self.scalar(value, name, path),
        }
    }

    fn scalar(&mut self, value: Literal, name: &Name, path: &str) -> Literal {
        match (name.as_str(), &value) {
            ("String", Literal::String(_)) | ("Boolean", Literal::Boolean(_)) => value,
            ("ID", Literal::String(_)) => value,
            ("ID", Literal::Number(number)) if !number.is_f64() => Literal::String(number.to_string()),
            ("Int", Literal::Number(number)) => match whole(number) {
                Some(whole) if i32::try_from(whole).is_ok() => Literal::Number(whole.into()),
                Some(_) => {
                    let text = Text::new("value-int-range").with("value", number);
                    self.refuse(UserErrorCode::OutOfRange, path, text)
                }
                None => self.invalid(path, "value-no-int", &value),
            },
            ("Float", Literal::Number(_)) => value,
            ("String", _) => self.invalid(path, "value-no-string", &value),
            ("Boolean", _) => self.invalid(path, "value-no-boolean", &value),
            ("ID", _) => self.invalid(path, "value-no-id", &value),
            ("Int", _) => self.invalid(path, "value-no-int", &value),
            ("Float", _) => self.invalid(path, "value-no-float", &value),
            (name, _) => match value.clone().into_const() {
                Some(constant) => match scalar_problem(name, &constant, shown(&value)) {
                    Some((reason, text)) => self.refuse(reason, path, text),
                    None => value,
                },
                // Only values of JSON may have variables within.
                None => self.invalid(path, "value-with-variables", &value),
            },
        }
    }

    /// A member of a closed set: a name in a document, a string in JSON (3.9).
    fn member(&mut self, value: Literal, members: &[Name], path: &str) -> Literal {
        let named = match (&value, self.source) {
            (Literal::Enum(name), Source::Document) => members.iter().find(|it| *it == name),
            (Literal::String(text), Source::Variable) => members.iter().find(|it| it.as_str() == text),
            _ => None,
        };
        if let Some(member) = named {
            return Literal::Enum(member.clone());
        }
        let mut allowed = members.iter().take(NAMED).map(Name::as_str).collect::<Vec<_>>().join(", ");
        if members.len() > NAMED {
            allowed.push_str(", …");
        }
        let key = match (&value, self.source) {
            (Literal::String(_), Source::Document) => "value-member-quoted",
            _ => "value-no-member",
        };
        let text = Text::new(key).with("value", shown(&value)).with("allowed", allowed);
        let refused = self.refuse(UserErrorCode::Invalid, path, text);
        let meant = match &value {
            Literal::Enum(name) => Types::similar(name, members),
            Literal::String(text) => Types::similar(&clip(text, SHOWN), members),
            _ => None,
        };
        if let Some(problem) = self.problems.last_mut() {
            problem.suggestion = meant;
        }
        refused
    }

    /// An input object (3.10).
    fn object(&mut self, value: Literal, fields: &[InputShape], one_of: bool, path: &str) -> Literal {
        let Literal::Object(mut given) = value else {
            return self.invalid(path, "value-no-object", &value);
        };
        let within = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        for name in given.keys() {
            if !fields.iter().any(|it| it.name == *name) {
                let text = Text::new("value-unknown-field").with("name", clip(name, SHOWN));
                self.refuse(UserErrorCode::Invalid, &within(&clip(name, SHOWN)), text);
                if let Some(problem) = self.problems.last_mut() {
                    problem.suggestion = Types::similar(name, fields.iter().map(|it| &it.name));
                }
            }
        }
        if one_of && (given.len() != 1 || given.values().any(|it| matches!(it, Literal::Null))) {
            let names = fields.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
            return self.refuse(UserErrorCode::Invalid, path, Text::new("value-one-of").with("names", names));
        }
        let mut coerced = async_graphql::indexmap::IndexMap::new();
        for field in fields {
            let inner = within(&field.name);
            match given.swap_remove(&field.name) {
                Some(value) => {
                    let place = Place { ty: &field.ty, has_default: field.has_default, in_one_of: one_of };
                    coerced.insert(field.name.clone(), self.coerced(value, place, &inner));
                }
                None if field.is_required() && !one_of => {
                    self.refuse(UserErrorCode::Required, &inner, Text::new("value-required"));
                }
                None => {}
            }
        }
        Literal::Object(coerced)
    }
}

/// A whole number; JSON may write it as `1.0`.
fn whole(number: &async_graphql::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < 9e15)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and small enough")]
        Some(float as i64)
    })
}

/// A value as its sender wrote it, cut where it is long.
pub(super) fn shown(value: &Literal) -> String {
    clip(&value.to_string(), SHOWN)
}
