//! Scalars of dates and places in time, and of JSON values. Every scalar names its specification by `@specifiedBy`:
//! an outside standard, or `/schema.graphql#<scalar>` where its own description is the specification.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use kernel::error::ApiResult;

use crate::inputs::InputField;

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
