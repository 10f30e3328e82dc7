//! Mutations of feeds.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::feeds::service;
use domain::feeds::service::FeedWish;
use kernel::error::{ApiError, ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::enums::ShareLevel;
use crate::feeds::types::Feed;
use crate::payload::{Payload, UserError, idempotency, payload};

/// A feed to make.
#[derive(InputObject)]
pub struct FeedCreateInput {
    /// The authority for which one subscribes: one's roles there count, and its admins can take the feed back.
    tenant: ID,
    /// What to call it, at most 120 characters; calendar programs show it.
    name: String,
    /// 1 to 100 calendars; left out = all that one sees, also what is still to come.
    calendars: Option<Vec<ID>>,
    /// The most that it shows of anything; `CONTRIBUTE` is as `FULL`.
    level: ShareLevel,
    /// When it ends; left out = never.
    expires_at: Option<DateTime<Utc>>,
    /// Sending the same input with the same key again does nothing more; the secret is not told again.
    idempotency_key: Option<String>,
}

/// A feed to take back.
#[derive(InputObject)]
pub struct FeedRevokeInput {
    /// The feed.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// A new feed.
#[derive(SimpleObject)]
pub struct FeedCreatePayload {
    /// The feed.
    feed: Option<Feed>,
    /// The secret, told this once. `/feeds/<secret>.ics` is the address to subscribe to; also `.json` (JSCalendar) and
    /// `.ifb` (busy times). Programs that speak CalDAV take `/caldav/` with the secret as their password.
    secret: Option<String>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

payload! {
    /// Outcome of taking a feed back.
    FeedPayload {
        /// The feed.
        feed: Feed
    } by Feed::by_id
}

/// See the module.
#[derive(Default)]
pub struct FeedMutation;

#[Object]
impl FeedMutation {
    /// Makes a secret by which programs subscribe to calendars. Takes a role with `CALENDARS_READ` in the authority; at
    /// most 50 for each person.
    async fn feed_create(&self, ctx: &Context<'_>, input: FeedCreateInput) -> ApiResult<FeedCreatePayload> {
        let op = ctx.op()?;
        let key = idempotency("feedCreate", input.idempotency_key.clone(), &input);
        let done = match wish(input) {
            Ok(wish) => service::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        match done {
            Ok((id, secret)) => {
                let feed = Feed::by_id(&*op.session().await?, id).await?;
                Ok(FeedCreatePayload { feed, secret, user_errors: Vec::new() })
            }
            Err(error) => Ok(FeedCreatePayload { feed: None, secret: None, user_errors: UserError::sort(error, op)? }),
        }
    }

    /// Takes a feed back; the next request with its secret finds nothing. One's own, or with `MEMBERS_MANAGE` in the
    /// authority those of its members.
    async fn feed_revoke(&self, ctx: &Context<'_>, input: FeedRevokeInput) -> ApiResult<FeedPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Feed.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return FeedPayload::refused(op, error),
        };
        let done = service::revoke(op, id, input.version).await;
        FeedPayload::changed(op, id, done).await
    }
}

fn wish(input: FeedCreateInput) -> Result<FeedWish, ApiError> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let calendars = match input.calendars {
        Some(ids) => Some(problems.take(NodeType::Calendar.parse_all(&ids, "calendars"))?.unwrap_or_default()),
        None => None,
    };
    problems.done()?;
    let (name, level, expires_at) = (input.name, input.level.into(), input.expires_at);
    Ok(FeedWish { tenant, name, calendars, level, expires_at })
}
