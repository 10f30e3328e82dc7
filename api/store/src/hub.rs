//! From the outbox to whoever waits for it in this process: one announcement per change, without anything that would
//! have to be hidden. Who is woken reads the outbox with rights of its own.

use std::time::Duration;

use serde::Deserialize;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::Store;

/// Announcements that a slow waiter may be behind; then it is told to look by itself.
const BACKLOG: usize = 1_024;
/// Time until a lost connection for announcements is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What a change was about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Hint {
    /// Type of the object in the schema.
    pub object_type: String,
    /// What the object belongs to.
    pub parent: Option<Uuid>,
}

/// What waiters are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Something like this was committed.
    Changed(Hint),
    /// Announcements may have been missed: look.
    Look,
}

/// Tells waiters of this process.
#[derive(Clone, Debug)]
pub struct Hub(broadcast::Sender<Signal>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Hub {
    /// Tells everybody who waits now.
    pub fn tell(&self, signal: Signal) {
        // Nobody may be waiting.
        let _nobody = self.0.send(signal);
    }

    /// Begins to wait: what is told from now on is heard.
    pub fn listen(&self) -> Waiter {
        Waiter(self.0.subscribe())
    }
}

/// Somebody who waits.
pub struct Waiter(broadcast::Receiver<Signal>);

impl Waiter {
    /// Waits until something is told for which `wanted` holds. Ends at once when too much was told to remember.
    /// Whatever else has piled up until then is one with it.
    pub async fn wait(&mut self, wanted: impl Fn(&Hint) -> bool) {
        loop {
            match self.0.recv().await {
                Ok(Signal::Changed(hint)) if !wanted(&hint) => {}
                Ok(Signal::Changed(_) | Signal::Look) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // The server is gone; there is nothing to wait for, nor to end early for.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

/// Listens to the database until dropped, and looks at the outbox itself every `look_after`, which also finds what
/// another process wrote into an SQLite file.
pub async fn relay(store: Store, look_after: Duration) {
    tokio::join!(announcements(&store), looks(&store, look_after));
}

async fn announcements(store: &Store) {
    let Some(url) = store.listener_url() else { return };
    loop {
        match listen(url, store.hub()).await {
            Ok(never) => match never {},
            Err(error) => tracing::warn!(%error, "announcements of the database are interrupted"),
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// Hears announcements on a connection of its own. A lost one is made anew; then everybody looks, because what was
/// told in between is lost.
async fn listen(url: &str, hub: &Hub) -> Result<std::convert::Infallible, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen("verbund_outbox").await?;
    hub.tell(Signal::Look);
    loop {
        match listener.try_recv().await? {
            Some(heard) => match serde_json::from_str(heard.payload()) {
                Ok(hint) => hub.tell(Signal::Changed(hint)),
                Err(_unknown) => hub.tell(Signal::Look),
            },
            None => hub.tell(Signal::Look),
        }
    }
}

async fn looks(store: &Store, look_after: Duration) {
    let mut known = None;
    loop {
        match store.outbox_end().await {
            Ok(end) => {
                // Usually it was announced already; telling again costs those who wait one look.
                if known.is_some_and(|it| it != end) {
                    store.hub().tell(Signal::Look);
                }
                known = Some(end);
            }
            Err(error) => tracing::debug!(%error, "the outbox could not be looked at"),
        }
        tokio::time::sleep(look_after).await;
    }
}
