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
use store::{ChangeHint, Session};
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::planning::conflicts::query::conflicts_of_entry;
use crate::planning::conflicts::types::Conflict;

/// Type of the events that are followed.
const ENTRY: &str = "CalendarEntry";

/// Kind of a change to a calendar entry, as far as visible to the viewer.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarEntryChangeKind {
    /// Start of the subscription; all changes after this cursor follow.
    Ready,
    /// Entry created.
    Created,
    /// Entry changed; also reported when a change makes the entry visible to the viewer.
    Updated,
    /// Entry cancelled.
    Cancelled,
    /// Entry no longer visible to the viewer.
    Removed,
}

/// Change of a calendar entry. The entry is delivered in its current state, which may be newer than the change.
pub struct CalendarEntryChange {
    cursor: String,
    kind: CalendarEntryChangeKind,
    row: Option<Arc<calendar_entry::Model>>,
    entry_id: Option<Uuid>,
}

/// Change of a calendar entry. The entry is delivered in its current state, which may be newer than the change.
#[Object]
impl CalendarEntryChange {
    /// Cursor of the event; pass it as `after` to resume after this event.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// Kind of change.
    async fn kind(&self) -> CalendarEntryChangeKind {
        self.kind
    }

    /// Global id of the entry; null in the event `READY`.
    async fn entry_id(&self) -> Option<ID> {
        self.entry_id.map(|it| NodeType::CalendarEntry.id(it)).map(Into::into)
    }

    /// Entry at the viewer's level of access; null if no longer visible to the viewer, and in the event `READY`. For an
    /// occurrence changed by itself, the entry of that occurrence, which states its series.
    async fn entry(&self, ctx: &Context<'_>) -> Option<ApiResult<CalendarEntry>> {
        match ctx.session().await {
            Ok(session) => CalendarEntry::seen(&session, self.row.clone()?).map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// Conflicts of the entry at present, the most severe first, at most 20; the query `conflicts` lists all.
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
    /// Reports changes of the entries of calendars in commit order, each at least once. The first event is `READY`;
    /// with `after`, delivery resumes after that cursor instead. Ends with an error as soon as none of the calendars is
    /// visible to the viewer. Gain and loss of access through shares and roles are reported by `viewerAccessChanged`.
    async fn calendar_entry_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "1 to 100 calendars, all visible to the viewer.")] calendars: Vec<ID>,
        #[graphql(desc = "Cursor of the last event received; delivery resumes after it.")] after: Option<String>,
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

    fn concerns(&self, hint: &ChangeHint) -> bool {
        match hint.object_type.as_str() {
            ENTRY => hint.parent.is_some_and(|it| self.0.contains(&it)),
            "Calendar" => true,
            _ => changes_access(hint),
        }
    }

    fn ready(&self, cursor: String) -> CalendarEntryChange {
        CalendarEntryChange { cursor, kind: CalendarEntryChangeKind::Ready, row: None, entry_id: None }
    }

    async fn change_of(
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
