//! API types of shares.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::rights::nodes;
use entities::{agreement, calendar, dataset, field_of_work, project, share, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, ExprTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue};
use uuid::Uuid;

use crate::access::abilities::ShareAbilities;
use crate::agreements::types::{Agreement, agreement_by_id, agreements_by_id};
use crate::calendars::types::Calendar;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::types::Dataset;
use crate::enums::{Area, RoleKey, ShareLevel};
use crate::lookahead::Selected;
use crate::node_row::NodeRow;
use crate::projects::types::Project;
use crate::refused_lists::note_missing;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Share of objects of an owner with partner authorities.
pub struct Share {
    row: Arc<share::Model>,
    effective: bool,
    /// Its agreement, where a list has read it ahead.
    agreement: Option<Agreement>,
}

/// Share: makes objects of one authority, the owner, visible to partner authorities under an agreement.
#[Object]
impl Share {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Share.id(self.row.id).into()
    }

    /// Owner of the shared objects.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Agreement on which the share rests; null if not visible to the viewer.
    async fn agreement(&self, ctx: &Context<'_>) -> Option<ApiResult<Agreement>> {
        if let Some(agreement) = &self.agreement {
            return Some(Ok(agreement.clone()));
        }
        match ctx.session().await {
            Ok(session) => agreement_by_id(&session, self.row.agreement_id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Area of cooperation.
    async fn area(&self) -> Area {
        self.row.area.into()
    }

    /// Shared calendar; null if the share covers other or several objects, or if not visible to the viewer.
    async fn calendar(&self, ctx: &Context<'_>) -> Option<ApiResult<Calendar>> {
        let id = self.row.calendar_id?;
        match ctx.session().await {
            Ok(session) => Calendar::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Shared dataset; null if the share covers other or several objects, or if not visible to the viewer.
    async fn dataset(&self, ctx: &Context<'_>) -> Option<ApiResult<Dataset>> {
        let id = self.row.dataset_id?;
        match ctx.session().await {
            Ok(session) => Dataset::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Shared project; null if the share covers other or several objects, or if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.row.project_id?).await
    }

    /// Field of work of which all objects of the area are shared. Null for a single shared object; without a single
    /// object null = all objects of the area.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.row.field_of_work_id).await.transpose()
    }

    /// Party that receives the share; null = all parties.
    async fn grantee(&self, ctx: &Context<'_>) -> Option<ApiResult<Tenant>> {
        match self.row.grantee_tenant_id {
            Some(id) => Some(tenant_of(ctx, id).await),
            None => None,
        }
    }

    /// Role that members of the receiving parties need; null = any role with permission to read.
    async fn grantee_role(&self) -> Option<RoleKey> {
        self.row.grantee_role.map(Into::into)
    }

    /// Level at which the objects are visible.
    async fn level(&self) -> ShareLevel {
        self.row.level.into()
    }

    /// First day of validity, in the owner's time zone; null = since creation.
    async fn valid_from(&self) -> Option<Date> {
        self.row.valid_from.map(Date)
    }

    /// Last day of validity, in the owner's time zone; null = as long as the agreement is in force.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// Reason for the share.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// Instant at which the owner ended the share; null = not ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }

    /// Actions open to the viewer on the share.
    async fn viewer_can(&self) -> ShareAbilities {
        ShareAbilities(self.row.clone())
    }

    /// True if the share has effect today: not ended, within its own dates, and its agreement active and within its
    /// dates.
    async fn effective(&self) -> bool {
        self.effective
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// A share by its row, if the viewer may see it.
///
/// # Errors
/// The database fails.
pub async fn share_by_id(session: &Session, id: Uuid) -> ApiResult<Option<Share>> {
    let Some(row) = session.get::<share::Entity>(id).await? else { return Ok(None) };
    let effective = domain::agreements::shares::is_effective(session, &row).await?;
    Ok(Some(Share { row, effective, agreement: None }))
}

impl NodeRow for nodes::Share {
    type Object = Share;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Share>> {
        share_by_id(session, id).await
    }
}

impl Share {
    /// The share with its agreement, where that was read already.
    pub fn under(self, agreement: Option<Agreement>) -> Self {
        Self { agreement, ..self }
    }
}

/// Filter of `Tenant.incomingShares` and `Tenant.outgoingShares`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ShareFilter {
    /// True to include shares that have ended or not yet begun.
    #[graphql(default)]
    pub(crate) include_ended: bool,
}

/// Shares that reach an authority, or that it gives, as far as the viewer may see them.
pub async fn share_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    incoming: bool,
    filter: ShareFilter,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<Share>> {
    let list = format!("shares {tenant} {incoming} {filter:?}");
    let request = PageRequest::new(first, after, last, before, &list)?;
    note_missing(ctx, policy::Permission::AgreementsRead, Some(tenant)).await?;
    let session = ctx.session().await?;
    let mut select = session.select::<share::Entity>();
    select = if incoming {
        // What reaches it: under an agreement that binds it, from another, to all parties or to it.
        let bound = domain::agreements::shares::agreements_of(&session, tenant).await?;
        select
            .filter(session.is_one_of(share::Column::AgreementId, &bound))
            .filter(share::Column::TenantId.ne(tenant))
            .filter(share::Column::GranteeTenantId.is_null().or(share::Column::GranteeTenantId.eq(tenant)))
    } else {
        select.filter(share::Column::TenantId.eq(tenant))
    };
    if !filter.include_ended {
        select = select.filter(domain::agreements::shares::effective_today(&session).await?);
    }
    let order = Order {
        column: share::Column::CreatedAt,
        id: share::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &share::Model| (SortValue::Instant(row.created_at), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    let selected = Selected::of(ctx);
    session.load::<agreement::Entity>(rows.iter().map(|(_, row)| row.agreement_id)).await?;
    session
        .load::<tenant::Entity>(
            rows.iter().flat_map(|(_, row)| row.grantee_tenant_id.into_iter().chain([row.tenant_id])),
        )
        .await?;
    if selected.node("calendar") {
        session.load::<calendar::Entity>(rows.iter().filter_map(|(_, row)| row.calendar_id)).await?;
    }
    if selected.node("dataset") {
        session.load::<dataset::Entity>(rows.iter().filter_map(|(_, row)| row.dataset_id)).await?;
    }
    if selected.node("project") {
        session.load::<project::Entity>(rows.iter().filter_map(|(_, row)| row.project_id)).await?;
    }
    if selected.node("fieldOfWork") {
        session.load::<field_of_work::Entity>(rows.iter().filter_map(|(_, row)| row.field_of_work_id)).await?;
    }
    let mut agreements = BTreeMap::new();
    if selected.node("agreement") {
        agreements = agreements_by_id(&session, rows.iter().map(|(_, row)| row.agreement_id)).await?;
    }
    let mut shares = Vec::new();
    for (cursor, row) in rows {
        let effective = domain::agreements::shares::is_effective(&session, &row).await?;
        let agreement = agreements.get(&row.agreement_id).cloned();
        shares.push((cursor, Share { row: Arc::new(row), effective, agreement }));
    }
    Ok(fill(frame, shares))
}
