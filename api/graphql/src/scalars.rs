//! Scalars of dates and places in time, and of JSON values. Every scalar names its specification by `@specifiedBy`:
//! an outside standard, or `/schema.graphql#<scalar>` where its own description is the specification.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use kernel::error::{ApiResult, UserErrorCode};
use kernel::i18n::Text;

use crate::inputs::InputField;
use crate::money;

/// Calendar date, `2027-03-12` (RFC 3339 full-date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

impl InputField for Date {
    type Value = NaiveDate;

    fn value(self, _: &'static str) -> ApiResult<NaiveDate> {
        Ok(self.0)
    }
}

/// Calendar date, `2027-03-12` (RFC 3339 full-date).
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() == 10 => NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(Self)
                .map_err(|_| InputValueError::custom(format!("{text:?} is no date like 2027-03-12"))),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%d").to_string())
    }
}

/// Local date and time without offset, `2027-03-12T14:00:00`; seconds may be omitted in input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDateTime(pub NaiveDateTime);

/// Local date and time without offset, `2027-03-12T14:00:00`; seconds may be omitted in input.
#[Scalar(specified_by_url = "https://www.rfc-editor.org/rfc/rfc5545#section-3.3.5")]
impl ScalarType for LocalDateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() <= 19 => NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
                .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
                .map(Self)
                .map_err(|_| InputValueError::custom(format!("{text:?} is no local time like 2027-03-12T14:00:00"))),
            _ => Err(InputValueError::custom("expected a local time like 2027-03-12T14:00:00, without offset")),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.format("%Y-%m-%dT%H:%M:%S").to_string())
    }
}

/// IANA time zone name, `Europe/Berlin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(pub Tz);

/// IANA time zone name, `Europe/Berlin`.
#[Scalar(specified_by_url = "https://www.iana.org/time-zones")]
impl ScalarType for TimeZone {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => text
                .parse()
                .map(Self)
                .map_err(|_| InputValueError::custom(format!("{text:?} is no IANA time zone like Europe/Berlin"))),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.name().to_owned())
    }
}

impl TimeZone {
    /// The zone of a stored name. Names are checked before they are stored.
    pub fn stored(name: &str) -> Self {
        Self(name.parse().unwrap_or(Tz::UTC))
    }
}

/// Why a value is none of a scalar of the product: the code, and words with a right example. `shown` is the value as it is
/// told again. The scalars of the specification are not among them.
pub fn scalar_problem(name: &str, value: &Value, shown: String) -> Option<(UserErrorCode, Text)> {
    let invalid = |key: &'static str, example: &str| {
        Some((UserErrorCode::Invalid, Text::new(key).with("value", &shown).with("example", example)))
    };
    let text = match value {
        Value::String(text) => text.as_str(),
        _ => "",
    };
    match name {
        "Date" if Date::parse(value.clone()).is_ok() => None,
        "Date" if is_no_such_day(text) => invalid("value-no-such-day", ""),
        "Date" => invalid("value-no-date", &day_of(text).map_or("2027-03-12".to_owned(), |it| it.to_string())),
        "DateTime" if text.parse::<DateTime<Utc>>().is_ok() => None,
        "DateTime" if is_no_such_day(text) => invalid("value-no-such-day", ""),
        "DateTime" => {
            let day = day_of(text).map_or("2027-03-12".to_owned(), |it| it.to_string());
            invalid("value-no-instant", &format!("{day}T14:00:00+01:00"))
        }
        "LocalDateTime" if LocalDateTime::parse(value.clone()).is_ok() => None,
        "LocalDateTime" if is_no_such_day(text) => invalid("value-no-such-day", ""),
        "LocalDateTime" => {
            let day = day_of(text).map_or("2027-03-12".to_owned(), |it| it.to_string());
            invalid("value-no-local-time", &format!("{day}T14:00:00"))
        }
        "TimeZone" if TimeZone::parse(value.clone()).is_ok() => None,
        "TimeZone" => invalid("value-no-zone", "Europe/Berlin"),
        "Decimal" => money::decimal_problem(value, &shown),
        "DatasetNumber" if matches!(value, Value::String(_) | Value::Number(_)) => None,
        "DatasetNumber" => invalid("value-no-decimal", "7.65"),
        _ => None,
    }
}

/// Whether a text has the form of a date, or begins with one, of a day that no calendar has.
fn is_no_such_day(text: &str) -> bool {
    let day = text.get(..10).unwrap_or_default();
    let form = |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let is_iso = day.len() == 10 && day.bytes().enumerate().all(form) && day.parse::<NaiveDate>().is_err();
    let numbers: Vec<_> = text.split([' ', ',']).next().unwrap_or_default().split('.').collect();
    let is_german = matches!(numbers[..], [day, month, year] if day.len() <= 2 && month.len() <= 2 && year.len() == 4)
        && numbers.iter().all(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
        && day_of(text).is_none();
    is_iso || is_german
}

/// The day with which a text begins, as people in Germany write it, `12.03.2027`, or as programs do.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = text.split([' ', 'T', ',']).next()?;
    let read = |form: &str| NaiveDate::parse_from_str(day, form).ok();
    ["%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"].into_iter().find_map(read)
}

/// Any JSON value (RFC 8259).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonValue(pub serde_json::Value);

/// Any JSON value (RFC 8259).
#[Scalar(name = "JSON", specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259")]
impl ScalarType for JsonValue {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        // A JSON value is a value of the query language, too.
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}
