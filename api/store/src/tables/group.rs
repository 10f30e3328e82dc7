//! A whole table put together by some of its dimensions: what protection begins with.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::ConnectionTrait;
use tabular::model::{Cell, Column, ColumnType, TableRow, Value};

use crate::tables::aggregate::{sum_too_large, too_large};
use crate::tables::sql::{Cells, Sql, column, symbol_column};
use crate::tables::{GroupSource, SqlTables, TableRef};

impl SqlTables<'_> {
    /// Rows put together by dimensions, at most `max`, without those that have one of `left_out`.
    ///
    /// # Errors
    /// There are more than `max`; the database fails.
    pub async fn group(
        &self,
        table: TableRef<'_>,
        grouped: &[GroupSource],
        left_out: &[(usize, String)],
        max: usize,
    ) -> ApiResult<Vec<TableRow>> {
        let mut sql = self.reading();
        sql.push(" SELECT ");
        sql.join(grouped, ", ", |sql, it| push_grouped(sql, *it, table.columns));
        self.add_source(&mut sql, table);
        for (at, code) in left_out {
            sql.push(" AND coalesce(").push(&column(*at)).push(" <> ").bind(code.as_str()).push(", TRUE)");
        }
        let dimensions =
            || grouped.iter().filter_map(|it| if let GroupSource::Dimension(at) = it { Some(*at) } else { None });
        if dimensions().next().is_some() {
            for clause in [" GROUP BY ", " ORDER BY "] {
                sql.push(clause);
                sql.join(dimensions(), ", ", |sql, at| {
                    sql.push(&column(at));
                });
            }
        }
        sql.push(&format!(" LIMIT {}", max + 1));
        let found = self.conn.query_all_raw(sql.statement()).await.map_err(|error| too_large(error, "-"))?;
        if found.len() > max {
            let text = Text::new("too-many-groups").with("max", max);
            return Err(Problem::whole(UserErrorCode::LimitReached, text).into());
        }
        found.iter().map(|row| read(&mut Cells::of(row), grouped, table.columns)).collect()
    }
}

fn push_grouped(sql: &mut Sql, grouped: GroupSource, columns: &[Column]) {
    match grouped {
        GroupSource::Dimension(at) => sql.push(&column(at)),
        GroupSource::Rows => sql.push("count(*)"),
        GroupSource::Sum(at) => {
            // As text, because the sum of PostgreSQL is a numeric.
            sql.push(&format!("CASE WHEN count({0}) = count(*) THEN CAST(sum({0}) AS text) END", column(at)));
            push_symbol(sql, at, columns)
        }
        GroupSource::AsIs(at) => {
            let one = if columns[at].kind == ColumnType::Boolean && sql.is_postgres() { "bool_and" } else { "min" };
            sql.push(&format!("CASE WHEN count(*) = 1 THEN {one}({}) END", column(at)));
            push_symbol(sql, at, columns)
        }
    };
}

/// The symbol, where all cells of the group that need one have the same.
fn push_symbol<'a>(sql: &'a mut Sql, at: usize, columns: &[Column]) -> &'a mut Sql {
    if !columns[at].has_symbols() {
        return sql;
    }
    let (name, symbol) = (column(at), symbol_column(at));
    sql.push(&format!(
        ", CASE WHEN count(*) = 1 THEN min({symbol})
            WHEN count({name}) < count(*)
                AND count(*) FILTER (WHERE {name} IS NULL AND {symbol} IS NOT NULL) = count(*) - count({name})
                AND min({symbol}) FILTER (WHERE {name} IS NULL) = max({symbol}) FILTER (WHERE {name} IS NULL)
            THEN min({symbol}) FILTER (WHERE {name} IS NULL) END"
    ))
}

fn read(cells: &mut Cells<'_>, grouped: &[GroupSource], columns: &[Column]) -> ApiResult<TableRow> {
    let each = grouped.iter().map(|it| match *it {
        GroupSource::Dimension(at) => Ok(Cell { value: cells.value(columns[at].kind)?, symbol: None }),
        GroupSource::Rows => Ok(Value::Number(cells.next()?).into()),
        GroupSource::AsIs(at) => cells.cell(&columns[at]),
        GroupSource::Sum(at) => {
            let sum = cells.next::<Option<String>>()?.map(|it| it.parse::<i64>());
            let value = sum.transpose().map_err(|_| sum_too_large(&columns[at].name))?;
            let symbol = if columns[at].has_symbols() { cells.symbol()? } else { None };
            Ok(Cell { value: value.map(Value::Number), symbol })
        }
    });
    each.collect()
}
