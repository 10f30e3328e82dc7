//! Questions answered the slow way: row by row, without a database. Proves the statements.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use tabular::model::{Cell, Column, Symbol, TableRow, Value};
use tabular::query::{AskedMeasure, ColumnTest, Comparison, Filter, Function, Operand, RegionLevel, Sort};

/// Nulls are the largest.
fn order(left: &Option<Value>, right: &Option<Value>) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => left.cmp(right),
    }
}

fn at(columns: &[Column], name: &str) -> usize {
    columns.iter().position(|it| it.name == name).expect("a column")
}

/// The value that an operand is, where decimals are two.
fn value(operand: &Operand, column: &Column) -> Value {
    match operand {
        Operand::Text(text) => Value::Text(text.clone()),
        Operand::Number(text) => {
            let scale = 10_f64.powi(i32::from(column.decimals.unwrap_or(0)));
            #[expect(clippy::cast_possible_truncation, reason = "small numbers of a test")]
            let units = (text.parse::<f64>().expect("a number") * scale).round() as i64;
            Value::Number(units)
        }
        Operand::Boolean(it) => Value::Boolean(*it),
        Operand::Date(it) => Value::Date(*it),
    }
}

/// Whether a row meets a filter.
pub fn holds(filter: &Filter, columns: &[Column], row: &TableRow) -> bool {
    match filter {
        Filter::All(of) => of.iter().all(|it| holds(it, columns, row)),
        Filter::Any(of) => of.iter().any(|it| holds(it, columns, row)),
        Filter::Not(of) => !holds(of, columns, row),
        Filter::Column(name, wanted) => {
            let at = at(columns, name);
            test(wanted, &columns[at], &row[at])
        }
    }
}

fn test(wanted: &ColumnTest, column: &Column, cell: &Cell) -> bool {
    let text = match &cell.value {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    match wanted {
        ColumnTest::OneOf(of) => cell.value.as_ref().is_some_and(|it| of.iter().any(|of| value(of, column) == *it)),
        ColumnTest::Compare(how, other) => cell.value.as_ref().is_some_and(|it| {
            let is = it.cmp(&value(other, column));
            match how {
                Comparison::Less => is == Ordering::Less,
                Comparison::AtMost => is != Ordering::Greater,
                Comparison::More => is == Ordering::Greater,
                Comparison::AtLeast => is != Ordering::Less,
            }
        }),
        ColumnTest::Prefix(start) => text.is_some_and(|it| it.starts_with(start)),
        ColumnTest::Contains(part) => {
            text.is_some_and(|it| it.to_ascii_lowercase().contains(&part.to_ascii_lowercase()))
        }
        ColumnTest::Level(level) => text.is_some_and(|it| {
            let length = if it == "DG" { 0 } else { it.len() };
            match level {
                RegionLevel::Country => length == 0,
                RegionLevel::State => length == 2,
                RegionLevel::GovernmentDistrict => length == 3,
                RegionLevel::District => length == 5,
                RegionLevel::Municipality => length == 8,
            }
        }),
        ColumnTest::Within(outer) => {
            text.is_some_and(|it| it != outer && it != "DG" && (outer == "DG" || it.starts_with(outer.as_str())))
        }
        ColumnTest::Missing(missing) => cell.value.is_none() == *missing,
        ColumnTest::Symbol(of) => cell.symbol.is_some_and(|it| of.contains(&it)),
        ColumnTest::Marked(marked) => cell.symbol.is_some() == *marked,
    }
}

/// The rows that meet a filter, sorted; equal ones as they stand.
pub fn rows(columns: &[Column], rows: &[TableRow], filter: Option<&Filter>, sorts: &[Sort]) -> Vec<TableRow> {
    let mut found: Vec<TableRow> =
        rows.iter().filter(|row| filter.is_none_or(|it| holds(it, columns, row))).cloned().collect();
    found.sort_by(|left, right| {
        let each = sorts.iter().map(|sort| {
            let at = at(columns, &sort.column);
            let is = order(&left[at].value, &right[at].value);
            if sort.descending { is.reverse() } else { is }
        });
        each.fold(Ordering::Equal, Ordering::then)
    });
    found
}

/// What makes a group; nulls are the largest.
pub type Key = Vec<(bool, Option<Value>)>;
/// What a measure comes to, and how many cells are missing in it by symbol.
pub type Measured = (Option<Value>, BTreeMap<String, i64>);

/// The groups of rows, by their keys: what each measure comes to, and how many cells are missing in it by symbol.
pub fn groups(
    columns: &[Column],
    rows: &[&TableRow],
    by: &[String],
    measures: &[AskedMeasure],
) -> BTreeMap<Key, Vec<Measured>> {
    let by: Vec<_> = by.iter().map(|it| at(columns, it)).collect();
    let mut found: BTreeMap<Key, Vec<&TableRow>> = BTreeMap::new();
    if by.is_empty() {
        found.insert(Vec::new(), Vec::new());
    }
    for row in rows {
        let key = by.iter().map(|at| (row[*at].value.is_none(), row[*at].value.clone())).collect::<Vec<_>>();
        found.entry(key).or_default().push(row);
    }
    let come_to = |rows: Vec<&TableRow>| measures.iter().map(|it| measure(columns, &rows, it)).collect();
    found.into_iter().map(|(key, rows)| (key, come_to(rows))).collect()
}

fn measure(columns: &[Column], rows: &[&TableRow], asked: &AskedMeasure) -> Measured {
    let Some(name) = &asked.column else {
        return (Some(Value::Number(i64::try_from(rows.len()).expect("few"))), BTreeMap::new());
    };
    let at = at(columns, name);
    let cells: Vec<&Cell> = rows.iter().map(|it| &it[at]).collect();
    let values: Vec<&Value> = cells.iter().filter_map(|it| it.value.as_ref()).collect();
    let mut missing = BTreeMap::new();
    if columns[at].has_symbols() {
        for cell in &cells {
            if cell.value.is_none() || cell.symbol == Some(Symbol::Limited) {
                *missing.entry(cell.symbol.map_or_else(String::new, |it| it.as_str().to_owned())).or_default() += 1;
            }
        }
    }
    let count = i64::try_from(values.len()).expect("few");
    let number = |it: &&Value| if let Value::Number(it) = it { i128::from(*it) } else { panic!("no number") };
    let value = match asked.function {
        Function::Count | Function::CountRows => Some(Value::Number(count)),
        _ if missing.contains_key("*") || values.is_empty() => None,
        Function::Sum => Some(Value::Number(i64::try_from(values.iter().map(number).sum::<i128>()).expect("small"))),
        Function::Average => {
            // Two decimals more; half away from zero.
            let sum = values.iter().map(number).sum::<i128>() * 100;
            let count = i128::from(count);
            let rounded = (sum.abs() * 2 + count) / (count * 2) * sum.signum();
            Some(Value::Number(i64::try_from(rounded).expect("small")))
        }
        Function::Min => values.iter().min().map(|it| (*it).clone()),
        Function::Max => values.iter().max().map(|it| (*it).clone()),
    };
    (value, missing)
}
