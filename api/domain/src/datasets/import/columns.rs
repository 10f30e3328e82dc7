//! What columns of a table must be, whoever declares them.

use std::collections::HashSet;

use kernel::error::{Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use store::tables::MAX_COLUMNS;
use tabular::model::{Column, ColumnRole, ColumnType};

const MAX_CODES: usize = 10_000;

/// Adds what is wrong with columns, each named in `field`.
pub fn check(columns: &[Column], field: &str, problems: &mut Problems) {
    let mut names = HashSet::new();
    let mut wrong = |column: &Column, text: Text| {
        let at = format!("{field}.{}", column.name);
        problems.add(Problem::at(UserErrorCode::Invalid, at, text.with("column", &column.name)));
    };
    for column in columns.iter().take(MAX_COLUMNS) {
        if !is_name(&column.name) {
            wrong(column, Text::new("column-name"));
        }
        if !names.insert(&column.name) {
            wrong(column, Text::new("column-twice"));
        }
        if column.title.trim().is_empty() || column.title.chars().count() > 500 {
            wrong(column, Text::new("column-title"));
        }
        if (column.kind == ColumnType::Decimal) != column.decimals.is_some() || column.decimals.is_some_and(|it| it > 9)
        {
            wrong(column, Text::new("column-decimals"));
        }
        if (column.kind == ColumnType::Period) != column.period.is_some() {
            wrong(column, Text::new("column-period"));
        }
        if column.role == ColumnRole::Measure && !column.kind.is_number() {
            wrong(column, Text::new("column-measure"));
        }
        if column.codes.len() > MAX_CODES || !(column.codes.is_empty() || column.role == ColumnRole::Dimension) {
            wrong(column, Text::new("column-codes"));
        }
        let is_part = column.role == ColumnRole::Measure
            && columns.iter().any(|it| {
                Some(&it.name) == column.part_of.as_ref()
                    && it.name != column.name
                    && it.role == ColumnRole::Measure
                    && (it.kind, it.decimals) == (column.kind, column.decimals)
            });
        if column.part_of.is_some() && !is_part {
            wrong(column, Text::new("column-part"));
        }
    }
}

fn is_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}
