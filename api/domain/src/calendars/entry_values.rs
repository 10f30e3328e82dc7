//! Values of an entry, complete or as changes, and their checks against its calendar.

use std::collections::BTreeSet;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use entities::{
    Audience, Confidentiality, EntryKind, EntryStatus, Pillar, calendar, calendar_entry, field_of_work, learning_place,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use store::Session;
use uuid::Uuid;

/// Values of an entry, complete and not yet checked.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Title.
    pub title: String,
    /// Description.
    pub description: Option<String>,
    /// Kind of event.
    pub kind: EntryKind,
    /// Planning status.
    pub status: EntryStatus,
    /// Confidentiality; that of the calendar where left out.
    pub confidentiality: Option<Confidentiality>,
    /// Field of work; that of the calendar where the calendar has one.
    pub field: Option<Uuid>,
    /// Time.
    pub time: EntryTime,
    /// Learning place.
    pub place: Option<Uuid>,
    /// Location in free text.
    pub location: Option<String>,
    /// Organiser.
    pub organiser: Option<String>,
    /// Speakers and teachers.
    pub speakers: Vec<String>,
    /// Responsible office.
    pub responsible_office: Option<String>,
    /// Audiences, from the closed set.
    pub audiences: BTreeSet<Audience>,
    /// Target groups in free text.
    pub target_groups: Vec<String>,
    /// Pillar of the education region.
    pub pillar: Option<Pillar>,
    /// Cost in free text.
    pub cost: Option<String>,
    /// Web address for registration.
    pub registration_url: Option<String>,
    /// Recurrence.
    pub recurrence: RecurrenceSet,
    /// UID in the calendar that it was imported from.
    pub uid: Option<String>,
    /// Source of a seeded fact.
    pub source: Option<String>,
}

impl NewEntry {
    /// The values of an entry now.
    pub(super) fn of(row: &calendar_entry::Model) -> Self {
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            kind: row.kind,
            status: row.status,
            confidentiality: Some(row.confidentiality),
            field: row.field_of_work_id,
            time: EntryTime::of(row),
            place: row.learning_place_id,
            location: row.location.clone(),
            organiser: row.organiser.clone(),
            speakers: lines(row.speakers.as_deref()),
            responsible_office: row.responsible_office.clone(),
            audiences: read_audiences(row.audiences.as_deref()),
            target_groups: lines(row.target_groups.as_deref()),
            pillar: row.pillar,
            cost: row.cost.clone(),
            registration_url: row.registration_url.clone(),
            recurrence: RecurrenceSet::of(row),
            uid: row.uid.clone(),
            source: row.source.clone(),
        }
    }
}

/// Time of an entry, before the calendar's zone is known.
#[derive(Clone, Debug)]
pub enum NewTime {
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

impl NewTime {
    /// The time, in the calendar's zone where none is named.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` when the end is not after the start, or too far from it.
    pub fn in_calendar(&self, calendar: &calendar::Model) -> ApiResult<EntryTime> {
        let own = calendar.time_zone.parse().unwrap_or(Tz::UTC);
        match self {
            Self::Timed { start, end, zone } => EntryTime::timed(*start, *end, zone.unwrap_or(own)),
            Self::AllDay { first, last } => EntryTime::all_day(*first, *last, own),
        }
    }
}

/// Changes to an entry.
#[derive(Clone, Debug, Default)]
pub struct EntryPatch {
    /// Title.
    pub title: Patch<String>,
    /// Description.
    pub description: Patch<Option<String>>,
    /// Kind of event.
    pub kind: Patch<EntryKind>,
    /// Planning status; cancelling has a mutation of its own.
    pub status: Patch<EntryStatus>,
    /// Confidentiality.
    pub confidentiality: Patch<Confidentiality>,
    /// Field of work, in a general calendar.
    pub field: Patch<Option<Uuid>>,
    /// Time.
    pub time: Patch<NewTime>,
    /// Learning place.
    pub place: Patch<Option<Uuid>>,
    /// Location in free text.
    pub location: Patch<Option<String>>,
    /// Organiser.
    pub organiser: Patch<Option<String>>,
    /// Speakers and teachers.
    pub speakers: Patch<Vec<String>>,
    /// Responsible office.
    pub responsible_office: Patch<Option<String>>,
    /// Audiences, from the closed set.
    pub audiences: Patch<BTreeSet<Audience>>,
    /// Target groups in free text.
    pub target_groups: Patch<Vec<String>>,
    /// Pillar of the education region.
    pub pillar: Patch<Option<Pillar>>,
    /// Cost in free text.
    pub cost: Patch<Option<String>>,
    /// Web address for registration.
    pub registration_url: Patch<Option<String>>,
    /// Recurrence; the empty one makes a single entry.
    pub recurrence: Patch<RecurrenceSet>,
}

impl EntryPatch {
    /// The values after the change. When all of a series moves, its dates move along unless they are given anew.
    ///
    /// # Errors
    /// The times do not fit each other.
    pub(super) fn applied(
        self,
        mut new: NewEntry,
        calendar: &calendar::Model,
        problems: &mut Problems,
    ) -> ApiResult<NewEntry> {
        if let Patch::Set(time) = &self.time
            && let Some(time) = problems.take(time.in_calendar(calendar))?
        {
            let delta = time.starts_local - new.time.starts_local;
            if !delta.is_zero() || time.all_day != new.time.all_day {
                new.recurrence = new.recurrence.moved(delta, time.all_day);
            }
            new.time = time;
        }
        if self.status == Patch::Set(EntryStatus::Cancelled) {
            problems.add(Problem::at(UserErrorCode::Invalid, "status", Text::new("cancel-instead")));
        }
        new.title = self.title.or(new.title);
        new.description = self.description.or(new.description);
        new.kind = self.kind.or(new.kind);
        new.status = self.status.or(new.status);
        new.confidentiality = self.confidentiality.map(Some).or(new.confidentiality);
        new.field = self.field.or(new.field);
        new.place = self.place.or(new.place);
        new.location = self.location.or(new.location);
        new.organiser = self.organiser.or(new.organiser);
        new.speakers = self.speakers.or(new.speakers);
        new.responsible_office = self.responsible_office.or(new.responsible_office);
        new.audiences = self.audiences.or(new.audiences);
        new.target_groups = self.target_groups.or(new.target_groups);
        new.pillar = self.pillar.or(new.pillar);
        new.cost = self.cost.or(new.cost);
        new.registration_url = self.registration_url.or(new.registration_url);
        new.recurrence = self.recurrence.or(new.recurrence);
        Ok(new)
    }
}

fn lines(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(str::lines).map(str::to_owned).collect()
}

/// Audiences as they are stored: each between semicolons, so that one can be searched for.
pub fn kept_audiences(audiences: &BTreeSet<Audience>) -> Option<String> {
    let names: Vec<_> = audiences.iter().map(|it| it.as_str()).collect();
    (!names.is_empty()).then(|| format!(";{};", names.join(";")))
}

/// Audiences as they were stored.
pub fn read_audiences(kept: Option<&str>) -> BTreeSet<Audience> {
    kept.into_iter().flat_map(|it| it.split(';')).filter_map(|it| it.parse().ok()).collect()
}

/// Checks an entry against its calendar and fills in what the calendar decides.
pub(super) async fn check(
    session: &Session,
    calendar: &calendar::Model,
    mut new: NewEntry,
    problems: Problems,
) -> ApiResult<NewEntry> {
    let field = fitting_field(session, calendar, &new).await;
    let RecurrenceSet { rule, rdate, exdate } = new.recurrence;
    let values = all((
        text::line(&new.title, "title", 200),
        text::optional(new.description, "description", 10_000),
        text::optional(new.location, "location", 300),
        text::optional(new.organiser, "organiser", 300),
        text::web_address(new.registration_url, "registrationUrl"),
        text::optional(new.responsible_office, "responsibleOffice", 300),
        text::optional(new.cost, "cost", 300),
        string_list(new.target_groups, "targetGroups"),
        string_list(new.speakers, "speakers"),
        RecurrenceSet::checked(rule.as_deref(), rdate, exdate, new.time.all_day, new.time.zone),
    ));
    let ((), values, field) = all((problems.done(), values, field))?;
    (
        new.title,
        new.description,
        new.location,
        new.organiser,
        new.registration_url,
        new.responsible_office,
        new.cost,
        new.target_groups,
        new.speakers,
        new.recurrence,
    ) = values;
    if new.recurrence.ends_before(new.time.starts_local) {
        let form = if new.time.all_day { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M" };
        let text = Text::new("rule-ends-before-start")
            .with("end", new.recurrence.until().unwrap_or_default())
            .with("start", new.time.starts_local.format(form));
        return Err(Problem::at(UserErrorCode::Invalid, "recurrence.rule", text).into());
    }
    new.field = field;
    Ok(new)
}

/// The field of work of an entry in its calendar, if what the calendar and other objects decide about the entry is met.
async fn fitting_field(session: &Session, calendar: &calendar::Model, new: &NewEntry) -> ApiResult<Option<Uuid>> {
    let mut problems = Problems::default();
    if new.confidentiality.is_some_and(|it| it > calendar.confidentiality) {
        let text = Text::new("wider-than-calendar").with("calendar", calendar.confidentiality.as_str());
        problems.add(Problem::at(UserErrorCode::OutOfRange, "confidentiality", text));
    }
    match (calendar.field_of_work_id, new.field) {
        (Some(own), Some(field)) if own != field => {
            problems.add(Problem::at(UserErrorCode::Invalid, "fieldOfWork", Text::new("not-the-calendars-field")));
        }
        (None, Some(field)) if session.get::<field_of_work::Entity>(field).await?.is_none() => {
            problems.add(Problem::not_found("fieldOfWork"));
        }
        _ => {}
    }
    if let Some(place) = new.place
        && session.get::<learning_place::Entity>(place).await?.is_none()
    {
        problems.add(Problem::not_found("place"));
    }
    problems.done()?;
    Ok(calendar.field_of_work_id.or(new.field))
}

/// Short lines, at most 20.
fn string_list(list: Vec<String>, field: &'static str) -> ApiResult<Vec<String>> {
    if list.len() > 20 {
        let text = Text::new("list-too-long").with("length", list.len()).with("max", 20);
        return Err(Problem::at(UserErrorCode::LimitReached, field, text).into());
    }
    let mut problems = Problems::default();
    let mut lines = Vec::new();
    for line in &list {
        lines.extend(problems.take(text::line(line, field, 100))?);
    }
    problems.done()?;
    Ok(lines)
}
