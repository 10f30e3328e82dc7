//! `POST /graphql`: authenticate, bound the document, execute, answer, log.
//!
//! Statuses follow the GraphQL-over-HTTP draft: a request that cannot be executed is 4xx without `data`; everything
//! that was executed is 200.

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response as GraphQlResponse, Variables};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::headers::{RequestId, text};
use super::state::State;
use crate::auth::Actor;
use crate::context::Op;
use crate::error::{ApiError, TopLevelCode};
use crate::graphql::finish_errors;
use crate::graphql::limits::{self, Refused};
use crate::i18n::Locale;
use crate::telemetry::{Operation, Told};

/// A GraphQL request. Keys that are not listed are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    #[serde(default)]
    operation_name: Option<String>,
    #[serde(default)]
    variables: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A request that is refused before it is executed.
struct Refusal {
    status: StatusCode,
    code: TopLevelCode,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: TopLevelCode, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, refused.code, refused.message)
    }
}

pub(super) async fn answer(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut told = Told { actor: "-", ..Told::default() };
    let (status, body) = match serve(&state, &headers, &body, &request_id, &mut told).await {
        Ok((status, body)) => (status, body),
        Err(refusal) => {
            told.errors = refusal.code.name().to_owned();
            let error = json!({
                "message": refusal.message,
                "extensions": { "code": refusal.code.name(), "requestId": request_id },
            });
            (refusal.status, json!({ "errors": [error] }).to_string())
        }
    };
    let mut response = (status, body).into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, content_type(&headers, status));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static(
            "Bearer realm=\"verbund\", error=\"invalid_token\", error_description=\"The access token is not accepted\"",
        );
        head.insert(header::WWW_AUTHENTICATE, challenge);
    }
    if state.config.http.server_timing {
        let millis = told.database.as_secs_f64() * 1_000.0;
        let timing = format!("db;dur={millis:.3};desc=\"{} statements\"", told.statements);
        if let Ok(timing) = HeaderValue::from_str(&timing) {
            head.insert("server-timing", timing);
        }
    }
    response.extensions_mut().insert(told);
    response
}

async fn serve(
    state: &State,
    headers: &HeaderMap,
    body: &[u8],
    request_id: &str,
    told: &mut Told,
) -> Result<(StatusCode, String), Refusal> {
    let actor = authenticate(state, headers, request_id)?;
    told.actor = actor.kind();
    let (document, body) = read(state, headers, body)?;
    let document = (*document).clone();
    told.operation = Operation::of(&document, body.operation_name.as_deref());

    let locale = Locale::negotiate(text(headers, header::ACCEPT_LANGUAGE.as_str()));
    let op = Arc::new(Op::new(state.store.clone(), state.clock.clone(), actor, request_id.to_owned(), locale));
    let mut variables = body.variables.map(|it| Variables::from_json(it.into())).unwrap_or_default();
    limits::fill(&document, body.operation_name.as_deref(), &mut variables);
    let mut request = Request::new(body.query).data(op.clone()).variables(variables);
    request.set_parsed_query(document);
    if let Some(name) = body.operation_name {
        request = request.operation_name(name);
    }
    let mut response = state.schema.execute(request).await;
    if let Err(ApiError::Fault(fault)) = op.finish().await {
        // It only read: what was answered stands, the connection is gone.
        tracing::warn!(request_id, fault = fault.message, "the reading session did not end well");
    }
    finish_errors(&mut response, &op);
    told.statements = op.stats.statements();
    told.database = op.stats.time();
    told.errors = codes(&response);
    Ok(render(&response))
}

/// The body of an answer. A request that was not executed has no `data` key.
fn render(response: &GraphQlResponse) -> (StatusCode, String) {
    let executed = response.errors.is_empty() || response.errors.iter().any(|it| !it.path.is_empty());
    let status = if executed { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let text = if executed {
        serde_json::to_string(response)
    } else {
        serde_json::to_string(&json!({ "errors": response.errors }))
    };
    match text {
        Ok(text) => (status, text),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

fn codes(response: &GraphQlResponse) -> String {
    let mut codes = Vec::new();
    for error in &response.errors {
        let code = error.extensions.as_ref().and_then(|it| it.get("code"));
        if let Some(async_graphql::Value::String(code)) = code
            && !codes.contains(code)
        {
            codes.push(code.clone());
        }
    }
    codes.join(",")
}

fn authenticate(state: &State, headers: &HeaderMap, request_id: &str) -> Result<Actor, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    };
    let checked = match value {
        Ok(value) => state.verifier.authenticate(value, state.clock.now()),
        Err(()) => Err(crate::auth::Rejection::Header),
    };
    checked.map_err(|rejection| {
        tracing::info!(request_id, reason = rejection.name(), "token refused");
        let message = "The access token is not accepted.";
        Refusal::new(StatusCode::UNAUTHORIZED, TopLevelCode::Unauthenticated, message)
    })
}

/// Reads the body and its document, within limits. Documents are parsed once and kept.
fn read(state: &State, headers: &HeaderMap, body: &[u8]) -> Result<(Arc<ExecutableDocument>, Body), Refusal> {
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        let message = "Send the request as application/json.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, TopLevelCode::BadRequest, message));
    }
    let body: Body = serde_json::from_slice(body).map_err(|error| {
        let message = format!("The body is not a GraphQL request: {error}");
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Refusal::new(status, TopLevelCode::BadRequest, message)
    })?;
    if let Some(document) = state.documents.get(&body.query) {
        return Ok((document, body));
    }
    limits::scan(&body.query)?;
    let document = parse_query(&body.query)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, TopLevelCode::ParseFailed, error.to_string()))?;
    limits::root_fields(&document)?;
    let document = Arc::new(document);
    state.documents.insert(body.query.clone(), document.clone());
    Ok((document, body))
}

/// The newer media type for those who ask for it.
fn content_type(headers: &HeaderMap, status: StatusCode) -> HeaderValue {
    let accepts = text(headers, header::ACCEPT.as_str()).unwrap_or_default();
    if accepts.contains("application/graphql-response+json") || (status != StatusCode::OK && accepts.is_empty()) {
        HeaderValue::from_static("application/graphql-response+json; charset=utf-8")
    } else {
        HeaderValue::from_static("application/json; charset=utf-8")
    }
}
