//! API types of what is new in a version.

use async_graphql::{Enum, SimpleObject};
use domain::datasets::import::changes::{RowChange, VersionChanges};

/// Kind of change to a row.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::datasets::import::changes::RowChangeKind")]
pub enum DatasetRowChangeKind {
    /// Added row.
    Added,
    /// Removed row.
    Removed,
    /// Row with another value or symbol.
    Changed,
}

/// Change to a row.
#[derive(SimpleObject)]
pub struct DatasetRowChange {
    /// Kind of change.
    kind: DatasetRowChangeKind,
    /// Values of the dimensions, in the order of `DatasetChanges.key`; null = no value.
    key: Vec<Option<String>>,
}

/// Changes of a dataset version against the preceding one.
#[derive(SimpleObject)]
pub struct DatasetChanges {
    /// Number of the preceding version.
    since: String,
    /// Names of added columns.
    columns_added: Vec<String>,
    /// Names of removed columns.
    columns_removed: Vec<String>,
    /// Names of columns with another type, role, kind of period or number of decimals.
    columns_retyped: Vec<String>,
    /// Names of the dimensions by which rows were compared. Empty = not compared, because the tables have different
    /// dimensions or none; then all rows count as removed and added.
    key: Vec<String>,
    /// Number of added rows.
    rows_added: i64,
    /// Number of removed rows.
    rows_removed: i64,
    /// Number of rows with another value or symbol.
    rows_changed: i64,
    /// First 100 added, removed and changed rows, sorted by key.
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
