//! The file itself: a ZIP with nothing in it that depends on the day or the machine, written and read as it goes by.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::manifest::{FORMAT, MANIFEST, Manifest};
use crate::progress::ArchiveProgress;

/// The longest line of an archive; what is longer was not written by us.
const LONGEST: u64 = 64 * 1024 * 1024;
/// The largest manifest.
const LARGEST_MANIFEST: u64 = 256 * 1024 * 1024;
/// Lines that go from the reader at once, and bytes after which fewer do.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 1024 * 1024;
/// Batches that wait between reader and database.
const AHEAD: usize = 2;

/// An archive as it is written.
pub struct Packer<W: Write + Seek> {
    zip: ZipWriter<BufWriter<W>>,
    hash: Sha256,
    bytes: u64,
}

impl<W: Write + Seek> Packer<W> {
    /// An archive in a file.
    pub fn new(file: W) -> Self {
        Self { zip: ZipWriter::new(BufWriter::new(file)), hash: Sha256::new(), bytes: 0 }
    }

    /// Begins an entry. What it is made with is the same always: day, rights and method.
    ///
    /// # Errors
    /// The disk fails.
    pub fn begin(&mut self, name: &str) -> Result<(), String> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(6))
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644)
            .large_file(true);
        self.hash = Sha256::new();
        self.bytes = 0;
        self.zip.start_file(name, options).map_err(|error| format!("{name}: {error}"))
    }

    /// Adds to it.
    ///
    /// # Errors
    /// The disk fails.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.zip.write_all(bytes).map_err(|error| format!("cannot be written: {error}"))
    }

    /// Ends it: its size and SHA-256.
    pub fn end(&mut self) -> (u64, String) {
        (self.bytes, hex(&std::mem::take(&mut self.hash)))
    }

    /// Ends the archive.
    ///
    /// # Errors
    /// The disk fails.
    pub fn finish(mut self, manifest: &Manifest) -> Result<W, String> {
        let text = serde_json::to_string_pretty(manifest).map_err(|error| error.to_string())?;
        self.begin(MANIFEST)?;
        self.add(text.as_bytes())?;
        self.add(b"\n")?;
        let file = self.zip.finish().map_err(|error| format!("cannot be written: {error}"))?;
        file.into_inner().map_err(|error| format!("cannot be written: {error}"))
    }
}

fn hex(hash: &Sha256) -> String {
    hash.clone().finalize().iter().map(|it| format!("{it:02x}")).collect()
}

/// Opens an archive.
///
/// # Errors
/// It cannot be read, or is no archive.
fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    ZipArchive::new(BufReader::new(file)).map_err(|error| format!("no archive: {error}"))
}

/// Reads the manifest of an archive.
///
/// # Errors
/// It is no archive, or of another format, or has entries that its manifest does not name or lacks some.
pub fn manifest(path: &Path) -> Result<Manifest, String> {
    let mut archive = open(path)?;
    let mut text = String::new();
    {
        let entry = archive.by_name(MANIFEST).map_err(|error| format!("{MANIFEST}: {error}"))?;
        let read = entry.take(LARGEST_MANIFEST).read_to_string(&mut text);
        read.map_err(|error| format!("{MANIFEST}: {error}"))?;
    }
    let format: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{MANIFEST}: line {}: {error}", error.line()))?;
    let format = &format["format"];
    if *format != FORMAT {
        return Err(format!("{MANIFEST}: format is {format}, this program reads {FORMAT}"));
    }
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| format!("{MANIFEST}: {error}"))?;
    let mut named: Vec<&str> = manifest.entries().map(|it| it.0).chain([MANIFEST]).collect();
    named.sort_unstable();
    if let Some(twice) = named.windows(2).find(|it| it[0] == it[1]) {
        return Err(format!("{MANIFEST}: {} is named twice", twice[0]));
    }
    let mut there = Vec::new();
    for name in archive.file_names() {
        there.push(name.map_err(|error| error.to_string())?.into_owned());
    }
    if let Some(unknown) = there.iter().find(|it| named.binary_search(&it.as_str()).is_err()) {
        return Err(format!("{unknown} is not in {MANIFEST}"));
    }
    if let Some(lost) = named.iter().find(|it| archive.index_for_name(it).is_none()) {
        return Err(format!("{lost} is missing"));
    }
    drop(named);
    Ok(manifest)
}

/// Reads everything once and compares it with the checksums of the manifest. Blocks.
///
/// # Errors
/// What differs, or cannot be read.
pub fn verify(path: &Path, manifest: &Manifest, progress: &ArchiveProgress) -> Result<(), String> {
    let mut archive = open(path)?;
    let mut chunk = vec![0; 64 * 1024];
    for (name, expected) in manifest.entries() {
        let mut entry = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
        let mut hash = Sha256::new();
        loop {
            let read = entry.read(&mut chunk).map_err(|error| format!("{name}: {error}"))?;
            if read == 0 {
                break;
            }
            hash.update(&chunk[..read]);
            let lines = chunk[..read].iter().filter(|it| **it == b'\n').count();
            progress.add(if name.starts_with("files/") { 0 } else { lines as u64 });
        }
        let found = hex(&hash);
        if found != expected {
            return Err(format!("{name}: its SHA-256 is {found}, {MANIFEST} says {expected}"));
        }
    }
    Ok(())
}

/// A line and its number.
pub type NumberedLine = (u64, String);

/// Lines of an entry, in batches, read by a thread beside that stops when nobody takes them any more.
pub fn lines(path: &Path, name: &str) -> mpsc::Receiver<Result<Vec<NumberedLine>, String>> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (path, name) = (path.to_owned(), name.to_owned());
    tokio::task::spawn_blocking(move || {
        if let Err(problem) = send_lines(&path, &name, &sender) {
            let _gone = sender.blocking_send(Err(format!("{name}: {problem}")));
        }
    });
    receiver
}

fn send_lines(path: &Path, name: &str, sender: &mpsc::Sender<Result<Vec<NumberedLine>, String>>) -> Result<(), String> {
    let mut archive = open(path)?;
    let entry = archive.by_name(name).map_err(|error| error.to_string())?;
    let mut reader = BufReader::new(entry);
    let (mut number, mut batch, mut bytes) = (0, Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        let read = (&mut reader).take(LONGEST).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if read > 0 {
            number += 1;
            if line.pop() != Some(b'\n') {
                return Err(format!("line {number} does not end, or is longer than {LONGEST} bytes"));
            }
            bytes += read;
            batch.push((number, String::from_utf8(line).map_err(|_| format!("line {number} is no UTF-8"))?));
        }
        if !batch.is_empty() && (read == 0 || batch.len() >= BATCH || bytes >= BATCH_BYTES) {
            bytes = 0;
            if sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                return Ok(());
            }
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Copies an entry to a file. Blocks.
///
/// # Errors
/// It cannot be read, or the disk fails.
pub fn unpack(path: &Path, name: &str, to: &mut File) -> Result<(), String> {
    let mut archive = open(path)?;
    let mut entry = archive.by_name(name).map_err(|error| format!("{name}: {error}"))?;
    std::io::copy(&mut entry, to).map_err(|error| format!("{name}: {error}"))?;
    to.flush().map_err(|error| format!("{name}: {error}"))
}

/// Adds a file to an archive. Blocks.
///
/// # Errors
/// It cannot be read, or the disk fails.
pub fn pack<W: Write + Seek>(packer: &mut Packer<W>, name: &str, from: &PathBuf) -> Result<(u64, String), String> {
    let named = |error: std::io::Error| format!("{}: {error}", from.display());
    let mut file = File::open(from).map_err(named)?;
    packer.begin(name)?;
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut chunk).map_err(named)?;
        if read == 0 {
            return Ok(packer.end());
        }
        packer.add(&chunk[..read])?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::manifest::ManifestTenant;

    fn manifest() -> Manifest {
        Manifest {
            format: FORMAT,
            software: "0".to_owned(),
            schema: "m".to_owned(),
            tenant: ManifestTenant { id: uuid::Uuid::from_u128(1), slug: "a".to_owned(), legal_name: "A".to_owned() },
            parts: Vec::new(),
            figures: Vec::new(),
            files: Vec::new(),
            documents: Vec::new(),
            missing: Vec::new(),
        }
    }

    #[test]
    fn the_same_content_is_the_same_file() {
        let write = || {
            let mut packer = Packer::new(Cursor::new(Vec::new()));
            packer.begin("tables/a.jsonl").expect("begun");
            packer.add(b"{}\n").expect("added");
            packer.end();
            packer.finish(&manifest()).expect("finished").into_inner()
        };
        assert_eq!(write(), write());
    }
}
