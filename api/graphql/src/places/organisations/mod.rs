//! Organisations: who runs places and holds offers.

pub mod inputs;
pub mod mutation;
pub mod query;
pub mod types;
