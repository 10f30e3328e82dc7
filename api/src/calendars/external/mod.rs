//! Calendars that live elsewhere: fetched by the server on schedule, and taken over as an import of the whole. Their
//! entries are entries like others, so that agenda, shares, levels, feeds and checks for conflicts know them; only nobody
//! changes them by hand.

mod fetch;
mod guard;
mod job;
mod mutation;
mod query;
mod service;
mod types;

pub use fetch::Fetcher;
pub use job::fetch_due;
pub use mutation::ExternalMutation;
pub use query::ExternalQuery;
pub use types::ExternalCalendar;
