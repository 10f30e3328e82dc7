//! The money of projects: programmes, what is asked for and granted, what each party pays, and what it owes the funder.
//!
//! Everything is whole cents. `ledger` and `rules` are pure: the arithmetic of a funded cost, and what a programme asks for
//! when. A funding belongs to the party that receives it, and so do its obligations, whatever becomes of the project.

pub mod ledger;
pub mod obligations;
pub mod reminders;
pub mod rules;
pub mod service;
