//! Closed sets of datasets in the schema.

use async_graphql::Enum;
use entities as e;
use tabular::model;

use crate::enums::closed_set;

closed_set! {
    /// Widest audience of a dataset.
    DatasetAccess {
        /// Owning authority only.
        Internal,
        /// Partners, as far as shares open the dataset to them.
        Shared,
        /// Public access, also without signing in.
        Public,
    }
}

closed_set! {
    /// Class of data under data protection.
    DataClass {
        /// Aggregated data about groups.
        Aggregated,
        /// Records of individual persons. Never released to the public, and never `EXEMPT` when shared.
        Personal,
        /// Unit records of official statistics. Import, sharing and release are refused with `DISCLOSURE`.
        OfficialUnitData,
    }
}

closed_set! {
    /// Method of statistical disclosure control for data that leave the owning authority.
    ProtectionMethod {
        /// No disclosure control: the data are already public elsewhere.
        Exempt,
        /// Suppression of counts from 1 to below the minimum frequency, and of all totals and parts from which they
        /// could be derived.
        MinimumCount,
        /// Rounding of counts to the nearest multiple of the base; totals are sums of rounded counts.
        Rounding,
        /// Primary suppression of counts from 1 to below the minimum frequency, and secondary suppression of as many
        /// other cells as needed so that exact totals do not reveal them.
        Suppression,
    }
}

closed_set! {
    /// Frequency of new versions of a dataset.
    Frequency {
        /// New version every day.
        Daily,
        /// New version every month.
        Monthly,
        /// New version every quarter.
        Quarterly,
        /// New version twice a year.
        Biannual,
        /// New version every year.
        Annual,
        /// New version every two years.
        Biennial,
        /// New version at irregular intervals.
        Irregular,
        /// No further version: the dataset is complete.
        Never,
    }
}

closed_set! {
    /// State of a dataset version.
    DatasetVersionState {
        /// Draft, visible to the owning authority only.
        Draft,
        /// Published version, visible to the audience of the dataset.
        Published,
        /// Withdrawn version: its metadata stay visible to the audience of the dataset, its data only to the owning
        /// authority.
        Withdrawn,
    }
}

closed_set! {
    /// State of a release proposal.
    DatasetReleaseState {
        /// Proposal that awaits a decision.
        Proposed,
        /// Proposal approved by a second person; the dataset became public.
        Approved,
        /// Proposal declined by a second person.
        Declined,
        /// Proposal withdrawn by the person who made it.
        Withdrawn,
    }
}

closed_set! {
    /// State of a data request.
    DataRequestState {
        /// Request that awaits an answer.
        Open,
        /// Request granted with a share.
        Granted,
        /// Request refused by the addressed authority.
        Refused,
        /// Request withdrawn by the requesting authority.
        Withdrawn,
    }
}

/// The same for the closed sets of a table's own words, which are kept in JSON.
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
