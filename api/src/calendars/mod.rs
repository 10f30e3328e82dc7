//! Calendars of authorities and their entries, each seen at the level that the viewer has.

mod agenda;
mod calendar_service;
pub mod entry_input;
mod entry_service;
mod entry_types;
mod entry_wish;
mod external;
mod feed;
mod horizon;
mod import;
mod import_mutation;
pub mod mutation;
mod query;
mod recurrence;
pub mod rule;
pub mod series;
mod subscription;
pub mod time;
mod types;

pub use agenda::AgendaQuery;
pub use calendar_service::{CalendarWish, calendar_row};
pub use entry_input::{EntryTimeInput, optional, required};
pub use entry_service::{cancel_in, entry_row, update_in};
pub use entry_types::{CalendarEntry, CalendarEntryBusy, CalendarEntryFull, CalendarEntrySummary};
pub use entry_wish::{EntryChange, EntryWish, WishedTime, read_audiences};
pub use external::{ExternalCalendar, ExternalMutation, ExternalQuery, Fetcher, fetch_due};
pub use feed::feed;
pub use horizon::extend_due;
pub use import::import_as_operator;
pub use import_mutation::ImportMutation;
pub use mutation::CalendarMutation;
pub use query::{CalendarQuery, DateTimeRange, read_ahead};
pub use recurrence::Recurrence;
pub use subscription::CalendarSubscription;
pub use types::{Calendar, object_of};
