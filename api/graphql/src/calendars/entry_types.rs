//! API types of calendar entries: one per level, so that "hidden" can never be taken for "none".

use std::ops::Deref;
use std::sync::Arc;

use async_graphql::{Context, ID, Interface, MergedObject, Object};
use calendar_time::recurrence::{latest_window, materialized_until};
use chrono::{DateTime, Days, NaiveDateTime, Utc};
use domain::calendars::entry_view::{self, EntryTimes, EntryView};
use domain::rights::nodes;
use entities::{calendar_entry, conflict_acknowledgement, learning_place};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::CalendarEntryAbilities;
use crate::calendars::recurrence::RecurrenceView;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::{Audience, Confidentiality, EntryKind, EntryStatus, Pillar};
use crate::node_row::NodeRow;
use crate::places::types::LearningPlace;
use crate::planning::conflicts::types::ConflictAcknowledgement;
use crate::scalars::{Date, LocalDateTime, TimeZone};
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Calendar entry, at the viewer's level of access.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Global id, the same at every level of access."),
    field(
        name = "calendar",
        ty = "Option<ApiResult<Calendar>>",
        desc = "Calendar of the entry; null if not visible to the viewer."
    ),
    field(name = "tenant", ty = "ApiResult<Tenant>", desc = "Owning authority."),
    field(name = "start", ty = "DateTime<Utc>", desc = "Instant of the start; for a series, of its first occurrence."),
    field(
        name = "end",
        ty = "DateTime<Utc>",
        desc = "Instant of the end, exclusive; for a series, of its first occurrence."
    ),
    field(name = "start_local", ty = "LocalDateTime", desc = "Local start, in `timeZone`."),
    field(name = "end_local", ty = "LocalDateTime", desc = "Local end, exclusive, in `timeZone`."),
    field(name = "all_day", ty = "bool", desc = "True if the entry spans whole days instead of clock times."),
    field(name = "first_day", ty = "Option<Date>", desc = "First day of an all-day entry; null for clock times."),
    field(
        name = "last_day",
        ty = "Option<Date>",
        desc = "Last day of an all-day entry, inclusive; null for clock times."
    ),
    field(name = "time_zone", ty = "TimeZone", desc = "Time zone of the local times."),
    field(
        name = "recurrence",
        ty = "Option<ApiResult<RecurrenceView>>",
        desc = "Recurrence of a series; null for a single entry. `agenda` lists all occurrences."
    )
)]
pub enum CalendarEntry {
    /// Everything.
    Full(CalendarEntryFull),
    /// Title, kind, field of work and status.
    Summary(CalendarEntrySummary),
    /// Only that the time is taken.
    Busy(CalendarEntryBusy),
}

impl From<EntryView> for CalendarEntry {
    fn from(view: EntryView) -> Self {
        let exactly = view.tells_horizon();
        match view {
            EntryView::Busy(times) => Self::Busy(CalendarEntryBusy(EntrySlot(times, exactly))),
            EntryView::Summary(times, outline) => {
                let outline = EntryOutline(times.clone(), outline);
                Self::Summary(CalendarEntrySummary(EntrySlot(times, exactly), outline))
            }
            EntryView::Full(times, outline, details) => {
                let outline = EntryOutline(times.clone(), outline);
                Self::Full(CalendarEntryFull(EntrySlot(times, exactly), outline, EntryDetails(details)))
            }
        }
    }
}

impl CalendarEntry {
    /// Entry at the viewer's level; none if the viewer does not see it.
    pub fn seen(session: &Session, row: Arc<calendar_entry::Model>) -> Option<Self> {
        EntryView::of(session, row).map(Into::into)
    }

    /// An entry by its row, at the viewer's level.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<calendar_entry::Entity>(id).await?.and_then(|row| Self::seen(session, row)))
    }
}

impl NodeRow for nodes::CalendarEntry {
    type Object = CalendarEntry;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<CalendarEntry>> {
        CalendarEntry::by_id(session, id).await
    }
}

/// Calendar entry at level `BUSY`: only the occupied time, with its recurrence, is visible to the viewer.
#[derive(MergedObject)]
pub struct CalendarEntryBusy(EntrySlot);

/// Calendar entry at level `SUMMARY`: title, kind, status, field of work and recurrence are visible to the viewer,
/// details are not.
#[derive(MergedObject)]
pub struct CalendarEntrySummary(EntrySlot, EntryOutline);

/// Calendar entry at level `FULL` or `CONTRIBUTE`: all details are visible to the viewer.
#[derive(MergedObject)]
pub struct CalendarEntryFull(EntrySlot, EntryOutline, EntryDetails);

impl CalendarEntryFull {
    /// The full view of an entry, if the viewer has it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(match CalendarEntry::by_id(session, id).await? {
            Some(CalendarEntry::Full(entry)) => Some(entry),
            Some(CalendarEntry::Summary(_) | CalendarEntry::Busy(_)) | None => None,
        })
    }
}

macro_rules! slotted {
    ($($name:ident),+) => {
        $(impl Deref for $name {
            type Target = EntrySlot;
            fn deref(&self) -> &EntrySlot {
                &self.0
            }
        })+
    };
}
slotted!(CalendarEntryBusy, CalendarEntrySummary, CalendarEntryFull);

/// What every level shows, and whether it is told exactly until when the dates of a series have been computed.
pub struct EntrySlot(EntryTimes, bool);

#[Object]
impl EntrySlot {
    /// Global id, the same at every level of access.
    pub async fn id(&self) -> ID {
        NodeType::CalendarEntry.id(self.0.id()).into()
    }

    /// Calendar of the entry; null if not visible to the viewer.
    pub async fn calendar(&self, ctx: &Context<'_>) -> Option<ApiResult<Calendar>> {
        match ctx.session().await {
            Ok(session) => Calendar::by_id(&session, self.0.calendar_id()).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Owning authority.
    pub async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id()).await
    }

    /// Instant of the start; for a series, of its first occurrence.
    pub async fn start(&self) -> DateTime<Utc> {
        self.0.starts_at()
    }

    /// Instant of the end, exclusive; for a series, of its first occurrence.
    pub async fn end(&self) -> DateTime<Utc> {
        self.0.ends_at()
    }

    /// Local start, in `timeZone`.
    pub async fn start_local(&self) -> LocalDateTime {
        LocalDateTime(self.0.starts_local())
    }

    /// Local end, exclusive, in `timeZone`.
    pub async fn end_local(&self) -> LocalDateTime {
        LocalDateTime(self.0.ends_local())
    }

    /// True if the entry spans whole days instead of clock times.
    pub async fn all_day(&self) -> bool {
        self.0.all_day()
    }

    /// First day of an all-day entry; null for clock times.
    pub async fn first_day(&self) -> Option<Date> {
        self.0.all_day().then(|| Date(self.0.starts_local().date()))
    }

    /// Last day of an all-day entry, inclusive; null for clock times.
    pub async fn last_day(&self) -> Option<Date> {
        let end = self.0.ends_local().date();
        self.0.all_day().then(|| Date(end.checked_sub_days(Days::new(1)).unwrap_or(end)))
    }

    /// Time zone of the local times.
    pub async fn time_zone(&self) -> TimeZone {
        TimeZone::stored(self.0.time_zone())
    }

    /// Recurrence of a series; null for a single entry. `agenda` lists all occurrences.
    pub async fn recurrence(&self, ctx: &Context<'_>) -> Option<ApiResult<RecurrenceView>> {
        let computed_until = self.0.materialized_until()?;
        let (computed_until, until) = match ctx.op() {
            Err(error) => return Some(Err(error)),
            Ok(_) if self.1 => (computed_until, computed_until),
            Ok(op) => {
                let now = op.clock.now();
                (materialized_until(self.0.starts_at(), now), computed_until.min(latest_window(now)))
            }
        };
        Some(Ok(RecurrenceView { times: self.0.clone(), set: self.0.recurrence(), computed_until, until }))
    }
}

/// What a summary adds.
pub struct EntryOutline(EntryTimes, entry_view::EntryOutline);

#[Object]
impl EntryOutline {
    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        self.1.title()
    }

    /// Kind of event.
    async fn kind(&self) -> EntryKind {
        self.1.kind().into()
    }

    /// Planning status.
    async fn status(&self) -> EntryStatus {
        self.1.status().into()
    }

    /// Field of work; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.1.field_of_work()).await.transpose()
    }

    /// Global id of the series, for a changed or cancelled occurrence; null for other entries, and if the series is not
    /// visible to the viewer.
    async fn series_id(&self, ctx: &Context<'_>) -> Option<ApiResult<ID>> {
        let seen = self.seen_series(ctx).await.transpose()?;
        Some(seen.map(|(id, _)| NodeType::CalendarEntry.id(id).into()))
    }

    /// Local start given by the series to the occurrence; null if `seriesId` is null.
    async fn series_date(&self, ctx: &Context<'_>) -> Option<ApiResult<LocalDateTime>> {
        let seen = self.seen_series(ctx).await.transpose()?;
        Some(seen.map(|(_, date)| LocalDateTime(date)))
    }
}

impl EntryOutline {
    /// The series, unless the viewer may not see it: a date may be wider than its series.
    async fn seen_series(&self, ctx: &Context<'_>) -> ApiResult<Option<(Uuid, NaiveDateTime)>> {
        let Some((id, date)) = self.0.series() else { return Ok(None) };
        let series = ctx.session().await?.get::<calendar_entry::Entity>(id).await?;
        Ok(series.map(|_| (id, date)))
    }
}

/// What the full view adds.
pub struct EntryDetails(entry_view::EntryDetails);

#[Object]
impl EntryDetails {
    /// Description.
    async fn description(&self) -> Option<&str> {
        self.0.description()
    }

    /// Confidentiality of the entry.
    async fn confidentiality(&self) -> Confidentiality {
        self.0.confidentiality().into()
    }

    /// Learning place of the event; null if not set, or not visible to the viewer.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.0.place()?;
        match ctx.session().await {
            Ok(session) => match session.get::<learning_place::Entity>(id).await {
                Ok(row) => row.map(|it| Ok(LearningPlace(it))),
                Err(error) => Some(Err(error)),
            },
            Err(error) => Some(Err(error)),
        }
    }

    /// Location in free text.
    async fn location(&self) -> Option<&str> {
        self.0.location()
    }

    /// Organiser.
    async fn organiser(&self) -> Option<&str> {
        self.0.organiser()
    }

    /// Speakers and teachers.
    async fn speakers(&self) -> Vec<&str> {
        self.0.speakers().map(|it| it.lines().collect()).unwrap_or_default()
    }

    /// Responsible office.
    async fn responsible_office(&self) -> Option<&str> {
        self.0.responsible_office()
    }

    /// Audiences, from the closed set.
    async fn audiences(&self) -> Vec<Audience> {
        self.0.audiences().into_iter().map(Into::into).collect()
    }

    /// Pillar of the education region.
    async fn pillar(&self) -> Option<Pillar> {
        self.0.pillar().map(Into::into)
    }

    /// Cost in free text.
    async fn cost(&self) -> Option<&str> {
        self.0.cost()
    }

    /// Target groups in free text.
    async fn target_groups(&self) -> Vec<&str> {
        self.0.target_groups().map(|it| it.lines().collect()).unwrap_or_default()
    }

    /// Web address for registration.
    async fn registration_url(&self) -> Option<&str> {
        self.0.registration_url()
    }

    /// Reason for the cancellation.
    async fn cancel_reason(&self) -> Option<&str> {
        self.0.cancel_reason()
    }

    /// Acknowledgements of conflicts by the owning authority, with reasons; includes conflicts that no longer exist.
    #[graphql(complexity = "5 * child_complexity")]
    async fn acknowledgements(&self, ctx: &Context<'_>) -> ApiResult<Vec<ConflictAcknowledgement>> {
        let rows = ctx.session().await?.group::<conflict_acknowledgement::Entity>(self.0.id()).await?;
        Ok(rows.iter().map(Into::into).collect())
    }

    /// Source of a preloaded entry; null for entries from the API or an import.
    async fn source(&self) -> Option<&str> {
        self.0.source()
    }

    /// Actions open to the viewer on the entry.
    async fn viewer_can(&self) -> CalendarEntryAbilities {
        CalendarEntryAbilities(self.0.decided_row())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version()
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at()
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at()
    }
}
