//! Questions about access itself: who am I, and why may I (not) do this.

pub mod explain;
mod query;
mod subscription;

pub use query::AccessQuery;
pub use subscription::{AccessSubscription, fingerprint};
