//! Conflicts: what of the plans does not go together. Computed whenever it is asked for, from what the viewer sees, so
//! that a conflict is never out of date and never tells more than both its sides do.

mod acknowledge;
mod neighbourhood;
mod query;
mod rules;
mod types;

#[cfg(test)]
mod rules_test;

pub use acknowledge::acknowledge;
pub use neighbourhood::{Among, Clash, Neighbourhood};
pub use query::{ConflictQuery, conflicts_of_entry, of_round};
pub use rules::ConflictSeverity;
pub use types::{Conflict, ConflictAcknowledgement};
