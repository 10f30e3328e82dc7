//! Rows as the owner of the schema sees them: past every wall.

use std::collections::BTreeMap;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, Statement};
use uuid::Uuid;

use crate::database::{Engine, TestDatabase};

/// A connection with the rights of the owner.
pub struct Rows {
    /// The engine behind it.
    pub engine: Engine,
    db: DatabaseConnection,
}

impl TestDatabase {
    /// Connects as the owner of the schema.
    pub async fn rows(&self) -> Rows {
        Rows::open(&self.owner_url).await
    }
}

impl Rows {
    /// Connects to `url`, with one connection, so that settings stay.
    pub async fn open(url: &str) -> Self {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let db = Database::connect(options).await.expect("the database can be reached");
        let engine = if url.starts_with("sqlite:") { Engine::Sqlite } else { Engine::Postgres };
        Self { engine, db }
    }

    /// The connection itself.
    pub const fn db(&self) -> &DatabaseConnection {
        &self.db
    }

    /// Runs statements.
    ///
    /// # Errors
    /// What the database says.
    pub async fn try_run(&self, sql: &str) -> Result<u64, DbErr> {
        self.db.execute_unprepared(sql).await.map(|it| it.rows_affected())
    }

    /// Runs a statement that must succeed; how many rows it touched.
    pub async fn run(&self, sql: &str) -> u64 {
        self.try_run(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// The rows of a query whose columns are all text, nulls as `-`.
    pub async fn texts(&self, sql: &str) -> Vec<Vec<String>> {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        let rows = self.db.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        let text = |row: &sea_orm::QueryResult, index| {
            let text: Option<String> = row.try_get_by_index(index).unwrap_or_else(|error| panic!("{sql}: {error}"));
            text.unwrap_or_else(|| "-".to_owned())
        };
        rows.iter().map(|row| (0..row.column_names().len()).map(|index| text(row, index)).collect()).collect()
    }

    /// The first column of a query, as [`Self::texts`].
    pub async fn list(&self, sql: &str) -> Vec<String> {
        self.texts(sql).await.into_iter().filter_map(|row| row.into_iter().next()).collect()
    }

    /// One number.
    pub async fn number(&self, sql: &str) -> i64 {
        let cast = format!("SELECT CAST(({sql}) AS text)");
        self.list(&cast).await[0].parse().unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) FROM {table}")).await
    }

    /// Names of all tables, the migrations' own left out.
    pub async fn tables(&self) -> Vec<String> {
        let sql = match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
                 AND name <> 'seaql_migrations' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
                 AND relname <> 'seaql_migrations' ORDER BY 1"
            }
        };
        self.list(sql).await
    }

    /// Columns of a table that are written: name, and whether it may be null.
    pub async fn columns(&self, table: &str) -> BTreeMap<String, bool> {
        let sql = match self.engine {
            Engine::Sqlite => {
                format!(
                    "SELECT name, CASE \"notnull\" WHEN 0 THEN 'YES' ELSE 'NO' END FROM pragma_table_info('{table}')"
                )
            }
            Engine::Postgres => format!(
                "SELECT column_name::text, is_nullable::text FROM information_schema.columns \
                 WHERE table_schema = 'public' AND table_name = '{table}' AND is_generated = 'NEVER'"
            ),
        };
        self.texts(&sql).await.into_iter().map(|row| (row[0].clone(), row[1] == "YES")).collect()
    }

    /// Everything in every table, each row as one text, sorted: equal dumps are equal databases.
    pub async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let mut dump = BTreeMap::new();
        for table in self.tables().await {
            let row = match self.engine {
                Engine::Postgres => "t::text".to_owned(),
                Engine::Sqlite => {
                    let columns = self.columns(&table).await;
                    columns.keys().map(|it| format!("quote({it})")).collect::<Vec<_>>().join(" || ',' || ")
                }
            };
            let rows = self.list(&format!("SELECT {row} FROM {table} t ORDER BY 1")).await;
            dump.insert(table, rows);
        }
        dump
    }

    /// An id as it is written in SQL.
    pub fn id(&self, id: Uuid) -> String {
        match self.engine {
            Engine::Sqlite => format!("x'{}'", id.simple()),
            Engine::Postgres => format!("'{id}'::uuid"),
        }
    }

    /// An expression that shows the id in `column` as 32 hex digits.
    pub fn hex(&self, column: &str) -> String {
        match self.engine {
            Engine::Sqlite => format!("nullif(lower(hex({column})), '')"),
            Engine::Postgres => format!("replace({column}::text, '-', '')"),
        }
    }
}

/// The row that a global id names.
pub fn row_of(global: &str) -> Uuid {
    kernel::global_id::parse(global).expect("a global id").1
}
