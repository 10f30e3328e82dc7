//! Members of an authority and their roles: API types and mutations.

pub mod mutation;
pub mod types;
