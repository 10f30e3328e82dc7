//! The money of projects: programmes, what is asked for and granted, what each party pays, and what it owes the funder.
//!
//! Everything is whole cents. `ledger` and `rules` are pure: the arithmetic of a funded cost, and what a programme asks for
//! when. A funding belongs to the party that receives it, and so do its obligations, whatever becomes of the project.

mod ledger;
mod mutation;
mod obligation_types;
mod obligations;
mod overlaps;
mod overview;
mod query;
mod reminders;
mod rules;
mod service;
mod types;

pub use ledger::{Line, sums};
pub use mutation::FundingMutation;
pub use obligation_types::Obligation;
pub use obligations::{Fulfilment, fulfil, object_of as obligation_object};
pub use overlaps::OverlapQuery;
pub use overview::OverviewQuery;
pub use query::FundingQuery;
pub use reminders::remind_due;
pub use rules::Rule;
pub use service::{
    Decision, FundingWish, LineWish, advance as advance_funding, create as make_funding, ledger, set_line,
    set_own_share,
};
pub use types::{BudgetLine, Funding, FundingProgramme, read_ahead as read_ahead_fundings};
