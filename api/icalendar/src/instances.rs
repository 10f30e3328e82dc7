//! Instances of events in a range of time, as calendar servers are asked for them (RFC 4791, 9.6 and 9.9).
//!
//! The events are those of one file: a single event, or a series with its changed dates. Whole days begin on the clock of a
//! zone that whoever asks names.

use std::collections::BTreeSet;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::{end_instant, instant};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::{Event, When};

/// Spans in days in which a date of a series is looked for, one after the other: most have one soon. The last one has all
/// the years that entries may be in.
const SPANS: [i64; 4] = [40, 400, 4_000, 120_000];

/// Range of time, open where a bound is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Start.
    pub from: Option<DateTime<Utc>>,
    /// End, exclusive.
    pub until: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// Between two instants.
    pub const fn new(from: DateTime<Utc>, until: DateTime<Utc>) -> Self {
        Self { from: Some(from), until: Some(until) }
    }

    /// Whether a time lies in the range in part.
    pub fn overlaps(&self, (starts, ends): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        self.from.is_none_or(|it| ends > it) && self.until.is_none_or(|it| starts < it)
    }

    /// Whether an instant lies in the range.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|it| it <= at) && self.until.is_none_or(|it| at < it)
    }
}

/// Start and end of a time as instants; whole days on the clock of `days`.
pub fn instants(time: &When, days: Tz) -> (DateTime<Utc>, DateTime<Utc>) {
    let (zone, starts, ends) = (time.zone().unwrap_or(days), time.starts_local(), time.ends_local());
    (instant(starts, zone), end_instant(starts, ends, zone))
}

/// The same time on the clock of UTC; whole days stay days.
pub(crate) fn in_utc(time: &When) -> When {
    match time {
        When::Days { .. } => *time,
        When::Clock { zone, .. } => {
            let (starts, ends) = instants(time, *zone);
            When::Clock { starts_local: starts.naive_utc(), ends_local: ends.naive_utc(), zone: Tz::UTC }
        }
    }
}

/// A start on the clock of a series in UTC; midnight of whole days stays as it is.
fn start_in_utc(start: NaiveDateTime, series: &When) -> NaiveDateTime {
    series.zone().map_or(start, |zone| instant(start, zone).naive_utc())
}

/// The dates of a series that are not changed.
struct SeriesDates {
    start: NaiveDateTime,
    set: RecurrenceSet,
    changed: BTreeSet<NaiveDateTime>,
}

impl SeriesDates {
    /// Of a series; none of an event that does not recur.
    fn of(event: &Event, events: &[Event]) -> Option<Self> {
        let recurrence = event.recurrence.as_ref()?;
        let set = RecurrenceSet {
            rule: recurrence.rule.clone(),
            rdate: recurrence.rdate.iter().copied().collect(),
            exdate: recurrence.exdate.iter().copied().collect(),
        };
        let changed = events.iter().filter_map(|it| it.occurrence).collect();
        Some(Self { start: event.time.starts_local(), set, changed })
    }

    /// Local times between which dates that overlap a range start; the latter is open where the range is.
    fn bounds(&self, time: &When, range: TimeRange, days: Tz) -> (NaiveDateTime, Option<NaiveDateTime>) {
        let zone = time.zone().unwrap_or(days);
        // Clocks are never farther from each other than a day.
        let margin = TimeDelta::days(1);
        let length = time.ends_local() - time.starts_local() + margin;
        let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
        let first = self.set.rdate.first().map_or(self.start, |it| self.start.min(*it));
        let from = range.from.map(local).and_then(|it| it.checked_sub_signed(length));
        let until = range.until.map(local).and_then(|it| it.checked_add_signed(margin));
        (from.map_or(first, |it| it.max(first)), until)
    }

    fn between(&self, from: NaiveDateTime, until: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let mut dates = self.set.between(self.start, from, until);
        dates.retain(|it| !self.changed.contains(it));
        dates
    }
}

/// Whether an event of a file, or an unchanged date of it, lies in a range in part.
pub fn occurs_within(event: &Event, events: &[Event], range: TimeRange, days: Tz) -> bool {
    let overlaps = |start| range.overlaps(instants(&event.time.at(start), days));
    let Some(series) = SeriesDates::of(event, events) else { return overlaps(event.time.starts_local()) };
    let (first, last) = series.bounds(&event.time, range, days);
    for span in SPANS {
        let end = first.checked_add_signed(TimeDelta::days(span)).unwrap_or(NaiveDateTime::MAX);
        let end = last.map_or(end, |it| it.min(end));
        if series.between(first, end).into_iter().any(overlaps) {
            return true;
        }
        if last.is_some_and(|it| it <= end) {
            return false;
        }
    }
    false
}

/// Each date of a file that lies between two instants in part, as an event of its own in UTC (RFC 4791, 9.6.5). None where
/// there are more than `max`.
pub fn expanded(
    events: &[Event],
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    days: Tz,
    max: usize,
) -> Option<Vec<Event>> {
    let range = TimeRange::new(from, until);
    let series_time = events.iter().find(|it| it.occurrence.is_none()).map(|it| it.time);
    let mut found = Vec::new();
    for event in events {
        let mut add = |time: When, occurrence: Option<NaiveDateTime>| {
            if range.overlaps(instants(&time, days)) {
                found.push(Event { time: in_utc(&time), occurrence, recurrence: None, ..event.clone() });
            }
            found.len() <= max
        };
        let Some(series) = SeriesDates::of(event, events) else {
            let series_time = series_time.unwrap_or(event.time);
            if !add(event.time, event.occurrence.map(|it| start_in_utc(it, &series_time))) {
                return None;
            }
            continue;
        };
        let (first, last) = series.bounds(&event.time, range, days);
        for start in series.between(first, last.unwrap_or(first)) {
            if !add(event.time.at(start), Some(start_in_utc(start, &event.time))) {
                return None;
            }
        }
    }
    found.sort_by_key(|it| (instants(&it.time, days), it.occurrence));
    Some(found)
}

/// A file without the changed dates that lie outside of two instants, changed and unchanged (RFC 4791, 9.6.6).
pub fn limited(events: &[Event], (from, until): (DateTime<Utc>, DateTime<Utc>), days: Tz) -> Vec<Event> {
    let range = TimeRange::new(from, until);
    let series = events.iter().find(|it| it.occurrence.is_none()).map(|it| it.time);
    let stays = |event: &&Event| {
        let Some(date) = event.occurrence else { return true };
        let planned = series.unwrap_or(event.time).at(date);
        range.overlaps(instants(&event.time, days)) || range.overlaps(instants(&planned, days))
    };
    events.iter().filter(stays).cloned().collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;
    use crate::{Class, Recurrence, Texts};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn clock(starts: &str, ends: &str) -> When {
        When::Clock { starts_local: local(starts), ends_local: local(ends), zone: Berlin }
    }

    fn event(time: When, rule: &str) -> Event {
        let recurrence =
            (!rule.is_empty()).then(|| Recurrence { rule: Some(rule.to_owned()), ..Recurrence::default() });
        Event {
            uid: "u".to_owned(),
            stamp: DateTime::UNIX_EPOCH,
            last_modified: None,
            sequence: 0,
            time,
            recurrence,
            occurrence: None,
            status: None,
            transparent: false,
            class: Class::Public,
            texts: Some(Texts::default()),
            label: None,
        }
    }

    fn nine() -> When {
        clock("2027-03-01T09:00:00", "2027-03-01T10:00:00")
    }

    fn range(from: &str, until: &str) -> TimeRange {
        let bound = |text: &str| (!text.is_empty()).then(|| at(text));
        TimeRange { from: bound(from), until: bound(until) }
    }

    #[test]
    fn dates_of_series_are_found_in_any_range() {
        let moved = Event {
            occurrence: Some(local("2027-03-08T09:00:00")),
            ..event(clock("2027-03-10T15:00:00", "2027-03-10T16:00:00"), "")
        };
        let mut weekly = event(nine(), "FREQ=WEEKLY");
        weekly.recurrence.as_mut().unwrap().exdate = vec![local("2027-03-22T09:00:00")];
        let file = [weekly, moved];
        for (from, until, of_series, of_moved) in [
            ("2027-03-01T08:59:59Z", "2027-03-01T09:00:00Z", true, false),
            ("2027-03-01T09:00:00Z", "2027-03-07T00:00:00Z", false, false),
            // The changed date is not where it was.
            ("2027-03-08T00:00:00Z", "2027-03-09T00:00:00Z", false, false),
            ("2027-03-10T14:00:00Z", "2027-03-10T14:00:01Z", false, true),
            ("2027-03-22T00:00:00Z", "2027-03-23T00:00:00Z", false, false),
            ("2027-03-29T07:00:00Z", "2027-03-29T07:30:00Z", true, false),
            ("2099-01-01T00:00:00Z", "", true, false),
            ("", "2027-03-01T08:00:00Z", false, false),
            ("", "2027-03-01T08:00:01Z", true, false),
            ("", "", true, true),
        ] {
            let range = range(from, until);
            let found = [0, 1].map(|it| occurs_within(&file[it], &file, range, Berlin));
            assert_eq!(found, [of_series, of_moved], "{from} {until}");
        }
        let once = [event(nine(), "FREQ=WEEKLY;COUNT=2")];
        assert!(!occurs_within(&once[0], &once, range("2027-03-09T00:00:00Z", ""), Berlin), "it is over");
        let rare = [event(nine(), "FREQ=YEARLY;INTERVAL=40")];
        assert!(occurs_within(&rare[0], &rare, range("2028-01-01T00:00:00Z", ""), Berlin));
        let never = [event(nine(), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")];
        assert!(!occurs_within(&never[0], &never, range("2028-01-01T00:00:00Z", ""), Berlin));
    }

    #[test]
    fn whole_days_begin_on_the_clock_of_who_asks() {
        let days = When::Days { first: "2027-03-01".parse().unwrap(), last_exclusive: "2027-03-02".parse().unwrap() };
        let file = [event(days, "")];
        let late = range("2027-03-01T23:30:00Z", "2027-03-02T00:00:00Z");
        assert!(!occurs_within(&file[0], &file, late, Berlin));
        assert!(occurs_within(&file[0], &file, late, Tz::UTC));
    }

    #[test]
    fn a_series_is_expanded_to_its_dates_in_utc() {
        let moved = Event {
            occurrence: Some(local("2027-03-29T09:00:00")),
            ..event(clock("2027-03-30T15:00:00", "2027-03-30T16:00:00"), "")
        };
        let file = [event(nine(), "FREQ=WEEKLY"), moved];
        let window = (at("2027-03-15T00:00:00Z"), at("2027-04-06T00:00:00Z"));
        let found = expanded(&file, window, Berlin, 10).unwrap();
        let starts: Vec<_> =
            found.iter().map(|it| (it.time.starts_local().to_string(), it.occurrence.unwrap().to_string())).collect();
        let same = |it: &str| (it.to_owned(), it.to_owned());
        assert_eq!(
            starts,
            [
                same("2027-03-15 08:00:00"),
                same("2027-03-22 08:00:00"),
                // The clock was put forward.
                ("2027-03-30 13:00:00".to_owned(), "2027-03-29 07:00:00".to_owned()),
                same("2027-04-05 07:00:00"),
            ]
        );
        assert!(found.iter().all(|it| it.recurrence.is_none() && it.time.zone() == Some(Tz::UTC)));
        assert!(expanded(&file, window, Berlin, 3).is_none(), "too many");
        let single = [event(nine(), "")];
        let found = expanded(&single, (at("2027-03-01T00:00:00Z"), at("2027-03-02T00:00:00Z")), Berlin, 1).unwrap();
        assert_eq!((found.len(), found[0].occurrence), (1, None));
        assert_eq!(expanded(&single, window, Berlin, 1), Some(Vec::new()));
    }

    #[test]
    fn changed_dates_outside_of_the_range_are_left_out() {
        let changed = |date: &str, starts: &str, ends: &str| Event {
            occurrence: Some(local(date)),
            ..event(clock(starts, ends), "")
        };
        let file = [
            event(nine(), "FREQ=WEEKLY"),
            changed("2027-03-08T09:00:00", "2027-03-09T09:00:00", "2027-03-09T10:00:00"),
            changed("2027-03-15T09:00:00", "2027-05-03T09:00:00", "2027-05-03T10:00:00"),
        ];
        for (from, until, left) in [
            ("2027-03-09T00:00:00Z", "2027-03-10T00:00:00Z", vec![0, 1]),
            // Where it was counts as well.
            ("2027-03-15T00:00:00Z", "2027-03-16T00:00:00Z", vec![0, 2]),
            ("2027-05-03T00:00:00Z", "2027-05-04T00:00:00Z", vec![0, 2]),
            ("2027-06-01T00:00:00Z", "2027-06-02T00:00:00Z", vec![0]),
        ] {
            let expected: Vec<_> = left.into_iter().map(|it| file[it].clone()).collect();
            assert_eq!(limited(&file, (at(from), at(until)), Berlin), expected, "{from}");
        }
    }
}
