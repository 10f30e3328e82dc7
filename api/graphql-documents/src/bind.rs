//! The operation that runs, with the values of its variables in their places.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::{ConstValue, Value as Literal};
use kernel::error::{TopLevelCode, UserErrorCode};
use kernel::i18n::Text;
use serde_json::{Map, Value as Json};

use crate::uses::VariableUse;
use crate::values::{Source, ValueCheck};
use crate::{CheckedDocument, DocumentProblem, MAX_PROBLEMS};

/// The most values that variables may become in the places where they stand: a large one may stand in many.
const MAX_BOUND: usize = 200_000;
/// Letters of a text that count as one value more.
const LETTERS: usize = 64;

/// Values by variable; those that were left out and have no default have none.
type VariableValues = HashMap<Name, Literal>;

/// The document that the executor gets: one operation without variables, and its fragments.
///
/// # Errors
/// The document is not valid, there is no such operation, or a value does not fit its variable: all of it before anything
/// has run.
pub fn bind(
    document: &CheckedDocument,
    operation: Option<&str>,
    variables: Option<Map<String, Json>>,
) -> Result<ExecutableDocument, Vec<DocumentProblem>> {
    if !document.problems.is_empty() {
        return Err(document.problems.clone());
    }
    let (name, operation) = chosen(&document.parsed, operation).map_err(|it| vec![*it])?;
    let uses = document.uses.get(&name.cloned()).map(Vec::as_slice).unwrap_or_default();
    let values = coerced(operation, uses, variables.unwrap_or_default())?;
    let mut operation = operation.clone();
    operation.node.variable_definitions.clear();
    let mut bound = VariableBinding { values: &values, spreads: HashSet::new() };
    bound.selections(&mut operation.node.selection_set.node);
    let mut fragments = HashMap::new();
    while let Some(name) = bound.spreads.iter().find(|it| !fragments.contains_key(*it)).cloned() {
        let Some(mut fragment) = document.parsed.fragments.get(&name).cloned() else { break };
        bound.selections(&mut fragment.node.selection_set.node);
        fragments.insert(name, fragment);
    }
    Ok(ExecutableDocument { operations: DocumentOperations::Single(operation), fragments })
}

/// The operation that runs (6.1).
fn chosen<'a>(
    document: &'a ExecutableDocument,
    wanted: Option<&str>,
) -> Result<(Option<&'a Name>, &'a Positioned<OperationDefinition>), Box<DocumentProblem>> {
    let mut operations = document.operations.iter();
    let first = operations.next();
    let several = operations.next().is_some();
    let known = || {
        let mut names: Vec<_> = document.operations.iter().filter_map(|(name, _)| name).map(Name::as_str).collect();
        names.sort_unstable();
        names.join(", ")
    };
    let refused = |text: Text| Box::new(DocumentProblem::whole(TopLevelCode::ValidationFailed, text));
    match (wanted, first) {
        (None, Some(only)) if !several => Ok(only),
        (None, _) => Err(refused(Text::new("document-operation-unnamed").with("known", known()))),
        (Some(wanted), _) => {
            document.operations.iter().find(|(name, _)| name.is_some_and(|it| it == wanted)).ok_or_else(|| {
                let wanted = kernel::text::clip(wanted, 60);
                refused(Text::new("document-operation-unknown").with("name", wanted).with("known", known()))
            })
        }
    }
}

/// The values of an operation's variables (6.1.2), and that none is null where it may not be (6.4.1).
fn coerced(
    operation: &Positioned<OperationDefinition>,
    uses: &[VariableUse],
    mut given: Map<String, Json>,
) -> Result<VariableValues, Vec<DocumentProblem>> {
    let (mut values, mut problems) = (VariableValues::new(), Vec::new());
    for definition in &operation.node.variable_definitions {
        let (name, ty) = (&definition.node.name.node, &definition.node.var_type.node);
        // Told where the value goes, as clients know it from payloads.
        let path = uses.iter().find(|it| it.name == *name).map_or("", |it| it.path.as_str());
        let mut check = ValueCheck::new(Source::Variable, definition.pos);
        match (given.remove(name.as_str()), &definition.node.default_value) {
            (Some(value), _) => {
                let value = ConstValue::from_json(value).map(ConstValue::into_value).unwrap_or_default();
                let value = check.value(value, ty, false, path);
                values.insert(name.clone(), value);
            }
            (None, Some(default)) => {
                let mut of_default = ValueCheck::new(Source::Document, default.pos);
                values.insert(name.clone(), of_default.value(default.node.clone().into_value(), ty, false, path));
            }
            (None, None) if !ty.nullable => {
                let text = Text::new("variable-missing").with("name", name).with("type", ty);
                check.problems.push(DocumentProblem::of_value(
                    UserErrorCode::Required,
                    path.to_owned(),
                    text,
                    definition.pos,
                ));
            }
            (None, None) => {}
        }
        let variable = Some(name.to_string());
        problems.extend(check.problems.into_iter().map(|it| DocumentProblem { variable: variable.clone(), ..it }));
    }
    for it in uses.iter().filter(|it| !it.wanted.nullable) {
        if values.get(&it.name) == Some(&Literal::Null)
            && !problems.iter().any(|known| known.variable.as_deref() == Some(&*it.name))
        {
            let problem =
                DocumentProblem::of_value(UserErrorCode::Required, it.path.clone(), Text::new("value-required"), it.at);
            problems.push(DocumentProblem { variable: Some(it.name.to_string()), ..problem });
        }
    }
    let size = |it: &VariableUse| values.get(&it.name).map_or(0, size);
    if problems.is_empty() && uses.iter().map(size).fold(0, usize::saturating_add) > MAX_BOUND {
        let text = Text::new("limit-bound").with("max", MAX_BOUND);
        problems.push(DocumentProblem::whole(TopLevelCode::CostExceeded, text));
    }
    problems.truncate(MAX_PROBLEMS);
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// How many values a value has in it, long texts counted by their length.
fn size(value: &Literal) -> usize {
    match value {
        Literal::String(text) => 1 + text.len() / LETTERS,
        Literal::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Literal::Object(fields) => 1 + fields.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// A replacement of variables by their values.
struct VariableBinding<'a> {
    values: &'a VariableValues,
    spreads: HashSet<Name>,
}

impl VariableBinding<'_> {
    fn selections(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    let Field { arguments, directives, selection_set, .. } = &mut field.node;
                    self.arguments(arguments);
                    self.directives(directives);
                    self.selections(&mut selection_set.node);
                }
                Selection::InlineFragment(it) => {
                    self.directives(&mut it.node.directives);
                    self.selections(&mut it.node.selection_set.node);
                }
                Selection::FragmentSpread(it) => {
                    self.directives(&mut it.node.directives);
                    self.spreads.insert(it.node.fragment_name.node.clone());
                }
            }
        }
    }

    fn directives(&self, directives: &mut [Positioned<Directive>]) {
        for it in directives {
            self.arguments(&mut it.node.arguments);
        }
    }

    /// An argument whose variable was left out is left out, so that its default holds (6.4.1).
    fn arguments(&self, arguments: &mut Vec<(Positioned<Name>, Positioned<Literal>)>) {
        arguments.retain_mut(|(_, value)| {
            let found = self.value(std::mem::take(&mut value.node));
            let is_there = found.is_some();
            value.node = found.unwrap_or_default();
            is_there
        });
    }

    fn value(&self, value: Literal) -> Option<Literal> {
        match value {
            Literal::Variable(name) => self.values.get(&name).cloned(),
            Literal::List(items) => {
                Some(Literal::List(items.into_iter().map(|it| self.value(it).unwrap_or_default()).collect()))
            }
            Literal::Object(fields) => Some(Literal::Object(
                fields.into_iter().filter_map(|(name, it)| Some((name, self.value(it)?))).collect(),
            )),
            plain => Some(plain),
        }
    }
}
