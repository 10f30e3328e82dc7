//! Probes.

use std::sync::Arc;

use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::i18n::Text;

use crate::http::problem;
use crate::http::state::State;

/// The process is up.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers and has the schema this program needs.
pub(super) async fn ready(Shared(state): Shared<Arc<State>>) -> Response {
    match migration::pending(&state.store.unscoped()).await {
        Ok(pending) if pending.is_empty() => "ready\n".into_response(),
        Ok(_) => problem(StatusCode::SERVICE_UNAVAILABLE, Text::new("http-migrations-pending")),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            problem(StatusCode::SERVICE_UNAVAILABLE, Text::new("http-no-database"))
        }
    }
}
