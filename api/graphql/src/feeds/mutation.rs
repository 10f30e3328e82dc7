//! Mutations of feeds.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::feeds::service;
use domain::feeds::service::NewFeed;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::enums::ShareLevel;
use crate::feeds::types::Feed;
use crate::patch::PatchField;
use crate::payload::{Payload, UserError, idempotency, payload};

/// Values of a new feed.
#[derive(InputObject)]
pub struct FeedCreateInput {
    /// Authority through which the viewer subscribes: only roles in this authority count. Members with `MEMBERS_MANAGE`
    /// there can revoke the feed.
    tenant: ID,
    /// Name, at most 120 characters; shown by calendar programs.
    name: String,
    /// Calendars, 1 to 100. Default: all calendars visible to the subscriber, including later ones.
    calendars: Option<Vec<ID>>,
    /// Highest level of access in the feed; `CONTRIBUTE` has the effect of `FULL`.
    level: ShareLevel,
    /// Instant of expiry, in the future. Default: never.
    expires_at: Option<DateTime<Utc>>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same feed without
    /// its secret and writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Changes to a feed. Omitted fields keep their values.
#[derive(InputObject)]
pub struct FeedUpdateInput {
    /// Feed to change.
    id: ID,
    /// Version of the feed that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Name, at most 120 characters; shown by calendar programs.
    name: MaybeUndefined<String>,
    /// Instant of expiry, in the future; null = never.
    expires_at: MaybeUndefined<DateTime<Utc>>,
}

/// Revocation of a feed.
#[derive(InputObject)]
pub struct FeedRevokeInput {
    /// Feed to revoke.
    id: ID,
    /// Version of the feed that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// Payload of `feedCreate`.
#[derive(SimpleObject)]
pub struct FeedCreatePayload {
    /// New feed; null after a refusal.
    feed: Option<Feed>,
    /// Secret of the feed, returned only once; null after a refusal and for a repeated idempotency key. Programs
    /// subscribe to `/feeds/<secret>.ics`, or to `.json` (JSCalendar) or `.ifb` (busy times). CalDAV programs use
    /// `/caldav/` with the secret as password.
    secret: Option<String>,
    /// Reasons for the refusal; empty on success.
    user_errors: Vec<UserError>,
}

payload! {
    /// Payload of `feedUpdate` and `feedRevoke`.
    FeedPayload {
        /// Feed in its current state; null after a refusal other than `STALE_VERSION`.
        feed: Feed
    } by Feed::by_id
}

/// See the module.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Creates a feed, with the secret by which programs subscribe to calendars. A person has at most 50 feeds that are
    /// neither expired nor revoked. Requires a role with `CALENDARS_READ` in the authority.
    async fn feed_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new feed.")] input: FeedCreateInput,
    ) -> ApiResult<FeedCreatePayload> {
        let op = ctx.op()?;
        let key = idempotency("feedCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, calendars) = all((
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                input.calendars.map(|it| NodeType::Calendar.parse_all(&it, "calendars")).transpose(),
            ))?;
            let (name, level, expires_at) = (input.name, input.level.into(), input.expires_at);
            service::create(op, NewFeed { tenant, name, calendars, level, expires_at }, key).await
        };
        match work.await {
            Ok((id, secret)) => {
                let feed = Feed::by_id(&*op.session().await?, id).await?;
                Ok(FeedCreatePayload { feed, secret, user_errors: Vec::new() })
            }
            Err(error) => Ok(FeedCreatePayload { feed: None, secret: None, user_errors: UserError::sort(error, op)? }),
        }
    }

    /// Changes name and expiry of a feed; its secret and its address stay. Requires `MEMBERS_MANAGE` in the authority,
    /// unless the feed is the viewer's own. `CONFLICT` if the feed is revoked.
    async fn feed_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the feed.")] input: FeedUpdateInput,
    ) -> ApiResult<FeedPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            service::update(op, id, input.version, input.name.required("name")?, input.expires_at.clearable()).await
        };
        FeedPayload::changed(op, NodeType::Feed.parse(&input.id, "id"), work).await
    }

    /// Revokes a feed; requests with its secret are refused from then on. Requires `MEMBERS_MANAGE` in the authority,
    /// unless the feed is the viewer's own.
    async fn feed_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Feed to revoke.")] input: FeedRevokeInput,
    ) -> ApiResult<FeedPayload> {
        let op = ctx.op()?;
        let work = |id| service::revoke(op, id, input.version);
        FeedPayload::changed(op, NodeType::Feed.parse(&input.id, "id"), work).await
    }
}
