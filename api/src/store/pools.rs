//! Pools and how a session's transaction begins.

use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Database, Pool, Postgres, SqlSafeStr, Sqlite, Transaction};
use uuid::Uuid;

use super::connection::{Connection, Stats, Tx};
use super::facts;
use super::session::Session;
use crate::auth::Actor;
use crate::error::{ApiError, ApiResult};
use crate::policy::{Access, Facts};

/// How the store is reached.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Connections in the pool; on SQLite the readers beside the one writer.
    pub max_connections: u32,
}

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Production.
    Postgres,
    /// Embedded.
    Sqlite,
}

#[derive(Clone, Debug)]
enum Pools {
    Postgres(Pool<Postgres>),
    Sqlite { writer: Pool<Sqlite>, readers: Pool<Sqlite> },
}

/// The pools of one database.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
}

/// What the transaction may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Read,
    Write,
}

impl Store {
    /// Connects. On SQLite the file must exist.
    ///
    /// # Errors
    /// The URL cannot be read or the database cannot be reached.
    pub async fn connect(settings: &DatabaseSettings) -> ApiResult<Self> {
        let pools = if settings.url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(&settings.url)?
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .pragma("cache_size", "-8192");
            let writer = pool::<Sqlite>(1).connect_with(options.clone()).await?;
            let readers = pool::<Sqlite>(settings.max_connections).connect_with(options.read_only(true)).await?;
            Pools::Sqlite { writer, readers }
        } else {
            let options = PgConnectOptions::from_str(&settings.url)?
                .application_name("verbund")
                .options([("statement_timeout", "10s"), ("lock_timeout", "5s")]);
            Pools::Postgres(pool::<Postgres>(settings.max_connections).connect_with(options).await?)
        };
        Ok(Self { pools })
    }

    /// Which database it is.
    pub const fn engine(&self) -> Engine {
        match self.pools {
            Pools::Postgres(_) => Engine::Postgres,
            Pools::Sqlite { .. } => Engine::Sqlite,
        }
    }

    /// Waits for running operations and closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Postgres(pool) => pool.close().await,
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    /// Opens a reading session for `actor`: facts, then a read-only transaction bound to what it may see.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn read(&self, actor: &Actor, now: DateTime<Utc>, stats: Arc<Stats>) -> ApiResult<Session> {
        self.open(Mode::Read, actor, now, stats).await
    }

    /// Opens a writing session for `actor`. On SQLite it waits for the one writer.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn write(&self, actor: &Actor, now: DateTime<Utc>, stats: Arc<Stats>) -> ApiResult<Session> {
        self.open(Mode::Write, actor, now, stats).await
    }

    /// The database as the migration crate and the start-up checks see it; it reads no owned rows.
    pub(crate) fn unscoped(&self) -> DatabaseConnection {
        match &self.pools {
            Pools::Postgres(pool) => SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()),
            Pools::Sqlite { writer, .. } => SqlxSqliteConnector::from_sqlx_sqlite_pool(writer.clone()),
        }
    }

    async fn open(&self, mode: Mode, actor: &Actor, now: DateTime<Utc>, stats: Arc<Stats>) -> ApiResult<Session> {
        let (tx, access) = match &self.pools {
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                let access = match actor {
                    Actor::Anonymous | Actor::Operator => Access::anonymous(),
                    Actor::Person { issuer, subject } => {
                        let facts = counted(&stats, facts::on_postgres(&mut conn, issuer, subject)).await?;
                        Access::evaluate(facts, true, now)
                    }
                };
                let begin = begin_postgres(mode, &access);
                (Tx::Postgres(begin_on(conn, begin).await?), access)
            }
            Pools::Sqlite { writer, readers } => {
                let (pool, begin) = match mode {
                    Mode::Read => (readers, "BEGIN"),
                    Mode::Write => (writer, "BEGIN IMMEDIATE"),
                };
                let mut tx = begin_on(pool.acquire().await?, begin.to_owned()).await?;
                let access = match actor {
                    Actor::Anonymous | Actor::Operator => Access::anonymous(),
                    Actor::Person { issuer, subject } => {
                        let facts = counted(&stats, facts::on_sqlite(&mut tx, issuer, subject)).await?;
                        Access::evaluate(facts, true, now)
                    }
                };
                (Tx::Sqlite(tx), access)
            }
        };
        Ok(Session::new(Connection::new(tx, stats), access, now))
    }
}

fn pool<DB: Database>(connections: u32) -> PoolOptions<DB> {
    PoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(5)).test_before_acquire(false)
}

async fn counted(stats: &Stats, load: impl Future<Output = ApiResult<Facts>>) -> ApiResult<Facts> {
    let since = Instant::now();
    let facts = load.await;
    stats.count(since);
    facts
}

/// Begins on one checked-out connection, so that facts and transaction share it.
async fn begin_on<DB: Database>(conn: PoolConnection<DB>, begin: String) -> ApiResult<Transaction<'static, DB>> {
    Transaction::begin(conn, Some(AssertSqlSafe(begin).into_sql_str())).await.map_err(ApiError::from)
}

/// One message opens the transaction and its row-level security settings. The values are ids and fixed words only.
fn begin_postgres(mode: Mode, access: &Access) -> String {
    let mut sql = String::from(match mode {
        Mode::Read => "BEGIN READ ONLY; SET LOCAL app.scopes = '{",
        Mode::Write => "BEGIN; SET LOCAL app.scopes = '{",
    });
    join_ids(&mut sql, access.visible());
    sql.push_str("}'");
    if let Some(person) = access.person() {
        let _ = write!(sql, "; SET LOCAL app.person = '{}'", person.id);
    }
    sql
}

fn join_ids(sql: &mut String, ids: impl Iterator<Item = Uuid>) {
    for (index, id) in ids.enumerate() {
        let _ = write!(sql, "{}{id}", if index == 0 { "" } else { "," });
    }
}
