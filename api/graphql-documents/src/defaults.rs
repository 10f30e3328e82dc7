//! Test of every argument and input field of the schema that has a default: with a variable that is left out, null, and
//! given.

use std::collections::{HashMap, HashSet, VecDeque};

use async_graphql::parser::types::{BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type};
use async_graphql_value::Value as Literal;
use kernel::error::UserErrorCode;
use serde_json::{Value as Json, json};

use crate::types::{FieldShape, InputShape, TypeShape, Types, learn, named, types};
use crate::{bind, parse};

/// A place for a value: the document's text before and after it.
#[derive(Clone)]
struct ValuePlace {
    operation: OperationType,
    before: String,
    after: String,
    /// Names of input fields from the argument down to the value.
    inside: Vec<String>,
}

impl ValuePlace {
    fn with(&self, before: &str, after: &str) -> Self {
        let (before, after) = (format!("{}{before}", self.before), format!("{after}{}", self.after));
        Self { before, after, ..self.clone() }
    }

    fn document(&self, variable: &str, value: &str) -> String {
        let kind = match self.operation {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        format!("{kind} Q{variable} {{ {}{value}{} }}", self.before, self.after)
    }
}

/// A valid value of a type.
fn sample(ty: &Type) -> Json {
    let name = match &ty.base {
        BaseType::List(inner) => return json!([sample(inner)]),
        BaseType::Named(name) => name.as_str(),
    };
    match types().get(name) {
        Some(TypeShape::Enum(members)) => json!(members[0]),
        Some(TypeShape::Input(fields, true)) => json!({ fields[0].name.as_str(): sample(&fields[0].ty) }),
        Some(TypeShape::Input(fields, false)) => {
            fields.iter().filter(|it| it.is_required()).map(|it| (it.name.to_string(), sample(&it.ty))).collect()
        }
        _ => match name {
            "Int" => json!(1),
            "Float" => json!(1.5),
            "Boolean" => json!(true),
            "Date" => json!("2027-03-12"),
            "DateTime" => json!("2027-03-12T14:00:00Z"),
            "LocalDateTime" => json!("2027-03-12T14:00"),
            "TimeZone" => json!("Europe/Berlin"),
            "Decimal" | "DatasetNumber" => json!("1.50"),
            _ => json!("x"),
        },
    }
}

/// A value as it is written in a document.
fn literal(ty: &Type, value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let BaseType::List(inner) = &ty.base else { panic!("a list for {ty}") };
            format!("[{}]", items.iter().map(|it| literal(inner, it)).collect::<Vec<_>>().join(", "))
        }
        Json::Object(object) => {
            let Some(TypeShape::Input(fields, _)) = types().get(named(ty)) else { panic!("an object for {ty}") };
            let field = |name: &str| fields.iter().find(|it| it.name == name).expect("a field");
            let parts: Vec<_> =
                object.iter().map(|(name, it)| format!("{name}: {}", literal(&field(name).ty, it))).collect();
            format!("{{{}}}", parts.join(", "))
        }
        Json::String(text) if matches!(types().get(named(ty)), Some(TypeShape::Enum(_))) => text.clone(),
        other => other.to_string(),
    }
}

/// A field with what it takes, but for `without`, and an open place for more arguments.
fn call(name: &str, field: &FieldShape, without: &str) -> String {
    let needed = field.arguments.iter().filter(|it| it.is_required() && it.name != without);
    let arguments: String = needed.map(|it| format!("{}: {}, ", it.name, literal(&it.ty, &sample(&it.ty)))).collect();
    format!("{name}({arguments}")
}

/// Places within an input value for the fields of its type and of those below.
fn within(
    argument: &InputShape,
    place: &ValuePlace,
    seen: &mut HashSet<String>,
    found: &mut Vec<(InputShape, ValuePlace)>,
) {
    let name = named(&argument.ty).to_string();
    let Some(TypeShape::Input(fields, one_of)) = types().get(&name) else { return };
    if !seen.insert(name) {
        return;
    }
    let list = matches!(argument.ty.base, BaseType::List(_));
    for field in fields {
        let others = fields.iter().filter(|it| it.is_required() && it.name != field.name && !one_of);
        let others: String = others.map(|it| format!("{}: {}, ", it.name, literal(&it.ty, &sample(&it.ty)))).collect();
        let (open, close) = if list { ("[{", "}]") } else { ("{", "}") };
        let mut inner = place.with(&format!("{}: {open}{others}", argument.name), close);
        inner.inside.push(argument.name.to_string());
        within(field, &inner, seen, found);
        if field.has_default {
            found.push((InputShape { name: field.name.clone(), ty: field.ty.clone(), has_default: true }, inner));
        }
    }
}

/// All places of the schema where something with a default may be given.
fn places() -> Vec<(InputShape, ValuePlace)> {
    let (mut found, mut inputs, mut reached) = (Vec::new(), HashSet::new(), HashSet::new());
    let mut queue: VecDeque<(String, ValuePlace)> =
        [OperationType::Query, OperationType::Mutation, OperationType::Subscription]
            .map(|it| {
                (
                    Types::root(it).to_owned(),
                    ValuePlace { operation: it, before: String::new(), after: String::new(), inside: Vec::new() },
                )
            })
            .into();
    while let Some((parent, place)) = queue.pop_front() {
        if !reached.insert(parent.clone()) {
            continue;
        }
        let Some(TypeShape::Composite(fields, possible)) = types().get(&parent) else { continue };
        for (name, field) in fields {
            let below = named(&field.ty).to_string();
            let leaf = types().possible(&below).is_none();
            let end = if leaf { ")" } else { ") { __typename }" };
            for argument in &field.arguments {
                let at = place.with(&call(name, field, &argument.name), end);
                within(argument, &at, &mut inputs, &mut found);
                if argument.has_default {
                    found.push((
                        InputShape { name: argument.name.clone(), ty: argument.ty.clone(), has_default: true },
                        at,
                    ));
                }
            }
            if !leaf {
                let call = call(name, field, "");
                let call = call.strip_suffix('(').map_or_else(|| format!("{call})"), str::to_owned);
                queue.push_back((below, place.with(&format!("{call} {{ "), " }")));
            }
        }
        for member in possible.iter().filter(|it| **it != *parent) {
            queue.push_back((member.to_string(), place.with(&format!("... on {member} {{ "), " }")));
        }
    }
    found
}

/// The value that the executor gets at a place; `None` = it is left out.
fn bound_value(document: &ExecutableDocument, place: &ValuePlace, name: &str) -> Option<Literal> {
    let (_, operation) = document.operations.iter().next().expect("an operation");
    let mut set: &SelectionSet = &operation.node.selection_set.node;
    loop {
        match &set.items[0].node {
            Selection::InlineFragment(it) => set = &it.node.selection_set.node,
            Selection::FragmentSpread(_) => panic!("no fragments are written"),
            Selection::Field(field) => {
                let below = &field.node.selection_set.node;
                let ends = below
                    .items
                    .first()
                    .is_none_or(|it| matches!(&it.node, Selection::Field(it) if it.node.name.node == "__typename"));
                if !ends {
                    set = below;
                    continue;
                }
                let names = place.inside.iter().map(String::as_str).chain([name]).collect::<Vec<_>>();
                let mut value = field.node.get_argument(names[0])?.node.clone();
                for name in &names[1..] {
                    if let Literal::List(items) = value {
                        value = items.into_iter().next()?;
                    }
                    let Literal::Object(mut fields) = value else { panic!("an object around {name}") };
                    value = fields.shift_remove(*name)?;
                }
                return Some(value);
            }
        }
    }
}

#[test]
fn a_variable_at_a_default_may_be_left_out_null_or_given() {
    learn(|| include_str!("../../schema.graphql").to_owned(), |_, _, _| None);
    let mut kinds = HashMap::<&str, usize>::new();
    for (input, place) in places() {
        let variable = format!("($it: {})", Type { nullable: true, ..input.ty.clone() });
        let document = place.document(&variable, &format!("{}: $it", input.name));
        let checked = parse(&document).unwrap_or_else(|it| panic!("{document}: {it:?}"));
        let answer = |variables: Json| bind(&checked, None, variables.as_object().cloned());
        let left_out = answer(json!({})).unwrap_or_else(|it| panic!("{document}: {it:?}"));
        assert_eq!(bound_value(&left_out, &place, &input.name), None, "{document}: left out");
        let value = sample(&input.ty);
        let given = answer(json!({ "it": value })).unwrap_or_else(|it| panic!("{document}: {it:?}"));
        let seen = bound_value(&given, &place, &input.name).map(|it| it.to_string());
        assert_eq!(seen, Some(literal(&input.ty, &value)), "{document}: given");
        match answer(json!({ "it": null })) {
            Ok(null) => {
                assert!(input.ty.nullable, "{document}: null is taken");
                assert_eq!(bound_value(&null, &place, &input.name), Some(Literal::Null), "{document}: null");
            }
            Err(problems) => {
                assert!(!input.ty.nullable, "{document}: {problems:?}");
                assert_eq!(problems[0].reason, Some(UserErrorCode::Required), "{document}");
                assert_eq!(problems[0].variable.as_deref(), Some("it"), "{document}");
            }
        }
        *kinds.entry(Types::root(place.operation)).or_default() += 1;
    }
    let count = |it: &str| kinds.get(it).copied().unwrap_or_default();
    // Each of the schema once: input types are entered where they are met first.
    assert!(count("Query") > 20 && count("Mutation") > 45, "{kinds:?}");
}
