//! Cooperation agreements, and what is shared under them.

pub mod service;
pub mod shares;
