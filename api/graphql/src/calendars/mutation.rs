//! Mutations of calendars and entries.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::calendars::calendar_service::{CalendarPatch, NewCalendar};
use domain::calendars::{calendar_service, entry_service};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{CalendarEntryCreateInput, CalendarEntryUpdateInput, SeriesScope, apply};
use crate::calendars::entry_types::CalendarEntryFull;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::Confidentiality;
use crate::patch::{PatchField, optional_id};
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::{LocalDateTime, TimeZone};

/// Values of a new calendar.
#[derive(InputObject)]
pub struct CalendarCreateInput {
    /// Owning authority, on whose behalf the viewer acts.
    tenant: ID,
    /// Name, unique among the calendars of the authority that the viewer sees, at most 120 characters.
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
    /// Name, unique among the calendars of the authority that the viewer sees, at most 120 characters.
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
    /// Payload of `calendarEntryCreate`, `calendarEntryUpdate`, `calendarEntryCancel` and `conflictAcknowledge`.
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
        let work = async { calendar_service::create(op, new_calendar(input)?, key).await };
        CalendarPayload::created(op, work).await
    }

    /// Changes a calendar. `CONFLICT` for project calendars. Requires `CALENDARS_WRITE` in the owning authority.
    async fn calendar_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the calendar.")] input: CalendarUpdateInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let (id, version) = (NodeType::Calendar.parse(&input.id, "id"), input.version);
        let checked = all((id, calendar_patch(input)));
        let id = checked.clone().map(|(id, _)| id);
        let work = |id| async move { calendar_service::update(op, id, version, checked?.1).await };
        CalendarPayload::changed(op, id, work).await
    }

    /// Archives a calendar or restores it. `CONFLICT` for project calendars. Requires `CALENDARS_WRITE` in the owning
    /// authority.
    async fn calendar_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Calendar to archive or to restore.")] input: CalendarArchiveInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let work = |id| calendar_service::archive(op, id, input.version, input.archived);
        CalendarPayload::changed(op, NodeType::Calendar.parse(&input.id, "id"), work).await
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
        let work = async {
            let (calendar, new, time) = input.into_new()?;
            entry_service::create(op, calendar, new, time, key).await
        };
        CalendarEntryPayload::created(op, work).await
    }

    /// Changes an entry, a series or some occurrences of it. `CONFLICT` for cancelled entries and in external and
    /// project calendars. Requires `CALENDARS_WRITE` in the owning authority; partners cannot change entries.
    async fn calendar_entry_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the entry.")] input: CalendarEntryUpdateInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let (id, version) = (NodeType::CalendarEntry.parse(&input.id, "id"), input.version);
        let work = |id| async move {
            let (apply, patch) = all((apply(input.apply, input.occurrence), input.into_patch()))?;
            entry_service::update(op, id, version, apply, patch).await
        };
        CalendarEntryPayload::replaced(op, id, work).await
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
        let work = |id| async move {
            let apply = apply(input.apply, input.occurrence)?;
            entry_service::cancel(op, id, input.version, apply, input.reason).await
        };
        CalendarEntryPayload::replaced(op, NodeType::CalendarEntry.parse(&input.id, "id"), work).await
    }
}

fn new_calendar(input: CalendarCreateInput) -> ApiResult<NewCalendar> {
    let (tenant, field) = all((
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        optional_id(input.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork"),
    ))?;
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

fn calendar_patch(input: CalendarUpdateInput) -> ApiResult<CalendarPatch> {
    let (name, confidentiality) =
        all((input.name.required("name"), input.confidentiality.required("confidentiality")))?;
    Ok(CalendarPatch {
        name,
        description: input.description.clearable(),
        color: input.color.clearable(),
        confidentiality: confidentiality.map(Into::into),
    })
}
