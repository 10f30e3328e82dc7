//! Adding an authority: one row and the scopes that every authority has.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use entities::{ScopeArea, TenantKind, TenantStatus, tenant};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use store::scopes::{Audience, ensure};
use store::{Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::operator;

const SLUG: Unique = Unique { name: "tenant_slug_key", columns: "tenant.slug" };

/// Values of a new authority.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// Short name in addresses.
    pub slug: String,
    /// Name as the authority signs.
    pub legal_name: String,
    /// Kind of authority.
    pub kind: TenantKind,
    /// Official municipality key.
    pub ags: Option<String>,
    /// Time zone.
    pub zone: Tz,
    /// Whether Assumption Day is a public holiday here.
    pub assumption_day: bool,
    /// Public website.
    pub website: Option<String>,
}

/// Adds an authority: no deploy, no schema change.
///
/// # Errors
/// The short name is taken or has a wrong form; the database fails.
pub async fn create_tenant(op: &Op, new: NewTenant) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "tenant create").await?;
    let id = new_id();
    let grant = operator::grant(op, id)?;
    let writer = mutation.session().writer(&grant).await?;
    let change = insert_tenant(&writer, new, id).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Says whether a grant of TENANT_ADMIN in the authority `slug` waits for a second admin.
///
/// # Errors
/// There is no such authority; the database fails.
pub async fn set_second_admin(op: &Op, slug: &str, required: bool) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenant second-admin").await?;
    let session = mutation.session();
    let here = session.reference::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug));
    let Some(row) = session.one(here).await? else {
        return Err(Problem::not_found("tenant").into());
    };
    let grant = operator::grant(op, row.id)?;
    let writer = session.writer(&grant).await?;
    let version = row.version.saturating_add(1);
    let values = tenant::ActiveModel {
        second_admin: Set(required),
        version: Set(version),
        updated_at: Set(writer.now()),
        ..Default::default()
    };
    writer.change_reference::<tenant::Entity, _>(tenant::Column::Id.eq(row.id), values).await?;
    let change = ChangeRecord {
        object_type: "Tenant",
        object_id: row.id,
        version,
        scope: entities::PUBLIC_SCOPE,
        topic: "tenant.updated",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: Some(serde_json::json!({ "secondAdmin": row.second_admin })),
        after: Some(serde_json::json!({ "secondAdmin": required })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Inserts an authority within a change that is under way.
///
/// # Errors
/// A value is wrong or taken; the database fails.
pub async fn insert_tenant(writer: &Writer<'_>, new: NewTenant, id: Uuid) -> ApiResult<ChangeRecord> {
    let mut problems = Problems::default();
    if !text::is_key(&new.slug) {
        problems.add(Problem::at(UserErrorCode::Invalid, "slug", Text::new("no-key").with("value", &new.slug)));
    }
    let ((), legal_name) = all((problems.done(), text::name(&new.legal_name, "name", 200)))?;
    let row = tenant::Model {
        id,
        slug: new.slug,
        legal_name,
        kind: new.kind,
        ags: new.ags,
        time_zone: new.zone.name().to_owned(),
        locale: "de".to_owned(),
        assumption_day: new.assumption_day,
        website: new.website,
        second_admin: true,
        status: TenantStatus::Active,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let after = serde_json::json!({ "slug": row.slug, "legalName": row.legal_name, "kind": row.kind });
    match writer.insert_unique::<tenant::ActiveModel>(full(row.clone()), SLUG).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("taken").with("value", &row.slug);
            return Err(Problem::at(UserErrorCode::NotUnique, "slug", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    for area in ScopeArea::ALL {
        ensure(writer, &Audience::private(id, *area, None)).await?;
    }
    Ok(ChangeRecord {
        object_type: "Tenant",
        object_id: id,
        version: 1,
        scope: entities::PUBLIC_SCOPE,
        topic: "tenant.created",
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: None,
        after: Some(after),
    })
}
