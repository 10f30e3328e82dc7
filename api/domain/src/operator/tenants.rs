//! Authorities as the operator adds, changes and lists them. An authority is one row and the scopes that every one has.

use entities::{ScopeArea, TenantKind, TenantStatus, tenant};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use sea_orm::{QueryOrder, Set};
use store::scopes::{Audience, ensure};
use store::{Session, Unique, Writer, full};
use uuid::Uuid;

use crate::context::audited::Audited;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork, stale};
use crate::operator;
use crate::tenants::profile::{self, TenantPatch, TenantValues};

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
    /// Name of the time zone.
    pub time_zone: String,
    /// Whether Assumption Day is a public holiday here.
    pub assumption_day: bool,
    /// Public website.
    pub website: Option<String>,
}

/// Adds an authority: no deploy, no schema change.
///
/// # Errors
/// A value is wrong, or the short name is taken; the database fails.
pub async fn create_tenant(op: &Op, new: NewTenant) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "tenant create").await?;
    let id = new_id();
    let grant = operator::grant(op, id)?;
    let session = mutation.session();
    let writer = session.writer(&grant).await?;
    let change = insert_tenant(session, &writer, new, id).await?;
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
    let before = operator::authority(session, slug).await?;
    let grant = operator::grant(op, before.id)?;
    let writer = session.writer(&grant).await?;
    let version = before.version.saturating_add(1);
    let row = tenant::Model { second_admin: required, version, updated_at: writer.now(), ..before.clone() };
    let columns = tenant::ActiveModel {
        second_admin: Set(required),
        version: Set(version),
        updated_at: Set(row.updated_at),
        ..Default::default()
    };
    if !writer.change_authority(before.version, columns).await? {
        return Err(stale(before.version));
    }
    let recorded = mutation.record(&writer, row.change_record("tenant.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Inserts an authority within a change that is under way.
///
/// # Errors
/// A value is wrong or taken; the database fails.
pub async fn insert_tenant(
    session: &Session,
    writer: &Writer<'_>,
    new: NewTenant,
    id: Uuid,
) -> ApiResult<ChangeRecord> {
    let mut problems = Problems::default();
    if !text::is_key(&new.slug) {
        problems.add(Problem::at(UserErrorCode::Invalid, "slug", Text::new("no-key").with("value", &new.slug)));
    }
    let values = TenantValues {
        legal_name: new.legal_name,
        kind: new.kind,
        ags: new.ags,
        time_zone: new.time_zone,
        assumption_day: new.assumption_day,
        website: new.website,
    };
    let ((), values) = all((problems.done(), values.checked(session, None).await))?;
    let row = tenant::Model {
        id,
        slug: new.slug,
        legal_name: values.legal_name,
        kind: values.kind,
        ags: values.ags,
        time_zone: values.time_zone,
        locale: "de".to_owned(),
        assumption_day: values.assumption_day,
        website: values.website,
        second_admin: true,
        status: TenantStatus::Active,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let inserted = writer.insert_unique::<tenant::ActiveModel>(full(row.clone()), SLUG).await;
    inserted.map_err(|error| error.taken("slug", &row.slug))?;
    for area in ScopeArea::ALL {
        ensure(writer, &Audience::private(id, *area, None)).await?;
    }
    Ok(row.change_record("tenant.created", None))
}

/// Changes what the authority `slug` says of itself; the change is in its trail.
///
/// # Errors
/// There is no such authority; a value is wrong; the database fails.
pub async fn update_tenant(op: &Op, slug: &str, patch: TenantPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenant update").await?;
    let session = mutation.session();
    let before = operator::authority(session, slug).await?;
    let grant = operator::grant(op, before.id)?;
    let writer = session.writer(&grant).await?;
    let change = profile::change(session, &writer, &before, before.version, patch).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Every authority, by short name.
///
/// # Errors
/// The database fails.
pub async fn list_tenants(op: &Op) -> ApiResult<Vec<tenant::Model>> {
    let session = op.session().await?;
    session.all(session.reference::<tenant::Entity>().order_by_asc(tenant::Column::Slug)).await
}
