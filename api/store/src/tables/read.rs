//! Rows of tables: pages, counts, and all of them in batches.

use kernel::error::ApiResult;
use sea_orm::ConnectionTrait;
use tabular::model::{Column, TableRow, Value};
use tabular::query::{Condition, Position, RowQuery};

use crate::fault::OrFault as _;
use crate::tables::condition::{Ordered, push, push_after, push_order};
use crate::tables::sql::{Cells, Sql, column, symbol_column};
use crate::tables::{RowPage, SqlTables, TableRef};

/// Adds columns, each with its symbols.
pub(super) fn push_columns(sql: &mut Sql, columns: &[Column], wanted: impl Iterator<Item = usize>) {
    for at in wanted {
        sql.push(", ").push(&column(at));
        if columns[at].has_symbols() {
            sql.push(", ").push(&symbol_column(at));
        }
    }
}

impl SqlTables<'_> {
    /// Page of rows.
    ///
    /// # Errors
    /// The database fails.
    pub async fn rows(&self, table: TableRef<'_>, query: &RowQuery) -> ApiResult<RowPage> {
        let columns = table.columns;
        let mut sql = self.reading();
        sql.push(" SELECT _row");
        push_columns(&mut sql, columns, query.columns.iter().copied());
        for (at, _) in &query.order {
            sql.push(", ").push(&column(*at));
        }
        self.add_source(&mut sql, table);
        if let Some(condition) = &query.condition {
            sql.push(" AND ");
            push(&mut sql, condition);
        }
        let by_column = |it: &(usize, bool)| Ordered { name: column(it.0), descending: it.1, nullable: true };
        let mut order: Vec<_> = query.order.iter().map(by_column).collect();
        order.push(Ordered { name: "_row".to_owned(), descending: false, nullable: false });
        if let Some(after) = &query.after {
            sql.push(" AND ");
            let mut values = after.values.clone();
            values.push(after.row.map(Value::Number));
            push_after(&mut sql, &order, &values);
        }
        push_order(&mut sql, &order);
        sql.push(&format!(" LIMIT {}", query.limit + 1));
        let mut found = self.conn.query_all_raw(sql.statement()).await.or_fault()?;
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let (mut rows, mut cursors) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
        for row in &found {
            let mut cells = Cells::of(row);
            let number = cells.next::<i64>()?;
            rows.push(query.columns.iter().map(|at| cells.cell(&columns[*at])).collect::<ApiResult<TableRow>>()?);
            let values = query.order.iter().map(|it| cells.value(columns[it.0].kind)).collect::<ApiResult<_>>()?;
            cursors.push(query.cursor(&Position { values, row: Some(number) })?);
        }
        Ok(RowPage { rows, cursors, more })
    }
    /// Number of rows that meet a condition.
    ///
    /// # Errors
    /// The database fails.
    pub async fn count(&self, table: TableRef<'_>, condition: Option<&Condition>) -> ApiResult<i64> {
        let mut sql = self.reading();
        sql.push(" SELECT count(*)");
        self.add_source(&mut sql, table);
        if let Some(condition) = condition {
            sql.push(" AND ");
            push(&mut sql, condition);
        }
        match self.conn.query_one_raw(sql.statement()).await.or_fault()? {
            Some(row) => Cells::of(&row).next(),
            None => Ok(0),
        }
    }
    /// At most `max` rows in their order, after the one numbered `after`, and the number of the last.
    ///
    /// # Errors
    /// The database fails.
    pub async fn scan(&self, table: TableRef<'_>, after: i64, max: usize) -> ApiResult<(Vec<TableRow>, i64)> {
        let columns = table.columns;
        let mut sql = self.reading();
        sql.push(" SELECT _row");
        push_columns(&mut sql, columns, 0..columns.len());
        self.add_source(&mut sql, table);
        sql.push(" AND _row > ").bind(after).push(&format!(" ORDER BY _row LIMIT {max}"));
        let found = self.conn.query_all_raw(sql.statement()).await.or_fault()?;
        let mut last = after;
        let mut rows = Vec::with_capacity(found.len());
        for row in &found {
            let mut cells = Cells::of(row);
            last = cells.next()?;
            rows.push(columns.iter().map(|it| cells.cell(it)).collect::<ApiResult<TableRow>>()?);
        }
        Ok((rows, last))
    }
}
