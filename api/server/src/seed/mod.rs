//! Data that the binary brings along: reference data and the world of the demo. Sources and licences stand in the
//! files (folder `api/seed`).

mod coordination;
mod datasets;
mod demo;
mod files;
mod offers;
mod projects;
mod reference;

pub use crate::seed::demo::{Account, accounts, calendar_id, demo};
pub use crate::seed::reference::reference;
