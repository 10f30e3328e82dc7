//! Mutations of calendars and entries.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::calendars::calendar_service::{CalendarPatch, NewCalendar};
use domain::calendars::{calendar_service, entry_service};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{
    CalendarEntryCreateInput, CalendarEntryUpdateInput, SeriesScope, apply, optional, required,
};
use crate::calendars::entry_types::CalendarEntryFull;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::Confidentiality;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::{LocalDateTime, TimeZone};

/// Values of a new calendar.
#[derive(InputObject)]
pub struct CalendarCreateInput {
    /// Owning authority, on whose behalf the viewer acts.
    tenant: ID,
    /// Name, unique in the authority, at most 120 characters.
    name: String,
    /// Purpose of the calendar, at most 4,000 characters.
    description: Option<String>,
    /// Colour as `#rrggbb`.
    color: Option<String>,
    /// Time zone of entries that state none. Default: that of the authority.
    time_zone: Option<TimeZone>,
    /// Field of work of the calendar and its entries; cannot be changed later. Default: none, a general calendar.
    field_of_work: Option<ID>,
    /// Widest confidentiality allowed for entries of the calendar.
    #[graphql(default_with = "Confidentiality::Internal")]
    confidentiality: Confidentiality,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Changes to a calendar. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct CalendarUpdateInput {
    /// Calendar to change.
    id: ID,
    /// Version of the calendar that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Name, unique in the authority, at most 120 characters.
    name: MaybeUndefined<String>,
    /// Purpose of the calendar, at most 4,000 characters.
    description: MaybeUndefined<String>,
    /// Colour as `#rrggbb`.
    color: MaybeUndefined<String>,
    /// Widest confidentiality allowed for entries of the calendar. Entries with a wider one are narrowed.
    confidentiality: MaybeUndefined<Confidentiality>,
}

/// Calendar to archive or to restore.
#[derive(InputObject)]
pub struct CalendarArchiveInput {
    /// Calendar to archive or to restore.
    id: ID,
    /// Version of the calendar that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// True to archive the calendar, false to restore it.
    #[graphql(default = true)]
    archived: bool,
}

payload! {
    /// Payload of `calendarCreate`, `calendarUpdate`, `calendarArchive` and `externalCalendarUnsubscribe`.
    CalendarPayload {
        /// Calendar in its current state; null after a refusal other than `STALE_VERSION`, and after any refusal of
        /// `externalCalendarUnsubscribe`.
        calendar: Calendar
    } by Calendar::by_id
}

/// Cancellation of a calendar entry.
#[derive(InputObject)]
pub struct CalendarEntryCancelInput {
    /// Calendar entry to cancel.
    id: ID,
    /// Version of the entry that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, at most 1,000 characters.
    reason: Option<String>,
    /// Part of the series to cancel.
    #[graphql(default_with = "SeriesScope::All")]
    apply: SeriesScope,
    /// Local start given by the series to the occurrence in question. Required for `THIS` and `THIS_AND_FOLLOWING`, not
    /// allowed for `ALL`.
    occurrence: Option<LocalDateTime>,
}

payload! {
    /// Payload of `calendarEntryCreate`, `calendarEntryUpdate` and `calendarEntryCancel`.
    CalendarEntryPayload {
        /// Entry in its current state; after `THIS` or `THIS_AND_FOLLOWING`, the new entry or series. Null after a
        /// refusal other than `STALE_VERSION`.
        calendar_entry: CalendarEntryFull
    } by CalendarEntryFull::by_id
}

/// See the module.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Creates a calendar. Requires `CALENDARS_WRITE` in the owning authority.
    async fn calendar_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new calendar.")] input: CalendarCreateInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let key = idempotency("calendarCreate", input.idempotency_key.clone(), &input);
        let done = match new_calendar(input) {
            Ok(wish) => calendar_service::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        CalendarPayload::made(op, done).await
    }

    /// Changes a calendar. `CONFLICT` for project calendars. Requires `CALENDARS_WRITE` in the owning authority.
    async fn calendar_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the calendar.")] input: CalendarUpdateInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::Calendar.parse(&input.id, "id"))?.unwrap_or_default();
        let change = CalendarPatch {
            name: required(input.name, "name", &mut problems),
            description: optional(input.description),
            color: optional(input.color),
            confidentiality: required(input.confidentiality, "confidentiality", &mut problems).map(Into::into),
        };
        let done = match problems.done() {
            Ok(()) => calendar_service::update(op, id, input.version, change).await,
            Err(error) => Err(error),
        };
        CalendarPayload::after_change(op, id, done).await
    }

    /// Archives a calendar or restores it. `CONFLICT` for project calendars. Requires `CALENDARS_WRITE` in the owning
    /// authority.
    async fn calendar_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Calendar to archive or to restore.")] input: CalendarArchiveInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Calendar.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return CalendarPayload::refused(op, error),
        };
        let done = calendar_service::archive(op, id, input.version, input.archived).await;
        CalendarPayload::after_change(op, id, done).await
    }

    /// Creates an entry in a calendar. `CONFLICT` for archived, external and project calendars. Requires
    /// `CALENDARS_WRITE` in the owning authority.
    async fn calendar_entry_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new entry.")] input: CalendarEntryCreateInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let key = idempotency("calendarEntryCreate", input.idempotency_key.clone(), &input);
        let done = match input.into_new() {
            Ok((calendar, wish, time)) => entry_service::create(op, calendar, wish, time, key).await,
            Err(error) => Err(error),
        };
        CalendarEntryPayload::made(op, done).await
    }

    /// Changes an entry, a series or some occurrences of it. `CONFLICT` for cancelled entries and in external and
    /// project calendars. Requires `CALENDARS_WRITE` in the owning authority; partners cannot change entries.
    async fn calendar_entry_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the entry.")] input: CalendarEntryUpdateInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let version = input.version;
        let id = match NodeType::CalendarEntry.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return CalendarEntryPayload::refused(op, error),
        };
        let done = match (apply(input.apply, input.occurrence), input.change()) {
            (Ok(apply), Ok(change)) => entry_service::update(op, id, version, apply, change).await,
            (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        };
        CalendarEntryPayload::changed_to(op, id, done).await
    }

    /// Cancels an entry, a series or some occurrences of it. Cancelled entries stay visible above level `BUSY`.
    /// `CONFLICT` for cancelled entries and in external and project calendars. Requires `CALENDARS_WRITE` in the owning
    /// authority.
    async fn calendar_entry_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Entry to cancel.")] input: CalendarEntryCancelInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let id = match NodeType::CalendarEntry.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return CalendarEntryPayload::refused(op, error),
        };
        let done = match apply(input.apply, input.occurrence) {
            Ok(apply) => entry_service::cancel(op, id, input.version, apply, input.reason).await,
            Err(error) => Err(error),
        };
        CalendarEntryPayload::changed_to(op, id, done).await
    }
}

fn new_calendar(input: CalendarCreateInput) -> ApiResult<NewCalendar> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let field = match &input.field_of_work {
        Some(id) => problems.take(NodeType::FieldOfWork.parse(id, "fieldOfWork"))?,
        None => None,
    };
    problems.done()?;
    Ok(NewCalendar {
        tenant,
        name: input.name,
        description: input.description,
        color: input.color,
        zone: input.time_zone.map(|it| it.0),
        field,
        confidentiality: input.confidentiality.into(),
    })
}
