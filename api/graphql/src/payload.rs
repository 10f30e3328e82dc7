//! Payloads of mutations: the object, and what the client can do something about.

use async_graphql::futures_util::future::BoxFuture;
use async_graphql::{InputType, SimpleObject, Value};
use domain::context::op::Op;
use domain::context::unit_of_work::Idempotency;
use kernel::error::{ApiError, ApiResult, NothingToDo, Problem, UserErrorCode};
use policy::Actor;
use sha2::{Digest, Sha256};
use store::Session;
use uuid::Uuid;

/// Reason for the refusal of a mutation, in terms the client can act on.
#[derive(SimpleObject, Clone, Debug)]
pub struct UserError {
    /// The kind of refusal. Codes are stable.
    pub code: crate::user_error_code::UserErrorCode,
    /// Path of the input field, with dots; null = the whole operation.
    pub field: Option<String>,
    /// Message for people, in German or English by `Accept-Language`. Not stable.
    pub message: String,
}

impl UserError {
    /// Splits what happened into what the client can mend and what it cannot. Those who did not sign in learn that they
    /// must, whatever else is wrong: no mutation is for them.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    pub fn sort(error: ApiError, op: &Op) -> Result<Vec<Self>, ApiError> {
        let problems = match error {
            ApiError::Problems(_) if op.actor == Actor::Anonymous => vec![Problem::sign_in()],
            ApiError::Problems(problems) => problems,
            fault @ ApiError::Fault(_) => return Err(fault),
        };
        let told = |it: Problem| {
            op.note_user_error(it.code);
            let message = it.text.render(op.locale);
            Self { code: it.code.into(), field: it.field.map(|it| it.into_owned()), message }
        };
        Ok(problems.into_iter().map(told).collect())
    }
}

/// A payload: the object and what was refused.
pub trait Payload: Sized + Send + 'static {
    /// The object of the mutation.
    type Object: Send;

    /// Puts the two together.
    fn new(object: Option<Self::Object>, user_errors: Vec<UserError>) -> Self;

    /// The object as the viewer may see it now.
    fn load(session: &Session, id: Uuid) -> impl Future<Output = ApiResult<Option<Self::Object>>> + Send;

    /// Nothing was done.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn refused(op: &Op, error: ApiError) -> ApiResult<Self> {
        Ok(Self::new(None, UserError::sort(error, op)?))
    }

    /// The payload of a mutation that creates an object: the object that `work` names, or why nothing was done.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn created<'a>(op: &'a Op, work: impl Future<Output = ApiResult<Uuid>> + Send + 'a) -> Answer<'a, Self> {
        Self::answer(op, None, Box::pin(work))
    }

    /// The payload of a mutation that changes the object `id`: the object in its current state, also where somebody else
    /// was faster.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn changed<'a, W>(op: &'a Op, id: ApiResult<Uuid>, work: impl FnOnce(Uuid) -> W) -> Answer<'a, Self>
    where
        W: Future<Output = ApiResult<()>> + Send + 'a,
    {
        Self::replaced(op, id, |id| {
            let work = work(id);
            async move {
                match work.await {
                    Err(error) if error.nothing_to_do().is_none() => Err(error),
                    _ => Ok(id),
                }
            }
        })
    }

    /// The payload of a mutation that changes the object `id` and may leave another in its place, which `work` names.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn replaced<'a, W>(op: &'a Op, id: ApiResult<Uuid>, work: impl FnOnce(Uuid) -> W) -> Answer<'a, Self>
    where
        W: Future<Output = ApiResult<Uuid>> + Send + 'a,
    {
        match id {
            Ok(id) => Self::answer(op, Some(id), Box::pin(work(id))),
            Err(error) => Self::answer(op, None, Box::pin(std::future::ready(Err(error)))),
        }
    }

    /// The payload of a mutation that creates an object or changes the one that is there: `work` names it, and tells why
    /// it is as it was.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn set<'a>(
        op: &'a Op,
        work: impl Future<Output = ApiResult<(Uuid, ApiResult<()>)>> + Send + 'a,
    ) -> Answer<'a, Self> {
        Box::pin(async move {
            let (object, done) = match work.await {
                Ok((id, done)) => (Some(id), done.map(|()| id)),
                Err(error) => (None, Err(error)),
            };
            Self::answer(op, object, Box::pin(std::future::ready(done))).await
        })
    }

    /// What `work` comes to. `stale` is the object that is shown where somebody else was faster, or nothing changes. A
    /// repetition shows what the first call has answered with, as far as the viewer may see it now.
    ///
    /// # Errors
    /// A fault, which becomes a top-level error.
    fn answer<'a>(op: &'a Op, stale: Option<Uuid>, work: BoxFuture<'a, ApiResult<Uuid>>) -> Answer<'a, Self> {
        Box::pin(async move {
            let (shown, errors) = match work.await {
                Ok(id) => (Some(id), Vec::new()),
                Err(error) => match error.nothing_to_do() {
                    Some(NothingToDo::Repeated(id)) => (Some(id), Vec::new()),
                    Some(NothingToDo::Unchanged) => (stale, Vec::new()),
                    None => {
                        let shown = stale.filter(|_| error.is(UserErrorCode::StaleVersion));
                        (shown, UserError::sort(error, op)?)
                    }
                },
            };
            let object = match shown {
                Some(id) => Self::load(&*op.session().await?, id).await?,
                None => None,
            };
            Ok(Self::new(object, errors))
        })
    }
}

/// A payload under way. It is boxed: the work of a mutation is larger than what a stack should carry through all resolvers.
pub type Answer<'a, P> = BoxFuture<'a, ApiResult<P>>;

/// Defines a payload type with its object and `userErrors`; `by` loads the object.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $object:ty } by $load:expr) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            $field: Option<$object>,
            /// Problems that the client can correct; empty on success.
            user_errors: Vec<$crate::payload::UserError>,
        }

        impl $crate::payload::Payload for $name {
            type Object = $object;

            fn new(object: Option<$object>, user_errors: Vec<$crate::payload::UserError>) -> Self {
                Self { $field: object, user_errors }
            }

            async fn load(
                session: &store::Session,
                id: uuid::Uuid,
            ) -> kernel::error::ApiResult<Option<$object>> {
                ($load)(session, id).await
            }
        }
    };
}
pub(crate) use payload;

/// The client's key with the fingerprint of what it asks, for a mutation that creates an object.
pub fn idempotency<I: InputType>(mutation: &str, key: Option<String>, input: &I) -> Option<Idempotency> {
    Some(with_fingerprint(mutation, key?, &input.to_value()))
}

/// A key with the fingerprint of a mutation and its input.
pub(crate) fn with_fingerprint(mutation: &str, key: String, input: &Value) -> Idempotency {
    let asked = serde_json::to_string(input).unwrap_or_default();
    let digest = Sha256::digest(format!("{mutation}\n{asked}").as_bytes());
    let fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Idempotency { key, fingerprint }
}
