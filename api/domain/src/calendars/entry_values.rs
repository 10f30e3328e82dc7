//! What an entry shall say: complete, or as a change of what it says; checked against its calendar.

use std::collections::BTreeSet;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use entities::{
    Audience, Confidentiality, EntryKind, EntryStatus, Pillar, calendar, calendar_entry, field_of_work, learning_place,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use store::Session;
use uuid::Uuid;

/// What an entry says, complete and not yet checked.
#[derive(Clone, Debug)]
pub struct NewEntry {
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
    /// Who speaks or teaches.
    pub speakers: Vec<String>,
    /// The office that answers for it.
    pub responsible_office: Option<String>,
    /// For whom, of the closed set.
    pub audiences: BTreeSet<Audience>,
    /// For whom, in words.
    pub target_groups: Vec<String>,
    /// Pillar of the education region.
    pub pillar: Option<Pillar>,
    /// What it costs, in words.
    pub cost: Option<String>,
    /// Where to register.
    pub registration_url: Option<String>,
    /// How it recurs.
    pub recurrence: RecurrenceSet,
    /// UID in the calendar that it was imported from.
    pub uid: Option<String>,
    /// Where a seeded fact comes from.
    pub source: Option<String>,
}

impl NewEntry {
    /// What an entry says now.
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

/// When an entry shall be, before the calendar's zone is known.
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

/// What shall change of an entry. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct EntryPatch {
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
    pub time: Option<NewTime>,
    /// Learning place.
    pub place: Option<Option<Uuid>>,
    /// Place in words.
    pub location: Option<Option<String>>,
    /// Who holds it.
    pub organiser: Option<Option<String>>,
    /// Who speaks or teaches.
    pub speakers: Option<Vec<String>>,
    /// The office that answers for it.
    pub responsible_office: Option<Option<String>>,
    /// For whom, of the closed set.
    pub audiences: Option<BTreeSet<Audience>>,
    /// For whom, in words.
    pub target_groups: Option<Vec<String>>,
    /// Pillar of the education region.
    pub pillar: Option<Option<Pillar>>,
    /// What it costs, in words.
    pub cost: Option<Option<String>>,
    /// Where to register.
    pub registration_url: Option<Option<String>>,
    /// How it recurs; the empty one makes it a single entry.
    pub recurrence: Option<RecurrenceSet>,
}

impl EntryPatch {
    /// What an entry says after it. When all of a series moves, its dates move along unless they are given anew.
    ///
    /// # Errors
    /// The times do not fit each other.
    pub(super) fn applied(
        self,
        mut new: NewEntry,
        calendar: &calendar::Model,
        problems: &mut Problems,
    ) -> ApiResult<NewEntry> {
        if let Some(time) = &self.time
            && let Some(time) = problems.take(time.in_calendar(calendar))?
        {
            let delta = time.starts_local - new.time.starts_local;
            if !delta.is_zero() || time.all_day != new.time.all_day {
                new.recurrence = new.recurrence.moved(delta, time.all_day);
            }
            new.time = time;
        }
        if self.status == Some(EntryStatus::Cancelled) {
            problems.add(Problem::at(UserErrorCode::Invalid, "status", Text::new("cancel-instead")));
        }
        new.title = self.title.unwrap_or(new.title);
        new.description = self.description.unwrap_or(new.description);
        new.kind = self.kind.unwrap_or(new.kind);
        new.status = self.status.unwrap_or(new.status);
        new.confidentiality = self.confidentiality.or(new.confidentiality);
        new.field = self.field.unwrap_or(new.field);
        new.place = self.place.unwrap_or(new.place);
        new.location = self.location.unwrap_or(new.location);
        new.organiser = self.organiser.unwrap_or(new.organiser);
        new.speakers = self.speakers.unwrap_or(new.speakers);
        new.responsible_office = self.responsible_office.unwrap_or(new.responsible_office);
        new.audiences = self.audiences.unwrap_or(new.audiences);
        new.target_groups = self.target_groups.unwrap_or(new.target_groups);
        new.pillar = self.pillar.unwrap_or(new.pillar);
        new.cost = self.cost.unwrap_or(new.cost);
        new.registration_url = self.registration_url.unwrap_or(new.registration_url);
        new.recurrence = self.recurrence.unwrap_or(new.recurrence);
        Ok(new)
    }
}

fn lines(text: Option<&str>) -> Vec<String> {
    text.into_iter().flat_map(str::lines).map(str::to_owned).collect()
}

/// Audiences as they are kept: each between semicolons, so that one can be looked for.
pub fn kept_audiences(audiences: &BTreeSet<Audience>) -> Option<String> {
    let names: Vec<_> = audiences.iter().map(|it| it.as_str()).collect();
    (!names.is_empty()).then(|| format!(";{};", names.join(";")))
}

/// Audiences as they were kept.
pub fn read_audiences(kept: Option<&str>) -> BTreeSet<Audience> {
    kept.into_iter().flat_map(|it| it.split(';')).filter_map(|it| it.parse().ok()).collect()
}

/// Checks an entry against its calendar and fills in what the calendar decides.
pub(super) async fn check(
    session: &Session,
    calendar: &calendar::Model,
    mut new: NewEntry,
    mut problems: Problems,
) -> ApiResult<NewEntry> {
    new.title = problems.take(text::line(&new.title, "title", 200))?.unwrap_or_default();
    new.description = problems.take(text::optional(new.description, "description", 10_000))?.flatten();
    new.location = problems.take(text::optional(new.location, "location", 300))?.flatten();
    new.organiser = problems.take(text::optional(new.organiser, "organiser", 300))?.flatten();
    new.registration_url = problems.take(text::web_address(new.registration_url, "registrationUrl"))?.flatten();
    new.responsible_office = problems.take(text::optional(new.responsible_office, "responsibleOffice", 300))?.flatten();
    new.cost = problems.take(text::optional(new.cost, "cost", 300))?.flatten();
    new.target_groups = string_list(new.target_groups, "targetGroups", &mut problems)?;
    new.speakers = string_list(new.speakers, "speakers", &mut problems)?;
    let RecurrenceSet { rule, rdate, exdate } = new.recurrence;
    let recurrence = RecurrenceSet::checked(rule.as_deref(), rdate, exdate, new.time.all_day, new.time.zone);
    new.recurrence = problems.take(recurrence)?.unwrap_or_default();
    if new.confidentiality.is_some_and(|it| it > calendar.confidentiality) {
        let text = Text::new("wider-than-calendar").with("calendar", calendar.confidentiality.as_str());
        problems.add(Problem::at(UserErrorCode::OutOfRange, "confidentiality", text));
    }
    match (calendar.field_of_work_id, new.field) {
        (Some(own), None) => new.field = Some(own),
        (Some(own), Some(field)) if own != field => {
            problems.add(Problem::at(UserErrorCode::Invalid, "fieldOfWork", Text::new("not-the-calendars-field")));
        }
        (None, Some(field)) if session.get::<field_of_work::Entity>(field).await?.is_none() => {
            problems.add(Problem::not_found("fieldOfWork"));
        }
        (Some(_), Some(_)) | (None, Some(_) | None) => {}
    }
    if let Some(place) = new.place
        && session.get::<learning_place::Entity>(place).await?.is_none()
    {
        problems.add(Problem::not_found("place"));
    }
    problems.done()?;
    Ok(new)
}

/// Short lines, at most 20.
fn string_list(words: Vec<String>, field: &'static str, problems: &mut Problems) -> ApiResult<Vec<String>> {
    if words.len() > 20 {
        let text = Text::new("list-too-long").with("length", words.len()).with("max", 20);
        problems.add(Problem::at(UserErrorCode::LimitReached, field, text));
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    for word in &words {
        lines.extend(problems.take(text::line(word, field, 100))?);
    }
    Ok(lines)
}
