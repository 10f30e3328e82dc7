//! Feeds: API types, inputs and resolvers. The rules are in `domain::feeds`.

pub mod mutation;
pub mod query;
pub mod types;
