//! Making, filling, sealing and dropping tables.

use std::fmt::Write as _;

use kernel::error::ApiResult;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use sha2::{Digest, Sha256};
use tabular::model::{Column, ColumnRole, ColumnType, TableRow};
use uuid::Uuid;

use crate::connection::Tx;
use crate::fault::OrFault as _;
use crate::tables::sql::{Sql, bound, column, column_list, null_of, symbol_column, table_name};
use crate::tables::{Incoming, LoadSummary, MAX_COLUMNS, SqlTables, TableRef, broken, lines};

/// Bytes that go to PostgreSQL at once.
const CHUNK: usize = 256 * 1024;
/// Values that go to SQLite at once; it takes 32,766.
const VALUES: usize = 8_192;

impl SqlTables<'_> {
    /// Creates the table; nobody else sees it before the transaction ends.
    ///
    /// # Errors
    /// The database fails.
    pub async fn create(&self, table: TableRef<'_>) -> ApiResult<()> {
        if table.columns.is_empty() || table.columns.len() > MAX_COLUMNS {
            return Err(broken("a number of columns that no table has"));
        }
        if self.conn.get_database_backend() == DbBackend::Postgres {
            // Millions of rows take longer than a request may.
            self.conn.execute_unprepared("SET LOCAL statement_timeout = 0").await.or_fault()?;
            let shape: Vec<_> = table.columns.iter().map(shape).collect();
            let sql = "SELECT verbund_table_create($1, $2)::text";
            self.run(sql, [table.content.into(), shape.join(",").into()]).await
        } else {
            let mut sql =
                format!("CREATE TABLE {} (_row integer PRIMARY KEY", table_name(DbBackend::Sqlite, table.content));
            for (at, it) in table.columns.iter().enumerate() {
                let kind = match it.kind {
                    ColumnType::Integer | ColumnType::Decimal => "integer",
                    ColumnType::Boolean => "boolean",
                    ColumnType::Text | ColumnType::Period | ColumnType::Region | ColumnType::Date => "text",
                };
                let _ = write!(sql, ", {} {kind}", column(at));
                if it.has_symbols() {
                    let _ = write!(sql, ", {} text", symbol_column(at));
                }
            }
            sql.push(')');
            self.conn.execute_unprepared(&sql).await.or_fault()?;
            Ok(())
        }
    }
    /// Ends the load: indexes and row-level security. The row of the content must exist.
    ///
    /// # Errors
    /// The database fails.
    pub async fn seal(&self, place: TableRef<'_>) -> ApiResult<()> {
        let dimensions = place.columns.iter().enumerate().filter(|(_, it)| it.role == ColumnRole::Dimension);
        if self.conn.get_database_backend() == DbBackend::Postgres {
            let numbers: Vec<_> = dimensions.map(|(at, _)| (at + 1).to_string()).collect();
            let sql = "SELECT verbund_table_seal($1, $2::text::integer[])::text";
            self.run(sql, [place.content.into(), format!("{{{}}}", numbers.join(",")).into()]).await
        } else {
            let table = table_name(DbBackend::Sqlite, place.content);
            for (at, _) in dimensions {
                let name = column(at);
                let sql = format!("CREATE INDEX {table}_{name} ON {table} ({name})");
                self.conn.execute_unprepared(&sql).await.or_fault()?;
            }
            Ok(())
        }
    }
    /// Drops the table. The row of the content must still exist.
    ///
    /// # Errors
    /// The database fails.
    pub async fn drop(&self, content: Uuid) -> ApiResult<()> {
        if self.conn.get_database_backend() == DbBackend::Postgres {
            self.run("SELECT verbund_table_drop($1)::text", [content.into()]).await
        } else {
            let sql = format!("DROP TABLE {}", table_name(DbBackend::Sqlite, content));
            self.conn.execute_unprepared(&sql).await.or_fault()?;
            Ok(())
        }
    }

    async fn run<const N: usize>(&self, sql: &str, values: [sea_orm::Value; N]) -> ApiResult<()> {
        self.conn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await.or_fault()?;
        Ok(())
    }
    /// Loads the rows; none where `incoming` was told to stop.
    ///
    /// # Errors
    /// The database fails.
    pub async fn load(&self, table: TableRef<'_>, incoming: Incoming<'_>) -> ApiResult<Option<LoadSummary>> {
        if self.conn.get_database_backend() == DbBackend::Postgres {
            self.copy(table, incoming).await
        } else {
            self.insert(table, incoming).await
        }
    }

    /// COPY, in the one transaction.
    async fn copy(&self, place: TableRef<'_>, incoming: Incoming<'_>) -> ApiResult<Option<LoadSummary>> {
        let table = table_name(DbBackend::Postgres, place.content);
        let sql = format!("COPY {table} ({}) FROM STDIN", column_list(place.columns));
        let timer = self.conn.begin();
        let mut tx = self.conn.tx().await;
        let Tx::Postgres(tx) = &mut *tx else { return Err(broken("COPY without PostgreSQL")) };
        let mut copy = tx.copy_in_raw(&sql).await.or_fault()?;
        let mut counted = CountedRows::new(place.columns)?;
        let mut buffer = String::with_capacity(CHUNK * 2);
        while let Some(batch) = incoming.batches.recv().await {
            // Where it ends early, dropping it tells PostgreSQL, and the transaction is of no more use.
            for row in batch? {
                let number = counted.rows + 1;
                let line = counted.add(&row)?;
                let _ = write!(buffer, "{number}\t");
                buffer.push_str(line);
                if buffer.len() >= CHUNK {
                    copy.send(buffer.as_bytes()).await.or_fault()?;
                    buffer.clear();
                }
            }
            if (incoming.progress)(counted.rows).is_break() {
                copy.abort("cancelled").await.or_fault()?;
                return Ok(None);
            }
        }
        copy.send(buffer.as_bytes()).await.or_fault()?;
        copy.finish().await.or_fault()?;
        timer.done();
        Ok(Some(counted.done()))
    }

    /// Inserts of many rows, in the one transaction.
    async fn insert(&self, place: TableRef<'_>, incoming: Incoming<'_>) -> ApiResult<Option<LoadSummary>> {
        let columns = place.columns;
        let table = table_name(DbBackend::Sqlite, place.content);
        let head = format!("INSERT INTO {table} ({}) VALUES ", column_list(columns));
        let width = 1 + columns.len() + columns.iter().filter(|it| it.has_symbols()).count();
        let at_once = (VALUES / width).max(1);
        let mut counted = CountedRows::new(columns)?;
        while let Some(batch) = incoming.batches.recv().await {
            let mut batch = batch?.into_iter().peekable();
            while batch.peek().is_some() {
                let mut sql = Sql::new(DbBackend::Sqlite);
                sql.push(&head);
                for (at, row) in batch.by_ref().take(at_once).enumerate() {
                    counted.add(&row)?;
                    sql.push(if at > 0 { ", (" } else { "(" }).bind(counted.rows);
                    for (cell, column) in row.into_iter().zip(columns) {
                        sql.push(", ").bind(cell.value.map_or_else(|| null_of(column.kind), bound));
                        if column.has_symbols() {
                            sql.push(", ").bind(cell.symbol.map(|it| it.as_str().to_owned()));
                        }
                    }
                    sql.push(")");
                }
                self.conn.execute_raw(sql.statement()).await.or_fault()?;
            }
            if (incoming.progress)(counted.rows).is_break() {
                return Ok(None);
            }
        }
        Ok(Some(counted.done()))
    }
}

/// The kind of a column, for the function that makes tables.
fn shape(column: &Column) -> &'static str {
    match (column.kind, column.has_symbols()) {
        (ColumnType::Integer | ColumnType::Decimal, true) => "n*",
        (ColumnType::Integer | ColumnType::Decimal, false) => "n",
        (ColumnType::Boolean, _) => "b",
        (ColumnType::Date, _) => "d",
        (ColumnType::Text | ColumnType::Period | ColumnType::Region, _) => "t",
    }
}

/// Rows as they go by: their number and checksum.
struct CountedRows<'a> {
    columns: &'a [Column],
    rows: i64,
    hash: Sha256,
    line: String,
}

impl<'a> CountedRows<'a> {
    fn new(columns: &'a [Column]) -> ApiResult<Self> {
        let mut hash = Sha256::new();
        hash.update(lines::header(columns)?.as_bytes());
        Ok(Self { columns, rows: 0, hash, line: String::new() })
    }

    fn add(&mut self, row: &TableRow) -> ApiResult<&str> {
        self.line.clear();
        lines::push(&mut self.line, self.columns, row)?;
        self.rows += 1;
        self.hash.update(self.line.as_bytes());
        Ok(&self.line)
    }

    fn done(self) -> LoadSummary {
        let checksum = self.hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        LoadSummary { rows: self.rows, checksum }
    }
}
