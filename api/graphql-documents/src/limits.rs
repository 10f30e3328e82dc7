//! Limits on documents, checked before and right after parsing.
//!
//! The parser recurses with the nesting of literals and the validator with the expansion of fragments, so both are
//! bounded on the bare text first: a few kilobytes would otherwise overflow the stack or hold a core.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use kernel::error::TopLevelCode;
use kernel::i18n::Text;
use serde::Deserialize;

use crate::DocumentProblem;

/// Deepest nesting of brackets in the text.
const MAX_NESTING: usize = 64;
/// Most tokens.
const MAX_TOKENS: usize = 10_000;
/// Most aliases.
const MAX_ALIASES: usize = 100;
/// Most fragment spreads after every spread is expanded.
const MAX_SPREADS: usize = 1_000;
/// Most tokens after every spread is expanded: what validation walks through.
const MAX_EXPANDED: usize = 50_000;
/// Longest name: an unknown one is compared with those of the schema.
const MAX_NAME: usize = 256;
/// Deepest nesting of selections, fragments followed: what walks through them recurses as deep.
const MAX_SELECTIONS: usize = 32;
/// Most root fields of a query, fragments followed.
const MAX_QUERY_FIELDS: usize = 20;
/// Most root fields of a mutation, fragments followed: each is a transaction.
const MAX_MUTATION_FIELDS: usize = 5;
/// Most root fields that ask the schema about itself.
const MAX_INTROSPECTION_FIELDS: usize = 2;
/// Deepest nesting of lists in what they ask: each level multiplies the answer by the schema's size.
const MAX_INTROSPECTION_LISTS: usize = 3;

/// Who may ask the schema about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Introspection {
    /// Everybody: the schema is no secret, and nothing secret is in its names.
    Everyone,
    /// Who signed in.
    SignedIn,
}

/// Limits of one operation.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueryLimits {
    /// Deepest selection.
    pub max_depth: usize,
    /// Most points: a field is one, a list is its rows times what is selected of each.
    pub max_complexity: usize,
}

/// A document that is larger than a limit; `key` is the text that tells the limit.
fn exceeded(key: &'static str, limit: usize) -> Box<DocumentProblem> {
    Box::new(DocumentProblem::whole(TopLevelCode::CostExceeded, Text::new(key).with("max", limit)))
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Name(&'a str),
    Open(u8),
    Close,
    Colon,
    Spread,
    Other,
}

/// Checks the bare text of a document: nesting, tokens, aliases, and how far fragments expand.
///
/// # Errors
/// A limit is passed, or fragments spread each other in a circle. Text that is not GraphQL is left to the parser.
pub fn scan(source: &str) -> Result<(), Box<DocumentProblem>> {
    let (mut nesting, mut parentheses, mut tokens, mut aliases) = (0_usize, 0_usize, 0_usize, 0_usize);
    let mut brackets = Vec::new();
    let mut definitions: HashMap<&str, DefinitionCost<'_>> = HashMap::new();
    // Operations are one definition with the impossible name "".
    let mut definition = "";
    let mut last = Token::Other;
    for token in Lexer(source.as_bytes()).map(|it| it.token(source)) {
        tokens += 1;
        if tokens > MAX_TOKENS {
            return Err(exceeded("limit-tokens", MAX_TOKENS));
        }
        definitions.entry(definition).or_default().tokens += 1;
        match token {
            Token::Open(bracket) => {
                nesting += 1;
                parentheses += usize::from(bracket == b'(');
                brackets.push(bracket);
                if nesting > MAX_NESTING {
                    return Err(exceeded("limit-nesting", MAX_NESTING));
                }
            }
            Token::Close => {
                nesting = nesting.saturating_sub(1);
                parentheses -= usize::from(brackets.pop() == Some(b'(') && parentheses > 0);
                if nesting == 0 {
                    definition = "";
                }
            }
            Token::Colon if parentheses == 0 => {
                aliases += 1;
                if aliases > MAX_ALIASES {
                    return Err(exceeded("limit-aliases", MAX_ALIASES));
                }
            }
            Token::Name(name) if name.len() > MAX_NAME => {
                return Err(exceeded("limit-name", MAX_NAME));
            }
            Token::Name(name) if nesting == 0 && last == Token::Name("fragment") => definition = name,
            Token::Name(name) if last == Token::Spread && name != "on" => {
                definitions.entry(definition).or_default().spreads.push(name);
            }
            Token::Name(_) | Token::Colon | Token::Spread | Token::Other => {}
        }

        last = token;
    }

    let mut known = HashMap::new();
    let mut largest = Size::default();
    // Also those that no operation uses: they are refused by validation, but only after they were walked.
    let mut names: Vec<_> = definitions.keys().collect();
    names.sort_unstable();
    for name in names {
        let size = expand(name, &definitions, &mut known, &mut HashSet::new())?;
        largest = Size { spreads: largest.spreads.max(size.spreads), tokens: largest.tokens.max(size.tokens) };
    }
    if largest.spreads > MAX_SPREADS {
        return Err(exceeded("limit-spreads", MAX_SPREADS));
    }
    if largest.tokens > MAX_EXPANDED {
        return Err(exceeded("limit-expanded", MAX_EXPANDED));
    }
    Ok(())
}

/// A fragment, or all operations together.
#[derive(Default)]
struct DefinitionCost<'a> {
    tokens: usize,
    spreads: Vec<&'a str>,
}

/// How large a definition is when every spread is expanded.
#[derive(Clone, Copy, Default)]
struct Size {
    spreads: usize,
    tokens: usize,
}

/// The size of a definition; each fragment is measured once and remembered.
fn expand<'a>(
    name: &'a str,
    definitions: &HashMap<&'a str, DefinitionCost<'a>>,
    known: &mut HashMap<&'a str, Size>,
    open: &mut HashSet<&'a str>,
) -> Result<Size, Box<DocumentProblem>> {
    if let Some(size) = known.get(name) {
        return Ok(*size);
    }
    if !open.insert(name) {
        let text = Text::new("document-fragment-circle").with("name", name);
        return Err(Box::new(DocumentProblem::whole(TopLevelCode::ValidationFailed, text)));
    }
    if open.len() > MAX_NESTING {
        return Err(exceeded("limit-fragment-nesting", MAX_NESTING));
    }
    let mut size = Size::default();
    if let Some(definition) = definitions.get(name) {
        size.tokens = definition.tokens;
        for target in &definition.spreads {
            let inner = expand(target, definitions, known, open)?;
            size.spreads = size.spreads.saturating_add(1).saturating_add(inner.spreads);
            size.tokens = size.tokens.saturating_add(inner.tokens);
        }
    }
    open.remove(name);
    known.insert(name, size);
    Ok(size)
}

/// Checks a parsed document: how many root fields its operations have, fragments followed, and how they ask the
/// schema about itself, which costs no points.
///
/// # Errors
/// There are too many, or lists are nested too deep.
pub fn root_fields(document: &ExecutableDocument) -> Result<(), Box<DocumentProblem>> {
    for (_, operation) in document.operations.iter() {
        let limit = match operation.node.ty {
            OperationType::Mutation => MAX_MUTATION_FIELDS,
            OperationType::Query => MAX_QUERY_FIELDS,
            // One subscription, one stream of events.
            OperationType::Subscription => 1,
        };
        let fields = fields(&operation.node.selection_set.node, document);
        if fields.len() > limit && operation.node.ty == OperationType::Subscription {
            let text = Text::new("document-subscription-fields");
            return Err(Box::new(DocumentProblem::whole(TopLevelCode::ValidationFailed, text)));
        }
        if fields.len() > limit {
            return Err(exceeded("limit-root-fields", limit));
        }
        let asking: Vec<_> = fields.into_iter().filter(|it| is_introspection(it)).collect();
        if asking.len() > MAX_INTROSPECTION_FIELDS {
            return Err(exceeded("limit-introspection", MAX_INTROSPECTION_FIELDS));
        }
        if asking.iter().any(|it| lists(&it.selection_set.node, document, 0) > MAX_INTROSPECTION_LISTS) {
            return Err(exceeded("limit-introspection-lists", MAX_INTROSPECTION_LISTS));
        }
    }
    Ok(())
}

/// Checks how deep the selections of a parsed document are nested, fragments followed. Nothing may walk through a document
/// along its fragments before.
///
/// # Errors
/// They are nested too deep.
pub fn selections(document: &ExecutableDocument) -> Result<(), Box<DocumentProblem>> {
    let nested = document.fragments.iter().map(|(name, it)| (name, Nesting::of(&it.node.selection_set.node)));
    let nested: HashMap<_, _> = nested.collect();
    let mut known = HashMap::new();
    for (_, operation) in document.operations.iter() {
        let depth = Nesting::of(&operation.node.selection_set.node).depth(&nested, &mut known);
        if depth > MAX_SELECTIONS {
            return Err(exceeded("limit-selections", MAX_SELECTIONS));
        }
    }
    Ok(())
}

/// How deep a definition is nested: by itself, and at each spread of a fragment.
#[derive(Default)]
struct Nesting<'a> {
    own: usize,
    spreads: Vec<(&'a Name, usize)>,
}

impl<'a> Nesting<'a> {
    fn of(set: &'a SelectionSet) -> Self {
        let mut nesting = Self::default();
        nesting.add(set, 1);
        nesting
    }

    /// Recurses no deeper than brackets are nested.
    fn add(&mut self, set: &'a SelectionSet, level: usize) {
        self.own = self.own.max(level);
        for selection in &set.items {
            match &selection.node {
                Selection::Field(it) if it.node.selection_set.node.items.is_empty() => {}
                Selection::Field(it) => self.add(&it.node.selection_set.node, level + 1),
                Selection::InlineFragment(it) => self.add(&it.node.selection_set.node, level + 1),
                Selection::FragmentSpread(it) => self.spreads.push((&it.node.fragment_name.node, level)),
            }
        }
    }

    /// The depth with the fragments that are spread; they lie within each other no deeper than [`scan`] allows.
    fn depth(&self, nested: &HashMap<&'a Name, Self>, known: &mut HashMap<&'a Name, usize>) -> usize {
        let mut deepest = self.own;
        for (name, level) in &self.spreads {
            let inner = match (known.get(name), nested.get(name)) {
                (Some(inner), _) => *inner,
                (None, Some(fragment)) => {
                    let inner = fragment.depth(nested, known);
                    known.insert(name, inner);
                    inner
                }
                (None, None) => 0,
            };
            deepest = deepest.max(level + inner);
        }
        deepest
    }
}

/// Checks that a parsed document does not ask the schema about itself; `__typename` is no such question.
///
/// # Errors
/// It does.
pub fn no_introspection(document: &ExecutableDocument) -> Result<(), Box<DocumentProblem>> {
    let mut roots = document.operations.iter().flat_map(|(_, it)| fields(&it.node.selection_set.node, document));
    if roots.any(is_introspection) { Err(sign_in_first()) } else { Ok(()) }
}

/// What those are told who may not ask.
pub fn sign_in_first() -> Box<DocumentProblem> {
    Box::new(DocumentProblem::whole(TopLevelCode::Unauthenticated, Text::new("introspection-signed-in")))
}

fn is_introspection(field: &Field) -> bool {
    matches!(field.name.node.as_str(), "__schema" | "__type")
}

/// The fields of a selection, fragments followed; their number is bounded by that of expanded spreads.
fn fields<'a>(set: &'a SelectionSet, document: &'a ExecutableDocument) -> Vec<&'a Field> {
    let mut found = Vec::new();
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => found.push(&field.node),
            Selection::InlineFragment(it) => found.extend(fields(&it.node.selection_set.node, document)),
            Selection::FragmentSpread(it) => {
                found.extend(
                    fragment(document, &it.node.fragment_name).into_iter().flat_map(|set| fields(set, document)),
                );
            }
        }
    }
    found
}

/// How deep lists of the schema about itself are nested.
fn lists(set: &SelectionSet, document: &ExecutableDocument, above: usize) -> usize {
    if above > MAX_INTROSPECTION_LISTS {
        return above;
    }
    let depth = |field: &Field| {
        let is_list = matches!(field.name.node.as_str(), "fields" | "interfaces" | "possibleTypes" | "inputFields");
        lists(&field.selection_set.node, document, above + usize::from(is_list))
    };
    fields(set, document).into_iter().map(depth).max().unwrap_or(above)
}

fn fragment<'a>(document: &'a ExecutableDocument, name: &Positioned<Name>) -> Option<&'a SelectionSet> {
    document.fragments.get(&name.node).map(|it| &it.node.selection_set.node)
}

/// Just enough of a lexer to count: names, brackets, colons, spreads; strings and comments are passed over whole.
struct Lexer<'a>(&'a [u8]);

struct SourceSpan(usize, usize, u8);

impl SourceSpan {
    fn token(self, source: &str) -> Token<'_> {
        match self.2 {
            b'n' => Token::Name(source.get(self.0..self.1).unwrap_or_default()),
            open @ (b'(' | b'[' | b'{') => Token::Open(open),
            b')' | b']' | b'}' => Token::Close,
            b':' => Token::Colon,
            b'.' => Token::Spread,
            _ => Token::Other,
        }
    }
}

impl<'a> Lexer<'a> {
    fn map<T>(self, mut each: impl FnMut(SourceSpan) -> T) -> impl Iterator<Item = T> {
        let bytes = self.0;
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let byte = *bytes.get(at)?;
                let start = at;
                match byte {
                    b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
                    b'#' => at = skip_until(bytes, at, b'\n'),
                    b'"' => {
                        at = skip_string(bytes, at);
                        return Some(each(SourceSpan(start, at, b'"')));
                    }
                    b'.' => {
                        at += bytes[at..].iter().take(3).take_while(|it| **it == b'.').count();
                        return Some(each(SourceSpan(start, at, b'.')));
                    }
                    b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                        at += bytes[at..].iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
                        return Some(each(SourceSpan(start, at, b'n')));
                    }
                    b'-' | b'0'..=b'9' => {
                        at += 1;
                        at += bytes[at..]
                            .iter()
                            .take_while(|it| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'+' | b'-'))
                            .count();
                        return Some(each(SourceSpan(start, at, b'0')));
                    }
                    other => {
                        at += 1;
                        return Some(each(SourceSpan(start, at, other)));
                    }
                }
            }
        })
    }
}

fn skip_until(bytes: &[u8], from: usize, end: u8) -> usize {
    bytes[from..].iter().position(|it| *it == end).map_or(bytes.len(), |it| from + it + 1)
}

fn skip_string(bytes: &[u8], from: usize) -> usize {
    if bytes[from..].starts_with(b"\"\"\"") {
        let mut at = from + 3;
        while at < bytes.len() {
            if bytes[at..].starts_with(b"\\\"\"\"") {
                at += 4;
            } else if bytes[at..].starts_with(b"\"\"\"") {
                return at + 3;
            } else {
                at += 1;
            }
        }
        return bytes.len();
    }
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> Option<TopLevelCode> {
        scan(source).err().map(|it| it.code)
    }

    #[test]
    fn ordinary_documents_pass() {
        let source = r#"query Q($a: [ID!]! = []) { a: node(id: "}}}{{{") { ...F ... on Calendar { name } } } # ((((
            fragment F on Node { id }"#;
        assert!(scan(source).is_ok());
    }

    #[test]
    fn deep_literals_are_refused_before_parsing() {
        for depth in [65, 300, 1_350, 50_000] {
            let list = format!("{{ a(b: {}{}) }}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(code(&list), Some(TopLevelCode::CostExceeded), "{depth}");
        }
        assert_eq!(code(&format!("{{ a(b: {}{}) }}", "[".repeat(60), "]".repeat(60))), None);
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        assert_eq!(code(&format!("{{ a(b: \"{}\") }}", "[".repeat(500))), None);
        assert_eq!(code(&format!("{{ a(b: \"\"\"{}\\\"\"\" \"\"\") }}", "[".repeat(500))), None);
        assert_eq!(code(&format!("{{ a }} # {}", "[".repeat(500))), None);
    }

    #[test]
    fn many_tokens_and_aliases_are_refused() {
        let fields = |count: usize| (0..count).map(|it| format!("a{it}: __typename ")).collect::<String>();
        assert_eq!(code(&format!("{{ {} }}", fields(100))), None);
        assert_eq!(code(&format!("{{ {} }}", fields(101))), Some(TopLevelCode::CostExceeded));
        assert_eq!(code(&"a ".repeat(10_001)), Some(TopLevelCode::CostExceeded));
        // Colons in arguments are no aliases.
        let arguments = (0..200).map(|it| format!("b{it}: 1 ")).collect::<String>();
        assert_eq!(code(&format!("{{ a({arguments}) }}")), None);
    }

    #[test]
    fn fragment_bombs_and_circles_are_refused() {
        let bomb = |levels: usize| {
            let mut text = String::from("{ ...F0 }");
            for level in 0..levels {
                text.push_str(&format!(" fragment F{level} on Query {{ ...F{0} ...F{0} }}", level + 1));
            }
            text + &format!(" fragment F{levels} on Query {{ __typename }}")
        };
        assert_eq!(code(&bomb(5)), None);
        assert_eq!(code(&bomb(16)), Some(TopLevelCode::CostExceeded));
        assert_eq!(code(&bomb(30)), Some(TopLevelCode::CostExceeded));
        let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }";
        assert_eq!(code(circle), Some(TopLevelCode::ValidationFailed));
    }

    #[test]
    fn root_fields_are_counted_through_fragments() {
        let document = |fields: usize| {
            let fields: String = (0..fields).map(|it| format!("a{it}: __typename ")).collect();
            async_graphql::parser::parse_query(format!("{{ ...F }} fragment F on Query {{ {fields} }}")).unwrap()
        };
        assert!(root_fields(&document(20)).is_ok());
        assert!(root_fields(&document(21)).is_err());
    }
}
