//! Typed tables of contents: one for each, made of generated names only.
//!
//! Each content of a version is one table: `ds.c_<id>` on PostgreSQL, `ds_<id>` on SQLite, with columns `c01…`, the
//! symbols of measures beside them in `s01…`, and rows numbered by `_row`. The names of columns are in the catalogue
//! only; no word of a user is in a statement, and every value is bound. Nothing else has SQL for these tables.
//!
//! A table is created, loaded (COPY; on SQLite inserts of many rows), indexed by its dimensions and protected by
//! row-level security in the transaction of its row in the catalogue: a killed load leaves nothing. Rows come over a
//! bounded channel from the thread that reads the file, so that memory does not grow with them. The checksum is the
//! SHA-256 of a line with the columns and the rows as COPY writes them. On SQLite the only writer is occupied during
//! the load.
//!
//! [`SqlTables`] keeps them in the database of everything else. Reading goes through [`TableReader`], which a session hands out for a content that it may see; the statement checks
//! the policy again, and so does row-level security, once per statement. Writing takes a [`Writer`].

mod aggregate;
mod compare;
mod condition;
mod group;
pub mod lines;
mod load;
mod read;
mod sql;

use std::ops::ControlFlow;

use entities::dataset_content;
use kernel::error::{ApiError, ApiResult};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait, Statement};
use tabular::model::{Column, TableRow};
use tabular::query::{Condition, GroupQuery, MissingCells, RowQuery};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::connection::SessionConnection;
use crate::{Session, Writer};

pub use crate::tables::compare::{ChangeKind, ChangedRow, Differences, Duplicate, Duplicates};

/// The most columns of a table.
pub const MAX_COLUMNS: usize = 200;

/// Rows on their way into a table.
pub struct Incoming<'a> {
    /// The rows in batches, as a reader finds them; an error ends it.
    pub batches: &'a mut mpsc::Receiver<ApiResult<Vec<TableRow>>>,
    /// Is told how many rows there are so far, and says whether to go on.
    pub progress: &'a mut (dyn FnMut(i64) -> ControlFlow<()> + Send),
}

/// What was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadSummary {
    /// Rows.
    pub rows: i64,
    /// SHA-256 of their text and of what the columns are.
    pub checksum: String,
}

/// A part of the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPage {
    /// Cells in the order of the columns that were asked for.
    pub rows: Vec<TableRow>,
    /// Cursor of each row.
    pub cursors: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

/// A part of the groups of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupPage {
    /// Cells in the order of the columns of the answer.
    pub rows: Vec<TableRow>,
    /// Cells without a value, by the measures of each row.
    pub missing: Vec<Vec<MissingCells>>,
    /// Cursor of each group.
    pub cursors: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

/// Where values of a grouped table come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupSource {
    /// A column that makes the groups.
    Dimension(usize),
    /// A column that is added up. Without a value as soon as one of the group is without; then with its symbol, where all
    /// have the same.
    Sum(usize),
    /// A column as it is, where a group is one row.
    AsIs(usize),
    /// The number of rows.
    Rows,
}

/// A table by its content.
#[derive(Clone, Copy, Debug)]
pub struct TableRef<'a> {
    /// The content.
    pub content: Uuid,
    /// Its columns.
    pub columns: &'a [Column],
}

/// Typed tables in the database of everything else.
pub struct SqlTables<'a> {
    conn: &'a SessionConnection,
    /// What must be true of the content for this reader; none for who fills it.
    seen: Option<Statement>,
}

/// A table that may be read.
pub struct TableReader<'a> {
    tables: SqlTables<'a>,
    content: Uuid,
    columns: Vec<Column>,
}

impl Session {
    /// The table of a content. Its rows are there as long as the policy lets the actor see the content.
    ///
    /// # Errors
    /// What is kept of its columns cannot be read.
    pub fn table(&self, content: &dataset_content::Model) -> ApiResult<TableReader<'_>> {
        let seen = self
            .select::<dataset_content::Entity>()
            .filter(dataset_content::Column::Id.eq(content.id))
            .select_only()
            .column(dataset_content::Column::Id);
        let conn = self.conn();
        let seen = Some(seen.build(sea_orm::ConnectionTrait::get_database_backend(conn)));
        let columns = serde_json::from_value(content.columns.clone())?;
        Ok(TableReader { tables: SqlTables { conn, seen }, content: content.id, columns })
    }
}

impl Writer<'_> {
    /// The tables of the acting authority, to be made, filled, compared and dropped.
    pub fn tables(&self) -> SqlTables<'_> {
        SqlTables { conn: self.conn(), seen: None }
    }
}

impl<'a> SqlTables<'a> {
    /// All of them, past the policy: for the operator.
    pub(super) const fn of_everything(conn: &'a SessionConnection) -> Self {
        Self { conn, seen: None }
    }
}

impl TableReader<'_> {
    /// The content.
    pub const fn content(&self) -> Uuid {
        self.content
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn place(&self) -> TableRef<'_> {
        TableRef { content: self.content, columns: &self.columns }
    }

    /// Rows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rows(&self, query: &RowQuery) -> ApiResult<RowPage> {
        self.tables.rows(self.place(), query).await
    }

    /// How many rows meet a condition.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count(&self, condition: Option<&Condition>) -> ApiResult<i64> {
        self.tables.count(self.place(), condition).await
    }

    /// Groups and what is measured in each.
    ///
    /// # Errors
    /// A sum is too large, or would count twice; the database fails.
    pub async fn aggregate(&self, query: &GroupQuery) -> ApiResult<GroupPage> {
        self.tables.aggregate(self.place(), query).await
    }

    /// Up to `most` rows in their order, after the one of that number; and the number of the last.
    ///
    /// # Errors
    /// The database fails.
    pub async fn scan(&self, after: i64, max: usize) -> ApiResult<(Vec<TableRow>, i64)> {
        self.tables.scan(self.place(), after, max).await
    }

    /// All rows, put together by dimensions, without those that have one of `left_out`.
    ///
    /// # Errors
    /// They are more than `most`; the database fails.
    pub async fn group(
        &self,
        grouped: &[GroupSource],
        left_out: &[(usize, String)],
        max: usize,
    ) -> ApiResult<Vec<TableRow>> {
        self.tables.group(self.place(), grouped, left_out, max).await
    }
}

/// A table that is not what its columns say.
fn broken(what: &str) -> ApiError {
    ApiError::fault(format!("typed table: {what}"))
}
