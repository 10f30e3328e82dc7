//! Days on which people are not there: public holidays by rule, school holidays as data, closures of authorities.

mod closure_mutation;
mod closure_service;
mod closures;
mod file;
mod free_days;
mod import;
mod query;
pub mod rules;
mod types;

pub use closure_mutation::ClosureMutation;
pub use closures::{TenantClosure, closure_page};
pub use file::{Period, SchoolHolidays, parse};
pub use free_days::{FreeDay, FreeDayKind, free_days, free_days_of};
pub use import::{Imported, import};
pub(crate) use import::{is_as_new, replace};
pub use query::{DateRange, HolidayQuery, HolidayRegion, school_holidays_known_until};
pub use types::Holiday;
