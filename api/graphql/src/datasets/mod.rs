//! Datasets: API types, inputs and resolvers. The rules are in `domain::datasets`.

pub mod cells;
pub mod enums;
pub mod figure_inputs;
pub mod figure_types;
pub mod files;
pub mod import;
pub mod indicators;
pub mod inputs;
pub mod mutation;
pub mod query;
pub mod release_types;
pub mod request_types;
pub mod types;
pub mod version_types;
