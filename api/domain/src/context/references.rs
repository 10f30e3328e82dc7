//! Global ids in what is kept of rows: audit trail, history and copies keep references by the ids of the store, and every
//! reference leaves by its global id. One table says which field refers to what.

use kernel::global_id::NodeType;
use serde_json::Value;
use uuid::Uuid;

use NodeType as N;

/// Fields of kept values, and the types of the objects to which they refer.
const FIELDS: [(&str, NodeType); 36] = [
    ("agreement", N::Agreement),
    ("archive", N::ProjectArchive),
    ("calendar", N::Calendar),
    ("calendarEntry", N::CalendarEntry),
    ("calendars", N::Calendar),
    ("dataset", N::Dataset),
    ("dates", N::CalendarEntry),
    ("dependsOn", N::WorkPackage),
    ("document", N::ProjectDocument),
    ("entry", N::CalendarEntry),
    ("fieldOfWork", N::FieldOfWork),
    ("fieldsOfWork", N::FieldOfWork),
    ("from", N::Tenant),
    ("funding", N::Funding),
    ("grantee", N::Tenant),
    ("indicator", N::ProjectIndicator),
    ("lead", N::Tenant),
    ("learningPlace", N::LearningPlace),
    ("member", N::Member),
    ("organisation", N::Organisation),
    ("partner", N::Tenant),
    ("place", N::LearningPlace),
    ("plan", N::AnnualPlan),
    ("programme", N::FundingProgramme),
    ("project", N::Project),
    ("proposal", N::ChangeProposal),
    ("provider", N::Organisation),
    ("reader", N::Tenant),
    ("round", N::CoordinationRound),
    ("series", N::CalendarEntry),
    ("share", N::Share),
    ("takenFor", N::Tenant),
    ("tenant", N::Tenant),
    ("to", N::Tenant),
    ("version", N::DatasetVersion),
    ("workPackage", N::WorkPackage),
];

/// Fields that refer to an object of the type of the object that is kept.
const OWN_TYPE: [&str; 2] = ["id", "mergedInto"];
/// Fields of a merge proposal that refer to places or to organisations.
const RECORDS: [&str; 2] = ["duplicate", "survivor"];
/// Lists of kept objects within a copy of a project, and the types of these objects.
const PARTS: [(&str, NodeType); 6] = [
    ("documents", N::ProjectDocument),
    ("fundings", N::Funding),
    ("indicators", N::ProjectIndicator),
    ("milestones", N::Milestone),
    ("obligations", N::Obligation),
    ("workPackages", N::WorkPackage),
];
/// Fields by which a ticket or a comment, which have no global id, say what they are about; the first that there is.
const ABOUT: [&str; 6] = ["proposal", "entry", "round", "document", "archive", "version"];

/// The type with a name, as the schema has it.
pub fn type_named(name: &str) -> Option<NodeType> {
    NodeType::ALL.iter().copied().find(|it| format!("{it:?}") == name)
}

/// A kept value of an object with global ids for references. `record` is the type of the records of a merge proposal.
pub fn with_global_ids(object: Option<NodeType>, record: Option<NodeType>, value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let value = match referred(object, record, name) {
                    Some(node) => global(node, value),
                    None if name == "conflict" => identifier(value),
                    None => value.clone(),
                };
                let part = PARTS.iter().find(|it| it.0 == name).map(|it| it.1);
                (name.clone(), with_global_ids(part.or(object), record, &value))
            };
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Array(values) => values.iter().map(|it| with_global_ids(object, record, it)).collect(),
        other => other.clone(),
    }
}

/// The value of one field with global ids for references.
pub fn field_with_global_ids(object: Option<NodeType>, field: &str, value: &Value) -> Value {
    match referred(object, None, field) {
        Some(node) => global(node, value),
        None => with_global_ids(object, None, value),
    }
}

/// Global id of the object that a ticket or a comment is about.
pub fn about(value: &Value) -> Option<String> {
    ABOUT.iter().find_map(|it| {
        let id: Uuid = value.get(it)?.as_str()?.parse().ok()?;
        referred(None, None, it).map(|node| node.id(id).into())
    })
}

/// Type of the object to which a field refers.
fn referred(object: Option<NodeType>, record: Option<NodeType>, field: &str) -> Option<NodeType> {
    if OWN_TYPE.contains(&field) {
        return object;
    }
    if RECORDS.contains(&field) {
        return record;
    }
    FIELDS.iter().find(|it| it.0 == field).map(|it| it.1)
}

/// An id of the store, or a list of them, as global ids; everything else as it is.
fn global(node: NodeType, value: &Value) -> Value {
    match value {
        Value::String(text) => match Uuid::try_parse(text) {
            Ok(id) => Value::String(node.id(id).into()),
            Err(_) => value.clone(),
        },
        Value::Array(values) => values.iter().map(|it| global(node, it)).collect(),
        other => other.clone(),
    }
}

/// Identifier of a conflict, as the schema has it.
fn identifier(value: &Value) -> Value {
    match value.as_str().and_then(|it| Uuid::try_parse(it).ok()) {
        Some(id) => Value::String(id.simple().to_string()),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use serde_json::json;

    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn references_leave_by_their_global_ids() {
        let id: Uuid = ID.parse().unwrap();
        let told = |node: NodeType| String::from(node.id(id));
        let kept = json!({ "member": ID, "fieldsOfWork": [ID], "reason": ID, "from": "2027-01-01", "place": null });
        let expected = json!({
            "member": told(N::Member), "fieldsOfWork": [told(N::FieldOfWork)], "reason": ID, "from": "2027-01-01",
            "place": null,
        });
        assert_eq!(with_global_ids(Some(N::RoleGrant), None, &kept), expected);
        let merged = json!({ "mergedInto": ID });
        let expected = json!({ "mergedInto": told(N::Organisation) });
        assert_eq!(with_global_ids(Some(N::Organisation), None, &merged), expected);
        let copy = json!({ "milestones": [{ "id": ID, "workPackage": ID }], "project": { "lead": ID } });
        let expected = json!({
            "milestones": [{ "id": told(N::Milestone), "workPackage": told(N::WorkPackage) }],
            "project": { "lead": told(N::Tenant) },
        });
        assert_eq!(with_global_ids(Some(N::Project), None, &copy), expected);
        assert_eq!(about(&json!({ "round": ID, "entry": ID, "proposal": null })), Some(told(N::CalendarEntry)));
    }

    /// Fields that snapshots in the sources fill from a column of a reference, or from an id.
    fn fields_of_references() -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("geojson.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    for (at, _) in text.match_indices("\": ") {
                        let name = text[..at].rsplit('"').next().unwrap_or_default();
                        let value = text[at + 3..].split([',', '}', '\n', ')']).next().unwrap_or_default().trim();
                        let is_path = value.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.'));
                        if is_path && (value.ends_with("_id") || value.ends_with(".id") || value == "id") {
                            found.push((name.to_owned(), value.to_owned()));
                        }
                    }
                }
            }
        }
        found
    }

    #[test]
    fn every_field_that_refers_to_a_row_is_in_the_table() {
        let fields = fields_of_references();
        assert!(fields.len() > 30, "{fields:?}");
        for (name, value) in fields {
            let is_known = referred(Some(N::Project), Some(N::LearningPlace), &name).is_some() || name == "conflict";
            assert!(is_known, "{name} is filled from {value}");
        }
    }
}
