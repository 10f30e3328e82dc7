//! Cooperation agreements and shares: API types, inputs and resolvers. The rules are in `domain::agreements`.

pub mod mutation;
pub mod preview;
pub mod preview_inputs;
pub mod query;
pub mod share_mutation;
pub mod share_types;
pub mod types;
