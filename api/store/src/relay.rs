//! Relay of announcements from the database to the hub of this process.

use std::time::Duration;

use sqlx::postgres::PgListener;

use crate::Store;
use crate::hub::{Hub, Signal};

/// Time until a lost connection for announcements is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

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
    hub.notify(Signal::Look);
    loop {
        match listener.try_recv().await? {
            Some(heard) => match serde_json::from_str(heard.payload()) {
                Ok(hint) => hub.notify(Signal::Changed(hint)),
                Err(_unknown) => hub.notify(Signal::Look),
            },
            None => hub.notify(Signal::Look),
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
                    store.hub().notify(Signal::Look);
                }
                known = Some(end);
            }
            Err(error) => tracing::debug!(%error, "the outbox could not be looked at"),
        }
        tokio::time::sleep(look_after).await;
    }
}
