//! Rules about the repository's own text. Each check takes a [`Tree`] and returns one line per problem; `tests/repository.rs`
//! runs all of them on this repository, and the unit tests show on made-up trees that each of them can fail.

pub mod dependencies;
pub mod forms;
pub mod layers;
pub mod links;
pub mod lists;
pub mod modules;
pub mod names;
pub mod reasons;
pub mod schema;
pub mod sizes;
pub mod source;
pub mod tree;

pub use crate::tree::Tree;
