//! The directory of places and organisations: API types, inputs and resolvers. The rules are in `domain::places`.

pub mod candidates;
pub mod enums;
pub mod external_types;
pub mod history;
pub mod inputs;
pub mod merges;
pub mod mutation;
pub mod nearby;
pub mod organisations;
pub mod query;
pub mod types;
