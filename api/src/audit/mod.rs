//! The audit trail in the schema: what was changed, and what was read by shares.

mod query;
mod types;

pub use query::AuditQuery;
pub use types::AuditEvent;
