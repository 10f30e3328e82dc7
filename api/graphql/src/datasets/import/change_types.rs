//! API types of what is new in a version.

use async_graphql::{Enum, SimpleObject};
use domain::datasets::import::changes::{RowChange, VersionChanges};

/// What became of a row.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::datasets::import::changes::RowChangeKind")]
pub enum DatasetRowChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It has another value.
    Changed,
}

/// A row that is not as it was.
#[derive(SimpleObject)]
pub struct DatasetRowChange {
    /// What became of it.
    kind: DatasetRowChangeKind,
    /// Its dimensions, in the order of `key`.
    key: Vec<Option<String>>,
}

/// What is new in a version, against the one before.
#[derive(SimpleObject)]
pub struct DatasetChanges {
    /// Number of the version before.
    since: String,
    /// Names of columns that are new.
    columns_added: Vec<String>,
    /// Names of columns that are gone.
    columns_removed: Vec<String>,
    /// Names of columns that hold something else now.
    columns_retyped: Vec<String>,
    /// Names of the dimensions by which rows were compared; empty = the tables have others, and rows were not compared.
    key: Vec<String>,
    /// Rows that are new.
    rows_added: i64,
    /// Rows that are gone.
    rows_removed: i64,
    /// Rows with another value or symbol.
    rows_changed: i64,
    /// The first of these rows, by key.
    rows: Vec<DatasetRowChange>,
}

impl From<VersionChanges> for DatasetChanges {
    fn from(it: VersionChanges) -> Self {
        let row = |it: RowChange| DatasetRowChange { kind: it.kind.into(), key: it.key };
        Self {
            since: it.since,
            columns_added: it.columns_added,
            columns_removed: it.columns_removed,
            columns_retyped: it.columns_retyped,
            key: it.key,
            rows_added: it.rows_added,
            rows_removed: it.rows_removed,
            rows_changed: it.rows_changed,
            rows: it.rows.into_iter().map(row).collect(),
        }
    }
}
