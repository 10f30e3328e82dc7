//! Records that are the same place or the same organisation: proposed, merged, and taken apart again.

pub mod records;
pub mod service;
pub mod standing;
