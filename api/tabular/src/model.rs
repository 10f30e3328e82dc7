//! What a table is made of: columns, cells, and the symbols that official statistics put in the place of numbers.
//!
//! Numbers are integers: a decimal is kept as whole units of its last place (`7.65` with two decimals is 765), so that
//! sums are exact on both databases.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Passes the closed sets of columns to the macro that is named. The documentation is what clients read in the schema.
#[macro_export]
macro_rules! column_sets {
    ($callback:ident) => {
        $callback! {
            /// Type of the values in a column.
            ColumnType {
                /// Text, including codes; leading zeros are kept.
                Text,
                /// Whole number.
                Integer,
                /// Number with a fixed number of decimals.
                Decimal,
                /// Boolean value.
                Boolean,
                /// Calendar date.
                Date,
                /// Period of time in the notation of its `PeriodKind`; sorts chronologically.
                Period,
                /// Official region key (AGS), or `DG` for Germany.
                Region,
            }

            /// Kind of a period; determines its notation.
            PeriodKind {
                /// Calendar year: `2023`.
                Year,
                /// School year: `2022/23`.
                SchoolYear,
                /// Quarter: `2023-Q1`.
                Quarter,
                /// Month: `2023-03`.
                Month,
                /// Reference date: `2023-03-01`.
                ReferenceDate,
            }

            /// Role of a column in the table.
            ColumnRole {
                /// Dimension: identifies rows. All dimensions together are the key of a row.
                Dimension,
                /// Measure: number that was counted or measured.
                Measure,
                /// Attribute: depends on the dimensions, such as the name of a region.
                Attribute,
            }

            /// Permitted aggregation of the values of a measure.
            Aggregation {
                /// Sum or average.
                Sum,
                /// Average, but no sum.
                Average,
                /// Neither sum nor average, as with rates.
                None,
            }

            /// Treatment of a measure when data leave the owning authority.
            Disclosure {
                /// Count of persons or cases: leaves under disclosure control, and only with the aggregation `SUM`.
                Count,
                /// Measure that reveals nothing about individuals, such as capacities: leaves without disclosure control.
                Free,
                /// Measure that stays in the owning authority, such as rates from which counts could be derived.
                Withheld,
            }
        }
    };
}

macro_rules! define_sets {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }
    )+};
}

column_sets!(define_sets);

impl ColumnType {
    /// Whether values are counted with.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }
}

impl Default for Aggregation {
    fn default() -> Self {
        Self::None
    }
}

impl Default for Disclosure {
    fn default() -> Self {
        Self::Count
    }
}

/// A code of a dimension and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// As it stands in the rows.
    pub code: String,
    /// What people read.
    pub title: String,
}

/// A column as it is declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Column {
    /// `[a-z][a-z0-9_]{0,62}`, once in a table.
    pub name: String,
    /// What the office calls it.
    pub title: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What its values are.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What it is for.
    pub role: ColumnRole,
    /// Unit of a measure: `Anzahl`, `Prozent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Decimals of [`ColumnType::Decimal`], at most 9; none else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// What the periods of [`ColumnType::Period`] are; none else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodKind>,
    /// The only codes of a dimension; empty = any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<Code>,
    /// The code of a dimension that stands for all others together: `Insgesamt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// How values of a measure become one.
    #[serde(default)]
    pub aggregation: Aggregation,
    /// What becomes of a measure where it leaves its authority.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// The measure that this one is a part of: women of all. What is left of the whole is protected, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// Code of the indicator that a measure is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
}

impl Column {
    /// Whether symbols may stand in the place of its values: they are measured numbers.
    pub const fn has_symbols(&self) -> bool {
        matches!(self.role, ColumnRole::Measure) && self.kind.is_number()
    }
}

/// What stands in the place of a number, or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Symbol {
    /// `-`: exactly nothing; the value is 0.
    Nothing,
    /// `.`: unknown or secret.
    Secret,
    /// `x`: the cell makes no sense.
    Blocked,
    /// `...`: comes later.
    Later,
    /// `/`: not told, the figure is too unreliable.
    Unreliable,
    /// `( )`: told, but of limited reliability; there is a value.
    Limited,
    /// `*`: withheld by Verbund's own protection.
    Protected,
}

impl Symbol {
    /// Every symbol.
    pub const ALL: [Self; 7] =
        [Self::Nothing, Self::Secret, Self::Blocked, Self::Later, Self::Unreliable, Self::Limited, Self::Protected];

    /// As it is written in tables, and kept.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "-",
            Self::Secret => ".",
            Self::Blocked => "x",
            Self::Later => "...",
            Self::Unreliable => "/",
            Self::Limited => "()",
            Self::Protected => "*",
        }
    }

    /// The symbol that is written so.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// Of text, period and region columns; in its canonical form.
    Text(String),
    /// Of integer columns; of decimal columns in whole units of the last place.
    Number(i64),
    /// Of boolean columns.
    Boolean(bool),
    /// Of date columns.
    Date(NaiveDate),
}

/// What stands in one place of a table. Nothing at all is neither value nor symbol; only measures have symbols.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The value.
    pub value: Option<Value>,
    /// The symbol.
    pub symbol: Option<Symbol>,
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self { value: Some(value), symbol: None }
    }
}

/// A row: one cell per column, in the order of the columns.
pub type TableRow = Vec<Cell>;

/// A number with decimals in words: `765` with two decimals is `7.65`, `700` is `7`.
pub fn number_text(units: i64, decimals: u8) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, places) = digits.split_at(digits.len() - usize::from(decimals));
    let places = places.trim_end_matches('0');
    if places.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{places}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_what_says_nothing() {
        for (units, decimals, text) in
            [(765, 2, "7.65"), (700, 2, "7"), (-5, 2, "-0.05"), (5, 0, "5"), (0, 3, "0"), (720, 2, "7.2")]
        {
            assert_eq!(number_text(units, decimals), text);
        }
    }
}
