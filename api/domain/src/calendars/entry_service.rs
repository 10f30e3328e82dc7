//! Rules of calendar entries: making, changing and calling off, of single ones and of whole series. What concerns some
//! dates of a series is in `series`.

use std::sync::Arc;

use calendar_time::recurrence::listed;
use entities::{Area, Confidentiality, EntryStatus, calendar, calendar_entry};
use kernel::error::{ApiResult, Problems};
use kernel::text;
use policy::Grant;
use sea_orm::Set;
use serde_json::{Value, json};
use store::scopes::{ensure, own_shares, ways_of};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::agreements::shares::entry_audience;
use crate::calendars::entry_wish::{EntryChange, EntryWish, WishedTime, check, kept_audiences};
use crate::calendars::series;
use crate::calendars::series::Apply;
use crate::context::mutation::{Change, Claim, Idempotency, Mutation, Recorded, at_version, stale};
use crate::context::op::Op;
use crate::rights::{self, Operation};

/// Puts an entry into a calendar.
pub async fn create(
    op: &Op,
    calendar: Uuid,
    mut wish: EntryWish,
    time: WishedTime,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "calendarEntryCreate").await?;
    let session = mutation.session();
    let (grant, calendar) =
        rights::find_for::<calendar::Entity>(session, calendar, Operation::CreateEntries, "calendar").await?;
    let mut problems = Problems::default();
    if let Some(time) = problems.take(time.in_calendar(&calendar))? {
        wish.time = time;
    }
    let wish = check(session, &calendar, wish, problems).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let mut row = entry_row(&writer, &calendar, wish, id);
    row.scope_id = scope(&writer, &calendar, &row).await?;
    insert(&writer, &mut row).await?;
    let recorded = mutation.record(&writer, changed(&row, "calendar_entry.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Writes a new entry with its dates.
pub(super) async fn insert(writer: &Writer<'_>, row: &mut calendar_entry::Model) -> ApiResult<()> {
    let dates = series::plan(row, writer.now())?;
    writer.insert(full(row.clone())).await?;
    series::write(writer, row, dates).await
}

/// The row of a new entry, in its calendar's scope until its own is known.
pub fn entry_row(writer: &Writer<'_>, calendar: &calendar::Model, wish: EntryWish, id: Uuid) -> calendar_entry::Model {
    let lines = |lines: Vec<String>| Some(lines.join("\n")).filter(|it| !it.is_empty());
    calendar_entry::Model {
        id,
        tenant_id: calendar.tenant_id,
        scope_id: calendar.scope_id,
        calendar_id: calendar.id,
        search_text: text::fold(&wish.title),
        title: wish.title,
        description: wish.description,
        kind: wish.kind,
        status: wish.status,
        confidentiality: wish.confidentiality.unwrap_or(calendar.confidentiality),
        field_of_work_id: wish.field.or(calendar.field_of_work_id),
        all_day: wish.time.all_day,
        starts_local: wish.time.starts_local,
        ends_local: wish.time.ends_local,
        time_zone: wish.time.zone.name().to_owned(),
        starts_at: wish.time.starts_at(),
        ends_at: wish.time.ends_at(),
        recurrence_rule: wish.recurrence.rule,
        extra_dates: listed(&wish.recurrence.extra),
        except_dates: listed(&wish.recurrence.except),
        expanded_until: None,
        series_id: None,
        series_date: None,
        uid: wish.uid,
        source_sequence: None,
        source_modified: None,
        source_digest: None,
        learning_place_id: wish.place,
        location: wish.location,
        organiser: wish.organiser,
        speakers: lines(wish.speakers),
        responsible_office: wish.responsible_office,
        pillar: wish.pillar,
        audiences: kept_audiences(&wish.audiences),
        cost: wish.cost,
        target_groups: lines(wish.target_groups),
        registration_url: wish.registration_url,
        cancel_reason: None,
        source: wish.source,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    }
}

/// The scope of an entry: its calendar's, unless it is narrower or takes no time.
pub(super) async fn scope(
    writer: &Writer<'_>,
    calendar: &calendar::Model,
    row: &calendar_entry::Model,
) -> ApiResult<Uuid> {
    if row.confidentiality == calendar.confidentiality && row.status.takes_time() {
        return Ok(calendar.scope_id);
    }
    let ways = match row.confidentiality {
        Confidentiality::Partner => ways_of(&own_shares(writer, Area::Calendars).await?, calendar),
        Confidentiality::Internal | Confidentiality::Public => Default::default(),
    };
    let takes_time = row.status.takes_time();
    let audience =
        entry_audience(calendar.tenant_id, calendar.field_of_work_id, row.confidentiality, takes_time, &ways);
    ensure(writer, &audience).await
}

/// An entry with its calendar, and the grant for an operation on it.
async fn find_for(
    session: &Session,
    id: Uuid,
    operation: Operation,
) -> ApiResult<(Grant, Arc<calendar::Model>, Arc<calendar_entry::Model>)> {
    let (grant, row) = rights::find_for::<calendar_entry::Entity>(session, id, operation, "id").await?;
    let calendar = rights::find_visible::<calendar::Entity>(session, row.calendar_id, "id").await?;
    Ok((grant, calendar, row))
}

/// Changes an entry, or some dates of a series; tells which entry says so now.
pub async fn update(op: &Op, id: Uuid, version: i32, apply: Apply, change: EntryChange) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "calendarEntryUpdate").await?;
    let (shown, recorded) = update_in(&mutation, id, version, apply, change).await?;
    mutation.commit(recorded).await?;
    Ok(shown)
}

/// The same as a part of another mutation.
///
/// # Errors
/// The usual refusals.
pub async fn update_in(
    mutation: &Mutation,
    id: Uuid,
    version: i32,
    apply: Apply,
    change: EntryChange,
) -> ApiResult<(Uuid, Recorded)> {
    let session = mutation.session();
    let (grant, calendar, before) = find_for(session, id, Operation::Update).await?;
    let writer = session.writer(&grant).await?;
    let place = series::Place { session, writer: &writer, mutation, calendar: &calendar };
    Ok(match series::part(&place, &before, apply).await? {
        series::Part::Whole => (id, update_whole(&place, &before, version, change).await?),
        series::Part::Date(date) => place.change_date(&before, version, date, change).await?,
        series::Part::Rest(date) => place.change_rest(&before, version, date, change).await?,
    })
}

async fn update_whole(
    place: &series::Place<'_>,
    before: &calendar_entry::Model,
    version: i32,
    change: EntryChange,
) -> ApiResult<Recorded> {
    let mut problems = Problems::default();
    if before.series_id.is_some() {
        series::refuse_for_one_date(&change, before, &mut problems);
    }
    let wish = change.applied(EntryWish::of(before), place.calendar, &mut problems)?;
    let wish = check(place.session, place.calendar, wish, problems).await?;
    let mut row = entry_row(place.writer, place.calendar, wish, before.id);
    row.scope_id = scope(place.writer, place.calendar, &row).await?;
    (row.series_id, row.series_date) = (before.series_id, before.series_date);
    kept_source(&mut row, before);
    row.created_at = before.created_at;
    row.version = version.saturating_add(1);
    let dates = series::plan(&mut row, place.writer.now())?;
    save(place.writer, &row, version).await?;
    if before.expanded_until.is_some() || row.expanded_until.is_some() {
        let dates = place.keep_changed_dates(before, &row, dates).await?;
        series::write(place.writer, &row, dates).await?;
    }
    place.mutation.record(place.writer, changed(&row, "calendar_entry.updated", Some(before))).await
}

/// Calls an entry off, or some dates of a series. It stays, so that those who saw it learn of it. Tells which entry says
/// so now.
pub async fn cancel(op: &Op, id: Uuid, version: i32, apply: Apply, reason: Option<String>) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "calendarEntryCancel").await?;
    let (shown, recorded) = cancel_in(&mutation, id, version, apply, reason).await?;
    mutation.commit(recorded).await?;
    Ok(shown)
}

/// The same as a part of another mutation.
///
/// # Errors
/// The usual refusals.
pub async fn cancel_in(
    mutation: &Mutation,
    id: Uuid,
    version: i32,
    apply: Apply,
    reason: Option<String>,
) -> ApiResult<(Uuid, Recorded)> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let session = mutation.session();
    let (grant, calendar, before) = find_for(session, id, Operation::Cancel).await?;
    let writer = session.writer(&grant).await?;
    let place = series::Place { session, writer: &writer, mutation, calendar: &calendar };
    Ok(match series::part(&place, &before, apply).await? {
        series::Part::Whole => (id, cancel_whole(&place, &before, version, reason).await?),
        series::Part::Date(date) => place.cancel_date(&before, version, date, reason).await?,
        series::Part::Rest(date) => place.cancel_rest(&before, version, date, reason).await?,
    })
}

async fn cancel_whole(
    place: &series::Place<'_>,
    before: &calendar_entry::Model,
    version: i32,
    reason: Option<String>,
) -> ApiResult<Recorded> {
    let mut row = before.clone();
    called_off(&mut row, reason.clone());
    row.scope_id = scope(place.writer, place.calendar, &row).await?;
    row.version = version.saturating_add(1);
    save(place.writer, &row, version).await?;
    if before.expanded_until.is_some() {
        place.cancel_changed_dates(before.id, reason.as_deref()).await?;
    }
    place.mutation.record(place.writer, changed(&row, "calendar_entry.cancelled", Some(before))).await
}

/// Where an entry was taken over from stays known whatever is changed here.
pub(super) fn kept_source(row: &mut calendar_entry::Model, before: &calendar_entry::Model) {
    (row.source_sequence, row.source_modified) = (before.source_sequence, before.source_modified);
    row.source_digest.clone_from(&before.source_digest);
}

pub(super) fn called_off(row: &mut calendar_entry::Model, reason: Option<String>) {
    row.status = EntryStatus::Cancelled;
    row.cancel_reason = reason;
}

pub(super) async fn save(writer: &Writer<'_>, row: &calendar_entry::Model, version: i32) -> ApiResult<()> {
    let here = at_version(calendar_entry::Column::Id, row.id, calendar_entry::Column::Version, version);
    let mut values = full(row.clone());
    values.id = sea_orm::NotSet;
    values.updated_at = Set(writer.now());
    if writer.change::<calendar_entry::Entity, _>(here, values).await? == 0 { Err(stale(version)) } else { Ok(()) }
}

/// What is told of an entry.
pub fn changed(row: &calendar_entry::Model, topic: &'static str, before: Option<&calendar_entry::Model>) -> Change {
    Change {
        object_type: "CalendarEntry",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: Some(row.calendar_id),
        also: before.map(|it| it.scope_id).into_iter().collect(),
        agreement: None,
        before: before.map(told),
        after: Some(told(row)),
    }
}

/// An entry in the audit trail.
fn told(row: &calendar_entry::Model) -> Value {
    json!({
        "calendar": row.calendar_id, "title": row.title, "description": row.description, "kind": row.kind,
        "status": row.status, "confidentiality": row.confidentiality, "fieldOfWork": row.field_of_work_id,
        "allDay": row.all_day, "start": row.starts_local, "end": row.ends_local, "timeZone": row.time_zone,
        "place": row.learning_place_id, "location": row.location, "organiser": row.organiser,
        "speakers": row.speakers, "responsibleOffice": row.responsible_office, "audiences": row.audiences,
        "targetGroups": row.target_groups, "pillar": row.pillar, "cost": row.cost, "registrationUrl": row.registration_url,
        "recurrenceRule": row.recurrence_rule, "extraDates": row.extra_dates, "exceptDates": row.except_dates,
        "series": row.series_id, "seriesDate": row.series_date, "cancelReason": row.cancel_reason,
    })
}
