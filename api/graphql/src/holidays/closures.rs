//! API type of closures, and the list of an authority's.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entities::{tenant, tenant_closure};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::Permission;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::holidays::query::DateRange;
use crate::lookahead::Selected;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// Days on which an authority's office is closed. Everybody may see them, so that partners plan around them: title and
/// days are public.
pub struct TenantClosure(pub Arc<tenant_closure::Model>);

impl TenantClosure {
    /// A closure by its row.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<tenant_closure::Entity>(id).await?.map(Self))
    }
}

/// What the viewer may do with a closure.
#[derive(SimpleObject)]
pub struct TenantClosureAbilities {
    /// Change and delete it.
    update: bool,
}

/// Days on which an authority's office is closed. Everybody may see them, so that partners plan around them: title and
/// days are public.
#[Object]
impl TenantClosure {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::TenantClosure.id(self.0.id).into()
    }

    /// The authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Why, as everybody may read it.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// First day.
    async fn first_day(&self) -> Date {
        Date(self.0.starts_on)
    }

    /// Last day, inclusive.
    async fn last_day(&self) -> Date {
        Date(self.0.ends_on)
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<TenantClosureAbilities> {
        let session = ctx.session().await?;
        let update = session.access().grant_in(Permission::TenantManage, self.0.tenant_id).is_ok();
        Ok(TenantClosureAbilities { update })
    }

    /// Grows by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Closures of an authority by first day, all of them or those that touch `between`.
pub async fn closure_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    between: Option<DateRange>,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<TenantClosure>> {
    let request = PageRequest::new(first, after, last, before, &format!("closures {tenant} {between:?}"))?;
    let session = ctx.session().await?;
    let mut select = session.select::<tenant_closure::Entity>().filter(tenant_closure::Column::TenantId.eq(tenant));
    if let Some(between) = between {
        between.check()?;
        select = select
            .filter(tenant_closure::Column::StartsOn.lte(between.last_day.0))
            .filter(tenant_closure::Column::EndsOn.gte(between.first_day.0));
    }
    let order = Order {
        column: tenant_closure::Column::StartsOn,
        id: tenant_closure::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &tenant_closure::Model| (SortValue::Date(row.starts_on), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    if Selected::of(ctx).node("tenant") {
        session.load::<tenant::Entity>([tenant]).await?;
    }
    Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, TenantClosure(Arc::new(row))))))
}
