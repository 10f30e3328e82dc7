//! The public holidays of Bavaria, computed by rule for any year of the Gregorian calendar.
//!
//! The law (Feiertagsgesetz, FTG) names them; no data is behind this. The Augsburg Peace Festival (8 August) holds in
//! the city of Augsburg only, which is no authority here, so it is left out: it would need a setting of its own.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use entities::{HolidayExtent, HolidayKind};

/// The state whose holidays hold for authorities; all of them lie in Bavaria today.
pub const STATE: &str = "DE-BY";

/// The years whose holidays the store answers for. The rules hold since 1995; a change of the law takes a new version.
pub const YEARS: RangeInclusive<i32> = 2000..=2100;

/// Where the days come from, for the attribution.
pub const SOURCE: &str = "By rule, after the Bavarian law on Sundays and holidays (Feiertagsgesetz, FTG)";

/// A day that is free by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleDay {
    /// The day.
    pub day: NaiveDate,
    /// A public holiday, or a working day without school.
    pub kind: HolidayKind,
    /// German name.
    pub name_de: &'static str,
    /// English name.
    pub name_en: &'static str,
    /// Whether it holds in all municipalities.
    pub extent: HolidayExtent,
}

/// Easter Sunday of a year in the Gregorian calendar (the anonymous computus); none where the calendar has no such year.
pub fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year.rem_euclid(19);
    let (century, within) = (year.div_euclid(100), year.rem_euclid(100));
    let moon = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15).rem_euclid(30);
    let week = (32 + 2 * (century % 4) + 2 * (within / 4) - moon - within % 4).rem_euclid(7);
    let late = (golden + 11 * moon + 22 * week) / 451;
    let days = moon + week - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(days / 31).ok()?, u32::try_from(days % 31 + 1).ok()?)
}

/// The Wednesday before 23 November.
fn repentance_day(year: i32) -> Option<NaiveDate> {
    let last = NaiveDate::from_ymd_opt(year, 11, 22)?;
    let back = (7 + last.weekday().num_days_from_monday() - Weekday::Wed.num_days_from_monday()) % 7;
    last.checked_sub_days(Days::new(u64::from(back)))
}

/// The days of a year in order; empty where the calendar has no such year.
pub fn bavaria(year: i32) -> Vec<RuleDay> {
    days(year).unwrap_or_default()
}

fn days(year: i32) -> Option<Vec<RuleDay>> {
    let easter = easter_sunday(year)?;
    let fixed = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    let after = |days| easter.checked_add_days(Days::new(days));
    let public = |day, name_de, name_en| RuleDay {
        day,
        kind: HolidayKind::Public,
        name_de,
        name_en,
        extent: HolidayExtent::Statewide,
    };
    let mut days = vec![
        public(fixed(1, 1)?, "Neujahr", "New Year's Day"),
        public(fixed(1, 6)?, "Heilige Drei Könige", "Epiphany"),
        public(easter.checked_sub_days(Days::new(2))?, "Karfreitag", "Good Friday"),
        public(after(1)?, "Ostermontag", "Easter Monday"),
        public(fixed(5, 1)?, "Erster Mai", "Labor Day"),
        public(after(39)?, "Christi Himmelfahrt", "Ascension Day"),
        public(after(50)?, "Pfingstmontag", "Pentecost Monday"),
        public(after(60)?, "Fronleichnam", "Corpus Christi"),
        RuleDay {
            extent: HolidayExtent::CatholicMunicipalities,
            ..public(fixed(8, 15)?, "Mariä Himmelfahrt", "Assumption Day")
        },
        public(fixed(10, 3)?, "Tag der Deutschen Einheit", "German Unity Day"),
        public(fixed(11, 1)?, "Allerheiligen", "All Saints' Day"),
        RuleDay {
            kind: HolidayKind::SchoolFreeDay,
            ..public(repentance_day(year)?, "Buß- und Bettag", "Repentance Day")
        },
        public(fixed(12, 25)?, "Erster Weihnachtstag", "Christmas Day"),
        public(fixed(12, 26)?, "Zweiter Weihnachtstag", "Second Day of Christmas"),
    ];
    if year == 2017 {
        // Once, for the five hundredth anniversary.
        days.push(public(fixed(10, 31)?, "Reformationstag", "Reformation Day"));
    }
    days.sort_by_key(|it| it.day);
    Some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_on_the_days_it_is_known_for() {
        // The earliest and the latest, both exceptions of the rule (1954, 1981), and days around now.
        for known in [
            "1818-03-22",
            "1943-04-25",
            "1954-04-18",
            "1961-04-02",
            "1981-04-19",
            "2000-04-23",
            "2008-03-23",
            "2016-03-27",
            "2019-04-21",
            "2024-03-31",
            "2025-04-20",
            "2026-04-05",
            "2027-03-28",
            "2028-04-16",
            "2038-04-25",
            "2049-04-18",
            "2076-04-19",
            "2100-03-28",
            "2285-03-22",
        ] {
            assert_eq!(easter_sunday(day(known).year()), Some(day(known)));
        }
        for year in 1583..=4099 {
            let easter = easter_sunday(year).unwrap();
            assert_eq!(easter.weekday(), Weekday::Sun, "{easter}");
            assert!((322..=425).contains(&(easter.month() * 100 + easter.day())), "{easter}");
        }
        assert_eq!(easter_sunday(i32::MAX), None);
        assert_eq!(bavaria(i32::MIN), []);
    }

    #[test]
    fn a_year_has_thirteen_public_holidays_and_one_school_free_day() {
        for year in YEARS {
            let days = bavaria(year);
            let count = |kind| days.iter().filter(|it| it.kind == kind).count();
            assert_eq!(
                (count(HolidayKind::Public), count(HolidayKind::SchoolFreeDay)),
                (13 + usize::from(year == 2017), 1)
            );
            let catholic: Vec<_> = days
                .iter()
                .filter(|it| it.extent == HolidayExtent::CatholicMunicipalities)
                .map(|it| it.name_de)
                .collect();
            assert_eq!(catholic, ["Mariä Himmelfahrt"]);
            assert!(days.is_sorted_by_key(|it| it.day), "{year}");
            assert!(days.iter().all(|it| it.day.year() == year));
        }
    }

    #[test]
    fn repentance_day_is_the_wednesday_before_the_twenty_third() {
        for known in ["2022-11-16", "2023-11-22", "2024-11-20", "2025-11-19", "2026-11-18", "2027-11-17", "2028-11-22"]
        {
            assert_eq!(repentance_day(day(known).year()), Some(day(known)));
        }
    }
}
