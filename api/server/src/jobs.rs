//! Jobs beside requests: fetches of external calendars, extension of series without an end, reminders of obligations,
//! imports of files.
//!
//! Every replica looks for due rows, through functions of the database that bypass row-level security and return ids
//! and owners only. The replica that takes a row moves its due time first, so that nothing is done twice. The work is
//! done by `Actor::Service`, which sees the calendars, datasets and projects of one authority, and may write there by
//! the policy and nowhere else.

use std::time::Duration;

use domain::calendars::external::fetch::Fetcher;
use domain::calendars::external::job::fetch_due;
use domain::calendars::materialization::extend_due;
use domain::datasets::import::job::Importer;
use domain::files::folder::Folder;
use domain::funding::reminders::remind_due;
use kernel::clock::Clock;
use kernel::error::ApiResult;
use store::Store;

use crate::config::Config;

/// The work of one server.
pub struct Jobs {
    store: Store,
    clock: Clock,
    fetcher: Fetcher,
    importer: Importer,
    /// How often is looked for what is due; none = never by itself.
    every: Option<Duration>,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobsDone {
    /// Calendars of others that were asked for.
    pub fetched: usize,
    /// Series whose dates are known further.
    pub extended: usize,
    /// Obligations of which somebody was reminded.
    pub reminded: usize,
    /// Files that were imported, or refused.
    pub imported: usize,
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
        let importer = Importer::new(
            store.clone(),
            clock.clone(),
            Folder(config.files.folder.clone()),
            config.jobs.import_lease_seconds,
        );
        Ok(Self { store, clock, fetcher, importer, every })
    }

    /// Does what is due, now and then and when it is woken, until dropped.
    pub async fn run(&self) {
        let Some(every) = self.every else { return };
        // Imports take their time, and nothing else waits for them.
        tokio::join!(self.calendars(every), self.imports(every));
    }

    async fn calendars(&self, every: Duration) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.store.woken() => {}
            }
            looked(self.run_calendars().await);
        }
    }

    async fn imports(&self, every: Duration) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.store.importer_woken() => {}
            }
            looked(self.importer.run_due().await);
        }
    }

    async fn run_calendars(&self) -> ApiResult<JobsDone> {
        let fetched = fetch_due(&self.store, &self.clock, &self.fetcher).await?;
        let extended = extend_due(&self.store, &self.clock).await?;
        let reminded = remind_due(&self.store, &self.clock).await?;
        Ok(JobsDone { fetched, extended, reminded, ..JobsDone::default() })
    }

    /// Does what is due now.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn run_due(&self) -> ApiResult<JobsDone> {
        let done = self.run_calendars().await?;
        Ok(JobsDone { imported: self.importer.run_due().await?, ..done })
    }
}

fn looked<T>(done: ApiResult<T>) {
    if let Err(error) = done {
        tracing::warn!(fault = domain::operator::render(&error), "what is due could not be looked for");
    }
}
