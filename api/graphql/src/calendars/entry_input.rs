//! Inputs of calendar entries, and their values.

use std::collections::BTreeSet;

use async_graphql::{Enum, ID, InputObject, MaybeUndefined, OneofObject};
use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono_tz::Tz;
use domain::calendars::entry_values::{EntryPatch, NewEntry, NewTime};
use domain::calendars::series::Apply;
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use uuid::Uuid;

use crate::enums::{Audience, Confidentiality, EntryKind, EntryStatus, Pillar};
use crate::patch::{PatchField, clearable_id, optional_id};
use crate::scalars::{Date, LocalDateTime, TimeZone};

/// Time of an entry: clock times or whole days.
#[derive(OneofObject, Clone)]
pub enum EntryTimeInput {
    /// Start and end as clock times.
    Timed(TimedInput),
    /// First and last day of an all-day entry.
    AllDay(AllDayInput),
}

/// Clock times of an entry. A local time skipped when the clock is put forward is read with the offset before the
/// change: 02:30 means 03:30. A local time repeated when the clock is put back means the first of the two.
#[derive(InputObject, Clone)]
pub struct TimedInput {
    /// Local start, in the years 1900 to 2200.
    start: LocalDateTime,
    /// Local end, exclusive; after the start by at most 366 days.
    end: LocalDateTime,
    /// Time zone of start and end. Default: that of the calendar; in a change proposal, that of the entry.
    time_zone: Option<TimeZone>,
}

/// Whole days of an entry, at most 366.
#[derive(InputObject, Clone)]
pub struct AllDayInput {
    /// First day, in the years 1900 to 2200.
    first_day: Date,
    /// Last day, inclusive; not before the first. Default: the first day.
    last_day: Option<Date>,
}

impl From<EntryTimeInput> for NewTime {
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

/// Recurrence of an entry, by a rule, by additional dates, or both. The time of the entry is that of the first
/// occurrence.
#[derive(InputObject, Clone)]
pub struct RecurrenceInput {
    /// Recurrence rule (RRULE of RFC 5545), at most 500 characters: `FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231`. FREQ is
    /// DAILY, WEEKLY, MONTHLY or YEARLY. Parts: INTERVAL (1 to 1,000), COUNT or UNTIL, BYMONTH, BYMONTHDAY, BYDAY,
    /// BYSETPOS, BYWEEKNO, BYYEARDAY, WKST. COUNT, 1 to 100,000, is the number of occurrences, the first one included.
    /// UNTIL is the last start, inclusive: a day (`20271231`), a local time of the entry (`20271231T180000`) or an instant
    /// (`20271231T170000Z`); `INVALID` if before the start of the entry. Without either, the series has no end, and its
    /// occurrences are computed for ten years ahead. Of more than 5,000 occurrences the latest are known, see
    /// `Recurrence.materializedFrom`.
    rule: Option<String>,
    /// Additional local starts (RDATE), at most 500. For an all-day entry only their dates count.
    #[graphql(default)]
    extra_dates: Vec<LocalDateTime>,
    /// Excluded local starts (EXDATE), at most 500.
    #[graphql(default)]
    except_dates: Vec<LocalDateTime>,
}

impl From<RecurrenceInput> for RecurrenceSet {
    fn from(input: RecurrenceInput) -> Self {
        let dates = |dates: Vec<LocalDateTime>| dates.into_iter().map(|it| it.0).collect();
        Self { rule: input.rule, rdate: dates(input.extra_dates), exdate: dates(input.except_dates) }
    }
}

/// Part of a series to which a change applies.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesScope {
    /// Whole series, or a single entry.
    All,
    /// Single occurrence; becomes an entry of its own that stays linked to the series.
    This,
    /// Occurrence and all later ones; become a series of their own.
    ThisAndFollowing,
}

/// Part of a series that an input names.
///
/// # Errors
/// The date is missing, or there is one for the whole series.
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

fn audience_set(audiences: Vec<Audience>) -> ApiResult<BTreeSet<entities::Audience>> {
    at_most_100(&audiences, "audiences")?;
    Ok(audiences.into_iter().map(Into::into).collect())
}

/// Values of a new calendar entry.
#[derive(InputObject)]
pub struct CalendarEntryCreateInput {
    /// Calendar of the entry.
    pub calendar: ID,
    /// Title, at most 200 characters.
    title: String,
    /// Time of the entry.
    time: EntryTimeInput,
    /// Description, at most 10,000 characters.
    description: Option<String>,
    /// Kind of event.
    #[graphql(default_with = "EntryKind::Other")]
    kind: EntryKind,
    /// Planning status.
    #[graphql(default_with = "EntryStatus::Confirmed")]
    status: EntryStatus,
    /// Confidentiality of the entry; `OUT_OF_RANGE` if wider than that of the calendar. Default: that of the calendar.
    confidentiality: Option<Confidentiality>,
    /// Field of work. If the calendar has one, only that one is allowed; it is also the default.
    field_of_work: Option<ID>,
    /// Learning place of the event; may belong to another authority.
    place: Option<ID>,
    /// Location in free text, at most 300 characters.
    location: Option<String>,
    /// Organiser, at most 300 characters.
    organiser: Option<String>,
    /// Speakers and teachers, at most 20 of at most 100 characters each.
    #[graphql(default)]
    speakers: Vec<String>,
    /// Responsible office, at most 300 characters.
    responsible_office: Option<String>,
    /// Audiences, from the closed set.
    #[graphql(default)]
    audiences: Vec<Audience>,
    /// Target groups in free text, at most 20 of at most 100 characters each.
    #[graphql(default)]
    target_groups: Vec<String>,
    /// Pillar of the education region.
    pillar: Option<Pillar>,
    /// Cost in free text, at most 300 characters.
    cost: Option<String>,
    /// Web address for registration (http or https), at most 2,000 characters.
    registration_url: Option<String>,
    /// Recurrence. Default: none, a single entry.
    recurrence: Option<RecurrenceInput>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub idempotency_key: Option<String>,
}

impl CalendarEntryCreateInput {
    /// Calendar, values and time of the entry.
    ///
    /// # Errors
    /// Ids of a wrong type; too many audiences.
    pub fn into_new(self) -> ApiResult<(Uuid, NewEntry, NewTime)> {
        let (audiences, calendar, field, place) = all((
            audience_set(self.audiences),
            NodeType::Calendar.parse(&self.calendar, "calendar"),
            optional_id(self.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork"),
            optional_id(self.place.as_ref(), NodeType::LearningPlace, "place"),
        ))?;
        let new = NewEntry {
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
            audiences,
            target_groups: self.target_groups,
            pillar: self.pillar.map(Into::into),
            cost: self.cost,
            registration_url: self.registration_url,
            recurrence: self.recurrence.map(Into::into).unwrap_or_default(),
            uid: None,
            source: None,
        };
        Ok((calendar, new, self.time.into()))
    }
}

/// Changes to a calendar entry. Omitted fields keep their values; null clears an optional field.
#[derive(InputObject)]
pub struct CalendarEntryUpdateInput {
    /// Calendar entry to change.
    pub id: ID,
    /// Version of the entry that the client last read; `STALE_VERSION` if it has changed since.
    pub version: i32,
    /// Title, at most 200 characters.
    title: MaybeUndefined<String>,
    /// Time of the entry; with `apply: ALL` on a series, time of its first occurrence.
    time: MaybeUndefined<EntryTimeInput>,
    /// Description, at most 10,000 characters.
    description: MaybeUndefined<String>,
    /// Kind of event.
    kind: MaybeUndefined<EntryKind>,
    /// Planning status. `CANCELLED` is refused: use `calendarEntryCancel`.
    status: MaybeUndefined<EntryStatus>,
    /// Confidentiality of the entry; `OUT_OF_RANGE` if wider than that of the calendar.
    confidentiality: MaybeUndefined<Confidentiality>,
    /// Field of work. If the calendar has one, only that one is allowed. `INVALID` for a single occurrence if it
    /// differs from that of the series.
    field_of_work: MaybeUndefined<ID>,
    /// Learning place of the event; may belong to another authority.
    place: MaybeUndefined<ID>,
    /// Location in free text, at most 300 characters.
    location: MaybeUndefined<String>,
    /// Organiser, at most 300 characters.
    organiser: MaybeUndefined<String>,
    /// Speakers and teachers, at most 20 of at most 100 characters each; replace the previous ones.
    speakers: MaybeUndefined<Vec<String>>,
    /// Responsible office, at most 300 characters.
    responsible_office: MaybeUndefined<String>,
    /// Audiences, from the closed set; replace the previous ones.
    audiences: MaybeUndefined<Vec<Audience>>,
    /// Target groups in free text, at most 20 of at most 100 characters each; replace the previous ones.
    target_groups: MaybeUndefined<Vec<String>>,
    /// Pillar of the education region.
    pillar: MaybeUndefined<Pillar>,
    /// Cost in free text, at most 300 characters.
    cost: MaybeUndefined<String>,
    /// Web address for registration (http or https), at most 2,000 characters.
    registration_url: MaybeUndefined<String>,
    /// Recurrence; null turns a series into a single entry. If omitted when a whole series is moved, the end of the
    /// rule, the additional and the excluded starts move by the same span. `INVALID` for a single occurrence.
    recurrence: MaybeUndefined<RecurrenceInput>,
    /// Part of the series to change.
    #[graphql(default_with = "SeriesScope::All")]
    pub apply: SeriesScope,
    /// Local start given by the series to the occurrence in question. Required for `THIS` and `THIS_AND_FOLLOWING`, not
    /// allowed for `ALL`.
    pub occurrence: Option<LocalDateTime>,
}

impl CalendarEntryUpdateInput {
    /// Changes to the entry.
    ///
    /// # Errors
    /// Ids of a wrong type; too many audiences; null for a value that there always is.
    pub fn into_patch(self) -> ApiResult<EntryPatch> {
        let (audiences, title, kind, status, confidentiality, field, time, place) = all((
            self.audiences.defaulted().try_map(audience_set),
            self.title.required("title"),
            self.kind.required("kind"),
            self.status.required("status"),
            self.confidentiality.required("confidentiality"),
            clearable_id(self.field_of_work, NodeType::FieldOfWork, "fieldOfWork"),
            self.time.required("time"),
            clearable_id(self.place, NodeType::LearningPlace, "place"),
        ))?;
        Ok(EntryPatch {
            title,
            description: self.description.clearable(),
            kind: kind.map(Into::into),
            status: status.map(Into::into),
            confidentiality: confidentiality.map(Into::into),
            field,
            time: time.map(Into::into),
            place,
            location: self.location.clearable(),
            organiser: self.organiser.clearable(),
            speakers: self.speakers.defaulted(),
            responsible_office: self.responsible_office.clearable(),
            audiences,
            target_groups: self.target_groups.defaulted(),
            pillar: self.pillar.clearable().map(|it| it.map(Into::into)),
            cost: self.cost.clearable(),
            registration_url: self.registration_url.clearable(),
            recurrence: self.recurrence.clearable().map(|it| it.map(Into::into).unwrap_or_default()),
        })
    }
}
