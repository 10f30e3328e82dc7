//! Rules of organisations. The person to talk to lies in a row of its own: in the scope of the organisation where the
//! person agreed, in that of the authority alone otherwise, so that no reader can get it by mistake.

use entities::{DirectorySubject, ScopeArea, education_offer, organisation, organisation_person};
use kernel::error::ApiResult;
use sea_orm::ColumnTrait;
use serde_json::Value;
use store::scopes::{Audience, ensure};
use store::{Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::places::externals::{Ids, IdsOfOrganisation, RegisteredObject};
use crate::places::organisations::values::{OrganisationPatch, OrganisationValues, Person};
use crate::places::record::{DirectoryRow, record_changed, record_created};
use crate::places::rules::{audience, not_named_by_offers};
use crate::places::{externals, record};
use crate::rights::{self, Operation};

/// Creates an organisation.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn create(op: &Op, owner: Uuid, new: OrganisationValues, key: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "organisationCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<organisation::Entity>(session, owner, None).await?;
    let new = new.checked()?;
    let by = acting_name(session, owner);
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, key).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, id, &new).await?;
    let snapshot = new.audit_snapshot();
    let recorded = record_created(&mutation, &writer, &row, &by, "organisation.created", snapshot).await?;
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
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
        ..organisation::Model::default()
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
    let by = acting_name(session, row.tenant_id);
    let writer = session.writer(&grant).await?;
    let scope = ensure(&writer, &audience(row.tenant_id, values.visibility)).await?;
    let mut after = values.onto((*row).clone(), scope);
    save_row(&writer, &mut after, version).await?;
    put_person(&writer, &after, person.as_deref(), values.contact_person.as_ref()).await?;
    if scope != row.scope_id {
        externals::rescope(&writer, RegisteredObject::Organisation(id), scope).await?;
    }
    externals::replace(&writer, RegisteredObject::Organisation(id), scope, &before.external_ids, &values.external_ids)
        .await?;
    let snapshots = (before.audit_snapshot(), values.audit_snapshot());
    let recorded = record_changed(&mutation, &writer, (&*row, &after), &by, "organisation.updated", snapshots).await?;
    mutation.commit(recorded).await
}

/// Archives an organisation or restores it.
///
/// # Errors
/// It may not be changed; the database fails.
pub async fn archive(op: &Op, id: Uuid, version: i32, archived: bool) -> ApiResult<()> {
    record::archive::<organisation::Entity>(op, "organisationArchive", id, version, archived).await
}

/// Undoes the merge of an organisation into another.
///
/// # Errors
/// It is not merged, or may not be changed; the database fails.
pub async fn unmerge(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    record::unmerge::<organisation::Entity>(op, "organisationUnmerge", id, version).await
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

impl Audited for organisation::Model {
    const TYPE: &'static str = "Organisation";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    /// Columns of the organisation; contact person and external ids are rows of their own.
    fn audit_snapshot(&self) -> Value {
        Value::Object(OrganisationValues::of(self, None, Ids::new()).snapshot())
    }
}

impl DirectoryRow for organisation::Model {
    const SUBJECT: DirectorySubject = DirectorySubject::Organisation;
}
