//! The HTTP side: connections, routes, limits, and the GraphQL endpoint.

mod caldav;
mod catalogue;
mod conditional;
mod encoding;
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
mod problems;
mod ranges;
mod rate;
mod state;
mod uploads;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use kernel::i18n::Text;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::csrf::CsrfLayer;

use crate::http::encoding::{compression, negotiate};
pub use crate::http::explorer::{BothLanguages, DemoAccount, Example, examples};
pub use crate::http::listen::{ConnectionLimits, Connections};
pub use crate::http::metrics::serve_metrics;
use crate::http::problems::{localize, no_such_address, problem};
pub use crate::http::state::State;

/// How long a browser may remember what it was told about cross-origin requests.
const REMEMBER_CORS: Duration = Duration::from_secs(3_600);

/// All routes. Layers wrap from the inside out: the last one sees the request first. Refusals by a bare status, such as
/// that of a method, get their words from `problems::localize`.
///
/// # Errors
/// An origin in the configuration is none; checked before.
pub fn router(state: Arc<State>) -> Result<Router, String> {
    let pages = if state.config.http.explorer { pages() } else { Router::new().route("/", any(caldav::root)) };
    // OPTIONS is theirs: beside the layer that answers it for pages of other origins.
    let caldav = Router::new()
        .route("/.well-known/caldav", any(caldav::well_known))
        .route("/caldav", any(caldav::answer))
        .route("/caldav/", any(caldav::answer))
        .route("/caldav/{*path}", any(caldav::answer))
        .layer(from_fn_with_state(state.clone(), busy));
    // What everybody may read, pages of any origin may read.
    let open = Router::new()
        .route("/schema.graphql", get(graphql::schema))
        .route("/public/calendars/{file}", get(feeds::public_calendar))
        .route("/public/rounds/{file}", get(feeds::public_round))
        .route("/public/places.geojson", get(geojson::public_places))
        .route("/public/offers.geojson", get(geojson::public_offers))
        .route("/catalog", get(catalogue::catalogue))
        .route("/catalog.ttl", get(catalogue::catalogue))
        .route("/catalog.rdf", get(catalogue::catalogue))
        .route("/catalog.jsonld", get(catalogue::catalogue))
        .route("/catalog/datasets/{file}", get(catalogue::one))
        .layer(from_fn_with_state(state.clone(), busy))
        .layer(cors(AllowOrigin::any()));
    // Large ones are compressed at each request: quickly. A part of a file is a part of its bytes, and sent as it is.
    let files = Router::new()
        .route("/datasets/{dataset}/versions/{file}", get(files::version))
        .route("/downloads/{ticket}", get(files::download))
        .layer(from_fn_with_state(state.clone(), busy))
        .layer(cors(AllowOrigin::any()))
        .layer(compression(CompressionLevel::Fastest));
    let router: Router = Router::new()
        .route("/graphql", post(graphql::answer).get(graphql::answer))
        .route("/graphql/", post(graphql::answer).get(graphql::answer))
        .route("/graphql/stream", post(graphql::answer_as_stream).get(graphql::answer_as_stream))
        .route("/graphql/ws", get(graphql::ws::upgrade))
        .route("/feeds/{file}", get(feeds::secret_feed))
        .route("/uploads/{ticket}", put(uploads::upload))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(state.clone(), trusted))
        .layer(from_fn_with_state(state.clone(), busy))
        .merge(pages)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(|uri: Uri| async move { no_such_address(uri.path()) })
        .layer(cors(named_origins(&state)))
        .merge(open)
        .merge(caldav)
        .layer(compression(CompressionLevel::Default))
        .merge(files)
        .layer(from_fn(negotiate))
        .layer(CatchPanicLayer::custom(|_| {
            tracing::error!("a request handler panicked");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }))
        .with_state(state.clone());
    // Which methods an address takes is known only outside of all layers of its router.
    Ok(Router::new()
        .fallback_service(router)
        .layer(from_fn(localize))
        .layer(from_fn(secure))
        .layer(from_fn_with_state(state, log::line)))
}

/// The explorer.
fn pages() -> Router<Arc<State>> {
    Router::new()
        .route("/", get(explorer::page).fallback(caldav::root))
        .route("/explorer/settings.json", get(explorer::settings))
        .route("/explorer/README.md", get(explorer::readme))
        .route("/explorer/{*path}", get(explorer::asset))
}

/// Pages of other origins may not send what changes something, token or not (see `CsrfLayer`, which is inside): those that
/// may use the API pass as if they were its own.
async fn trusted(Shared(state): Shared<Arc<State>>, mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    if headers::text(headers, header::ORIGIN.as_str()).is_some_and(|it| state.config.http.allows_origin(it)) {
        headers.remove(header::ORIGIN);
        headers.remove("sec-fetch-site");
    }
    next.run(request).await
}

/// Pages that may use the API: those of the origins that are named, and of this machine where the configuration says so.
fn named_origins(state: &Arc<State>) -> AllowOrigin {
    let state = state.clone();
    AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|it| state.config.http.allows_origin(it)))
}

/// What pages of some origins may send and read. Tokens are bearer tokens, which no browser adds by itself.
fn cors(origins: AllowOrigin) -> CorsLayer {
    let named = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CACHE_CONTROL,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_MODIFIED_SINCE,
            header::IF_NONE_MATCH,
            header::IF_RANGE,
            header::IF_UNMODIFIED_SINCE,
            header::RANGE,
            named("x-request-id"),
            // OpenTelemetry and Sentry.
            named("baggage"),
            named("sentry-trace"),
            named("traceparent"),
            named("tracestate"),
            // Apollo.
            named("apollo-require-preflight"),
            named("apollographql-client-name"),
            named("apollographql-client-version"),
            named("x-apollo-operation-name"),
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_LANGUAGE,
            header::CONTENT_RANGE,
            header::ETAG,
            header::LAST_MODIFIED,
            header::LINK,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            named("ratelimit"),
            named("ratelimit-policy"),
            named("server-timing"),
            named("traceresponse"),
            named("x-request-id"),
        ])
        .max_age(REMEMBER_CORS)
}

/// Works on so many requests at once and sends the rest away, instead of letting all wait.
async fn busy(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let Ok(_permit) = state.requests.try_acquire() else {
        let text = Text::new("http-busy").with("max", state.config.http.max_concurrent_requests);
        let mut response = problem(StatusCode::SERVICE_UNAVAILABLE, text);
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
