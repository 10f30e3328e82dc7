//! Calendars for programs that subscribe: what everybody may see, without signing in.

use std::sync::Arc;

use async_graphql::ID;
use axum::Extension;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::headers::{ClientAddress, RequestId, text};
use super::problem;
use super::rate::Spending;
use super::state::State;
use crate::auth::Actor;
use crate::calendars::feed;
use crate::error::ApiResult;
use crate::graphql::Charge as _;
use crate::graphql::id::NodeType;
use crate::ics::write;

/// Points that one answer takes from the budget of its address.
const POINTS: usize = 100;
/// How long caches may keep an answer without asking, in seconds.
const FRESH: &str = "public, max-age=300";

/// `GET /public/calendars/<id>.ics`. What is hidden looks like what does not exist.
pub(super) async fn public_calendar(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let spending = Spending::new(state.anonymous_budget.clone(), address.to_string());
    if !spending.charge(POINTS) {
        let mut response = problem(StatusCode::TOO_MANY_REQUESTS, "Too many requests in too short a time.");
        spending.headers(response.headers_mut());
        return response;
    }
    match body(&state, &file).await {
        Ok(Some(body)) => answer(&headers, body),
        Ok(None) => problem(StatusCode::NOT_FOUND, "There is nothing at this address."),
        Err(error) => {
            tracing::error!(request_id, fault = crate::operator::say(&error), "a calendar could not be told");
            problem(StatusCode::SERVICE_UNAVAILABLE, "The calendar cannot be told at the moment; try again.")
        }
    }
}

async fn body(state: &State, file: &str) -> ApiResult<Option<String>> {
    let Some(id) = file.strip_suffix(".ics") else { return Ok(None) };
    let Ok(id) = NodeType::Calendar.parse(&ID::from(id), "calendar") else { return Ok(None) };
    let session = state.store.read(&Actor::Anonymous, state.clock.now(), Arc::default()).await?;
    let feed = feed(&session, id).await?;
    session.commit().await?;
    Ok(feed.map(|it| write::feed(&it)))
}

/// The body, or 304 where the program has it already.
fn answer(headers: &HeaderMap, body: String) -> Response {
    let digest = Sha256::digest(&body);
    let tag: String = digest[..12].iter().map(|it| format!("{it:02x}")).collect();
    let tag = format!("\"{tag}\"");
    let known = text(headers, header::IF_NONE_MATCH.as_str());
    let fresh = known.is_some_and(|it| it.split(',').any(|it| it.trim().trim_start_matches("W/") == tag));
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(write::MEDIA_TYPE));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(FRESH));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        head.insert(header::ETAG, tag);
    }
    response
}
