//! Rules of learning places. Whoever owns a record changes it; others propose (`merges`).

use entities::{DirectorySubject, education_offer, learning_place, learning_place_origin};
use kernel::error::ApiResult;
use kernel::text;
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::Value;
use store::scopes::ensure;
use store::{Unique, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::places::externals::{Ids, IdsOfPlace, RegisteredObject};
use crate::places::record::{DirectoryRow, record_changed, record_created};
use crate::places::rules::{audience, not_named_by_offers};
use crate::places::values::{PlacePatch, PlaceValues};
use crate::places::{externals, record};
use crate::rights::{self, Operation};

const KEY: Unique = Unique { name: "learning_place_key_key", columns: "learning_place.tenant_id, learning_place.key" };

/// Creates a place.
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
    let by = acting_name(session, owner);
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, id, key, &new).await?;
    let snapshot = new.audit_snapshot();
    let recorded = record_created(&mutation, &writer, &row, &by, "learning_place.created", snapshot).await?;
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
    let inserted = writer.insert_unique::<learning_place::ActiveModel>(full(row.clone()), KEY).await;
    inserted.map_err(|error| error.taken("key", &row.key))?;
    externals::replace(writer, RegisteredObject::Place(id), scope, &Ids::new(), &new.external_ids).await?;
    Ok(row)
}

/// A place whose values are still to be set.
pub fn bare(writer: &Writer<'_>, id: Uuid, scope: Uuid) -> learning_place::Model {
    learning_place::Model {
        id,
        tenant_id: writer.tenant(),
        scope_id: scope,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
        ..learning_place::Model::default()
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
    let by = acting_name(session, row.tenant_id);
    let writer = session.writer(&grant).await?;
    let scope = ensure(&writer, &audience(row.tenant_id, values.visibility)).await?;
    let mut after = values.onto((*row).clone(), scope);
    save_row(&writer, &mut after, version).await?;
    if scope != row.scope_id {
        externals::rescope(&writer, RegisteredObject::Place(id), scope).await?;
        let here = Condition::all().add(learning_place_origin::Column::LearningPlaceId.eq(id));
        let moved = learning_place_origin::ActiveModel { scope_id: Set(scope), ..Default::default() };
        writer.change::<learning_place_origin::Entity, _>(here, moved).await?;
    }
    externals::replace(&writer, RegisteredObject::Place(id), scope, &before.external_ids, &values.external_ids).await?;
    let snapshots = (before.audit_snapshot(), values.audit_snapshot());
    let recorded =
        record_changed(&mutation, &writer, (&*row, &after), &by, "learning_place.updated", snapshots).await?;
    mutation.commit(recorded).await
}

/// Archives a place or restores it.
///
/// # Errors
/// It may not be changed; the database fails.
pub async fn archive(op: &Op, id: Uuid, version: i32, archived: bool) -> ApiResult<()> {
    record::archive::<learning_place::Entity>(op, "learningPlaceArchive", id, version, archived).await
}

/// Undoes the merge of a place into another.
///
/// # Errors
/// It is not merged, or may not be changed; the database fails.
pub async fn unmerge(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    record::unmerge::<learning_place::Entity>(op, "learningPlaceUnmerge", id, version).await
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

impl Audited for learning_place::Model {
    const TYPE: &'static str = "LearningPlace";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    /// Columns of the place; external ids are rows of their own.
    fn audit_snapshot(&self) -> Value {
        Value::Object(PlaceValues::of(self, Ids::new()).snapshot())
    }
}

impl DirectoryRow for learning_place::Model {
    const SUBJECT: DirectorySubject = DirectorySubject::LearningPlace;
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
