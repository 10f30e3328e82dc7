//! The list of calendars that live elsewhere.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use entities::{calendar, external_calendar};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::calendars::external::types::ExternalCalendar;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;

/// Filter of `externalCalendars`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ExternalCalendarFilter {
    /// Only external calendars of these owning authorities, at most 100.
    tenants: Option<Vec<ID>>,
}

/// See the module.
#[derive(Default)]
pub struct ExternalQuery;

#[Object]
impl ExternalQuery {
    /// Lists external calendars of the viewer's authorities, the oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn external_calendars(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<ExternalCalendarFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<ExternalCalendar>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("externalCalendars {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<external_calendar::Entity>();
        if let Some(ids) = filter.tenants {
            let ids = NodeType::Tenant.parse_all(&ids, "filter.tenants")?;
            select = select.filter(external_calendar::Column::TenantId.is_in(ids));
        }
        let order = Order {
            column: external_calendar::Column::CreatedAt,
            id: external_calendar::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &external_calendar::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if ["calendar", "url", "lastReason", "warnings"].into_iter().any(|it| selected.node(it)) {
            session.load::<calendar::Entity>(rows.iter().map(|(_, row)| row.calendar_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, ExternalCalendar(Arc::new(row))))))
    }
}
