//! Rows of a workbook. It is read by a thread of its own, so that a workbook that breaks its reader breaks nothing else.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use calamine::{DataRef, Reader, Xlsx};
use csv::StringRecord;
use zip::ZipArchive;

use crate::read::ods;
use crate::read::problem::{ProblemCode, TableProblem};
use crate::read::profile::{FileFormat, MAX_SOURCES};
use crate::read::source::{ReadLimits, SourceRecord};

const AHEAD: usize = 256;
const MAX_PARTS: usize = 10_000;
/// The longest stretch of a part without a tag: the longest text of a cell that is read.
const MAX_STRETCH: u64 = 1 << 20;
/// Texts that a workbook may say it has.
const MAX_DECLARED: usize = 8;

/// A row, or why there is none.
pub(super) type Sent = Result<(u64, Vec<String>), TableProblem>;

/// The rows of a sheet.
pub struct Sheet {
    rows: Receiver<Option<Sent>>,
}

impl Sheet {
    /// Begins to read a sheet, the first one if none is named.
    ///
    /// # Errors
    /// It is no workbook, or one with too much in it.
    pub fn open(
        path: &Path,
        format: FileFormat,
        sheet: Option<&str>,
        decimal: char,
        limits: ReadLimits,
    ) -> Result<Self, TableProblem> {
        guard(path, limits)?;
        let (sender, rows) = sync_channel(AHEAD);
        let job = SheetJob { path: path.to_owned(), sheet: sheet.map(str::to_owned), decimal, sender };
        thread::Builder::new()
            .name("sheet".to_owned())
            .spawn(move || {
                let result = match format {
                    FileFormat::Ods => ods::read(&job),
                    _ => xlsx(&job),
                };
                match result {
                    Ok(()) => job.sender.send(None),
                    Err(problem) => job.sender.send(Some(Err(problem))),
                }
            })
            .map_err(unreadable)?;
        Ok(Self { rows })
    }

    /// The next row; `false` at the end.
    pub(super) fn next(&mut self, record: &mut SourceRecord) -> Result<bool, TableProblem> {
        match self.rows.recv() {
            Ok(Some(Ok((row, fields)))) => {
                *record = SourceRecord { row, fields: StringRecord::from(fields) };
                Ok(true)
            }
            Ok(Some(Err(problem))) => Err(problem),
            Ok(None) => Ok(false),
            Err(_) => Err(unreadable("the sheet ends too early")),
        }
    }
}

/// What the thread needs.
pub(super) struct SheetJob {
    pub path: PathBuf,
    pub sheet: Option<String>,
    /// The mark that numbers get, as if they had been written in a text.
    pub decimal: char,
    sender: SyncSender<Option<Sent>>,
}

impl SheetJob {
    /// Hands over a row; `false` if nobody waits for it any more.
    pub fn send(&self, row: u64, mut fields: Vec<String>) -> bool {
        while fields.last().is_some_and(|it| it.trim().is_empty()) {
            fields.pop();
        }
        fields.is_empty() || self.sender.send(Some(Ok((row, fields)))).is_ok()
    }

    /// A number as it would stand in a text: at most 15 digits count, as in the programs that made it.
    pub fn number(&self, value: f64) -> String {
        let rounded = format!("{value:.14e}").parse().unwrap_or(value);
        let text = if rounded == 0.0 { "0".to_owned() } else { format!("{rounded}") };
        text.replace('.', &self.decimal.to_string())
    }
}

/// What a reader of workbooks says.
pub(super) fn unreadable(reason: impl ToString) -> TableProblem {
    TableProblem::of_file(ProblemCode::Unreadable).with("reason", reason)
}

/// Unpacks everything once without keeping it: what a workbook says of its sizes need not be true.
fn guard(path: &Path, limits: ReadLimits) -> Result<(), TableProblem> {
    let too_large = || TableProblem::of_file(ProblemCode::TooLarge).with("max", limits.sheet_bytes >> 20);
    let file = File::open(path).map_err(unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut left = limits.sheet_bytes;
    let mut chunk = vec![0; 64 * 1024];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_lowercase();
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let mut look = Look::default();
        loop {
            let read = part.read(&mut chunk).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(too_large)?;
            if is_xml && !chunk[..read].iter().all(|byte| look.passes(*byte)) {
                return Err(too_large());
            }
        }
    }
    Ok(())
}

/// Looks for what would make a reader ask for much memory at once.
#[derive(Default)]
struct Look {
    stretch: u64,
    word: usize,
    digits: Option<usize>,
}

impl Look {
    fn passes(&mut self, byte: u8) -> bool {
        const WORD: &[u8] = b"uniqueCount";
        self.stretch = if byte == b'<' { 0 } else { self.stretch + 1 };
        if let Some(digits) = self.digits {
            self.digits = match byte {
                b'0'..=b'9' => Some(digits + 1),
                b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+' if digits == 0 => Some(0),
                _ => None,
            };
        }
        self.word = if byte == WORD[self.word] { self.word + 1 } else { usize::from(byte == WORD[0]) };
        if self.word == WORD.len() {
            (self.word, self.digits) = (0, Some(0));
        }
        self.stretch <= MAX_STRETCH && self.digits.unwrap_or(0) < MAX_DECLARED
    }
}

fn xlsx(job: &SheetJob) -> Result<(), TableProblem> {
    let file = File::open(&job.path).map_err(unreadable)?;
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let names = book.sheet_names();
    let name = match &job.sheet {
        Some(name) => names.iter().find(|it| *it == name),
        None => names.first(),
    };
    let name = name.cloned().ok_or_else(|| no_sheet(job, &names))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
    let mut current = 0;
    let mut fields: Vec<String> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        if row != current {
            if !job.send(u64::from(current) + 1, std::mem::take(&mut fields)) {
                return Ok(());
            }
            current = row;
        }
        let text = xlsx_text(job, cell.get_value());
        if text.is_empty() || column as usize >= MAX_SOURCES {
            continue;
        }
        if fields.len() <= column as usize {
            fields.resize(column as usize + 1, String::new());
        }
        fields[column as usize] = text;
    }
    job.send(u64::from(current) + 1, fields);
    Ok(())
}

fn xlsx_text(job: &SheetJob, value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(value) => value.to_string(),
        DataRef::Float(value) => job.number(*value),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            if (hour, minute, second) == (0, 0, 0) {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
            }
        }
        DataRef::DateTime(time) => job.number(time.as_f64()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// There is no such sheet; these are there.
pub(super) fn no_sheet(job: &SheetJob, names: &[String]) -> TableProblem {
    TableProblem::of_file(ProblemCode::NoSheet)
        .value(job.sheet.as_deref().unwrap_or_default())
        .with("found", names.join(", "))
}
