//! Documents and their variables, checked whole before anything runs.
//!
//! The executor (async-graphql 8.0.0-rc.5) coerces the values of arguments when it comes to their field, so that the first
//! mutations of a document may be stored before a value of the last one is refused; it takes shapes of answers that differ
//! for one name, and variables that may be null within `@oneOf`. And its words are English. Here a document is validated
//! (GraphQL specification of September 2025, section 5) and the values of its variables are coerced (6.1.2, 6.4.1) first;
//! the executor gets the operation that runs, with every variable replaced by its value.

mod bind;
#[cfg(test)]
mod defaults;
pub mod limits;
mod shapes;
mod types;
mod uses;
mod values;
mod walk;

use std::collections::HashMap;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::{Error as ParseError, parse_query};
use async_graphql::{Name, Pos};
use kernel::error::{TopLevelCode, UserErrorCode};
use kernel::i18n::{Locale, Text};
use kernel::text::clip;

use crate::uses::VariableUse;

pub use crate::bind::bind;
pub use crate::types::{ScalarCheck, learn};

/// The most problems of one document that are told.
const MAX_PROBLEMS: usize = 20;

/// Why a document, or a value of its variables, is refused.
#[derive(Clone, Debug)]
pub struct DocumentProblem {
    /// The code of the whole refusal.
    pub code: TopLevelCode,
    /// The code of a value's problem.
    pub reason: Option<UserErrorCode>,
    /// Path of the value: from the argument, and of mutations from within `input`, as in `userErrors`.
    pub field: Option<String>,
    /// The variable that has the value.
    pub variable: Option<String>,
    /// What is wrong.
    pub text: Text,
    /// A name of the schema that may have been meant.
    pub suggestion: Option<String>,
    /// Where in the document.
    pub locations: Vec<Pos>,
}

impl DocumentProblem {
    /// A problem of the whole document or request.
    pub const fn whole(code: TopLevelCode, text: Text) -> Self {
        Self { code, reason: None, field: None, variable: None, text, suggestion: None, locations: Vec::new() }
    }

    /// A problem of the document's form.
    fn of_document(text: Text, at: Pos) -> Self {
        Self { locations: vec![at], ..Self::whole(TopLevelCode::ValidationFailed, text) }
    }

    /// A problem of a value.
    fn of_value(reason: UserErrorCode, field: String, text: Text, at: Pos) -> Self {
        let field = Some(field).filter(|it| !it.is_empty());
        Self { code: TopLevelCode::BadUserInput, reason: Some(reason), field, ..Self::of_document(text, at) }
    }

    /// The words in a language.
    pub fn render(&self, locale: Locale) -> String {
        let text = self.text.render(locale);
        match &self.suggestion {
            Some(name) => format!("{text} {}", Text::new("document-suggestion").with("name", name).render(locale)),
            None => text,
        }
    }
}

/// Parses and validates a document; its problems are told when it is bound.
///
/// # Errors
/// It is larger than the limits allow, or not GraphQL.
pub fn parse(source: &str) -> Result<CheckedDocument, Box<DocumentProblem>> {
    limits::scan(source)?;
    let parsed = parse_query(source).map_err(|error| syntax_problem(source, &error))?;
    limits::selections(&parsed)?;
    limits::root_fields(&parsed)?;
    Ok(CheckedDocument::new(parsed))
}

/// A text that is not GraphQL, in our words.
fn syntax_problem(source: &str, error: &ParseError) -> Box<DocumentProblem> {
    let locations: Vec<_> = error.positions().collect();
    let at = locations.first().copied().unwrap_or_default();
    let placed = |key| Text::new(key).with("line", at.line).with("column", at.column);
    let text = match error {
        ParseError::Syntax { .. } => {
            let line = source.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
            let rest: String = line.chars().skip(at.column.saturating_sub(1)).collect();
            match rest.split_whitespace().next() {
                Some(near) => placed("document-syntax").with("near", clip(near, 20)),
                None => placed("document-syntax-end"),
            }
        }
        ParseError::OperationDuplicated { operation, .. } => {
            Text::new("document-operation-twice").with("name", operation)
        }
        ParseError::FragmentDuplicated { fragment, .. } => Text::new("document-fragment-twice").with("name", fragment),
        ParseError::MultipleOperations { .. } => Text::new("document-operation-alone"),
        ParseError::MissingOperation => Text::new("document-operation-missing"),
        ParseError::RecursionLimitExceeded => Text::new("limit-nesting").with("max", 64),
        // The others are of schemas, not of documents.
        _ => placed("document-syntax-end"),
    };
    Box::new(DocumentProblem { locations, ..DocumentProblem::whole(TopLevelCode::ParseFailed, text) })
}

/// A document that was validated.
#[derive(Debug)]
pub struct CheckedDocument {
    /// The document as it was parsed.
    pub parsed: ExecutableDocument,
    /// What is wrong with it.
    problems: Vec<DocumentProblem>,
    /// How each operation uses its variables, those of its fragments among them; none = the only operation, without a name.
    uses: HashMap<Option<Name>, Vec<VariableUse>>,
}

impl CheckedDocument {
    /// Validates a document.
    pub fn new(parsed: ExecutableDocument) -> Self {
        let mut walk = walk::Walk::new(&parsed);
        walk.document();
        let (mut problems, uses) = walk.finish();
        if problems.is_empty() {
            problems = shapes::problems(&parsed);
        }
        problems.truncate(MAX_PROBLEMS);
        Self { parsed, problems, uses }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() {
        learn(|| include_str!("../../schema.graphql").to_owned(), |_, _, _| None);
    }

    #[test]
    fn fragments_do_not_nest_deeper_than_brackets_may() {
        schema();
        let document = |fragments: usize, levels: usize| {
            let fragment = |it: usize| {
                let (open, close) = ("closures { nodes { tenant { ".repeat(levels), "} } } ".repeat(levels));
                let next = if it + 1 < fragments { format!("...F{}", it + 1) } else { "id".to_owned() };
                format!("fragment F{it} on Tenant {{ {open} {next} {close} }} ")
            };
            format!("{{ tenant(slug: \"a\") {{ ...F0 }} }} {}", (0..fragments).map(fragment).collect::<String>())
        };
        assert!(parse(&document(3, 3)).is_ok());
        let refused = parse(&document(50, 18)).map(|_| ()).map_err(|it| it.code);
        assert_eq!(refused, Err(TopLevelCode::CostExceeded));
    }

    #[test]
    fn a_large_value_is_not_put_into_many_places() {
        schema();
        let bound = |uses: usize, letters: usize| {
            let document = format!("query Q($a: ID!) {{ nodes(ids: [{}]) {{ id }} }}", "$a ".repeat(uses));
            let checked = parse(&document).map_err(|it| it.code)?;
            let variables = json!({ "a": "x".repeat(letters) }).as_object().cloned();
            bind(&checked, None, variables).map(|_| ()).map_err(|it| it[0].code)
        };
        assert_eq!(bound(1, 200_000), Ok(()));
        assert_eq!(bound(100, 30), Ok(()));
        assert_eq!(bound(4_500, 200_000), Err(TopLevelCode::CostExceeded));
    }
}
