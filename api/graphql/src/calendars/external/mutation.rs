//! Mutations of calendars that live elsewhere.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::calendars::calendar_service::CalendarWish;
use domain::calendars::external::service;
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::required;
use crate::calendars::external::types::ExternalCalendar;
use crate::calendars::mutation::CalendarPayload;
use crate::context::ContextExt;
use crate::enums::Confidentiality;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::TimeZone;

/// A calendar that lives elsewhere.
#[derive(InputObject)]
pub struct ExternalCalendarSubscribeInput {
    /// The owner, for which one acts.
    tenant: ID,
    /// Name of the calendar here, unique in the authority, at most 120 characters.
    name: String,
    /// Address of its file (iCalendar): https or webcal.
    url: String,
    /// Minutes between two fetches, 15 to 10,080.
    #[graphql(default = 60)]
    refresh_minutes: i32,
    /// What it is for.
    description: Option<String>,
    /// Colour as `#rrggbb`.
    color: Option<String>,
    /// Zone of times that name none; left out = the authority's.
    time_zone: Option<TimeZone>,
    /// Field of work of the calendar and its entries, for good; left out = general.
    field_of_work: Option<ID>,
    /// How far its entries may go.
    #[graphql(default_with = "Confidentiality::Internal")]
    confidentiality: Confidentiality,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change. What is left out stays as it is; name and colour are those of the calendar.
#[derive(InputObject)]
pub struct ExternalCalendarUpdateInput {
    /// Which one.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Address of its file.
    url: MaybeUndefined<String>,
    /// Minutes between two fetches.
    refresh_minutes: MaybeUndefined<i32>,
}

/// One to end.
#[derive(InputObject)]
pub struct ExternalCalendarUnsubscribeInput {
    /// Which one.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// One to fetch now.
#[derive(InputObject)]
pub struct ExternalCalendarRefreshInput {
    /// Which one.
    id: ID,
}

payload! {
    /// Outcome of mutations of a calendar that lives elsewhere.
    ExternalCalendarPayload {
        /// The external calendar.
        external_calendar: ExternalCalendar
    } by ExternalCalendar::by_id
}

/// See the module.
#[derive(Default)]
pub struct ExternalMutation;

#[Object]
impl ExternalMutation {
    /// Takes a calendar over that lives elsewhere, and goes on doing so on schedule: as a calendar of its own, whose
    /// entries nobody changes by hand. It is fetched within a minute. Takes `CALENDARS_WRITE` in the owner.
    async fn external_calendar_subscribe(
        &self,
        ctx: &Context<'_>,
        input: ExternalCalendarSubscribeInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let key = idempotency("externalCalendarSubscribe", input.idempotency_key.clone(), &input);
        let (url, refresh) = (input.url.clone(), input.refresh_minutes);
        let done = match wish(input) {
            Ok(wish) => service::subscribe(op, wish, &url, refresh, key).await,
            Err(error) => Err(error),
        };
        ExternalCalendarPayload::made(op, done).await
    }

    /// Changes address or pace. Takes `CALENDARS_WRITE` in the owner.
    async fn external_calendar_update(
        &self,
        ctx: &Context<'_>,
        input: ExternalCalendarUpdateInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::ExternalCalendar.parse(&input.id, "id"))?.unwrap_or_default();
        let url = required(input.url, "url", &mut problems);
        let refresh = required(input.refresh_minutes, "refreshMinutes", &mut problems);
        let done = match problems.done() {
            Ok(()) => service::update(op, id, input.version, url, refresh).await,
            Err(error) => Err(error),
        };
        ExternalCalendarPayload::changed(op, id, done).await
    }

    /// Ends it. What is still to come is called off, and the calendar is put away. Takes `CALENDARS_WRITE` in the owner.
    async fn external_calendar_unsubscribe(
        &self,
        ctx: &Context<'_>,
        input: ExternalCalendarUnsubscribeInput,
    ) -> ApiResult<CalendarPayload> {
        let op = ctx.op()?;
        let done = match NodeType::ExternalCalendar.parse(&input.id, "id") {
            Ok(id) => service::unsubscribe(op, id, input.version).await,
            Err(error) => Err(error),
        };
        CalendarPayload::made(op, done).await
    }

    /// Asks for a fetch now, at most once in a minute; `lastOutcome` tells later what came of it. Takes
    /// `CALENDARS_WRITE` in the owner.
    async fn external_calendar_refresh(
        &self,
        ctx: &Context<'_>,
        input: ExternalCalendarRefreshInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ExternalCalendar.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ExternalCalendarPayload::refused(op, error),
        };
        let done = service::refresh(op, id).await;
        ExternalCalendarPayload::changed(op, id, done).await
    }
}

fn wish(input: ExternalCalendarSubscribeInput) -> ApiResult<CalendarWish> {
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
