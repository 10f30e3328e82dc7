//! A profile for a file that nobody has described yet. It is a guess, for people to look at; an import takes the profile
//! that they made of it.

mod headers;
mod layout;
mod marks;
mod names;
mod roles;
mod seen;
mod sheets;
mod symbols;
mod words;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::model::Symbol;
use crate::read::head::join;
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
use crate::read::profile::{DateForm, Encoding, FileFormat, From, Profile, ProfileColumn, VERSION};
use crate::read::propose::layout::{FileRow, Layout};
use crate::read::propose::marks::Marks;
use crate::read::propose::names::ColumnFacts;
use crate::read::propose::roles::KeyColumns;
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
    /// The row of the file, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
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
    /// The workbook has these sheets; the profile names the one that was looked at.
    Sheets,
    /// A text stands in a column of numbers, which is text therefore.
    NotAllNumbers,
    /// A cell of the workbook holds an error, or a formula without its value.
    CellWithoutValue,
    /// Numbers have more decimals than are kept and are rounded to so many.
    Rounded,
    /// This unit stands behind the numbers in the cells and is cut off.
    UnitInCells,
    /// Keys have lost their leading zero and are filled up to this length.
    ZeroLost,
    /// Data ends where a row begins so.
    Footer,
    /// So many columns of the file are not proposed, since a table has no more.
    ColumnsLeftOut,
    /// The letters are unusual for the encoding that was first found; another one was taken.
    EncodingUnclear,
}

impl Note {
    fn new(code: NoteCode) -> Self {
        Self { code, column: None, value: None, row: None }
    }

    fn of(code: NoteCode, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..Self::new(code) }
    }

    fn value(mut self, value: impl ToString) -> Self {
        self.value = Some(value.to_string());
        self
    }

    fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }
}

/// Looks at a file; at the named sheet of a workbook, else at the first one with a table.
///
/// # Errors
/// What makes it unreadable.
pub fn propose(path: &Path, sheet: Option<&str>, limits: ReadLimits) -> Result<ProfileProposal, TableProblem> {
    let format = source::format_of(path).map_err(|error| source::of_io(&error, limits.bytes))??;
    let mut profile = blank(format, sheet);
    let mut notes = Vec::new();
    let is_sheet = matches!(format, FileFormat::Xlsx | FileFormat::Ods);
    if is_sheet {
        sheets::choose(path, &mut profile, limits, &mut notes)?;
    } else {
        profile.encoding = source::encoding_of(path, limits)?;
        let delimiter = layout::delimiter(path, &profile, limits)?;
        if delimiter == '\t' {
            profile.format = FileFormat::Tsv;
        } else {
            profile.delimiter = Some(delimiter);
        }
    }
    let (mut rows, mut all) = layout::rows(path, &profile, limits, LOOKED_AT)?;
    if profile.encoding == Encoding::Windows1252 && is_macintosh(&rows) {
        profile.encoding = Encoding::Macintosh;
        notes.push(Note::new(NoteCode::EncodingUnclear));
        (rows, all) = layout::rows(path, &profile, limits, LOOKED_AT)?;
    }
    let mut layout = Layout::of(&rows, all, is_sheet).ok_or_else(no_rows)?;
    let mut marks = Marks::of(&layout.data);
    if is_sheet && marks.decimal != profile.decimal {
        // Texts among the cells have another mark than the numbers were given, which take that of the profile.
        profile.decimal = marks.decimal;
        (rows, all) = layout::rows(path, &profile, limits, LOOKED_AT)?;
        layout = Layout::of(&rows, all, is_sheet).ok_or_else(no_rows)?;
        let again = Marks::of(&layout.data);
        marks = if again.decimal == marks.decimal { again } else { Marks { thousands: None, ..marks } };
    }
    drop(rows);
    if layout.is_genesis {
        notes.push(Note::new(NoteCode::Genesis));
    }
    if !all {
        notes.push(Note::new(NoteCode::Sample).value(layout.data.len()));
    }
    if layout.left_out > 0 {
        notes.push(Note::new(NoteCode::ColumnsLeftOut).value(layout.left_out));
    }
    layout.write(&mut profile);
    if let Some(footer) = profile.footer.as_ref().filter(|it| !it.starts_with("____")) {
        notes.push(Note::new(NoteCode::Footer).value(footer));
    }
    if marks.unclear {
        notes.push(Note::new(NoteCode::MarksUnclear).value(marks.decimal));
    }
    (profile.decimal, profile.thousands) = (marks.decimal, marks.thousands);
    fill_columns(&mut profile, &layout, &marks, &mut notes);
    let (sample, report) = first_rows(path, &profile, limits);
    Ok(ProfileProposal { profile, sample, report, notes })
}

fn no_rows() -> TableProblem {
    TableProblem::of_file(ProblemCode::NoRows)
}

/// Proposes the columns.
fn fill_columns(profile: &mut Profile, layout: &Layout, marks: &Marks, notes: &mut Vec<Note>) {
    let mut headers = join(layout.headers.clone(), profile.fill_headers, layout.width);
    headers.resize(layout.width, String::new());
    let seen: Vec<Seen> = (0..layout.width).map(|it| Seen::of(layout, it, &headers[it], marks)).collect();
    // The layout defines its symbols; all others must have been seen.
    let is_used = |it: &Symbol| layout.is_genesis || seen.iter().any(|seen| seen.symbols.contains(it));
    profile.symbols = seen::SYMBOLS.into_iter().filter(is_used).collect();
    for form in [DateForm::Slashed, DateForm::DottedShort] {
        if seen.iter().any(|it| it.dates == Some(form)) {
            profile.dates.push(form);
        }
    }
    let symbols = symbols::columns(&headers, &seen, layout);
    let is_text = matches!(profile.format, FileFormat::Csv | FileFormat::Tsv);
    profile.guarded = is_text && symbols.iter().any(Option::is_some) && symbols::is_guarded(layout);
    let mut keys = roles::keys(&seen, &layout.data);
    let head = names::date_in_head(&layout.head, &seen);
    let columns = |keys: &KeyColumns, notes: &mut Vec<Note>| {
        let facts = ColumnFacts { seen: &seen, keys, headers: &headers, head: head.as_ref(), symbols: &symbols };
        names::columns(&facts, layout, notes)
    };
    let mut its_notes = Vec::new();
    profile.columns = columns(&keys, &mut its_notes);
    // What is written in two ways can be the same key.
    if !keys.needs_number && !roles::keys_hold(profile, layout) {
        keys.needs_number = true;
        its_notes.clear();
        profile.columns = columns(&keys, &mut its_notes);
    }
    notes.extend(its_notes);
    if keys.needs_number {
        notes.push(Note::new(NoteCode::NoKey));
    }
}

/// Whether texts read as Windows-1252 have the letters that umlauts of old Macintoshes become, and no umlauts.
fn is_macintosh(rows: &[FileRow]) -> bool {
    let (mut odd, mut usual) = (0, 0);
    for text in rows.iter().flat_map(|it| &it.fields) {
        let mut before = ' ';
        for letter in text.chars() {
            odd +=
                usize::from(before.is_ascii_alphabetic() && matches!(letter, '\u{160}' | '\u{161}' | '\u{178}' | '§'));
            usual += usize::from(matches!(letter, 'ä' | 'ö' | 'ü' | 'Ä' | 'Ö' | 'Ü' | 'ß'));
            before = letter;
        }
    }
    odd > 0 && usual == 0
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
        missing: Vec::new(),
        guarded: false,
        columns: Vec::new(),
        unpivot: None,
    }
}

/// The row number as a column.
fn row_number() -> ProfileColumn {
    let column = names::column("zeile", "Zeile", crate::model::ColumnType::Integer);
    ProfileColumn::of(column, From::RowNumber(true))
}
