//! From a file to rows of texts, whatever kind of file it is.

use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::{ErrorKind, ReaderBuilder, StringRecord};

use crate::read::problem::{ProblemCode, TableProblem};
use crate::read::profile::{Encoding, FileFormat, Profile};
use crate::read::sheet;
use crate::read::sheet::{CellNote, Sheet};
use crate::read::text;
use crate::read::text::{Letters, Stop, Watch};

/// Bytes of an old workbook in which its kind is looked for.
const MAX_OLE: u64 = 16 << 20;
/// Bytes of the list of parts of an OpenDocument.
const MAX_MANIFEST: u64 = 1 << 20;

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub struct ReadLimits {
    /// Bytes of a text, unpacked.
    pub bytes: u64,
    /// Rows of the file.
    pub rows: u64,
    /// Bytes of the parts of a workbook, unpacked.
    pub sheet_bytes: u64,
}

impl Default for ReadLimits {
    fn default() -> Self {
        Self { bytes: 4 << 30, rows: 20_000_000, sheet_bytes: 512 << 20 }
    }
}

/// A row of the file.
#[derive(Clone, Debug, Default)]
pub struct SourceRecord {
    /// Line of a text where it begins, row of a sheet.
    pub row: u64,
    /// The fields as they are written.
    pub fields: StringRecord,
    /// What cells of a workbook say beside their texts, in the order of their places.
    pub notes: Vec<(usize, CellNote)>,
}

impl SourceRecord {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.notes.is_empty() && self.fields.iter().all(|it| it.trim().is_empty())
    }

    /// What the cell at a place says beside its text.
    pub fn note(&self, place: usize) -> Option<CellNote> {
        self.notes.binary_search_by_key(&place, |it| it.0).ok().map(|it| self.notes[it].1)
    }
}

/// The rows of a file that are not blank, one after the other.
pub struct Records {
    kind: SourceKind,
    read: Arc<AtomicU64>,
    total: u64,
    rows: u64,
    limits: ReadLimits,
    ended: bool,
}

enum SourceKind {
    Text { reader: Box<csv::Reader<Letters>>, watch: Watch },
    Sheet(Sheet),
}

impl Records {
    /// Opens a file.
    ///
    /// # Errors
    /// What of the whole file is wrong.
    pub fn open(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<Self, TableProblem> {
        if matches!(profile.format, FileFormat::Xlsx | FileFormat::Ods) {
            check_format(path, profile, limits)?;
            sheet::guard(path, limits)?;
        }
        Self::open_checked(path, profile, limits)
    }

    /// Opens a file whose sizes were checked before.
    ///
    /// # Errors
    /// What of the whole file is wrong.
    pub fn open_checked(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<Self, TableProblem> {
        let read = Arc::new(AtomicU64::new(0));
        let total = std::fs::metadata(path).map_err(|error| of_io(&error, limits.bytes))?.len();
        check_format(path, profile, limits)?;
        let kind = match profile.format {
            FileFormat::Csv | FileFormat::Tsv => text(path, profile, limits, &read)?,
            FileFormat::Xlsx | FileFormat::Ods => {
                let sheet = profile.sheet.as_deref();
                SourceKind::Sheet(Sheet::open(path, profile.format, sheet, profile.decimal)?)
            }
        };
        Ok(Self { kind, read, total, rows: 0, limits, ended: false })
    }

    /// The next row; `false` at the end.
    ///
    /// # Errors
    /// What ends the reading; there is nothing behind it.
    pub fn next(&mut self, record: &mut SourceRecord) -> Result<bool, TableProblem> {
        while !self.ended {
            let more = match &mut self.kind {
                SourceKind::Text { reader, watch } => {
                    watch.since_row.store(0, Ordering::Relaxed);
                    let byte = reader.position().byte();
                    let more = reader.read_record(&mut record.fields);
                    record.row = watch.line_at(byte);
                    more.map_err(|error| of_csv(error, record.row, self.limits))?
                }
                SourceKind::Sheet(sheet) => sheet.next(record)?,
            };
            if !more {
                self.ended = true;
                break;
            }
            if record.is_blank() {
                continue;
            }
            self.rows += 1;
            if self.rows > self.limits.rows {
                return Err(TableProblem::at(ProblemCode::TooManyRows, record.row).with("max", self.limits.rows));
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether something in the file was no letter of its encoding.
    pub fn is_malformed(&self) -> bool {
        match &self.kind {
            SourceKind::Text { watch, .. } => watch.malformed.load(Ordering::Relaxed),
            SourceKind::Sheet(_) => false,
        }
    }

    /// Whether rows may be shorter than others: those of sheets end with their last value.
    pub const fn is_ragged(&self) -> bool {
        matches!(self.kind, SourceKind::Sheet(_))
    }

    /// Bytes that were read, of how many; of workbooks it is not known.
    pub fn progress(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed).min(self.total), self.total)
    }
}

/// Refuses a file of another kind than the profile says.
fn check_format(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<(), TableProblem> {
    let found = format_of(path).map_err(|error| of_io(&error, limits.bytes))??;
    let is_text = |it| matches!(it, FileFormat::Csv | FileFormat::Tsv);
    let is_right = found == profile.format || (is_text(found) && is_text(profile.format));
    if is_right { Ok(()) } else { Err(unread("other-format")) }
}

fn text(path: &Path, profile: &Profile, limits: ReadLimits, read: &Arc<AtomicU64>) -> Result<SourceKind, TableProblem> {
    let fault = |error: io::Error| of_io(&error, limits.bytes);
    let encoding = match profile.encoding {
        Encoding::Auto => encoding_of(path, limits)?,
        named => named,
    };
    let watch = Watch::default();
    let bytes = text::unpacked(path, limits.bytes, read).map_err(fault)?;
    let letters = Letters::new(bytes, encoding, &watch).map_err(fault)?;
    // Marks outside of ASCII are refused with the profile.
    let mark = |it: char| u8::try_from(it).unwrap_or(b';');
    let reader = ReaderBuilder::new()
        .delimiter(mark(profile.delimiter()))
        .quote(mark(profile.quote()))
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(64 * 1024)
        .from_reader(letters);
    Ok(SourceKind::Text { reader: Box::new(reader), watch })
}

/// Finds out how the letters of a text are written.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn encoding_of(path: &Path, limits: ReadLimits) -> Result<Encoding, TableProblem> {
    let unread = Arc::new(AtomicU64::new(0));
    text::unpacked(path, limits.bytes, &unread).and_then(text::detect).map_err(|error| of_io(&error, limits.bytes))
}

/// What kind of file it is, by its first bytes; what it is instead where it is of a kind that is not read.
///
/// # Errors
/// It cannot be read.
pub fn format_of(path: &Path) -> io::Result<Result<FileFormat, TableProblem>> {
    let mut start = Vec::new();
    File::open(path)?.take(4_096).read_to_end(&mut start)?;
    let text = String::from_utf8_lossy(&start).trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).to_lowercase();
    Ok(match start.as_slice() {
        // What Microsoft Office wrote before 2007, and what it encrypts.
        [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            let wide: Vec<u8> = "EncryptedPackage".bytes().flat_map(|it| [it, 0]).collect();
            File::open(path)?.take(MAX_OLE).read_to_end(&mut start)?;
            let is_encrypted = start.windows(wide.len()).any(|it| it == wide);
            Err(unread(if is_encrypted { "encrypted" } else { "old-excel" }))
        }
        [b'%', b'P', b'D', b'F', ..] | [b'P', b'A', b'R', b'1', ..] => Err(unread("format")),
        [b'P', b'K', 3 | 5, ..] => format_of_zip(path),
        _ if text.starts_with("<!doctype html") || text.starts_with("<html") => Err(unread("html")),
        _ => Ok(FileFormat::Csv),
    })
}

/// A file of a kind that is not read; the texts know these reasons.
fn unread(reason: &str) -> TableProblem {
    TableProblem::of_file(ProblemCode::Unreadable).with("reason", reason)
}

fn format_of_zip(path: &Path) -> Result<FileFormat, TableProblem> {
    let file = File::open(path).map_err(|_| unread("damaged"))?;
    let mut archive = zip::ZipArchive::new(io::BufReader::new(file)).map_err(|_| unread("damaged"))?;
    let names: Vec<String> = (0..archive.len().min(10_000))
        .filter_map(|it| Some(archive.name_for_index(it)?.ok()?.to_lowercase()))
        .collect();
    let has = |name: &str| names.iter().any(|it| it.trim_start_matches('/') == name);
    let mut manifest = Vec::new();
    if let Ok(part) = archive.by_name("META-INF/manifest.xml") {
        part.take(MAX_MANIFEST).read_to_end(&mut manifest).map_err(|_| unread("damaged"))?;
    }
    match () {
        () if String::from_utf8_lossy(&manifest).contains("encryption-data") => Err(unread("encrypted")),
        () if has("content.xml") => Ok(FileFormat::Ods),
        () if has("xl/workbook.bin") => Err(unread("xlsb")),
        () if has("[content_types].xml") || has("_rels/.rels") => Ok(FileFormat::Xlsx),
        () if names.is_empty() => Err(unread("damaged")),
        () => Err(unread("zip")),
    }
}

fn of_csv(error: csv::Error, line: u64, limits: ReadLimits) -> TableProblem {
    let problem = match error.into_kind() {
        ErrorKind::Io(error) => of_io(&error, limits.bytes),
        _ => unread("damaged"),
    };
    TableProblem { row: Some(line), ..problem }
}

/// What an error of reading means.
pub fn of_io(error: &io::Error, max: u64) -> TableProblem {
    match Stop::of(error) {
        Some(Stop::TooLarge) => TableProblem::of_file(ProblemCode::TooLarge).with("max", max >> 20),
        Some(Stop::RowTooLong) => TableProblem::of_file(ProblemCode::RowTooLong),
        None => match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                unread("damaged")
            }
            _ => TableProblem::of_file(ProblemCode::Unreadable).with("reason", error),
        },
    }
}
