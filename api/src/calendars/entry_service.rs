//! Rules of calendar entries.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use sea_orm::Set;
use serde_json::{Value, json};
use uuid::Uuid;
use verbund_entities::{
    Area, Confidentiality, EntryKind, EntryStatus, calendar, calendar_entry, field_of_work, learning_place,
};

use super::calendar_service::writable;
use super::time::EntryTime;
use super::types::object_of;
use crate::agreements::entry_audience;
use crate::context::{Change, Claim, Idempotency, Mutation, Op, at_version, stale};
use crate::error::{ApiResult, Problem, Problems, UserErrorCode};
use crate::i18n::Text;
use crate::policy::Action;
use crate::store::scopes::{ensure, own_shares, ways_of};
use crate::store::{Session, Writer, full};
use crate::text;

/// What an entry says, complete and not yet checked.
#[derive(Clone, Debug)]
pub struct EntryWish {
    /// Title.
    pub title: String,
    /// Text.
    pub description: Option<String>,
    /// What kind of event.
    pub kind: EntryKind,
    /// How sure it is.
    pub status: EntryStatus,
    /// How far it may go; the calendar's where left out.
    pub confidentiality: Option<Confidentiality>,
    /// Field of work; the calendar's where that has one.
    pub field: Option<Uuid>,
    /// When.
    pub time: EntryTime,
    /// Learning place where it happens.
    pub place: Option<Uuid>,
    /// Place in words.
    pub location: Option<String>,
    /// Who holds it.
    pub organiser: Option<String>,
    /// For whom.
    pub target_groups: Vec<String>,
    /// Where to register.
    pub registration_url: Option<String>,
    /// Where a seeded fact comes from.
    pub source: Option<String>,
}

impl EntryWish {
    /// What an entry says now.
    fn of(row: &calendar_entry::Model) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            kind: row.kind,
            status: row.status,
            confidentiality: Some(row.confidentiality),
            field: row.field_of_work_id,
            time: EntryTime {
                all_day: row.all_day,
                starts_local: row.starts_local,
                ends_local: row.ends_local,
                zone: row.time_zone.parse().unwrap_or(Tz::UTC),
            },
            place: row.learning_place_id,
            location: row.location.clone(),
            organiser: row.organiser.clone(),
            target_groups: row.target_groups.iter().flat_map(|it| it.lines()).map(str::to_owned).collect(),
            registration_url: row.registration_url.clone(),
            source: row.source.clone(),
        }
    }
}

/// When an entry shall be, before the calendar's zone is known.
#[derive(Clone, Debug)]
pub enum WishedTime {
    /// Clock times.
    Timed {
        /// Start.
        start: NaiveDateTime,
        /// End, exclusive.
        end: NaiveDateTime,
        /// Zone; the calendar's where left out.
        zone: Option<Tz>,
    },
    /// Whole days.
    AllDay {
        /// First day.
        first: chrono::NaiveDate,
        /// Last day, inclusive.
        last: chrono::NaiveDate,
    },
}

impl WishedTime {
    fn in_calendar(&self, calendar: &calendar::Model) -> ApiResult<EntryTime> {
        let own = calendar.time_zone.parse().unwrap_or(Tz::UTC);
        match self {
            Self::Timed { start, end, zone } => EntryTime::timed(*start, *end, zone.unwrap_or(own)),
            Self::AllDay { first, last } => EntryTime::all_day(*first, *last, own),
        }
    }
}

/// What shall change of an entry. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct EntryChange {
    /// Title.
    pub title: Option<String>,
    /// Text.
    pub description: Option<Option<String>>,
    /// What kind of event.
    pub kind: Option<EntryKind>,
    /// How sure it is; calling off has a mutation of its own.
    pub status: Option<EntryStatus>,
    /// How far it may go.
    pub confidentiality: Option<Confidentiality>,
    /// Field of work, in a general calendar.
    pub field: Option<Option<Uuid>>,
    /// When.
    pub time: Option<WishedTime>,
    /// Learning place.
    pub place: Option<Option<Uuid>>,
    /// Place in words.
    pub location: Option<Option<String>>,
    /// Who holds it.
    pub organiser: Option<Option<String>>,
    /// For whom.
    pub target_groups: Option<Vec<String>>,
    /// Where to register.
    pub registration_url: Option<Option<String>>,
}

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
    let (grant, calendar) = writable(session, calendar, "calendar").await?;
    if calendar.archived_at.is_some() {
        return Err(Problem::at(UserErrorCode::Conflict, "calendar", Text::new("calendar-archived")).into());
    }
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
    writer.insert(full(row.clone())).await?;
    let recorded = mutation.record(&writer, changed(&row, "calendar_entry.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Checks an entry against its calendar and fills in what the calendar decides.
async fn check(
    session: &Session,
    calendar: &calendar::Model,
    mut wish: EntryWish,
    mut problems: Problems,
) -> ApiResult<EntryWish> {
    wish.title = problems.take(text::line(&wish.title, "title", 200))?.unwrap_or_default();
    wish.description = problems.take(text::optional(wish.description, "description", 10_000))?.flatten();
    wish.location = problems.take(text::optional(wish.location, "location", 300))?.flatten();
    wish.organiser = problems.take(text::optional(wish.organiser, "organiser", 300))?.flatten();
    wish.registration_url = problems.take(text::web_address(wish.registration_url, "registrationUrl"))?.flatten();
    if wish.target_groups.len() > 20 {
        let text = Text::new("list-too-long").with("length", wish.target_groups.len()).with("max", 20);
        problems.add(Problem::at(UserErrorCode::LimitReached, "targetGroups", text));
    } else {
        let mut groups = Vec::new();
        for group in &wish.target_groups {
            groups.extend(problems.take(text::line(group, "targetGroups", 100))?);
        }
        wish.target_groups = groups;
    }
    if wish.confidentiality.is_some_and(|it| it > calendar.confidentiality) {
        let text = Text::new("wider-than-calendar").with("calendar", calendar.confidentiality.as_str());
        problems.add(Problem::at(UserErrorCode::OutOfRange, "confidentiality", text));
    }
    match (calendar.field_of_work_id, wish.field) {
        (Some(own), None) => wish.field = Some(own),
        (Some(own), Some(field)) if own != field => {
            problems.add(Problem::at(UserErrorCode::Invalid, "fieldOfWork", Text::new("not-the-calendars-field")));
        }
        (None, Some(field)) if session.get::<field_of_work::Entity>(field).await?.is_none() => {
            problems.add(Problem::not_found("fieldOfWork"));
        }
        (Some(_), Some(_)) | (None, Some(_) | None) => {}
    }
    if let Some(place) = wish.place
        && session.get::<learning_place::Entity>(place).await?.is_none()
    {
        problems.add(Problem::not_found("place"));
    }
    problems.done()?;
    Ok(wish)
}

/// The row of a new entry, in its calendar's scope until its own is known.
pub fn entry_row(writer: &Writer<'_>, calendar: &calendar::Model, wish: EntryWish, id: Uuid) -> calendar_entry::Model {
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
        learning_place_id: wish.place,
        location: wish.location,
        organiser: wish.organiser,
        target_groups: Some(wish.target_groups.join("\n")).filter(|it| !it.is_empty()),
        registration_url: wish.registration_url,
        cancel_reason: None,
        source: wish.source,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    }
}

/// The scope of an entry: its calendar's, unless it is narrower or takes no time.
async fn scope(writer: &Writer<'_>, calendar: &calendar::Model, row: &calendar_entry::Model) -> ApiResult<Uuid> {
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

/// Looks an entry up and decides whether the actor may change it.
async fn changeable(
    session: &Session,
    id: Uuid,
) -> ApiResult<(crate::policy::Grant, calendar::Model, calendar_entry::Model)> {
    let Some(row) = session.get::<calendar_entry::Entity>(id).await? else {
        return Err(Problem::not_found("id").into());
    };
    let Some(calendar) = session.get::<calendar::Entity>(row.calendar_id).await? else {
        return Err(Problem::not_found("id").into());
    };
    let grant = session.authorize(Action::Write, &object_of(&calendar), "id")?;
    if row.status == EntryStatus::Cancelled {
        return Err(Problem::at(UserErrorCode::Conflict, "id", Text::new("entry-cancelled")).into());
    }
    Ok((grant, (*calendar).clone(), (*row).clone()))
}

/// Changes an entry.
pub async fn update(op: &Op, id: Uuid, version: i32, change: EntryChange) -> ApiResult<()> {
    let mutation = Mutation::begin(op, "calendarEntryUpdate").await?;
    let session = mutation.session();
    let (grant, calendar, before) = changeable(session, id).await?;
    let mut wish = EntryWish::of(&before);
    let mut problems = Problems::default();
    if let Some(time) = &change.time
        && let Some(time) = problems.take(time.in_calendar(&calendar))?
    {
        wish.time = time;
    }
    if change.status == Some(EntryStatus::Cancelled) {
        problems.add(Problem::at(UserErrorCode::Invalid, "status", Text::new("cancel-instead")));
    }
    wish.title = change.title.unwrap_or(wish.title);
    wish.description = change.description.unwrap_or(wish.description);
    wish.kind = change.kind.unwrap_or(wish.kind);
    wish.status = change.status.unwrap_or(wish.status);
    wish.confidentiality = change.confidentiality.or(wish.confidentiality);
    wish.field = change.field.unwrap_or(wish.field);
    wish.place = change.place.unwrap_or(wish.place);
    wish.location = change.location.unwrap_or(wish.location);
    wish.organiser = change.organiser.unwrap_or(wish.organiser);
    wish.target_groups = change.target_groups.unwrap_or(wish.target_groups);
    wish.registration_url = change.registration_url.unwrap_or(wish.registration_url);
    let wish = check(session, &calendar, wish, problems).await?;
    let writer = session.writer(&grant).await?;
    let mut row = entry_row(&writer, &calendar, wish, id);
    row.scope_id = scope(&writer, &calendar, &row).await?;
    row.created_at = before.created_at;
    row.version = version.saturating_add(1);
    save(&writer, &row, version).await?;
    let recorded = mutation.record(&writer, changed(&row, "calendar_entry.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Calls an entry off. It stays, so that those who saw it learn of it.
pub async fn cancel(op: &Op, id: Uuid, version: i32, reason: Option<String>) -> ApiResult<()> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let mutation = Mutation::begin(op, "calendarEntryCancel").await?;
    let session = mutation.session();
    let (grant, calendar, before) = changeable(session, id).await?;
    let writer = session.writer(&grant).await?;
    let mut row = before.clone();
    row.status = EntryStatus::Cancelled;
    row.cancel_reason = reason;
    row.scope_id = scope(&writer, &calendar, &row).await?;
    row.version = version.saturating_add(1);
    row.updated_at = writer.now();
    save(&writer, &row, version).await?;
    let recorded = mutation.record(&writer, changed(&row, "calendar_entry.cancelled", Some(&before))).await?;
    mutation.commit(recorded).await
}

async fn save(writer: &Writer<'_>, row: &calendar_entry::Model, version: i32) -> ApiResult<()> {
    let here = at_version(calendar_entry::Column::Id, row.id, calendar_entry::Column::Version, version);
    let mut values = full(row.clone());
    values.id = sea_orm::NotSet;
    values.updated_at = Set(writer.now());
    if writer.change::<calendar_entry::Entity, _>(here, values).await? == 0 { Err(stale(version)) } else { Ok(()) }
}

fn changed(row: &calendar_entry::Model, topic: &'static str, before: Option<&calendar_entry::Model>) -> Change {
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
        "targetGroups": row.target_groups, "registrationUrl": row.registration_url,
        "cancelReason": row.cancel_reason,
    })
}
