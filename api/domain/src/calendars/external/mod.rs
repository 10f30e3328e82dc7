//! External calendars: calendars with an address elsewhere, fetched on schedule and imported as a whole. Their entries
//! appear in agenda, shares, feeds and conflicts like others, but cannot be changed by hand.
//!
//! The row `external_calendar` is visible to the owner; its address only to those who may change it. Fetching uses
//! conditional requests, at most 10 MiB, 20 s and 5 redirects, over https. The client resolves names itself, keeps
//! public addresses only, and connects to these. Entries missing from the file are cancelled if they are still to
//! come, unless the file is cut off or contains the event in a form that cannot be read. Each failure doubles the
//! interval, up to one day.

pub mod fetch;
pub mod guard;
pub mod job;
pub mod service;
pub mod warnings;
