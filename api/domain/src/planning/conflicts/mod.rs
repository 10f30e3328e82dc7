//! Conflicts between entries of plans, or between an entry and a non-working day, computed on request from what is
//! visible to the viewer. So a conflict is never out of date and never discloses more than both its sides do.
//!
//! Entries that take time, their dates and non-working days are read at the viewer's level. A rule uses the fields of
//! that level only: place, people and audience from `FULL` on, field of work and topic from `SUMMARY` on. For one
//! entry, only entries and days within eight weeks are read. The id of a conflict is made from the rule, the sides and
//! their times; an acknowledgement refers to that id and is stored with the entry. Two entries of external calendars,
//! and such an entry and a non-working day, are never in conflict.

pub mod acknowledge;
pub mod lookup;
pub mod neighbourhood;
pub mod rules;
#[cfg(test)]
mod rules_test;
pub mod surroundings;
