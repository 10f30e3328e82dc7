//! The value of an RRULE, checked and written in one way, whoever it comes from: the API, or somebody's file.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use kernel::i18n::Text;
use kernel::text::clip;

/// The most dates that a rule counts: every day of nearly three centuries.
const MAX_COUNT: i64 = 100_000;
/// The most periods between two of a rule.
const MAX_INTERVAL: i64 = 1_000;
/// The most characters of a part that a refusal repeats.
const MAX_NAMED: usize = 60;
/// A rule as it should be, for refusals.
const EXAMPLE: &str = "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231";
/// The longest rule, in characters: one with every part and every number of days in it has less.
const MAX_RULE: usize = 2_000;

/// The parts of a rule in the order in which they are kept.
const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYSETPOS",
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// What the standard and its extensions know beyond that.
const ELSEWHERE: [&str; 6] = ["BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER", "RSCALE", "SKIP"];

/// A weekday of a rule with its number, 0 where it has none: `MO`, `2TU`, `-1FR`.
pub fn ordinal_day(text: &str) -> Option<(i32, Weekday)> {
    let (ordinal, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let ordinal = if ordinal.is_empty() { 0 } else { ordinal.parse().ok()? };
    let day = DAYS.iter().position(|it| it.eq_ignore_ascii_case(day))?;
    Some((ordinal, Weekday::try_from(u8::try_from(day).ok()?).ok()?))
}

/// Why a rule is refused.
#[derive(Clone, Debug)]
pub struct RuleError {
    /// The part that is refused, as it was given.
    pub part: String,
    /// Whether it can be understood, and is only more than we repeat by.
    pub unsupported: bool,
    /// The reason in words.
    pub text: Text,
}

impl RuleError {
    fn new(part: &str, text: Text) -> Self {
        let part = clip(part.trim(), MAX_NAMED);
        Self { text: text.with("part", &part).with("example", EXAMPLE), part, unsupported: false }
    }

    /// The same, where the part alone is at fault: it may be more than we repeat by.
    fn alone(given: &str, name: &str, value: &str, text: Text) -> Self {
        let unsupported = match name {
            "FREQ" => ["SECONDLY", "MINUTELY", "HOURLY"].contains(&value),
            "COUNT" | "INTERVAL" => value.parse::<u64>().is_ok_and(|it| it > 0),
            _ => ELSEWHERE.contains(&name),
        };
        Self { unsupported, ..Self::new(given, text) }
    }
}

/// Checks a rule and writes it in one way: upper case, parts in one order, what says nothing left out, UNTIL on the clock
/// of `zone` (or a date, of whole days).
///
/// # Errors
/// It cannot be understood, or is more than we repeat by.
pub fn canonical(rule: &str, all_day: bool, zone: Tz) -> Result<String, RuleError> {
    if rule.chars().count() > MAX_RULE {
        let text = Text::new("too-long").with("max", MAX_RULE).with("length", rule.chars().count());
        return Err(RuleError::new(rule, text));
    }
    let rule = without_name(rule.trim());
    // Each part as it was given, with its name and its value in capitals.
    let mut said: Vec<(usize, &str, String, String)> = Vec::new();
    for given in rule.split(';').map(str::trim).filter(|it| !it.is_empty()) {
        let part = given.split_whitespace().collect::<String>().to_ascii_uppercase();
        let (name, value) = part.split_once('=').ok_or_else(|| RuleError::new(given, Text::new("rule-no-part")))?;
        let place = PARTS.iter().position(|it| *it == name).ok_or_else(|| {
            RuleError::alone(given, name, value, Text::new("rule-unknown-part").with("parts", PARTS.join(", ")))
        })?;
        if said.iter().any(|it| it.0 == place) {
            return Err(RuleError::new(given, Text::new("rule-part-twice").with("name", name)));
        }
        said.push((place, given, name.to_owned(), value.to_owned()));
    }
    said.sort_by_key(|it| it.0);
    let frequency = said.iter().find(|it| it.2 == "FREQ").map(|it| it.3.clone());
    let frequency = frequency.ok_or_else(|| RuleError::new(rule, Text::new("rule-without-frequency")))?;
    let has = |name: &str| said.iter().any(|it| it.2 == name);
    if has("COUNT") && has("UNTIL") {
        return Err(RuleError::new(rule, Text::new("rule-count-and-until")));
    }
    if has("BYSETPOS") && !said.iter().any(|it| it.2.starts_with("BY") && it.2 != "BYSETPOS") {
        return Err(RuleError::new(rule, Text::new("rule-position-of-nothing")));
    }
    let mut parts = Vec::new();
    for (_, given, name, value) in &said {
        let kept = part_of_rule(name, value, &frequency, all_day, zone)
            .ok_or_else(|| RuleError::alone(given, name, value, wrong_value(name, &frequency)))?;
        let part = format!("{name}={kept}");
        // What is so anyway where nothing is said.
        if !matches!(part.as_str(), "INTERVAL=1" | "WKST=MO") {
            parts.push(part);
        }
    }
    Ok(parts.join(";"))
}

/// A rule without the name of its property.
fn without_name(rule: &str) -> &str {
    match rule.split_at_checked(6) {
        Some((name, rest)) if name.eq_ignore_ascii_case("RRULE:") => rest,
        _ => rule,
    }
}

/// What a part may say, with an example.
fn wrong_value(name: &str, frequency: &str) -> Text {
    let numbers = |key: &'static str, max: i64| Text::new(key).with("min", 1).with("max", max);
    let only_with = |frequencies: &str| Text::new("rule-part-of-frequency").with("frequencies", frequencies);
    let yearly = frequency == "YEARLY";
    let (text, right) = match name {
        "FREQ" => (Text::new("rule-frequency"), "FREQ=WEEKLY"),
        "INTERVAL" => (numbers("rule-number", MAX_INTERVAL), "INTERVAL=2"),
        "COUNT" => (numbers("rule-number", MAX_COUNT), "COUNT=10"),
        "UNTIL" => (Text::new("rule-until"), "UNTIL=20271231"),
        "BYMONTH" => (numbers("rule-numbers", 12), "BYMONTH=3,9"),
        "BYWEEKNO" if yearly => (numbers("rule-numbers-from-end", 53), "BYWEEKNO=20"),
        "BYYEARDAY" if yearly => (numbers("rule-numbers-from-end", 366), "BYYEARDAY=100"),
        "BYWEEKNO" | "BYYEARDAY" => (only_with("YEARLY"), "FREQ=YEARLY;BYWEEKNO=20"),
        "BYMONTHDAY" if frequency == "WEEKLY" => (only_with("DAILY, MONTHLY, YEARLY"), "FREQ=MONTHLY;BYMONTHDAY=15"),
        "BYMONTHDAY" => (numbers("rule-numbers-from-end", 31), "BYMONTHDAY=1,-1"),
        "BYDAY" if yearly || frequency == "MONTHLY" => {
            (Text::new("rule-numbered-days").with("max", 53), "BYDAY=2TU,-1FR")
        }
        "BYDAY" => (Text::new("rule-days"), "BYDAY=MO,TH"),
        "BYSETPOS" => (numbers("rule-numbers-from-end", 366), "BYDAY=MO,TU;BYSETPOS=1,-1"),
        _ => (Text::new("rule-days"), "WKST=MO"),
    };
    text.with("name", name).with("days", DAYS.join(", ")).with("right", right)
}

/// The value of one part, if it is one.
fn part_of_rule(name: &str, value: &str, frequency: &str, all_day: bool, zone: Tz) -> Option<String> {
    let yearly = frequency == "YEARLY";
    match name {
        "FREQ" => ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].contains(&value).then(|| value.to_owned()),
        "INTERVAL" => number(value, 1, MAX_INTERVAL, false),
        "COUNT" => number(value, 1, MAX_COUNT, false),
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
fn number(value: &str, min: i64, max: i64, negative: bool) -> Option<String> {
    let plain = value.strip_prefix('+').unwrap_or(value);
    let number: i64 = plain.parse().ok().filter(|_| plain.starts_with(|it: char| it.is_ascii_digit() || it == '-'))?;
    let size = if negative { number.abs() } else { number };
    (min..=max).contains(&size).then(|| number.to_string())
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

/// `20270312T140000`, or `20270312` of whole days.
pub fn stamp(time: NaiveDateTime, all_day: bool) -> String {
    time.format(if all_day { "%Y%m%d" } else { "%Y%m%dT%H%M%S" }).to_string()
}

/// Reads it back; whether it was a date alone.
pub fn read_stamp(text: &str) -> Option<(NaiveDateTime, bool)> {
    let day = || date(text).map(|it| (it.and_time(NaiveTime::MIN), true));
    date_time(text).map(|it| (it, false)).or_else(day)
}

/// `20270131`.
pub fn date(text: &str) -> Option<NaiveDate> {
    if text.len() != 8 || !text.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?)
}

/// `20270131T090000`, also without seconds, as some write it; the leap second is the one before.
pub fn date_time(text: &str) -> Option<NaiveDateTime> {
    let (day, time) = text.split_once(['T', 't'])?;
    if !matches!(time.len(), 4 | 6) || !time.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let seconds = if time.len() == 6 { time[4..].parse::<u32>().ok()?.min(59) } else { 0 };
    let time = NaiveTime::from_hms_opt(time[..2].parse().ok()?, time[2..4].parse().ok()?, seconds)?;
    Some(date(day)?.and_time(time))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn rule(text: &str) -> Result<String, String> {
        canonical(text, false, Berlin).map_err(|refused| refused.part)
    }

    #[test]
    fn rules_are_written_in_one_way() {
        for (given, kept) in [
            ("freq=weekly;byday=mo,we", "FREQ=WEEKLY;BYDAY=MO,WE"),
            ("FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=WEEKLY"),
            ("FREQ=WEEKLY;BYDAY=SU, MO;INTERVAL=02;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,MO"),
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
    fn a_refusal_repeats_the_part_and_says_what_would_be_right() {
        use kernel::i18n::Locale;
        let said = |text: &str, locale| canonical(text, false, Berlin).unwrap_err().text.render(locale);
        for (wrong, words) in [
            ("jeden Dienstag", &["„jeden Dienstag“", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"][..]),
            ("FREQ=weekly; und am Montag", &["„und am Montag“", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"]),
            ("FREQ=DAILY;COUNT=100001", &["„COUNT=100001“", "1 bis 100.000", "COUNT=10."]),
            ("FREQ=DAILY;count=0", &["„count=0“", "COUNT", "1 bis 100.000"]),
            ("FREQ=DAILY;INTERVAL=2000", &["„INTERVAL=2000“", "1 bis 1000", "INTERVAL=2."]),
            ("FREQ=fortnightly", &["„FREQ=fortnightly“", "DAILY, WEEKLY, MONTHLY", "FREQ=WEEKLY."]),
            ("FREQ=DAILY;UNTIL=31.12.2027", &["„UNTIL=31.12.2027“", "UNTIL=20271231"]),
            ("FREQ=WEEKLY;BYDAY=Tuesday", &["„BYDAY=Tuesday“", "MO, TU, WE", "BYDAY=MO,TH"]),
            ("FREQ=MONTHLY;BYDAY=54MO", &["„BYDAY=54MO“", "BYDAY=2TU,-1FR"]),
            ("FREQ=MONTHLY;BYMONTHDAY=32", &["„BYMONTHDAY=32“", "1 bis 31", "BYMONTHDAY=1,-1"]),
            ("FREQ=WEEKLY;BYMONTHDAY=1", &["BYMONTHDAY", "FREQ=DAILY, MONTHLY, YEARLY", "FREQ=MONTHLY;BYMONTHDAY=15"]),
            ("FREQ=DAILY;WKST=Monday", &["„WKST=Monday“", "WKST=MO"]),
            ("FREQ=DAILY;EVERY=2", &["„EVERY=2“", "INTERVAL, COUNT"]),
            ("COUNT=3", &["FREQ", "DAILY, WEEKLY, MONTHLY", "FREQ=WEEKLY;BYDAY=TU"]),
        ] {
            let text = said(wrong, Locale::De);
            assert!(words.iter().all(|it| text.contains(it)), "{wrong}: {text}");
            assert!(!text.contains('{') && !said(wrong, Locale::En).contains('{'), "{wrong}: {text}");
        }
        assert!(said("every Tuesday", Locale::En).contains("“every Tuesday”"));
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
            "FREQ=DAILY;COUNT=100001",
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
}
