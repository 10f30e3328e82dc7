//! Closed sets of datasets in the schema.

use async_graphql::Enum;
use tabular::model;

use crate::enums::schema_sets;

entities::dataset_sets!(schema_sets);

/// Makes the types of the schema from the closed sets of columns, and the conversions both ways.
macro_rules! column_types {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)+ })+) => {$(
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
    )+};
}

tabular::column_sets!(column_types);

/// Symbol of official statistics in place of a number or beside one.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Symbol")]
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
