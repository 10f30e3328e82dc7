//! From a file to the rows of a table, and to everything that is wrong with it.
//!
//! A [`Profile`] says how to read: what is not said there is not done, and nothing is guessed. [`propose`] guesses, for
//! people to look at. Texts are read in constant memory however long they are; workbooks within limits.

mod head;
mod ods;
mod pattern;
mod problem;
mod profile;
mod propose;
#[cfg(test)]
mod propose_test;
mod sheet;
mod source;
mod table;
#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests;
mod text;
mod totals;
mod value;

pub use crate::read::pattern::Pattern;
pub use crate::read::problem::{Problem, ProblemCode, Report};
pub use crate::read::profile::{
    DateForm, Encoding, Flaw, Format, From, Profile, ProfileColumn, Source, Unpivot, UnpivotColumn, VERSION,
};
pub use crate::read::propose::{Note, NoteCode, Proposal, propose};
pub use crate::read::source::Limits;
pub use crate::read::table::{Batch, Progress, Reader};
