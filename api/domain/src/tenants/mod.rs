//! Authorities, their fields of work, and the official regions.

pub mod service;
