//! Lists of feeds.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object};
use domain::feeds::open::selected;
use entities::{calendar, feed, member, tenant};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::feeds::types::Feed;
use crate::lookahead::Selected;
use crate::refused_lists::note_missing;

/// Filter of `feeds` and `Tenant.feeds`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct FeedFilter {
    /// True to include revoked feeds.
    #[graphql(default)]
    pub(crate) include_revoked: bool,
}

/// See the module.
#[derive(Default)]
pub struct FeedQuery;

#[Object]
impl FeedQuery {
    /// Lists the viewer's own feeds, the oldest first. `Tenant.feeds` lists those of all members, if visible to the
    /// viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn feeds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<FeedFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Feed>> {
        feed_page(ctx, None, filter.unwrap_or_default(), first, after, last, before).await
    }
}

/// Feeds, oldest first: those of an authority that the viewer sees, or the viewer's own.
pub async fn feed_page(
    ctx: &Context<'_>,
    tenant: Option<Uuid>,
    filter: FeedFilter,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<Feed>> {
    let request = PageRequest::new(first, after, last, before, &format!("feeds {tenant:?} {filter:?}"))?;
    if tenant.is_some() {
        note_missing(ctx, policy::Permission::MembersRead, tenant).await?;
    }
    let session = ctx.session().await?;
    let select = session.select::<feed::Entity>();
    let mut select = match tenant {
        Some(tenant) => select.filter(feed::Column::TenantId.eq(tenant)),
        None => {
            let own = session.access().person().map(|it| it.id).unwrap_or_default();
            select.filter(feed::Column::PersonId.eq(own))
        }
    };
    if !filter.include_revoked {
        select = select.filter(feed::Column::RevokedAt.is_null());
    }
    let order = Order {
        column: feed::Column::CreatedAt,
        id: feed::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &feed::Model| (SortValue::Instant(row.created_at), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    let shown = Selected::of(ctx);
    if shown.node("tenant") || shown.node_child("calendars", "tenant") {
        session.load::<tenant::Entity>(rows.iter().map(|(_, row)| row.tenant_id)).await?;
    }
    if shown.node("subscriberName") {
        session.load::<member::Entity>(rows.iter().map(|(_, row)| row.member_id)).await?;
    }
    if shown.node("calendars") {
        session.load::<calendar::Entity>(rows.iter().flat_map(|(_, row)| selected(row).unwrap_or_default())).await?;
    }
    Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, Feed(Arc::new(row))))))
}
