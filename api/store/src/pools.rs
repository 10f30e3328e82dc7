//! Pools and how a session's transaction begins.

use std::fmt::Write as _;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use kernel::error::{ApiError, ApiResult};
use policy::{Access, Actor, ActorFacts};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::pool::{PoolConnection, PoolOptions};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, Database, Pool, Postgres, SqlSafeStr, Sqlite, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::connection::{SessionConnection, Stats, Tx};
use crate::facts;
use crate::fault::OrFault as _;
use crate::hub::Hub;
use crate::name_sort::NAME_COLLATION;
use crate::session::Session;

/// Connections of a pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolConnections {
    /// Open and waiting for work.
    pub idle: usize,
    /// At work.
    pub used: usize,
}

/// How the store is reached.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// PoolConnections in the pool; on SQLite the readers beside the one writer.
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
    hub: Hub,
    work: Arc<Notify>,
    imports: Arc<Notify>,
    /// Where announcements come from; none on SQLite.
    listener_url: Option<Arc<str>>,
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
        let listener_url = settings.url.starts_with("postgres").then(|| settings.url.as_str().into());
        let pools = if settings.url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(&settings.url)
                .or_fault()?
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(Duration::from_secs(5))
                .pragma("cache_size", "-8192")
                .collation(NAME_COLLATION, kernel::name_order::compare);
            let writer = pool::<Sqlite>(1).connect_with(options.clone()).await.or_fault()?;
            let readers =
                pool::<Sqlite>(settings.max_connections).connect_with(options.read_only(true)).await.or_fault()?;
            Pools::Sqlite { writer, readers }
        } else {
            let options = PgConnectOptions::from_str(&settings.url)
                .or_fault()?
                .application_name("verbund")
                .options([("statement_timeout", "10s"), ("lock_timeout", "5s")]);
            Pools::Postgres(pool::<Postgres>(settings.max_connections).connect_with(options).await.or_fault()?)
        };
        Ok(Self { pools, hub: Hub::default(), work: Arc::default(), imports: Arc::default(), listener_url })
    }

    /// Which database it is.
    pub const fn engine(&self) -> Engine {
        match self.pools {
            Pools::Postgres(_) => Engine::Postgres,
            Pools::Sqlite { .. } => Engine::Sqlite,
        }
    }

    /// How many connections are open now.
    pub fn connections(&self) -> PoolConnections {
        let count = |size: u32, idle: usize| PoolConnections { idle, used: (size as usize).saturating_sub(idle) };
        match &self.pools {
            Pools::Postgres(pool) => count(pool.size(), pool.num_idle()),
            Pools::Sqlite { writer, readers } => {
                count(writer.size() + readers.size(), writer.num_idle() + readers.num_idle())
            }
        }
    }

    /// Who tells waiters of changes.
    pub const fn hub(&self) -> &Hub {
        &self.hub
    }

    pub(super) fn listener_url(&self) -> Option<&str> {
        self.listener_url.as_deref()
    }

    /// The position of the last event in the outbox, whoever may see it; never told to anybody.
    pub(super) async fn outbox_end(&self) -> Result<i64, sqlx::Error> {
        match &self.pools {
            Pools::Postgres(pool) => sqlx::query_scalar("SELECT verbund_outbox_end()").fetch_one(pool).await,
            Pools::Sqlite { readers, .. } => {
                sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM outbox_event").fetch_one(readers).await
            }
        }
    }

    /// Tells the server that there is work to be done beside requests.
    pub fn wake(&self) {
        self.work.notify_one();
    }

    /// Ends when that was told.
    pub async fn woken(&self) {
        self.work.notified().await;
    }

    /// Tells the server that there is something to import.
    pub fn wake_importer(&self) {
        self.imports.notify_one();
    }

    /// Ends when that was told.
    pub async fn importer_woken(&self) {
        self.imports.notified().await;
    }

    /// Calendars that live elsewhere and are to be asked for: ids and owners, whoever may see them.
    pub async fn external_due(&self, now: DateTime<Utc>, max: i32) -> ApiResult<Vec<(Uuid, Uuid)>> {
        let sqlite =
            "SELECT id, tenant_id FROM external_calendar WHERE next_fetch_at <= ? ORDER BY next_fetch_at, id LIMIT ?";
        self.due("SELECT id, tenant_id FROM verbund_external_due($1, $2)", sqlite, now, max).await
    }

    /// Series whose dates are known less far than `until`: ids and owners, whoever may see them.
    pub async fn series_due(&self, until: DateTime<Utc>, max: i32) -> ApiResult<Vec<(Uuid, Uuid)>> {
        let sqlite =
            "SELECT id, tenant_id FROM calendar_entry WHERE expanded_until < ? ORDER BY expanded_until LIMIT ?";
        self.due("SELECT id, tenant_id FROM verbund_series_due($1, $2)", sqlite, until, max).await
    }

    /// Obligations of which somebody is to be reminded: ids and owners, whoever may see them.
    pub async fn obligations_due(&self, day: NaiveDate, max: i32) -> ApiResult<Vec<(Uuid, Uuid)>> {
        Ok(match &self.pools {
            Pools::Postgres(pool) => {
                let sql = "SELECT id, tenant_id FROM verbund_obligations_due($1, $2)";
                sqlx::query_as(sql).bind(day).bind(max).fetch_all(pool).await.or_fault()?
            }
            Pools::Sqlite { readers, .. } => {
                let sql = "SELECT id, tenant_id FROM obligation WHERE state = 'OPEN' AND remind_on <= ? \
                           ORDER BY remind_on, id LIMIT ?";
                sqlx::query_as(sql).bind(day).bind(max).fetch_all(readers).await.or_fault()?
            }
        })
    }

    /// Imports that wait, or that nobody works on any more.
    pub async fn imports_due(&self, now: DateTime<Utc>, max: i32) -> ApiResult<Vec<DueImport>> {
        let rows: Vec<(Uuid, Uuid, String, String)> = match &self.pools {
            Pools::Postgres(pool) => {
                let sql = "SELECT id, tenant_id, issuer, subject FROM verbund_imports_due($1, $2)";
                sqlx::query_as(sql).bind(now).bind(max).fetch_all(pool).await.or_fault()?
            }
            Pools::Sqlite { readers, .. } => {
                let sql = "SELECT i.id, i.tenant_id, p.issuer, p.subject FROM dataset_import i \
                           JOIN file_ticket t ON t.id = i.ticket_id JOIN person p ON p.id = t.person_id \
                           WHERE i.state IN ('QUEUED', 'CHECKING', 'LOADING') \
                           AND (i.lease_until IS NULL OR i.lease_until <= ?) ORDER BY i.created_at, i.id LIMIT ?";
                sqlx::query_as(sql).bind(now).bind(max).fetch_all(readers).await.or_fault()?
            }
        };
        let due = |(id, tenant, issuer, subject)| DueImport { id, tenant, actor: Actor::Person { issuer, subject } };
        Ok(rows.into_iter().map(due).collect())
    }

    async fn due(
        &self,
        postgres: &'static str,
        sqlite: &'static str,
        at: DateTime<Utc>,
        max: i32,
    ) -> ApiResult<Vec<(Uuid, Uuid)>> {
        Ok(match &self.pools {
            Pools::Postgres(pool) => sqlx::query_as(postgres).bind(at).bind(max).fetch_all(pool).await.or_fault()?,
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(sqlite).bind(at).bind(max).fetch_all(readers).await.or_fault()?
            }
        })
    }

    /// The owner of a calendar, for the operator.
    pub async fn owner_of_calendar(&self, id: Uuid) -> ApiResult<Option<Uuid>> {
        Ok(match &self.pools {
            Pools::Postgres(pool) => sqlx::query_scalar("SELECT tenant_id FROM calendar WHERE id = $1")
                .bind(id)
                .fetch_optional(pool)
                .await
                .or_fault()?,
            Pools::Sqlite { readers, .. } => sqlx::query_scalar("SELECT tenant_id FROM calendar WHERE id = ?")
                .bind(id)
                .fetch_optional(readers)
                .await
                .or_fault()?,
        })
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
    pub fn unscoped(&self) -> DatabaseConnection {
        match &self.pools {
            Pools::Postgres(pool) => SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()),
            Pools::Sqlite { readers, .. } => SqlxSqliteConnector::from_sqlx_sqlite_pool(readers.clone()),
        }
    }

    /// Opens a session, on another connection where the pooled one turns out to be dead (the server was restarted):
    /// nothing was done on it yet.
    async fn open(&self, mode: Mode, actor: &Actor, now: DateTime<Utc>, stats: Arc<Stats>) -> ApiResult<Session> {
        let mut tries = 0;
        let (tx, access) = loop {
            tries += 1;
            match self.begin(mode, actor, now, &stats).await {
                Err(BeginError::Connection(error)) if tries <= MAX_DEAD && is_dead(&error) => {}
                Err(BeginError::Connection(error)) => return Err::<Session, _>(error).or_fault(),
                Err(BeginError::Facts(error)) => return Err(error),
                Ok(begun) => break begun,
            }
        };
        Ok(Session::new(SessionConnection::new(tx, stats), access, now))
    }

    async fn begin(
        &self,
        mode: Mode,
        actor: &Actor,
        now: DateTime<Utc>,
        stats: &Stats,
    ) -> Result<(Tx, Access), BeginError> {
        match &self.pools {
            Pools::Postgres(pool) => {
                let mut conn = pool.acquire().await?;
                let access = match actor {
                    Actor::Anonymous | Actor::Operator => Access::anonymous(),
                    Actor::Service { tenant } => {
                        let scopes = "SELECT * FROM verbund_calendar_scopes($1) \
                                      UNION ALL SELECT * FROM verbund_dataset_scopes($1) \
                                      UNION ALL SELECT * FROM verbund_project_scopes($1)";
                        let scopes = sqlx::query_scalar(scopes).bind(*tenant).fetch_all(&mut *conn);
                        Access::service(*tenant, counted(stats, scopes).await?)
                    }
                    Actor::Person { issuer, subject } | Actor::Feed { issuer, subject, .. } => {
                        let rows = counted(stats, facts::on_postgres(&mut conn, issuer, subject)).await?;
                        judged(actor, facts::collect(rows)?, now)
                    }
                };
                let begin = begin_postgres(mode, &access);
                Ok((Tx::Postgres(begin_on(conn, begin).await?), access))
            }
            Pools::Sqlite { writer, readers } => {
                let (pool, begin) = match mode {
                    Mode::Read => (readers, "BEGIN"),
                    Mode::Write => (writer, "BEGIN IMMEDIATE"),
                };
                let mut tx = begin_on(pool.acquire().await?, begin.to_owned()).await?;
                let access = match actor {
                    Actor::Anonymous | Actor::Operator => Access::anonymous(),
                    Actor::Service { tenant } => {
                        let scopes = "SELECT id FROM scope WHERE tenant_id = ? AND area IN ('CALENDARS', 'DATASETS', 'PROJECTS')";
                        let scopes = sqlx::query_scalar(scopes).bind(*tenant).fetch_all(&mut *tx);
                        Access::service(*tenant, counted(stats, scopes).await?)
                    }
                    Actor::Person { issuer, subject } | Actor::Feed { issuer, subject, .. } => {
                        let rows = counted(stats, facts::on_sqlite(&mut tx, issuer, subject)).await?;
                        judged(actor, facts::collect(rows)?, now)
                    }
                };
                Ok((Tx::Sqlite(tx), access))
            }
        }
    }
}

/// An import that is to be done.
pub struct DueImport {
    /// The import.
    pub id: Uuid,
    /// The authority.
    pub tenant: Uuid,
    /// Who asked for it.
    pub actor: Actor,
}

/// What the facts about a person come to; others have none.
fn judged(actor: &Actor, facts: ActorFacts, now: DateTime<Utc>) -> Access {
    match actor {
        Actor::Feed { tenant, most: max, .. } => Access::of_feed(facts, *tenant, *max, now),
        Actor::Person { .. } => Access::evaluate(facts, true, now),
        Actor::Anonymous | Actor::Operator | Actor::Service { .. } => Access::anonymous(),
    }
}

/// The most dead connections that one session passes over.
const MAX_DEAD: u32 = 100;

enum BeginError {
    Connection(sqlx::Error),
    Facts(ApiError),
}

impl From<sqlx::Error> for BeginError {
    fn from(error: sqlx::Error) -> Self {
        Self::Connection(error)
    }
}

impl From<ApiError> for BeginError {
    fn from(error: ApiError) -> Self {
        Self::Facts(error)
    }
}

/// Whether the connection is gone: cut, or closed by a server that shuts down (class 57P).
fn is_dead(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|it| it.starts_with("57P")),
        _ => false,
    }
}

fn pool<DB: Database>(connections: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        // SQLite rolls back by itself where the disk is full; sqlx, whose rollback then fails, takes the transaction for
        // open and begins none on this connection any more. Such a connection is closed and replaced.
        .before_acquire(|conn: &mut DB::Connection, _| Box::pin(std::future::ready(Ok(!conn.is_in_transaction()))))
}

async fn counted<T>(stats: &Stats, statement: impl Future<Output = T>) -> T {
    let timer = stats.begin();
    let done = statement.await;
    timer.done();
    done
}

/// Begins on one checked-out connection, so that facts and transaction share it.
///
/// In a task of its own, which always comes to its end: sqlx 0.9 counts a transaction only when it has begun, so that one
/// whose caller hangs up while `BEGIN` is under way would never be rolled back, and the next who gets the connection
/// would find itself in a stranger's transaction.
async fn begin_on<DB: Database>(
    conn: PoolConnection<DB>,
    begin: String,
) -> Result<Transaction<'static, DB>, sqlx::Error> {
    let begun = tokio::spawn(Transaction::begin(conn, Some(AssertSqlSafe(begin).into_sql_str())));
    begun.await.unwrap_or_else(|_| Err(sqlx::Error::WorkerCrashed))
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
