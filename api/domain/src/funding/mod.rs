//! The money of projects: programmes, requested and granted amounts, own shares of the parties, and obligations to the
//! funder.
//!
//! Amounts are whole cents. `ledger` (arithmetic) and `rules` (what a programme requires, and when) are pure. Rates
//! are hundredths of a per cent; a share is rounded down, since a funder never pays more. `financialOverview` adds up
//! in the database. Calls for funds from the same grant wait for each other. Reminders are jobs: the replica that
//! moves the day of the next reminder publishes the event. The current day is that of the responsible authority, in
//! its time zone.
//!
//! A funding belongs to the party that receives it, and so do its obligations, even after the end of the project.

pub mod budget_lines;
pub mod ledger;
pub mod obligations;
pub mod reminders;
pub mod rules;
pub mod service;
