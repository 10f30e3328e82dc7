//! Tables for tests.

use std::collections::BTreeMap;

use tabular::model::{Aggregation, Cell, Column, ColumnRole, ColumnType, Disclosure, Symbol, TableRow, Value};

use crate::{Method, Protected, Protection, ProtectionRefusal};

/// A column with nothing declared but this.
pub(super) fn column(name: &str, kind: ColumnType, role: ColumnRole) -> Column {
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
        disclosure: Disclosure::Count,
        part_of: None,
        indicator: None,
    }
}

/// A dimension, with the code of totals `T` where `total`.
pub(super) fn dimension(name: &str, total: bool) -> Column {
    Column { total: total.then(|| "T".to_owned()), ..column(name, ColumnType::Text, ColumnRole::Dimension) }
}

/// A measure that counts people.
pub(super) fn count(name: &str, part_of: Option<&str>) -> Column {
    Column {
        aggregation: Aggregation::Sum,
        part_of: part_of.map(str::to_owned),
        ..column(name, ColumnType::Integer, ColumnRole::Measure)
    }
}

/// A row of codes and what stands in measures: a number, a symbol, or nothing.
pub(super) fn row(codes: &[&str], measures: &[&str]) -> TableRow {
    let measure = |it: &&str| match it.parse() {
        Ok(number) => Value::Number(number).into(),
        Err(_) => Cell { value: None, symbol: Symbol::of(it) },
    };
    codes.iter().map(|it| Value::Text((*it).to_owned()).into()).chain(measures.iter().map(measure)).collect()
}

/// A row of codes and numbers.
pub(super) fn numbers(codes: &[String], measures: &[i64]) -> TableRow {
    let codes = codes.iter().map(|it| Value::Text(it.clone()).into());
    codes.chain(measures.iter().map(|it| Value::Number(*it).into())).collect()
}

/// Protects a table of which every dimension may leave.
pub(super) fn protect(columns: &[Column], method: Method, rows: Vec<TableRow>) -> Result<Protected, ProtectionRefusal> {
    let dimensions = columns.iter().filter(|it| it.role == ColumnRole::Dimension).map(|it| it.name.clone()).collect();
    Protection { method, dimensions }.shape(columns)?.protect(rows)
}

/// A table by its codes.
pub(super) fn by_codes(rows: &[TableRow], dimensions: usize) -> BTreeMap<Vec<String>, Vec<Cell>> {
    let code = |it: &Cell| match &it.value {
        Some(Value::Text(it)) => it.clone(),
        other => panic!("{other:?} is no code"),
    };
    rows.iter().map(|it| (it[..dimensions].iter().map(code).collect(), it[dimensions..].to_vec())).collect()
}

/// A table in words, row by row: `a b | 5 *`.
pub(super) fn released_rows(protected: &Protected) -> Vec<String> {
    let word = |it: &Cell| match (&it.value, it.symbol) {
        (_, Some(it)) => it.as_str().to_owned(),
        (Some(Value::Number(it)), None) => it.to_string(),
        (Some(Value::Text(it)), None) => it.clone(),
        _ => "?".to_owned(),
    };
    protected.rows.iter().map(|it| it.iter().map(word).collect::<Vec<_>>().join(" ")).collect()
}

/// All methods.
pub(super) const METHODS: [Method; 5] = [
    Method::MinimumCount { minimum: 3 },
    Method::Rounding { base: 3 },
    Method::Rounding { base: 5 },
    Method::Suppression { minimum: 3 },
    Method::Suppression { minimum: 5 },
];
