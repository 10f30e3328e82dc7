//! Annual plans and their coordination between the parties of an agreement.
//!
//! A **plan** is the calendars of an authority that make its year. A **round** brings the plans of the parties together:
//! they are collected, their **conflicts** settled by **proposals** or acknowledged with a reason, the outcome signed off by
//! each party and published. Nobody but the owner ever changes an entry.

mod comments;
mod comparison;
pub mod conflicts;
mod difference;
pub mod inputs;
pub mod mutation;
mod party;
mod plan_types;
mod plans;
mod proposal_types;
mod proposals;
mod published;
mod query;
mod round_types;
mod rounds;
mod snapshots;
mod subscription;

pub use comments::{About, create as write_comment};
pub use comparison::ComparisonQuery;
pub use conflicts::{Conflict, ConflictAcknowledgement, ConflictQuery, conflicts_of_entry};
pub use mutation::PlanningMutation;
pub use plan_types::AnnualPlan;
pub use plans::{PlanWish, create as make_plan};
pub use proposal_types::ChangeProposal;
pub use proposals::{Proposed, create as make_proposal};
pub use published::{Joint, joint};
pub use query::PlanningQuery;
pub use round_types::CoordinationRound;
pub use rounds::{RoundWish, open as open_round, submit as submit_plan};
pub use subscription::PlanningSubscription;
