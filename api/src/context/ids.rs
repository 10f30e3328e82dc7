//! The only home of ambient randomness.

use uuid::Uuid;

/// A new row id: UUIDv7, so that later rows sort later.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}
