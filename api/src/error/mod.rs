//! Errors, split by who may read them.
//!
//! A [`Problem`] is for the client: a code of a closed set, the field it is about, a text in the client's language.
//! A [`Fault`] is ours: it is logged once, at the edge, and the client gets a code and the request id. [`ApiError`]
//! has no `Display` on purpose: internal text cannot reach a client through `?`.

mod code;

use std::borrow::Cow;
use std::sync::Arc;

pub use code::{TopLevelCode, UserErrorCode};

use crate::i18n::Text;
use crate::policy::Decision;

/// What the client did that cannot be done, in terms the client can act on.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The code: this is the contract, the text is not.
    pub code: UserErrorCode,
    /// Path of the input field, `title` or `time.timed.end`; none = the whole operation.
    pub field: Option<Cow<'static, str>>,
    /// What is wrong.
    pub text: Text,
}

impl Problem {
    /// A problem with one field.
    pub fn at(code: UserErrorCode, field: impl Into<Cow<'static, str>>, text: Text) -> Self {
        Self { code, field: Some(field.into()), text }
    }

    /// A problem with the whole operation.
    pub const fn whole(code: UserErrorCode, text: Text) -> Self {
        Self { code, field: None, text }
    }

    /// The object of `field` does not exist, or may not be known to exist: the same words for both.
    pub fn not_found(field: impl Into<Cow<'static, str>>) -> Self {
        Self::at(UserErrorCode::NotFound, field, Text::new("not-found"))
    }

    /// The state of the object does not lead there; names the states it leads to.
    pub fn illegal_transition<'a>(
        field: impl Into<Cow<'static, str>>,
        state: &str,
        wanted: &str,
        allowed: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let allowed: Vec<_> = allowed.into_iter().collect();
        let text = Text::new("illegal-transition")
            .with("state", state)
            .with("wanted", wanted)
            .with("allowed", if allowed.is_empty() { "-".to_owned() } else { allowed.join(", ") });
        Self::at(UserErrorCode::IllegalTransition, field, text)
    }
}

/// Something on our side. The text is for the log.
#[derive(Debug)]
pub struct Fault {
    /// What went wrong.
    pub message: String,
    /// Whether trying again may help.
    pub unavailable: bool,
}

/// Why an operation did not succeed.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// The client can act on these.
    Problems(Vec<Problem>),
    /// The client cannot.
    Fault(Arc<Fault>),
}

/// Result of everything between the edge and the store.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A fault with a text for the log.
    pub fn fault(message: impl Into<String>) -> Self {
        Self::Fault(Arc::new(Fault { message: message.into(), unavailable: false }))
    }

    /// Whether the only problem has this code.
    pub fn is(&self, code: UserErrorCode) -> bool {
        matches!(self, Self::Problems(problems) if problems.iter().all(|it| it.code == code))
    }

    /// The same, about fields within `field`.
    #[must_use]
    pub fn within(self, field: &'static str) -> Self {
        match self {
            Self::Problems(problems) => Self::Problems(
                problems
                    .into_iter()
                    .map(|it| Problem { field: it.field.map(|inner| format!("{field}.{inner}").into()), ..it })
                    .collect(),
            ),
            fault @ Self::Fault(_) => fault,
        }
    }

    /// The same, about the one `field` that named the object.
    #[must_use]
    pub fn about(self, field: &'static str) -> Self {
        match self {
            Self::Problems(problems) => {
                Self::Problems(problems.into_iter().map(|it| Problem { field: Some(field.into()), ..it }).collect())
            }
            fault @ Self::Fault(_) => fault,
        }
    }

    /// A refused decision about the object named by `field`.
    pub fn refused(decision: Decision, field: &'static str) -> Self {
        match decision {
            Decision::Hide => Problem::not_found(field).into(),
            Decision::SignIn => Problem::at(UserErrorCode::Unauthenticated, field, Text::new("unauthenticated")).into(),
            Decision::Deny(missing) => {
                let missing = missing.map_or("-", crate::policy::Permission::name);
                Problem::at(UserErrorCode::Forbidden, field, Text::new("forbidden").with("permission", missing)).into()
            }
            Decision::Allow(..) => Self::fault("an allowed decision was treated as refused"),
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<sea_orm::DbErr> for ApiError {
    fn from(error: sea_orm::DbErr) -> Self {
        if is_null_byte(&error) {
            return Problem::whole(UserErrorCode::Invalid, Text::new("control-characters")).into();
        }
        let unavailable = matches!(error, sea_orm::DbErr::Conn(_) | sea_orm::DbErr::ConnectionAcquire(_));
        Self::Fault(Arc::new(Fault { message: format!("database: {error}"), unavailable }))
    }
}

/// PostgreSQL takes no null byte in a text (class 22021), wherever the client has put it.
fn is_null_byte(error: &sea_orm::DbErr) -> bool {
    use sea_orm::{DbErr, RuntimeErr};
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    error.as_database_error().and_then(|it| it.code()).is_some_and(|it| it == "22021")
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = matches!(error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed);
        Self::Fault(Arc::new(Fault { message: format!("database: {error}"), unavailable }))
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::fault(format!("json: {error}"))
    }
}

/// Collects problems so that the client learns all of them at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Takes the value of a check, or notes its problems.
    ///
    /// # Errors
    /// A fault is passed on at once.
    pub fn take<T>(&mut self, result: ApiResult<T>) -> ApiResult<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(ApiError::Problems(problems)) => {
                self.0.extend(problems);
                Ok(None)
            }
            Err(fault @ ApiError::Fault(_)) => Err(fault),
        }
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// The problems, if there are any.
    pub fn done(self) -> ApiResult<()> {
        if self.0.is_empty() { Ok(()) } else { Err(ApiError::Problems(self.0)) }
    }
}
