//! What the server does beside requests: calendars of others are fetched, dates of series without an end are computed
//! further. Every replica looks for what is due; a row that is taken is moved first, so that nothing is done twice.

use std::time::Duration;

use crate::calendars::{Fetcher, extend_due, fetch_due};
use crate::config::Config;
use crate::context::Clock;
use crate::error::ApiResult;
use crate::store::Store;

/// The work of one server.
pub struct Jobs {
    store: Store,
    clock: Clock,
    fetcher: Fetcher,
    /// How often is looked for what is due; none = never by itself.
    every: Option<Duration>,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Calendars of others that were asked for.
    pub fetched: usize,
    /// Series whose dates are known further.
    pub extended: usize,
}

impl Jobs {
    /// The work that a configuration asks for.
    ///
    /// # Errors
    /// The client for fetching cannot be made.
    pub fn new(config: &Config, store: Store, clock: Clock) -> Result<Self, String> {
        let external = &config.external_calendars;
        let fetcher = Fetcher::new(external.allow_http, &external.allowed_addresses)?;
        let every = Some(Duration::from_secs(config.jobs.look_every_seconds)).filter(|it| !it.is_zero());
        Ok(Self { store, clock, fetcher, every })
    }

    /// Does what is due, now and then and when it is woken, until dropped.
    pub async fn run(&self) {
        let Some(every) = self.every else { return };
        loop {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.store.woken() => {}
            }
            if let Err(error) = self.run_due().await {
                tracing::warn!(fault = crate::operator::say(&error), "what is due could not be looked for");
            }
        }
    }

    /// Does what is due now.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn run_due(&self) -> ApiResult<Done> {
        let fetched = fetch_due(&self.store, &self.clock, &self.fetcher).await?;
        let extended = extend_due(&self.store, &self.clock).await?;
        Ok(Done { fetched, extended })
    }
}
