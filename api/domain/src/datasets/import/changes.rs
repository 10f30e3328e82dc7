//! What is new in a version, against the one before, and the number that follows from it.

use serde::{Deserialize, Serialize};
use store::tables::{ChangeKind, Differences};
use tabular::model::{Column, TableRow, Value, number_text};

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RowChangeKind {
    /// Added row.
    Added,
    /// Removed row.
    Removed,
    /// Row with another value or symbol.
    Changed,
}

/// A row that is not as it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowChange {
    /// What became of it.
    pub kind: RowChangeKind,
    /// Its dimensions, in the order of `key`.
    pub key: Vec<Option<String>>,
}

/// What is new in a version, against the one before.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionChanges {
    /// Number of the version before.
    pub since: String,
    /// Names of columns that are new.
    pub columns_added: Vec<String>,
    /// Names of columns that are gone.
    pub columns_removed: Vec<String>,
    /// Names of columns that hold something else now.
    pub columns_retyped: Vec<String>,
    /// Names of the dimensions by which rows were compared; empty = the tables have others, and rows were not compared.
    pub key: Vec<String>,
    /// Rows that are new.
    pub rows_added: i64,
    /// Rows that are gone.
    pub rows_removed: i64,
    /// Rows with another value or symbol.
    pub rows_changed: i64,
    /// The first of these rows, by key.
    pub rows: Vec<RowChange>,
}

impl VersionChanges {
    /// From one table to the next; rows are still to be compared.
    pub fn of_columns(since: String, before: &[Column], after: &[Column]) -> Self {
        let same = |one: &Column, other: &Column| {
            (one.kind, one.role, one.decimals, one.period) == (other.kind, other.role, other.decimals, other.period)
        };
        let find = |list: &[Column], name: &str| list.iter().find(|it| it.name == name).cloned();
        let names = |list: &[Column], keep: &dyn Fn(&Column) -> bool| -> Vec<String> {
            list.iter().filter(|it| keep(it)).map(|it| it.name.clone()).collect()
        };
        Self {
            since,
            columns_added: names(after, &|it| find(before, &it.name).is_none()),
            columns_removed: names(before, &|it| find(after, &it.name).is_none()),
            columns_retyped: names(after, &|it| find(before, &it.name).is_some_and(|old| !same(&old, it))),
            ..Self::default()
        }
    }

    /// Whether who reads the table by its columns has to look again.
    pub fn is_major(&self) -> bool {
        !self.columns_removed.is_empty() || !self.columns_retyped.is_empty()
    }

    /// Adds how the rows differ.
    pub fn compare(&mut self, rows: Differences) {
        self.key = rows.key;
        (self.rows_added, self.rows_removed, self.rows_changed) = (rows.added, rows.removed, rows.changed);
        let change = |kind| match kind {
            ChangeKind::Added => RowChangeKind::Added,
            ChangeKind::Removed => RowChangeKind::Removed,
            ChangeKind::Changed => RowChangeKind::Changed,
        };
        self.rows = rows.rows.into_iter().map(|it| RowChange { kind: change(it.kind), key: texts(&it.key) }).collect();
    }
}

/// Dimensions in words.
pub fn texts(key: &TableRow) -> Vec<Option<String>> {
    let text = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Number(number) => number_text(*number, 0),
        Value::Boolean(it) => it.to_string(),
        Value::Date(date) => date.to_string(),
    };
    key.iter().map(|it| it.value.as_ref().map(text)).collect()
}

/// The number of the next version: removed and retyped columns raise the first part.
pub fn next_number(newest: Option<(i32, i32)>, is_major: bool) -> (i32, i32) {
    match newest {
        None => (1, 0),
        Some((major, _)) if is_major => (major.saturating_add(1), 0),
        Some((major, minor)) => (major, minor.saturating_add(1)),
    }
}
