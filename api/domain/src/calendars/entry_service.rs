//! Rules of calendar entries: creating, changing and cancelling single ones and whole series. Single dates of a series
//! are in `series`.

use std::sync::Arc;

use calendar_time::recurrence::listed;
use entities::{Area, Confidentiality, EntryStatus, calendar, calendar_entry};
use kernel::error::{ApiResult, Problems};
use kernel::text;
use policy::Grant;
use serde_json::{Value, json};
use store::scopes::{ensure, own_shares, scope_shares_of};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::agreements::shares::entry_audience;
use crate::calendars::entry_values::{EntryPatch, NewEntry, NewTime, check, kept_audiences};
use crate::calendars::series;
use crate::calendars::series::Apply;
use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{AuditReceipt, Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation};

/// Creates an entry in a calendar.
pub async fn create(
    op: &Op,
    calendar: Uuid,
    mut new: NewEntry,
    time: NewTime,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "calendarEntryCreate").await?;
    let session = mutation.session();
    let (grant, calendar) =
        rights::find_for::<calendar::Entity>(session, calendar, Operation::CreateEntries, "calendar").await?;
    let mut problems = Problems::default();
    if let Some(time) = problems.take(time.in_calendar(&calendar))? {
        new.time = time;
    }
    let new = check(session, &calendar, new, problems).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let mut row = entry_row(&writer, &calendar, new, id);
    row.scope_id = scope(&writer, &calendar, &row).await?;
    insert(&writer, &mut row).await?;
    let recorded = mutation.record(&writer, row.change_record("calendar_entry.created", None)).await?;
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
pub fn entry_row(writer: &Writer<'_>, calendar: &calendar::Model, new: NewEntry, id: Uuid) -> calendar_entry::Model {
    let lines = |lines: Vec<String>| Some(lines.join("\n")).filter(|it| !it.is_empty());
    calendar_entry::Model {
        id,
        tenant_id: calendar.tenant_id,
        scope_id: calendar.scope_id,
        calendar_id: calendar.id,
        search_text: text::fold(&new.title),
        title: new.title,
        description: new.description,
        kind: new.kind,
        status: new.status,
        confidentiality: new.confidentiality.unwrap_or(calendar.confidentiality),
        field_of_work_id: new.field.or(calendar.field_of_work_id),
        all_day: new.time.all_day,
        starts_local: new.time.starts_local,
        ends_local: new.time.ends_local,
        time_zone: new.time.zone.name().to_owned(),
        starts_at: new.time.starts_at(),
        ends_at: new.time.ends_at(),
        recurrence_rule: new.recurrence.rule,
        extra_dates: listed(&new.recurrence.rdate),
        except_dates: listed(&new.recurrence.exdate),
        expanded_until: None,
        series_id: None,
        series_date: None,
        uid: new.uid,
        source_sequence: None,
        source_modified: None,
        source_digest: None,
        learning_place_id: new.place,
        location: new.location,
        organiser: new.organiser,
        speakers: lines(new.speakers),
        responsible_office: new.responsible_office,
        pillar: new.pillar,
        audiences: kept_audiences(&new.audiences),
        cost: new.cost,
        target_groups: lines(new.target_groups),
        registration_url: new.registration_url,
        cancel_reason: None,
        source: new.source,
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
    if row.confidentiality == calendar.confidentiality && row.takes_time() {
        return Ok(calendar.scope_id);
    }
    let scope_shares = match row.confidentiality {
        Confidentiality::Partner => scope_shares_of(&own_shares(writer, Area::Calendars).await?, calendar),
        Confidentiality::Internal | Confidentiality::Public => Default::default(),
    };
    let takes_time = row.takes_time();
    let audience =
        entry_audience(calendar.tenant_id, calendar.field_of_work_id, row.confidentiality, takes_time, &scope_shares);
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

/// Changes an entry, or some dates of a series. Returns the entry that has the new values.
pub async fn update(op: &Op, id: Uuid, version: i32, apply: Apply, patch: EntryPatch) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "calendarEntryUpdate").await?;
    let (shown, recorded) = update_in(&mutation, id, version, apply, patch).await?;
    mutation.commit(recorded).await?;
    Ok(shown)
}

/// [`update`] as a part of another mutation.
///
/// # Errors
/// The usual refusals.
pub async fn update_in(
    mutation: &UnitOfWork,
    id: Uuid,
    version: i32,
    apply: Apply,
    patch: EntryPatch,
) -> ApiResult<(Uuid, AuditReceipt)> {
    let session = mutation.session();
    let (grant, calendar, before) = find_for(session, id, Operation::Update).await?;
    let writer = session.writer(&grant).await?;
    let place = series::EditContext { session, writer: &writer, mutation, calendar: &calendar };
    Ok(match series::part(&place, &before, apply).await? {
        series::SeriesPart::Whole => (id, update_whole(&place, &before, version, patch).await?),
        series::SeriesPart::Date(date) => place.change_date(&before, version, date, patch).await?,
        series::SeriesPart::Rest(date) => place.change_rest(&before, version, date, patch).await?,
    })
}

async fn update_whole(
    context: &series::EditContext<'_>,
    before: &calendar_entry::Model,
    version: i32,
    patch: EntryPatch,
) -> ApiResult<AuditReceipt> {
    let mut problems = Problems::default();
    if before.series_id.is_some() {
        series::refuse_for_one_date(&patch, before, &mut problems);
    }
    let new = patch.applied(NewEntry::of(before), context.calendar, &mut problems)?;
    let new = check(context.session, context.calendar, new, problems).await?;
    let mut row = entry_row(context.writer, context.calendar, new, before.id);
    row.scope_id = scope(context.writer, context.calendar, &row).await?;
    (row.series_id, row.series_date) = (before.series_id, before.series_date);
    kept_source(&mut row, before);
    row.created_at = before.created_at;
    let dates = series::plan(&mut row, context.writer.now())?;
    save_row(context.writer, &mut row, version).await?;
    if before.expanded_until.is_some() || row.expanded_until.is_some() {
        let dates = context.keep_changed_dates(before, &row, dates).await?;
        series::write(context.writer, &row, dates).await?;
    }
    context.mutation.record(context.writer, row.change_record("calendar_entry.updated", Some(before))).await
}

/// Cancels an entry, or some dates of a series. The entry stays, so that those who saw it learn of it. Returns the
/// cancelled entry.
pub async fn cancel(op: &Op, id: Uuid, version: i32, apply: Apply, reason: Option<String>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "calendarEntryCancel").await?;
    let (shown, recorded) = cancel_in(&mutation, id, version, apply, reason).await?;
    mutation.commit(recorded).await?;
    Ok(shown)
}

/// [`cancel`] as a part of another mutation.
///
/// # Errors
/// The usual refusals.
pub async fn cancel_in(
    mutation: &UnitOfWork,
    id: Uuid,
    version: i32,
    apply: Apply,
    reason: Option<String>,
) -> ApiResult<(Uuid, AuditReceipt)> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let session = mutation.session();
    let (grant, calendar, before) = find_for(session, id, Operation::Cancel).await?;
    let writer = session.writer(&grant).await?;
    let place = series::EditContext { session, writer: &writer, mutation, calendar: &calendar };
    Ok(match series::part(&place, &before, apply).await? {
        series::SeriesPart::Whole => (id, cancel_whole(&place, &before, version, reason).await?),
        series::SeriesPart::Date(date) => place.cancel_date(&before, version, date, reason).await?,
        series::SeriesPart::Rest(date) => place.cancel_rest(&before, version, date, reason).await?,
    })
}

async fn cancel_whole(
    context: &series::EditContext<'_>,
    before: &calendar_entry::Model,
    version: i32,
    reason: Option<String>,
) -> ApiResult<AuditReceipt> {
    let mut row = before.clone();
    called_off(&mut row, reason.clone());
    row.scope_id = scope(context.writer, context.calendar, &row).await?;
    save_row(context.writer, &mut row, version).await?;
    if before.expanded_until.is_some() {
        context.cancel_changed_dates(before.id, reason.as_deref()).await?;
    }
    context.mutation.record(context.writer, row.change_record("calendar_entry.cancelled", Some(before))).await
}

/// Keeps the source from which an entry was imported.
pub(super) fn kept_source(row: &mut calendar_entry::Model, before: &calendar_entry::Model) {
    (row.source_sequence, row.source_modified) = (before.source_sequence, before.source_modified);
    row.source_digest.clone_from(&before.source_digest);
}

pub(super) fn called_off(row: &mut calendar_entry::Model, reason: Option<String>) {
    row.status = EntryStatus::Cancelled;
    row.cancel_reason = reason;
}

impl Audited for calendar_entry::Model {
    const TYPE: &'static str = "CalendarEntry";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.calendar_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "calendar": self.calendar_id, "title": self.title, "description": self.description, "kind": self.kind,
            "status": self.status, "confidentiality": self.confidentiality, "fieldOfWork": self.field_of_work_id,
            "allDay": self.all_day, "start": self.starts_local, "end": self.ends_local, "timeZone": self.time_zone,
            "place": self.learning_place_id, "location": self.location, "organiser": self.organiser,
            "speakers": self.speakers, "responsibleOffice": self.responsible_office, "audiences": self.audiences,
            "targetGroups": self.target_groups, "pillar": self.pillar, "cost": self.cost, "registrationUrl": self.registration_url,
            "recurrenceRule": self.recurrence_rule, "extraDates": self.extra_dates, "exceptDates": self.except_dates,
            "series": self.series_id, "seriesDate": self.series_date, "cancelReason": self.cancel_reason,
        })
    }
}
