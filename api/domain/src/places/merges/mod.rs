//! Merges of records of the same place or organisation: proposal, merge, and undoing it.
//!
//! A merge proposal is made by the owner of either record under an agreement of both authorities, whatever its areas;
//! only the owner of the duplicate accepts. A merge marks the duplicate (`mergedInto`) and moves nothing: lists leave
//! it out, its external ids lead to the canonical record, references to it stay valid, and `learningPlaceUnmerge` or
//! `organisationUnmerge` undoes it. Merges are serialised, so that no two records are canonical for each other.

pub mod canonical;
pub mod records;
pub mod service;
