//! A folder for the databases and files of a test run: on a RAM disk where one has room, gone with the process.
//!
//! A shell reads a pipe that this process holds open and removes the folder when the pipe closes: on [`Drop`], and just
//! as well after a panic, `exit`, or `kill -9`.

use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{fs, io};

/// The RAM disk of Linux.
const RAM_DISK: &str = "/dev/shm";

/// Free space below which the RAM disk is passed over, in KiB. A run needs about a fifth of it.
const MIN_ROOM: u64 = 4 << 20;

/// `$1` is the folder.
const KEEPER: &str = r#"read -r _; rm -rf -- "$1""#;

/// A folder that is removed when this is dropped or the process ends.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    keeper: Child,
}

impl Scratch {
    /// Makes the folder.
    ///
    /// # Errors
    /// It cannot be made, or there is no shell to remove it.
    pub fn new() -> Result<Self, String> {
        let failed = |error: io::Error| format!("cannot make a temporary folder: {error}");
        let folder = tempfile::Builder::new().prefix("verbund-it-").tempdir_in(parent()).map_err(failed)?;
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(KEEPER).arg("verbund-scratch").arg(folder.path()).current_dir("/");
        // A group of its own: Ctrl-C in a terminal reaches this process only, and the pipe does the rest.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let keeper = command.spawn().map_err(failed)?;
        Ok(Self { folder: folder.keep(), keeper })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Closing the pipe is the order to remove. A wait that fails leaves nothing to do.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// Where throw-away data goes: the RAM disk, unless `TMPDIR` names another place or there is too little room in it.
pub fn parent() -> PathBuf {
    let disk = Path::new(RAM_DISK);
    let open = fs::metadata(disk).is_ok_and(|it| it.is_dir() && it.permissions().mode() & 0o003 == 0o003);
    let room = || free_on(disk).min(free_memory()) >= MIN_ROOM;
    if std::env::var_os("TMPDIR").is_none() && open && room() { disk.to_owned() } else { std::env::temp_dir() }
}

/// KiB that are free on the file system of `path`; 0 where that cannot be told.
fn free_on(path: &Path) -> u64 {
    let output = Command::new("df").arg("-Pk").arg(path).env("LC_ALL", "C").stderr(Stdio::null()).output();
    output.ok().and_then(|it| available(&String::from_utf8_lossy(&it.stdout))).unwrap_or(0)
}

/// The column "Available" of what `df -P` says about one file system.
fn available(text: &str) -> Option<u64> {
    text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// KiB of memory that programs can still have; 0 where that cannot be told.
fn free_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|it| it.strip_prefix("MemAvailable:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_gone_with_everything_in_it_when_dropped() {
        let scratch = Scratch::new().unwrap();
        let folder = scratch.path().to_owned();
        fs::create_dir_all(folder.join("a/b")).unwrap();
        fs::write(folder.join("a/b/c"), b"x").unwrap();
        drop(scratch);
        assert!(!folder.exists());
    }

    #[test]
    fn reads_what_df_says() {
        let text =
            "Filesystem 1024-blocks Used Available Capacity Mounted on\ntmpfs 24682780 3100 24679680 1% /dev/shm\n";
        assert_eq!((available(text), available("")), (Some(24_679_680), None));
    }
}
