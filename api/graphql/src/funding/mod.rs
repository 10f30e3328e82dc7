//! The money of projects: API types, inputs and resolvers. The rules are in `domain::funding`.

pub mod mutation;
pub mod obligation_types;
pub mod overlaps;
pub mod overview;
pub mod query;
pub mod types;
