//! A profile for a file that nobody has described yet. It is a guess, for people to look at; an import takes the profile
//! that they made of it.

mod layout;
mod marks;
mod names;
mod roles;
mod seen;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::Symbol;
use crate::read::head::join;
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
use crate::read::profile::{DateForm, Encoding, FileFormat, From, Profile, ProfileColumn, VERSION};
use crate::read::propose::layout::Layout;
use crate::read::propose::marks::Marks;
use crate::read::propose::seen::Seen;
use crate::read::source;
use crate::read::source::ReadLimits;
use crate::read::table::{Batch, TableFileReader};

/// Rows that are looked at.
const LOOKED_AT: usize = 20_000;
/// Rows that are shown.
const SHOWN: usize = 20;

/// What a file seems to be.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileProposal {
    /// How to read it.
    pub profile: Profile,
    /// Its first rows, read so.
    pub sample: Batch,
    /// What is wrong with its first rows, read so.
    pub report: ReadReport,
    /// What should be looked at.
    pub notes: Vec<Note>,
}

/// What should be looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    /// What it is about.
    pub code: NoteCode,
    /// The column of the table, if it is about one.
    pub column: Option<String>,
    /// What was found.
    pub value: Option<String>,
}

/// What notes are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NoteCode {
    /// The layout is that of a GENESIS table.
    Genesis,
    /// The column has no header; its name is made up.
    NameMadeUp,
    /// The date of the figures stands above the data.
    DateInHead,
    /// Marks in numbers can be read in two ways.
    MarksUnclear,
    /// No columns tell rows apart; the number of the row does.
    NoKey,
    /// The column has no value in the rows that were looked at.
    Empty,
    /// This code seems to stand for all others.
    Total,
    /// Only the first rows were looked at.
    Sample,
}

impl Note {
    fn new(code: NoteCode) -> Self {
        Self { code, column: None, value: None }
    }

    fn of(code: NoteCode, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..Self::new(code) }
    }

    fn value(mut self, value: impl ToString) -> Self {
        self.value = Some(value.to_string());
        self
    }
}

/// Looks at a file, the named sheet of a workbook.
///
/// # Errors
/// What makes it unreadable.
pub fn propose(path: &Path, sheet: Option<&str>, limits: ReadLimits) -> Result<ProfileProposal, TableProblem> {
    let format = source::format_of(path).map_err(|error| source::of_io(&error, limits.bytes))?;
    let format =
        format.ok_or_else(|| TableProblem::of_file(ProblemCode::Unreadable).with("reason", "no CSV, XLSX or ODS"))?;
    let mut profile = blank(format, sheet);
    if format == FileFormat::Csv {
        profile.encoding = source::encoding_of(path, limits)?;
        let delimiter = layout::delimiter(path, &profile, limits)?;
        if delimiter == '\t' {
            profile.format = FileFormat::Tsv;
        } else {
            profile.delimiter = Some(delimiter);
        }
    }
    let (rows, all) = layout::rows(path, &profile, limits, LOOKED_AT)?;
    let layout = Layout::of(&rows).ok_or_else(|| TableProblem::of_file(ProblemCode::NoRows))?;
    let mut notes = Vec::new();
    if layout.is_genesis {
        notes.push(Note::new(NoteCode::Genesis));
    }
    if !all {
        notes.push(Note::new(NoteCode::Sample).value(layout.data.len()));
    }
    layout.write(&mut profile);
    let marks = Marks::of(&layout.data);
    if marks.unclear {
        notes.push(Note::new(NoteCode::MarksUnclear).value(marks.decimal));
    }
    (profile.decimal, profile.thousands) = (marks.decimal, marks.thousands);

    let headers = join(layout.headers.clone(), profile.fill_headers);
    let seen: Vec<Seen> = (0..layout.width).map(|it| Seen::of(&layout, it, headers.get(it), &marks)).collect();
    let keys = roles::keys(&seen, &layout.data);
    let head = names::date_in_head(&layout.head, &seen);
    profile.columns = names::columns(&seen, &keys, &headers, head.as_ref(), &mut notes);
    if keys.needs_number {
        notes.push(Note::new(NoteCode::NoKey));
    }
    profile.symbols = Symbol::ALL.into_iter().filter(|it| seen.iter().any(|seen| seen.symbols.contains(it))).collect();
    let slashed = seen.iter().any(|it| it.dates == Some(DateForm::Slashed));
    if slashed {
        profile.dates.push(DateForm::Slashed);
    }
    let (sample, report) = first_rows(path, &profile, limits);
    Ok(ProfileProposal { profile, sample, report, notes })
}

fn first_rows(path: &Path, profile: &Profile, limits: ReadLimits) -> (Batch, ReadReport) {
    match TableFileReader::open(path, profile, limits) {
        Ok(mut reader) => {
            let batch = reader.batch(SHOWN).unwrap_or_default();
            (batch, reader.into_report())
        }
        Err(report) => (Batch::default(), report),
    }
}

fn blank(format: FileFormat, sheet: Option<&str>) -> Profile {
    Profile {
        version: VERSION,
        format,
        sheet: sheet.map(str::to_owned),
        encoding: Encoding::Auto,
        delimiter: None,
        quote: None,
        title_rows: 0,
        header_rows: 0,
        fill_headers: false,
        footer: None,
        decimal: ',',
        thousands: None,
        dates: vec![DateForm::Dotted, DateForm::Iso],
        symbols: Vec::new(),
        columns: Vec::new(),
        unpivot: None,
    }
}

/// The row number as a column.
fn row_number() -> ProfileColumn {
    let column = names::column("zeile", "Zeile", crate::model::ColumnType::Integer);
    ProfileColumn { column, from: Some(From::RowNumber(true)), cut: None, pad: None }
}
