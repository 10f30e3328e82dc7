//! Subscriptions: the events of the outbox visible to a subscriber, in the order of commits, with rights checked
//! before every event.
//!
//! A cursor names an event; `after` continues behind it: at least once, in order. A subscription whose calendars are
//! no longer visible ends with NOT_FOUND.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entities::outbox_event;
use futures_util::stream;
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use store::{ChangeHint, Session, Waiter};
use uuid::Uuid;

use crate::context::op::Op;

/// What can be followed.
pub trait Followed: Send + Sync + 'static {
    /// What a subscriber is told.
    type Change: Send + 'static;

    /// The events that concern it and that the session may see.
    ///
    /// # Errors
    /// What is followed may not be seen, or not any more.
    fn events(&self, session: &Session) -> impl Future<Output = ApiResult<Select<outbox_event::Entity>>> + Send;

    /// Whether a committed change can concern it, or who sees it.
    fn concerns(&self, hint: &ChangeHint) -> bool;

    /// The first event: everything after this cursor follows.
    fn ready(&self, cursor: String) -> Self::Change;

    /// What an event means to the viewer; nothing where another event tells it better.
    fn change_of(
        &self,
        session: &Session,
        event: &outbox_event::Model,
        cursor: String,
    ) -> impl Future<Output = ApiResult<Option<Self::Change>>> + Send;
}

/// Follows from now on, or from behind the event that `after` names.
///
/// # Errors
/// What shall be followed may not be seen; the cursor names no event in sight.
pub async fn follow<F: Followed>(
    op: Arc<Op>,
    followed: F,
    after: Option<String>,
) -> ApiResult<impl Stream<Item = ApiResult<F::Change>>> {
    // Heard from here on, so that nothing falls between the first look and the first wait.
    let waiter = op.store.hub().listen();
    let session = op.session().await?;
    let events = followed.events(&session).await?;
    let (first, position) = match after {
        Some(cursor) => (None, after_cursor(&session, &cursor).await?),
        None => {
            let (newest, position) = newest(&session, events).await?;
            (Some(followed.ready(cursor(newest))), position)
        }
    };
    drop(session);
    let following = Following { op, waiter, followed, position, first, look: true, over: false };
    Ok(stream::unfold(following, Following::step))
}

/// A subscriber and how far it has come.
struct Following<F: Followed> {
    op: Arc<Op>,
    waiter: Waiter,
    followed: F,
    position: i64,
    first: Option<F::Change>,
    look: bool,
    over: bool,
}

impl<F: Followed> Following<F> {
    async fn step(mut self) -> Option<(ApiResult<F::Change>, Self)> {
        if self.over {
            return None;
        }
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        loop {
            if !self.look {
                let followed = &self.followed;
                self.waiter.wait(|hint| followed.concerns(hint)).await;
            }
            self.look = true;
            match self.next().await {
                Ok(Some(change)) => return Some((Ok(change), self)),
                Ok(None) => self.look = false,
                Err(error) => {
                    self.over = true;
                    return Some((Err(error), self));
                }
            }
        }
    }

    /// The next change, with facts of this moment. Nothing stays open when there is none.
    async fn next(&mut self) -> ApiResult<Option<F::Change>> {
        loop {
            self.op.finish().await?;
            let session = self.op.session().await?;
            let select = self.followed.events(&session).await?;
            let select = select
                .filter(outbox_event::Column::Position.gt(self.position))
                .order_by_asc(outbox_event::Column::Position);
            let Some(event) = session.one(select.limit(1)).await? else {
                drop(session);
                self.op.finish().await?;
                return Ok(None);
            };
            self.position = event.position.unwrap_or(self.position);
            if let Some(change) = self.followed.change_of(&session, &event, cursor(event.id)).await? {
                return Ok(Some(change));
            }
        }
    }
}

/// The newest of events, with its position; the nil one where there is none yet. Positions themselves are never shown: they
/// would count what happens elsewhere.
///
/// # Errors
/// The database fails.
pub async fn newest(session: &Session, events: Select<outbox_event::Entity>) -> ApiResult<(Uuid, i64)> {
    let newest = session.one(events.order_by_desc(outbox_event::Column::Position).limit(1)).await?;
    Ok(newest.map_or((Uuid::nil(), 0), |it| (it.id, it.position.unwrap_or_default())))
}

fn cursor(event: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(event)
}

/// The position of the event that a cursor names, if the viewer still may see it.
async fn after_cursor(session: &Session, cursor: &str) -> ApiResult<i64> {
    let unknown =
        || -> ApiError { Problem::at(UserErrorCode::Invalid, "after", Text::new("event-cursor-unknown")).into() };
    let id = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|it| Uuid::from_slice(&it).ok()).ok_or_else(unknown)?;
    position_of(session, id).await?.ok_or_else(unknown)
}

/// The position of an event, if the viewer still may see it.
///
/// # Errors
/// The database fails.
pub async fn position_of(session: &Session, event: Uuid) -> ApiResult<Option<i64>> {
    if event.is_nil() {
        return Ok(Some(0));
    }
    let select = session.select::<outbox_event::Entity>().filter(outbox_event::Column::Id.eq(event));
    Ok(session.one(select).await?.and_then(|it| it.position))
}
