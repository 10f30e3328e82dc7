//! Calendars that live elsewhere: fetched by the server on schedule, and taken over as an import of the whole. Their
//! entries are entries like others, so that agenda, shares, levels, feeds and checks for conflicts know them; only nobody
//! changes them by hand.

pub mod fetch;
pub mod guard;
pub mod job;
pub mod service;
