//! Changes of calendar entries as they happen, each seen with rights judged anew.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Subscription};
use domain::live::{Followed, follow};
use domain::members::changes_access;
use entities::{calendar, calendar_entry, outbox_event};
use futures_util::stream::Stream;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, Select};
use store::{Hint, Session};
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::planning::conflicts::query::conflicts_of_entry;
use crate::planning::conflicts::types::Conflict;

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
pub struct CalendarEntryChange {
    cursor: String,
    kind: CalendarEntryChangeKind,
    row: Option<Arc<calendar_entry::Model>>,
    entry_id: Option<Uuid>,
}

/// A change of an entry. The entry is shown as it is now, which may be newer than the change.
#[Object]
impl CalendarEntryChange {
    /// Send it as `after` to go on from here.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// What happened.
    async fn kind(&self) -> CalendarEntryChangeKind {
        self.kind
    }

    /// Global id of the entry; null in the first event.
    async fn entry_id(&self) -> Option<ID> {
        self.entry_id.map(|it| NodeType::CalendarEntry.id(it)).map(Into::into)
    }

    /// The entry at the viewer's level; null when it is out of sight, and in the first event. Of a date that was changed
    /// by itself: that date, which names its series.
    async fn entry(&self, ctx: &Context<'_>) -> Option<ApiResult<CalendarEntry>> {
        match ctx.session().await {
            Ok(session) => CalendarEntry::seen(&session, self.row.clone()?).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// What does not go together with it now, the worst first, at most 20; `conflicts` has them all.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn conflicts(&self, ctx: &Context<'_>) -> ApiResult<Vec<Conflict>> {
        match &self.row {
            Some(row) => conflicts_of_entry(&*ctx.session().await?, row, 20).await,
            None => Ok(Vec::new()),
        }
    }
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
        let calendars = NodeType::Calendar.parse_all(&calendars, "calendars")?;
        if calendars.is_empty() {
            return Err(Problem::at(UserErrorCode::Required, "calendars", Text::new("required")).into());
        }
        let op = ctx.op_shared()?;
        if visible(&*op.session().await?, &calendars).await?.len() < calendars.len() {
            return Err(Problem::not_found("calendars").into());
        }
        follow(op, Calendars(calendars), after).await
    }
}

/// The calendars that are followed.
struct Calendars(Vec<Uuid>);

impl Followed for Calendars {
    type Change = CalendarEntryChange;

    async fn events(&self, session: &Session) -> ApiResult<Select<outbox_event::Entity>> {
        let calendars = visible(session, &self.0).await?;
        if calendars.is_empty() {
            return Err(Problem::not_found("calendars").into());
        }
        Ok(events(session, &calendars))
    }

    fn concerns(&self, hint: &Hint) -> bool {
        match hint.object_type.as_str() {
            ENTRY => hint.parent.is_some_and(|it| self.0.contains(&it)),
            "Calendar" => true,
            _ => changes_access(hint),
        }
    }

    fn ready(&self, cursor: String) -> CalendarEntryChange {
        CalendarEntryChange { cursor, kind: CalendarEntryChangeKind::Ready, row: None, entry_id: None }
    }

    async fn told(
        &self,
        session: &Session,
        event: &outbox_event::Model,
        cursor: String,
    ) -> ApiResult<Option<CalendarEntryChange>> {
        use CalendarEntryChangeKind as Kind;
        let row = session.get::<calendar_entry::Entity>(event.object_id).await?;
        let kind = match (event.topic.as_str(), &row) {
            // It left one audience and is seen in the other: that has an event of its own.
            ("calendar_entry.moved", Some(_)) => return Ok(None),
            (_, None) => Kind::Removed,
            ("calendar_entry.created", Some(_)) => Kind::Created,
            ("calendar_entry.cancelled", Some(_)) => Kind::Cancelled,
            (_, Some(_)) => Kind::Updated,
        };
        Ok(Some(CalendarEntryChange { cursor, kind, row, entry_id: Some(event.object_id) }))
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
pub(super) fn events(session: &Session, calendars: &[Uuid]) -> Select<outbox_event::Entity> {
    session
        .select::<outbox_event::Entity>()
        .filter(session.is_one_of(outbox_event::Column::ParentId, calendars))
        .filter(outbox_event::Column::ObjectType.eq(ENTRY))
}
