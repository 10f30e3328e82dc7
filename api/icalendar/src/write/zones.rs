//! VTIMEZONE from the database of time zones.
//!
//! The changes of a zone's clocks are grouped into runs of the same rule, "last Sunday of March at two", and each run
//! is written as one RRULE: open where the rule still holds at the end of the years that are known, else ended by
//! UNTIL. Changes that follow no rule (Morocco's, by the moon) stand one by one, for the years of the events and ten
//! more. RDATE lists, the usual short cut, make Thunderbird move events in summer by an hour.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset as _, TimeDelta, TimeZone as _, Utc,
    Weekday,
};
use chrono_tz::{OffsetName as _, Tz};

use crate::write::lines::ContentLines;

/// Years the database of time zones knows; what lies outside is written with the rules at their ends.
const KNOWN: RangeInclusive<i32> = 1900..=2089;
/// So many years are looked at behind the last event: series go on.
const AHEAD: i32 = 10;
/// A rule that held so many years to the end is taken to hold on.
const HOLDS: i32 = 5;

/// One change of the clocks.
#[derive(Clone, Copy, Debug)]
struct ClockChange {
    at: DateTime<Utc>,
    /// Seconds east of UTC before.
    from: i32,
    /// Seconds east of UTC after.
    to: i32,
}

impl ClockChange {
    /// What the clocks show when they are changed.
    fn local(&self) -> NaiveDateTime {
        self.at.naive_utc() + TimeDelta::seconds(i64::from(self.from))
    }
}

/// Changes of consecutive years under one rule.
#[derive(Clone, Debug)]
struct Run {
    first: ClockChange,
    last: ClockChange,
    name: String,
    /// Which Sunday of the month, for all of them: -1 the last one, 1 the first one.
    ordinals: Vec<i32>,
}

impl Run {
    /// Takes in the next change if it is of the same rule.
    fn take(&mut self, next: ClockChange) -> bool {
        let (a, b) = (self.last.local(), next.local());
        let same = (self.last.from, self.last.to) == (next.from, next.to)
            && a.year() + 1 == b.year()
            && (a.month(), a.weekday(), a.time()) == (b.month(), b.weekday(), b.time());
        let common: Vec<_> = ordinals(b.date()).into_iter().filter(|it| self.ordinals.contains(it)).collect();
        if !same || common.is_empty() {
            return false;
        }
        self.ordinals = common;
        self.last = next;
        true
    }

    fn years(&self) -> i32 {
        self.last.local().year() - self.first.local().year() + 1
    }
}

/// Which weekday of its month a day is, counted from the front and, for the last one, from the back.
fn ordinals(day: NaiveDate) -> Vec<i32> {
    let from_front = i32::try_from(day.day0() / 7).unwrap_or_default() + 1;
    let last = day.checked_add_days(Days::new(7)).is_none_or(|it| it.month() != day.month());
    // The fifth Sunday is not there every year.
    let front = Some(from_front).filter(|it| *it < 5);
    last.then_some(-1).into_iter().chain(front).collect()
}

/// Whether times of this zone are written in UTC, without a VTIMEZONE.
pub fn is_utc(zone: Tz) -> bool {
    zone == Tz::UTC || zone == Tz::Etc__UTC
}

/// Writes a zone for events in these years.
pub fn write(lines: &mut ContentLines, zone: Tz, years: RangeInclusive<i32>) {
    let clamp = |year: i32| year.clamp(*KNOWN.start(), *KNOWN.end());
    // The year before the first event, so that a change lies before it.
    let (first, last) = (clamp(*years.start()) - 1, clamp(*years.end()) + AHEAD);
    let changes = changes(zone, first, last);
    let mut runs: Vec<Run> = Vec::new();
    for change in &changes {
        if !runs.iter_mut().any(|it| it.take(*change)) {
            let name = name_at(zone, change.at, change.to);
            runs.push(Run { first: *change, last: *change, name, ordinals: ordinals(change.local().date()) });
        }
    }
    lines.component("VTIMEZONE", |lines| {
        lines.plain("TZID", zone.name());
        // What holds before the first change; all there is of a zone without changes.
        let begin = midnight(first);
        if runs.iter().all(|it| it.first.local().year() > first) {
            let offset = zone.offset_from_utc_datetime(&begin).fix().local_minus_utc();
            let begin =
                ClockChange { at: begin.and_utc() - TimeDelta::seconds(i64::from(offset)), from: offset, to: offset };
            let name = name_at(zone, begin.at, offset);
            observance(lines, &Run { first: begin, last: begin, name, ordinals: Vec::new() }, last);
        }
        for run in &runs {
            observance(lines, run, last);
        }
    });
}

fn midnight(year: i32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN)
}

fn observance(lines: &mut ContentLines, run: &Run, last_year: i32) {
    // By the clock, not by the law: Ireland's law calls winter the exception, and no calendar program knows.
    let daylight = run.first.to > run.first.from;
    lines.component(if daylight { "DAYLIGHT" } else { "STANDARD" }, |lines| {
        lines.plain("DTSTART", &run.first.local().format("%Y%m%dT%H%M%S").to_string());
        if run.years() > 1 {
            let local = run.first.local();
            let ordinal = run.ordinals.first().copied().unwrap_or(-1);
            let mut rule = format!("FREQ=YEARLY;BYMONTH={};BYDAY={ordinal}{}", local.month(), day(local.weekday()));
            if run.last.local().year() < last_year || run.years() < HOLDS {
                rule.push_str(&run.last.at.format(";UNTIL=%Y%m%dT%H%M%SZ").to_string());
            }
            lines.plain("RRULE", &rule);
        }
        lines.plain("TZOFFSETFROM", &offset(run.first.from));
        lines.plain("TZOFFSETTO", &offset(run.first.to));
        lines.text("TZNAME", &run.name);
    });
}

/// `+0100`, with seconds only where there are some.
fn offset(seconds: i32) -> String {
    let (sign, it) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let seconds = if it % 60 == 0 { String::new() } else { format!("{:02}", it % 60) };
    format!("{sign}{:02}{:02}{seconds}", it / 3600, it / 60 % 60)
}

const fn day(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

fn offset_at(zone: Tz, second: i64) -> i32 {
    let instant = DateTime::from_timestamp(second, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc()
}

fn name_at(zone: Tz, at: DateTime<Utc>, to: i32) -> String {
    let name = zone.offset_from_utc_datetime(&at.naive_utc()).abbreviation().map(str::to_owned);
    name.unwrap_or_else(|| offset(to))
}

/// All changes of the offset within these years.
fn changes(zone: Tz, first: i32, last: i32) -> Vec<ClockChange> {
    const STEP: i64 = 86_400;
    let mut changes = Vec::new();
    let (mut at, end) = (midnight(first).and_utc().timestamp(), midnight(last + 1).and_utc().timestamp());
    let mut from = offset_at(zone, at);
    while at < end {
        let next = at + STEP;
        let to = offset_at(zone, next);
        if to != from {
            // The first second that has the new offset.
            let (mut before, mut after) = (at, next);
            while after - before > 1 {
                let middle = before.midpoint(after);
                if offset_at(zone, middle) == from { before = middle } else { after = middle }
            }
            changes.push(ClockChange { at: DateTime::from_timestamp(after, 0).unwrap_or_default(), from, to });
            from = to;
        }
        at = next;
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(zone: Tz, years: RangeInclusive<i32>) -> String {
        let mut lines = ContentLines::default();
        write(&mut lines, zone, years);
        lines.finish()
    }

    #[test]
    fn berlin_is_two_rules() {
        let expected = "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n\
            BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n\
            TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n\
            BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n\
            TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
        assert_eq!(zone(chrono_tz::Europe::Berlin, 2027..=2027), expected);
    }

    #[test]
    fn rules_of_other_zones() {
        let new_york = zone(chrono_tz::America::New_York, 2027..=2030);
        assert!(new_york.contains("BYMONTH=3;BYDAY=2SU\r\n") && new_york.contains("BYMONTH=11;BYDAY=1SU\r\n"));
        let sydney = zone(chrono_tz::Australia::Sydney, 2027..=2027);
        assert!(sydney.contains("BYMONTH=4;BYDAY=1SU\r\n") && sydney.contains("BYMONTH=10;BYDAY=1SU\r\n"));
        let dublin = zone(chrono_tz::Europe::Dublin, 2027..=2027);
        assert!(dublin.contains("DAYLIGHT\r\nDTSTART:20260329T010000"), "{dublin}");
        let tokyo = zone(chrono_tz::Asia::Tokyo, 2027..=2027);
        assert_eq!(tokyo.matches("BEGIN:").count(), 2);
        assert!(tokyo.contains("BEGIN:STANDARD\r\nDTSTART:20260101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900"));
        let moscow = zone(chrono_tz::Europe::Moscow, 2010..=2027);
        assert!(!moscow.contains("SU\r\n"), "no rule goes on: {moscow}");
    }

    #[test]
    fn a_rule_that_ended_is_ended() {
        let berlin = zone(chrono_tz::Europe::Berlin, 1990..=2027);
        assert!(berlin.contains("BYMONTH=9;BYDAY=-1SU;UNTIL=19950924T010000Z\r\n"), "{berlin}");
        assert!(berlin.contains("DTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n"));
    }

    #[test]
    fn there_is_never_an_rdate_and_extreme_years_do_no_harm() {
        for name in ["Africa/Casablanca", "Asia/Jerusalem", "America/Santiago", "Pacific/Apia", "Europe/Berlin"] {
            let zone_of = name.parse().unwrap();
            for years in [2010..=2027, i32::MIN..=i32::MIN, i32::MAX..=i32::MAX, 0..=9999] {
                let text = zone(zone_of, years);
                assert!(!text.contains("RDATE") && text.contains("TZOFFSETTO"), "{text}");
            }
        }
    }
}
