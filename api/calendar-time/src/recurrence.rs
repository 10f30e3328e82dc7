//! Recurrence: what a rule may say, and the dates that it gives.
//!
//! Everything here is wall-clock time of the entry's zone. Weekly at nine stays nine o'clock whatever the clock does;
//! which instant a date is, and what happens in the two hours a year that are different, is for `time` to say.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use calcard::common::timezone::Tz as RuleZone;
use calcard::icalendar::ICalendar;
use chrono::{DateTime, Months, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::rule::{MAX_DATES, RuleError, canonical, read_stamp, stamp};

/// The most dates beside a rule, and the most left out.
const MAX_LISTED: usize = 500;
/// The longest rule, in characters.
const MAX_RULE: usize = 500;
/// How far the dates of a series without an end are known, in months from now (or from its start, if that is later).
pub const KNOWN_MONTHS: u32 = 120;
/// How far a window may reach, in months from now: some less, so that a series is known there whenever it was changed.
const ASKED_MONTHS: u32 = 60;

/// How an entry recurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecurrenceSet {
    /// RRULE in a canonical form; its UNTIL is wall-clock time, or a date for whole days.
    pub rule: Option<String>,
    /// Starts beside those of the rule.
    pub rdate: BTreeSet<NaiveDateTime>,
    /// Starts of the rule that are left out.
    pub exdate: BTreeSet<NaiveDateTime>,
}

/// Up to when the dates of series are known.
pub fn materialized_until(start: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let from = start.max(now);
    from.checked_add_months(Months::new(KNOWN_MONTHS)).unwrap_or(from)
}

/// Up to when windows may ask for dates.
pub fn latest_window(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_months(Months::new(ASKED_MONTHS)).unwrap_or(now)
}

impl RecurrenceSet {
    /// How an entry recurs.
    pub fn of(row: &entities::calendar_entry::Model) -> Self {
        Self {
            rule: row.recurrence_rule.clone(),
            rdate: read_listed(row.extra_dates.as_deref()),
            exdate: read_listed(row.except_dates.as_deref()),
        }
    }

    /// Whether there is anything beside the first date.
    pub fn is_some(&self) -> bool {
        self.rule.is_some() || !self.rdate.is_empty()
    }

    /// Checks what somebody wishes, for an entry of whole days or with clock times in `zone`.
    ///
    /// # Errors
    /// The rule says what is not understood; there are too many dates.
    pub fn checked(
        rule: Option<&str>,
        rdate: BTreeSet<NaiveDateTime>,
        exdate: BTreeSet<NaiveDateTime>,
        all_day: bool,
        zone: Tz,
    ) -> ApiResult<Self> {
        for (field, dates) in [("recurrence.extraDates", &rdate), ("recurrence.exceptDates", &exdate)] {
            if dates.len() > MAX_LISTED {
                let text = Text::new("list-too-long").with("length", dates.len()).with("max", MAX_LISTED);
                return Err(Problem::at(UserErrorCode::LimitReached, field, text).into());
            }
        }
        if let Some(length) = rule.map(|it| it.chars().count()).filter(|it| *it > MAX_RULE) {
            let text = Text::new("too-long").with("max", MAX_RULE).with("length", length);
            return Err(Problem::at(UserErrorCode::TooLong, "recurrence.rule", text).into());
        }
        let refused = |it: RuleError| Problem::at(UserErrorCode::Invalid, "recurrence.rule", it.text);
        let rule = rule.map(|it| canonical(it, all_day, zone).map_err(refused)).transpose()?;
        let whole = |dates: BTreeSet<NaiveDateTime>| {
            if all_day { dates.into_iter().map(|it| it.date().and_time(NaiveTime::MIN)).collect() } else { dates }
        };
        Ok(Self { rule, rdate: whole(rdate), exdate: whole(exdate) })
    }

    /// The starts of a series that begins at `start`, up to `until`, in order. `start` is the first of them, also where
    /// the rule alone would not give it, unless it is left out.
    ///
    /// # Errors
    /// There are more than `MAX_DATES` of them.
    pub fn dates(&self, start: NaiveDateTime, until: NaiveDateTime) -> ApiResult<BTreeSet<NaiveDateTime>> {
        let mut dates = match &self.rule {
            Some(rule) => expand(rule, start, until),
            None => BTreeSet::new(),
        };
        dates.insert(start);
        dates.extend(self.rdate.iter().filter(|it| **it <= until));
        if dates.len() > MAX_DATES {
            let text = Text::new("too-many-dates").with("max", MAX_DATES);
            return Err(Problem::at(UserErrorCode::LimitReached, "recurrence", text).into());
        }
        dates.retain(|it| !self.exdate.contains(it));
        Ok(dates)
    }

    /// The same series, ending before `date`.
    pub fn before(&self, date: NaiveDateTime, all_day: bool) -> Self {
        let last = date - chrono::TimeDelta::seconds(1);
        let parts = |rule: &str| {
            let kept = rule.split(';').filter(|it| !it.starts_with("UNTIL=") && !it.starts_with("COUNT="));
            let mut kept: Vec<_> = kept.map(str::to_owned).collect();
            kept.push(format!("UNTIL={}", stamp(last, all_day)));
            kept.join(";")
        };
        Self {
            rule: self.rule.as_deref().map(parts),
            rdate: self.rdate.range(..date).copied().collect(),
            exdate: self.exdate.range(..date).copied().collect(),
        }
    }

    /// The rest of the series from `date` on, of which `gone` dates of the rule have passed before.
    pub fn from(&self, date: NaiveDateTime, gone: usize) -> Self {
        let parts = |rule: &str| {
            let part = |it: &str| match it.strip_prefix("COUNT=").and_then(|it| it.parse::<usize>().ok()) {
                Some(count) => format!("COUNT={}", count.saturating_sub(gone).max(1)),
                None => it.to_owned(),
            };
            rule.split(';').map(part).collect::<Vec<_>>().join(";")
        };
        Self {
            rule: self.rule.as_deref().map(parts),
            rdate: self.rdate.range(date..).copied().filter(|it| *it != date).collect(),
            exdate: self.exdate.range(date..).copied().collect(),
        }
    }

    /// The same series when all of it moves by `delta`.
    pub fn moved(&self, delta: chrono::TimeDelta, all_day: bool) -> Self {
        let part = |it: &str| match it.strip_prefix("UNTIL=").and_then(read_stamp) {
            Some((until, _)) => format!("UNTIL={}", stamp(until + delta, all_day)),
            None => it.to_owned(),
        };
        Self {
            rule: self.rule.as_deref().map(|it| it.split(';').map(part).collect::<Vec<_>>().join(";")),
            rdate: self.rdate.iter().map(|it| *it + delta).collect(),
            exdate: self.exdate.iter().map(|it| *it + delta).collect(),
        }
    }

    /// How many dates the rule alone gives before `date`, from `start` on.
    pub fn gone(&self, start: NaiveDateTime, date: NaiveDateTime) -> usize {
        let last = date - chrono::TimeDelta::seconds(1);
        self.rule.as_deref().map_or(0, |rule| expand(rule, start, last).len())
    }
}

/// Dates as they are kept: one per line.
pub fn listed(dates: &BTreeSet<NaiveDateTime>) -> Option<String> {
    let lines: Vec<_> = dates.iter().map(|it| it.format("%Y-%m-%dT%H:%M:%S").to_string()).collect();
    Some(lines.join("\n")).filter(|it| !it.is_empty())
}

/// Dates as they were kept.
fn read_listed(lines: Option<&str>) -> BTreeSet<NaiveDateTime> {
    lines.into_iter().flat_map(str::lines).filter_map(|it| it.parse().ok()).collect()
}

/// The dates of a rule. They are computed without a zone, and not beyond `until` or [`MAX_DATES`] and one.
fn expand(rule: &str, start: NaiveDateTime, until: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
    if until < start {
        return BTreeSet::new();
    }
    let own_end =
        rule.split(';').find_map(|it| it.strip_prefix("UNTIL=")).and_then(read_stamp).map(|(end, is_date)| {
            if is_date { end.date().and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()) } else { end }
        });
    let end = own_end.map_or(until, |it| it.min(until));
    // A rule has either; where it counts, what is beyond the end is cut below.
    let has_count = rule.contains("COUNT=");
    let mut text = String::from("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n");
    let kept: Vec<_> = rule.split(';').filter(|it| !it.starts_with("UNTIL=")).collect();
    let _ = write!(text, "DTSTART:{}\r\nRRULE:{}", stamp(start, false), kept.join(";"));
    if !has_count {
        let _ = write!(text, ";UNTIL={}", stamp(end, false));
    }
    text.push_str("\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    let Ok(calendar) = ICalendar::parse(&text) else { return BTreeSet::new() };
    let expanded = calendar.expand_dates(RuleZone::Floating, MAX_DATES + 1);
    expanded.events.into_iter().map(|it| it.start.naive_local()).filter(|it| *it <= end).collect()
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn dates(text: &str, start: &str, until: &str) -> Vec<String> {
        let recurrence = RecurrenceSet { rule: Some(canonical(text, false, Berlin).unwrap()), ..Default::default() };
        let dates = recurrence.dates(at(start), at(until)).unwrap();
        dates.iter().map(|it| it.format("%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn rules_give_their_dates() {
        assert_eq!(
            dates("FREQ=WEEKLY;BYDAY=MO,WE;COUNT=4", "2027-01-04T09:00:00", "2030-01-01T00:00:00"),
            ["01-04 09:00", "01-06 09:00", "01-11 09:00", "01-13 09:00"]
        );
        assert_eq!(
            dates("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29T09:00:00", "2027-03-31T00:00:00"),
            ["01-29 09:00", "02-26 09:00", "03-26 09:00"]
        );
        assert_eq!(
            dates("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31T09:00:00", "2027-06-01T00:00:00"),
            ["01-31 09:00", "03-31 09:00", "05-31 09:00"]
        );
        assert_eq!(
            dates("FREQ=DAILY;UNTIL=20270103", "2027-01-01T22:00:00", "2030-01-01T00:00:00"),
            ["01-01 22:00", "01-02 22:00", "01-03 22:00"]
        );
    }

    #[test]
    fn dates_of_whole_days_are_days() {
        let rdate = BTreeSet::from([at("2027-03-03T09:00:00")]);
        let days = RecurrenceSet::checked(None, rdate.clone(), BTreeSet::new(), true, Berlin).unwrap();
        assert_eq!(days.rdate, BTreeSet::from([at("2027-03-03T00:00:00")]));
        assert_eq!(RecurrenceSet::checked(None, rdate.clone(), BTreeSet::new(), false, Berlin).unwrap().rdate, rdate);
    }

    #[test]
    fn a_rule_without_an_end_stops_where_it_is_not_known_any_more() {
        assert_eq!(dates("FREQ=DAILY", "2027-01-01T09:00:00", "2027-01-03T09:00:00").len(), 3);
        let daily = RecurrenceSet { rule: Some("FREQ=DAILY".to_owned()), ..Default::default() };
        assert!(daily.dates(at("2027-01-01T09:00:00"), at("2127-01-01T09:00:00")).is_err(), "more than 5,000");
    }

    #[test]
    fn a_series_is_cut_in_two_without_a_loss() {
        let start = at("2027-01-04T09:00:00");
        let end = at("2028-01-01T00:00:00");
        for text in ["FREQ=WEEKLY;COUNT=10", "FREQ=WEEKLY;UNTIL=20270601T090000", "FREQ=WEEKLY;BYDAY=MO,TH"] {
            let whole = RecurrenceSet {
                rule: Some(text.to_owned()),
                rdate: BTreeSet::from([at("2027-01-09T10:00:00"), at("2027-03-06T10:00:00")]),
                exdate: BTreeSet::from([at("2027-01-11T09:00:00"), at("2027-02-15T09:00:00")]),
            };
            let cut = at("2027-02-01T09:00:00");
            let head = whole.before(cut, false).dates(start, end).unwrap();
            let tail = whole.from(cut, whole.gone(start, cut)).dates(cut, end).unwrap();
            let mut both = head.clone();
            both.extend(&tail);
            assert_eq!(both, whole.dates(start, end).unwrap(), "{text}");
            assert!(head.iter().all(|it| *it < cut) && tail.iter().all(|it| *it >= cut), "{text}");
        }
    }
}
