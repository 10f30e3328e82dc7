//! From a file to the rows of a table, and to all its problems.
//!
//! A [`Profile`] states everything about how a file is read; nothing is guessed. [`propose`] guesses, for review by
//! people. Text is read in constant memory: 64 KiB at a time, one row at most 4 MiB, unpacked at most 4 GiB. Workbooks
//! are unpacked once to determine their true sizes (at most 512 MiB, one cell at most 1 MiB) and then read row by row
//! by a thread of their own.

mod cell;
mod head;
#[cfg(test)]
mod line_test;
mod number_format;
mod ods;
mod pattern;
mod problem;
mod profile;
#[cfg(test)]
mod property_test;
mod propose;
#[cfg(test)]
mod propose_test;
mod sheet;
#[cfg(test)]
mod sheet_test;
mod source;
mod table;
#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests;
mod text;
mod totals;
mod value;
mod width;
mod xlsx;
mod xml;

pub use crate::read::pattern::Pattern;
pub use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
pub use crate::read::profile::{
    DateForm, Encoding, FileFormat, Flaw, From, Profile, ProfileColumn, SourceColumn, Unpivot, UnpivotColumn, VERSION,
};
pub use crate::read::propose::{Note, NoteCode, ProfileProposal, propose};
pub use crate::read::source::ReadLimits;
pub use crate::read::table::{Batch, TableFileReader, TableReadProgress};
