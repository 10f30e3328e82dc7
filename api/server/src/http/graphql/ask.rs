//! What a client asks, from whichever transport, and how a request is refused before it is executed.

use axum::http::StatusCode;
use graphql::limits::DocumentRefusal;
use kernel::error::TopLevelCode;
use kernel::text::clip;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The most characters of a message that may repeat what the client sent.
const MAX_MESSAGE: usize = 300;

/// A GraphQL request. Keys that are not listed are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ask {
    /// The document.
    pub(super) query: String,
    /// Which of its operations.
    #[serde(default)]
    pub(super) operation_name: Option<String>,
    /// Values of its variables.
    #[serde(default)]
    pub(super) variables: Option<Map<String, Value>>,
    /// Anything; we know no extension, but it must be an object.
    #[serde(default, rename = "extensions")]
    _extensions: Option<Map<String, Value>>,
}

/// The same in a query string: objects come as JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<String>,
    #[serde(default)]
    extensions: Option<String>,
}

impl Ask {
    /// Reads a body of JSON.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, RequestRefusal> {
        serde_json::from_slice(body)
            .map_err(|error| RequestRefusal::bad(format!("The body is not a GraphQL request: {error}")))
    }

    /// Reads one that arrived as JSON already.
    pub(super) fn from_value(value: Value) -> Result<Self, RequestRefusal> {
        serde_json::from_value(value)
            .map_err(|error| RequestRefusal::bad(format!("This is not a GraphQL request: {error}")))
    }

    /// Reads a query string.
    pub(super) fn from_query(query: &str) -> Result<Self, RequestRefusal> {
        let uri =
            format!("/?{query}").parse().map_err(|error| RequestRefusal::bad(format!("The query string: {error}")))?;
        let axum::extract::Query(it) = axum::extract::Query::<Parameters>::try_from_uri(&uri).map_err(|error| {
            RequestRefusal::bad(format!("The query string is not a GraphQL request: {}", error.body_text()))
        })?;
        Ok(Self {
            query: it.query,
            operation_name: it.operation_name.filter(|it| !it.is_empty()),
            variables: object("variables", it.variables)?,
            _extensions: object("extensions", it.extensions)?,
        })
    }
}

fn object(name: &str, text: Option<String>) -> Result<Option<Map<String, Value>>, RequestRefusal> {
    match text {
        Some(text) if !text.is_empty() => serde_json::from_str(&text)
            .map_err(|error| RequestRefusal::bad(format!("The parameter {name:?} is no JSON object: {error}"))),
        _ => Ok(None),
    }
}

/// A request that is refused before it is executed.
#[derive(Debug)]
pub(super) struct RequestRefusal {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// The code in `extensions`.
    pub(super) code: TopLevelCode,
    /// What is wrong.
    pub(super) message: String,
}

impl RequestRefusal {
    pub(super) fn new(status: StatusCode, code: TopLevelCode, message: impl AsRef<str>) -> Self {
        Self { status, code, message: clip(message.as_ref(), MAX_MESSAGE) }
    }

    /// It is not a GraphQL request.
    pub(super) fn bad(message: impl AsRef<str>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, TopLevelCode::BadRequest, message)
    }

    /// It took too long.
    pub(super) fn timeout() -> Self {
        let message = "The request took too long and was ended.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, TopLevelCode::Timeout, message)
    }

    /// The GraphQL error of this refusal.
    pub(super) fn error(&self, request_id: &str) -> Value {
        serde_json::json!({
            "message": self.message,
            "extensions": { "code": self.code.name(), "requestId": request_id },
        })
    }
}

impl From<DocumentRefusal> for RequestRefusal {
    fn from(refused: DocumentRefusal) -> Self {
        let status = match refused.code {
            TopLevelCode::Unauthenticated => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, refused.code, refused.message)
    }
}
