//! Conflicts: API types and resolvers. The rules are in `domain::planning::conflicts`.

pub mod query;
pub mod types;
