//! Closed sets of datasets in the schema.

use async_graphql::Enum;
use tabular::model;

use crate::enums::schema_sets;

entities::dataset_sets!(schema_sets);

/// Does the same for the closed sets of a table's own words, which are kept in JSON.
macro_rules! words_of_a_table {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl From<model::$name> for $name {
            fn from(it: model::$name) -> Self {
                match it { $(model::$name::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for model::$name {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

words_of_a_table! {
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
}

words_of_a_table! {
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
}

words_of_a_table! {
    /// Role of a column in the table.
    ColumnRole {
        /// Dimension: identifies rows. All dimensions together are the key of a row.
        Dimension,
        /// Measure: number that was counted or measured.
        Measure,
        /// Attribute: depends on the dimensions, such as the name of a region.
        Attribute,
    }
}

words_of_a_table! {
    /// Permitted aggregation of the values of a measure.
    Aggregation {
        /// Sum or average.
        Sum,
        /// Average, but no sum.
        Average,
        /// Neither sum nor average, as with rates.
        None,
    }
}

words_of_a_table! {
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

/// Symbol of official statistics in place of a number or beside one.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellSymbol {
    /// Exactly zero, written `-`; the value is 0.
    Nothing,
    /// Unknown or confidential value, written `.`.
    Secret,
    /// Cell that is not meaningful, written `x`.
    Blocked,
    /// Value that will be published later, written `...`.
    Later,
    /// Value withheld as unreliable, written `/`.
    Unreliable,
    /// Value of limited reliability, written `( )`; the value is present.
    Limited,
    /// Value suppressed by disclosure control, written `*`.
    Protected,
}

impl From<model::Symbol> for CellSymbol {
    fn from(it: model::Symbol) -> Self {
        match it {
            model::Symbol::Nothing => Self::Nothing,
            model::Symbol::Secret => Self::Secret,
            model::Symbol::Blocked => Self::Blocked,
            model::Symbol::Later => Self::Later,
            model::Symbol::Unreliable => Self::Unreliable,
            model::Symbol::Limited => Self::Limited,
            model::Symbol::Protected => Self::Protected,
        }
    }
}
