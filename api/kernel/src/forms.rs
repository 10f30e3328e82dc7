//! Forms of values within texts, by language: functions that the language files call on the arguments of a message.
//!
//! - `DAY($from)`: a date, a local time or an instant in UTC.
//! - `FIGURE($max)`: a number with decimal and grouping marks; numbers of four digits are not grouped, as years are not.
//! - `MONEY($value)`: an amount in euro.
//! - `WORD($state)`: the words for one or several members of a closed set, or for permissions: the messages `word-…` of the
//!   language. Several are separated by commas.
//!
//! A value that has no such form stays as it is.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime};

use crate::locale::Locale;

/// Start of the keys of the words for members of closed sets.
const WORDS: &str = "word-";

static GERMAN_WORDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| words(include_str!("../texts/de.ftl")));
static ENGLISH_WORDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| words(include_str!("../texts/en.ftl")));

fn words(source: &'static str) -> HashMap<&'static str, &'static str> {
    source.lines().filter_map(|it| it.strip_prefix(WORDS)?.split_once(" = ")).collect()
}

/// Words for a member of a closed set (`IN_COORDINATION`) or a permission (`calendars:write`); none where there are none.
pub fn word(code: &str, locale: Locale) -> Option<&'static str> {
    let key = code.to_ascii_lowercase().replace(['_', ':'], "-");
    let words = match locale {
        Locale::De => &*GERMAN_WORDS,
        Locale::En => &*ENGLISH_WORDS,
    };
    words.get(key.as_str()).copied()
}

/// Words for members of closed sets, separated by commas.
pub(crate) fn all_words(codes: &str, locale: Locale) -> String {
    codes.split(", ").map(|it| word(it, locale).unwrap_or(it)).collect::<Vec<_>>().join(", ")
}

/// A date, a local time or an instant in UTC.
pub(crate) fn day(value: &str, locale: Locale) -> String {
    let parsed = || {
        let (date, time) = value.split_at_checked(10)?;
        let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
        let Some(time) = time.strip_prefix([' ', 'T']) else { return time.is_empty().then_some((date, None, false)) };
        let local = time.strip_suffix(" UTC").or_else(|| time.strip_suffix('Z'));
        let is_utc = local.is_some();
        let time = local.unwrap_or(time);
        let time = ["%H:%M:%S%.f", "%H:%M"].iter().find_map(|it| NaiveTime::parse_from_str(time, it).ok())?;
        Some((date, Some(time), is_utc))
    };
    let Some((date, time, is_utc)) = parsed() else { return value.to_owned() };
    let form = match (locale, time.is_some(), is_utc) {
        (Locale::De, false, _) => "%d.%m.%Y",
        (Locale::De, true, false) => "%d.%m.%Y, %H:%M Uhr",
        (Locale::De, true, true) => "%d.%m.%Y, %H:%M Uhr (UTC)",
        (Locale::En, false, _) => "%Y-%m-%d",
        (Locale::En, true, false) => "%Y-%m-%d %H:%M",
        (Locale::En, true, true) => "%Y-%m-%d %H:%M UTC",
    };
    date.and_time(time.unwrap_or_default()).format(form).to_string()
}

/// A number with decimal and grouping marks.
pub(crate) fn figure(value: &str, locale: Locale) -> String {
    let (sign, digits) = value.strip_prefix('-').map_or(("", value), |it| ("-", it));
    let (whole, decimals) = digits.split_once('.').map_or((digits, None), |(whole, decimals)| (whole, Some(decimals)));
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !is_number(whole) || !decimals.is_none_or(is_number) {
        return value.to_owned();
    }
    let (group, point) = match locale {
        Locale::De => ('.', ','),
        Locale::En => (',', '.'),
    };
    let mut shown = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index).is_multiple_of(3) {
            shown.push(group);
        }
        shown.push(digit);
    }
    if let Some(decimals) = decimals {
        shown.push(point);
        shown.push_str(decimals);
    }
    shown
}

/// An amount in euro.
pub(crate) fn money(value: &str, locale: Locale) -> String {
    let figure = figure(value, locale);
    match locale {
        Locale::De => format!("{figure}\u{a0}€"),
        Locale::En => match figure.strip_prefix('-') {
            Some(amount) => format!("-€{amount}"),
            None => format!("€{figure}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_written_as_each_language_writes_them() {
        let both = |it: &str| (day(it, Locale::De), day(it, Locale::En));
        let expected = |de: &str, en: &str| (de.to_owned(), en.to_owned());
        assert_eq!(both("2027-03-12"), expected("12.03.2027", "2027-03-12"));
        assert_eq!(both("2027-03-12 13:00:00"), expected("12.03.2027, 13:00 Uhr", "2027-03-12 13:00"));
        assert_eq!(both("2027-03-12T13:00"), expected("12.03.2027, 13:00 Uhr", "2027-03-12 13:00"));
        assert_eq!(
            both("2027-03-12 13:00:00.250 UTC"),
            expected("12.03.2027, 13:00 Uhr (UTC)", "2027-03-12 13:00 UTC")
        );
        for other in ["", "12", "2027-02-30", "2027-03-12x", "größer als zehn", "2027-03-12 noon"] {
            assert_eq!(day(other, Locale::De), other);
        }
    }

    #[test]
    fn numbers_are_grouped_and_years_are_not() {
        let both = |it: &str| (figure(it, Locale::De), figure(it, Locale::En));
        let expected = |de: &str, en: &str| (de.to_owned(), en.to_owned());
        assert_eq!(both("2027"), expected("2027", "2027"));
        assert_eq!(both("10000"), expected("10.000", "10,000"));
        assert_eq!(both("100000000000.00"), expected("100.000.000.000,00", "100,000,000,000.00"));
        assert_eq!(both("-10.5"), expected("-10,5", "-10.5"));
        for other in ["", "-", "1.", ".5", "1.2.3", "1e5", "0x10"] {
            assert_eq!(figure(other, Locale::De), other);
        }
        assert_eq!(
            (money("40000.01", Locale::De), money("40000.01", Locale::En)),
            expected("40.000,01\u{a0}€", "€40,000.01")
        );
    }

    #[test]
    fn members_of_closed_sets_have_words() {
        assert_eq!(all_words("IN_COORDINATION, CLOSED", Locale::De), "in Abstimmung, ohne Ergebnis beendet");
        assert_eq!(all_words("calendars:write", Locale::En), "edit calendars");
        assert_eq!(all_words("UNHEARD_OF", Locale::De), "UNHEARD_OF");
    }
}
