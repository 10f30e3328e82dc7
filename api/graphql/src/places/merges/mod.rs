//! Records that are the same place or the same organisation: proposed, merged, and taken apart again.

pub mod record_types;
pub mod types;
