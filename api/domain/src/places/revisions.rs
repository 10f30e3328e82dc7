//! What was changed of places, organisations and offers, kept in the transaction of the change.

use std::collections::BTreeSet;

use entities::{DirectorySubject as Subject, ScopeArea, directory_revision};
use kernel::error::ApiResult;
use kernel::ids::new_id;
use serde_json::{Map, Value, json};
use store::scopes::{Audience, ensure};
use store::{Writer, full};
use uuid::Uuid;

/// An object as it was and as it is.
pub struct Revision<'a> {
    /// What kind of object.
    pub subject: Subject,
    /// The object.
    pub object: Uuid,
    /// Its version after the change.
    pub version: i32,
    /// What was done.
    pub action: &'static str,
    /// Who did it.
    pub by: &'a str,
    /// Its fields before; none of a new one.
    pub before: Option<&'a Value>,
    /// Its fields after.
    pub after: &'a Value,
}

/// Keeps what was changed, in the transaction of the change.
///
/// # Errors
/// The database fails.
pub async fn keep(writer: &Writer<'_>, revision: Revision<'_>) -> ApiResult<()> {
    let scope = ensure(writer, &Audience::private(writer.tenant(), ScopeArea::Places, None)).await?;
    let row = directory_revision::Model {
        id: new_id(),
        tenant_id: writer.tenant(),
        scope_id: scope,
        subject: revision.subject,
        object_id: revision.object,
        object_version: revision.version,
        action: revision.action.to_owned(),
        changed_by: revision.by.to_owned(),
        changes: difference(revision.before, revision.after),
        created_at: writer.now(),
    };
    writer.insert::<directory_revision::ActiveModel>(full(row)).await
}

/// By field, what it was and what it is, where that differs.
fn difference(before: Option<&Value>, after: &Value) -> Value {
    let nothing = Map::new();
    let fields = |it: Option<&Value>| it.and_then(Value::as_object).cloned().unwrap_or_default();
    let (before, after) = (before.map_or(nothing, |it| fields(Some(it))), fields(Some(after)));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).cloned().collect();
    let mut changes = Map::new();
    for name in names {
        let (was, is) = (before.get(&name).unwrap_or(&Value::Null), after.get(&name).unwrap_or(&Value::Null));
        if was != is {
            changes.insert(name, json!({ "before": was, "after": is }));
        }
    }
    Value::Object(changes)
}
