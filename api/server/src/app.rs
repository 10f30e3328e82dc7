//! The running server, the same in `serve`, `demo` and tests.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use domain::members::binding::Binding;
use kernel::clock::Clock;
use store::{Engine, Store, relay};
use tokio::net::TcpListener;

use crate::auth::{KeySource, LocalIssuer, Provider, TrustedIssuer, Verifier};
use crate::config::Config;
use crate::http::{Connections, State, router, serve_metrics};
use crate::jobs::Jobs;
use crate::telemetry::{Metrics, Spans};

pub use crate::http::{BothLanguages, DemoAccount, Example, examples};

/// A server that listens and is ready to run.
pub struct App {
    state: Arc<State>,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    jobs: Jobs,
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
        let verifier = Verifier::new(issuers(&config)?);
        let jobs = Jobs::new(&config, store.clone(), clock.clone())?;
        let listener = bind("http.listen", config.http.listen).await?;
        let mut state = State::new(config, store, clock, verifier);
        let metrics = match state.config.metrics.listen {
            Some(address) => Some(bind("metrics.listen", address).await?),
            None => None,
        };
        if metrics.is_some() {
            state.metrics = Metrics::on(&state.config.metrics.operations)?;
        }
        state.spans = Spans::start(&state.config.telemetry)?;
        Ok(Self { state: Arc::new(state), listener, metrics, jobs })
    }

    /// The same server, which offers role accounts in its explorer. For the demo only: it tells their tokens.
    #[must_use]
    pub fn with_accounts(mut self, accounts: Vec<DemoAccount>) -> Self {
        if let Some(state) = Arc::get_mut(&mut self.state) {
            state.demo_accounts = accounts;
        }
        self
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
        let Self { state, listener, metrics, jobs } = self;
        let (deadline, limits) = (state.config.http.shutdown_deadline(), state.config.http.connections());
        let mut connections = Connections::new(router(state.clone())?, limits);
        // Until the end of this function.
        let _metrics = metrics.map(|listener| serve_metrics(state.clone(), listener));
        let background = {
            let state = state.clone();
            tokio::spawn(async move {
                tokio::join!(
                    relay(state.store.clone(), state.config.live.look_after()),
                    forget_idle(&state),
                    jobs.run()
                );
            })
        };
        connections.accept(&listener, stop).await;
        tracing::info!("stopping: no new requests, running ones may end");
        drop(listener);
        state.stopping.cancel();
        state.served.close();
        tokio::join!(connections.close(deadline), async {
            // They say goodbye and end; who does not answer is left.
            let _late = tokio::time::timeout(deadline, state.served.wait()).await;
        });
        background.abort();
        state.store.close().await;
        if let Some(spans) = &state.spans {
            spans.finish().await;
        }
        Ok(())
    }
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener, String> {
    let other = if key == "http.listen" { "choose another with --listen or http.listen" } else { "choose another" };
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => format!("{key} {address}: another program listens there; {other}"),
        ErrorKind::AddrNotAvailable => format!("{key} {address}: this machine has no such address; {other}"),
        ErrorKind::PermissionDenied => {
            format!("{key} {address}: this user may not listen there (ports below 1024 take a right); {other}")
        }
        _ => format!("{key} {address}: {error}"),
    })
}

/// Once a minute, callers whose budget is full again are forgotten.
async fn forget_idle(state: &State) {
    loop {
        tokio::time::sleep(Duration::from_secs(60)).await;
        state.signed_in_budget.forget_idle();
        state.anonymous_budget.forget_idle();
    }
}

/// Everybody whose tokens are accepted.
fn issuers(config: &Config) -> Result<Vec<TrustedIssuer>, String> {
    let mut issuers = Vec::new();
    if config.auth.local.enabled {
        issuers.push(local_issuer(config)?.trusted());
    }
    for issuer in &config.auth.issuers {
        let provider = Provider::new(&issuer.issuer, config.auth.pace())?;
        issuers.push(TrustedIssuer {
            issuer: issuer.issuer.clone(),
            audience: issuer.audience.clone(),
            algorithms: issuer.algorithms.clone(),
            token_type: issuer.token_type,
            keys: KeySource::Provider(Arc::new(provider)),
            binding: Some(Arc::new(Binding {
                issuer: issuer.issuer.clone(),
                tenants: issuer.tenants.clone(),
                rules: issuer.rules.clone(),
            })),
        });
    }
    Ok(issuers)
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
fn reason(error: kernel::error::ApiError) -> String {
    match error {
        kernel::error::ApiError::Fault(fault) => fault.message.clone(),
        kernel::error::ApiError::Problems(_) => "refused".to_owned(),
    }
}

/// Refuses a schema that is behind, and on PostgreSQL a role that row-level security does not bind.
async fn check_database(store: &Store) -> Result<(), String> {
    let db = store.unscoped();
    let pending = migration::pending(&db).await.map_err(|error| format!("database: {error}"))?;
    if !pending.is_empty() {
        return Err(format!(
            "{} migrations are pending (next: {}). Run `verbund migrate` with the same configuration, then start again.",
            pending.len(),
            pending[0]
        ));
    }
    if store.engine() == Engine::Postgres {
        let problems = migration::role_problems(&db).await.map_err(|error| format!("database: {error}"))?;
        if !problems.is_empty() {
            return Err(format!(
                "the database role is not safe to serve with: {}. Use the application role (see deploy/postgres/roles.sql).",
                problems.join("; ")
            ));
        }
    }
    Ok(())
}
