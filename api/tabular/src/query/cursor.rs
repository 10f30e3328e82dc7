//! Where a page ends: the values of the sort columns, bound to the table, the filter and the order.

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::model::{ColumnType, Value};

/// A place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Values of the sort columns.
    pub values: Vec<Option<Value>>,
    /// Number of the row, where rows are sorted.
    pub row: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct CursorText {
    l: String,
    v: Vec<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<i64>,
}

/// What a cursor is bound to.
pub(super) fn fingerprint(content: Uuid, question: &impl Debug) -> String {
    let hash = Sha256::digest(format!("{content} {question:?}").as_bytes());
    URL_SAFE_NO_PAD.encode(&hash[..9])
}

impl Position {
    pub(super) fn write(&self, list: &str) -> ApiResult<String> {
        let values = self.values.iter().map(|it| match it {
            None => serde_json::Value::Null,
            Some(Value::Text(text)) => text.clone().into(),
            Some(Value::Number(number)) => (*number).into(),
            Some(Value::Boolean(it)) => (*it).into(),
            Some(Value::Date(date)) => date.to_string().into(),
        });
        let written = CursorText { l: list.to_owned(), v: values.collect(), r: self.row };
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&written)?))
    }

    /// The place that a cursor names. A cursor comes from the client: its values must be of the types of the columns.
    pub(super) fn read(cursor: &str, list: &str, kinds: &[ColumnType], with_row: bool) -> ApiResult<Self> {
        let decoded = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|it| serde_json::from_slice::<CursorText>(&it).ok());
        let position = decoded.filter(|it| it.l == list && it.v.len() == kinds.len()).and_then(|it| {
            let values = it.v.into_iter().zip(kinds).map(|(value, kind)| typed(value, *kind));
            Some(Self { values: values.collect::<Option<_>>()?, row: it.r })
        });
        position
            .filter(|it| it.row.is_some() == with_row)
            .ok_or_else(|| Problem::at(UserErrorCode::Invalid, "after", Text::new("foreign-cursor")).into())
    }
}

fn typed(value: serde_json::Value, kind: ColumnType) -> Option<Option<Value>> {
    use serde_json::Value as Json;
    Some(Some(match (kind, value) {
        (_, Json::Null) => return Some(None),
        (ColumnType::Text | ColumnType::Region | ColumnType::Period, Json::String(text)) => Value::Text(text),
        (ColumnType::Integer | ColumnType::Decimal, Json::Number(number)) => Value::Number(number.as_i64()?),
        (ColumnType::Boolean, Json::Bool(it)) => Value::Boolean(it),
        (ColumnType::Date, Json::String(text)) => Value::Date(text.parse::<NaiveDate>().ok()?),
        (_, _) => return None,
    }))
}
