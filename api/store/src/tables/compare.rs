//! Tables by their keys: keys that stand twice, and how two tables differ.
//!
//! Both tables are read once, one behind the other, and grouped by key: no join, no index, and nothing in memory but what
//! the database sorts.

use kernel::error::ApiResult;
use sea_orm::{ConnectionTrait, DbBackend};
use tabular::model::{Cell, Column, ColumnRole, ColumnType, TableRow};

use crate::fault::OrFault as _;
use crate::tables::sql::{Cells, Sql, column, symbol_column, table_name};
use crate::tables::{SqlTables, TableRef};

/// A key that stands for several rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The dimensions, in the order of the columns.
    pub key: TableRow,
    /// How many rows have it.
    pub rows: i64,
    /// Number of the first of them.
    pub first: i64,
    /// Number of the last of them.
    pub last: i64,
}

/// Keys that stand for several rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duplicates {
    /// How many there are.
    pub total: i64,
    /// The first of them.
    pub keys: Vec<Duplicate>,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// A value or a symbol is another.
    Changed,
}

/// A row that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRow {
    /// What became of it.
    pub kind: ChangeKind,
    /// The dimensions.
    pub key: TableRow,
    /// The columns that both tables have, as they were.
    pub before: TableRow,
    /// The same as they are.
    pub after: TableRow,
}

/// How two tables differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Names of the dimensions. None = the tables do not have the same, so that no row is one of the other.
    pub key: Vec<String>,
    /// Names of the other columns that both have.
    pub columns: Vec<String>,
    /// Rows that are new.
    pub added: i64,
    /// Rows that are gone.
    pub removed: i64,
    /// Rows with another value or symbol.
    pub changed: i64,
    /// The first of all these, by key.
    pub rows: Vec<ChangedRow>,
}

fn dimensions(columns: &[Column]) -> impl Iterator<Item = usize> {
    columns.iter().enumerate().filter(|(_, it)| it.role == ColumnRole::Dimension).map(|(at, _)| at)
}

/// A column in both tables.
#[derive(Clone, Copy)]
struct ColumnPair<'a> {
    before: usize,
    after: usize,
    column: &'a Column,
}

impl SqlTables<'_> {
    /// Keys of several rows, the first `max` of them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn duplicates(&self, table: TableRef<'_>, max: usize) -> ApiResult<Duplicates> {
        let key: Vec<_> = dimensions(table.columns).collect();
        if key.is_empty() {
            return Ok(Duplicates::default());
        }
        let names: Vec<_> = key.iter().map(|it| column(*it)).collect();
        let names = names.join(", ");
        let mut sql = self.reading();
        sql.push(&format!(" SELECT count(*) OVER (), count(*), min(_row), max(_row), {names}"));
        self.add_source(&mut sql, table);
        sql.push(&format!(" GROUP BY {names} HAVING count(*) > 1 ORDER BY min(_row) LIMIT {max}"));
        let mut duplicates = Duplicates::default();
        for row in self.conn.query_all_raw(sql.statement()).await.or_fault()? {
            let mut cells = Cells::of(&row);
            duplicates.total = cells.next()?;
            let (rows, first, last) = (cells.next()?, cells.next()?, cells.next()?);
            let key = key.iter().map(|it| cells.cell(&table.columns[*it])).collect::<ApiResult<_>>()?;
            duplicates.keys.push(Duplicate { key, rows, first, last });
        }
        Ok(duplicates)
    }
    /// Differences between the rows of two tables by key, and the first `max` rows that differ.
    ///
    /// # Errors
    /// The database fails.
    pub async fn differences(&self, before: TableRef<'_>, after: TableRef<'_>, max: usize) -> ApiResult<Differences> {
        let pairs = pairs(before.columns, after.columns);
        let (key, other): (Vec<ColumnPair<'_>>, Vec<ColumnPair<'_>>) =
            pairs.into_iter().partition(|it| it.column.role == ColumnRole::Dimension);
        let name = |it: &ColumnPair<'_>| it.column.name.clone();
        let columns = other.iter().map(name).collect();
        let wanted = [before, after].map(|it| dimensions(it.columns).count());
        if key.is_empty() || wanted != [key.len(); 2] {
            let (removed, added) = (self.count(before, None).await?, self.count(after, None).await?);
            return Ok(Differences { columns, added, removed, ..Differences::default() });
        }
        let mut differences = Differences { key: key.iter().map(name).collect(), columns, ..Differences::default() };
        if self.conn.get_database_backend() == DbBackend::Postgres {
            self.conn.execute_unprepared("SET LOCAL statement_timeout = 0").await.or_fault()?;
        }
        let mut sql = grouped(self.conn.get_database_backend(), [before, after], &key, &other);
        sql.push(" SELECT count(*) FILTER (WHERE o = 0), count(*) FILTER (WHERE n = 0)");
        sql.push(", count(*) FILTER (WHERE o > 0 AND n > 0 AND d) FROM g");
        if let Some(row) = self.conn.query_one_raw(sql.statement()).await.or_fault()? {
            let mut cells = Cells::of(&row);
            differences.added = cells.next()?;
            differences.removed = cells.next()?;
            differences.changed = cells.next()?;
        }
        let mut sql = grouped(self.conn.get_database_backend(), [before, after], &key, &other);
        sql.push(" SELECT o, n");
        push_columns(&mut sql, &key, &other);
        sql.push(" FROM g WHERE o = 0 OR n = 0 OR d ORDER BY ");
        sql.join(0..key.len(), ", ", |sql, at| {
            sql.push(&format!("k{at} ASC NULLS LAST"));
        });
        sql.push(&format!(" LIMIT {max}"));
        for row in self.conn.query_all_raw(sql.statement()).await.or_fault()? {
            differences.rows.push(changed_row(&mut Cells::of(&row), &key, &other)?);
        }
        Ok(differences)
    }
}

/// The columns that both tables have with the same meaning of their values.
fn pairs<'a>(before: &[Column], after: &'a [Column]) -> Vec<ColumnPair<'a>> {
    let like = |it: &Column, column: &Column| {
        it.name == column.name && it.kind == column.kind && it.decimals == column.decimals && it.role == column.role
    };
    let pair = |(at, column): (usize, &'a Column)| {
        let before = before.iter().position(|it| like(it, column))?;
        Some(ColumnPair { before, after: at, column })
    };
    after.iter().enumerate().filter_map(pair).collect()
}

/// Both tables grouped by key: `o` and `n` rows in the old and the new, `x0 y0 …` values in the old and the new, with their
/// symbols `p` and `q`, and whether anything is another (`d`).
fn grouped(backend: DbBackend, places: [TableRef<'_>; 2], key: &[ColumnPair<'_>], other: &[ColumnPair<'_>]) -> Sql {
    let mut sql = Sql::new(backend);
    let of = |it: &ColumnPair<'_>, side: usize| if side == 0 { it.before } else { it.after };
    sql.push("WITH both_tables AS (");
    sql.join(places.iter().enumerate(), " UNION ALL ", |sql, (side, place)| {
        sql.push(&format!("SELECT {side} AS side"));
        for (at, pair) in key.iter().enumerate() {
            sql.push(&format!(", {} AS k{at}", column(of(pair, side))));
        }
        for (at, pair) in other.iter().enumerate() {
            sql.push(&format!(", {} AS v{at}", column(of(pair, side))));
            if pair.column.has_symbols() {
                sql.push(&format!(", {} AS s{at}", symbol_column(of(pair, side))));
            }
        }
        sql.push(&format!(" FROM {}", table_name(backend, place.content)));
    });
    sql.push("), g AS (SELECT count(*) FILTER (WHERE side = 0) AS o, count(*) FILTER (WHERE side = 1) AS n");
    let keys: Vec<_> = (0..key.len()).map(|it| format!("k{it}")).collect();
    let keys = keys.join(", ");
    sql.push(", ").push(&keys);
    let mut differ = Vec::new();
    for (at, pair) in other.iter().enumerate() {
        let is_boolean = pair.column.kind == ColumnType::Boolean;
        let max = if is_boolean && sql.is_postgres() { "bool_or" } else { "max" };
        sql.push(&format!(
            ", {max}(v{at}) FILTER (WHERE side = 0) AS x{at}, {max}(v{at}) FILTER (WHERE side = 1) AS y{at}"
        ));
        let value = if is_boolean { format!("CAST(v{at} AS integer)") } else { format!("v{at}") };
        differ.push(format!("min({value}) <> max({value}) OR count(v{at}) = 1"));
        if pair.column.has_symbols() {
            sql.push(&format!(
                ", max(s{at}) FILTER (WHERE side = 0) AS p{at}, max(s{at}) FILTER (WHERE side = 1) AS q{at}"
            ));
            differ.push(format!("min(s{at}) <> max(s{at}) OR count(s{at}) = 1"));
        }
    }
    let differ = if differ.is_empty() { "FALSE".to_owned() } else { differ.join(" OR ") };
    sql.push(&format!(", coalesce({differ}, FALSE) AS d FROM both_tables GROUP BY {keys}) "));
    sql
}

fn push_columns(sql: &mut Sql, key: &[ColumnPair<'_>], other: &[ColumnPair<'_>]) {
    for at in 0..key.len() {
        sql.push(&format!(", k{at}"));
    }
    for (value, symbol) in [("x", "p"), ("y", "q")] {
        for (at, pair) in other.iter().enumerate() {
            sql.push(&format!(", {value}{at}"));
            if pair.column.has_symbols() {
                sql.push(&format!(", {symbol}{at}"));
            }
        }
    }
}

fn changed_row(cells: &mut Cells<'_>, key: &[ColumnPair<'_>], other: &[ColumnPair<'_>]) -> ApiResult<ChangedRow> {
    let (before, after): (i64, i64) = (cells.next()?, cells.next()?);
    let kind = match (before, after) {
        (0, _) => ChangeKind::Added,
        (_, 0) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    };
    let mut row = |of: &[ColumnPair<'_>]| of.iter().map(|it| cells.cell(it.column)).collect::<ApiResult<Vec<Cell>>>();
    let (key, old, new) = (row(key)?, row(other)?, row(other)?);
    let there = |rows: i64, row: TableRow| if rows == 0 { TableRow::new() } else { row };
    Ok(ChangedRow { kind, key, before: there(before, old), after: there(after, new) })
}
