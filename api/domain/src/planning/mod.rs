//! Annual plans and their coordination between the parties of an agreement.
//!
//! A **plan** is the calendars of an authority that make its year. A **round** brings the plans of the parties together:
//! they are collected, their **conflicts** settled by **proposals** or acknowledged with a reason, the outcome signed off by
//! each party and published. Nobody but the owner ever changes an entry.

pub mod comments;
pub mod conflicts;
pub mod party;
pub mod plans;
pub mod proposals;
pub mod published;
pub mod rounds;
pub mod snapshots;
