//! The folder of files.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

/// What was uploaded and not used is deleted after this time.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where files are, below the folder of the configuration.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Where a stored path leads.
    pub fn path(&self, stored: &str) -> PathBuf {
        self.0.join(stored)
    }

    /// Keeps the file of a version beside those that go away, and says where.
    ///
    /// # Errors
    /// The disk fails.
    pub fn keep_original(&self, upload: &Path, version: Uuid) -> std::io::Result<String> {
        std::fs::create_dir_all(self.0.join("originals"))?;
        let stored = format!("originals/{version}");
        let target = self.path(&stored);
        // A link costs nothing; not every file system has them.
        if std::fs::hard_link(upload, &target).is_err() {
            std::fs::copy(upload, &target)?;
        }
        Ok(stored)
    }

    /// Deletes uploads that nobody used for a day.
    #[expect(clippy::disallowed_methods, reason = "files have the time of the machine")]
    pub fn sweep(&self) {
        let now = SystemTime::now();
        let old = |it: &std::fs::DirEntry| {
            let changed = it.metadata().and_then(|it| it.modified()).unwrap_or(now);
            now.duration_since(changed).is_ok_and(|it| it > KEPT)
        };
        let Ok(entries) = std::fs::read_dir(self.0.join("uploads")) else { return };
        for entry in entries.flatten().filter(old) {
            if let Err(error) = std::fs::remove_file(entry.path()) {
                tracing::warn!(%error, "an old upload could not be deleted");
            }
        }
    }
}
