//! Small worlds of access, counted one by one, and the access rules written a second time.
//!
//! [`Worlds`] numbers every world of five parts; [`mod@reference`] answers what a caller may do in a world. Neither knows the
//! policy, the store or their types, so that whatever is compared with them cannot repeat their mistakes. A test turns a
//! [`World`] into its own form: into facts for the policy, into rows for a database.

mod digits;
mod parts;
pub mod reference;
mod world;
mod worlds;
#[cfg(test)]
mod worlds_test;

pub use crate::world::{
    Action, Agreement, Area, Authority, BORDER, Caller, Day, Days, Field, Fields, Level, Role, RoleName, Row, Share,
    State, World, Zone,
};
pub use crate::worlds::Worlds;
