//! One checked-out connection inside one transaction, counted and serialised.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};
use tokio::sync::{Mutex, MutexGuard};

/// What an operation cost in the database.
#[derive(Debug, Default)]
pub struct Stats {
    statements: AtomicU32,
    waiting: std::sync::Mutex<Waiting>,
}

/// The time in which at least one statement was awaited.
#[derive(Debug, Default)]
struct Waiting {
    /// How many statements are awaited now.
    running: u32,
    /// Since when at least one is.
    since: Option<Instant>,
    /// The time before that.
    total: Duration,
}

impl Stats {
    /// Statements sent, opening and closing of transactions not counted.
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Time in which at least one of them was awaited: what ran side by side counts once, so that this is never more
    /// than the operation took.
    pub fn time(&self) -> Duration {
        let waiting = self.waiting();
        waiting.total + waiting.since.map(|it| it.elapsed()).unwrap_or_default()
    }

    /// Begins to wait for a statement; the wait ends when the result is dropped.
    pub(super) fn begin(&self) -> StatementTimer<'_> {
        let mut waiting = self.waiting();
        waiting.running += 1;
        waiting.since.get_or_insert_with(Instant::now);
        StatementTimer(self)
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The wait for a statement.
#[must_use = "the wait ends when this is dropped"]
pub(super) struct StatementTimer<'a>(&'a Stats);

impl StatementTimer<'_> {
    /// Counts the statement, which was answered.
    pub(super) fn done(self) {
        self.0.statements.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for StatementTimer<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.waiting();
        waiting.running = waiting.running.saturating_sub(1);
        if waiting.running == 0
            && let Some(since) = waiting.since.take()
        {
            waiting.total += since.elapsed();
        }
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

    /// Begins to wait for what is done with it.
    pub(super) fn begin(&self) -> StatementTimer<'_> {
        self.stats.begin()
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
        let timer = $self.stats.begin();
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
        timer.done();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_side_by_side_take_their_time_once() {
        let stats = Stats::default();
        let started = Instant::now();
        let side_by_side: Vec<_> = (0..50).map(|_| stats.begin()).collect();
        while started.elapsed() < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        assert!(stats.time() >= Duration::from_millis(4), "also while they run");
        side_by_side.into_iter().for_each(StatementTimer::done);
        // A statement that is given up is not counted, and nobody waits for it any more.
        drop(stats.begin());
        let (time, elapsed) = (stats.time(), started.elapsed());
        assert!(time <= elapsed && time >= Duration::from_millis(4), "{time:?} of {elapsed:?}");
        assert_eq!((stats.statements(), stats.time()), (50, time));
    }
}
