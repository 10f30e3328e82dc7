//! The dates of a rule, period by period (RFC 5545, 3.3.10). Rules of time within a day are not known here.
//!
//! Where the standard leaves a choice: the start is the first date, also where the rule does not give it, and COUNT
//! counts it. BYSETPOS chooses within the whole period, also among days before the start. BYWEEKNO without a day means
//! the weekday of the start, and its period is the year of weeks, which may begin or end a few days beside January.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::rule::{ordinal_day, read_stamp};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule in its canonical form, taken apart, with the start of its series.
#[derive(Clone, Debug)]
pub struct Expansion {
    start: NaiveDateTime,
    frequency: Frequency,
    interval: u32,
    count: Option<usize>,
    end: Option<NaiveDateTime>,
    week_start: Weekday,
    months: Vec<i32>,
    week_numbers: Vec<i32>,
    year_days: Vec<i32>,
    month_days: Vec<i32>,
    /// Weekdays, and which of the month or year they are; 0 means each.
    days: Vec<(i32, Weekday)>,
    positions: Vec<i32>,
}

impl Expansion {
    /// Takes a rule apart; None where it has no frequency, which no canonical rule lacks.
    pub fn new(rule: &str, start: NaiveDateTime) -> Option<Self> {
        let part = |name: &str| rule.split(';').find_map(|it| it.strip_prefix(name)?.strip_prefix('='));
        let numbers = |name: &str| part(name).into_iter().flat_map(|it| it.split(',')).filter_map(|it| it.parse().ok());
        let frequency = match part("FREQ")? {
            "DAILY" => Frequency::Daily,
            "WEEKLY" => Frequency::Weekly,
            "MONTHLY" => Frequency::Monthly,
            "YEARLY" => Frequency::Yearly,
            _ => return None,
        };
        let end = part("UNTIL").and_then(read_stamp).map(|(end, is_date)| {
            if is_date { end.date().and_time(NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default()) } else { end }
        });
        Some(Self {
            start,
            frequency,
            interval: part("INTERVAL").and_then(|it| it.parse().ok()).unwrap_or(1).max(1),
            count: part("COUNT").and_then(|it| it.parse().ok()),
            end,
            week_start: part("WKST").and_then(ordinal_day).map(|it| it.1).unwrap_or(Weekday::Mon),
            months: numbers("BYMONTH").collect(),
            week_numbers: numbers("BYWEEKNO").collect(),
            year_days: numbers("BYYEARDAY").collect(),
            month_days: numbers("BYMONTHDAY").collect(),
            days: part("BYDAY").into_iter().flat_map(|it| it.split(',')).filter_map(ordinal_day).collect(),
            positions: numbers("BYSETPOS").collect(),
        })
    }

    /// Whether the rule counts its dates, so that none is known without all before it.
    pub const fn counts(&self) -> bool {
        self.count.is_some()
    }

    /// The end that the rule has of its own.
    pub const fn end(&self) -> Option<NaiveDateTime> {
        self.end
    }

    /// The dates from `from` to `until`, both inclusive, in order.
    pub fn between(&self, from: NaiveDateTime, until: NaiveDateTime) -> Vec<NaiveDateTime> {
        let mut dates = Vec::new();
        if self.start >= from && self.start <= until {
            dates.push(self.start);
        }
        let end = self.end.map_or(until, |it| it.min(until));
        let mut left = self.count.map(|it| it.saturating_sub(1));
        let first = if self.counts() { 0 } else { self.period_before(from.date()) };
        for (begin, after) in (first..).map_while(|it| self.period(it)) {
            if begin > end.date() {
                break;
            }
            for day in self.chosen(begin, after) {
                let date = day.and_time(self.start.time());
                if date <= self.start {
                    continue;
                }
                if date > end || left == Some(0) {
                    return dates;
                }
                left = left.map(|it| it - 1);
                if date >= from {
                    dates.push(date);
                }
            }
        }
        dates
    }

    /// A period that does not lie behind `day`, near to it.
    fn period_before(&self, day: NaiveDate) -> u32 {
        let start = self.start.date();
        let passed = match self.frequency {
            Frequency::Daily => (day - start).num_days(),
            Frequency::Weekly => (day - start).num_days() / 7,
            Frequency::Monthly => i64::from(month_number(day) - month_number(start)),
            Frequency::Yearly => i64::from(day.year() - start.year()),
        };
        u32::try_from(passed / i64::from(self.interval) - 2).unwrap_or_default()
    }

    /// The first day of a period and the one after its last; None beyond all calendars.
    fn period(&self, number: u32) -> Option<(NaiveDate, NaiveDate)> {
        let start = self.start.date();
        let steps = number.checked_mul(self.interval)?;
        match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add_days(Days::new(steps.into()))?;
                Some((day, day.succ_opt()?))
            }
            Frequency::Weekly => {
                let begin = self.week_of(start)?.checked_add_days(Days::new(u64::from(steps) * 7))?;
                Some((begin, begin.checked_add_days(Days::new(7))?))
            }
            Frequency::Monthly => {
                let begin = start.with_day(1)?.checked_add_months(Months::new(steps))?;
                Some((begin, begin.checked_add_months(Months::new(1))?))
            }
            Frequency::Yearly => {
                let steps = i32::try_from(steps).ok()?;
                if self.week_numbers.is_empty() {
                    let year = start.year().checked_add(steps)?;
                    return Some((NaiveDate::from_yo_opt(year, 1)?, NaiveDate::from_yo_opt(year.checked_add(1)?, 1)?));
                }
                let year = self.middle_of_week(start)?.year().checked_add(steps)?;
                Some((self.first_week(year)?, self.first_week(year.checked_add(1)?)?))
            }
        }
    }

    /// The days of a period that the rule gives.
    fn chosen(&self, begin: NaiveDate, after: NaiveDate) -> Vec<NaiveDate> {
        let days: Vec<_> = begin.iter_days().take_while(|it| *it < after).filter(|it| self.matches(*it)).collect();
        if self.positions.is_empty() {
            return days;
        }
        let place = |position: i32| {
            let size = usize::try_from(position.unsigned_abs()).ok()?;
            if position > 0 { size.checked_sub(1) } else { days.len().checked_sub(size) }
        };
        let mut places: Vec<_> = self.positions.iter().filter_map(|it| place(*it)).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().filter_map(|it| days.get(it).copied()).collect()
    }

    /// Whether a day of a period is one of the rule.
    fn matches(&self, day: NaiveDate) -> bool {
        let days_of_month = day.num_days_in_month().into();
        let listed = |list: &[i32], number: u32, of: i32| {
            let number = i32::try_from(number).unwrap_or_default();
            list.is_empty() || list.contains(&number) || list.contains(&(number - of - 1))
        };
        listed(&self.months, day.month(), i32::MAX - 1)
            && listed(&self.month_days, day.day(), days_of_month)
            && listed(&self.year_days, day.ordinal(), days_of_year(day))
            && (self.week_numbers.is_empty()
                || self.week_number(day).is_some_and(|(number, of)| listed(&self.week_numbers, number, of)))
            && self.matches_weekday(day, days_of_month)
            && self.matches_start(day)
    }

    fn matches_weekday(&self, day: NaiveDate, days_of_month: i32) -> bool {
        if self.days.is_empty() {
            return true;
        }
        // Counted within the month, or the year; a week has each only once.
        let of_month = self.frequency == Frequency::Monthly || !self.months.is_empty();
        let (number, of) = if of_month { (day.day0(), days_of_month) } else { (day.ordinal0(), days_of_year(day)) };
        let number = i32::try_from(number).unwrap_or_default();
        let (from_front, from_back) = (number / 7 + 1, -((of - 1 - number) / 7 + 1));
        let each = !self.week_numbers.is_empty();
        self.days.iter().any(|(ordinal, weekday)| {
            *weekday == day.weekday() && (each || [0, from_front, from_back].contains(ordinal))
        })
    }

    /// What the rule does not say, the start says.
    fn matches_start(&self, day: NaiveDate) -> bool {
        let start = self.start.date();
        let says_day = !self.days.is_empty() || !self.month_days.is_empty() || !self.year_days.is_empty();
        match self.frequency {
            _ if says_day => true,
            Frequency::Daily => true,
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Monthly => day.day() == start.day(),
            Frequency::Yearly if !self.week_numbers.is_empty() => day.weekday() == start.weekday(),
            Frequency::Yearly => day.day() == start.day() && (!self.months.is_empty() || day.month() == start.month()),
        }
    }

    /// The first day of the week that a day is in.
    fn week_of(&self, day: NaiveDate) -> Option<NaiveDate> {
        day.checked_sub_days(Days::new(day.weekday().days_since(self.week_start).into()))
    }

    /// The fourth day of its week: the week belongs to the year of that day.
    fn middle_of_week(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.week_of(day)?.checked_add_days(Days::new(3))
    }

    /// The first day of the first week of a year.
    fn first_week(&self, year: i32) -> Option<NaiveDate> {
        self.week_of(NaiveDate::from_ymd_opt(year, 1, 4)?)
    }

    /// The number of the week that a day is in, and how many its year has.
    fn week_number(&self, day: NaiveDate) -> Option<(u32, i32)> {
        let middle = self.middle_of_week(day)?;
        let number = middle.ordinal0() / 7 + 1;
        let behind = (days_of_year(middle) - 1 - i32::try_from(middle.ordinal0()).ok()?) / 7;
        Some((number, i32::try_from(number).ok()? + behind))
    }
}

fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or_default()
}

fn days_of_year(day: NaiveDate) -> i32 {
    if day.leap_year() { 366 } else { 365 }
}

#[cfg(test)]
mod tests;
