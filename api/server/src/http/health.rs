//! Probes.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::http::state::State;

/// The process is up.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and has the schema this program needs.
pub(super) async fn ready(Shared(state): Shared<Arc<State>>) -> Response {
    match migration::pending(&state.store.unscoped()).await {
        Ok(pending) if pending.is_empty() => "ready\n".into_response(),
        Ok(_) => {
            crate::http::problem(StatusCode::SERVICE_UNAVAILABLE, "Migrations are pending: run `verbund migrate`.")
        }
        Err(error) => {
            tracing::warn!(%error, "not ready");
            crate::http::problem(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer.")
        }
    }
}
