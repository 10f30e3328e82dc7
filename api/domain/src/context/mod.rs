//! What travels with an operation: actor, clock, language, and the session that reads for it.

pub mod mutation;
pub mod op;
pub mod reads;
