//! How a workbook shows numbers: what of its number formats says something about the value.

use chrono::{Days, NaiveDate};

/// How the numbers of a cell are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    /// What the number is.
    pub kind: NumberKind,
    /// Decimals that are shown; nothing where the format leaves that open.
    pub decimals: Option<u8>,
    /// Digits that are shown at least: `00000` shows 9762 as 09762.
    pub digits: usize,
    /// The unit that is shown behind or before the number.
    pub unit: Option<&'static str>,
}

/// What a number of a workbook is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberKind {
    /// A number.
    #[default]
    Plain,
    /// A share: 0.475 is shown as 47.5 %.
    Percent,
    /// A day, perhaps with a time.
    Date,
    /// A time of day.
    Time,
    /// A length of time, which may be longer than a day.
    Duration,
}

impl NumberFormat {
    /// The format that is built in under a number; the numbers are those of ECMA-376, 18.8.30.
    pub fn built_in(id: u32) -> Self {
        let plain = |decimals| Self { decimals: Some(decimals), ..Self::default() };
        let of = |kind| Self { kind, ..Self::default() };
        match id {
            1 | 3 | 37 | 38 | 41 | 42 => plain(0),
            2 | 4 | 39 | 40 | 43 | 44 => plain(2),
            9 => Self { kind: NumberKind::Percent, ..plain(0) },
            10 => Self { kind: NumberKind::Percent, ..plain(2) },
            14..=17 | 22 | 27..=36 | 50..=58 => of(NumberKind::Date),
            18..=21 | 45 | 47 => of(NumberKind::Time),
            46 => of(NumberKind::Duration),
            _ => Self::default(),
        }
    }

    /// The format of a code, by its first section: `0.0%`, `dd.mm.yyyy`.
    pub fn of_code(code: &str) -> Self {
        let (bare, elapsed) = bare(code);
        let has = |letters: &str| bare.contains(|it: char| letters.contains(it.to_ascii_lowercase()));
        if bare.trim().eq_ignore_ascii_case("general") || bare.contains('@') {
            return Self::default();
        }
        let kind = match () {
            () if elapsed => NumberKind::Duration,
            () if has("yd") || (has("m") && !has("hs")) => NumberKind::Date,
            () if has("hs") => NumberKind::Time,
            () if has("%") => NumberKind::Percent,
            () => NumberKind::Plain,
        };
        if !matches!(kind, NumberKind::Plain | NumberKind::Percent) || has("e/") || !has("0#?") {
            return Self { kind, ..Self::default() };
        }
        let (whole, places) = bare.split_once('.').unwrap_or((&bare, ""));
        let decimals = places.chars().take_while(|it| "0#?".contains(*it)).count();
        // A comma behind the last digit shows thousands or millions: what is shown is another number.
        let is_scaled = bare.trim_end_matches(['%', ' ']).ends_with(',');
        let is_digits = !whole.is_empty() && whole.trim().chars().all(|it| it == '0') && places.is_empty();
        Self {
            kind,
            decimals: u8::try_from(decimals).ok().filter(|_| !is_scaled),
            digits: if is_digits { whole.trim().len() } else { 0 },
            unit: shown_unit(code.split(';').next().unwrap_or(code)).filter(|_| kind == NumberKind::Plain),
        }
    }
}

/// The unit that stands in what people see of a number.
pub fn shown_unit(text: &str) -> Option<&'static str> {
    let has = |it: &str| text.contains(it);
    match () {
        () if has("€") || has("EUR") => Some("EUR"),
        () if has("%") => Some("Prozent"),
        () if has("‰") => Some("Promille"),
        () => None,
    }
}

/// The first section of a code without what is literal, and whether it shows hours, minutes or seconds beyond a day.
fn bare(code: &str) -> (String, bool) {
    let (mut bare, mut elapsed) = (String::new(), false);
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | '_' | '*' => {
                letters.next();
            }
            '"' => letters.by_ref().take_while(|it| *it != '"').for_each(drop),
            '[' => {
                let within: String = letters.by_ref().take_while(|it| *it != ']').collect();
                let within = within.to_ascii_lowercase();
                elapsed |= !within.is_empty() && ["h", "m", "s"].iter().any(|it| within.replace(it, "").is_empty());
            }
            ';' => break,
            other => bare.push(other),
        }
    }
    (bare, elapsed)
}

/// A day and time of a workbook as text: `2016-03-01`, `2016-03-01T08:30:00`, `08:30:00`, `36:00:00`.
pub fn time_text(value: f64, kind: NumberKind, from_1904: bool) -> Option<String> {
    const DAY: u64 = 86_400;
    if !(0.0..3_000_000.0).contains(&value) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range was just checked")]
    let seconds = (value * 86_400.0).round() as u64;
    let clock = |seconds: u64| format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if kind == NumberKind::Duration || (kind == NumberKind::Time && seconds < DAY) {
        return Some(clock(seconds));
    }
    let (days, seconds) = (seconds / DAY, seconds % DAY);
    // Day 60 is a 29 February 1900 that never was.
    let first = match (from_1904, days) {
        (true, _) => NaiveDate::from_ymd_opt(1904, 1, 1),
        (false, 0..60) => NaiveDate::from_ymd_opt(1899, 12, 31),
        (false, _) => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    let day = first?.checked_add_days(Days::new(days))?;
    Some(if seconds == 0 { day.to_string() } else { format!("{day}T{}", clock(seconds)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_a_number_is() {
        use NumberKind::*;
        for (code, kind, decimals, digits) in [
            ("General", Plain, None, 0),
            ("0.0", Plain, Some(1), 0),
            ("#,##0.00\\ \"€\";[Red]-#,##0", Plain, Some(2), 0),
            ("#,##0,", Plain, None, 0),
            ("0.00E+00", Plain, None, 0),
            ("00000", Plain, Some(0), 5),
            ("0.0%", Percent, Some(1), 0),
            ("0\\ %", Percent, Some(0), 0),
            ("dd.mm.yyyy", Date, None, 0),
            ("[$-407]mmm\\ yy;@", Date, None, 0),
            ("h:mm", Time, None, 0),
            ("[hh]:mm:ss", Duration, None, 0),
            ("\"Tag\"0", Plain, Some(0), 1),
            ("@", Plain, None, 0),
        ] {
            let found = NumberFormat::of_code(code);
            assert_eq!((found.kind, found.decimals, found.digits), (kind, decimals, digits), "{code}");
        }
        for (code, unit) in
            [("0.0\" %\"", Some("Prozent")), ("#,##0.00\\ [$€-407]", Some("EUR")), ("0.0%", None), ("0;0\"€\"", None)]
        {
            assert_eq!(NumberFormat::of_code(code).unit, unit, "{code}");
        }
    }

    #[test]
    fn days_and_times_are_those_of_the_sheet() {
        use NumberKind::*;
        for (value, kind, from_1904, text) in [
            (42_430.0, Date, false, "2016-03-01"),
            (1.0, Date, false, "1900-01-01"),
            (61.0, Date, false, "1900-03-01"),
            (40_968.0, Date, true, "2016-03-01"),
            (42_430.5, Date, false, "2016-03-01T12:00:00"),
            (0.354_166_666_666_667, Time, false, "08:30:00"),
            (1.5, Duration, false, "36:00:00"),
            (42_430.999_999_999, Date, false, "2016-03-02"),
        ] {
            assert_eq!(time_text(value, kind, from_1904).as_deref(), Some(text));
        }
        assert_eq!(time_text(-1.0, Date, false), None);
    }
}
