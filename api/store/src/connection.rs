//! One checked-out connection inside one transaction, counted and serialised.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};
use tokio::sync::{Mutex, MutexGuard};

/// What an operation cost in the database.
#[derive(Debug, Default)]
pub struct Stats {
    statements: AtomicU32,
    micros: AtomicU64,
}

impl Stats {
    /// Statements sent, opening and closing of transactions not counted.
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Time spent waiting for them.
    pub fn time(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    pub(super) fn count(&self, since: Instant) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }
}

pub(super) enum Tx {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

/// The transaction of an operation. Dropping it rolls back.
pub(super) struct SessionConnection {
    tx: Mutex<Tx>,
    backend: DbBackend,
    stats: Arc<Stats>,
    /// Scopes that were made in this transaction; visible to the rest of it.
    added: std::sync::Mutex<Vec<uuid::Uuid>>,
}

impl SessionConnection {
    pub(super) fn new(tx: Tx, stats: Arc<Stats>) -> Self {
        let backend = match tx {
            Tx::Postgres(_) => DbBackend::Postgres,
            Tx::Sqlite(_) => DbBackend::Sqlite,
        };
        Self { tx: Mutex::new(tx), backend, stats, added: std::sync::Mutex::default() }
    }

    /// The transaction itself, for what is no statement.
    pub(super) async fn tx(&self) -> MutexGuard<'_, Tx> {
        self.tx.lock().await
    }

    /// Makes scopes visible to the rest of the transaction.
    pub(super) fn add_scopes(&self, scopes: &[uuid::Uuid]) {
        self.added.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend_from_slice(scopes);
    }

    /// Scopes that were made in this transaction.
    pub(super) fn added_scopes(&self) -> Vec<uuid::Uuid> {
        self.added.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Counts what was done with it.
    pub(super) fn count(&self, since: Instant) {
        self.stats.count(since);
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.tx.into_inner() {
            Tx::Postgres(tx) => tx.commit().await,
            Tx::Sqlite(tx) => tx.commit().await,
        }
    }
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Runs `$call` of a prepared statement on whichever transaction it is.
macro_rules! run {
    ($self:ident, $statement:ident, $call:ident) => {{
        let values = SqlxValues($statement.values.clone().unwrap_or_else(|| sea_orm::Values(Vec::new())));
        let since = Instant::now();
        let mut tx = $self.tx.lock().await;
        let result = match &mut *tx {
            Tx::Postgres(tx) => sqlx::query_with(AssertSqlSafe($statement.sql.as_str()), values)
                .$call(&mut **tx)
                .await
                .map(run!(@ $call))
                .map_err(failed),
            Tx::Sqlite(tx) => sqlx::query_with(AssertSqlSafe($statement.sql.as_str()), values)
                .$call(&mut **tx)
                .await
                .map(run!(@ $call))
                .map_err(failed),
        };
        $self.stats.count(since);
        result
    }};
    (@ execute) => { ExecResult::from };
    (@ fetch_optional) => { |row| row.map(QueryResult::from) };
    (@ fetch_all) => { |rows| rows.into_iter().map(QueryResult::from).collect() };
}

#[async_trait::async_trait]
impl ConnectionTrait for SessionConnection {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        run!(self, statement, execute)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.execute_raw(Statement::from_string(self.backend, sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        run!(self, statement, fetch_optional)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        run!(self, statement, fetch_all)
    }
}
