//! Mutations of calendars that live elsewhere.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::calendars::calendar_service::NewCalendar;
use domain::calendars::external::service;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::calendars::external::types::ExternalCalendar;
use crate::context::ContextExt;
use crate::enums::Confidentiality;
use crate::patch::{PatchField, optional_id};
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::TimeZone;

/// Values of a new external calendar.
#[derive(InputObject)]
pub struct ExternalCalendarSubscribeInput {
    /// Owning authority, on whose behalf the viewer acts.
    tenant: ID,
    /// Name of the calendar, unique in the authority, at most 120 characters.
    name: String,
    /// Address of the iCalendar file (https, webcal or http), at most 2,000 characters, without user name and password.
    /// Addresses with http are fetched only if the configuration of the server allows it.
    url: String,
    /// Interval between fetches in minutes, 15 to 10,080.
    #[graphql(default = 60)]
    refresh_minutes: i32,
    /// Purpose of the calendar, at most 4,000 characters.
    description: Option<String>,
    /// Colour as `#rrggbb`.
    color: Option<String>,
    /// Time zone of local times that state none. Default: that of the authority.
    time_zone: Option<TimeZone>,
    /// Field of work of the calendar and its entries; cannot be changed later. Default: none, a general calendar.
    field_of_work: Option<ID>,
    /// Confidentiality of the imported entries. Events marked PRIVATE or CONFIDENTIAL become `INTERNAL`.
    #[graphql(default_with = "Confidentiality::Internal")]
    confidentiality: Confidentiality,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Changes to an external calendar. Omitted fields keep their values. Name and colour are changed by `calendarUpdate`.
#[derive(InputObject)]
pub struct ExternalCalendarUpdateInput {
    /// External calendar to change.
    id: ID,
    /// Version of the external calendar that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Address of the iCalendar file, with the same rules as in `externalCalendarSubscribe`. A new address is fetched
    /// within a minute.
    url: MaybeUndefined<String>,
    /// Interval between fetches in minutes, 15 to 10,080.
    refresh_minutes: MaybeUndefined<i32>,
}

/// End of the subscription to an external calendar.
#[derive(InputObject)]
pub struct ExternalCalendarUnsubscribeInput {
    /// External calendar to end.
    id: ID,
    /// Version of the external calendar that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// Immediate fetch of an external calendar.
#[derive(InputObject)]
pub struct ExternalCalendarRefreshInput {
    /// External calendar to fetch.
    id: ID,
}

payload! {
    /// Payload of `externalCalendarSubscribe`, `externalCalendarUpdate`, `externalCalendarRefresh` and
    /// `externalCalendarUnsubscribe`.
    ExternalCalendarPayload {
        /// External calendar in its current state; null after the end of the subscription, and after a refusal other
        /// than `STALE_VERSION`.
        external_calendar: ExternalCalendar
    } by ExternalCalendar::by_id
}

/// See the module.
#[derive(Default)]
pub struct ExternalMutation;

#[Object]
impl ExternalMutation {
    /// Subscribes to a calendar of another system. Creates a calendar into which the server imports the file at regular
    /// intervals, first within a minute; its entries cannot be changed by hand. Requires `CALENDARS_WRITE` in the
    /// owning authority.
    async fn external_calendar_subscribe(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new external calendar.")] input: ExternalCalendarSubscribeInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let key = idempotency("externalCalendarSubscribe", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, field) = all((
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                optional_id(input.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork"),
            ))?;
            let (name, description, color) = (input.name, input.description, input.color);
            let (zone, confidentiality) = (input.time_zone.map(|it| it.0), input.confidentiality.into());
            let new = NewCalendar { tenant, name, description, color, zone, field, confidentiality };
            service::subscribe(op, new, &input.url, input.refresh_minutes, key).await
        };
        ExternalCalendarPayload::created(op, work).await
    }

    /// Changes the address or the fetch interval of an external calendar. Requires `CALENDARS_WRITE` in the owning
    /// authority.
    async fn external_calendar_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the external calendar.")] input: ExternalCalendarUpdateInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let checked = all((
            NodeType::ExternalCalendar.parse(&input.id, "id"),
            input.url.required("url"),
            input.refresh_minutes.required("refreshMinutes"),
        ));
        let id = checked.clone().map(|(id, ..)| id);
        let work = |id| async move {
            let (_, url, refresh) = checked?;
            service::update(op, id, input.version, url, refresh).await
        };
        ExternalCalendarPayload::changed(op, id, work).await
    }

    /// Ends the subscription to an external calendar: cancels its future entries and archives its calendar. Requires
    /// `CALENDARS_WRITE` in the owning authority.
    async fn external_calendar_unsubscribe(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "External calendar to end.")] input: ExternalCalendarUnsubscribeInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let work = |id| service::unsubscribe(op, id, input.version);
        ExternalCalendarPayload::changed(op, NodeType::ExternalCalendar.parse(&input.id, "id"), work).await
    }

    /// Requests a fetch of an external calendar; `lastOutcome` states the result later. `LIMIT_REACHED` within a minute
    /// of the last fetch. Requires `CALENDARS_WRITE` in the owning authority.
    async fn external_calendar_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "External calendar to fetch.")] input: ExternalCalendarRefreshInput,
    ) -> ApiResult<ExternalCalendarPayload> {
        let op = ctx.op()?;
        let id = NodeType::ExternalCalendar.parse(&input.id, "id");
        ExternalCalendarPayload::changed(op, id, |id| service::refresh(op, id)).await
    }
}
