//! Fields that come under one name in the answer (GraphQL specification, section 5.3.2): they are one field with the same
//! arguments, or of types of which no object has both; and whatever they are, their answers look alike.

use std::collections::HashMap;

use async_graphql::parser::types::{BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type};
use async_graphql::{Name, Positioned};
use kernel::error::TopLevelCode;
use kernel::i18n::Text;

use crate::DocumentProblem;
use crate::types::{Types, named, types};

/// The most fields that are compared. A document of an ordinary client has some hundred.
const MAX_COMPARED: usize = 200_000;

/// A field with the type that it is selected of.
#[derive(Clone, Copy)]
struct SelectedField<'a> {
    parent: &'a str,
    field: &'a Positioned<Field>,
}

impl<'a> SelectedField<'a> {
    fn key(self) -> &'a Name {
        let field = &self.field.node;
        &field.alias.as_ref().unwrap_or(&field.name).node
    }
}

struct Shapes<'a> {
    types: &'static Types,
    document: &'a ExecutableDocument,
    problem: Option<DocumentProblem>,
    compared: usize,
}

/// The first fields of a valid document that cannot come under one name.
pub(super) fn problems(document: &ExecutableDocument) -> Vec<DocumentProblem> {
    let mut shapes = Shapes { types: types(), document, problem: None, compared: 0 };
    for (_, operation) in document.operations.iter() {
        let fields = shapes.expand(&operation.node.selection_set.node, Types::root(operation.node.ty));
        shapes.same_shape(&fields);
        shapes.same_field(&fields);
    }
    shapes.problem.into_iter().collect()
}

impl<'a> Shapes<'a> {
    /// The fields of a selection, fragments followed.
    fn expand(&self, set: &'a SelectionSet, parent: &'a str) -> Vec<SelectedField<'a>> {
        let mut fields = Vec::new();
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => fields.push(SelectedField { parent, field }),
                Selection::InlineFragment(it) => {
                    let on = it.node.type_condition.as_ref().map_or(parent, |it| it.node.on.node.as_str());
                    fields.extend(self.expand(&it.node.selection_set.node, on));
                }
                Selection::FragmentSpread(it) => {
                    if let Some(fragment) = self.document.fragments.get(&it.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        fields.extend(self.expand(&fragment.node.selection_set.node, on));
                    }
                }
            }
        }
        fields
    }

    /// What is selected below fields.
    fn below(&self, fields: &[SelectedField<'a>]) -> Vec<SelectedField<'a>> {
        let mut below = Vec::new();
        for it in fields {
            if let Some(ty) = self.ty(*it) {
                below.extend(self.expand(&it.field.node.selection_set.node, named(ty)));
            }
        }
        below
    }

    fn ty(&self, it: SelectedField<'a>) -> Option<&'static Type> {
        self.types.field(it.parent, &it.field.node.name.node).map(|it| &it.ty)
    }

    /// Fields by the name in the answer.
    fn by_key(&mut self, fields: &[SelectedField<'a>]) -> Vec<Vec<SelectedField<'a>>> {
        self.compared += fields.len();
        if self.compared > MAX_COMPARED && self.problem.is_none() {
            let text = Text::new("document-fields-too-many").with("max", MAX_COMPARED);
            self.problem = Some(DocumentProblem::whole(TopLevelCode::CostExceeded, text));
        }
        if self.problem.is_some() {
            return Vec::new();
        }
        let mut places: HashMap<&Name, usize> = HashMap::new();
        let mut groups: Vec<Vec<SelectedField<'a>>> = Vec::new();
        for it in fields {
            let place = *places.entry(it.key()).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Vec::new());
            }
            groups[place].push(*it);
        }
        groups
    }

    fn refuse(&mut self, one: SelectedField<'a>, other: SelectedField<'a>, key: &'static str) {
        let text = Text::new(key)
            .with("name", one.key())
            .with("one", &one.field.node.name.node)
            .with("other", &other.field.node.name.node);
        let problem = DocumentProblem::of_document(text, one.field.pos);
        self.problem.get_or_insert(DocumentProblem { locations: vec![one.field.pos, other.field.pos], ..problem });
    }

    /// Whatever objects come: the answers under one name look alike.
    fn same_shape(&mut self, fields: &[SelectedField<'a>]) {
        for group in self.by_key(fields) {
            let first = group[0];
            let Some(ty) = self.ty(first) else { continue };
            let other = group[1..].iter().find(|it| self.ty(**it).is_some_and(|other| !alike(self.types, ty, other)));
            if let Some(other) = other {
                return self.refuse(first, *other, "document-shapes-differ");
            }
            if group.iter().any(|it| !it.field.node.selection_set.node.items.is_empty()) {
                let below = self.below(&group);
                self.same_shape(&below);
            }
        }
    }

    /// Where one object may have both: one field with the same arguments.
    fn same_field(&mut self, fields: &[SelectedField<'a>]) {
        for group in self.by_key(fields) {
            // An object type excludes the others; an interface excludes none.
            let (mut concrete, mut anywhere): (HashMap<&str, Vec<SelectedField<'a>>>, Vec<SelectedField<'a>>) =
                Default::default();
            for it in group {
                let is_object =
                    self.types.possible(it.parent).is_some_and(|all| all.len() == 1 && all.contains(it.parent));
                if is_object {
                    concrete.entry(it.parent).or_default().push(it);
                } else {
                    anywhere.push(it);
                }
            }
            let mut together: Vec<Vec<SelectedField<'a>>> = concrete.into_values().collect();
            for of_type in &mut together {
                of_type.extend(anywhere.iter().copied());
            }
            if together.is_empty() {
                together.push(anywhere);
            }
            for it in together {
                self.one_field(&it);
            }
        }
    }

    fn one_field(&mut self, fields: &[SelectedField<'a>]) {
        let first = fields[0];
        for other in &fields[1..] {
            let (one, other_field) = (&first.field.node, &other.field.node);
            if one.name.node != other_field.name.node {
                return self.refuse(first, *other, "document-fields-differ");
            }
            let same = one.arguments.len() == other_field.arguments.len()
                && one.arguments.iter().all(|(name, value)| {
                    other_field.get_argument(&name.node).is_some_and(|other| other.node == value.node)
                });
            if !same {
                return self.refuse(first, *other, "document-arguments-differ");
            }
        }
        if !first.field.node.selection_set.node.items.is_empty() {
            let below = self.below(fields);
            self.same_field(&below);
        }
    }
}

/// Whether the answers of two types look alike: lists and nulls at the same places, and at the bottom one leaf or objects.
fn alike(types: &Types, one: &Type, other: &Type) -> bool {
    if one.nullable != other.nullable {
        return false;
    }
    match (&one.base, &other.base) {
        (BaseType::List(one), BaseType::List(other)) => alike(types, one, other),
        (BaseType::Named(one), BaseType::Named(other)) => {
            one == other || (types.possible(one).is_some() && types.possible(other).is_some())
        }
        (BaseType::List(_), BaseType::Named(_)) | (BaseType::Named(_), BaseType::List(_)) => false,
    }
}
