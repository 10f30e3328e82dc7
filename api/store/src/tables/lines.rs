//! Rows as lines of text: what PostgreSQL copies, and what the checksum of a content is made of.
//!
//! A line has the cells in the order of the columns, the symbol behind each measure, with a tab between them; `\N` is
//! nothing, and backslash, tab and line feed are escaped. The checksum of a content is the SHA-256 of a first line with
//! `name:TYPE:decimals` of every column, and the lines.

use std::fmt::Write as _;

use kernel::error::ApiResult;
use tabular::model::{Cell, Column, ColumnType, Symbol, TableRow, Value};

use crate::tables::broken;

/// The first line.
pub fn header(columns: &[Column]) -> ApiResult<String> {
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
pub fn push(line: &mut String, columns: &[Column], row: &TableRow) -> ApiResult<()> {
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

/// Reads a line, without its end, back.
///
/// # Errors
/// What no line of these columns has, with the column.
pub fn read(line: &str, columns: &[Column]) -> Result<TableRow, String> {
    let mut fields = line.split('\t');
    let mut row = TableRow::with_capacity(columns.len());
    for column in columns {
        let bad = |what: &str| format!("column {}: {what}", column.name);
        let mut field = || fields.next().ok_or_else(|| bad("is missing"));
        let text = field()?;
        let value = if text == "\\N" { None } else { Some(value_of(text, column.kind).map_err(|it| bad(&it))?) };
        let symbol = match column.has_symbols().then(field).transpose()? {
            None | Some("\\N") => None,
            Some(text) => Some(Symbol::of(text).ok_or_else(|| bad(&format!("{text:?} is no symbol")))?),
        };
        row.push(Cell { value, symbol });
    }
    match fields.next() {
        Some(_) => Err("has more cells than columns".to_owned()),
        None => Ok(row),
    }
}

fn value_of(text: &str, kind: ColumnType) -> Result<Value, String> {
    let wrong = |what: &str| format!("{text:?} is {what}");
    match kind {
        ColumnType::Integer | ColumnType::Decimal => {
            text.parse().map(Value::Number).map_err(|_| wrong("no whole number"))
        }
        ColumnType::Boolean => match text {
            "t" => Ok(Value::Boolean(true)),
            "f" => Ok(Value::Boolean(false)),
            _ => Err(wrong("neither t nor f")),
        },
        ColumnType::Date => text.parse().map(Value::Date).map_err(|_| wrong("no date")),
        ColumnType::Text | ColumnType::Period | ColumnType::Region => unescape(text).map(Value::Text),
    }
}

fn unescape(text: &str) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('\\') => '\\',
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => return Err(format!("{text:?} has a backslash before nothing that is escaped")),
            },
            other => other,
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use tabular::model::{Aggregation, ColumnRole, Disclosure};

    fn column(name: &str, kind: ColumnType, role: ColumnRole) -> Column {
        Column {
            name: name.to_owned(),
            title: name.to_owned(),
            description: None,
            kind,
            role,
            unit: None,
            decimals: None,
            period: None,
            codes: Vec::new(),
            total: None,
            aggregation: Aggregation::None,
            disclosure: Disclosure::Free,
            part_of: None,
            indicator: None,
        }
    }

    fn columns() -> Vec<Column> {
        vec![
            column("text", ColumnType::Text, ColumnRole::Dimension),
            column("flag", ColumnType::Boolean, ColumnRole::Attribute),
            column("day", ColumnType::Date, ColumnRole::Attribute),
            column("count", ColumnType::Integer, ColumnRole::Measure),
        ]
    }

    fn row() -> impl Strategy<Value = TableRow> {
        let text = proptest::option::of("[^\\x00]{0,6}|[\\\\\t\n\rNt]{0,4}").prop_map(|it| it.map(Value::Text));
        let flag = proptest::option::of(any::<bool>().prop_map(Value::Boolean));
        let day = proptest::option::of((0_i32..9_000_000).prop_map(|it| {
            Value::Date(chrono::NaiveDate::from_num_days_from_ce_opt(it % 3_600_000 + 366).expect("a date"))
        }));
        let count = (proptest::option::of(any::<i64>().prop_map(Value::Number)), proptest::option::of(0_usize..7));
        (text, flag, day, count).prop_map(|(text, flag, day, (count, symbol))| {
            let plain = |value| Cell { value, symbol: None };
            vec![plain(text), plain(flag), plain(day), Cell { value: count, symbol: symbol.map(|it| Symbol::ALL[it]) }]
        })
    }

    proptest! {
        #[test]
        fn a_row_comes_back_from_its_line(row in row()) {
            let mut line = String::new();
            push(&mut line, &columns(), &row).expect("a line");
            prop_assert_eq!(read(line.strip_suffix('\n').expect("an end"), &columns()), Ok(row));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_column() {
        for (line, problem) in [
            ("a\tt\t2027-01-01", "column count: is missing"),
            ("a\tyes\t2027-01-01\t1\t\\N", "column flag: \"yes\" is neither t nor f"),
            ("a\tt\t2027-02-30\t1\t\\N", "column day: \"2027-02-30\" is no date"),
            ("a\tt\t\\N\t1.5\t\\N", "column count: \"1.5\" is no whole number"),
            ("a\tt\t\\N\t1\t?", "column count: \"?\" is no symbol"),
            ("\\x\tt\t\\N\t1\t\\N", "column text: \"\\\\x\" has a backslash"),
            ("a\tt\t\\N\t1\t\\N\t2", "has more cells than columns"),
        ] {
            let said = read(line, &columns()).expect_err(line);
            assert!(said.contains(problem), "{line}: {said}");
        }
    }
}
