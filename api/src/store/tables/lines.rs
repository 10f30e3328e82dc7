//! Rows as lines of text: what PostgreSQL copies, and what the checksum of a content is made of.
//!
//! A line has the cells in the order of the columns, the symbol behind each measure, with a tab between them; `\N` is
//! nothing, and backslash, tab and line feed are escaped. The checksum of a content is the SHA-256 of a first line with
//! `name:TYPE:decimals` of every column, and the lines.

use std::fmt::Write as _;

use super::broken;
use crate::datasets::model::{Cell, Column, ColumnType, Row, Value};
use crate::error::ApiResult;

/// The first line.
pub(super) fn header(columns: &[Column]) -> ApiResult<String> {
    let mut line = String::new();
    for (at, column) in columns.iter().enumerate() {
        let kind = serde_json::to_value(column.kind)?;
        let kind = kind.as_str().unwrap_or_default();
        let _ =
            write!(line, "{}{}:{kind}:{}", if at > 0 { "\t" } else { "" }, column.name, column.decimals.unwrap_or(0));
    }
    line.push('\n');
    Ok(line)
}

/// Adds a row.
pub(super) fn push(line: &mut String, columns: &[Column], row: &Row) -> ApiResult<()> {
    if row.len() != columns.len() {
        return Err(broken("a row with another number of cells"));
    }
    for (at, (cell, column)) in row.iter().zip(columns).enumerate() {
        if at > 0 {
            line.push('\t');
        }
        check(cell, column)?;
        match &cell.value {
            None => line.push_str("\\N"),
            Some(Value::Text(text)) => escape(line, text),
            Some(Value::Number(number)) => {
                let _ = write!(line, "{number}");
            }
            Some(Value::Boolean(it)) => line.push(if *it { 't' } else { 'f' }),
            Some(Value::Date(date)) => {
                let _ = write!(line, "{date}");
            }
        }
        if column.has_symbols() {
            line.push('\t');
            line.push_str(cell.symbol.map_or("\\N", |it| it.as_str()));
        }
    }
    line.push('\n');
    Ok(())
}

/// Whether a cell is what its column says.
fn check(cell: &Cell, column: &Column) -> ApiResult<()> {
    let fits = match (&cell.value, column.kind) {
        (None, _)
        | (Some(Value::Number(_)), ColumnType::Integer | ColumnType::Decimal)
        | (Some(Value::Boolean(_)), ColumnType::Boolean)
        | (Some(Value::Date(_)), ColumnType::Date) => true,
        (Some(Value::Text(text)), ColumnType::Text | ColumnType::Period | ColumnType::Region) => !text.contains('\0'),
        (Some(_), _) => false,
    };
    if !fits || (cell.symbol.is_some() && !column.has_symbols()) {
        return Err(broken("a cell that does not fit its column"));
    }
    Ok(())
}

fn escape(line: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
}
