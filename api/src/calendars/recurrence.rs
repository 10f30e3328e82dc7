//! Recurrence: what a rule may say, and the dates that it gives.
//!
//! Everything here is wall-clock time of the entry's zone. Weekly at nine stays nine o'clock whatever the clock does;
//! which instant a date is, and what happens in the two hours a year that are different, is for `time` to say.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use calcard::common::timezone::Tz as RuleZone;
use calcard::icalendar::ICalendar;
use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// The most dates of one series.
pub const MAX_DATES: usize = 5_000;
/// The most dates beside a rule, and the most left out.
const MAX_LISTED: usize = 500;
/// The longest rule, in characters.
const MAX_RULE: usize = 500;
/// How far the dates of a series without an end are known, in months from now (or from its start, if that is later).
const KNOWN_MONTHS: u32 = 120;
/// How far a window may reach, in months from now: some less, so that a series is known there whenever it was changed.
const ASKED_MONTHS: u32 = 60;

/// How an entry recurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recurrence {
    /// RRULE in a canonical form; its UNTIL is wall-clock time, or a date for whole days.
    pub rule: Option<String>,
    /// Starts beside those of the rule.
    pub extra: BTreeSet<NaiveDateTime>,
    /// Starts of the rule that are left out.
    pub except: BTreeSet<NaiveDateTime>,
}

/// Up to when the dates of series are known.
pub fn horizon(start: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let from = start.max(now);
    from.checked_add_months(Months::new(KNOWN_MONTHS)).unwrap_or(from)
}

/// Up to when windows may ask for dates.
pub fn latest_window(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_months(Months::new(ASKED_MONTHS)).unwrap_or(now)
}

impl Recurrence {
    /// How an entry recurs.
    pub fn of(row: &verbund_entities::calendar_entry::Model) -> Self {
        Self {
            rule: row.recurrence_rule.clone(),
            extra: read_listed(row.extra_dates.as_deref()),
            except: read_listed(row.except_dates.as_deref()),
        }
    }

    /// Whether there is anything beside the first date.
    pub fn is_some(&self) -> bool {
        self.rule.is_some() || !self.extra.is_empty()
    }

    /// Checks what somebody wishes, for an entry of whole days or with clock times in `zone`.
    ///
    /// # Errors
    /// The rule says what is not understood; there are too many dates.
    pub fn checked(
        rule: Option<&str>,
        extra: BTreeSet<NaiveDateTime>,
        except: BTreeSet<NaiveDateTime>,
        all_day: bool,
        zone: Tz,
    ) -> ApiResult<Self> {
        for (field, dates) in [("recurrence.extraDates", &extra), ("recurrence.exceptDates", &except)] {
            if dates.len() > MAX_LISTED {
                let text = Text::new("list-too-long").with("length", dates.len()).with("max", MAX_LISTED);
                return Err(Problem::at(UserErrorCode::LimitReached, field, text).into());
            }
        }
        let rule = rule.map(|it| canonical(it, all_day, zone)).transpose()?;
        let whole = |dates: BTreeSet<NaiveDateTime>| {
            if all_day { dates.into_iter().map(|it| it.date().and_time(NaiveTime::MIN)).collect() } else { dates }
        };
        Ok(Self { rule, extra: whole(extra), except: whole(except) })
    }

    /// The starts of a series that begins at `start`, up to `until`, in order. `start` is the first of them, also where
    /// the rule alone would not give it, unless it is left out.
    ///
    /// # Errors
    /// There are more than [`MAX_DATES`].
    pub fn dates(&self, start: NaiveDateTime, until: NaiveDateTime) -> ApiResult<BTreeSet<NaiveDateTime>> {
        let mut dates = match &self.rule {
            Some(rule) => expand(rule, start, until),
            None => BTreeSet::new(),
        };
        dates.insert(start);
        dates.extend(self.extra.iter().filter(|it| **it <= until));
        if dates.len() > MAX_DATES {
            let text = Text::new("too-many-dates").with("max", MAX_DATES);
            return Err(Problem::at(UserErrorCode::LimitReached, "recurrence", text).into());
        }
        dates.retain(|it| !self.except.contains(it));
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
            extra: self.extra.range(..date).copied().collect(),
            except: self.except.range(..date).copied().collect(),
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
            extra: self.extra.range(date..).copied().filter(|it| *it != date).collect(),
            except: self.except.range(date..).copied().collect(),
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
            extra: self.extra.iter().map(|it| *it + delta).collect(),
            except: self.except.iter().map(|it| *it + delta).collect(),
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

/// `20270312T140000`, or `20270312` of whole days.
fn stamp(time: NaiveDateTime, all_day: bool) -> String {
    time.format(if all_day { "%Y%m%d" } else { "%Y%m%dT%H%M%S" }).to_string()
}

/// Reads it back; whether it was a date alone.
fn read_stamp(text: &str) -> Option<(NaiveDateTime, bool)> {
    if let Ok(time) = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S") {
        return Some((time, false));
    }
    let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8)?;
    Some((date.and_time(NaiveTime::MIN), true))
}

fn wrong(part: &str, text: Text) -> crate::error::ApiError {
    let part: String = part.chars().take(60).collect();
    Problem::at(UserErrorCode::Invalid, "recurrence.rule", text.with("part", part)).into()
}

/// The parts of a rule in the order in which they are kept.
const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
    "WKST",
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Checks a rule and writes it in one way.
fn canonical(rule: &str, all_day: bool, zone: Tz) -> ApiResult<String> {
    if rule.chars().count() > MAX_RULE {
        let text = Text::new("too-long").with("max", MAX_RULE).with("length", rule.chars().count());
        return Err(Problem::at(UserErrorCode::TooLong, "recurrence.rule", text).into());
    }
    let rule = rule.trim().to_ascii_uppercase();
    let rule = rule.strip_prefix("RRULE:").unwrap_or(&rule);
    let mut said: Vec<(usize, &str, String)> = Vec::new();
    for part in rule.split(';').filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(|| wrong(part, Text::new("rule-no-part")))?;
        let place =
            PARTS.iter().position(|it| *it == name).ok_or_else(|| wrong(part, Text::new("rule-unknown-part")))?;
        if said.iter().any(|it| it.0 == place) {
            return Err(wrong(part, Text::new("rule-part-twice")));
        }
        said.push((place, name, value.to_owned()));
    }
    said.sort_by_key(|it| it.0);
    let frequency = said.iter().find(|it| it.1 == "FREQ").map(|it| it.2.clone());
    let frequency = frequency.ok_or_else(|| wrong(rule, Text::new("rule-without-frequency")))?;
    let has = |name: &str| said.iter().any(|it| it.1 == name);
    if has("COUNT") && has("UNTIL") {
        return Err(wrong(rule, Text::new("rule-count-and-until")));
    }
    if has("BYSETPOS") && !said.iter().any(|it| it.1.starts_with("BY") && it.1 != "BYSETPOS") {
        return Err(wrong("BYSETPOS", Text::new("rule-position-of-nothing")));
    }
    let mut parts = Vec::new();
    for (_, name, value) in &said {
        let part = format!("{name}={value}");
        let value = part_of_rule(name, value, &frequency, all_day, zone)
            .ok_or_else(|| wrong(&part, Text::new("rule-wrong-value")))?;
        parts.push(format!("{name}={value}"));
    }
    Ok(parts.join(";"))
}

/// The value of one part, if it is one.
fn part_of_rule(name: &str, value: &str, frequency: &str, all_day: bool, zone: Tz) -> Option<String> {
    let yearly = frequency == "YEARLY";
    match name {
        "FREQ" => ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value).then(|| value.to_owned()),
        "INTERVAL" => number(value, 1, 1_000, false),
        "COUNT" => number(value, 1, i64::try_from(MAX_DATES).unwrap_or(i64::MAX), false),
        "UNTIL" => until(value, all_day, zone),
        "BYMONTH" => list(value, |it| number(it, 1, 12, false)),
        "BYWEEKNO" if yearly => list(value, |it| number(it, 1, 53, true)),
        "BYYEARDAY" if yearly => list(value, |it| number(it, 1, 366, true)),
        "BYMONTHDAY" if frequency != "WEEKLY" => list(value, |it| number(it, 1, 31, true)),
        "BYDAY" => list(value, |it| {
            let (ordinal, day) = it.split_at_checked(it.len().checked_sub(2)?)?;
            let ordinal = match ordinal {
                "" => String::new(),
                _ if yearly || frequency == "MONTHLY" => number(ordinal, 1, 53, true)?,
                _ => return None,
            };
            DAYS.contains(&day).then(|| format!("{ordinal}{day}"))
        }),
        "BYSETPOS" => list(value, |it| number(it, 1, 366, true)),
        "WKST" => DAYS.contains(&value).then(|| value.to_owned()),
        _ => None,
    }
}

fn list(value: &str, item: impl Fn(&str) -> Option<String>) -> Option<String> {
    let items: Option<Vec<_>> = value.split(',').map(item).collect();
    items.map(|it| it.join(","))
}

/// A number from `least` to `most`, counted from the end where it is negative and may be.
fn number(value: &str, least: i64, most: i64, negative: bool) -> Option<String> {
    let plain = value.strip_prefix('+').unwrap_or(value);
    let number: i64 = plain.parse().ok().filter(|_| plain.starts_with(|it: char| it.is_ascii_digit() || it == '-'))?;
    let size = if negative { number.abs() } else { number };
    (least..=most).contains(&size).then(|| number.to_string())
}

/// UNTIL as wall-clock time, inclusive; a date means the whole of it.
fn until(value: &str, all_day: bool, zone: Tz) -> Option<String> {
    let time = match value.strip_suffix('Z') {
        Some(utc) => {
            let (time, _) = read_stamp(utc).filter(|it| !it.1)?;
            time.and_utc().with_timezone(&zone).naive_local()
        }
        None => {
            let (time, is_date) = read_stamp(value)?;
            if is_date { time.date().and_hms_opt(23, 59, 59)? } else { time }
        }
    };
    Some(stamp(time, all_day))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn rule(text: &str) -> Result<String, String> {
        canonical(text, false, Berlin).map_err(|error| format!("{error:?}"))
    }

    fn dates(text: &str, start: &str, until: &str) -> Vec<String> {
        let recurrence = Recurrence { rule: Some(rule(text).unwrap()), ..Default::default() };
        let dates = recurrence.dates(at(start), at(until)).unwrap();
        dates.iter().map(|it| it.format("%m-%d %H:%M").to_string()).collect()
    }

    #[test]
    fn rules_are_written_in_one_way() {
        for (given, kept) in [
            ("freq=weekly;byday=mo,we", "FREQ=WEEKLY;BYDAY=MO,WE"),
            ("RRULE:COUNT=3;FREQ=DAILY", "FREQ=DAILY;COUNT=3"),
            ("FREQ=MONTHLY;BYDAY=+2TU,-1FR;", "FREQ=MONTHLY;BYDAY=2TU,-1FR"),
            ("FREQ=DAILY;UNTIL=20270701T070000Z", "FREQ=DAILY;UNTIL=20270701T090000"),
            ("FREQ=DAILY;UNTIL=20270701", "FREQ=DAILY;UNTIL=20270701T235959"),
        ] {
            assert_eq!(rule(given).as_deref(), Ok(kept), "{given}");
        }
        assert_eq!(canonical("FREQ=DAILY;UNTIL=20270701T070000Z", true, Berlin).unwrap(), "FREQ=DAILY;UNTIL=20270701");
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in [
            "",
            "WEEKLY",
            "FREQ=HOURLY",
            "FREQ=SECONDLY",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=5001",
            "FREQ=DAILY;COUNT=2;UNTIL=20270101",
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=DAILY;BYDAY=XX",
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=-1",
            "FREQ=DAILY;UNTIL=2027",
            "FREQ=DAILY;X=1",
            "FREQ=MONTHLY;BYSETPOS=1",
            "FREQ=MONTHLY;BYDAY=",
            "FREQ=MONTHLY;BYDAY=54MO",
            "FREQ=DAILY;COUNT=1e3",
            "FREQ=MONTHLY;BYDAY=äMO",
        ] {
            assert!(rule(wrong).is_err(), "{wrong}");
        }
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
        let extra = BTreeSet::from([at("2027-03-03T09:00:00")]);
        let days = Recurrence::checked(None, extra.clone(), BTreeSet::new(), true, Berlin).unwrap();
        assert_eq!(days.extra, BTreeSet::from([at("2027-03-03T00:00:00")]));
        assert_eq!(Recurrence::checked(None, extra.clone(), BTreeSet::new(), false, Berlin).unwrap().extra, extra);
    }

    #[test]
    fn a_rule_without_an_end_stops_where_it_is_not_known_any_more() {
        assert_eq!(dates("FREQ=DAILY", "2027-01-01T09:00:00", "2027-01-03T09:00:00").len(), 3);
        let daily = Recurrence { rule: Some("FREQ=DAILY".to_owned()), ..Default::default() };
        assert!(daily.dates(at("2027-01-01T09:00:00"), at("2127-01-01T09:00:00")).is_err(), "more than 5,000");
    }

    #[test]
    fn a_series_is_cut_in_two_without_a_loss() {
        let start = at("2027-01-04T09:00:00");
        let end = at("2028-01-01T00:00:00");
        for text in ["FREQ=WEEKLY;COUNT=10", "FREQ=WEEKLY;UNTIL=20270601T090000", "FREQ=WEEKLY;BYDAY=MO,TH"] {
            let whole = Recurrence {
                rule: Some(text.to_owned()),
                extra: BTreeSet::from([at("2027-01-09T10:00:00"), at("2027-03-06T10:00:00")]),
                except: BTreeSet::from([at("2027-01-11T09:00:00"), at("2027-02-15T09:00:00")]),
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
