//! Conflicts: what of the plans does not go together. Computed whenever it is asked for, from what the viewer sees, so
//! that a conflict is never out of date and never tells more than both its sides do.

pub mod query;
pub mod types;
