//! The value of an RRULE: checked, put into one order, and its UNTIL between the wall and the wire.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::When;
use crate::calendars::time::instant;

/// Why a rule cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It cannot be understood: this part.
    Broken(String),
    /// It is more than we repeat by: this part.
    Unsupported(String),
}

/// Parts in the order in which they are kept.
const ORDER: [&str; 12] = [
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
    "SKIP",
];
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A rule with every part and every number of days in it has less.
const LONGEST: usize = 2_000;

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

/// The end of a day, for an UNTIL that names only the day.
pub fn end_of_day(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(23, 59, 59).unwrap_or_else(|| day.and_time(NaiveTime::MIN))
}

/// A rule as it goes over the wire: UNTIL of the type of DTSTART, in UTC where that has a zone.
pub fn to_wire(rule: &str, time: &When) -> String {
    let parts = rule.split(';').map(|part| {
        let Some(until) = part.strip_prefix("UNTIL=") else { return part.to_owned() };
        let local = date_time(until.trim_end_matches('Z')).or_else(|| date(until).map(end_of_day));
        let Some(local) = local else { return part.to_owned() };
        match time {
            When::Days { .. } => format!("UNTIL={}", local.format("%Y%m%d")),
            When::Clock { zone, .. } => format!("UNTIL={}", instant(local, *zone).format("%Y%m%dT%H%M%SZ")),
        }
    });
    // The rule goes into the file unescaped: nothing in it may begin a line of its own.
    parts.collect::<Vec<_>>().join(";").replace(|it: char| it.is_control(), "")
}

/// A rule as it is kept: upper case, parts in one order, what says nothing left out, UNTIL on the clock of the series
/// (or a date, where the series has whole days). `default` is the zone in which whole days end.
///
/// # Errors
/// It cannot be understood, or is more than we repeat by.
pub fn from_wire(rule: &str, time: &When, default: Tz) -> Result<String, Refused> {
    if rule.len() > LONGEST {
        return Err(Refused::Broken(rule.to_owned()));
    }
    let mut kept: Vec<(usize, String)> = Vec::new();
    for part in rule.split(';') {
        let part: String = part.split_whitespace().collect::<String>().to_ascii_uppercase();
        if part.is_empty() {
            continue;
        }
        let broken = || Refused::Broken(part.clone());
        let (name, value) = part.split_once('=').ok_or_else(broken)?;
        let value = match check(name, value, time).ok_or_else(broken)? {
            Checked::Keep(value) => value,
            Checked::Nothing => continue,
            Checked::Unsupported => return Err(Refused::Unsupported(part)),
            Checked::Until => until(value, time, default).ok_or_else(broken)?,
        };
        let place = ORDER.iter().position(|it| *it == name).ok_or_else(broken)?;
        if kept.iter().any(|(it, _)| *it == place) {
            return Err(broken());
        }
        kept.push((place, format!("{name}={value}")));
    }
    let has = |name: &str| kept.iter().any(|(place, _)| ORDER[*place] == name);
    if !has("FREQ") || (has("COUNT") && has("UNTIL")) {
        return Err(Refused::Broken(rule.to_owned()));
    }
    kept.sort_unstable();
    Ok(kept.into_iter().map(|(_, part)| part).collect::<Vec<_>>().join(";"))
}

enum Checked {
    Keep(String),
    Nothing,
    Unsupported,
    Until,
}

/// Checks one part; none = broken.
fn check(name: &str, value: &str, time: &When) -> Option<Checked> {
    let number = |value: &str| value.parse::<u32>().ok().filter(|it| (1..=1_000_000).contains(it));
    match name {
        "FREQ" => match value {
            "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY" => Some(Checked::Keep(value.to_owned())),
            "SECONDLY" | "MINUTELY" | "HOURLY" => Some(Checked::Unsupported),
            _ => None,
        },
        "INTERVAL" => number(value).map(|it| if it == 1 { Checked::Nothing } else { Checked::Keep(it.to_string()) }),
        "COUNT" => number(value).map(|it| Checked::Keep(it.to_string())),
        "UNTIL" => Some(Checked::Until),
        // Monday is what a week begins with where nothing is said.
        "WKST" if value == "MO" => Some(Checked::Nothing),
        "WKST" => DAYS.contains(&value).then(|| Checked::Keep(value.to_owned())),
        "BYMONTH" => numbers(value, 12, false),
        "BYWEEKNO" => numbers(value, 53, true),
        "BYYEARDAY" | "BYSETPOS" => numbers(value, 366, true),
        "BYMONTHDAY" => numbers(value, 31, true),
        "BYDAY" => value.split(',').all(is_day).then(|| Checked::Keep(value.replace('+', ""))),
        // Some programs repeat the time of the start here; anything else is more than one occurrence a day.
        "BYHOUR" | "BYMINUTE" | "BYSECOND" => {
            let start = time.starts_local();
            let format = match name {
                "BYHOUR" => "%H",
                "BYMINUTE" => "%M",
                _ => "%S",
            };
            let same = value.parse::<u32>().ok() == start.format(format).to_string().parse().ok();
            Some(if same { Checked::Nothing } else { Checked::Unsupported })
        }
        "RSCALE" if value == "GREGORIAN" => Some(Checked::Nothing),
        "SKIP" if value == "OMIT" => Some(Checked::Nothing),
        "RSCALE" | "SKIP" | "BYEASTER" => Some(Checked::Unsupported),
        _ => None,
    }
}

fn numbers(value: &str, max: u32, negative: bool) -> Option<Checked> {
    let mut kept = Vec::new();
    for number in value.split(',') {
        let number: i32 = number.parse().ok()?;
        if number == 0 || number.unsigned_abs() > max || (number < 0 && !negative) {
            return None;
        }
        kept.push(number.to_string());
    }
    Some(Checked::Keep(kept.join(",")))
}

fn is_day(text: &str) -> bool {
    // Of ASCII only, or the cut could lie within a letter.
    let Some(at) = text.len().checked_sub(2).filter(|_| text.is_ascii()) else { return false };
    let (ordinal, day) = text.split_at(at);
    DAYS.contains(&day)
        && (ordinal.is_empty() || ordinal.parse::<i32>().is_ok_and(|it| it != 0 && (-53..=53).contains(&it)))
}

fn until(text: &str, time: &When, default: Tz) -> Option<String> {
    let zone = time.zone().unwrap_or(default);
    let local = if let Some(utc) = text.strip_suffix('Z') {
        date_time(utc).map(|it| Utc.from_utc_datetime(&it).with_timezone(&zone).naive_local())?
    } else {
        date_time(text).or_else(|| date(text).map(end_of_day))?
    };
    Some(match time {
        When::Days { .. } => local.format("%Y%m%d").to_string(),
        When::Clock { .. } => local.format("%Y%m%dT%H%M%S").to_string(),
    })
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn nine(zone: Tz) -> When {
        let starts_local = "2027-01-04T09:00:00".parse().unwrap();
        When::Clock { starts_local, ends_local: "2027-01-04T10:00:00".parse().unwrap(), zone }
    }

    fn days() -> When {
        When::Days { first: "2027-01-04".parse().unwrap(), last_exclusive: "2027-01-05".parse().unwrap() }
    }

    fn kept(rule: &str) -> Result<String, Refused> {
        from_wire(rule, &nine(Berlin), Berlin)
    }

    #[test]
    fn parts_come_into_one_order_and_what_says_nothing_goes() {
        let rule = "BYDAY=MO, TU;interval=1;WKST=MO;COUNT=03;FREQ=WEEKLY;BYHOUR=9;BYMINUTE=0;RSCALE=GREGORIAN;";
        assert_eq!(kept(rule).unwrap(), "FREQ=WEEKLY;COUNT=3;BYDAY=MO,TU");
        assert_eq!(kept("FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,-1FR,+2SU;WKST=SU").unwrap().matches(';').count(), 3);
    }

    #[test]
    fn until_is_on_the_clock_of_the_series() {
        assert_eq!(kept("FREQ=DAILY;UNTIL=20270701T070000Z").unwrap(), "FREQ=DAILY;UNTIL=20270701T090000");
        assert_eq!(kept("FREQ=DAILY;UNTIL=20270701T090000").unwrap(), "FREQ=DAILY;UNTIL=20270701T090000");
        assert_eq!(kept("FREQ=DAILY;UNTIL=20270701").unwrap(), "FREQ=DAILY;UNTIL=20270701T235959");
        let of_days = from_wire("FREQ=DAILY;UNTIL=20270630T220000Z", &days(), Berlin).unwrap();
        assert_eq!(of_days, "FREQ=DAILY;UNTIL=20270701");
    }

    #[test]
    fn until_goes_out_in_the_type_of_the_start() {
        assert_eq!(to_wire("FREQ=DAILY;UNTIL=20270701T090000", &nine(Berlin)), "FREQ=DAILY;UNTIL=20270701T070000Z");
        assert_eq!(to_wire("FREQ=DAILY;UNTIL=20270701", &nine(Tz::UTC)), "FREQ=DAILY;UNTIL=20270701T235959Z");
        assert_eq!(to_wire("FREQ=DAILY;UNTIL=20270701T090000", &days()), "FREQ=DAILY;UNTIL=20270701");
        assert_eq!(to_wire("FREQ=DAILY\r\nX-EVIL:1", &days()), "FREQ=DAILYX-EVIL:1");
    }

    #[test]
    fn what_we_do_not_repeat_by_is_told_from_what_is_broken() {
        for rule in ["FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9,15", "RSCALE=CHINESE;FREQ=YEARLY", "FREQ=YEARLY;SKIP=FORWARD"]
        {
            assert!(matches!(kept(rule), Err(Refused::Unsupported(_))), "{rule}");
        }
        for rule in [
            "",
            "COUNT=3",
            "FREQ=NEVER",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=1;UNTIL=20270101",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;BYDAY=0MO",
            "FREQ=WEEKLY;BYDAY=ä",
            "FREQ=DAILY;UNTIL=soon",
            "RRULE:X;FREQ=DAILY",
            "FREQ=YEARLY;BYMONTH=13",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=DAILY;COUNT=-1",
        ] {
            assert!(matches!(kept(rule), Err(Refused::Broken(_))), "{rule}");
        }
    }
}
