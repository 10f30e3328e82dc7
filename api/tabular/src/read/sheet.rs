//! Rows of a workbook. It is read by a thread of its own, so that a workbook that breaks its reader breaks nothing else.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use csv::StringRecord;
use zip::ZipArchive;

use crate::read::problem::{ProblemCode, TableProblem};
use crate::read::profile::FileFormat;
use crate::read::source::{ReadLimits, SourceRecord};
use crate::read::{ods, xlsx};

const AHEAD: usize = 256;
const MAX_PARTS: usize = 10_000;
/// The longest stretch of a part without a tag: the longest text of a cell that is read.
pub(super) const MAX_STRETCH: u64 = 1 << 20;

/// A row, or why there is none.
type Sent = Result<SourceRecord, TableProblem>;

/// What a cell of a workbook says beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellNote {
    /// An error value stands there: `#DIV/0!`.
    Error,
    /// A formula whose value is not in the file.
    NotComputed,
    /// A number with more decimals than the workbook shows; so many are shown.
    Shown(u8),
    /// A number that is shown with this unit.
    Unit(&'static str),
}

impl CellNote {
    /// Whether there is no readable value.
    pub const fn is_fault(self) -> bool {
        matches!(self, Self::Error | Self::NotComputed)
    }
}

/// The name of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetName {
    /// As people see it.
    pub name: String,
    /// Whether people do not see it.
    pub hidden: bool,
}

/// Names of the sheets of a workbook, in their order.
///
/// # Errors
/// It is no workbook, or one with too much in it.
pub fn sheets(path: &Path, format: FileFormat, limits: ReadLimits) -> Result<Vec<SheetName>, TableProblem> {
    guard(path, limits)?;
    match format {
        FileFormat::Ods => ods::sheets(path),
        _ => xlsx::sheets(path),
    }
}

/// The rows of a sheet.
pub struct Sheet {
    rows: Receiver<Option<Sent>>,
}

impl Sheet {
    /// Begins to read a sheet, the first one if none is named, of a workbook whose sizes were checked.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn open(path: &Path, format: FileFormat, sheet: Option<&str>, decimal: char) -> Result<Self, TableProblem> {
        let (sender, rows) = sync_channel(AHEAD);
        let job = SheetJob { path: path.to_owned(), sheet: sheet.map(str::to_owned), decimal, sender };
        thread::Builder::new()
            .name("sheet".to_owned())
            .spawn(move || {
                let result = match format {
                    FileFormat::Ods => ods::read(&job),
                    _ => xlsx::read(&job),
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
            Ok(Some(Ok(row))) => {
                *record = row;
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
    pub fn send(&self, row: u64, mut fields: Vec<String>, mut notes: Vec<(usize, CellNote)>) -> bool {
        notes.sort_unstable_by_key(|it| it.0);
        let noted = notes.iter().map(|it| it.0 + 1).max().unwrap_or(0);
        while fields.len() > noted && fields.last().is_some_and(|it| it.trim().is_empty()) {
            fields.pop();
        }
        let record = SourceRecord { row, fields: StringRecord::from(fields), notes };
        record.fields.is_empty() || self.sender.send(Some(Ok(record))).is_ok()
    }

    /// A number as it would stand in a text. Whole numbers are taken literally; of others at most 15 digits count, as in
    /// the programs that made them.
    pub fn number(&self, raw: &str) -> String {
        let digits = raw.strip_prefix('-').unwrap_or(raw);
        let is_whole = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        match raw.parse::<f64>() {
            Ok(value) if !is_whole => self.decimal_text(value),
            _ => raw.to_owned(),
        }
    }

    /// A share as people see it: 0.475 is 47.5 %.
    pub fn percent(&self, raw: &str) -> String {
        raw.parse::<f64>().map_or_else(|_| raw.to_owned(), |it| format!("{} %", self.decimal_text(it * 100.0)))
    }

    fn decimal_text(&self, value: f64) -> String {
        let rounded = format!("{value:.14e}").parse().unwrap_or(value);
        let text = if rounded == 0.0 { "0".to_owned() } else { format!("{rounded}") };
        text.replace('.', &self.decimal.to_string())
    }

    /// A number with a note if it has more decimals than are shown.
    pub fn shown(&self, text: String, decimals: Option<u8>) -> (String, Option<CellNote>) {
        let places = text.split_once(self.decimal).map_or(0, |it| it.1.trim_end_matches([' ', '%']).len());
        let note = decimals.filter(|it| places > usize::from(*it)).map(CellNote::Shown);
        (text, note)
    }
}

/// A workbook that breaks off, or is none. What its reader says is of no use to people.
pub(super) fn unreadable(_reason: impl ToString) -> TableProblem {
    TableProblem::of_file(ProblemCode::Unreadable).with("reason", "damaged")
}

/// Unpacks everything once without keeping it: what a workbook says of its sizes need not be true.
///
/// # Errors
/// It is no workbook, or one with too much in it.
pub fn guard(path: &Path, limits: ReadLimits) -> Result<(), TableProblem> {
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
        let mut stretch = 0_u64;
        loop {
            let read = part.read(&mut chunk).map_err(unreadable)?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or_else(too_large)?;
            for byte in chunk[..read].iter().filter(|_| is_xml) {
                stretch = if *byte == b'<' { 0 } else { stretch + 1 };
                if stretch > MAX_STRETCH {
                    return Err(too_large());
                }
            }
        }
    }
    Ok(())
}

/// There is no such sheet; these are there.
pub(super) fn no_sheet(job: &SheetJob, names: &[String]) -> TableProblem {
    TableProblem::of_file(ProblemCode::NoSheet)
        .value(job.sheet.as_deref().unwrap_or_default())
        .with("found", names.join(", "))
}
