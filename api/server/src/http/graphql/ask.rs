//! What a client asks, from whichever transport, and how a request is refused before it is executed.

use axum::http::StatusCode;
use graphql_documents::DocumentProblem;
use kernel::error::TopLevelCode;
use kernel::i18n::{Locale, Text};
use kernel::text::clip;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::auth::Rejection;

/// A GraphQL request. Keys that are not listed are ignored.
#[derive(Debug)]
pub(super) struct Ask {
    /// The document.
    pub(super) query: String,
    /// Which of its operations.
    pub(super) operation_name: Option<String>,
    /// Values of its variables.
    pub(super) variables: Option<Map<String, Value>>,
}

/// The keys of a request as they came; a key that comes twice is refused by reading.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    query: Option<Value>,
    operation_name: Option<Value>,
    variables: Option<Value>,
    extensions: Option<Value>,
    document_id: Option<Value>,
}

impl Ask {
    /// Reads a body of JSON.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, RequestRefusal> {
        let given = serde_json::from_slice(body).map_err(|error| {
            let key = if error.is_data() { "request-object" } else { "request-json" };
            RequestRefusal::bad(Text::new(key).with("line", error.line()).with("column", error.column()))
        })?;
        Self::of(given)
    }

    /// Reads one that arrived as JSON already.
    pub(super) fn from_value(value: Value) -> Result<Self, RequestRefusal> {
        Self::of(serde_json::from_value(value).map_err(|_| RequestRefusal::bad(Text::new("request-object")))?)
    }

    /// Reads a query string; objects come as JSON in it.
    pub(super) fn from_query(query: &str) -> Result<Self, RequestRefusal> {
        let mut given = Map::new();
        for (name, text) in pairs(query)? {
            let value = match name.as_str() {
                "variables" | "extensions" | "operationName" if text.is_empty() => Value::Null,
                "variables" | "extensions" => {
                    serde_json::from_str(&text).map_err(|_| wrong_type(&name, "request-json-object"))?
                }
                _ => Value::String(text),
            };
            if given.insert(name.clone(), value).is_some() {
                return Err(RequestRefusal::bad(Text::new("request-twice").with("field", clip(&name, 40))));
            }
        }
        Self::from_value(Value::Object(given))
    }

    fn of(given: Given) -> Result<Self, RequestRefusal> {
        let operation_name = match given.operation_name {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(name),
            Some(_) => return Err(wrong_type("operationName", "request-string")),
        };
        let variables = object(given.variables, "variables")?;
        let extensions = object(given.extensions, "extensions")?;
        match given.query {
            Some(Value::String(query)) => Ok(Self { query, operation_name, variables }),
            Some(Value::Null) | None => Err(no_document(extensions.as_ref(), given.document_id.is_some())),
            Some(_) => Err(wrong_type("query", "request-string")),
        }
    }
}

/// The parameters of a query string.
fn pairs(query: &str) -> Result<Vec<(String, String)>, RequestRefusal> {
    let uri = format!("/?{query}").parse().map_err(|_| RequestRefusal::bad(Text::new("request-query-string")))?;
    let pairs = axum::extract::Query::try_from_uri(&uri);
    pairs.map(|axum::extract::Query(it)| it).map_err(|_| RequestRefusal::bad(Text::new("request-query-string")))
}

fn object(value: Option<Value>, name: &str) -> Result<Option<Map<String, Value>>, RequestRefusal> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(wrong_type(name, "request-json-object")),
    }
}

/// A request without a document: clients of persisted queries learn how they go on.
fn no_document(extensions: Option<&Map<String, Value>>, by_id: bool) -> RequestRefusal {
    if by_id || extensions.is_some_and(|it| it.contains_key("persistedQuery")) {
        return RequestRefusal::new(
            StatusCode::BAD_REQUEST,
            TopLevelCode::PersistedQueryNotSupported,
            Text::new("request-persisted"),
        );
    }
    RequestRefusal::bad(Text::new("request-no-query"))
}

/// A part of the request that is of another type; `wanted` is the text that tells which.
fn wrong_type(field: &str, wanted: &'static str) -> RequestRefusal {
    RequestRefusal::bad(Text::new(wanted).with("field", field))
}

/// A request that is refused before it is executed.
#[derive(Debug)]
pub(super) struct RequestRefusal {
    /// HTTP status.
    pub(super) status: StatusCode,
    /// The code in `extensions`.
    pub(super) code: TopLevelCode,
    /// What is wrong.
    problems: Vec<DocumentProblem>,
    /// What a client that may not go on is asked for.
    challenge: Challenge,
}

/// Challenge of an answer with 401 (RFC 6750, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A token: none was sent.
    SignIn,
    /// Another token.
    Invalid,
    /// A newer token: this one was right, and its time is over.
    Expired,
}

impl Challenge {
    /// The value of `WWW-Authenticate`.
    const fn header(self) -> &'static str {
        match self {
            Self::SignIn => "Bearer realm=\"verbund\"",
            Self::Invalid => {
                "Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"The access token is not accepted\""
            }
            Self::Expired => {
                "Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"The access token expired\""
            }
        }
    }
}

impl RequestRefusal {
    pub(super) fn new(status: StatusCode, code: TopLevelCode, text: Text) -> Self {
        Self { status, code, problems: vec![DocumentProblem::whole(code, text)], challenge: Challenge::SignIn }
    }

    /// The token is not accepted.
    pub(super) fn of_token(rejection: Rejection) -> Self {
        let (challenge, text) = match rejection {
            // Told of tokens whose signature is right only.
            Rejection::Expired => (Challenge::Expired, Text::new("request-token-expired")),
            _ => (Challenge::Invalid, Text::new("request-token")),
        };
        Self { challenge, ..Self::new(StatusCode::UNAUTHORIZED, TopLevelCode::Unauthenticated, text) }
    }

    /// The value of `WWW-Authenticate`, where the refusal has the status 401.
    pub(super) fn challenge(&self) -> Option<&'static str> {
        (self.status == StatusCode::UNAUTHORIZED).then(|| self.challenge.header())
    }

    /// Whether the token was right and its time is over.
    pub(super) fn is_expired(&self) -> bool {
        self.challenge == Challenge::Expired
    }

    /// It is not a GraphQL request.
    pub(super) fn bad(text: Text) -> Self {
        Self::new(StatusCode::BAD_REQUEST, TopLevelCode::BadRequest, text)
    }

    /// It took too long.
    pub(super) fn timeout() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, TopLevelCode::Timeout, Text::new("request-timeout"))
    }

    /// A document or its variables that are refused.
    pub(super) fn of_document(problems: Vec<DocumentProblem>) -> Self {
        let code = problems.first().map_or(TopLevelCode::ValidationFailed, |it| it.code);
        let status = match code {
            TopLevelCode::Unauthenticated => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, code, problems, challenge: Challenge::SignIn }
    }

    /// Whether the request as such is one, and its document or values are refused.
    pub(super) const fn is_of_document(&self) -> bool {
        matches!(
            self.code,
            TopLevelCode::ParseFailed
                | TopLevelCode::ValidationFailed
                | TopLevelCode::BadUserInput
                | TopLevelCode::CostExceeded
        )
    }

    /// What is wrong, for doors that tell one thing.
    pub(super) fn text(&self) -> Text {
        self.problems.first().map_or(Text::new("request-object"), |it| it.text.clone())
    }

    /// The GraphQL errors of this refusal.
    pub(super) fn errors(&self, request_id: &str, locale: Locale) -> Vec<Value> {
        let error = |it: &DocumentProblem| {
            let mut extensions = Map::new();
            extensions.insert("code".to_owned(), it.code.name().into());
            extensions.insert("requestId".to_owned(), request_id.into());
            let details = [
                ("field", it.field.as_deref()),
                ("variable", it.variable.as_deref()),
                ("reason", it.reason.map(kernel::error::UserErrorCode::name)),
            ];
            extensions.extend(details.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))));
            let mut error = json!({ "message": it.render(locale), "extensions": extensions });
            if !it.locations.is_empty() {
                let locations = it.locations.iter().map(|at| json!({ "line": at.line, "column": at.column }));
                error["locations"] = locations.collect();
            }
            error
        };
        self.problems.iter().map(error).collect()
    }
}

impl From<Box<DocumentProblem>> for RequestRefusal {
    fn from(problem: Box<DocumentProblem>) -> Self {
        Self::of_document(vec![*problem])
    }
}
