//! Rules of organisations. The person to talk to lies in a row of its own: in the scope of the organisation where the
//! person agreed, in that of the authority alone otherwise, so that no reader can get it by mistake.

use std::collections::BTreeSet;

use entities::{DirectorySubject, ScopeArea, education_offer, organisation, organisation_person};
use kernel::error::{ApiResult, UserErrorCode};
use sea_orm::ColumnTrait;
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
use crate::members::acting_name;
use crate::places::externals::{Ids, IdsOfOrganisation, RegisteredObject};
use crate::places::organisations::values::{OrganisationPatch, OrganisationValues, Person};
use crate::places::revisions::Revision;
use crate::places::rules::{audience, not_named_by_offers};
use crate::places::{externals, revisions};
use crate::rights::{self, Operation};

/// Makes an organisation.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn create(op: &Op, owner: Uuid, new: OrganisationValues, key: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "organisationCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<organisation::Entity>(session, owner, None).await?;
    let new = new.checked()?;
    let by = acting_name(session, owner).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, key).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, id, &new).await?;
    let (mut told, words) = (change_record(&row, "organisation.created"), new.audit_snapshot());
    revisions::keep(&writer, revision(&row, "organisationCreate", &by, None, &words)).await?;
    told.after = Some(words);
    let recorded = mutation.record(&writer, told).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Writes the rows of a new organisation, which was checked.
///
/// # Errors
/// An id in another register is taken; the database fails.
pub async fn insert(writer: &Writer<'_>, id: Uuid, new: &OrganisationValues) -> ApiResult<organisation::Model> {
    let scope = ensure(writer, &audience(writer.tenant(), new.visibility)).await?;
    let row = organisation::Model {
        id,
        tenant_id: writer.tenant(),
        scope_id: scope,
        name: String::new(),
        kind: new.kind,
        visibility: new.visibility,
        description: None,
        website: None,
        street: None,
        postal_code: None,
        city: None,
        contact_function: None,
        contact_email: None,
        contact_phone: None,
        search_text: String::new(),
        merged_into_id: None,
        merged_at: None,
        merged_by: None,
        archived_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let row = new.onto(row, scope);
    writer.insert::<organisation::ActiveModel>(full(row.clone())).await?;
    put_person(writer, &row, None, new.contact_person.as_ref()).await?;
    externals::replace(writer, RegisteredObject::Organisation(id), scope, &Ids::new(), &new.external_ids).await?;
    Ok(row)
}

/// Changes an organisation.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: OrganisationPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "organisationUpdate").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<organisation::Entity>(session, id, Operation::Update, "id").await?;
    let person = session.get::<organisation_person::Entity>(id).await?;
    let ids = externals::ids(&session.group::<IdsOfOrganisation>(id).await?);
    let before = OrganisationValues::of(&row, person.as_deref().map(Person::from), ids);
    let values = patch.applied(&before).checked()?;
    if values.visibility < row.visibility {
        not_named_by_offers(session, row.tenant_id, education_offer::Column::OrganisationId, id).await?;
    }
    let by = acting_name(session, row.tenant_id).await?;
    let writer = session.writer(&grant).await?;
    let scope = ensure(&writer, &audience(row.tenant_id, values.visibility)).await?;
    let after = values.onto((*row).clone(), scope);
    let after = save(&writer, after, version).await?;
    put_person(&writer, &after, person.as_deref(), values.contact_person.as_ref()).await?;
    if scope != row.scope_id {
        externals::rescope(&writer, RegisteredObject::Organisation(id), scope).await?;
    }
    externals::replace(&writer, RegisteredObject::Organisation(id), scope, &before.external_ids, &values.external_ids)
        .await?;
    let (was, is) = (before.audit_snapshot(), values.audit_snapshot());
    revisions::keep(&writer, revision(&after, "organisationUpdate", &by, Some(&was), &is)).await?;
    let mut told = change_record(&after, "organisation.updated");
    told.also = BTreeSet::from([row.scope_id]);
    (told.before, told.after) = (Some(was), Some(is));
    let recorded = mutation.record(&writer, told).await?;
    mutation.commit(recorded).await
}

/// Puts an organisation away, or takes it out again.
///
/// # Errors
/// It may not be changed; the database fails.
pub async fn archive(op: &Op, id: Uuid, version: i32, archived: bool) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "organisationArchive").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<organisation::Entity>(session, id, Operation::Archive, "id").await?;
    let by = acting_name(session, row.tenant_id).await?;
    let writer = session.writer(&grant).await?;
    let after = organisation::Model { archived_at: archived.then(|| writer.now()), ..(*row).clone() };
    let after = save(&writer, after, version).await?;
    let words = |it: &organisation::Model| json!({ "archivedAt": it.archived_at });
    let (was, is) = (words(&row), words(&after));
    revisions::keep(&writer, revision(&after, "organisationArchive", &by, Some(&was), &is)).await?;
    let mut told = change_record(&after, "organisation.archived");
    (told.before, told.after) = (Some(was), Some(is));
    let recorded = mutation.record(&writer, told).await?;
    mutation.commit(recorded).await
}

/// Takes back that a record was merged into another: it was another organisation after all.
///
/// # Errors
/// It is not merged, or may not be changed; the database fails.
pub async fn unmerge(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "organisationUnmerge").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<organisation::Entity>(session, id, Operation::Unmerge, "id").await?;
    let by = acting_name(session, row.tenant_id).await?;
    let writer = session.writer(&grant).await?;
    let after = organisation::Model { merged_into_id: None, merged_at: None, merged_by: None, ..(*row).clone() };
    let after = save(&writer, after, version).await?;
    let (was, is) = (merged_words(&row), merged_words(&after));
    revisions::keep(&writer, revision(&after, "organisationUnmerge", &by, Some(&was), &is)).await?;
    let change = ChangeRecord { before: Some(was), after: Some(is), ..change_record(&after, "organisation.unmerged") };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Marks an organisation as another record of `survivor`, in a mutation that is under way: nothing of it is moved or lost.
/// The change as it is to be recorded; none when somebody else changed the record meanwhile.
pub(in crate::places) async fn merge(
    writer: &Writer<'_>,
    row: &organisation::Model,
    survivor: Uuid,
    by: &str,
) -> ApiResult<Option<ChangeRecord>> {
    let merged = organisation::Model {
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
    Ok(Some(ChangeRecord { before: Some(was), after: Some(is), ..change_record(&after, "organisation.merged") }))
}

fn merged_words(row: &organisation::Model) -> Value {
    json!({ "mergedInto": row.merged_into_id, "mergedAt": row.merged_at, "mergedBy": row.merged_by })
}

async fn save(writer: &Writer<'_>, mut row: organisation::Model, version: i32) -> ApiResult<organisation::Model> {
    row.version = version.saturating_add(1);
    row.updated_at = writer.now();
    let here = at_version(organisation::Column::Id, row.id, organisation::Column::Version, version);
    match writer.change::<organisation::Entity, _>(here, full::<_, organisation::ActiveModel>(row.clone())).await? {
        0 => Err(stale(version)),
        _ => Ok(row),
    }
}

/// Writes, changes or deletes the person, in the scope that consent and organisation allow.
async fn put_person(
    writer: &Writer<'_>,
    of: &organisation::Model,
    before: Option<&organisation_person::Model>,
    after: Option<&Person>,
) -> ApiResult<()> {
    let here = sea_orm::Condition::all().add(organisation_person::Column::OrganisationId.eq(of.id));
    let Some(person) = after else {
        if before.is_some() {
            writer.delete::<organisation_person::Entity>(here).await?;
        }
        return Ok(());
    };
    let scope = if person.consent {
        of.scope_id
    } else {
        ensure(writer, &Audience::private(of.tenant_id, ScopeArea::Places, None)).await?
    };
    let row = organisation_person::Model {
        organisation_id: of.id,
        tenant_id: of.tenant_id,
        scope_id: scope,
        name: person.name.clone(),
        role: person.role.clone(),
        email: person.email.clone(),
        phone: person.phone.clone(),
        consent: person.consent,
    };
    let row: organisation_person::ActiveModel = full(row);
    if before.is_none() {
        return writer.insert(row).await;
    }
    let row = organisation_person::ActiveModel { organisation_id: sea_orm::NotSet, ..row };
    writer.change::<organisation_person::Entity, _>(here, row).await?;
    Ok(())
}

fn revision<'a>(
    row: &organisation::Model,
    action: &'static str,
    by: &'a str,
    before: Option<&'a Value>,
    after: &'a Value,
) -> Revision<'a> {
    Revision {
        subject: DirectorySubject::Organisation,
        object: row.id,
        version: row.version,
        action,
        by,
        before,
        after,
    }
}

fn change_record(row: &organisation::Model, topic: &'static str) -> ChangeRecord {
    ChangeRecord {
        object_type: "Organisation",
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
