//! Calendars of authorities and their entries, each seen at the level that the viewer has.

mod calendar_service;
pub mod entry_input;
mod entry_service;
mod entry_types;
pub mod mutation;
mod query;
mod subscription;
pub mod time;
mod types;

pub use calendar_service::{CalendarWish, calendar_row};
pub use entry_service::{EntryWish, entry_row};
pub use entry_types::{CalendarEntry, CalendarEntryBusy, CalendarEntryFull, CalendarEntrySummary};
pub use mutation::CalendarMutation;
pub use query::CalendarQuery;
pub use subscription::CalendarSubscription;
pub use types::Calendar;
