//! What request handlers share.

use std::sync::Arc;

use domain::datasets::files::made::Cache as FileCache;
use domain::members::sign_in::SignIn;
use graphql::schema::{ApiSchema, build};
use graphql_documents::CheckedDocument;
use kernel::clock::Clock;
use moka::sync::Cache;
use store::Store;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::Verifier;
use crate::config::Config;
use crate::http::explorer::DemoAccount;
use crate::http::rate::Budget;
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
    /// Makes people known who arrive with the word of an issuer.
    pub sign_in: SignIn,
    /// Files that were made of tables.
    pub files: FileCache,
    /// The schema.
    pub schema: ApiSchema,
    /// What the server counts.
    pub metrics: Metrics,
    /// Where its spans go, if anywhere.
    pub spans: Option<Spans>,
    /// Parsed and validated documents by their full text, bounded.
    pub documents: Cache<String, Arc<CheckedDocument>>,
    /// Points per minute of an account.
    pub signed_in_budget: Arc<Budget>,
    /// Points per minute of an address.
    pub anonymous_budget: Arc<Budget>,
    /// Role accounts that the explorer offers, with their tokens; none but in the demo.
    pub demo_accounts: Vec<DemoAccount>,
    /// Requests that are worked on.
    pub requests: Arc<Semaphore>,
    /// Open sockets.
    pub sockets: Arc<Semaphore>,
    /// Open event streams.
    pub streams: Arc<Semaphore>,
    /// Sockets that are still served.
    pub served: TaskTracker,
    /// Set when the server stops: what would go on for ever ends then.
    pub stopping: CancellationToken,
}

impl State {
    /// The state of a server that was just started.
    pub fn new(config: Config, store: Store, clock: Clock, verifier: Verifier) -> Self {
        let permits = |max: usize| Arc::new(Semaphore::new(max));
        Self {
            files: FileCache::new(&config.files.folder, config.catalogue.address(config.http.listen)),
            schema: build(config.limits(), &config.files),
            documents: Cache::new(config.graphql.document_cache),
            sign_in: SignIn::default(),
            signed_in_budget: Arc::new(Budget::new(config.graphql.points_per_minute)),
            anonymous_budget: Arc::new(Budget::new(config.graphql.anonymous_points_per_minute)),
            demo_accounts: Vec::new(),
            requests: permits(config.http.max_concurrent_requests),
            sockets: permits(config.live.max_sockets),
            streams: permits(config.live.max_streams),
            served: TaskTracker::new(),
            stopping: CancellationToken::new(),
            metrics: Metrics::off(),
            spans: None,
            verifier,
            store,
            clock,
            config,
        }
    }
}
