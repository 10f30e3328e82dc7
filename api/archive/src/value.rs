//! Values of rows as JSON, the same whichever database they come from. Pure.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use sea_orm::Value;
use serde_json::{Map, Value as Json};
use store::raw_table::{RawColumn, RawRow, ValueKind};
use uuid::Uuid;

const DATE: &str = "%Y-%m-%d";
const LOCAL: &str = "%Y-%m-%dT%H:%M:%S%.f";
const INSTANT: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// The column, where it is about one.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub problem: String,
}

impl BadLine {
    fn whole(problem: impl Into<String>) -> Self {
        Self { column: None, problem: problem.into() }
    }
}

/// Adds a row as one line: its columns in their order, every one of them.
///
/// # Errors
/// A value that no column of an archive has.
pub fn push_line(line: &mut String, columns: &[RawColumn], row: &RawRow) -> Result<(), String> {
    line.push('{');
    for (at, (column, value)) in columns.iter().zip(row).enumerate() {
        let _ = write!(line, "{}\"{}\":", if at > 0 { "," } else { "" }, column.name);
        push(line, value).map_err(|it| format!("column {}: {it}", column.name))?;
    }
    line.push_str("}\n");
    Ok(())
}

fn push(line: &mut String, value: &Value) -> Result<(), String> {
    let text = |line: &mut String, text: &str| line.push_str(&Json::from(text).to_string());
    match value {
        Value::Bool(Some(it)) => {
            let _ = write!(line, "{it}");
        }
        Value::Int(Some(it)) => {
            let _ = write!(line, "{it}");
        }
        Value::BigInt(Some(it)) => {
            let _ = write!(line, "{it}");
        }
        Value::Double(Some(it)) => line.push_str(&Json::from(*it).to_string()),
        Value::String(Some(it)) => text(line, it),
        Value::Uuid(Some(it)) => {
            let _ = write!(line, "\"{it}\"");
        }
        Value::ChronoDate(Some(it)) => {
            let _ = write!(line, "\"{}\"", it.format(DATE));
        }
        Value::ChronoDateTime(Some(it)) => {
            let _ = write!(line, "\"{}\"", it.format(LOCAL));
        }
        Value::ChronoDateTimeUtc(Some(it)) => {
            let _ = write!(line, "\"{}\"", it.format(INSTANT));
        }
        Value::Json(Some(it)) => push_json(line, it),
        Value::Bool(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::Double(None)
        | Value::String(None)
        | Value::Uuid(None)
        | Value::ChronoDate(None)
        | Value::ChronoDateTime(None)
        | Value::ChronoDateTimeUtc(None)
        | Value::Json(None) => line.push_str("null"),
        other => return Err(format!("{other:?} is nothing that an archive holds")),
    }
    Ok(())
}

/// JSON with the keys of every object in order: the two databases keep them in different ones.
fn push_json(line: &mut String, json: &Json) {
    match json {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|it| it.0);
            line.push('{');
            for (at, (key, value)) in entries.into_iter().enumerate() {
                let _ = write!(line, "{}{}:", if at > 0 { "," } else { "" }, Json::from(key.as_str()));
                push_json(line, value);
            }
            line.push('}');
        }
        Json::Array(items) => {
            line.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    line.push(',');
                }
                push_json(line, item);
            }
            line.push(']');
        }
        plain => line.push_str(&plain.to_string()),
    }
}

/// Reads a line.
///
/// # Errors
/// It is no object, lacks a column or has one too many, or a value is not what its column takes.
pub fn read_line(line: &str, columns: &[RawColumn]) -> Result<RawRow, BadLine> {
    let mut object: Map<String, Json> =
        serde_json::from_str(line).map_err(|error| BadLine::whole(format!("no JSON object: {error}")))?;
    let mut row = Vec::with_capacity(columns.len());
    for column in columns {
        let Some(json) = object.remove(column.name) else {
            return Err(BadLine { column: Some(column.name), problem: "is missing".to_owned() });
        };
        let bad = |problem| BadLine { column: Some(column.name), problem };
        row.push(read(json, *column).map_err(bad)?);
    }
    match object.keys().next() {
        Some(unknown) => Err(BadLine::whole(format!("column {unknown:?} is unknown"))),
        None => Ok(row),
    }
}

fn read(json: Json, column: RawColumn) -> Result<Value, String> {
    if json.is_null() && (column.nullable || column.kind != ValueKind::Json) {
        return if column.nullable {
            Ok(null_of(column.kind))
        } else {
            Err("null, and it must not be empty".to_owned())
        };
    }
    let wrong = |what: &str| format!("{} is {what}", shortened(&json.to_string()));
    let text = |what: &str| json.as_str().ok_or_else(|| wrong(what));
    match column.kind {
        ValueKind::Text => {
            let text = text("no text")?;
            // PostgreSQL cannot keep it.
            if text.contains('\0') { Err(wrong("a text with a zero byte")) } else { Ok(text.into()) }
        }
        ValueKind::Id => {
            let text = text("no id")?;
            let id: Uuid = text.parse().map_err(|_| wrong("no id"))?;
            if id.to_string() == text { Ok(id.into()) } else { Err(wrong("no id as it is written here")) }
        }
        ValueKind::Flag => json.as_bool().map(Into::into).ok_or_else(|| wrong("neither true nor false")),
        ValueKind::Int => {
            let number = json.as_i64().and_then(|it| i32::try_from(it).ok());
            number.map(Into::into).ok_or_else(|| wrong("no whole number of 32 bits"))
        }
        ValueKind::Long => json.as_i64().map(Into::into).ok_or_else(|| wrong("no whole number of 64 bits")),
        ValueKind::Double => json.as_f64().map(Into::into).ok_or_else(|| wrong("no number")),
        ValueKind::Date => {
            let date = NaiveDate::parse_from_str(text("no date")?, DATE);
            date.map(Into::into).map_err(|_| wrong("no date"))
        }
        ValueKind::Local => {
            let time = NaiveDateTime::parse_from_str(text("no time")?, LOCAL);
            time.map(Into::into).map_err(|_| wrong("no time"))
        }
        ValueKind::Instant => {
            let text = text("no instant")?;
            let instant: DateTime<Utc> = text.parse().map_err(|_| wrong("no instant"))?;
            let is_ours = instant.format(INSTANT).to_string() == text;
            if is_ours { Ok(instant.into()) } else { Err(wrong("no instant in UTC with six places of a second")) }
        }
        ValueKind::Json => Ok(Value::Json(Some(Box::new(json)))),
    }
}

/// No value of a kind.
pub const fn null_of(kind: ValueKind) -> Value {
    match kind {
        ValueKind::Text => Value::String(None),
        ValueKind::Id => Value::Uuid(None),
        ValueKind::Flag => Value::Bool(None),
        ValueKind::Int => Value::Int(None),
        ValueKind::Long => Value::BigInt(None),
        ValueKind::Double => Value::Double(None),
        ValueKind::Date => Value::ChronoDate(None),
        ValueKind::Local => Value::ChronoDateTime(None),
        ValueKind::Instant => Value::ChronoDateTimeUtc(None),
        ValueKind::Json => Value::Json(None),
    }
}

/// A value in words, as a problem names it.
pub fn in_words(value: &Value) -> String {
    let mut text = String::new();
    match push(&mut text, value) {
        Ok(()) => shortened(&text),
        Err(problem) => problem,
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [RawColumn; 10] = [
        column("id", ValueKind::Id, false),
        column("title", ValueKind::Text, true),
        column("flag", ValueKind::Flag, false),
        column("int", ValueKind::Int, true),
        column("long", ValueKind::Long, true),
        column("double", ValueKind::Double, true),
        column("date", ValueKind::Date, true),
        column("local", ValueKind::Local, true),
        column("instant", ValueKind::Instant, true),
        column("json", ValueKind::Json, true),
    ];

    const fn column(name: &'static str, kind: ValueKind, nullable: bool) -> RawColumn {
        RawColumn { name, kind, nullable }
    }

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            "[^\\x00]{0,8}".prop_map(Json::from)
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                proptest::collection::btree_map("[a-zß\"]{0,3}", inner, 0..4)
                    .prop_map(|it| Json::Object(it.into_iter().collect())),
            ]
        })
    }

    fn row() -> impl Strategy<Value = RawRow> {
        let micros = -62_000_000_000_000_000_i64..250_000_000_000_000_000;
        let instant = micros.prop_map(|it| DateTime::<Utc>::from_timestamp_micros(it).expect("an instant"));
        (
            any::<u128>(),
            proptest::option::of("[^\\x00]{0,12}"),
            any::<bool>(),
            any::<Option<i32>>(),
            any::<Option<i64>>(),
            proptest::option::of(-180_i32..180),
            proptest::option::of(instant),
            proptest::option::of(json()),
        )
            .prop_map(|(id, title, flag, int, long, double, instant, json)| {
                vec![
                    Uuid::from_u128(id).into(),
                    title.into(),
                    flag.into(),
                    int.into(),
                    long.into(),
                    double.map(|it| f64::from(it) / 7.0).into(),
                    instant.map(|it| it.date_naive()).into(),
                    instant.map(|it| it.naive_utc()).into(),
                    instant.into(),
                    Value::Json(json.filter(|it| !it.is_null()).map(Box::new)),
                ]
            })
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_and_written_again_is_the_same(row in row()) {
            let mut line = String::new();
            push_line(&mut line, &COLUMNS, &row).expect("a line");
            prop_assert_eq!(line.matches('\n').count(), 1);
            let read = read_line(line.trim_end(), &COLUMNS).expect("a row");
            prop_assert_eq!(&read, &row);
            let mut again = String::new();
            push_line(&mut again, &COLUMNS, &read).expect("a line");
            prop_assert_eq!(again, line);
        }

        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,60}") {
            let _any = read_line(&line, &COLUMNS);
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let take = |text: &str, kind| {
            let columns = [column("it", kind, false)];
            read_line(text, &columns).map_err(|it| (it.column, it.problem)).expect_err(text)
        };
        for (text, kind, column, problem) in [
            ("{", ValueKind::Text, None, "no JSON object"),
            ("[]", ValueKind::Text, None, "no JSON object"),
            ("{}", ValueKind::Text, Some("it"), "is missing"),
            (r#"{"it":"a","that":1}"#, ValueKind::Text, None, "column \"that\" is unknown"),
            (r#"{"it":null}"#, ValueKind::Text, Some("it"), "must not be empty"),
            (r#"{"it":7}"#, ValueKind::Text, Some("it"), "7 is no text"),
            (r#"{"it":"a\u0000"}"#, ValueKind::Text, Some("it"), "a text with a zero byte"),
            (r#"{"it":3000000000}"#, ValueKind::Int, Some("it"), "3000000000 is no whole number of 32 bits"),
            (r#"{"it":1.5}"#, ValueKind::Long, Some("it"), "1.5 is no whole number of 64 bits"),
            (r#"{"it":"2027-02-30"}"#, ValueKind::Date, Some("it"), "\"2027-02-30\" is no date"),
            (r#"{"it":"2027-02-03T10:00:00Z"}"#, ValueKind::Instant, Some("it"), "with six places of a second"),
            (r#"{"it":"yes"}"#, ValueKind::Flag, Some("it"), "\"yes\" is neither true nor false"),
            (r#"{"it":"0F"}"#, ValueKind::Id, Some("it"), "\"0F\" is no id"),
        ] {
            let (at, said) = take(text, kind);
            assert_eq!(at, column, "{text}");
            assert!(said.contains(problem), "{text}: {said}");
        }
    }
}
