//! When entries of calendars are: wall-clock times in zones, recurrence rules and the dates that follow from them. Pure.

mod expand;
pub mod recurrence;
pub mod rule;
pub mod time;
