//! Statements for typed tables: generated names, bound values.

use kernel::error::ApiResult;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, TryGetable};
use tabular::model::{Cell, Column, ColumnType, Symbol, Value};
use uuid::Uuid;

use crate::fault::OrFault as _;
use crate::tables::{SqlTables, TableRef, broken};

/// A statement as it grows.
pub(super) struct Sql {
    text: String,
    values: Vec<sea_orm::Value>,
    pub(super) backend: DbBackend,
}

impl Sql {
    pub fn new(backend: DbBackend) -> Self {
        Self { text: String::new(), values: Vec::new(), backend }
    }

    pub fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    /// Adds SQL that was made here; never anything that came from somebody.
    pub fn push(&mut self, sql: &str) -> &mut Self {
        self.text.push_str(sql);
        self
    }

    /// Adds a value.
    pub fn bind(&mut self, value: impl Into<sea_orm::Value>) -> &mut Self {
        self.values.push(value.into());
        if self.is_postgres() {
            self.text.push('$');
            self.text.push_str(&self.values.len().to_string());
        } else {
            self.text.push('?');
        }
        self
    }

    pub fn bind_value(&mut self, value: &Value) -> &mut Self {
        self.bind(bound(value.clone()))
    }

    /// Adds what `each` adds for every item, with `between` between them.
    pub fn join<T>(&mut self, items: impl IntoIterator<Item = T>, between: &str, mut each: impl FnMut(&mut Self, T)) {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.push(between);
            }
            each(self, item);
        }
    }

    pub fn statement(self) -> Statement {
        Statement::from_sql_and_values(self.backend, self.text, self.values)
    }
}

impl SqlTables<'_> {
    /// The beginning of a reading statement: what the policy lets the reader see.
    pub(super) fn reading(&self) -> Sql {
        let mut sql = Sql::new(self.conn.get_database_backend());
        if let Some(seen) = &self.seen {
            sql.push("WITH seen AS (").push(&seen.sql).push(")");
            sql.values = seen.values.clone().map(|it| it.0).unwrap_or_default();
        }
        sql
    }

    /// Whether the policy is asked again: a statement begins with `seen` then.
    pub(super) const fn is_guarded(&self) -> bool {
        self.seen.is_some()
    }

    /// Adds ` FROM … WHERE …` for a table, with the reader's condition.
    pub(super) fn add_source(&self, sql: &mut Sql, place: TableRef<'_>) {
        let table = table_name(sql.backend, place.content);
        sql.push(" FROM ").push(&table).push(" WHERE ");
        sql.push(if self.is_guarded() { "EXISTS (SELECT 1 FROM seen)" } else { "TRUE" });
    }
}

/// The table of a content.
pub(super) fn table_name(backend: DbBackend, content: Uuid) -> String {
    let id = content.simple();
    if backend == DbBackend::Postgres { format!("ds.c_{id}") } else { format!("ds_{id}") }
}

/// The column at a position.
pub(super) fn column(at: usize) -> String {
    format!("c{:02}", at + 1)
}

/// The column of its symbols.
pub(super) fn symbol_column(at: usize) -> String {
    format!("s{:02}", at + 1)
}

/// Names of the columns of a table in their order, those of symbols behind their own.
pub(super) fn column_list(columns: &[Column]) -> String {
    let mut list = String::from("_row");
    for (at, it) in columns.iter().enumerate() {
        list.push_str(", ");
        list.push_str(&column(at));
        if it.has_symbols() {
            list.push_str(", ");
            list.push_str(&symbol_column(at));
        }
    }
    list
}

pub(super) fn bound(value: Value) -> sea_orm::Value {
    match value {
        Value::Text(text) => text.into(),
        Value::Number(number) => number.into(),
        Value::Boolean(it) => it.into(),
        Value::Date(date) => date.into(),
    }
}

/// No value of a type.
pub(super) fn null_of(kind: ColumnType) -> sea_orm::Value {
    match kind {
        ColumnType::Text | ColumnType::Period | ColumnType::Region => sea_orm::Value::String(None),
        ColumnType::Integer | ColumnType::Decimal => sea_orm::Value::BigInt(None),
        ColumnType::Boolean => sea_orm::Value::Bool(None),
        ColumnType::Date => sea_orm::Value::ChronoDate(None),
    }
}

/// A row of an answer, read from left to right.
pub(super) struct Cells<'a> {
    row: &'a QueryResult,
    at: usize,
}

impl<'a> Cells<'a> {
    pub const fn of(row: &'a QueryResult) -> Self {
        Self { row, at: 0 }
    }

    pub fn next<T: TryGetable>(&mut self) -> ApiResult<T> {
        let value = self.row.try_get_by_index(self.at).or_fault()?;
        self.at += 1;
        Ok(value)
    }

    pub fn value(&mut self, kind: ColumnType) -> ApiResult<Option<Value>> {
        Ok(match kind {
            ColumnType::Text | ColumnType::Period | ColumnType::Region => {
                self.next::<Option<String>>()?.map(Value::Text)
            }
            ColumnType::Integer | ColumnType::Decimal => self.next::<Option<i64>>()?.map(Value::Number),
            ColumnType::Boolean => self.next::<Option<bool>>()?.map(Value::Boolean),
            ColumnType::Date => self.next::<Option<chrono::NaiveDate>>()?.map(Value::Date),
        })
    }

    pub fn symbol(&mut self) -> ApiResult<Option<Symbol>> {
        let text = self.next::<Option<String>>()?;
        text.map(|it| Symbol::of(&it).ok_or_else(|| broken("a symbol that nobody knows"))).transpose()
    }

    pub fn cell(&mut self, column: &Column) -> ApiResult<Cell> {
        let value = self.value(column.kind)?;
        let symbol = if column.has_symbols() { self.symbol()? } else { None };
        Ok(Cell { value, symbol })
    }
}
