//! Authorities, their fields of work and the official regions: API types, inputs and resolvers.

pub mod mutation;
pub mod query;
pub mod types;
