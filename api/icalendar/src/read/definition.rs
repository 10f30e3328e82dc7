//! A definition of a zone in a file (VTIMEZONE).

use calendar_time::rule::ordinal_day;
use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, Weekday};

use crate::read::lines::ContentLine;
use crate::read::values::{WallTime, written};

/// So many changes of a definition are kept; Thunderbird writes about 250. Each time of the file is compared with all.
const MAX_CHANGES: usize = 500;
/// So many rules of a definition are kept; a century of Berlin has about ten.
const MAX_RULES: usize = 20;

/// When which offset holds.
#[derive(Clone, Debug, Default)]
pub struct ZoneDefinition {
    /// The name of the zone in the database, where the file says it (X-LIC-LOCATION).
    pub location: Option<String>,
    parts: Vec<OffsetRule>,
}

/// STANDARD or DAYLIGHT: changes to one offset.
#[derive(Clone, Debug, Default)]
pub struct OffsetRule {
    start: Option<NaiveDateTime>,
    from: i32,
    to: i32,
    rule: Option<Yearly>,
    dates: Vec<NaiveDateTime>,
}

/// A change that comes each year.
#[derive(Clone, Debug)]
struct Yearly {
    month: u32,
    day: Day,
    until: Option<NaiveDateTime>,
}

#[derive(Clone, Debug)]
enum Day {
    /// The second Sunday, the last Sunday.
    Nth(Weekday, i32),
    /// The first Sunday from this day on.
    From(Weekday, u32),
    /// A fixed day.
    Date(u32),
}

impl ZoneDefinition {
    /// Takes in a property of the zone itself.
    pub fn take(&mut self, property: &ContentLine) {
        if property.name == "X-LIC-LOCATION" {
            self.location = Some(property.value.trim().to_owned());
        }
    }

    /// Takes in one of its parts.
    pub fn add(&mut self, part: OffsetRule) {
        let changes: usize = self.parts.iter().map(|it| 1 + it.dates.len()).sum();
        let rules = self.parts.iter().filter(|it| it.rule.is_some()).count();
        if part.start.is_some() && changes + part.dates.len() < MAX_CHANGES && rules < MAX_RULES {
            self.parts.push(part);
        }
    }

    /// Seconds east of UTC when the clock shows this: what the last change before has made it.
    pub fn offset(&self, local: NaiveDateTime) -> i32 {
        let last = self.parts.iter().filter_map(|it| Some((it.last_before(local)?, it.to))).max_by_key(|(at, _)| *at);
        let first = || self.parts.iter().min_by_key(|it| it.start).map(|it| it.from);
        last.map(|(_, to)| to).or_else(first).unwrap_or_default()
    }

    /// The year of the last change that is known, where the definition lists changes and no rule goes on: if there was
    /// summer and winter in it, that did not end with the list.
    pub fn known_until(&self) -> Option<i32> {
        let last = self.parts.iter().map(OffsetRule::last_year).collect::<Option<Vec<_>>>()?.into_iter().max()?;
        (self.changes(last).len() > 1).then_some(last)
    }

    /// The changes of a year.
    pub fn changes(&self, year: i32) -> Vec<NaiveDateTime> {
        self.parts.iter().flat_map(|it| it.within(year)).collect()
    }
}

impl OffsetRule {
    /// Takes in a property.
    pub fn take(&mut self, property: &ContentLine) {
        match property.name.as_str() {
            "DTSTART" => self.start = local(&property.value),
            "TZOFFSETFROM" => self.from = offset(&property.value).unwrap_or_default(),
            "TZOFFSETTO" => self.to = offset(&property.value).unwrap_or_default(),
            "RDATE" => {
                let room = MAX_CHANGES.saturating_sub(self.dates.len());
                self.dates.extend(property.value.split(',').filter_map(local).take(room));
            }
            "RRULE" => self.rule = self.start.and_then(|it| yearly(&property.value, it)),
            _ => {}
        }
    }

    fn last_before(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        // The change of this year or the one before; where the rule has ended, its last one.
        let ended = self.rule.as_ref().and_then(|it| it.until).map_or(local.year(), |it| it.year().min(local.year()));
        let of_rule = (ended - 1..=ended).filter_map(|it| self.by_rule(it));
        self.start.into_iter().chain(of_rule).chain(self.dates.iter().copied()).filter(|it| *it <= local).max()
    }

    /// The year of its last change; None where a rule has no end.
    fn last_year(&self) -> Option<i32> {
        let listed = self.start.iter().chain(&self.dates).map(chrono::Datelike::year).max();
        match &self.rule {
            Some(rule) => rule.until.map(|it| it.year()).max(listed).filter(|_| rule.until.is_some()),
            None => Some(listed.unwrap_or(i32::MIN)),
        }
    }

    fn within(&self, year: i32) -> impl Iterator<Item = NaiveDateTime> {
        let listed = self.start.into_iter().chain(self.dates.iter().copied()).filter(move |it| it.year() == year);
        self.by_rule(year).into_iter().chain(listed)
    }

    fn by_rule(&self, year: i32) -> Option<NaiveDateTime> {
        let (rule, start) = (self.rule.as_ref()?, self.start?);
        let at = rule.day.of(year, rule.month)?.and_time(start.time());
        (at >= start && rule.until.is_none_or(|until| at <= until)).then_some(at)
    }
}

impl Day {
    fn of(&self, year: i32, month: u32) -> Option<NaiveDate> {
        match self {
            Self::Nth(weekday, nth @ 1..) => {
                NaiveDate::from_weekday_of_month_opt(year, month, *weekday, u8::try_from(*nth).ok()?)
            }
            Self::Nth(weekday, nth) => {
                let (year, month) = if month == 12 { (year.checked_add(1)?, 1) } else { (year, month + 1) };
                let last = NaiveDate::from_ymd_opt(year, month, 1)?.pred_opt()?;
                let back = last.weekday().days_since(*weekday) + 7 * (nth.unsigned_abs().min(5) - 1);
                last.checked_sub_days(Days::new(back.into()))
            }
            Self::From(weekday, day) => {
                let first = NaiveDate::from_ymd_opt(year, month, *day)?;
                first.checked_add_days(Days::new(weekday.days_since(first.weekday()).into()))
            }
            Self::Date(day) => NaiveDate::from_ymd_opt(year, month, *day),
        }
    }
}

fn local(text: &str) -> Option<NaiveDateTime> {
    match written(text)? {
        WallTime::Local(it) | WallTime::Utc(it) => Some(it),
        WallTime::Day(it) => Some(it.into()),
    }
}

/// `+0100`, `-033000`.
fn offset(text: &str) -> Option<i32> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if !matches!(digits.len(), 4 | 6) || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |it| it.parse::<i32>().ok());
    Some(sign * (part(0)? * 3600 + part(2)? * 60 + part(4)?))
}

fn yearly(rule: &str, start: NaiveDateTime) -> Option<Yearly> {
    let part = |name: &str| {
        let found = rule.split(';').filter_map(|it| it.split_once('='));
        found.filter(|(it, _)| it.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    };
    if !part("FREQ")?.eq_ignore_ascii_case("YEARLY") {
        return None;
    }
    let month = part("BYMONTH").map_or(Some(start.month()), |it| it.parse().ok())?;
    let first = part("BYMONTHDAY").map(|it| it.split(',').filter_map(|it| it.trim().parse().ok()).min());
    let day = match (part("BYDAY"), first) {
        (Some(day), first) => {
            let (ordinal, weekday) = ordinal_day(day)?;
            match first {
                Some(first) => Day::From(weekday, first?),
                None => Day::Nth(weekday, Some(ordinal).filter(|it| *it != 0)?),
            }
        }
        (None, Some(day)) => Day::Date(day?),
        (None, None) => Day::Date(start.day()),
    };
    // UNTIL is in UTC; a day more does no harm, as changes are a year apart.
    let until = part("UNTIL").and_then(local).and_then(|it| it.checked_add_days(Days::new(1)));
    Some(Yearly { month, day, until })
}
