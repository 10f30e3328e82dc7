//! Inputs of calendar entries, and how they become wishes.

use std::collections::BTreeSet;

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};
use calendar_time::recurrence::Recurrence;
use calendar_time::time::EntryTime;
use chrono_tz::Tz;
use domain::calendars::entry_wish::{EntryChange, EntryWish, WishedTime};
use domain::calendars::series::Apply;
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use uuid::Uuid;

use crate::enums::{Audience, Confidentiality, EntryKind, EntryStatus, Pillar};
use crate::scalars::{Date, LocalDateTime, TimeZone};

/// When an entry is.
#[derive(OneofObject, Clone)]
pub enum EntryTimeInput {
    /// Clock times.
    Timed(TimedInput),
    /// Whole days.
    AllDay(AllDayInput),
}

/// Clock times. A time that the clock skips in spring is read with the offset before the gap: 02:30 means 03:30. One
/// that it shows twice in autumn means the first.
#[derive(InputObject, Clone)]
pub struct TimedInput {
    /// Start.
    start: LocalDateTime,
    /// End, exclusive.
    end: LocalDateTime,
    /// Zone of both; left out = the calendar's.
    time_zone: Option<TimeZone>,
}

/// Whole days, both inclusive.
#[derive(InputObject, Clone)]
pub struct AllDayInput {
    /// First day.
    first_day: Date,
    /// Last day; left out = the first.
    last_day: Option<Date>,
}

impl From<EntryTimeInput> for WishedTime {
    fn from(input: EntryTimeInput) -> Self {
        match input {
            EntryTimeInput::Timed(it) => {
                Self::Timed { start: it.start.0, end: it.end.0, zone: it.time_zone.map(|it| it.0) }
            }
            EntryTimeInput::AllDay(it) => {
                Self::AllDay { first: it.first_day.0, last: it.last_day.unwrap_or(it.first_day).0 }
            }
        }
    }
}

/// How an entry recurs: by a rule, at extra dates, or both. The entry's own time is the first date.
#[derive(InputObject, Clone)]
pub struct RecurrenceInput {
    /// Rule after RFC 5545: `FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231`. FREQ is DAILY, WEEKLY, MONTHLY or YEARLY. Parts:
    /// INTERVAL, COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS, BYWEEKNO, BYYEARDAY, WKST. Without an end, dates
    /// are known for ten years.
    rule: Option<String>,
    /// More starts, at most 500. Of whole days: midnights.
    #[graphql(default)]
    extra_dates: Vec<LocalDateTime>,
    /// Starts of the rule that are left out, at most 500.
    #[graphql(default)]
    except_dates: Vec<LocalDateTime>,
}

impl From<RecurrenceInput> for Recurrence {
    fn from(input: RecurrenceInput) -> Self {
        let dates = |dates: Vec<LocalDateTime>| dates.into_iter().map(|it| it.0).collect();
        Self { rule: input.rule, extra: dates(input.extra_dates), except: dates(input.except_dates) }
    }
}

/// What of a series a change is meant for.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesScope {
    /// The whole series, or a single entry.
    All,
    /// One date; it becomes an entry of its own that belongs to the series.
    This,
    /// A date and all that follow; they become a series of their own.
    ThisAndFollowing,
}

/// Which dates are meant.
///
/// # Errors
/// A date is missing, or is not asked for.
pub fn apply(scope: SeriesScope, occurrence: Option<LocalDateTime>) -> ApiResult<Apply> {
    match (scope, occurrence) {
        (SeriesScope::All, None) => Ok(Apply::All),
        (SeriesScope::This, Some(date)) => Ok(Apply::This(date.0)),
        (SeriesScope::ThisAndFollowing, Some(date)) => Ok(Apply::Following(date.0)),
        (SeriesScope::All, Some(_)) => {
            Err(Problem::at(UserErrorCode::Invalid, "occurrence", Text::new("date-of-all")).into())
        }
        (SeriesScope::This | SeriesScope::ThisAndFollowing, None) => {
            Err(Problem::at(UserErrorCode::Required, "occurrence", Text::new("required")).into())
        }
    }
}

fn audiences(audiences: Vec<Audience>) -> BTreeSet<entities::Audience> {
    audiences.into_iter().map(Into::into).collect()
}

/// An entry to put into a calendar.
#[derive(InputObject)]
pub struct CalendarEntryCreateInput {
    /// The calendar.
    pub calendar: ID,
    /// Title, at most 200 characters.
    title: String,
    /// When.
    time: EntryTimeInput,
    /// Text, at most 10,000 characters.
    description: Option<String>,
    /// What kind of event.
    #[graphql(default_with = "EntryKind::Other")]
    kind: EntryKind,
    /// How sure it is.
    #[graphql(default_with = "EntryStatus::Confirmed")]
    status: EntryStatus,
    /// How far it may go; left out = the calendar's. Never wider than that.
    confidentiality: Option<Confidentiality>,
    /// Field of work, in a general calendar; otherwise it is the calendar's.
    field_of_work: Option<ID>,
    /// Learning place where it happens, also another authority's.
    place: Option<ID>,
    /// Place in words.
    location: Option<String>,
    /// Who holds it.
    organiser: Option<String>,
    /// Who speaks or teaches, at most 20.
    #[graphql(default)]
    speakers: Vec<String>,
    /// The office that answers for it.
    responsible_office: Option<String>,
    /// For whom.
    #[graphql(default)]
    audiences: Vec<Audience>,
    /// For whom in words, at most 20.
    #[graphql(default)]
    target_groups: Vec<String>,
    /// Pillar of the education region.
    pillar: Option<Pillar>,
    /// What it costs, in words.
    cost: Option<String>,
    /// Where to register.
    registration_url: Option<String>,
    /// How it recurs; left out = once.
    recurrence: Option<RecurrenceInput>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub idempotency_key: Option<String>,
}

impl CalendarEntryCreateInput {
    /// The calendar, what the entry says, and when it is.
    ///
    /// # Errors
    /// Ids of a wrong type.
    pub fn wish(self) -> ApiResult<(Uuid, EntryWish, WishedTime)> {
        let mut problems = Problems::default();
        problems.take(at_most_100(&self.audiences, "audiences"))?;
        let calendar = problems.take(NodeType::Calendar.parse(&self.calendar, "calendar"))?;
        let field = match &self.field_of_work {
            Some(id) => problems.take(NodeType::FieldOfWork.parse(id, "fieldOfWork"))?,
            None => None,
        };
        let place = match &self.place {
            Some(id) => problems.take(NodeType::LearningPlace.parse(id, "place"))?,
            None => None,
        };
        problems.done()?;
        let wish = EntryWish {
            title: self.title,
            description: self.description,
            kind: self.kind.into(),
            status: self.status.into(),
            confidentiality: self.confidentiality.map(Into::into),
            field,
            // Stands in until the calendar's zone is known.
            time: EntryTime {
                all_day: false,
                starts_local: chrono::NaiveDateTime::MIN,
                ends_local: chrono::NaiveDateTime::MIN,
                zone: Tz::UTC,
            },
            place,
            location: self.location,
            organiser: self.organiser,
            speakers: self.speakers,
            responsible_office: self.responsible_office,
            audiences: audiences(self.audiences),
            target_groups: self.target_groups,
            pillar: self.pillar.map(Into::into),
            cost: self.cost,
            registration_url: self.registration_url,
            recurrence: self.recurrence.map(Into::into).unwrap_or_default(),
            uid: None,
            source: None,
        };
        Ok((calendar.unwrap_or_default(), wish, self.time.into()))
    }
}

/// What shall change of an entry. What is left out stays as it is; null clears what may be empty.
#[derive(InputObject)]
pub struct CalendarEntryUpdateInput {
    /// The entry.
    pub id: ID,
    /// The version that the client saw.
    pub version: i32,
    /// Title.
    title: MaybeUndefined<String>,
    /// When.
    time: MaybeUndefined<EntryTimeInput>,
    /// Text.
    description: MaybeUndefined<String>,
    /// What kind of event.
    kind: MaybeUndefined<EntryKind>,
    /// How sure it is; to call it off, use `calendarEntryCancel`.
    status: MaybeUndefined<EntryStatus>,
    /// How far it may go, never wider than its calendar.
    confidentiality: MaybeUndefined<Confidentiality>,
    /// Field of work, in a general calendar.
    field_of_work: MaybeUndefined<ID>,
    /// Learning place.
    place: MaybeUndefined<ID>,
    /// Place in words.
    location: MaybeUndefined<String>,
    /// Who holds it.
    organiser: MaybeUndefined<String>,
    /// Who speaks or teaches.
    speakers: MaybeUndefined<Vec<String>>,
    /// The office that answers for it.
    responsible_office: MaybeUndefined<String>,
    /// For whom.
    audiences: MaybeUndefined<Vec<Audience>>,
    /// For whom in words.
    target_groups: MaybeUndefined<Vec<String>>,
    /// Pillar of the education region.
    pillar: MaybeUndefined<Pillar>,
    /// What it costs, in words.
    cost: MaybeUndefined<String>,
    /// Where to register.
    registration_url: MaybeUndefined<String>,
    /// How it recurs; null makes a series a single entry. When all of a series moves, its dates move along.
    recurrence: MaybeUndefined<RecurrenceInput>,
    /// What of a series it is meant for. With ALL, `time` is that of the first date.
    #[graphql(default_with = "SeriesScope::All")]
    pub apply: SeriesScope,
    /// Start that the series gives to the date meant by THIS and THIS_AND_FOLLOWING.
    pub occurrence: Option<LocalDateTime>,
}

impl CalendarEntryUpdateInput {
    /// What shall change.
    ///
    /// # Errors
    /// Ids of a wrong type; null for what cannot be empty.
    pub fn change(self) -> ApiResult<EntryChange> {
        let mut problems = Problems::default();
        if let MaybeUndefined::Value(audiences) = &self.audiences {
            problems.take(at_most_100(audiences, "audiences"))?;
        }
        let change = EntryChange {
            title: required(self.title, "title", &mut problems),
            description: optional(self.description),
            kind: required(self.kind, "kind", &mut problems).map(Into::into),
            status: required(self.status, "status", &mut problems).map(Into::into),
            confidentiality: required(self.confidentiality, "confidentiality", &mut problems).map(Into::into),
            field: id(self.field_of_work, NodeType::FieldOfWork, "fieldOfWork", &mut problems)?,
            time: required(self.time, "time", &mut problems).map(Into::into),
            place: id(self.place, NodeType::LearningPlace, "place", &mut problems)?,
            location: optional(self.location),
            organiser: optional(self.organiser),
            speakers: optional(self.speakers).map(Option::unwrap_or_default),
            responsible_office: optional(self.responsible_office),
            audiences: optional(self.audiences).map(|it| audiences(it.unwrap_or_default())),
            target_groups: optional(self.target_groups).map(Option::unwrap_or_default),
            pillar: optional(self.pillar).map(|it| it.map(Into::into)),
            cost: optional(self.cost),
            registration_url: optional(self.registration_url),
            recurrence: optional(self.recurrence).map(|it| it.map(Into::into).unwrap_or_default()),
        };
        problems.done()?;
        Ok(change)
    }
}

/// A value that may be left out but not cleared.
pub fn required<T>(value: MaybeUndefined<T>, field: &'static str, problems: &mut Problems) -> Option<T> {
    match value {
        MaybeUndefined::Value(value) => Some(value),
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => {
            problems.add(Problem::at(UserErrorCode::Required, field, Text::new("required")));
            None
        }
    }
}

/// A value that may be left out, or cleared.
pub fn optional<T>(value: MaybeUndefined<T>) -> Option<Option<T>> {
    match value {
        MaybeUndefined::Value(value) => Some(Some(value)),
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Undefined => None,
    }
}

fn id(
    value: MaybeUndefined<ID>,
    kind: NodeType,
    field: &'static str,
    problems: &mut Problems,
) -> ApiResult<Option<Option<Uuid>>> {
    Ok(match optional(value) {
        Some(Some(id)) => problems.take(kind.parse(&id, field))?.map(Some),
        Some(None) => Some(None),
        None => None,
    })
}
