//! API type of feeds. The secret is no part of it: it is shown once, when the feed is made.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::feeds::open::selected;
use entities::{calendar, feed, member};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::access::abilities::FeedAbilities;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::ShareLevel;
use crate::node_row::node_object;
use crate::tenants::types::{Tenant, tenant_of};

/// Feed: secret by which a program subscribes to calendars on behalf of a person. Delivers data visible to the person
/// at the time of the request through roles in one authority, at `level` at most.
pub struct Feed(pub Arc<feed::Model>);

node_object!(Feed, |row| Self(row));

/// Feed: secret by which a program subscribes to calendars on behalf of a person. Delivers data visible to the person
/// at the time of the request through roles in one authority, at `level` at most.
#[Object]
impl Feed {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Feed.id(self.0.id).into()
    }

    /// Authority through which the person subscribes.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Global id of the subscriber as a member of the authority.
    async fn subscriber_id(&self) -> ID {
        NodeType::Member.id(self.0.member_id).into()
    }

    /// Name of the subscriber; null if the members of the authority are not visible to the viewer.
    async fn subscriber_name(&self, ctx: &Context<'_>) -> Option<ApiResult<String>> {
        let member = match ctx.session().await {
            Ok(session) => session.get::<member::Entity>(self.0.member_id).await,
            Err(error) => Err(error),
        };
        member.map(|it| it.map(|it| it.name.clone())).transpose()
    }

    /// Name given by the subscriber.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Selected calendars that are visible to the viewer; null if the feed covers all calendars visible to the
    /// subscriber.
    async fn calendars(&self, ctx: &Context<'_>) -> Option<ApiResult<Vec<Calendar>>> {
        let ids = selected(&self.0)?;
        let calendars = async {
            let session = ctx.session().await?;
            session.load::<calendar::Entity>(ids.iter().copied()).await?;
            let mut calendars = Vec::new();
            for id in ids {
                calendars.extend(Calendar::by_id(&session, id).await?);
            }
            Ok(calendars)
        };
        Some(calendars.await)
    }

    /// Highest level of access in the feed.
    async fn level(&self) -> ShareLevel {
        self.0.level.into()
    }

    /// Instant of expiry; null = never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// Instant of the last use, recorded at most once an hour; null before the first use.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// Instant of revocation; null if not revoked.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// Actions open to the viewer on the feed.
    async fn viewer_can(&self) -> FeedAbilities {
        FeedAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
