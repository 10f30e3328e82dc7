//! Joint projects: API types, inputs and resolvers. The rules are in `domain::projects`.

pub mod detail_types;
pub mod document_mutation;
pub mod document_types;
pub mod enums;
pub mod inputs;
pub mod mutation;
pub mod part_types;
pub mod query;
pub mod subscription;
pub mod types;
pub mod values;
