//! Mutations of calendars and entries.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::calendars::calendar_service::{CalendarChange, CalendarWish};
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

/// A calendar to make.
#[derive(InputObject)]
pub struct CalendarCreateInput {
    /// The owner, for which one acts.
    tenant: ID,
    /// Name, unique in the authority, at most 120 characters.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Colour as `#rrggbb`.
    color: Option<String>,
    /// Zone of entries that name none; left out = the authority's.
    time_zone: Option<TimeZone>,
    /// Field of work of the calendar and its entries, for good; left out = general.
    field_of_work: Option<ID>,
    /// The widest any of its entries may be.
    #[graphql(default_with = "Confidentiality::Internal")]
    confidentiality: Confidentiality,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change of a calendar. What is left out stays as it is; null clears what may be empty.
#[derive(InputObject)]
pub struct CalendarUpdateInput {
    /// The calendar.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Name.
    name: MaybeUndefined<String>,
    /// What it is for.
    description: MaybeUndefined<String>,
    /// Colour.
    color: MaybeUndefined<String>,
    /// The widest any of its entries may be; entries that are wider are narrowed with it.
    confidentiality: MaybeUndefined<Confidentiality>,
}

/// A calendar to put away.
#[derive(InputObject)]
pub struct CalendarArchiveInput {
    /// The calendar.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// False takes it out again.
    #[graphql(default = true)]
    archived: bool,
}

payload! {
    /// Outcome of every mutation of a calendar.
    CalendarPayload {
        /// The calendar.
        calendar: Calendar
    } by Calendar::by_id
}

/// An entry to call off.
#[derive(InputObject)]
pub struct CalendarEntryCancelInput {
    /// The entry.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: Option<String>,
    /// What of a series it is meant for.
    #[graphql(default_with = "SeriesScope::All")]
    apply: SeriesScope,
    /// Start that the series gives to the date meant by THIS and THIS_AND_FOLLOWING.
    occurrence: Option<LocalDateTime>,
}

payload! {
    /// Outcome of every mutation of a calendar entry.
    CalendarEntryPayload {
        /// The entry.
        calendar_entry: CalendarEntryFull
    } by CalendarEntryFull::by_id
}

/// See the module.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Makes a calendar. Takes `CALENDARS_WRITE` in the owner.
    async fn calendar_create(&self, ctx: &Context<'_>, input: CalendarCreateInput) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let key = idempotency("calendarCreate", input.idempotency_key.clone(), &input);
        let done = match wish(input) {
            Ok(wish) => calendar_service::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        CalendarPayload::made(op, done).await
    }

    /// Changes a calendar. Takes `CALENDARS_WRITE` in the owner.
    async fn calendar_update(&self, ctx: &Context<'_>, input: CalendarUpdateInput) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::Calendar.parse(&input.id, "id"))?.unwrap_or_default();
        let change = CalendarChange {
            name: required(input.name, "name", &mut problems),
            description: optional(input.description),
            color: optional(input.color),
            confidentiality: required(input.confidentiality, "confidentiality", &mut problems).map(Into::into),
        };
        let done = match problems.done() {
            Ok(()) => calendar_service::update(op, id, input.version, change).await,
            Err(error) => Err(error),
        };
        CalendarPayload::changed(op, id, done).await
    }

    /// Puts a calendar away, or takes it out again. Takes `CALENDARS_WRITE` in the owner.
    async fn calendar_archive(&self, ctx: &Context<'_>, input: CalendarArchiveInput) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Calendar.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return CalendarPayload::refused(op, error),
        };
        let done = calendar_service::archive(op, id, input.version, input.archived).await;
        CalendarPayload::changed(op, id, done).await
    }

    /// Puts an entry into a calendar. Takes `CALENDARS_WRITE` in the owner.
    async fn calendar_entry_create(
        &self,
        ctx: &Context<'_>,
        input: CalendarEntryCreateInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let key = idempotency("calendarEntryCreate", input.idempotency_key.clone(), &input);
        let done = match input.wish() {
            Ok((calendar, wish, time)) => entry_service::create(op, calendar, wish, time, key).await,
            Err(error) => Err(error),
        };
        CalendarEntryPayload::made(op, done).await
    }

    /// Changes an entry, a whole series or some of its dates; the payload has the entry that says so now. Takes
    /// `CALENDARS_WRITE` in the owner; a partner never changes it.
    async fn calendar_entry_update(
        &self,
        ctx: &Context<'_>,
        input: CalendarEntryUpdateInput,
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

    /// Calls an entry off, or some dates of a series. It stays visible as cancelled. Takes `CALENDARS_WRITE` in the owner.
    async fn calendar_entry_cancel(
        &self,
        ctx: &Context<'_>,
        input: CalendarEntryCancelInput,
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

fn wish(input: CalendarCreateInput) -> ApiResult<CalendarWish> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let field = match &input.field_of_work {
        Some(id) => problems.take(NodeType::FieldOfWork.parse(id, "fieldOfWork"))?,
        None => None,
    };
    problems.done()?;
    Ok(CalendarWish {
        tenant,
        name: input.name,
        description: input.description,
        color: input.color,
        zone: input.time_zone.map(|it| it.0),
        field,
        confidentiality: input.confidentiality.into(),
    })
}
