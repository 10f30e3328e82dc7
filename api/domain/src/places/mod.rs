//! The directory: learning places (schools, kindergartens, adult education, clubs …), organisations, and duplicates.
//!
//! Places and organisations are `INTERNAL` or `PUBLIC`; their owner writes them (`PLACES_WRITE`). An id in another
//! register is unique for places and for organisations within the authority. Across authorities it need not be unique,
//! since a uniqueness check would disclose hidden rows, but it is the strongest sign of a duplicate. The contact
//! person is a row of its own; without consent its scope is internal to the owner, so that no other reader gets it by
//! mistake. Every change is kept beside the audit trail for the owner's readers (`directoryHistory`).
//!
//! **Duplicates** of places and organisations are computed on request (`duplicateCandidates`; pure): by external ids
//! first; for places by name without kind and town, and by distance; for organisations, which have no position, by
//! name and town. A candidate has no effect by itself. The names and distances are compared in `names`, `near` and
//! `duplicates`, the rules are in `service`, `organisations` and `merges`.

pub mod duplicates;
#[cfg(test)]
mod duplicates_test;
pub mod externals;
pub mod geojson;
pub mod merges;
pub mod names;
pub mod near;
pub mod organisations;
pub mod record;
pub mod revisions;
pub mod rules;
pub mod service;
pub mod values;
