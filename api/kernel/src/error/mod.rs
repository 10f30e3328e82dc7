//! Errors, split by who may read them.
//!
//! A [`Problem`] is for the client: a code of a closed set, the field it is about, a text in the client's language.
//! A [`Fault`] is ours: it is logged once, at the edge, and the client gets a code and the request id. An [`ApiError`]
//! displays codes alone: internal text cannot reach a client through `?`.

mod checks;
mod code;

use std::borrow::Cow;
use std::sync::Arc;

use uuid::Uuid;

use crate::i18n::Text;

pub use crate::error::checks::{Checks, all};
pub use crate::error::code::{TopLevelCode, UserErrorCode};

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

    /// The operation is for those who signed in.
    pub const fn sign_in() -> Self {
        Self::whole(UserErrorCode::Unauthenticated, Text::new("unauthenticated"))
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
        let key = if allowed.is_empty() { "illegal-transition-none" } else { "illegal-transition" };
        let text = Text::new(key).with("state", state).with("wanted", wanted).with("allowed", allowed.join(", "));
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
    /// None for all that went wrong. Otherwise nothing did: the mutation ends early because there is nothing to do, and
    /// its payload answers with the object.
    pub nothing_to_do: Option<NothingToDo>,
}

/// Why an allowed mutation writes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NothingToDo {
    /// An earlier call with the same idempotency key has done it; the object that it answered with.
    Repeated(Uuid),
    /// No value of the object changes.
    Unchanged,
}

/// Why an operation did not succeed.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// The client can act on these.
    Problems(Vec<Problem>),
    /// The client cannot.
    Fault(Arc<Fault>),
}

/// Codes alone, never internal text: whatever carries the error as a text to a client carries nothing else.
impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problems(problems) => {
                let codes: Vec<_> = problems.iter().map(|it| it.code.name()).collect();
                f.write_str(&codes.join(", "))
            }
            Self::Fault(_) => f.write_str("INTERNAL"),
        }
    }
}

/// Result of everything between the edge and the store.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// A fault with a text for the log.
    pub fn fault(message: impl Into<String>) -> Self {
        Self::Fault(Arc::new(Fault { message: message.into(), unavailable: false, nothing_to_do: None }))
    }

    /// The end of a mutation that has nothing to do. A payload that does not know of it answers with a fault.
    pub fn nothing(reason: NothingToDo) -> Self {
        let message = format!("a payload does not answer for a mutation with nothing to do: {reason:?}");
        Self::Fault(Arc::new(Fault { message, unavailable: false, nothing_to_do: Some(reason) }))
    }

    /// Why the mutation writes nothing, if there is nothing to do.
    pub fn nothing_to_do(&self) -> Option<NothingToDo> {
        match self {
            Self::Problems(_) => None,
            Self::Fault(fault) => fault.nothing_to_do,
        }
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

    /// The same, with what is about `from` about `to`.
    #[must_use]
    pub fn renamed(self, from: &'static str, to: &'static str) -> Self {
        match self {
            Self::Problems(mut problems) => {
                for problem in &mut problems {
                    if problem.field.as_deref() == Some(from) {
                        problem.field = Some(to.into());
                    }
                }
                Self::Problems(problems)
            }
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
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<Problems> for ApiError {
    fn from(problems: Problems) -> Self {
        Self::Problems(problems.0)
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
