//! Access: the one place that decides on reading and writing.
//!
//! [`ActorFacts`] are what the store knows about an actor: roles, agreements of its authorities, scopes, and the shares of
//! other authorities' scopes. One statement loads them (`verbund_facts`: a function on PostgreSQL, a view on SQLite,
//! made from the same text). [`Access`] is those facts evaluated for one instant, with dates in the owner's time zone.
//! It has three verbs over the same data: [`Access::decide`] (may this actor do this to this object),
//! [`Access::visible`] (the scopes by which every list, lookup, count and export is filtered, in SQL and by row-level
//! security), and [`Access::explain`] (the rule that decided).
//!
//! Decisions: `Allow(level, because)`; `Hide` (NOT_FOUND: not readable); `SignIn` (UNAUTHENTICATED: visible, but the
//! viewer is anonymous); `Deny` (FORBIDDEN: visible, but a permission is missing). A [`Grant`] is the proof of an
//! allowed write; only this crate makes one, and a session hands out a writer only for a grant.
//!
//! Everything here is pure: no clock, no store, no GraphQL.

mod access;
#[cfg(test)]
mod access_test;
mod actor;
mod catalogue;
mod decision;
mod facts;
mod refusal;
mod simulation;
#[cfg(test)]
mod simulation_test;

pub use crate::access::{Access, NotInForce, ScopeVisibility, in_force, spans, today, within};
pub use crate::actor::Actor;
pub use crate::catalogue::{Permission, read_permission};
pub use crate::decision::{AccessDecision, Action, Because, Explanation, Grant, Object};
pub use crate::facts::{
    ActorFacts, AgreementFact, CrossTenantFacts, Fields, PersonFact, RoleFact, ScopeFact, ScopeShareFact,
};
pub use crate::refusal::refused;
pub use crate::simulation::{AgreementChange, Party, VisibilityDiff};
