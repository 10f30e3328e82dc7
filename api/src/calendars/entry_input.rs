//! Inputs of calendar entries, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined, OneofObject};
use chrono_tz::Tz;
use uuid::Uuid;

use super::entry_service::{EntryChange, EntryWish, WishedTime};
use super::time::EntryTime;
use crate::error::{ApiResult, Problem, Problems, UserErrorCode};
use crate::graphql::enums::{Confidentiality, EntryKind, EntryStatus};
use crate::graphql::id::NodeType;
use crate::graphql::scalars::{Date, LocalDateTime, TimeZone};
use crate::i18n::Text;

/// When an entry is.
#[derive(OneofObject, Clone)]
pub enum EntryTimeInput {
    /// Clock times.
    Timed(TimedInput),
    /// Whole days.
    AllDay(AllDayInput),
}

/// Clock times. A time that the clock skips in spring means the instant after the gap; one that it shows twice in
/// autumn means the first.
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
    /// For whom, at most 20.
    #[graphql(default)]
    target_groups: Vec<String>,
    /// Where to register.
    registration_url: Option<String>,
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
            target_groups: self.target_groups,
            registration_url: self.registration_url,
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
    /// For whom.
    target_groups: MaybeUndefined<Vec<String>>,
    /// Where to register.
    registration_url: MaybeUndefined<String>,
}

impl CalendarEntryUpdateInput {
    /// What shall change.
    ///
    /// # Errors
    /// Ids of a wrong type; null for what cannot be empty.
    pub fn change(self) -> ApiResult<EntryChange> {
        let mut problems = Problems::default();
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
            target_groups: optional(self.target_groups).map(Option::unwrap_or_default),
            registration_url: optional(self.registration_url),
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
