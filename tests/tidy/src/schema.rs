//! The committed schema: descriptions, ids of things, specifications of scalars.

use std::collections::BTreeMap;

use async_graphql_parser::types::{
    InputValueDefinition, ServiceDocument, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql_parser::{Positioned, parse_schema};

use crate::{Tree, reasons};

/// The committed schema.
pub const SCHEMA: &str = "api/schema.graphql";
/// Object types without an `id`, each with the reason.
pub const WITHOUT_ID: &str = "tests/tidy/types_without_id.txt";

/// Words that a description does not begin with: they stand for something that the reader has not seen.
const FIRST_WORDS: [&str; 27] = [
    "It",
    "What",
    "How",
    "Whether",
    "They",
    "This",
    "That",
    "These",
    "Those",
    "Why",
    "Where",
    "There",
    "Who",
    "Whose",
    "Whom",
    "When",
    "Which",
    "He",
    "She",
    "We",
    "One",
    "Everything",
    "Everybody",
    "Somebody",
    "Something",
    "In one word",
    "In other words",
];
/// Types that the library describes.
const OF_THE_LIBRARY: [&str; 1] = ["PageInfo"];
/// Endings of object types that carry things and are none.
const CARRIERS: [&str; 4] = ["Abilities", "Connection", "Edge", "Payload"];
const ROOTS: [&str; 3] = ["Mutation", "Query", "Subscription"];

/// Descriptions that are missing or begin with a pronoun, things without an id, scalars without a specification.
pub fn check(tree: &Tree) -> Vec<String> {
    let document = match tree.need(SCHEMA).and_then(|it| parse_schema(it).map_err(|error| format!("{SCHEMA}: {error}")))
    {
        Ok(document) => document,
        Err(problem) => return vec![problem],
    };
    let mut problems = Vec::new();
    for kind in types(&document) {
        describe(kind, &mut problems);
    }
    let without: BTreeMap<String, String> = types(&document)
        .filter(|it| is_thing_without_id(it))
        .map(|it| (it.name.to_string(), NO_ID.to_owned()))
        .collect();
    problems.extend(reasons::compare(WITHOUT_ID, tree.text(WITHOUT_ID).unwrap_or_default(), &without));
    problems
}

const NO_ID: &str = "is an object type without `id: ID!`";

fn types(document: &ServiceDocument) -> impl Iterator<Item = &TypeDefinition> {
    document.definitions.iter().filter_map(|it| match it {
        TypeSystemDefinition::Type(definition) => Some(&definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    })
}

fn describe(kind: &TypeDefinition, problems: &mut Vec<String>) {
    let name = kind.name.node.as_str();
    if OF_THE_LIBRARY.contains(&name) {
        return;
    }
    // The roots are described by their fields.
    if !ROOTS.contains(&name) || kind.description.is_some() {
        judge(name, kind.description.as_ref(), problems);
    }
    match &kind.kind {
        TypeKind::Scalar => {
            let specified = kind.directives.iter().any(|it| it.node.name.node == "specifiedBy");
            if !specified {
                problems.push(format!("{SCHEMA}: scalar {name} has no @specifiedBy"));
            }
        }
        TypeKind::Object(_) | TypeKind::Interface(_) => {
            let fields = match &kind.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                _ => return,
            };
            for field in fields.iter().map(|it| &it.node) {
                let path = format!("{name}.{}", field.name.node);
                judge(&path, field.description.as_ref(), problems);
                values(&path, &field.arguments, problems);
            }
        }
        TypeKind::Enum(set) => {
            for value in set.values.iter().map(|it| &it.node) {
                judge(&format!("{name}.{}", value.value.node), value.description.as_ref(), problems);
            }
        }
        TypeKind::InputObject(input) => values(name, &input.fields, problems),
        TypeKind::Union(_) => {}
    }
}

/// Arguments of a field, or fields of an input.
fn values(owner: &str, values: &[Positioned<InputValueDefinition>], problems: &mut Vec<String>) {
    for value in values.iter().map(|it| &it.node) {
        let name = value.name.node.as_str();
        judge(&format!("{owner}({name})"), value.description.as_ref(), problems);
    }
}

fn judge(path: &str, description: Option<&Positioned<String>>, problems: &mut Vec<String>) {
    let text = description.map(|it| it.node.trim()).unwrap_or_default();
    if text.is_empty() {
        problems.push(format!("{SCHEMA}: {path} has no description"));
    } else if let Some(word) = first_word(text) {
        problems.push(format!(
            "{SCHEMA}: the description of {path} begins with {word:?}: {}",
            text.lines().next().unwrap_or(text)
        ));
    }
}

fn first_word(text: &str) -> Option<&'static str> {
    FIRST_WORDS.into_iter().find(|word| {
        text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_'))
    })
}

fn is_thing_without_id(kind: &TypeDefinition) -> bool {
    let name = kind.name.node.as_str();
    let TypeKind::Object(object) = &kind.kind else { return false };
    !ROOTS.contains(&name)
        && !OF_THE_LIBRARY.contains(&name)
        && !CARRIERS.iter().any(|it| name.ends_with(it))
        && !object.fields.iter().any(|it| it.node.name.node == "id" && it.node.ty.node.to_string() == "ID!")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(schema: &str) -> String {
        check(&Tree::of(&[(SCHEMA, schema)])).join("\n")
    }

    #[test]
    fn everything_is_described_in_the_terms_of_the_field() {
        assert_eq!(
            of(
                "\"A calendar.\"\ntype Calendar {\n\"Identifier.\"\nid: ID!\n\"Entries.\"\nentries(\"Number of items.\" first: Int): Int\n}"
            ),
            ""
        );
        let problems = of(
            "\"It is one.\"\ntype A {\nid: ID!\n\"One of them.\"\nb(c: Int, first: Int): Int\n}\nenum D { E }\ninput F { g: Int }",
        );
        for part in [
            "description of A begins with \"It\"",
            "A.id has no description",
            "description of A.b begins with \"One\"",
            "A.b(c) has no description",
            "A.b(first) has no description",
            "D has no description",
            "D.E has no description",
            "F(g) has no description",
        ] {
            assert!(problems.contains(part), "{part}:\n{problems}");
        }
        assert_eq!(first_word("Items of it."), None);
        assert_eq!(first_word("Oneness."), None);
    }

    #[test]
    fn a_scalar_names_its_specification() {
        let bare = "\"A cell.\"\nscalar Cell";
        assert_eq!(of(bare), "api/schema.graphql: scalar Cell has no @specifiedBy");
        assert_eq!(of(&format!("{bare} @specifiedBy(url: \"/schema.graphql#Cell\")")), "");
    }

    #[test]
    fn a_thing_has_an_id() {
        let schema = "\"A fee.\"\ntype Fee {\n\"Amount.\"\namount: Int\n}\n\"A page.\"\ntype FeeConnection {\n\"Nodes.\"\nnodes: Int\n}";
        assert_eq!(
            of(schema),
            "Fee is an object type without `id: ID!`; mend it, or list it with a reason in tests/tidy/types_without_id.txt"
        );
        assert_eq!(check(&Tree::of(&[(SCHEMA, schema), (WITHOUT_ID, "Fee — a value\n")])), Vec::<String>::new());
    }
}
