//! The value of an RRULE between the wall and the wire.

use calendar_time::rule::canonical;
use calendar_time::time::instant;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};
use chrono_tz::Tz;

use crate::When;

pub use calendar_time::rule::{RuleError, date, date_time};

/// When a rule in its canonical form ends by its own word.
pub fn end(rule: &str) -> Option<NaiveDateTime> {
    let until = until(rule)?;
    date_time(until).or_else(|| date(until).map(end_of_day))
}

/// The end of a rule in its canonical form, as the rule writes it.
pub fn until(rule: &str) -> Option<&str> {
    rule.split(';').find_map(|it| it.strip_prefix("UNTIL="))
}

/// How many dates a rule counts, if it does.
pub fn count(rule: &str) -> Option<usize> {
    rule.split(';').find_map(|it| it.strip_prefix("COUNT="))?.parse().ok()
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

/// A rule as it is kept, see [`canonical`]. `default` is the zone in which whole days end.
///
/// # Errors
/// It cannot be understood, or is more than we repeat by.
pub fn from_wire(rule: &str, time: &When, default: Tz) -> Result<String, RuleError> {
    let parts: Vec<_> = rule.split(';').filter(|it| !says_nothing(it, time)).collect();
    let zone = time.zone().unwrap_or(default);
    canonical(&parts.join(";"), time.zone().is_none(), zone)
}

/// Some programs repeat the time of the start in a rule, or name what holds anyway.
fn says_nothing(part: &str, time: &When) -> bool {
    let part = part.split_whitespace().collect::<String>().to_ascii_uppercase();
    let start = time.starts_local();
    let of_start = match part.split_once('=') {
        Some(("BYHOUR", _)) => start.hour(),
        Some(("BYMINUTE", _)) => start.minute(),
        Some(("BYSECOND", _)) => start.second(),
        _ => return part == "RSCALE=GREGORIAN" || part == "SKIP=OMIT",
    };
    part.split_once('=').is_some_and(|(_, value)| value.parse() == Ok(of_start))
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

    fn kept(rule: &str) -> Result<String, RuleError> {
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
            assert!(kept(rule).is_err_and(|it| it.unsupported), "{rule}");
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
            assert!(kept(rule).is_err_and(|it| !it.unsupported), "{rule}");
        }
    }
}
