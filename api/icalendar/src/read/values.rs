//! Values of properties: moments, durations, texts.

use calendar_time::time::instant;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::{When, rule};

/// A date or time, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A day.
    Day(NaiveDate),
    /// A time on the clock of whoever reads it.
    Floating(NaiveDateTime),
    /// A time on the clock of a zone.
    Clock(NaiveDateTime, Tz),
}

impl Moment {
    /// This moment on the clock of a series; midnight where that has whole days. A bare day means its occurrence on
    /// that day; `default` is the zone of whole days.
    pub fn on_clock_of(self, series: &When, default: Tz) -> NaiveDateTime {
        match (self, series) {
            (Self::Day(day), _) => day.and_time(series.starts_local().time()),
            (Self::Floating(local), When::Clock { .. }) => local,
            (Self::Floating(local), When::Days { .. }) => local.date().into(),
            (Self::Clock(local, own), When::Clock { zone, .. }) => in_zone(local, own, *zone),
            (Self::Clock(local, Tz::UTC), When::Days { .. }) => in_zone(local, Tz::UTC, default).date().into(),
            (Self::Clock(local, _), When::Days { .. }) => local.date().into(),
        }
    }
}

/// What a clock of `to` shows when one of `from` shows `local`.
pub fn in_zone(local: NaiveDateTime, from: Tz, to: Tz) -> NaiveDateTime {
    if from == to { local } else { to.from_utc_datetime(&instant(local, from).naive_utc()).naive_local() }
}

/// A moment before its zone is looked up: what the clock shows, and whether it is a clock of UTC.
pub enum WallTime {
    /// A day.
    Day(NaiveDate),
    /// A time in UTC.
    Utc(NaiveDateTime),
    /// A time of a zone that is said elsewhere, or of none.
    Local(NaiveDateTime),
}

/// Reads `20270131`, `20270131T090000` or `20270131T090000Z`.
pub fn written(text: &str) -> Option<WallTime> {
    // A quote that was meant to end before the colon ends here.
    let text = text.trim().trim_end_matches('"');
    if let Some(utc) = text.strip_suffix(['Z', 'z']) {
        return rule::date_time(utc).map(WallTime::Utc);
    }
    rule::date(text).map(WallTime::Day).or_else(|| rule::date_time(text).map(WallTime::Local))
}

/// An instant, for properties that are always in UTC.
pub fn utc(text: &str) -> Option<chrono::DateTime<Utc>> {
    match written(text)? {
        WallTime::Utc(it) | WallTime::Local(it) => Some(it.and_utc()),
        WallTime::Day(_) => None,
    }
}

/// A duration: days, which follow the calendar, and a time, which follows the clock. At most a thousand years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// Days.
    pub days: i64,
    /// The rest.
    pub time: TimeDelta,
}

/// Reads `P1D`, `PT1H30M`, `P2W`, `-PT15M`.
pub fn duration(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_uppercase();
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let text = text.strip_prefix('P')?;
    let (mut days, mut seconds, mut number, mut some, mut in_time) = (0_i64, 0_i64, None::<i64>, false, false);
    for letter in text.chars() {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(number.unwrap_or_default().checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        if letter == 'T' && number.is_none() && !in_time {
            in_time = true;
            continue;
        }
        let amount = number.take().filter(|it| *it <= 32_000_000_000)?;
        some = true;
        match (letter, in_time) {
            ('W', false) => days += amount.checked_mul(7)?,
            ('D', false) => days += amount,
            ('H', true) => seconds += amount.checked_mul(3600)?,
            ('M', true) => seconds += amount.checked_mul(60)?,
            ('S', true) => seconds += amount,
            _ => return None,
        }
        if days > 366_000 || seconds > 366_000 * 86_400 {
            return None;
        }
    }
    (some && number.is_none()).then(|| Duration { days: sign * days, time: TimeDelta::seconds(sign * seconds) })
}

/// A value of type TEXT as people wrote it; blank is none.
pub fn text(value: &str) -> Option<String> {
    Some(unescaped(value)).filter(|it| !it.trim().is_empty())
}

/// A list of values of type TEXT.
pub fn texts(value: &str) -> Vec<String> {
    let mut escaped = false;
    let parts = value.split(move |letter| {
        let is_end = letter == ',' && !escaped;
        escaped = letter == '\\' && !escaped;
        is_end
    });
    parts.filter_map(text).collect()
}

fn unescaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(sign @ ('\\' | ';' | ',' | ':' | '"')) => text.push(sign),
                // Nobody may write this; whoever does means a path.
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            '\t' => text.push('\t'),
            other if other.is_control() => {}
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let of = |days, seconds| Some(Duration { days, time: TimeDelta::seconds(seconds) });
        assert_eq!(duration("P1D"), of(1, 0));
        assert_eq!(duration("PT1H30M"), of(0, 5400));
        assert_eq!(duration("P2W"), of(14, 0));
        assert_eq!(duration("-P0DT0H10M0S"), of(0, -600));
        for text in ["", "P", "PT", "1D", "P1H", "PT1D", "P1", "PTT1H", "P99999999999999999999D", "P400000D", "PäD"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn texts_are_unescaped() {
        assert_eq!(text("a\\, b\\;\\nc\\\\n C:\\temp\\").as_deref(), Some("a, b;\nc\\n C:\\temp\\"));
        assert_eq!(text("  "), None);
        assert_eq!(texts("a\\,b,c,,\\\\,d"), ["a,b", "c", "\\", "d"]);
    }
}
