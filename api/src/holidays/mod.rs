//! Public holidays and school-free days.

mod query;
mod types;

pub use query::HolidayQuery;
pub use types::Holiday;
