//! Feeds: secrets by which programs subscribe to calendars in the name of a person, one authority each.

pub mod open;
pub mod service;
