//! The running server, the same in `serve`, `demo` and tests.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::ListenerExt as _;
use moka::sync::Cache;
use tokio::net::TcpListener;

use crate::auth::{LocalIssuer, Verifier};
use crate::config::Config;
use crate::context::Clock;
use crate::graphql::build;
use crate::http::{State, router, serve_metrics};
use crate::store::{Engine, Store};
use crate::telemetry::{Metrics, Spans};

/// A server that listens and is ready to run.
pub struct App {
    state: Arc<State>,
    listener: TcpListener,
    metrics: Option<TcpListener>,
}

impl App {
    /// Checks configuration and database, then opens the port.
    ///
    /// # Errors
    /// What is wrong and what to do about it.
    pub async fn build(config: Config, clock: Clock) -> Result<Self, String> {
        config.check()?;
        let store = Store::connect(&config.database.settings()?)
            .await
            .map_err(|error| format!("database: {}", reason(error)))?;
        check_database(&store).await?;
        let mut issuers = Vec::new();
        if config.auth.local.enabled {
            issuers.push(local_issuer(&config)?.trusted());
        }
        let listener = bind("http.listen", config.http.listen).await?;
        let metrics = match config.metrics.listen {
            Some(address) => Some(bind("metrics.listen", address).await?),
            None => None,
        };
        let state = State {
            schema: build(config.limits()),
            documents: Cache::new(config.graphql.document_cache),
            verifier: Verifier::new(issuers),
            spans: Spans::start(&config.telemetry)?,
            metrics: if metrics.is_some() { Metrics::on(&config.metrics.operations)? } else { Metrics::off() },
            store,
            clock,
            config,
        };
        Ok(Self { state: Arc::new(state), listener, metrics })
    }

    /// The address it listens on.
    ///
    /// # Errors
    /// The listener is gone.
    pub fn address(&self) -> Result<SocketAddr, String> {
        self.listener.local_addr().map_err(|error| error.to_string())
    }

    /// The address at which it serves metrics, if it does.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|it| it.local_addr().ok())
    }

    /// Serves until `stop`, then lets running requests end within the deadline, closes the store and sends what is left
    /// of telemetry.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
        let state = self.state.clone();
        let result = self.serve(stop).await;
        if let Some(spans) = &state.spans {
            spans.finish().await;
        }
        result
    }

    async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), String> {
        let deadline = self.state.config.http.shutdown_deadline();
        let store = self.state.store.clone();
        // Until the end of this function.
        let _metrics = self.metrics.map(|listener| serve_metrics(self.state.clone(), listener));
        let (stopping, stopped) = tokio::sync::oneshot::channel();
        let listener = self.listener.tap_io(|stream| {
            // Answers are small: do not wait for more to send.
            let _unsupported = stream.set_nodelay(true);
        });
        let serving = axum::serve(listener, router(self.state)).with_graceful_shutdown(async move {
            stop.await;
            tracing::info!("stopping: no new requests, running ones may end");
            let _nobody_waits = stopping.send(());
        });
        let serving = tokio::spawn(serving.into_future());
        let cut = serving.abort_handle();
        let late = async {
            let _dropped = stopped.await;
            tokio::time::sleep(deadline).await;
        };
        let result = tokio::select! {
            done = serving => done.map_err(|error| error.to_string()).and_then(|it| it.map_err(|error| error.to_string())),
            () = late => {
                tracing::warn!(seconds = deadline.as_secs(), "requests still running at the deadline are cut");
                cut.abort();
                // Their connections come back when they are dropped; a process that ends does not wait for that.
                return Ok(());
            }
        };
        store.close().await;
        result
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("{key} {address}: {error}"))
}

/// The local issuer of a configuration.
///
/// # Errors
/// Its key file cannot be read or made.
pub fn local_issuer(config: &Config) -> Result<LocalIssuer, String> {
    let local = &config.auth.local;
    LocalIssuer::open(&local.issuer, &local.audience, &local.key_file)
}

/// The text of a fault, for the operator.
fn reason(error: crate::error::ApiError) -> String {
    match error {
        crate::error::ApiError::Fault(fault) => fault.message.clone(),
        crate::error::ApiError::Problems(_) => "refused".to_owned(),
    }
}

/// Refuses a schema that is behind, and on PostgreSQL a role that row-level security does not bind.
async fn check_database(store: &Store) -> Result<(), String> {
    let db = store.unscoped();
    let pending = verbund_migration::pending(&db).await.map_err(|error| format!("database: {error}"))?;
    if !pending.is_empty() {
        return Err(format!(
            "{} migrations are pending (next: {}). Run `verbund migrate` with the same configuration, then start again.",
            pending.len(),
            pending[0]
        ));
    }
    if store.engine() == Engine::Postgres {
        let problems = verbund_migration::role_problems(&db).await.map_err(|error| format!("database: {error}"))?;
        if !problems.is_empty() {
            return Err(format!(
                "the database role is not safe to serve with: {}. Use the application role (see deploy/postgres/roles.sql).",
                problems.join("; ")
            ));
        }
    }
    Ok(())
}
