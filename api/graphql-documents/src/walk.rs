//! A walk through a document: every rule of validation (GraphQL specification, section 5) but that of response shapes.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value as Literal;
use kernel::error::UserErrorCode;
use kernel::i18n::Text;

use crate::types::{InputShape, Types, named, types};
use crate::uses::{VariableUse, fits};
use crate::values::{Source, ValueCheck};
use crate::{DocumentProblem, MAX_PROBLEMS};

/// The variables and fragments that an operation or fragment uses.
#[derive(Default)]
struct DefinitionUses {
    variables: Vec<VariableUse>,
    fragments: HashSet<Name>,
}

/// The walk.
pub(super) struct Walk<'a> {
    types: &'static Types,
    document: &'a ExecutableDocument,
    problems: Vec<DocumentProblem>,
    /// Of the definition that is walked.
    current: DefinitionUses,
    fragments: HashMap<Name, DefinitionUses>,
    uses: HashMap<Option<Name>, Vec<VariableUse>>,
    used_fragments: HashSet<Name>,
}

impl<'a> Walk<'a> {
    /// A walk that has not begun.
    pub(super) fn new(document: &'a ExecutableDocument) -> Self {
        Self {
            types: types(),
            document,
            problems: Vec::new(),
            current: DefinitionUses::default(),
            fragments: HashMap::new(),
            uses: HashMap::new(),
            used_fragments: HashSet::new(),
        }
    }

    /// What was found: problems, and the uses of variables by operation.
    pub(super) fn finish(self) -> (Vec<DocumentProblem>, HashMap<Option<Name>, Vec<VariableUse>>) {
        (self.problems, self.uses)
    }

    fn refuse(&mut self, at: Pos, text: Text) -> &mut DocumentProblem {
        self.problems.push(DocumentProblem::of_document(text, at));
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    /// Walks through all of it.
    pub(super) fn document(&mut self) {
        let document = self.document;
        for (name, fragment) in &document.fragments {
            self.fragment(fragment);
            let uses = std::mem::take(&mut self.current);
            self.fragments.insert(name.clone(), uses);
        }
        for (name, operation) in document.operations.iter() {
            self.operation(name, operation);
        }
        let mut unused: Vec<_> =
            document.fragments.iter().filter(|(name, _)| !self.used_fragments.contains(*name)).collect();
        unused.sort_by_key(|(_, it)| it.pos);
        for (name, fragment) in unused {
            self.refuse(fragment.pos, Text::new("document-fragment-unused").with("name", name));
        }
    }

    fn fragment(&mut self, fragment: &'a Positioned<FragmentDefinition>) {
        self.directives(&fragment.node.directives, "FRAGMENT_DEFINITION");
        let on = &fragment.node.type_condition.node.on;
        if self.is_composite(on) {
            self.selections(&fragment.node.selection_set.node, &on.node);
        }
    }

    fn operation(&mut self, name: Option<&Name>, operation: &'a Positioned<OperationDefinition>) {
        let kind = match operation.node.ty {
            OperationType::Query => "QUERY",
            OperationType::Mutation => "MUTATION",
            OperationType::Subscription => "SUBSCRIPTION",
        };
        self.directives(&operation.node.directives, kind);
        self.variables(operation);
        self.selections(&operation.node.selection_set.node, Types::root(operation.node.ty));
        let DefinitionUses { mut variables, fragments } = std::mem::take(&mut self.current);
        let mut open: Vec<_> = fragments.into_iter().collect();
        let mut seen = HashSet::new();
        while let Some(fragment) = open.pop() {
            if !seen.insert(fragment.clone()) {
                continue;
            }
            if let Some(uses) = self.fragments.get(&fragment) {
                variables.extend(uses.variables.iter().cloned());
                open.extend(uses.fragments.iter().cloned());
            }
        }
        self.used_fragments.extend(seen);
        self.variable_uses(operation, &variables);
        self.uses.insert(name.cloned(), variables);
    }

    /// Definitions of variables (5.8.1, 5.8.2) and their defaults.
    fn variables(&mut self, operation: &'a Positioned<OperationDefinition>) {
        let mut seen = HashSet::new();
        for definition in &operation.node.variable_definitions {
            let (name, ty) = (&definition.node.name.node, &definition.node.var_type);
            self.directives(&definition.node.directives, "VARIABLE_DEFINITION");
            if !seen.insert(name) {
                self.refuse(definition.pos, Text::new("document-variable-twice").with("name", name));
            }
            if !self.types.is_input(named(&ty.node)) {
                let key = match self.types.get(named(&ty.node)) {
                    Some(_) => "document-variable-output",
                    None => "document-type-unknown",
                };
                self.refuse(ty.pos, Text::new(key).with("name", named(&ty.node)));
                continue;
            }
            if let Some(default) = &definition.node.default_value {
                let mut check = ValueCheck::new(Source::Document, default.pos);
                check.value(default.node.clone().into_value(), &ty.node, false, "");
                let variable = Some(name.to_string());
                self.problems
                    .extend(check.problems.into_iter().map(|it| DocumentProblem { variable: variable.clone(), ..it }));
            }
        }
    }

    /// Uses of variables: defined, of a type that fits, and every one used (5.8.3 to 5.8.5).
    fn variable_uses(&mut self, operation: &'a Positioned<OperationDefinition>, uses: &[VariableUse]) {
        let definitions = &operation.node.variable_definitions;
        for it in uses {
            let Some(definition) = definitions.iter().find(|definition| definition.node.name.node == it.name) else {
                self.refuse(it.at, Text::new("document-variable-undefined").with("name", &it.name));
                continue;
            };
            let given = &definition.node.var_type.node;
            if !self.types.is_input(named(given)) {
                continue;
            }
            let default = definition.node.default_value.as_ref();
            let never_null = default.is_some_and(|it| it.node != async_graphql::Value::Null);
            let mut wanted = it.wanted.clone();
            if !wanted.nullable && given.nullable && (never_null || it.has_default) {
                wanted.nullable = true;
            }
            if !fits(given, &wanted) {
                let text = Text::new("document-variable-type")
                    .with("name", &it.name)
                    .with("type", given)
                    .with("wanted", &it.wanted)
                    .with("field", &it.path);
                self.refuse(it.at, text);
            } else if it.in_one_of && given.nullable {
                let text = Text::new("document-variable-one-of").with("name", &it.name).with("field", &it.path);
                self.refuse(it.at, text);
            }
        }
        for definition in definitions {
            let name = &definition.node.name.node;
            if !uses.iter().any(|it| it.name == *name) {
                self.refuse(definition.pos, Text::new("document-variable-unused").with("name", name));
            }
        }
    }

    fn selections(&mut self, set: &'a SelectionSet, parent: &str) {
        for selection in &set.items {
            // No more are told, and what follows may be long.
            if self.problems.len() >= MAX_PROBLEMS {
                return;
            }
            match &selection.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::InlineFragment(it) => {
                    self.directives(&it.node.directives, "INLINE_FRAGMENT");
                    let Some(condition) = &it.node.type_condition else {
                        self.selections(&it.node.selection_set.node, parent);
                        continue;
                    };
                    let on = &condition.node.on;
                    if self.is_composite(on) {
                        self.is_possible(selection.pos, &on.node, parent);
                        self.selections(&it.node.selection_set.node, &on.node);
                    }
                }
                Selection::FragmentSpread(it) => {
                    self.directives(&it.node.directives, "FRAGMENT_SPREAD");
                    let name = &it.node.fragment_name;
                    self.current.fragments.insert(name.node.clone());
                    match self.document.fragments.get(&name.node) {
                        Some(fragment) => {
                            self.is_possible(selection.pos, &fragment.node.type_condition.node.on.node, parent);
                        }
                        None => {
                            self.refuse(name.pos, Text::new("document-fragment-unknown").with("name", &name.node));
                        }
                    }
                }
            }
        }
    }

    /// Whether a type has fields (5.5.1.2, 5.5.1.3).
    fn is_composite(&mut self, on: &Positioned<Name>) -> bool {
        let known = self.types.possible(&on.node).is_some();
        if !known {
            let key = match self.types.get(&on.node) {
                Some(_) => "document-fragment-leaf",
                None => "document-type-unknown",
            };
            self.refuse(on.pos, Text::new(key).with("name", &on.node));
        }
        known
    }

    /// Whether a fragment can apply at all (5.5.2.3).
    fn is_possible(&mut self, at: Pos, on: &str, parent: &str) {
        if let (Some(here), Some(there)) = (self.types.possible(parent), self.types.possible(on))
            && here.is_disjoint(there)
        {
            self.refuse(at, Text::new("document-fragment-impossible").with("name", on).with("parent", parent));
        }
    }

    fn field(&mut self, field: &'a Positioned<Field>, parent: &str) {
        self.directives(&field.node.directives, "FIELD");
        let name = &field.node.name;
        let Some(shape) = self.types.field(parent, &name.node) else {
            let suggestion = self.types.similar_field(parent, &name.node);
            let text = Text::new("document-field-unknown").with("name", &name.node).with("type", parent);
            self.refuse(name.pos, text).suggestion = suggestion;
            return;
        };
        let of_mutation = parent == Types::root(OperationType::Mutation);
        self.arguments(name, &field.node.arguments, &shape.arguments, of_mutation);
        let ty = named(&shape.ty);
        let has_fields = self.types.possible(ty).is_some();
        match (has_fields, field.node.selection_set.node.items.is_empty()) {
            (true, true) => {
                let text = Text::new("document-field-needs-selection").with("name", &name.node).with("type", ty);
                self.refuse(name.pos, text);
            }
            (false, false) => {
                let text = Text::new("document-field-no-selection").with("name", &name.node).with("type", ty);
                self.refuse(name.pos, text);
            }
            (true, false) => self.selections(&field.node.selection_set.node, ty),
            (false, true) => {}
        }
    }

    /// Arguments of a field or directive (5.4).
    fn arguments(
        &mut self,
        of: &Positioned<Name>,
        given: &'a [(Positioned<Name>, Positioned<Literal>)],
        shapes: &[InputShape],
        of_mutation: bool,
    ) {
        let mut seen = HashSet::new();
        for (name, value) in given {
            let Some(shape) = shapes.iter().find(|it| it.name == name.node) else {
                let text = Text::new("document-argument-unknown").with("name", &name.node).with("field", &of.node);
                self.refuse(name.pos, text).suggestion = Types::similar(&name.node, shapes.iter().map(|it| &it.name));
                continue;
            };
            if !seen.insert(&name.node) {
                let text = Text::new("document-argument-twice").with("name", &name.node).with("field", &of.node);
                self.refuse(name.pos, text);
            }
            let mut check = ValueCheck::new(Source::Document, value.pos);
            // Payloads tell fields of a mutation's input without its name.
            let path = if of_mutation && name.node == "input" { "" } else { name.node.as_str() };
            check.value(value.node.clone(), &shape.ty, shape.has_default, path);
            self.problems.append(&mut check.problems);
            self.current.variables.append(&mut check.uses);
        }
        for shape in shapes {
            if shape.is_required() && !seen.contains(&shape.name) {
                let text = Text::new("document-argument-missing").with("name", &shape.name).with("field", &of.node);
                let problem = DocumentProblem::of_value(UserErrorCode::Required, shape.name.to_string(), text, of.pos);
                self.problems.push(problem);
            }
        }
    }

    /// Directives (5.7). Those of the executor are `@skip` and `@include`; others are of the schema.
    fn directives(&mut self, directives: &'a [Positioned<Directive>], place: &str) {
        let mut seen = HashSet::new();
        for directive in directives {
            let name = &directive.node.name;
            let is_known = matches!(name.node.as_str(), "skip" | "include");
            if !is_known {
                self.refuse(name.pos, Text::new("document-directive-unknown").with("name", &name.node));
                continue;
            }
            if !matches!(place, "FIELD" | "FRAGMENT_SPREAD" | "INLINE_FRAGMENT") {
                self.refuse(name.pos, Text::new("document-directive-place").with("name", &name.node));
            }
            if !seen.insert(&name.node) {
                self.refuse(name.pos, Text::new("document-directive-twice").with("name", &name.node));
            }
            let condition = [InputShape::condition()];
            self.arguments(name, &directive.node.arguments, &condition, false);
        }
    }
}
