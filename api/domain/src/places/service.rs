//! Rules of learning places. Whoever owns a record changes it; others propose (`merges`).

use std::collections::BTreeSet;

use entities::{
    DirectorySubject, LearningPlaceKind, Visibility, education_offer, learning_place, learning_place_origin,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::ensure;
use store::{Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
use crate::members::acting_name;
use crate::places::externals::{Ids, IdsOfPlace, RegisteredObject};
use crate::places::revisions::Revision;
use crate::places::rules::{audience, not_named_by_offers};
use crate::places::values::{PlacePatch, PlaceValues};
use crate::places::{externals, revisions};
use crate::rights::{self, Operation};

const KEY: Unique = Unique { name: "learning_place_key_key", columns: "learning_place.tenant_id, learning_place.key" };

/// Makes a place.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn create(
    op: &Op,
    owner: Uuid,
    key: Option<String>,
    new: PlaceValues,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "learningPlaceCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<learning_place::Entity>(session, owner, None).await?;
    let new = new.checked(session, key.as_deref(), None).await?;
    let by = acting_name(session, owner).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, id, key, &new).await?;
    let words = new.audit_snapshot();
    revisions::keep(&writer, revision(&row, "learningPlaceCreate", &by, None, &words)).await?;
    let recorded = mutation
        .record(&writer, ChangeRecord { after: Some(words), ..change_record(&row, "learning_place.created") })
        .await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Writes the rows of a new place, which was checked.
async fn insert(
    writer: &Writer<'_>,
    id: Uuid,
    key: Option<String>,
    new: &PlaceValues,
) -> ApiResult<learning_place::Model> {
    let scope = ensure(writer, &audience(writer.tenant(), new.visibility)).await?;
    let row = learning_place::Model { key: key.unwrap_or_else(|| key_of(&new.name, id)), ..bare(writer, id, scope) };
    let row = new.onto(row, scope);
    match writer.insert_unique::<learning_place::ActiveModel>(full(row.clone()), KEY).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("taken").with("value", &row.key);
            return Err(Problem::at(UserErrorCode::NotUnique, "key", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    externals::replace(writer, RegisteredObject::Place(id), scope, &Ids::new(), &new.external_ids).await?;
    Ok(row)
}

/// A place of which nothing is known.
pub fn bare(writer: &Writer<'_>, id: Uuid, scope: Uuid) -> learning_place::Model {
    learning_place::Model {
        id,
        tenant_id: writer.tenant(),
        scope_id: scope,
        key: String::new(),
        name: String::new(),
        kind: LearningPlaceKind::Other,
        region_ags: None,
        postal_code: None,
        city: None,
        latitude: None,
        longitude: None,
        note: None,
        visibility: Visibility::Public,
        street: None,
        website: None,
        age_from: None,
        age_to: None,
        valid_from: None,
        valid_until: None,
        organisation_id: None,
        merged_into_id: None,
        merged_at: None,
        merged_by: None,
        archived_at: None,
        search_text: String::new(),
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    }
}

/// Changes a place.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: PlacePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "learningPlaceUpdate").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<learning_place::Entity>(session, id, Operation::Update, "id").await?;
    let before = PlaceValues::of(&row, externals::ids(&session.group::<IdsOfPlace>(id).await?));
    let values = patch.applied(&before).checked(session, None, Some(&before)).await?;
    if values.visibility < row.visibility {
        not_named_by_offers(session, row.tenant_id, education_offer::Column::LearningPlaceId, id).await?;
    }
    let by = acting_name(session, row.tenant_id).await?;
    let writer = session.writer(&grant).await?;
    let scope = ensure(&writer, &audience(row.tenant_id, values.visibility)).await?;
    let after = save(&writer, values.onto((*row).clone(), scope), version).await?;
    if scope != row.scope_id {
        externals::rescope(&writer, RegisteredObject::Place(id), scope).await?;
        let here = Condition::all().add(learning_place_origin::Column::LearningPlaceId.eq(id));
        let moved = learning_place_origin::ActiveModel { scope_id: Set(scope), ..Default::default() };
        writer.change::<learning_place_origin::Entity, _>(here, moved).await?;
    }
    externals::replace(&writer, RegisteredObject::Place(id), scope, &before.external_ids, &values.external_ids).await?;
    let (was, is) = (before.audit_snapshot(), values.audit_snapshot());
    revisions::keep(&writer, revision(&after, "learningPlaceUpdate", &by, Some(&was), &is)).await?;
    let change = ChangeRecord {
        also: BTreeSet::from([row.scope_id]),
        before: Some(was),
        after: Some(is),
        ..change_record(&after, "learning_place.updated")
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Puts a place away, or takes it out again.
///
/// # Errors
/// It may not be changed; the database fails.
pub async fn archive(op: &Op, id: Uuid, version: i32, archived: bool) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "learningPlaceArchive").await?;
    let (grant, row) =
        rights::find_for::<learning_place::Entity>(mutation.session(), id, Operation::Archive, "id").await?;
    let by = acting_name(mutation.session(), row.tenant_id).await?;
    let writer = mutation.session().writer(&grant).await?;
    let after = learning_place::Model { archived_at: archived.then(|| writer.now()), ..(*row).clone() };
    let after = save(&writer, after, version).await?;
    let words = |it: &learning_place::Model| json!({ "archivedAt": it.archived_at });
    let (was, is) = (words(&row), words(&after));
    revisions::keep(&writer, revision(&after, "learningPlaceArchive", &by, Some(&was), &is)).await?;
    let change =
        ChangeRecord { before: Some(was), after: Some(is), ..change_record(&after, "learning_place.archived") };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Takes back that a record was merged into another: it was another place after all.
///
/// # Errors
/// It is not merged, or may not be changed; the database fails.
pub async fn unmerge(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "learningPlaceUnmerge").await?;
    let (grant, row) =
        rights::find_for::<learning_place::Entity>(mutation.session(), id, Operation::Unmerge, "id").await?;
    let by = acting_name(mutation.session(), row.tenant_id).await?;
    let writer = mutation.session().writer(&grant).await?;
    let after = learning_place::Model { merged_into_id: None, merged_at: None, merged_by: None, ..(*row).clone() };
    let after = save(&writer, after, version).await?;
    let (was, is) = (merged_words(&row), merged_words(&after));
    revisions::keep(&writer, revision(&after, "learningPlaceUnmerge", &by, Some(&was), &is)).await?;
    let change =
        ChangeRecord { before: Some(was), after: Some(is), ..change_record(&after, "learning_place.unmerged") };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Marks a place as another record of `survivor`, in a mutation that is under way: nothing of it is moved or lost. The
/// change as it is to be recorded; none when somebody else changed the place meanwhile.
pub(super) async fn merge(
    writer: &Writer<'_>,
    row: &learning_place::Model,
    survivor: Uuid,
    by: &str,
) -> ApiResult<Option<ChangeRecord>> {
    let merged = learning_place::Model {
        merged_into_id: Some(survivor),
        merged_at: Some(writer.now()),
        merged_by: Some(by.to_owned()),
        ..row.clone()
    };
    let after = match save(writer, merged, row.version).await {
        Ok(after) => after,
        Err(error) if error.is(UserErrorCode::StaleVersion) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (was, is) = (merged_words(row), merged_words(&after));
    revisions::keep(writer, revision(&after, "mergeProposalAccept", by, Some(&was), &is)).await?;
    Ok(Some(ChangeRecord { before: Some(was), after: Some(is), ..change_record(&after, "learning_place.merged") }))
}

fn merged_words(row: &learning_place::Model) -> Value {
    json!({ "mergedInto": row.merged_into_id, "mergedAt": row.merged_at, "mergedBy": row.merged_by })
}

async fn save(writer: &Writer<'_>, mut row: learning_place::Model, version: i32) -> ApiResult<learning_place::Model> {
    row.version = version.saturating_add(1);
    row.updated_at = writer.now();
    let here = at_version(learning_place::Column::Id, row.id, learning_place::Column::Version, version);
    match writer.change::<learning_place::Entity, _>(here, full::<_, learning_place::ActiveModel>(row.clone())).await? {
        0 => Err(stale(version)),
        _ => Ok(row),
    }
}

/// A key made of the name and the end of the id.
fn key_of(name: &str, id: Uuid) -> String {
    let mut key = String::new();
    for letter in text::fold(name).chars().take(60) {
        if letter.is_ascii_alphanumeric() {
            key.push(letter);
        } else if !key.ends_with('-') {
            key.push('-');
        }
        if key.len() >= 27 {
            break;
        }
    }
    let key = key.trim_matches('-');
    let key = if key.starts_with(|it: char| it.is_ascii_lowercase()) { key } else { "place" };
    let id = id.simple().to_string();
    format!("{key}-{}", &id[id.len() - 12..])
}

fn revision<'a>(
    row: &learning_place::Model,
    action: &'static str,
    by: &'a str,
    before: Option<&'a Value>,
    after: &'a Value,
) -> Revision<'a> {
    let (subject, object, version) = (DirectorySubject::LearningPlace, row.id, row.version);
    Revision { subject, object, version, action, by, before, after }
}

fn change_record(row: &learning_place::Model, topic: &'static str) -> ChangeRecord {
    ChangeRecord {
        object_type: "LearningPlace",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        let id = uuid::uuid!("01890a5d-ac96-774b-bcce-b302099a8057");
        assert_eq!(key_of("Meinrad-Spieß-Grundschule", id), "meinrad-spiess-grundschule-b302099a8057");
        for name in ["", "1. FC", "Ü", "Grund- und Mittelschule mit sehr langem Namen in einer Stadt", "日本"] {
            assert!(text::is_key(&key_of(name, id)), "{name}: {}", key_of(name, id));
        }
    }
}
