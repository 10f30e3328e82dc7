//! Records that are the same place or the same organisation: proposed, merged, and taken apart again.

pub(super) mod records;
mod service;
pub(super) mod standing;
mod types;

pub use types::{MergeMutation, MergeProposal, MergeQuery};
