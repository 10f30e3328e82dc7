//! What travels with an operation: actor, clock, language, and the session that reads for it.

mod clock;
mod ids;
mod mutation;
mod op;
pub mod reads;
mod secret;

pub use clock::Clock;
pub use ids::{new_id, random_span_id, random_trace_id};
pub use mutation::{Change, Claim, Idempotency, Mutation, Recorded, at_version, stale};
pub use op::Op;
pub use secret::{SecretKind, fingerprint, mask};
