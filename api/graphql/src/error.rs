//! Errors on their way out: a code and a text for what the client did, a code and the request id for the rest.

use async_graphql::{ErrorExtensionValues, PathSegment, QueryPathNode, Response, ServerError, Value};
use domain::context::op::Op;
use kernel::error::{ApiError, TopLevelCode, UserErrorCode};
use kernel::text::clip;

/// The most errors that one answer lists.
const MAX_ERRORS: usize = 20;
/// The most characters of a message that may repeat what the client sent.
const MAX_MESSAGE: usize = 300;
/// The extension of an error in which its path lies until it goes out.
const PATH: &str = "path";

/// Keeps the path of the field that failed. The executor (async-graphql 8.0.0-rc.5) replaces it by that of each list
/// around the field, and with it the rest of the path is gone.
pub fn with_path(mut error: ServerError, node: &QueryPathNode<'_>) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get(PATH).is_none()
        && let Ok(path) = async_graphql::to_value(node)
    {
        extensions.set(PATH, path);
    }
    error
}

/// The path that was kept, or that of the executor.
fn path_of(error: &ServerError) -> Vec<PathSegment> {
    let kept = match error.extensions.as_ref().and_then(|it| it.get(PATH)) {
        Some(Value::List(path)) => path,
        _ => return error.path.clone(),
    };
    let segment = |it: &Value| match it {
        Value::Number(index) => index.as_u64().and_then(|it| usize::try_from(it).ok()).map(PathSegment::Index),
        Value::String(name) => Some(PathSegment::Field(name.clone())),
        _ => None,
    };
    kept.iter().filter_map(segment).collect()
}

/// Gives every error of a response its code, its words in the client's language, and the request id; logs faults.
pub fn finish_errors(response: &mut Response, op: &Op) {
    let mut errors = Vec::new();
    for mut error in std::mem::take(&mut response.errors) {
        error.path = path_of(&error);
        match error.source.as_ref().and_then(|it| it.downcast_ref::<ApiError>()).cloned() {
            Some(ApiError::Problems(problems)) => {
                for problem in problems {
                    op.note_user_error(problem.code);
                    let code = top_level(problem.code);
                    let mut copy = coded(error.clone(), code, op);
                    copy.message = problem.text.render(op.locale);
                    if let (Some(field), Some(extensions)) = (problem.field, copy.extensions.as_mut()) {
                        extensions.set("field", field.as_ref());
                        extensions.set("reason", problem.code.name());
                    }
                    errors.push(copy);
                }
            }
            Some(ApiError::Fault(fault)) => {
                tracing::error!(request_id = op.request_id, fault = fault.message, "operation failed");
                let code =
                    if fault.unavailable { TopLevelCode::Unavailable } else { TopLevelCode::InternalServerError };
                errors.push(masked(error, code, op));
            }
            // Errors of the executor itself: about the document, or about a value that does not fit its type.
            None if error.path.is_empty() => errors.push(coded(error, TopLevelCode::ValidationFailed, op)),
            None if is_wrong_value(&error) => {
                errors.push(coded(error, TopLevelCode::BadUserInput, op));
            }
            None => {
                tracing::error!(request_id = op.request_id, fault = error.message, "the executor failed");
                errors.push(masked(error, TopLevelCode::InternalServerError, op));
            }
        }
    }
    errors.truncate(MAX_ERRORS);
    response.errors = errors;
}

/// Whether a value does not fit its type, as the executor says it.
fn is_wrong_value(error: &ServerError) -> bool {
    ["Failed to parse", "Expected input type"].iter().any(|it| error.message.starts_with(it))
}

const fn top_level(code: UserErrorCode) -> TopLevelCode {
    match code {
        UserErrorCode::Unauthenticated => TopLevelCode::Unauthenticated,
        UserErrorCode::LimitReached => TopLevelCode::CostExceeded,
        UserErrorCode::NotFound
        | UserErrorCode::Forbidden
        | UserErrorCode::Invalid
        | UserErrorCode::Required
        | UserErrorCode::TooLong
        | UserErrorCode::OutOfRange
        | UserErrorCode::NotUnique
        | UserErrorCode::Conflict
        | UserErrorCode::StaleVersion
        | UserErrorCode::IdempotencyMismatch
        | UserErrorCode::IllegalTransition
        | UserErrorCode::LastAdmin
        | UserErrorCode::NotHeld
        | UserErrorCode::AgreementNotActive
        | UserErrorCode::NotCovered
        | UserErrorCode::Disclosure
        | UserErrorCode::FullSyncRequired => TopLevelCode::BadUserInput,
    }
}

fn coded(mut error: ServerError, code: TopLevelCode, op: &Op) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    extensions.set("code", code.name());
    extensions.set("requestId", op.request_id.as_str());
    error.extensions = Some(extensions);
    error.source = None;
    error.message = clip(&error.message, MAX_MESSAGE);
    error
}

fn masked(error: ServerError, code: TopLevelCode, op: &Op) -> ServerError {
    let mut error = coded(error, code, op);
    error.message = kernel::i18n::Text::new("internal").with("request", &op.request_id).render(op.locale);
    error
}
