//! Education offers: API types, inputs and resolvers. The rules are in `domain::offers`.

pub mod enums;
pub mod filter;
pub mod inputs;
pub mod mutation;
pub mod query;
pub mod types;
