//! Rules of calendars that live elsewhere.

use chrono::TimeDelta;
use entities::{ScopeArea, calendar, external_calendar};
use icalendar::read::ReadCalendar;
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::patch::Patch;
use kernel::text;
use policy::Grant;
use reqwest::Url;
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::calendars::calendar_service::{NewCalendar, calendar_row, checked};
use crate::calendars::import::plan::MissingEntries;
use crate::calendars::series::EditContext;
use crate::calendars::{calendar_service, import};
use crate::context::audited::{AuditHead, Audited, delete_row, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation};

/// Shortest and longest time between two fetches, in minutes.
const MINUTES: std::ops::RangeInclusive<i32> = 15..=10_080;
/// Shortest time from a fetch to a requested one, in seconds.
const AGAIN_AFTER: i64 = 60;

/// Checks the form of an address.
fn address(url: &str) -> ApiResult<String> {
    let url = text::line(url, "url", 2_000)?;
    let wrong = || Problem::at(UserErrorCode::Invalid, "url", Text::new("no-calendar-address").with("value", &url));
    let scheme = url.split_once("://").map(|it| it.0.to_ascii_lowercase()).unwrap_or_default();
    if !["https", "http", "webcal"].contains(&scheme.as_str()) {
        return Err(wrong().into());
    }
    let parsed = Url::parse(&url).map_err(|_| wrong())?;
    if parsed.host_str().is_none_or(str::is_empty) || !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(wrong().into());
    }
    Ok(url)
}

fn minutes(minutes: i32) -> ApiResult<i32> {
    if MINUTES.contains(&minutes) {
        return Ok(minutes);
    }
    let text = Text::new("out-of-range").with("value", minutes).with("min", MINUTES.start()).with("max", MINUTES.end());
    Err(Problem::at(UserErrorCode::OutOfRange, "refreshMinutes", text).into())
}

/// Creates an external calendar, which is fetched within a minute.
pub async fn subscribe(
    op: &Op,
    new: NewCalendar,
    url: &str,
    refresh: i32,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "externalCalendarSubscribe").await?;
    let session = mutation.session();
    let (grant, owner) = rights::create_in::<calendar::Entity>(session, new.tenant, new.field).await?;
    let calendar = checked(session, new, &owner).await;
    let (url, refresh, (new, zone)) = all((address(url), minutes(refresh), calendar))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let mut calendar = calendar_row(&writer, new, zone, new_id());
    calendar.external = true;
    let calendar = calendar_service::insert(&writer, calendar).await?;
    let private = Audience::private(calendar.tenant_id, ScopeArea::Calendars, calendar.field_of_work_id);
    let row = external_calendar::Model {
        id,
        tenant_id: calendar.tenant_id,
        scope_id: ensure(&writer, &private).await?,
        calendar_id: calendar.id,
        url,
        refresh_minutes: refresh,
        etag: None,
        last_modified: None,
        fetched_at: None,
        outcome: None,
        detail: None,
        warnings: None,
        failures: 0,
        next_fetch_at: writer.now(),
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("external_calendar.subscribed", None)).await?;
    mutation.commit(recorded).await?;
    op.store.wake();
    Ok(id)
}

/// An external calendar with the calendar that it fills, and the grant for an operation on it.
pub(super) async fn find_for(
    session: &Session,
    id: Uuid,
    operation: Operation,
) -> ApiResult<(Grant, calendar::Model, external_calendar::Model)> {
    let (grant, row) = rights::find_for::<external_calendar::Entity>(session, id, operation, "id").await?;
    let calendar = rights::find_visible::<calendar::Entity>(session, row.calendar_id, "id").await?;
    Ok((grant, (*calendar).clone(), (*row).clone()))
}

/// Changes the address or the fetch interval. The file of a new address is fetched in full.
pub async fn update(op: &Op, id: Uuid, version: i32, url: Patch<String>, refresh: Patch<i32>) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "externalCalendarUpdate").await?;
    let session = mutation.session();
    let (grant, _, before) = find_for(session, id, Operation::Update).await?;
    let (url, refresh) = all((url.try_map(|it| address(&it)), refresh.try_map(minutes)))?;
    let (url, refresh_minutes) = (url.or_clone(&before.url), refresh.or(before.refresh_minutes));
    let mut row = external_calendar::Model { url, refresh_minutes, ..before.clone() };
    let writer = session.writer(&grant).await?;
    if row.url != before.url {
        (row.etag, row.last_modified, row.warnings, row.failures) = (None, None, None, 0);
        row.next_fetch_at = writer.now();
    } else if row.refresh_minutes != before.refresh_minutes {
        let next = before.fetched_at.map_or(writer.now(), |it| it + TimeDelta::minutes(row.refresh_minutes.into()));
        row.next_fetch_at = next;
    }
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("external_calendar.updated", Some(&before))).await?;
    mutation.commit(recorded).await?;
    op.store.wake();
    Ok(())
}

/// Ends the subscription: cancels the future entries and archives the calendar.
pub async fn unsubscribe(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "externalCalendarUnsubscribe").await?;
    let session = mutation.session();
    let (grant, before, row) = find_for(session, id, Operation::Unsubscribe).await?;
    let writer = session.writer(&grant).await?;
    writer.lock_named(before.id).await?;
    delete_row::<external_calendar::Entity>(&writer, id, version).await?;
    let nothing = ReadCalendar { events: Vec::new(), problems: Vec::new(), name: None };
    let place = EditContext { session, writer: &writer, mutation: &mutation, calendar: &before };
    let _also = import::apply(&place, nothing, MissingEntries::IsCancelled).await?;
    let mut calendar = before.clone();
    calendar.external = false;
    calendar.archived_at = before.archived_at.or(Some(writer.now()));
    calendar_service::save(&writer, &mut calendar, before.version).await?;
    let change = ChangeRecord {
        version: version.saturating_add(1),
        after: Some(json!({ "unsubscribed": true })),
        ..row.change_record("external_calendar.unsubscribed", Some(&row))
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Requests a fetch.
pub async fn refresh(op: &Op, id: Uuid) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "externalCalendarRefresh").await?;
    let session = mutation.session();
    let (grant, _, mut row) = find_for(session, id, Operation::Refresh).await?;
    let writer = session.writer(&grant).await?;
    let earliest = row.fetched_at.map(|it| it + TimeDelta::seconds(AGAIN_AFTER)).filter(|it| *it > writer.now());
    if let Some(earliest) = earliest {
        let text = Text::new("fetched-just-now").with("earliest", earliest.format("%H:%M:%S UTC"));
        return Err(Problem::at(UserErrorCode::LimitReached, "id", text).into());
    }
    row.next_fetch_at = writer.now();
    let values = external_calendar::ActiveModel { next_fetch_at: Set(row.next_fetch_at), ..Default::default() };
    let here = Condition::all().add(external_calendar::Column::Id.eq(id));
    writer.change::<external_calendar::Entity, _>(here, values).await?;
    let recorded = mutation.record(&writer, row.change_record("external_calendar.refreshed", None)).await?;
    mutation.commit(recorded).await?;
    op.store.wake();
    Ok(())
}

impl Audited for external_calendar::Model {
    const TYPE: &'static str = "ExternalCalendar";

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.calendar_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({ "calendar": self.calendar_id, "url": self.url, "refreshMinutes": self.refresh_minutes })
    }
}

/// Writes the outcome of a fetch.
pub(super) async fn note(writer: &Writer<'_>, row: external_calendar::Model) -> ApiResult<()> {
    let values = external_calendar::ActiveModel {
        etag: Set(row.etag),
        last_modified: Set(row.last_modified),
        fetched_at: Set(row.fetched_at),
        outcome: Set(row.outcome),
        detail: Set(row.detail),
        warnings: Set(row.warnings),
        failures: Set(row.failures),
        next_fetch_at: Set(row.next_fetch_at),
        ..Default::default()
    };
    let here = Condition::all()
        .add(external_calendar::Column::Id.eq(row.id))
        // An address that was changed meanwhile is to be fetched as well.
        .add(external_calendar::Column::Url.eq(row.url));
    writer.change::<external_calendar::Entity, _>(here, values).await?;
    Ok(())
}
