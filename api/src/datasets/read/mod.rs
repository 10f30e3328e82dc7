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
mod sheet;
mod source;
mod table;
mod text;
mod totals;
mod value;

pub use self::pattern::Pattern;
pub use self::problem::{Problem, ProblemCode, Report};
pub use self::profile::{
    DateForm, Encoding, Flaw, Format, From, Profile, ProfileColumn, Source, Unpivot, UnpivotColumn, VERSION,
};
pub use self::propose::{Note, NoteCode, Proposal, propose};
pub use self::source::Limits;
pub use self::table::{Batch, Progress, Reader};

#[cfg(test)]
mod propose_test;
#[cfg(test)]
mod test_files;
#[cfg(test)]
mod tests;
