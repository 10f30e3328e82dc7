//! Announcements of new outbox events to the subscriptions of this process.
//!
//! ```text
//! mutation → outbox_event (position in the order of commits) → COMMIT → announcement (type, parent; nothing to hide)
//!   PostgreSQL: NOTIFY → one listener per replica → hub      SQLite: hub, after the commit
//!   → waiter of a subscription → session with facts of this moment → visible events after its position → client
//! ```
//!
//! An announcement only wakes the waiters. Subscribers read the outbox through the policy, so rights are checked
//! before every event. After a lost connection, and every `live.look_after_seconds`, waiters read without an
//! announcement.

use serde::Deserialize;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Announcements that a slow waiter may be behind; then it is told to look by itself.
const BACKLOG: usize = 1_024;

/// What a change was about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ChangeHint {
    /// Type of the object in the schema.
    pub object_type: String,
    /// What the object belongs to.
    pub parent: Option<Uuid>,
}

/// What waiters are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Something like this was committed.
    Changed(ChangeHint),
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
    pub fn notify(&self, signal: Signal) {
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
    pub async fn wait(&mut self, wanted: impl Fn(&ChangeHint) -> bool) {
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
