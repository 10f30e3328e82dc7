//! The only home of ambient time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock set by hand, in microseconds since 1970; for tests.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `instant` until it is set again.
    pub fn standing_at(instant: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(instant.timestamp_micros())))
    }

    /// Now, in whole microseconds: what both databases keep.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Manual(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or(DateTime::UNIX_EPOCH)
            }
        }
    }

    /// Sets a clock that is set by hand; the machine's is left alone.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Self::Manual(micros) = self {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }
}
