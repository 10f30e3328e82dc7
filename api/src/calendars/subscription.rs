//! Changes of calendar entries as they happen, each seen with rights judged anew.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, SimpleObject, Subscription};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream::{self, Stream};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use verbund_entities::{calendar, calendar_entry, outbox_event};

use super::CalendarEntry;
use crate::context::Op;
use crate::error::{ApiError, ApiResult, Problem, UserErrorCode};
use crate::graphql::ContextExt;
use crate::graphql::id::NodeType;
use crate::i18n::Text;
use crate::members::changes_access;
use crate::store::{Hint, Session, Waiter};

/// Type of the events that are followed.
const ENTRY: &str = "CalendarEntry";

/// What happened to an entry, as far as the viewer may know.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarEntryChangeKind {
    /// Nothing yet: the subscription stands, and everything after this cursor follows.
    Ready,
    /// It was put into the calendar, or came into sight.
    Created,
    /// It was changed.
    Updated,
    /// It was called off.
    Cancelled,
    /// It went out of sight.
    Removed,
}

/// A change of an entry. The entry is shown as it is now, which may be newer than the change.
#[derive(SimpleObject)]
pub struct CalendarEntryChange {
    /// Send it as `after` to go on from here.
    cursor: String,
    /// What happened.
    kind: CalendarEntryChangeKind,
    /// Global id of the entry; null in the first event.
    entry_id: Option<ID>,
    /// The entry at the viewer's level; null when it is out of sight, and in the first event.
    entry: Option<CalendarEntry>,
}

/// See the module.
#[derive(Default)]
pub struct CalendarSubscription;

#[Subscription]
impl CalendarSubscription {
    /// Changes of the entries of calendars, in the order in which they were committed, each at least once. The first
    /// event is `READY`; with `after`, everything since that cursor comes instead. Ends with an error when none of the
    /// calendars may be seen any more. What begins and ends with shares and roles is told by `viewerAccessChanged`.
    async fn calendar_entry_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The calendars; 1 to 100.")] calendars: Vec<ID>,
        #[graphql(desc = "The cursor of the last event that arrived.")] after: Option<String>,
    ) -> Result<impl Stream<Item = ApiResult<CalendarEntryChange>>, ApiError> {
        let op = ctx.op_shared()?;
        let calendars = NodeType::Calendar.parse_all(&calendars, "calendars")?;
        if calendars.is_empty() {
            return Err(Problem::at(UserErrorCode::Required, "calendars", Text::new("required")).into());
        }
        // Heard from here on, so that nothing falls between the first look and the first wait.
        let waiter = op.store.hub().listen();
        let session = op.session().await?;
        if visible(&session, &calendars).await?.len() < calendars.len() {
            return Err(Problem::not_found("calendars").into());
        }
        let (first, position) = match after {
            Some(cursor) => (None, after_cursor(&session, &cursor).await?),
            None => {
                let (newest, position) = newest(&session, &calendars).await?;
                let cursor = cursor(newest);
                let kind = CalendarEntryChangeKind::Ready;
                (Some(CalendarEntryChange { cursor, kind, entry_id: None, entry: None }), position)
            }
        };
        drop(session);
        let following = Following { op, waiter, calendars, position, first, look: true, over: false };
        Ok(stream::unfold(following, Following::step))
    }
}

/// A subscriber and how far it has come.
struct Following {
    op: Arc<Op>,
    waiter: Waiter,
    calendars: Vec<Uuid>,
    position: i64,
    first: Option<CalendarEntryChange>,
    look: bool,
    over: bool,
}

impl Following {
    async fn step(mut self) -> Option<(ApiResult<CalendarEntryChange>, Self)> {
        if self.over {
            return None;
        }
        if let Some(first) = self.first.take() {
            return Some((Ok(first), self));
        }
        loop {
            if !self.look {
                let calendars = &self.calendars;
                self.waiter.wait(|hint| concerns(hint, calendars)).await;
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
    async fn next(&mut self) -> ApiResult<Option<CalendarEntryChange>> {
        loop {
            self.op.finish().await?;
            let session = self.op.session().await?;
            let calendars = visible(&session, &self.calendars).await?;
            if calendars.is_empty() {
                return Err(Problem::not_found("calendars").into());
            }
            let select = events(&session, &calendars)
                .filter(outbox_event::Column::Position.gt(self.position))
                .order_by_asc(outbox_event::Column::Position);
            let Some(event) = session.one(select.limit(1)).await? else {
                drop(session);
                self.op.finish().await?;
                return Ok(None);
            };
            self.position = event.position.unwrap_or(self.position);
            if let Some(change) = told(&session, &event).await? {
                return Ok(Some(change));
            }
        }
    }
}

/// Whether a committed change can be one of these calendars', or of who sees them.
fn concerns(hint: &Hint, calendars: &[Uuid]) -> bool {
    match hint.object_type.as_str() {
        ENTRY => hint.parent.is_some_and(|it| calendars.contains(&it)),
        "Calendar" => true,
        _ => changes_access(hint),
    }
}

pub(super) async fn visible(session: &Session, calendars: &[Uuid]) -> ApiResult<Vec<Uuid>> {
    session.load::<calendar::Entity>(calendars.iter().copied()).await?;
    let mut visible = Vec::new();
    for id in calendars {
        if session.get::<calendar::Entity>(*id).await?.is_some() {
            visible.push(*id);
        }
    }
    Ok(visible)
}

/// Events of the entries of calendars, as far as they are in sight.
pub(super) fn events(session: &Session, calendars: &[Uuid]) -> sea_orm::Select<outbox_event::Entity> {
    session
        .select::<outbox_event::Entity>()
        .filter(session.is_one_of(outbox_event::Column::ParentId, calendars))
        .filter(outbox_event::Column::ObjectType.eq(ENTRY))
}

/// What an event means to the viewer; nothing where another event tells it better.
async fn told(session: &Session, event: &outbox_event::Model) -> ApiResult<Option<CalendarEntryChange>> {
    use CalendarEntryChangeKind as Kind;
    let row = session.get::<calendar_entry::Entity>(event.object_id).await?;
    let entry = row.and_then(|row| CalendarEntry::seen(session, row));
    let kind = match (event.topic.as_str(), &entry) {
        // It left one audience and is seen in the other: that has an event of its own.
        ("calendar_entry.moved", Some(_)) => return Ok(None),
        (_, None) => Kind::Removed,
        ("calendar_entry.created", Some(_)) => Kind::Created,
        ("calendar_entry.cancelled", Some(_)) => Kind::Cancelled,
        (_, Some(_)) => Kind::Updated,
    };
    let entry_id = Some(NodeType::CalendarEntry.id(event.object_id));
    Ok(Some(CalendarEntryChange { cursor: cursor(event.id), kind, entry_id, entry }))
}

/// The newest event that the viewer may see; the nil one where there is none yet. Positions themselves are never
/// shown: they would count what happens elsewhere.
pub(super) async fn newest(session: &Session, calendars: &[Uuid]) -> ApiResult<(Uuid, i64)> {
    let select = events(session, calendars).order_by_desc(outbox_event::Column::Position).limit(1);
    let newest = session.one(select).await?;
    Ok(newest.map_or((Uuid::nil(), 0), |it| (it.id, it.position.unwrap_or_default())))
}

fn cursor(event: Uuid) -> String {
    URL_SAFE_NO_PAD.encode(event)
}

async fn after_cursor(session: &Session, cursor: &str) -> ApiResult<i64> {
    let unknown = || Problem::at(UserErrorCode::Invalid, "after", Text::new("event-cursor-unknown"));
    let id = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|it| Uuid::from_slice(&it).ok()).ok_or_else(unknown)?;
    Ok(position_of(session, id).await?.ok_or_else(unknown)?)
}

/// The position of an event, if the viewer still may see it.
pub(super) async fn position_of(session: &Session, event: Uuid) -> ApiResult<Option<i64>> {
    if event.is_nil() {
        return Ok(Some(0));
    }
    let select = session.select::<outbox_event::Entity>().filter(outbox_event::Column::Id.eq(event));
    Ok(session.one(select).await?.and_then(|it| it.position))
}
