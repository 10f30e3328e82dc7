//! API type of closures, and the list of an authority's.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entities::{tenant, tenant_closure};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue};
use uuid::Uuid;

use crate::access::abilities::TenantClosureAbilities;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::holidays::query::DateRange;
use crate::lookahead::Selected;
use crate::node_row::node_object;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// Period in which the office of an authority is closed. Title and days are public, so that partners can take them into
/// account.
pub struct TenantClosure(pub Arc<tenant_closure::Model>);

node_object!(TenantClosure, |row| Self(row));

/// Period in which the office of an authority is closed. Title and days are public, so that partners can take them into
/// account.
#[Object]
impl TenantClosure {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::TenantClosure.id(self.0.id).into()
    }

    /// Authority whose office is closed.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Reason; public.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// First day of the closure.
    async fn first_day(&self) -> Date {
        Date(self.0.starts_on)
    }

    /// Last day of the closure, inclusive.
    async fn last_day(&self) -> Date {
        Date(self.0.ends_on)
    }

    /// Actions open to the viewer on the closure.
    async fn viewer_can(&self) -> TenantClosureAbilities {
        TenantClosureAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Filter of `Tenant.closures`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct TenantClosureFilter {
    /// Only closures that overlap these days.
    pub(crate) between: Option<DateRange>,
}

/// Closures of an authority by first day.
pub async fn closure_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    filter: TenantClosureFilter,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<TenantClosure>> {
    let request = PageRequest::new(first, after, last, before, &format!("closures {tenant} {filter:?}"))?;
    let session = ctx.session().await?;
    let mut select = session.select::<tenant_closure::Entity>().filter(tenant_closure::Column::TenantId.eq(tenant));
    if let Some(between) = filter.between {
        between.check_at("filter.between.lastDay")?;
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
