//! Organisations: who runs places and holds offers.

pub mod service;
pub mod values;
