//! Values of a question, as columns keep them.

use chrono::NaiveDate;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::text::clip;

use crate::model::{Column, ColumnType, PeriodKind, Value};

/// A value as somebody wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// Of text, region and period columns.
    Text(String),
    /// Of integer and decimal columns: `-12`, `7.65`.
    Number(String),
    /// Of boolean columns.
    Boolean(bool),
    /// Of date columns.
    Date(NaiveDate),
}

/// Values that are put into words in a message are cut there.
const CLIPPED: usize = 80;

impl Operand {
    /// The value that a column keeps.
    ///
    /// # Errors
    /// It is of another type, or not written as the column has it.
    pub(super) fn value(&self, column: &Column, field: &str) -> ApiResult<Value> {
        match (self, column.kind) {
            (Self::Text(text), ColumnType::Text) => Ok(Value::Text(text.clone())),
            (Self::Text(text), ColumnType::Region) if is_region(text) => Ok(Value::Text(text.clone())),
            (Self::Text(text), ColumnType::Region) => {
                let text = Text::new("no-region-key").with("value", clip(text, CLIPPED));
                Err(Problem::at(UserErrorCode::Invalid, field.to_owned(), text).into())
            }
            (Self::Text(text), ColumnType::Period) => {
                let kind = column.period.unwrap_or(PeriodKind::Year);
                if is_period(text, kind) { Ok(Value::Text(text.clone())) } else { Err(no_period(text, kind, field)) }
            }
            (Self::Number(text), ColumnType::Integer | ColumnType::Decimal) => {
                let decimals = column.decimals.unwrap_or(0);
                parse_number(text, decimals).map(Value::Number).ok_or_else(|| no_number(text, decimals, field))
            }
            (Self::Boolean(it), ColumnType::Boolean) => Ok(Value::Boolean(*it)),
            (Self::Date(it), ColumnType::Date) => Ok(Value::Date(*it)),
            (Self::Text(_) | Self::Number(_) | Self::Boolean(_) | Self::Date(_), _) => Err(of_type(column, field)),
        }
    }
}

/// The problem that a column is of another type than the test.
pub(super) fn of_type(column: &Column, field: &str) -> ApiError {
    let text = Text::new("column-of-type").with("column", &column.name).with("type", type_name(column.kind));
    Problem::at(UserErrorCode::Invalid, field.to_owned(), text).into()
}

const fn type_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "TEXT",
        ColumnType::Integer => "INTEGER",
        ColumnType::Decimal => "DECIMAL",
        ColumnType::Boolean => "BOOLEAN",
        ColumnType::Date => "DATE",
        ColumnType::Period => "PERIOD",
        ColumnType::Region => "REGION",
    }
}

fn no_number(value: &str, decimals: u8, field: &str) -> ApiError {
    let text = Text::new("no-number-here").with("value", clip(value, CLIPPED)).with("decimals", decimals);
    Problem::at(UserErrorCode::Invalid, field.to_owned(), text).into()
}

fn no_period(value: &str, kind: PeriodKind, field: &str) -> ApiError {
    let form = match kind {
        PeriodKind::Year => "2023",
        PeriodKind::SchoolYear => "2022/23",
        PeriodKind::Quarter => "2023-Q1",
        PeriodKind::Month => "2023-03",
        PeriodKind::ReferenceDate => "2023-03-01",
    };
    let text = Text::new("no-period-here").with("value", clip(value, CLIPPED)).with("form", form);
    Problem::at(UserErrorCode::Invalid, field.to_owned(), text).into()
}

/// Whether a text may be an official key: Germany, a state, a government district, a district, a municipality.
fn is_region(text: &str) -> bool {
    text == "DG" || (matches!(text.len(), 1..=12) && text.bytes().all(|it| it.is_ascii_digit()))
}

fn is_period(text: &str, kind: PeriodKind) -> bool {
    let form = match kind {
        PeriodKind::Year => "dddd",
        PeriodKind::SchoolYear => "dddd/dd",
        PeriodKind::Quarter => "dddd-Qd",
        PeriodKind::Month => "dddd-dd",
        PeriodKind::ReferenceDate => "dddd-dd-dd",
    };
    let fits = |(letter, form): (u8, u8)| if form == b'd' { letter.is_ascii_digit() } else { letter == form };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

/// A number in whole units of its last place: `7.65` with two decimals is 765. None where it is no number, has more decimals
/// than that, or is too large.
pub fn parse_number(text: &str, decimals: u8) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || (digits.contains('.') && places.is_empty()) || !is_digits(whole) || !is_digits(places) {
        return None;
    }
    let places = places.trim_end_matches('0');
    let missing = usize::from(decimals).checked_sub(places.len())?;
    format!("{sign}{whole}{places}{}", "0".repeat(missing)).parse().ok()
}
