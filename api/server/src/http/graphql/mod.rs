//! `/graphql`: authenticate, bound the document, execute, answer, log.
//!
//! After the GraphQL-over-HTTP draft: `POST` with JSON for everything, `GET` for queries only. With
//! `Accept: text/event-stream` the answer is a stream of events ([`sse`]); [`ws`] has the socket.

mod ask;
mod reply;
mod run;
mod sse;
pub(super) mod ws;

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use graphql_documents::limits;
use graphql_documents::limits::Introspection;
use kernel::error::TopLevelCode;
use kernel::i18n::{Locale, Text};

use crate::http::conditional::Validators;
use crate::http::explorer;
use crate::http::files::PUBLIC;
use crate::http::graphql::ask::{Ask, RequestRefusal};
use crate::http::graphql::reply::{Media, ReplyOutcome};
use crate::http::headers::{ClientAddress, RequestId};
use crate::http::state::State;
use crate::telemetry::RequestFields;

pub(super) use crate::http::graphql::run::Caller;

/// `POST /graphql` and `GET /graphql`, with or without a slash at the end. Browsers get the explorer, where it is on.
pub(super) async fn answer(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Response {
    let is_on = state.config.http.explorer;
    if let Some(way) = is_on.then(|| explorer::lead(request.method(), request.uri(), request.headers())).flatten() {
        return way;
    }
    let media = Media::negotiate(request.headers());
    serve(state, request_id, address, request, media).await
}

/// `/graphql/stream`: events, whatever `Accept` says.
pub(super) async fn answer_as_stream(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Response {
    serve(state, request_id, address, request, Some(Media::Events)).await
}

/// `GET /schema.graphql`: the schema in words, for code generators.
pub(super) async fn schema(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    headers: HeaderMap,
) -> Response {
    let refusal = match Caller::of(&state, &headers, address, &request_id).await {
        Err(refusal) => Some(refusal),
        Ok(caller) if !caller.may_introspect(&state) => Some(RequestRefusal::from(limits::sign_in_first())),
        Ok(_) => None,
    };
    if let Some(refusal) = refusal {
        return refused(&refusal);
    }
    let (sdl, everybody) = (graphql::schema::sdl(), state.config.graphql.introspection == Introspection::Everyone);
    let caching = if everybody { PUBLIC } else { "private, no-cache" };
    let mut response = Validators::of(&sdl, None).answer(&headers, "text/plain; charset=utf-8", caching, sdl);
    if !everybody {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("authorization"));
    }
    response
}

/// Checks the token of a request to another door.
///
/// # Errors
/// The answer to a token that is not accepted.
pub(super) async fn caller(
    state: &State,
    headers: &HeaderMap,
    address: IpAddr,
    request_id: &str,
) -> Result<Caller, Box<Response>> {
    Caller::of(state, headers, address, request_id).await.map_err(|refusal| Box::new(refused(&refusal)))
}

/// A refusal as an answer outside GraphQL.
fn refused(refusal: &RequestRefusal) -> Response {
    reply::finish(crate::http::problem(refusal.status, refusal.text()), Some(refusal))
}

/// The language of a request.
fn locale_of(headers: &HeaderMap) -> Locale {
    Locale::negotiate(crate::http::headers::text(headers, header::ACCEPT_LANGUAGE.as_str()))
}

async fn serve(
    state: Arc<State>,
    request_id: String,
    address: IpAddr,
    request: Request,
    media: Option<Media>,
) -> Response {
    let mut told = RequestFields { actor: "-", ..RequestFields::default() };
    let (head, body) = request.into_parts();
    let mut spending = None;
    let locale = locale_of(&head.headers);
    let asked = async {
        // Who asks comes first: what follows costs time.
        let caller = Caller::of(&state, &head.headers, address, &request_id).await?;
        told.actor = caller.actor.kind();
        if media.is_none() {
            let text = Text::new("request-accept");
            return Err(RequestRefusal::new(StatusCode::NOT_ACCEPTABLE, TopLevelCode::BadRequest, text));
        }
        let ask = if head.method == Method::GET {
            Ask::from_query(head.uri.query().unwrap_or_default())?
        } else {
            Ask::from_json(&read(&state, &head.headers, body).await?)?
        };
        let prepared = run::prepare(&state, &caller, ask, &request_id)?;
        told.operation = prepared.operation.clone();
        if head.method == Method::GET && prepared.operation.is_mutation() {
            let text = Text::new("request-get-mutation");
            return Err(RequestRefusal::new(StatusCode::METHOD_NOT_ALLOWED, TopLevelCode::BadRequest, text));
        }
        Ok((caller, prepared))
    }
    .await;
    let media = media.unwrap_or(Media::Any);
    let outcome = match asked {
        // Whatever is wrong with the document is told within the stream, once it is one.
        Ok((caller, prepared)) if media == Media::Events => return sse::stream(state, caller, prepared, told),
        Ok((_, prepared)) if prepared.operation.is_subscription() => {
            let text = Text::new("request-subscription");
            ReplyOutcome::Refused(RequestRefusal::new(StatusCode::NOT_ACCEPTABLE, TopLevelCode::BadRequest, text))
        }
        Ok((_, prepared)) => {
            spending = Some(prepared.spending.clone());
            match run::execute(&state, prepared, &mut told).await {
                Ok(response) => ReplyOutcome::Answered(Box::new(response)),
                Err(refusal) => ReplyOutcome::Refused(refusal),
            }
        }
        Err(refusal) if media == Media::Events && refusal.is_of_document() => {
            refusal.code.name().clone_into(&mut told.errors);
            return sse::refused(&refusal, &request_id, locale, told);
        }
        Err(refusal) => ReplyOutcome::Refused(refusal),
    };
    let mut response = reply::respond(media, &outcome, (&request_id, locale), spending.as_ref(), &mut told);
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    crate::http::headers::timing(state.config.http.server_timing, &told, response.headers_mut());
    response.extensions_mut().insert(told);
    response
}

/// Reads the body within its limits of type, size and time.
async fn read(state: &State, headers: &HeaderMap, body: Body) -> Result<Bytes, RequestRefusal> {
    reply::is_plain_json(headers)?;
    let limit = state.config.http.body_limit();
    let too_large = || {
        let text = Text::new("request-body-large").with("max", limit);
        RequestRefusal::new(StatusCode::PAYLOAD_TOO_LARGE, TopLevelCode::BadRequest, text)
    };
    let told =
        crate::http::headers::text(headers, header::CONTENT_LENGTH.as_str()).and_then(|it| it.parse::<usize>().ok());
    if told.is_some_and(|told| told > limit) {
        return Err(too_large());
    }
    match tokio::time::timeout(state.config.http.body_timeout(), axum::body::to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if std::error::Error::source(&error).is_some_and(is_length_limit) => Err(too_large()),
        Ok(Err(_broken)) => Err(RequestRefusal::bad(Text::new("request-body-broken"))),
        Err(_slow) => {
            let text = Text::new("request-body-slow");
            Err(RequestRefusal::new(StatusCode::REQUEST_TIMEOUT, TopLevelCode::BadRequest, text))
        }
    }
}

fn is_length_limit(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<http_body_util::LengthLimitError>()
}
