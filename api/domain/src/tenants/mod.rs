//! Authorities, their fields of work and contacts, and the official regions.

pub mod contacts;
pub mod profile;
pub mod service;
