//! Tells the viewer when what they may see or do has changed.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ComplexObject, Context, Enum, SimpleObject, Subscription};
use domain::context::op::Op;
use domain::members::changes_access;
use entities::outbox_event;
use futures_util::stream;
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use store::{Session, Waiter};

use crate::context::ContextExt;
use crate::members::types::{Viewer, viewer};

/// Rights also begin and end by date, which nobody announces.
const DATES: Duration = Duration::from_secs(60);

/// Kind of an event about the viewer's access.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViewerAccessChangeKind {
    /// Start of the subscription; no change yet.
    Ready,
    /// Change of the roles, agreements or shares that give the viewer access.
    Changed,
}

/// Event about the viewer's access. Clients then request again the data that they show.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ViewerAccessChange {
    /// Cursor of the event; pass it as `after` to learn of changes since this event.
    cursor: String,
    /// Kind of event.
    kind: ViewerAccessChangeKind,
}

#[ComplexObject]
impl ViewerAccessChange {
    /// Viewer, with roles and permissions at present.
    async fn viewer(&self, ctx: &Context<'_>) -> ApiResult<Viewer> {
        viewer(ctx).await
    }
}

/// See the module.
#[derive(Default)]
pub struct AccessSubscription;

#[Subscription]
impl AccessSubscription {
    /// Reports changes of the viewer's access: of roles, agreements and shares, and by their first and last days. The
    /// first event is `READY`; with `after`, the first event follows as soon as the access differs from that at the
    /// cursor. Changes by date are reported within a minute. Requires signing in.
    async fn viewer_access_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Cursor of the last event received.")] after: Option<String>,
    ) -> Result<impl Stream<Item = ApiResult<ViewerAccessChange>>, ApiError> {
        let op = ctx.op_shared()?;
        if op.actor == Actor::Anonymous {
            let text = Text::new("unauthenticated");
            return Err(Problem::whole(UserErrorCode::Unauthenticated, text).into());
        }
        let waiter = op.store.hub().listen();
        Ok(stream::unfold(Watching { op, waiter, known: after, look: true, over: false }, Watching::step))
    }
}

/// A subscriber and what it knows.
struct Watching {
    op: Arc<Op>,
    waiter: Waiter,
    /// Fingerprint of the access that the client knows.
    known: Option<String>,
    look: bool,
    over: bool,
}

impl Watching {
    async fn step(mut self) -> Option<(ApiResult<ViewerAccessChange>, Self)> {
        if self.over {
            return None;
        }
        loop {
            if !self.look {
                // Announced or not, after a while it is looked at.
                let _in_time = tokio::time::timeout(DATES, self.waiter.wait(changes_access)).await;
            }
            self.look = false;
            let now = match self.fingerprint().await {
                Ok(now) => now,
                Err(error) => {
                    self.over = true;
                    return Some((Err(error), self));
                }
            };
            if self.known.as_ref() == Some(&now) {
                continue;
            }
            let kind = match self.known {
                None => ViewerAccessChangeKind::Ready,
                Some(_) => ViewerAccessChangeKind::Changed,
            };
            self.known = Some(now.clone());
            return Some((Ok(ViewerAccessChange { cursor: now, kind }), self));
        }
    }

    async fn fingerprint(&self) -> ApiResult<String> {
        self.op.finish().await?;
        let session = self.op.session().await?;
        let now = fingerprint(&session).await?;
        drop(session);
        self.op.finish().await?;
        Ok(now)
    }
}

/// The same for equal access, another for any other. One statement.
///
/// # Errors
/// The database fails.
pub async fn fingerprint(session: &Session) -> ApiResult<String> {
    // A share that ends leaves its scope behind, empty; that it ended is known from the last event in sight.
    let shares = session
        .select::<outbox_event::Entity>()
        .filter(outbox_event::Column::ObjectType.eq("Share"))
        .order_by_desc(outbox_event::Column::Position)
        .limit(1);
    let share = session.one(shares).await?.map(|it| it.id).unwrap_or_default();
    Ok(session.access().fingerprint(share))
}
