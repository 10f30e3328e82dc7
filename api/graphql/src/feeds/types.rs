//! API type of feeds. The secret is no part of it: it is shown once, when the feed is made.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::feeds::open::selected;
use domain::feeds::service::revoking;
use entities::{calendar, feed, member};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::ShareLevel;
use crate::tenants::types::{Tenant, tenant_of};

/// A secret by which a program subscribes to calendars in the name of a person: what the person may see at the moment of
/// reading through its roles in one authority, and of everything at most `level`.
pub struct Feed(pub Arc<feed::Model>);

impl Feed {
    /// A feed by its row: one's own, or one of a member that the viewer sees.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<feed::Entity>(id).await?.map(Self))
    }
}

/// What the viewer may do with a feed.
#[derive(SimpleObject)]
pub struct FeedAbilities {
    /// Take it back.
    revoke: bool,
}

/// A secret by which a program subscribes to calendars in the name of a person: what the person may see at the moment of
/// reading through its roles in one authority, and of everything at most `level`.
#[Object]
impl Feed {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Feed.id(self.0.id).into()
    }

    /// The authority for which the person subscribes.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Global id of the subscriber as a member there.
    async fn subscriber_id(&self) -> ID {
        NodeType::Member.id(self.0.member_id).into()
    }

    /// Name of the subscriber; null where the viewer does not see the members of the authority.
    async fn subscriber_name(&self, ctx: &Context<'_>) -> Option<ApiResult<String>> {
        let member = match ctx.session().await {
            Ok(session) => session.get::<member::Entity>(self.0.member_id).await,
            Err(error) => Err(error),
        };
        member.map(|it| it.map(|it| it.name.clone())).transpose()
    }

    /// What the subscriber calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The calendars that were chosen, as far as the viewer sees them; null = all that the subscriber sees.
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

    /// The most that it shows of anything.
    async fn level(&self) -> ShareLevel {
        self.0.level.into()
    }

    /// When it ends; null = never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at
    }

    /// When it was last used, to the hour; null = never.
    async fn last_used_at(&self) -> Option<DateTime<Utc>> {
        self.0.last_used_at
    }

    /// When it was taken back.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<FeedAbilities> {
        let session = ctx.session().await?;
        Ok(FeedAbilities { revoke: self.0.revoked_at.is_none() && revoking(&session, &self.0).is_ok() })
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
