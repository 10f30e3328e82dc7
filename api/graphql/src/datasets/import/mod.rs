//! Imports of files into dataset versions: API types, inputs and resolvers. The rules are in
//! `domain::datasets::import`.

pub mod change_types;
pub mod mutation;
pub mod problem_code;
pub mod profile_input;
pub mod profile_types;
pub mod query;
pub mod subscription;
pub mod types;
