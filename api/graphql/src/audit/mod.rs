//! The audit trail in the schema: what was changed, and what was read by shares.

pub mod query;
pub mod types;
