//! The directory: learning places (schools, kindergartens, adult education, clubs …), organisations, and which records
//! are the same place.
//!
//! Pure: `names` takes names apart, `near` measures, `duplicates` finds what may be the same. `service`, `organisations`
//! and `merges` hold the rules, `history` what was changed.

pub mod duplicates;
#[cfg(test)]
mod duplicates_test;
pub mod externals;
pub mod geojson;
pub mod merges;
pub mod names;
pub mod near;
pub mod organisations;
pub mod revisions;
pub mod rules;
pub mod service;
pub mod wish;
