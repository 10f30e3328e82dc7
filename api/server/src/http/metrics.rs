//! `/metrics`, on a listener of its own: it is for the operator's network, not for users.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State as Shared;
use axum::http::{Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::http::health;
use crate::http::problems::{localize, no_such_address};
use crate::http::state::State;

/// How often measured durations are put into their buckets when nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves metrics until the set is dropped.
pub fn serve_metrics(state: Arc<State>, listener: TcpListener) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let kept = state.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            kept.metrics.upkeep();
        }
    });
    tasks.spawn(async move {
        if let Err(error) = axum::serve(listener, router(state)).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    tasks
}

fn router(state: Arc<State>) -> Router {
    let missing = |uri: Uri| async move { no_such_address(uri.path()) };
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health::alive))
        .fallback(missing)
        .method_not_allowed_fallback(missing)
        .layer(from_fn(localize))
        .with_state(state)
}

async fn metrics(Shared(state): Shared<Arc<State>>) -> Response {
    let text = state.metrics.text(state.store.connections());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
