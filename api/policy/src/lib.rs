//! Who may see and do what: the one place that decides.
//!
//! From the [`Facts`] about an actor, loaded in one statement, [`Access`] is evaluated for one instant. It has three
//! verbs over the same data: [`Access::decide`] (may this actor do this to this object), [`Access::visible`] (the scopes
//! that every list, lookup, count and export is filtered by, in SQL and by row-level security), and
//! [`Access::explain`] (which rule decided). Everything here is pure: no clock, no store, no GraphQL.

mod access;
#[cfg(test)]
mod access_test;
mod actor;
mod catalogue;
mod decision;
mod facts;
mod foresight;
#[cfg(test)]
mod foresight_test;
mod refusal;

pub use crate::access::{Access, Sight, today};
pub use crate::actor::Actor;
pub use crate::catalogue::{Permission, read_permission};
pub use crate::decision::{Action, Because, Decision, Explanation, Grant, Object};
pub use crate::facts::{Across, AgreementFact, Facts, Fields, PersonFact, RoleFact, ScopeFact, WayFact};
pub use crate::foresight::{Foreseen, Foresight, Party};
pub use crate::refusal::refused;
