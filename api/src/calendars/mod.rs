//! Calendars of authorities and their entries, each seen at the level that the viewer has.

mod agenda;
mod busy;
mod calendar_service;
mod changes;
pub mod entry_input;
mod entry_service;
mod entry_types;
mod entry_wish;
mod feed;
pub mod mutation;
mod query;
mod recurrence;
pub mod series;
mod subscription;
pub mod time;
mod types;

pub use agenda::AgendaQuery;
pub use busy::{BusyQuery, free_busy, series_within};
pub use calendar_service::{CalendarWish, calendar_row};
pub use changes::{ChangesQuery, changed_since, marks};
pub use entry_input::{EntryTimeInput, optional, required};
pub use entry_service::{cancel_in, entry_row, update_in};
pub use entry_types::{CalendarEntry, CalendarEntryBusy, CalendarEntryFull, CalendarEntrySummary};
pub use entry_wish::{EntryChange, EntryWish, WishedTime, read_audiences};
pub use feed::{Told, feed, feed_of, told};
pub use mutation::CalendarMutation;
pub use query::{CalendarQuery, DateTimeRange, read_ahead};
pub use recurrence::Recurrence;
pub use subscription::CalendarSubscription;
pub use types::{Calendar, object_of};
