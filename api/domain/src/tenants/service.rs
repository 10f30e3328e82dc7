//! Rules of an authority's own fields of work.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{PUBLIC_SCOPE, field_of_work, tenant};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::text;
use policy::{Grant, Permission, today};
use serde_json::json;
use store::{Session, Unique, WriteError, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};

const KEY: Unique = Unique { name: "field_of_work_key_key", columns: "field_of_work.tenant_id, field_of_work.key" };

/// The grant to add something to what an authority says of itself.
///
/// # Errors
/// `NOT_FOUND`, `UNAUTHENTICATED` or `FORBIDDEN` at `tenant`.
pub async fn grant_to_manage(session: &Session, tenant: Uuid) -> ApiResult<Grant> {
    if session.get::<tenant::Entity>(tenant).await?.is_none() {
        return Err(Problem::not_found("tenant").into());
    }
    session.authorize_in(Permission::TenantManage, tenant, "tenant")
}

/// Adds a field of work to `tenant`.
pub async fn create_field(
    op: &Op,
    tenant: Uuid,
    key: String,
    name_de: String,
    name_en: String,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mut problems = Problems::default();
    if !text::is_key(&key) {
        problems.add(Problem::at(UserErrorCode::Invalid, "key", Text::new("no-key").with("value", &key)));
    }
    let (name_de, name_en, ()) =
        all((text::line(&name_de, "nameDe", 120), text::line(&name_en, "nameEn", 120), problems.done()))?;

    let mutation = UnitOfWork::begin(op, "fieldOfWorkCreate").await?;
    let session = mutation.session();
    let grant = grant_to_manage(session, tenant).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = field_of_work::Model {
        id,
        tenant_id: Some(tenant),
        scope_id: PUBLIC_SCOPE,
        key,
        name_de,
        name_en,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    match writer.insert_unique(full(row.clone()), KEY).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("taken").with("value", &row.key);
            return Err(Problem::at(UserErrorCode::NotUnique, "key", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    let change = ChangeRecord {
        object_type: "FieldOfWork",
        object_id: id,
        version: 1,
        scope: PUBLIC_SCOPE,
        topic: "field_of_work.created",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(json!({ "key": row.key, "nameDe": row.name_de, "nameEn": row.name_en })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Today in the time zone of an authority.
///
/// # Errors
/// The database fails.
pub async fn today_of(session: &Session, id: uuid::Uuid) -> ApiResult<NaiveDate> {
    let row = session.get::<tenant::Entity>(id).await?;
    Ok(today(row.as_ref().map_or("UTC", |it| &it.time_zone), session.now()))
}
