//! Queries on the rows of a table: filters, order, groups and aggregates. Pure.
//!
//! A query is asked in names and words and is resolved against the columns that the table declares. The result has
//! positions of columns and typed values only; the store makes one statement of it and binds every value.
//!
//! A condition on a cell without a value does not hold, so that `not` is the exact opposite. Texts sort by their bytes
//! on both databases. Numbers are whole units of the last place: sums are exact, or refused above 64 bits; means are
//! rounded half away from zero, with two decimals more. Nothing is counted twice: a dimension that declares a total
//! and is not filtered counts by its total; a total beside its parts and regions of several levels are refused, and
//! rates are not aggregated. A group with a suppressed cell is suppressed; for other missing cells the answer has
//! their number by symbol.

mod condition;
mod cursor;
mod groups;
mod names;
mod rows;
mod rules;
#[cfg(test)]
mod tests;
mod values;

pub use crate::query::condition::{ColumnTest, Comparison, Condition, Filter, RegionLevel, Test};
pub use crate::query::cursor::Position;
pub use crate::query::groups::{
    AskedMeasure, Function, GroupColumn, GroupQuery, GroupsAsked, Having, MeasureQuery, MissingCells,
};
pub use crate::query::rows::{MAX_ROWS, PageSpan, RowQuery, RowsAsked, Sort};
pub use crate::query::values::{Operand, parse_number};

/// Conditions in one filter.
pub const MAX_CONDITIONS: usize = 100;
/// Values in one condition.
pub const MAX_VALUES: usize = 1_000;
/// Columns to sort by.
pub const MAX_SORTS: usize = 8;
