//! Errors of the database as errors of an operation.

use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{DbErr, RuntimeErr};

/// Makes a result of the database a result of the operation.
pub(crate) trait OrFault<T> {
    /// The value, or the fault: unavailable where the database was out of reach.
    ///
    /// # Errors
    /// The database failed.
    fn or_fault(self) -> ApiResult<T>;
}

impl<T> OrFault<T> for Result<T, DbErr> {
    fn or_fault(self) -> ApiResult<T> {
        self.map_err(|error| database_error(&error))
    }
}

impl<T> OrFault<T> for Result<T, sqlx::Error> {
    fn or_fault(self) -> ApiResult<T> {
        self.map_err(|error| {
            let unavailable = matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
            fault(&error, unavailable)
        })
    }
}

/// An error of the query builder's driver as an error of the operation.
pub fn database_error(error: &DbErr) -> ApiError {
    if is_null_byte(error) {
        return Problem::whole(UserErrorCode::Invalid, Text::new("control-characters")).into();
    }
    fault(error, matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)))
}

fn fault(error: &dyn std::fmt::Display, unavailable: bool) -> ApiError {
    let message = format!("database: {error}");
    ApiError::Fault(std::sync::Arc::new(kernel::error::Fault { message, unavailable, nothing_to_do: None }))
}

/// PostgreSQL takes no null byte in a text (class 22021), wherever the client has put it.
fn is_null_byte(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    error.as_database_error().and_then(|it| it.code()).is_some_and(|it| it == "22021")
}
