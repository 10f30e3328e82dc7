//! The rules of conflicts, pure: what is known of two dates, or of a date and a non-working day, and what follows.
//!
//! A rule looks only at what the viewer sees of both sides, so that a conflict never tells more than the entries do.

use std::collections::BTreeSet;

use calendar_time::time::EntryTime;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use entities::{Audience, ConflictRule};
use kernel::text::fold;
use uuid::Uuid;

use crate::calendars::entry_view::{EntryDetails, EntryOutline, EntryTimes, EntryView};
use crate::holidays::non_working_days::{NonWorkingDay, NonWorkingDayKind};

/// The same topic is a conflict within so many days.
pub const TOPIC_DAYS: i64 = 28;

/// Severity of a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConflictSeverity {
    /// Minor conflict, for information.
    Low,
    /// Conflict that should be resolved.
    Medium,
    /// Conflict that rules out that both sides take place as planned. A party can sign off only after the conflict is
    /// resolved or acknowledged.
    High,
}

/// Entry in the form in which conflicts are looked for, made of what the viewer sees.
#[derive(Clone, Debug)]
pub struct KnownEntry {
    /// View of the entry.
    pub view: EntryView,
    /// True for an entry of an external calendar: others plan around it, nobody here moves it.
    pub external: bool,
    audiences: BTreeSet<Audience>,
    place: Option<EventPlace>,
    speakers: BTreeSet<String>,
    organiser: Option<String>,
    field: Option<Uuid>,
    topic: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum EventPlace {
    Known(Uuid),
    Named(String),
}

impl KnownEntry {
    /// Takes what a view shows.
    pub fn new(view: EntryView, external: bool) -> Self {
        let folded = |text: Option<&str>| text.map(fold).filter(|it| !it.is_empty());
        let (outline, details) = (view.outline(), view.details());
        Self {
            external,
            audiences: details.map(EntryDetails::audiences).unwrap_or_default(),
            place: details.and_then(|it| match it.place() {
                Some(place) => Some(EventPlace::Known(place)),
                None => folded(it.location()).map(EventPlace::Named),
            }),
            speakers: folded(details.and_then(EntryDetails::speakers))
                .iter()
                .flat_map(|it| it.lines())
                .map(str::to_owned)
                .collect(),
            organiser: folded(details.and_then(EntryDetails::organiser)),
            field: outline.and_then(EntryOutline::field_of_work),
            topic: outline.map(|it| topic(it.title())).unwrap_or_default(),
            view,
        }
    }

    /// Whether it is for people who have school holidays.
    fn is_in_school(&self) -> bool {
        self.audiences.iter().any(|it| it.is_in_school())
    }
}

/// When one date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateSpan {
    /// Start as an instant.
    pub starts_at: DateTime<Utc>,
    /// End as an instant, exclusive.
    pub ends_at: DateTime<Utc>,
    /// Start on the clock of the entry's zone.
    pub starts_local: NaiveDateTime,
    /// End on that clock, exclusive.
    pub ends_local: NaiveDateTime,
}

impl DateSpan {
    /// First day.
    pub fn first(&self) -> NaiveDate {
        self.starts_local.date()
    }

    /// Last day, inclusive.
    pub fn last(&self) -> NaiveDate {
        let end = self.ends_local - TimeDelta::microseconds(1);
        end.date().max(self.first())
    }

    /// The date at a time.
    pub fn of(time: &EntryTime) -> Self {
        Self {
            starts_at: time.starts_at(),
            ends_at: time.ends_at(),
            starts_local: time.starts_local,
            ends_local: time.ends_local,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }

    /// Days between two dates; none where they share one.
    fn days_to(&self, other: &Self) -> i64 {
        if self.first() > other.last() {
            (self.first() - other.last()).num_days()
        } else {
            (other.first() - self.last()).num_days().max(0)
        }
    }
}

/// What of two dates does not go together.
pub fn between(
    one: &KnownEntry,
    other: &KnownEntry,
    (a, b): (&DateSpan, &DateSpan),
    days_apart: i64,
) -> Vec<(ConflictRule, ConflictSeverity)> {
    use ConflictRule as Rule;
    use ConflictSeverity::{High, Low, Medium};
    let mut found = Vec::new();
    if is_one_series(one.view.times(), other.view.times()) || (one.external && other.external) {
        return found;
    }
    let partners = one.view.times().tenant_id() != other.view.times().tenant_id();
    let (overlap, days) = (a.overlaps(b), a.days_to(b));
    if overlap && one.place.is_some() && one.place == other.place {
        found.push((Rule::SamePlace, High));
    }
    if overlap && !one.speakers.is_disjoint(&other.speakers) {
        found.push((Rule::SameSpeaker, High));
    }
    if !partners {
        return found;
    }
    if overlap && one.organiser.is_some() && one.organiser == other.organiser {
        found.push((Rule::SameOrganiser, Medium));
    }
    let same_people = one.field.is_some() && one.field == other.field && !one.audiences.is_disjoint(&other.audiences);
    if same_people && days <= days_apart {
        let severity = match days {
            _ if overlap => High,
            0 => Medium,
            _ => Low,
        };
        found.push((Rule::SameAudience, severity));
    }
    if days <= TOPIC_DAYS && is_alike(&one.topic, &other.topic) {
        found.push((Rule::DuplicateTopic, Medium));
    }
    found
}

/// A date and its series, or two dates of one.
fn is_one_series(one: &EntryTimes, other: &EntryTimes) -> bool {
    let series = |it: &EntryTimes| it.series().map_or_else(|| it.id(), |it| it.0);
    series(one) == series(other)
}

/// What does not go together of a date and days on which people are not there.
pub fn on_non_working_day(
    known: &KnownEntry,
    span: &DateSpan,
    free: &NonWorkingDay,
) -> Option<(ConflictRule, ConflictSeverity)> {
    if known.external || span.first() > free.last || span.last() < free.first {
        return None;
    }
    match free.kind {
        NonWorkingDayKind::PublicHoliday => Some((ConflictRule::PublicHoliday, ConflictSeverity::Medium)),
        NonWorkingDayKind::SchoolHoliday | NonWorkingDayKind::SchoolFreeDay if known.is_in_school() => {
            Some((ConflictRule::SchoolHoliday, ConflictSeverity::Medium))
        }
        NonWorkingDayKind::SchoolHoliday | NonWorkingDayKind::SchoolFreeDay => None,
        NonWorkingDayKind::Closure => Some((ConflictRule::TenantClosure, ConflictSeverity::Medium)),
    }
}

/// Words that say nothing about a topic.
const EMPTY: [&str; 14] = [
    "fuer",
    "eine",
    "einen",
    "einer",
    "oder",
    "beim",
    "nach",
    "ueber",
    "unter",
    "with",
    "from",
    "veranstaltung",
    "termin",
    "event",
];

/// The words of a title that say what it is about, cut to their first six letters: endings do not matter.
fn topic(title: &str) -> BTreeSet<String> {
    fold(title)
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| it.chars().count() >= 4 && !EMPTY.contains(it) && !it.chars().all(|it| it.is_ascii_digit()))
        .map(|it| it.chars().take(6).collect())
        .collect()
}

/// Whether two titles share most of their words.
fn is_alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let shared = one.intersection(other).count();
    shared > 0 && shared * 5 >= one.union(other).count() * 3
}

/// The days from `from` to `to` that are near a date, nearest first, without the date itself.
pub fn days_around(date: NaiveDate, within: u64) -> impl Iterator<Item = (i64, NaiveDate)> {
    (1..=within).flat_map(move |days| {
        let ahead = date.checked_add_days(Days::new(days)).map(|it| (i64::try_from(days).unwrap_or_default(), it));
        let back = date.checked_sub_days(Days::new(days)).map(|it| (-i64::try_from(days).unwrap_or_default(), it));
        ahead.into_iter().chain(back)
    })
}
