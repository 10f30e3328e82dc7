//! Recurrence: what a rule may say, and the dates that it gives.
//!
//! Everything here is wall-clock time of the entry's zone. Weekly at nine stays nine o'clock whatever the clock does;
//! which instant a date is, and what happens in the two hours a year that are different, is for `time` to say.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Months, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::expand::Expansion;
use crate::rule::{RuleError, canonical, read_stamp, stamp};

/// The most dates of one series that are known at a time: of more, the latest. A rule gives at most one a day, so that
/// these are at least 13 years, of which [`KNOWN_MONTHS`] lie ahead.
pub const MAX_DATES: usize = 5_000;

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

    /// The starts of a series that begins at `start`, up to `until`, in order; of more than [`MAX_DATES`] the latest.
    /// `start` is the first of them, also where the rule alone would not give it, unless it is left out.
    pub fn dates(&self, start: NaiveDateTime, until: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let mut dates = self.latest(start, until);
        if start <= until {
            dates.insert(start);
        }
        dates.extend(self.rdate.range(..=until));
        dates.retain(|it| !self.exdate.contains(it));
        while dates.len() > MAX_DATES {
            dates.pop_first();
        }
        dates
    }

    /// Whether the rule ends before `start`, so that it gives nothing to a series that begins there.
    pub fn ends_before(&self, start: NaiveDateTime) -> bool {
        self.rule.as_deref().and_then(|it| Expansion::new(it, start)?.end()).is_some_and(|it| it < start)
    }

    /// The end of the rule, as the rule writes it.
    pub fn until(&self) -> Option<&str> {
        self.rule.as_deref()?.split(';').find_map(|it| it.strip_prefix("UNTIL="))
    }

    /// Whether a series that begins at `start` has this date.
    pub fn has(&self, start: NaiveDateTime, date: NaiveDateTime) -> bool {
        let of_rule = || self.rule.as_deref().and_then(|it| Expansion::new(it, start)).map(|it| it.between(date, date));
        !self.exdate.contains(&date)
            && (date == start || self.rdate.contains(&date) || of_rule().is_some_and(|it| it.contains(&date)))
    }

    /// The starts of a series that begins at `start` between two times, both inclusive, however many they are.
    pub fn between(&self, start: NaiveDateTime, from: NaiveDateTime, until: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        if from > until {
            return BTreeSet::new();
        }
        let rule = self.rule.as_deref().and_then(|it| Expansion::new(it, start));
        let mut dates: BTreeSet<_> = rule.map_or_else(Vec::new, |it| it.between(from, until)).into_iter().collect();
        dates.extend(Some(start).filter(|it| (from..=until).contains(it)));
        dates.extend(self.rdate.range(from..=until));
        dates.retain(|it| !self.exdate.contains(it));
        dates
    }

    /// Of `dates`, those of a series that begins at `start`, the first one where the series had others before it that
    /// are not known any more.
    pub fn known_from(&self, start: NaiveDateTime, dates: &BTreeSet<NaiveDateTime>) -> Option<NaiveDateTime> {
        let first = dates.first().copied().filter(|it| *it > start && dates.len() == MAX_DATES)?;
        let before = self.dates(start, first - TimeDelta::seconds(1));
        (!before.is_empty()).then_some(first)
    }

    /// The dates of the rule up to `until`: all of them, or at least the latest [`MAX_DATES`] and those left out.
    fn latest(&self, start: NaiveDateTime, until: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let Some(rule) = self.rule.as_deref().and_then(|it| Expansion::new(it, start)) else { return BTreeSet::new() };
        let enough = MAX_DATES + self.exdate.len();
        // A rule may end long before.
        let end = rule.end().map_or(until, |it| it.min(until));
        let mut days = u64::try_from(enough).unwrap_or(u64::MAX);
        loop {
            let from = end.checked_sub_days(Days::new(days)).filter(|it| *it > start && !rule.counts());
            let dates = rule.between(from.unwrap_or(start), end);
            if from.is_none() || dates.len() >= enough {
                return dates.into_iter().collect();
            }
            days = days.saturating_mul(4);
        }
    }

    /// The same series, ending before `date`.
    pub fn before(&self, date: NaiveDateTime, all_day: bool) -> Self {
        let last = date - TimeDelta::seconds(1);
        let parts = |rule: &str| {
            let kept = rule.split(';').filter(|it| !it.starts_with("UNTIL=") && !it.starts_with("COUNT="));
            let mut kept: Vec<_> = kept.map(str::to_owned).collect();
            kept.push(format!("UNTIL={}", stamp(last, all_day)));
            let rule = kept.join(";");
            // Its UNTIL is on no other clock.
            canonical(&rule, all_day, Tz::UTC).unwrap_or(rule)
        };
        Self {
            rule: self.rule.as_deref().map(parts),
            rdate: self.rdate.range(..date).copied().collect(),
            exdate: self.exdate.range(..date).copied().collect(),
        }
    }

    /// The rest, from its date `date` on, of the series that begins at `start`.
    pub fn rest(&self, start: NaiveDateTime, date: NaiveDateTime) -> Self {
        let parts = |rule: &str| {
            let part = |it: &str| match it.strip_prefix("COUNT=").and_then(|it| it.parse::<usize>().ok()) {
                Some(count) => format!("COUNT={}", self.counted_from(start, date, count)),
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

    /// How many dates a rule of `count` counts for its rest from `date` on. A date beside the rule begins the rest, and
    /// what begins a series is counted.
    fn counted_from(&self, start: NaiveDateTime, date: NaiveDateTime, count: usize) -> usize {
        let rule = self.rule.as_deref().and_then(|it| Expansion::new(it, start));
        let until_date = rule.map_or_else(Vec::new, |it| it.between(start, date));
        let is_of_rule = until_date.last() == Some(&date);
        let passed = until_date.len() - usize::from(is_of_rule);
        (count.saturating_sub(passed) + usize::from(!is_of_rule)).max(1)
    }

    /// The same series when all of it moves by `delta`.
    pub fn moved(&self, delta: TimeDelta, all_day: bool) -> Self {
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

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn dates(text: &str, start: &str, until: &str) -> Vec<String> {
        let recurrence = RecurrenceSet { rule: Some(canonical(text, false, Berlin).unwrap()), ..Default::default() };
        let dates = recurrence.dates(at(start), at(until));
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
        let dates = daily.dates(at("2027-01-01T09:00:00"), at("2127-01-01T09:00:00"));
        assert_eq!((dates.len(), dates.last()), (MAX_DATES, Some(&at("2127-01-01T09:00:00"))), "of more, the latest");
    }

    #[test]
    fn a_series_is_never_too_old_for_the_dates_that_are_asked_for() {
        let until = at("2036-11-30T00:00:00");
        for (rule, start, in_2027) in [
            ("FREQ=DAILY", "2022-01-11T07:30:00", 365),
            ("FREQ=DAILY", "1900-01-01T07:30:00", 365),
            ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2005-01-03T08:00:00", 261),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "1900-01-31T08:00:00", 12),
            ("FREQ=YEARLY", "1901-02-03T08:00:00", 1),
            ("FREQ=DAILY;COUNT=40000", "1950-01-01T08:00:00", 365),
            ("FREQ=DAILY;UNTIL=20270701T235959", "1950-01-01T08:00:00", 182),
        ] {
            let series = RecurrenceSet { rule: Some(canonical(rule, false, Berlin).unwrap()), ..Default::default() };
            let dates = series.dates(at(start), until);
            let of_year = dates.range(at("2027-01-01T00:00:00")..at("2028-01-01T00:00:00")).count();
            assert_eq!(of_year, in_2027, "{rule} {start}");
            let whole = Expansion::new(series.rule.as_deref().unwrap(), at(start)).unwrap().between(at(start), until);
            let latest = whole.iter().rev().take(MAX_DATES).rev().copied();
            assert!(dates.iter().copied().eq(latest), "{rule} {start}");
            let known = series.known_from(at(start), &dates);
            assert_eq!(known, dates.first().copied().filter(|_| whole.len() > MAX_DATES), "{rule} {start}");
        }
    }

    #[test]
    fn the_start_is_the_first_date_and_is_counted() {
        // A Tuesday and a rule of Wednesdays.
        let dates = dates("FREQ=WEEKLY;BYDAY=WE;COUNT=3", "2027-01-05T09:00:00", "2030-01-01T00:00:00");
        assert_eq!(dates, ["01-05 09:00", "01-06 09:00", "01-13 09:00"]);
    }

    #[test]
    fn a_rule_that_ends_before_the_start_is_found() {
        let rule = |text: &str| RecurrenceSet { rule: Some(text.to_owned()), ..Default::default() };
        for (text, before) in [
            ("FREQ=DAILY;UNTIL=20270301T085959", true),
            ("FREQ=DAILY;UNTIL=20270301T090000", false),
            ("FREQ=DAILY;UNTIL=20270301", false),
            ("FREQ=DAILY;UNTIL=20270228", true),
            ("FREQ=DAILY", false),
        ] {
            assert_eq!(rule(text).ends_before(at("2027-03-01T09:00:00")), before, "{text}");
        }
    }

    #[test]
    fn a_date_is_asked_for_by_itself() {
        let series = RecurrenceSet {
            rule: Some("FREQ=DAILY;COUNT=4".to_owned()),
            rdate: BTreeSet::from([at("2027-03-09T10:00:00")]),
            exdate: BTreeSet::from([at("2027-03-02T09:00:00")]),
        };
        let start = at("2027-03-01T09:00:00");
        let dates = series.dates(start, at("2028-01-01T00:00:00"));
        let all = (0..24 * 12).map(|it| start + TimeDelta::hours(it));
        assert!(all.clone().all(|it| series.has(start, it) == dates.contains(&it)));
        assert_eq!(dates.len(), 4);
    }

    #[test]
    fn dates_between_two_times_are_those_of_the_series() {
        let series = RecurrenceSet {
            rule: Some("FREQ=WEEKLY;COUNT=9;BYDAY=MO,TH".to_owned()),
            rdate: BTreeSet::from([at("2027-01-09T10:00:00")]),
            exdate: BTreeSet::from([at("2027-01-11T09:00:00")]),
        };
        let start = at("2027-01-04T09:00:00");
        let all = series.dates(start, at("2028-01-01T00:00:00"));
        for from in ["2026-12-01T00:00:00", "2027-01-04T09:00:00", "2027-01-09T10:00:00", "2027-02-01T00:00:00"] {
            for until in ["2027-01-04T09:00:00", "2027-01-09T10:00:00", "2027-01-18T09:00:00", "2027-06-01T00:00:00"] {
                let (from, until) = (at(from), at(until));
                let expected: Vec<_> = all.iter().copied().filter(|it| (from..=until).contains(it)).collect();
                assert!(series.between(start, from, until).into_iter().eq(expected), "{from} {until}");
            }
        }
        let daily = RecurrenceSet { rule: Some("FREQ=DAILY".to_owned()), ..Default::default() };
        let century = daily.between(start, start, at("2127-01-03T09:00:00"));
        assert_eq!(century.len(), 36_524, "more than are known at a time");
    }

    #[test]
    fn a_series_that_ends_earlier_has_its_rule_in_order() {
        let series =
            RecurrenceSet { rule: Some("FREQ=WEEKLY;COUNT=9;WKST=SU;BYDAY=MO".to_owned()), ..Default::default() };
        assert_eq!(
            series.before(at("2027-02-01T09:00:00"), false).rule.unwrap(),
            "FREQ=WEEKLY;UNTIL=20270201T085959;WKST=SU;BYDAY=MO"
        );
        assert_eq!(
            series.before(at("2027-02-01T00:00:00"), true).rule.unwrap(),
            "FREQ=WEEKLY;UNTIL=20270131;WKST=SU;BYDAY=MO"
        );
    }

    #[test]
    fn a_series_is_cut_in_two_without_a_loss() {
        let start = at("2027-01-04T09:00:00");
        let end = at("2028-01-01T00:00:00");
        for text in [
            "FREQ=WEEKLY;COUNT=10",
            "FREQ=WEEKLY;UNTIL=20270601T090000",
            "FREQ=WEEKLY;BYDAY=MO,TH",
            // The start is beside the rule.
            "FREQ=WEEKLY;COUNT=20;BYDAY=MO,TH,SU",
            "FREQ=WEEKLY;COUNT=9;BYDAY=MO,SU",
        ] {
            let whole = RecurrenceSet {
                rule: Some(text.to_owned()),
                rdate: BTreeSet::from([at("2027-01-09T10:00:00"), at("2027-03-06T10:00:00")]),
                exdate: BTreeSet::from([at("2027-01-11T09:00:00"), at("2027-02-15T09:00:00")]),
            };
            let cut = at("2027-02-01T09:00:00");
            let head = whole.before(cut, false).dates(start, end);
            let tail = whole.rest(start, cut).dates(cut, end);
            let mut both = head.clone();
            both.extend(&tail);
            assert_eq!(both, whole.dates(start, end), "{text}");
            assert!(head.iter().all(|it| *it < cut) && tail.iter().all(|it| *it >= cut), "{text}");
        }
    }
}
