//! Statistical tables, pure: the model of a table, profiles that say how a file is read, questions to its rows, the formats of
//! files that are exported, and the licences they carry.

pub mod export;
mod formula;
pub mod licence;
pub mod model;
pub mod query;
pub mod read;
