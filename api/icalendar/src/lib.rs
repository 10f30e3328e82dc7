//! Calendars as other programs exchange them: iCalendar (RFC 5545) with the properties of RFC 7986.
//!
//! [`write`](mod@write) puts a feed or busy times into text, [`json`] a feed into JSCalendar (RFC 8984), [`read`] takes
//! somebody's file apart, and [`instances`] finds the dates of events in a range of time. All are pure: the same input gives
//! the same bytes, no clock and no store is asked. Wall-clock time stays wall-clock time, as in the store; instants come in
//! only where the format demands them.
//!
//! A time that the clock skips or shows twice is read as [`instant`](calendar_time::time::instant) reads it.

pub mod instances;
pub mod json;
pub mod read;
mod rule;
pub mod write;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// A calendar to be subscribed to.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarFeed {
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Its colour as `#rrggbb`.
    pub color: Option<String>,
    /// How often to come again; whole minutes, at least one.
    pub refresh: TimeDelta,
    /// Its events, written in this order.
    pub events: Vec<Event>,
}

/// An event, a series, or one occurrence of a series that differs from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The same for a series and its differing occurrences; says nothing about its content or host.
    pub uid: String,
    /// When this content was made (DTSTAMP).
    pub stamp: DateTime<Utc>,
    /// When it was last changed.
    pub last_modified: Option<DateTime<Utc>>,
    /// Rises with every change.
    pub sequence: i32,
    /// When it is.
    pub time: When,
    /// How it comes again.
    pub recurrence: Option<Recurrence>,
    /// Which occurrence of the series this one stands for: its planned start on the clock of the series, midnight where
    /// the series has whole days.
    pub occurrence: Option<NaiveDateTime>,
    /// How sure it is.
    pub status: Option<Status>,
    /// Whether it leaves the time free.
    pub transparent: bool,
    /// Who may see it, as its owner wishes.
    pub class: Class,
    /// What people wrote. None = shared as busy: then the text has nothing but times and the label, and neither status
    /// nor dates of change.
    pub texts: Option<Texts>,
    /// What stands in the place of the title where the event is shared as busy: programs show an event without a title
    /// as a fault.
    pub label: Option<String>,
}

/// When an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Whole days.
    Days {
        /// First day.
        first: NaiveDate,
        /// The day after the last one.
        last_exclusive: NaiveDate,
    },
    /// Clock times.
    Clock {
        /// Start on the clock of `zone`.
        starts_local: NaiveDateTime,
        /// End on the clock of `zone`, exclusive.
        ends_local: NaiveDateTime,
        /// The zone.
        zone: Tz,
    },
}

impl When {
    /// The start on the wall; midnight of whole days.
    pub fn starts_local(&self) -> NaiveDateTime {
        match self {
            Self::Days { first, .. } => first.and_time(NaiveTime::MIN),
            Self::Clock { starts_local, .. } => *starts_local,
        }
    }

    /// The end on the wall, exclusive; midnight of whole days.
    pub fn ends_local(&self) -> NaiveDateTime {
        match self {
            Self::Days { last_exclusive, .. } => last_exclusive.and_time(NaiveTime::MIN),
            Self::Clock { ends_local, .. } => *ends_local,
        }
    }

    /// The same length, beginning at another time on the same clock.
    #[must_use]
    pub fn at(self, start: NaiveDateTime) -> Self {
        let length = self.ends_local() - self.starts_local();
        match self {
            Self::Days { .. } => Self::Days { first: start.date(), last_exclusive: (start + length).date() },
            Self::Clock { zone, .. } => Self::Clock { starts_local: start, ends_local: start + length, zone },
        }
    }

    /// The zone of clock times.
    pub const fn zone(&self) -> Option<Tz> {
        match self {
            Self::Days { .. } => None,
            Self::Clock { zone, .. } => Some(*zone),
        }
    }
}

/// How a series comes again. All times are on the clock of the series, midnights where it has whole days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// An RRULE value, `FREQ=WEEKLY;UNTIL=20270131T090000`: UNTIL without `Z`, on the clock of the series, or a date.
    pub rule: Option<String>,
    /// Occurrences beside the rule (RDATE).
    pub rdate: Vec<NaiveDateTime>,
    /// Occurrences that are left out (EXDATE).
    pub exdate: Vec<NaiveDateTime>,
}

/// How sure an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not yet sure.
    Tentative,
    /// Sure.
    Confirmed,
    /// Called off.
    Cancelled,
}

impl Status {
    const ALL: [Self; 3] = [Self::Tentative, Self::Confirmed, Self::Cancelled];

    const fn word(self) -> &'static str {
        match self {
            Self::Tentative => "TENTATIVE",
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// Who may see an event, as its owner wishes; programs treat it as a hint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Class {
    /// Everybody who sees the calendar.
    #[default]
    Public,
    /// Only its owner.
    Private,
    /// Those who need to know.
    Confidential,
}

impl Class {
    const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Confidential];

    const fn word(self) -> &'static str {
        match self {
            Self::Public => "PUBLIC",
            Self::Private => "PRIVATE",
            Self::Confidential => "CONFIDENTIAL",
        }
    }
}

/// What people wrote about an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Title.
    pub title: Option<String>,
    /// Text of several lines.
    pub description: Option<String>,
    /// Where, in words.
    pub location: Option<String>,
    /// Who holds it: a name.
    pub organiser: Option<String>,
    /// Keywords.
    pub categories: Vec<String>,
    /// Address of a page about it.
    pub url: Option<String>,
    /// Whom to ask.
    pub contact: Option<String>,
}

/// Times of somebody that are taken, without saying by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FreeBusy {
    /// Of the answer.
    pub uid: String,
    /// When it was made.
    pub stamp: DateTime<Utc>,
    /// Begin of the window.
    pub from: DateTime<Utc>,
    /// End of the window, exclusive.
    pub until: DateTime<Utc>,
    /// What is taken, in any order; what overlaps is joined, what lies outside the window is left out.
    pub busy: Vec<Busy>,
}

impl FreeBusy {
    /// The stretches of one kind within the window, in order, without overlaps.
    pub fn joined(&self, tentative: bool) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let mut periods: Vec<_> = self
            .busy
            .iter()
            .filter(|it| it.tentative == tentative)
            .map(|it| (it.from.max(self.from), it.until.min(self.until)))
            .filter(|(from, until)| from < until)
            .collect();
        periods.sort_unstable();
        let mut joined: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
        for (from, until) in periods {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(until),
                _ => joined.push((from, until)),
            }
        }
        joined
    }
}

/// One stretch of time that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// Begin.
    pub from: DateTime<Utc>,
    /// End, exclusive.
    pub until: DateTime<Utc>,
    /// Not yet sure.
    pub tentative: bool,
}
