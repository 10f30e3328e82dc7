//! Calendars of authorities and their entries, each seen at the level that the viewer has.

pub mod calendar_service;
pub mod entry_service;
pub mod entry_wish;
pub mod external;
pub mod feed;
pub mod horizon;
pub mod import;
pub mod resource;
pub mod series;
pub mod window;
