//! How files are kept.

use std::path::PathBuf;

use serde::Deserialize;

/// Section `files`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSettings {
    /// Where they are.
    pub folder: PathBuf,
    /// The largest upload, in MiB.
    pub max_upload_mib: u64,
    /// How long the ticket of an upload is good, in minutes.
    pub ticket_minutes: u32,
}
