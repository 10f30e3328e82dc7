//! The HTTP side: connections, routes, limits, and the GraphQL endpoint.

mod caldav;
mod catalogue;
mod etag;
mod explorer;
mod feeds;
mod files;
mod geojson;
mod graphql;
mod headers;
mod health;
mod listen;
mod log;
mod metrics;
mod ranges;
mod rate;
mod state;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::csrf::CsrfLayer;

pub use crate::http::explorer::{DemoAccount, Example, examples};
pub use crate::http::listen::{ConnectionLimits, Connections};
pub use crate::http::metrics::serve_metrics;
pub use crate::http::state::State;

/// How long a browser may remember what it was told about cross-origin requests.
const REMEMBER_CORS: Duration = Duration::from_secs(3_600);

/// All routes. Layers wrap from the inside out: the last one sees the request first.
///
/// # Errors
/// An origin in the configuration is none; checked before.
pub fn router(state: Arc<State>) -> Result<Router, String> {
    let pages = if state.config.http.explorer { pages() } else { Router::new() };
    // OPTIONS is theirs: beside the layer that answers it for pages of other origins.
    let caldav = Router::new()
        .route("/.well-known/caldav", any(caldav::well_known))
        .route("/caldav", any(caldav::answer))
        .route("/caldav/", any(caldav::answer))
        .route("/caldav/{*path}", any(caldav::answer))
        .layer(from_fn_with_state(state.clone(), busy));
    // Not compressed: a part of a file is a part of its bytes.
    let files = Router::new()
        .route("/datasets/{dataset}/versions/{file}", get(files::version))
        .route("/downloads/{ticket}", get(files::download))
        .layer(from_fn_with_state(state.clone(), busy))
        .layer(cors(&state)?);
    let router = Router::new()
        .route("/graphql", post(graphql::answer).get(graphql::answer))
        .route("/graphql/stream", post(graphql::answer_as_stream).get(graphql::answer_as_stream))
        .route("/graphql/ws", get(graphql::ws::upgrade))
        .route("/schema.graphql", get(graphql::schema))
        .route("/public/calendars/{file}", get(feeds::public_calendar))
        .route("/public/rounds/{file}", get(feeds::public_round))
        .route("/public/places.geojson", get(geojson::public_places))
        .route("/public/offers.geojson", get(geojson::public_offers))
        .route("/feeds/{file}", get(feeds::secret_feed))
        .route("/catalog", get(catalogue::catalogue))
        .route("/catalog.ttl", get(catalogue::catalogue))
        .route("/catalog.rdf", get(catalogue::catalogue))
        .route("/catalog.jsonld", get(catalogue::catalogue))
        .route("/catalog/datasets/{file}", get(catalogue::one))
        .route("/uploads/{ticket}", put(uploads::upload))
        .layer(csrf(&state)?)
        .layer(from_fn_with_state(state.clone(), busy))
        .merge(pages)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(|| async { problem(StatusCode::NOT_FOUND, "There is nothing at this address.") })
        .method_not_allowed_fallback(|| async {
            problem(StatusCode::METHOD_NOT_ALLOWED, "This address does not take this method.")
        })
        .layer(cors(&state)?)
        .merge(caldav)
        .layer(CompressionLayer::new())
        .merge(files)
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a request handler panicked");
            problem(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.")
        }))
        .layer(from_fn(secure))
        .layer(from_fn_with_state(state.clone(), log::line));
    Ok(router.with_state(state))
}

/// The explorer.
fn pages() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(explorer::page))
        .route("/explorer/settings.json", get(explorer::settings))
        .route("/explorer/{*path}", get(explorer::asset))
}

/// Pages of other origins may not send what changes something, token or not.
fn csrf(state: &State) -> Result<CsrfLayer, String> {
    let mut layer = CsrfLayer::new();
    for origin in &state.config.http.cors_origins {
        layer = layer.add_trusted_origin(origin).map_err(|error| format!("http.cors_origins: {error:?}"))?;
    }
    Ok(layer)
}

fn cors(state: &State) -> Result<CorsLayer, String> {
    let origins = state.config.http.cors_origins.iter().map(|it| HeaderValue::from_str(it));
    let origins: Vec<_> = origins.collect::<Result<_, _>>().map_err(|error| format!("http.cors_origins: {error}"))?;
    let named = HeaderName::from_static;
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            named("traceparent"),
            named("x-request-id"),
        ])
        .expose_headers([
            header::RETRY_AFTER,
            named("ratelimit"),
            named("ratelimit-policy"),
            named("traceresponse"),
            named("x-request-id"),
        ])
        .max_age(REMEMBER_CORS))
}

/// Works on so many requests at once and sends the rest away, instead of letting all wait.
async fn busy(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let Ok(_permit) = state.requests.try_acquire() else {
        let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, "Too many requests at once; try again.");
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    next.run(request).await
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    headers::secure(response.headers_mut());
    response
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
