//! Annual plans and their coordination: API types, inputs and resolvers. The rules are in `domain::planning`.

pub mod comment_types;
pub mod comparison;
pub mod conflicts;
pub mod difference;
pub mod inputs;
pub mod mutation;
pub mod plan_types;
pub mod proposal_types;
pub mod query;
pub mod round_types;
pub mod subscription;
