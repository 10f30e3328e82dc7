//! Closed sets of datasets in the schema.

use async_graphql::Enum;
use entities as e;
use tabular::model;

use crate::enums::closed_set;

closed_set! {
    /// Whom a dataset may reach.
    DatasetAccess {
        /// The authority alone.
        Internal,
        /// Partners, as far as shares open it.
        Shared,
        /// Everybody.
        Public,
    }
}

closed_set! {
    /// What kind of data a dataset holds.
    DataClass {
        /// Figures about groups.
        Aggregated,
        /// Rows about single people: never public.
        Personal,
        /// Unit records of official statistics: they cannot be imported.
        OfficialUnitData,
    }
}

closed_set! {
    /// What is done to figures that leave their authority.
    ProtectionMethod {
        /// Nothing: they are public elsewhere already.
        Exempt,
        /// Counts below the least count are withheld, and what they could be worked out from.
        MinimumCount,
        /// Counts are rounded to a base; totals are made from rounded parts.
        Rounding,
        /// Counts below the least count are withheld, and as many others as keep exact totals from giving them away.
        Suppression,
    }
}

closed_set! {
    /// How often there is a new version of a dataset.
    Frequency {
        /// Every day.
        Daily,
        /// Every month.
        Monthly,
        /// Every quarter.
        Quarterly,
        /// Twice a year.
        Biannual,
        /// Every year.
        Annual,
        /// Every other year.
        Biennial,
        /// Now and then.
        Irregular,
        /// It is finished.
        Never,
    }
}

closed_set! {
    /// How far a version is.
    DatasetVersionState {
        /// Seen by the authority alone.
        Draft,
        /// Seen by whom the dataset reaches.
        Published,
        /// Taken back.
        Withdrawn,
    }
}

closed_set! {
    /// How far the release of a dataset to the public is.
    DatasetReleaseState {
        /// Somebody proposed it.
        Proposed,
        /// Somebody else approved it.
        Approved,
        /// Somebody else declined it.
        Declined,
        /// Who proposed it took it back.
        Withdrawn,
    }
}

closed_set! {
    /// How far a data request is.
    DataRequestState {
        /// It waits for an answer.
        Open,
        /// A share came of it.
        Granted,
        /// It was refused.
        Refused,
        /// Who asked took it back.
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
    /// What the values of a column are.
    ColumnType {
        /// Words, and keys of every kind; leading zeros stay.
        Text,
        /// Whole numbers.
        Integer,
        /// Numbers with a fixed number of decimals.
        Decimal,
        /// Yes or no.
        Boolean,
        /// A calendar date.
        Date,
        /// A time that figures are of; sorts by time.
        Period,
        /// An official region key (AGS).
        Region,
    }
}

words_of_a_table! {
    /// What a period is; tells how it is written.
    PeriodKind {
        /// `2023`
        Year,
        /// `2022/23`
        SchoolYear,
        /// `2023-Q1`
        Quarter,
        /// `2023-03`
        Month,
        /// `2023-03-01`
        ReferenceDate,
    }
}

words_of_a_table! {
    /// What a column is for.
    ColumnRole {
        /// Tells rows apart; together the dimensions are the key of a row.
        Dimension,
        /// What was counted or measured.
        Measure,
        /// Follows from the dimensions, such as the name of a region.
        Attribute,
    }
}

words_of_a_table! {
    /// How values of a measure become one.
    Aggregation {
        /// They may be added up.
        Sum,
        /// Only a mean makes sense.
        Average,
        /// Rates and other figures that say nothing together.
        None,
    }
}

words_of_a_table! {
    /// What becomes of a measure where it leaves its authority.
    Disclosure {
        /// It counts people or cases; small numbers are protected.
        Count,
        /// It tells nothing about single people, such as capacities.
        Free,
        /// It stays in the authority, such as rates from which counts can be worked out.
        Withheld,
    }
}

/// What stands in the place of a number, or beside it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellSymbol {
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
    /// `( )`: told, but of limited reliability.
    Limited,
    /// `*`: withheld by the protection of figures that leave their authority.
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
