//! Calendars of authorities and their entries, each visible at the viewer's level of access.
//!
//! An entry has the field of work of its calendar. Its confidentiality may be narrower than the calendar's, never
//! wider. Entries that take no time (ideas, deadlines and cancelled ones) are not visible at level `BUSY`.
//!
//! Entries keep wall-clock time and zone, or dates. A time that the clock skips in spring is read with the offset
//! before the gap (02:30 means 03:30); a time that occurs twice in autumn means the first. An end is never before its
//! start.
//!
//! **Series.** A series is one entry with its recurrence. Its dates are rows of `calendar_occurrence`, computed when
//! the series is written, ten years ahead and at most 5,000, so that a window of `agenda` takes two index scans
//! (single entries, and dates) for any number of series. A date that is changed or cancelled by itself is an entry
//! that names its series and the start of that date in the series (RECURRENCE-ID). A change of a date and all
//! following ones ends the series before that date and creates another. A date always has the scope of its series: a
//! trigger of the database updates it. Feeds contain the rule, not the dates.
//!
//! Each replica extends series whose dates are computed less than nine years ahead. Such an extension is not a change
//! of the series, so the version stays.

pub mod calendar_service;
pub mod entry_service;
pub mod entry_values;
pub mod entry_view;
pub mod external;
pub mod feed;
pub mod import;
pub mod materialization;
pub mod series;
pub mod window;

#[cfg(test)]
mod entry_view_test;
