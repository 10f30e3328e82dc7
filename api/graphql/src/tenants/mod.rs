//! Authorities, their fields of work and contacts, and the official regions: API types, inputs and resolvers.

pub mod contacts;
pub mod mutation;
pub mod query;
pub mod types;
