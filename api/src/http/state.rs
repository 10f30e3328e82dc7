//! What request handlers share.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use moka::sync::Cache;

use crate::auth::Verifier;
use crate::config::Config;
use crate::context::Clock;
use crate::graphql::ApiSchema;
use crate::store::Store;
use crate::telemetry::{Metrics, Spans};

/// One per server.
pub struct State {
    /// The configuration.
    pub config: Config,
    /// The store.
    pub store: Store,
    /// Where "now" comes from.
    pub clock: Clock,
    /// Who signs tokens we accept.
    pub verifier: Verifier,
    /// The schema.
    pub schema: ApiSchema,
    /// What the server counts.
    pub metrics: Metrics,
    /// Where its spans go, if anywhere.
    pub spans: Option<Spans>,
    /// Parsed documents by their full text, bounded.
    pub documents: Cache<String, Arc<ExecutableDocument>>,
}
