//! The directory: learning places (schools, kindergartens, adult education, clubs …), organisations, and which records
//! are the same place.
//!
//! Pure: `names` takes names apart, `near` measures, `duplicates` finds what may be the same. `service`, `organisations`
//! and `merges` hold the rules, `history` what was changed.

mod candidates;
pub mod duplicates;
#[cfg(test)]
mod duplicates_test;
pub mod enums;
pub mod externals;
pub mod geojson;
pub mod history;
mod inputs;
mod merges;
mod mutation;
pub mod names;
pub mod near;
mod nearby;
pub mod organisations;
mod query;
pub mod rules;
mod service;
mod types;
mod wish;

pub use candidates::CandidateQuery;
pub use history::HistoryQuery;
pub use merges::{MergeMutation, MergeProposal, MergeQuery};
pub use mutation::PlaceMutation;
pub use nearby::{NearInput, places_near};
pub use organisations::{Organisation, OrganisationMutation, OrganisationQuery};
pub use query::{PlaceQuery, read_ahead};
pub(crate) use service::bare;
pub use types::LearningPlace;
