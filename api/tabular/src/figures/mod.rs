//! Questions to the figures of a table: which rows, and what they come to.
//!
//! A question is asked in names and words and is resolved against the columns that the table declares. What is left of it
//! are positions of columns and typed values; the store makes one statement of it and binds every value.

mod condition;
mod cursor;
mod groups;
mod names;
mod rows;
mod rules;
#[cfg(test)]
mod tests;
mod values;

pub use crate::figures::condition::{Comparison, Condition, Filter, RegionLevel, Test, Wanted};
pub use crate::figures::cursor::Position;
pub use crate::figures::groups::{AskedMeasure, Function, GroupQuery, GroupsAsked, Having, Key, MeasureQuery, Missing};
pub use crate::figures::rows::{MAX_ROWS, RowQuery, RowsAsked, Sort, Span};
pub use crate::figures::values::{Operand, parse_number};

/// Conditions in one filter.
pub const MAX_CONDITIONS: usize = 100;
/// Values in one condition.
pub const MAX_VALUES: usize = 1_000;
/// Columns to sort by.
pub const MAX_SORTS: usize = 8;
