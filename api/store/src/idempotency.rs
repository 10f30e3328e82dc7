//! Keys by which an account repeats a mutation.

use entities::idempotency_record;
use kernel::error::{ApiError, ApiResult};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Insert, Statement};
use uuid::Uuid;

use crate::Session;
use crate::connection::SessionConnection;
use crate::fault::{OrFault as _, database_error};

impl Session {
    /// What an account's key stands for. Locks the key until the end of the transaction: a second sender waits until the
    /// first is done. On SQLite the one writer does that by itself.
    ///
    /// # Errors
    /// The database fails.
    pub async fn lock_key(&self, person: Uuid, key: &str) -> ApiResult<Option<idempotency_record::Model>> {
        let conn = self.conn();
        if conn.get_database_backend() == DbBackend::Postgres {
            // A statement of its own: the next one sees what the first sender has committed meanwhile.
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))::text";
            let name = format!("{person} {key}");
            let lock = Statement::from_sql_and_values(DbBackend::Postgres, sql, [name.into()]);
            conn.query_one_raw(lock).await.or_fault()?;
        }
        record_of(conn, person, key).await
    }

    /// Keeps what an account's key stands for.
    ///
    /// # Errors
    /// The key was claimed meanwhile; the database fails.
    pub async fn keep_key(&self, row: idempotency_record::ActiveModel) -> ApiResult<()> {
        let insert = Insert::one(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_without_returning(self.conn()).await {
            Ok(1..) => Ok(()),
            Ok(0) | Err(DbErr::RecordNotInserted) => {
                Err(ApiError::fault("an idempotency key was claimed twice at once"))
            }
            Err(error) => Err(database_error(&error)),
        }
    }
}

/// The idempotency record of an account.
///
/// # Errors
/// The database fails.
#[expect(clippy::disallowed_methods, reason = "a record belongs to the account, not to an authority")]
pub(crate) async fn record_of(
    conn: &SessionConnection,
    person: Uuid,
    key: &str,
) -> ApiResult<Option<idempotency_record::Model>> {
    idempotency_record::Entity::find_by_id((person, key.to_owned())).one(conn).await.or_fault()
}
