//! From the text of a field to a value.

use chrono::NaiveDate;

use crate::model::{Cell, Column, ColumnType, PeriodKind, Symbol, Value};
use crate::read::problem::ProblemCode;
use crate::read::profile::{DateForm, Profile};

/// Letters of a text at most.
pub const MAX_TEXT: usize = 4_000;
/// Letters of a key at most: databases do not order longer ones.
pub const MAX_KEY: usize = 400;

/// How precise a number is kept.
#[derive(Clone, Copy, Debug)]
pub struct Precision {
    /// Decimals.
    pub decimals: u8,
    /// Whether more decimals are rounded, half away from zero.
    pub round: bool,
}

impl Precision {
    /// So many decimals, and no more.
    pub const fn exact(decimals: u8) -> Self {
        Self { decimals, round: false }
    }
}

/// How the profile writes values.
#[derive(Clone, Debug)]
pub struct Writing {
    decimal: char,
    thousands: Option<char>,
    dates: Vec<DateForm>,
    symbols: Vec<Symbol>,
    missing: Vec<String>,
}

impl Writing {
    /// As a profile says.
    pub fn of(profile: &Profile) -> Self {
        Self {
            decimal: profile.decimal,
            thousands: profile.thousands,
            dates: profile.dates.clone(),
            symbols: profile.symbols.clone(),
            missing: profile.missing.clone(),
        }
    }

    /// Whether a text stands for no value.
    pub fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || self.missing.iter().any(|it| it.trim() == text)
    }

    /// The cell of a measure; the text is trimmed.
    pub fn measure(&self, text: &str, precision: Precision) -> Result<Cell, ProblemCode> {
        if self.is_missing(text) {
            return Ok(Cell::default());
        }
        if let Some(symbol) = self.symbol(text) {
            let value = (symbol == Symbol::Nothing).then_some(Value::Number(0));
            return Ok(Cell { value, symbol: Some(symbol) });
        }
        let limited = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
        if let Some(inner) = limited
            && self.symbols.contains(&Symbol::Limited)
        {
            let value = self.number(inner.trim(), precision)?;
            return Ok(Cell { value: Some(Value::Number(value)), symbol: Some(Symbol::Limited) });
        }
        self.number(text, precision).map(|it| Value::Number(it).into())
    }

    /// The symbol that a whole field is.
    pub fn symbol(&self, text: &str) -> Option<Symbol> {
        symbol(text).filter(|it| self.symbols.contains(it))
    }

    /// A number in whole units of its last place.
    pub fn number(&self, text: &str, Precision { decimals, round }: Precision) -> Result<i64, ProblemCode> {
        let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, places) = digits.split_once(self.decimal).unwrap_or((digits, "0"));
        let whole = self.ungrouped(whole).ok_or(ProblemCode::BadNumber)?;
        if places.is_empty() || !places.bytes().all(|it| it.is_ascii_digit()) {
            return Err(ProblemCode::BadNumber);
        }
        let kept = places.trim_end_matches('0');
        if kept.len() > usize::from(decimals) && !round {
            return Err(ProblemCode::TooManyDecimals);
        }
        let away = i64::from(kept.as_bytes().get(usize::from(decimals)).is_some_and(|it| *it >= b'5'));
        let units = whole
            .chars()
            .chain(kept.chars().chain(std::iter::repeat('0')).take(usize::from(decimals)))
            .try_fold(0_i64, |sum, it| sum.checked_mul(10)?.checked_sub(i64::from(it.to_digit(10)?)));
        let units = units.and_then(|it| it.checked_sub(away)).ok_or(ProblemCode::OutOfRange)?;
        if negative { Ok(units) } else { units.checked_neg().ok_or(ProblemCode::OutOfRange) }
    }

    /// Digits without the marks between thousands, which must stand where they belong.
    fn ungrouped(&self, whole: &str) -> Option<String> {
        let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        if digits(whole) {
            return Some(whole.to_owned());
        }
        let thousands = self.thousands?;
        let mut groups = whole.split(|it| is_mark(it, thousands));
        // `0.123` has no thousands.
        let first = groups.next().filter(|it| digits(it) && it.len() <= 3 && !it.starts_with('0'))?;
        groups.try_fold(first.to_owned(), |sum, it| (digits(it) && it.len() == 3).then(|| sum + it))
    }

    /// A date in one of the profile's forms.
    pub fn date(&self, text: &str) -> Option<NaiveDate> {
        self.dates.iter().find_map(|it| date(text, *it))
    }

    /// The value of a column that is no measure; the text is trimmed and not empty.
    pub fn other(&self, text: &str, column: &Column, round: bool) -> Result<Value, ProblemCode> {
        match column.kind {
            ColumnType::Text => Ok(Value::Text(text.to_owned())),
            ColumnType::Integer | ColumnType::Decimal => {
                self.number(text, Precision { decimals: column.decimals.unwrap_or(0), round }).map(Value::Number)
            }
            ColumnType::Boolean => boolean(text).map(Value::Boolean).ok_or(ProblemCode::BadBoolean),
            ColumnType::Date => self.date(text).map(Value::Date).ok_or(ProblemCode::BadDate),
            ColumnType::Period => match column.period {
                Some(PeriodKind::ReferenceDate) | None => {
                    self.date(text).map(|it| Value::Text(it.to_string())).ok_or(ProblemCode::BadDate)
                }
                Some(kind) => period(text, kind).map(Value::Text).ok_or(ProblemCode::BadPeriod),
            },
            ColumnType::Region => {
                if is_region(text) {
                    Ok(Value::Text(text.to_owned()))
                } else {
                    Err(ProblemCode::BadRegion)
                }
            }
        }
    }
}

/// The symbol that a text is, in any of its spellings.
pub fn symbol(text: &str) -> Option<Symbol> {
    Some(match text {
        "\u{2013}" | "\u{2012}" | "\u{2212}" => Symbol::Nothing,
        "\u{b7}" | "\u{2022}" => Symbol::Secret,
        "X" => Symbol::Blocked,
        "\u{2026}" => Symbol::Later,
        "( )" => Symbol::Limited,
        other => Symbol::of(other)?,
    })
}

/// Whether a character is the mark between thousands: spaces that do not break are spaces, `’` is an apostrophe.
pub fn is_mark(letter: char, thousands: char) -> bool {
    letter == thousands
        || match thousands {
            ' ' => matches!(letter, '\u{a0}' | '\u{202f}' | '\u{2009}'),
            '\'' => letter == '\u{2019}',
            '\u{2019}' => letter == '\'',
            _ => false,
        }
}

/// Yes or no, in the words that offices use.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "ja" | "j" | "wahr" | "yes" | "y" | "true" | "1" => Some(true),
        "nein" | "n" | "falsch" | "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// Units of figures as headers and rows of units name them.
const UNITS: [&str; 22] = [
    "Anzahl",
    "Prozent",
    "%",
    "Promille",
    "‰",
    "EUR",
    "Euro",
    "€",
    "Tsd. EUR",
    "1000 EUR",
    "1 000 EUR",
    "Mill. EUR",
    "Mio. EUR",
    "Jahre",
    "Stunden",
    "qkm",
    "km²",
    "ha",
    "Tsd.",
    "Tausend",
    "Mill.",
    "Mio.",
];

/// Whether a text is a unit, or the factor by which figures are to be multiplied: `1000`.
pub fn is_unit(text: &str) -> bool {
    UNITS.contains(&text) || is_factor(text)
}

/// Whether a unit only counts, perhaps in thousands.
pub fn is_count_unit(text: &str) -> bool {
    matches!(text, "Anzahl" | "Tsd." | "Tausend" | "Mill." | "Mio.") || is_factor(text)
}

fn is_factor(text: &str) -> bool {
    let digits: String = text.chars().filter(|it| !matches!(it, ' ' | '.' | '\u{a0}' | '\u{202f}')).collect();
    digits.len() > 2 && digits.starts_with('1') && digits[1..].bytes().all(|it| it == b'0')
}

/// Whether a text is a date with dots, or by ISO 8601.
pub fn is_date(text: &str) -> bool {
    date(text, DateForm::Dotted).is_some() || date(text, DateForm::Iso).is_some()
}

/// A date in one form.
pub fn date(text: &str, form: DateForm) -> Option<NaiveDate> {
    let parts = |mark: char| {
        let mut parts = text.split(mark);
        let three = (parts.next()?, parts.next()?, parts.next()?);
        parts.next().is_none().then_some(three)
    };
    let (year, month, day) = match form {
        DateForm::Dotted | DateForm::DottedShort => parts('.').map(|(day, month, year)| (year, month, day))?,
        DateForm::Slashed => parts('/').map(|(day, month, year)| (year, month, day))?,
        // A time behind it is that of a spreadsheet, which knows no dates without.
        DateForm::Iso => {
            let day = text.split_once("T00:00:00").map_or(text, |it| it.0);
            let mut parts = day.splitn(3, '-');
            (parts.next()?, parts.next()?, parts.next()?)
        }
        DateForm::Compact if text.len() == 8 && text.is_ascii() => (&text[..4], &text[4..6], &text[6..]),
        DateForm::Compact => return None,
    };
    let number = |text: &str, max: usize| {
        let right = !text.is_empty() && text.len() <= max && text.bytes().all(|it| it.is_ascii_digit());
        right.then(|| text.parse::<u32>().ok()).flatten()
    };
    let year = match (form, year.len()) {
        (DateForm::DottedShort, 2) => number(year, 2).map(|it| if it < 69 { 2000 + it } else { 1900 + it })?,
        (DateForm::DottedShort, _) => return None,
        (_, 4) => number(year, 4)?,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, number(month, 2)?, number(day, 2)?).filter(|_| year > 0)
}

/// A period as it is kept.
pub fn period(text: &str, kind: PeriodKind) -> Option<String> {
    if let Some(period) = interval(text, kind) {
        return Some(period);
    }
    match kind {
        PeriodKind::Year => is_year(text).then(|| text.to_owned()),
        PeriodKind::SchoolYear => {
            let (first, second) = text.split_once(['/', '-', '\u{2013}'])?;
            let (first, second) = (first.trim(), second.trim());
            let year: u32 = is_year(first).then(|| first.parse().ok()).flatten()?;
            let next = format!("{:04}", year + 1);
            (second == next || second == &next[next.len() - 2..])
                .then(|| format!("{first}/{}", &next[next.len() - 2..]))
        }
        PeriodKind::Quarter => quarter(text),
        PeriodKind::Month => month(text),
        PeriodKind::ReferenceDate => date(text, DateForm::Iso).map(|it| it.to_string()),
    }
}

/// A month with a duration, as GENESIS writes periods in flat files (`2023-04P3M`, `2023P1Y`), where it is a period of a kind.
fn interval(text: &str, kind: PeriodKind) -> Option<String> {
    let (start, duration) = text.split_once('P')?;
    let (year, month) = match start.split_once('-') {
        Some((year, month)) if month.len() == 2 => {
            (year, month.parse::<u32>().ok().filter(|it| (1..=12).contains(it))?)
        }
        Some(_) => return None,
        None => (start, 1),
    };
    let year: u32 = is_year(year).then(|| year.parse().ok()).flatten()?;
    match (kind, duration, month) {
        (PeriodKind::Year, "1Y" | "12M", 1) => Some(year.to_string()),
        (PeriodKind::SchoolYear, "1Y" | "12M", 8 | 9) => Some(format!("{year}/{:02}", (year + 1) % 100)),
        (PeriodKind::Quarter, "3M", 1 | 4 | 7 | 10) => Some(format!("{year}-Q{}", month / 3 + 1)),
        (PeriodKind::Month, "1M", _) => Some(format!("{year}-{month:02}")),
        _ => None,
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|it| it.is_ascii_digit()) && text >= "1000"
}

fn quarter(text: &str) -> Option<String> {
    let folded = text.to_uppercase().replace("QUARTAL", "Q").replace(['-', '/', '.', '_'], " ");
    let words: Vec<_> = folded.split_whitespace().flat_map(|it| it.split_inclusive('Q')).collect();
    let year = words.iter().map(|it| it.trim_end_matches('Q')).find(|it| is_year(it))?;
    let number = words.iter().map(|it| it.trim_end_matches('Q')).find(|it| matches!(*it, "1" | "2" | "3" | "4"))?;
    let right = words.iter().all(|it| {
        let word = it.trim_end_matches('Q');
        word.is_empty() || word == year || word == number
    });
    (right && folded.contains('Q')).then(|| format!("{year}-Q{number}"))
}

fn month(text: &str) -> Option<String> {
    const NAMES: [&str; 12] = [
        "januar",
        "februar",
        "märz",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "dezember",
    ];
    let (one, two) = text.split_once(['-', '/', '.', ' '])?;
    let (one, two) = (one.trim(), two.trim());
    let (year, month) = if is_year(one) { (one, two) } else { (two, one) };
    let name = month.to_lowercase();
    let number = NAMES.iter().position(|it| *it == name).map(|it| it + 1).or_else(|| {
        (month.len() <= 2 && month.bytes().all(|it| it.is_ascii_digit())).then(|| month.parse().ok()).flatten()
    })?;
    (is_year(year) && (1..=12).contains(&number)).then(|| format!("{year}-{number:02}"))
}

/// Whether it is an official region key: of a state, an administrative district, a district or a municipality (AGS with 8
/// digits, regional key with 12); with 9 to 11 digits of an association of municipalities or one of its members, as
/// offices abbreviate the regional key.
pub fn is_region(text: &str) -> bool {
    text == "DG"
        || (matches!(text.len(), 2 | 3 | 5 | 8..=12)
            && text.bytes().all(|it| it.is_ascii_digit())
            && ("01"..="16").contains(&&text[..2]))
}
