//! The HTTP side: routes, limits, and the GraphQL endpoint.

mod graphql;
mod headers;
mod health;
mod log;
mod metrics;
mod state;

pub use metrics::serve_metrics;
pub use state::State;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// All routes. Layers wrap from the inside out: the last one sees the request first.
pub fn router(state: Arc<State>) -> Router {
    let http = &state.config.http;
    Router::new()
        .route("/graphql", post(graphql::answer))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/schema.graphql", get(schema))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "There is nothing at this address.") })
        .method_not_allowed_fallback(|| async {
            problem(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method.")
        })
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, http.request_timeout()))
        .layer(RequestBodyLimitLayer::new(http.body_limit_kib.saturating_mul(1024)))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a request handler panicked");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        }))
        .layer(axum::middleware::from_fn_with_state(state.clone(), log::line))
        .with_state(state)
}

/// The schema in words, for code generators.
async fn schema() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], crate::graphql::sdl()).into_response()
}

/// An error outside GraphQL, after RFC 9457.
fn problem(status: StatusCode, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
