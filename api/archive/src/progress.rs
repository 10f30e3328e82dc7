//! How far an archive is.

use std::sync::atomic::{AtomicU64, Ordering};

/// What is done and what is to be done, in rows. Shared with whoever shows it.
#[derive(Debug, Default)]
pub struct ArchiveProgress {
    total: AtomicU64,
    done: AtomicU64,
}

impl ArchiveProgress {
    /// Begins anew with so many rows to do.
    pub fn begin(&self, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// So many more are done.
    pub fn add(&self, rows: u64) {
        self.done.fetch_add(rows, Ordering::Relaxed);
    }

    /// Rows that are done, and all of them.
    pub fn now(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}
