//! Groups and what is measured in each, in one statement.
//!
//! The groups are made first (`g`), with everything that measures need; what they come to is worked out from that (`a`),
//! so that conditions, order and cursors are about whole numbers that both databases agree on.

use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ConnectionTrait, DbErr};
use tabular::model::{Cell, Column, Symbol, TableRow, Value};
use tabular::query::{Function, GroupColumn, GroupQuery, MeasureQuery, MissingCells};

use crate::fault::database_error;
use crate::tables::condition::{Ordered, operator, push, push_after, push_order};
use crate::tables::sql::{Cells, Sql, column, symbol_column};
use crate::tables::{GroupPage, SqlTables, TableRef};

/// What can stand where a value is missing, or be a value of limited reliability; in the order of their counts.
const COUNTED: [Option<Symbol>; 7] = [
    None,
    Some(Symbol::Secret),
    Some(Symbol::Blocked),
    Some(Symbol::Later),
    Some(Symbol::Unreliable),
    Some(Symbol::Protected),
    Some(Symbol::Limited),
];

/// Sums up to this can be divided exactly: times 200, they are still whole numbers of 64 bits.
const DIVISIBLE: i64 = 40_000_000_000_000_000;

impl SqlTables<'_> {
    /// Groups, and what is measured in each.
    ///
    /// # Errors
    /// A sum is too large, or would count twice; the database fails.
    pub async fn aggregate(&self, table: TableRef<'_>, query: &GroupQuery) -> ApiResult<GroupPage> {
        let statement = self.groups(table, query).statement();
        let sum = query.measures.iter().position(|it| it.function.adds_up()).unwrap_or_default();
        let sum = query.columns.get(query.by.len() + sum).map_or("-", |it| it.name.as_str());
        let mut found = self.conn.query_all_raw(statement).await.map_err(|error| too_large(error, sum))?;
        let more = found.len() > query.limit;
        found.truncate(query.limit);
        let mut page = GroupPage { rows: Vec::new(), missing: Vec::new(), cursors: Vec::new(), more };
        for row in &found {
            let mut cells = Cells::of(row);
            for at in &query.one_level {
                let (min, max): (Option<i64>, Option<i64>) = (cells.next()?, cells.next()?);
                if min != max {
                    return Err(several_levels(&table.columns[*at]));
                }
            }
            let (group, missing) = read(&mut cells, query, table.columns)?;
            let values: Vec<_> = group.iter().map(|it| it.value.clone()).collect();
            page.cursors.push(query.cursor(&values)?);
            page.rows.push(group);
            page.missing.push(missing);
        }
        Ok(page)
    }

    fn groups(&self, table: TableRef<'_>, query: &GroupQuery) -> Sql {
        let mut sql = self.reading();
        sql.push(if self.is_guarded() { ", g AS MATERIALIZED (" } else { "WITH g AS MATERIALIZED (" });
        self.push_groups(&mut sql, table, query);
        sql.push("), a AS (SELECT g.*");
        for (at, measure) in query.measures.iter().enumerate() {
            sql.push(", ");
            push_measure(&mut sql, at, measure, table.columns);
            sql.push(&format!(" AS a{at}"));
        }
        sql.push(" FROM g) SELECT ");
        for level in 0..query.one_level.len() {
            sql.push(&format!("(SELECT min(b{level}) FROM g), (SELECT max(e{level}) FROM g), "));
        }
        let mut outputs: Vec<_> = (0..query.by.len()).map(|it| format!("k{it}")).collect();
        for (at, measure) in query.measures.iter().enumerate() {
            outputs.push(format!("a{at}"));
            if measure.column.is_some_and(|it| table.columns[it].has_symbols()) {
                outputs.push(format!("v{at}, h{at}"));
                outputs.extend((0..COUNTED.len()).map(|it| format!("m{at}_{it}")));
            }
        }
        sql.push(&outputs.join(", ")).push(" FROM a WHERE TRUE");
        for (at, how, value) in &query.having {
            sql.push(&format!(" AND a{at}{}", how.map_or(" = ", operator))).bind_value(value);
        }
        let name = |key: GroupColumn| match key {
            GroupColumn::Group(at) => format!("k{at}"),
            GroupColumn::Measure(at) => format!("a{at}"),
        };
        let ordered = |it: &(GroupColumn, bool)| Ordered { name: name(it.0), descending: it.1, nullable: true };
        let order: Vec<_> = query.order.iter().map(ordered).collect();
        if let Some(after) = &query.after {
            sql.push(" AND ");
            push_after(&mut sql, &order, &after.values);
        }
        push_order(&mut sql, &order);
        sql.push(&format!(" LIMIT {}", query.limit + 1));
        sql
    }

    /// The groups: `k` what makes them, `n` rows, and of every measure `v` values, `t` their sum, `l` and `u` the smallest
    /// and the largest, `h` exact nothings, `m` what is missing; `b` and `e` are the levels of regions.
    fn push_groups(&self, sql: &mut Sql, table: TableRef<'_>, query: &GroupQuery) {
        sql.push("SELECT count(*) AS n");
        for (at, group) in query.by.iter().enumerate() {
            sql.push(&format!(", {} AS k{at}", column(*group)));
        }
        for (at, measure) in query.measures.iter().enumerate() {
            let Some(of) = measure.column else { continue };
            let name = column(of);
            sql.push(&format!(", count({name}) AS v{at}"));
            match measure.function {
                Function::Sum | Function::Average => sql.push(&format!(", sum({name}) AS t{at}")),
                Function::Min => sql.push(&format!(", min({name}) AS l{at}")),
                Function::Max => sql.push(&format!(", max({name}) AS u{at}")),
                Function::Count | Function::CountRows => sql,
            };
            if table.columns[of].has_symbols() {
                let symbol = symbol_column(of);
                sql.push(&format!(", count(*) FILTER (WHERE {symbol} = '{}') AS h{at}", Symbol::Nothing.as_str()));
                for (number, it) in COUNTED.into_iter().enumerate() {
                    let is = match it {
                        None => format!("{name} IS NULL AND {symbol} IS NULL"),
                        Some(it) => format!("{symbol} = '{}'", it.as_str()),
                    };
                    sql.push(&format!(", count(*) FILTER (WHERE {is}) AS m{at}_{number}"));
                }
            }
        }
        for (number, at) in query.one_level.iter().enumerate() {
            let level = format!("CASE WHEN {0} = 'DG' THEN 0 ELSE CAST(length({0}) AS bigint) END", column(*at));
            sql.push(&format!(", min({level}) AS b{number}, max({level}) AS e{number}"));
        }
        self.add_source(sql, table);
        if let Some(condition) = &query.condition {
            sql.push(" AND ");
            push(sql, condition);
        }
        if !query.by.is_empty() {
            sql.push(" GROUP BY ");
            sql.join(&query.by, ", ", |sql, at| {
                sql.push(&column(*at));
            });
        }
    }
}

/// What a measure comes to. Nothing, as soon as one cell of the group is protected.
fn push_measure(sql: &mut Sql, at: usize, measure: &MeasureQuery, columns: &[Column]) {
    let protected = COUNTED.iter().position(|it| *it == Some(Symbol::Protected)).unwrap_or_default();
    let open = match measure.column {
        Some(of) if columns[of].has_symbols() => format!("m{at}_{protected} = 0"),
        _ => "TRUE".to_owned(),
    };
    let value = match measure.function {
        Function::Count => format!("v{at}"),
        Function::CountRows => "n".to_owned(),
        Function::Min => format!("CASE WHEN {open} THEN l{at} END"),
        Function::Max => format!("CASE WHEN {open} THEN u{at} END"),
        // The sum of PostgreSQL is a numeric, and may be larger than what is kept.
        Function::Sum => {
            format!("CASE WHEN {open} AND t{at} BETWEEN {} AND {} THEN CAST(t{at} AS bigint) END", i64::MIN, i64::MAX)
        }
        Function::Average => {
            let factor = 2 * 10_i64.pow(u32::from(measure.more_decimals));
            format!(
                "CASE WHEN {open} AND v{at} > 0 AND t{at} BETWEEN -{DIVISIBLE} AND {DIVISIBLE} THEN
                    (CAST(t{at} AS bigint) * {factor} + CASE WHEN t{at} < 0 THEN -v{at} ELSE v{at} END) / (2 * v{at}) END"
            )
        }
    };
    sql.push(&value);
}

/// A group: its cells, and what is missing in them.
fn read(cells: &mut Cells<'_>, query: &GroupQuery, columns: &[Column]) -> ApiResult<(TableRow, Vec<MissingCells>)> {
    let mut row = TableRow::with_capacity(query.columns.len());
    let mut missing = Vec::new();
    for column in &query.columns[..query.by.len()] {
        row.push(Cell { value: cells.value(column.kind)?, symbol: None });
    }
    for (at, measure) in query.measures.iter().enumerate() {
        let answer = &query.columns[query.by.len() + at];
        let value = cells.value(answer.kind)?;
        if !measure.column.is_some_and(|it| columns[it].has_symbols()) {
            row.push(Cell { value, symbol: None });
            continue;
        }
        let (values, nothings): (i64, i64) = (cells.next()?, cells.next()?);
        let mut own = Vec::new();
        for symbol in COUNTED {
            let count = cells.next::<i64>()?;
            if count > 0 {
                own.push(MissingCells { measure: at, symbol, cells: count });
            }
        }
        let has = |symbol: Symbol| own.iter().any(|it| it.symbol == Some(symbol));
        let is_protected = has(Symbol::Protected);
        if value.is_none() && values > 0 && measure.function.adds_up() && !is_protected {
            return Err(sum_too_large(&answer.name));
        }
        let counts = matches!(measure.function, Function::Count | Function::CountRows);
        let symbol = match (&value, own.as_slice()) {
            _ if counts => None,
            (None, _) if is_protected => Some(Symbol::Protected),
            (None, [one]) => one.symbol,
            (None, _) => None,
            (Some(_), _) if has(Symbol::Limited) => Some(Symbol::Limited),
            (Some(Value::Number(0)), []) if nothings == values => Some(Symbol::Nothing),
            (Some(_), _) => None,
        };
        row.push(Cell { value, symbol });
        missing.append(&mut own);
    }
    Ok((row, missing))
}

pub(super) fn sum_too_large(measure: &str) -> ApiError {
    Problem::at(UserErrorCode::OutOfRange, "measures", Text::new("sum-too-large").with("measure", measure)).into()
}

/// SQLite says so instead of telling a sum that is too large.
pub(super) fn too_large(error: DbErr, measure: &str) -> ApiError {
    if error.to_string().contains("integer overflow") { sum_too_large(measure) } else { database_error(&error) }
}

fn several_levels(column: &Column) -> ApiError {
    let text = Text::new("regions-of-several-levels").with("column", &column.name);
    Problem::at(UserErrorCode::Invalid, "filter", text).into()
}
