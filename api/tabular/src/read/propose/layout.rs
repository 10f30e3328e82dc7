//! Where titles end, headers stand and data begins.

use std::collections::HashMap;
use std::path::Path;

use crate::read::problem::TableProblem;
use crate::read::profile::{MAX_COLUMNS, Profile};
use crate::read::propose::headers;
use crate::read::sheet::CellNote;
use crate::read::source::{ReadLimits, Records, SourceRecord};

const DELIMITERS: [char; 4] = [';', '\t', '|', ','];
const FOR_DELIMITER: usize = 500;
const MAX_TITLES: usize = 100;
/// Bytes of all rows that are looked at.
const MAX_BYTES: usize = 32 << 20;
const FOOTER: &str = "__________";
/// Rows of a text within which a column has to be seen that the headers do not have.
const REACHED: usize = 100;
/// Columns of the file at most: one for the number of the row and one for a date above the data may be added.
const MAX_WIDTH: usize = MAX_COLUMNS - 2;
/// Letters of a note below the data that are looked for.
const NOTE_LENGTH: usize = 40;

/// A row of the file; its fields are trimmed.
#[derive(Clone, Debug, Default)]
pub struct FileRow {
    /// Its number in the file.
    pub line: u64,
    /// Its fields.
    pub fields: Vec<String>,
    notes: Vec<(usize, CellNote)>,
}

impl FileRow {
    /// Fields up to the last one in which something stands.
    pub fn filled_width(&self) -> usize {
        let noted = self.notes.iter().map(|it| it.0 + 1).max().unwrap_or(0);
        self.fields.iter().rposition(|it| !it.is_empty()).map_or(0, |it| it + 1).max(noted)
    }

    /// Fields in which something stands.
    pub fn filled(&self) -> usize {
        let is_fault = |it: &&(usize, CellNote)| it.1.is_fault() && self.field(it.0).is_empty();
        self.fields.iter().filter(|it| !it.is_empty()).count() + self.notes.iter().filter(is_fault).count()
    }

    /// Whether a cell has no readable value.
    pub fn has_fault(&self) -> bool {
        self.notes.iter().any(|it| it.1.is_fault())
    }

    /// A field; empty where the row ends before it.
    pub fn field(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }
}

/// The layout of a file.
pub struct Layout {
    /// Columns of the file that are proposed.
    pub width: usize,
    /// Columns that are not proposed, because a table has no more.
    pub left_out: usize,
    /// Rows above the headers.
    pub titles: usize,
    /// The header rows.
    pub headers: Vec<Vec<String>>,
    /// Every text above the data.
    pub head: Vec<String>,
    /// The rows of data. Cells without a readable value are empty.
    pub data: Vec<Vec<String>>,
    /// Their numbers in the file.
    pub lines: Vec<u64>,
    /// Per column, the first cell without a readable value: its row, and what stands there.
    pub faults: Vec<Option<(u64, String)>>,
    /// Per column, the decimals that a workbook shows where numbers have more.
    pub shown: Vec<Option<u8>>,
    /// Per column, the unit that a workbook shows with its numbers.
    pub units: Vec<Option<&'static str>>,
    /// Whether it is a GENESIS table.
    pub is_genesis: bool,
    /// With what the first row behind the data begins.
    pub footer: Option<String>,
}

/// The first rows of a file, and whether these are all. The sizes of a workbook must have been checked.
pub fn rows(
    path: &Path,
    profile: &Profile,
    limits: ReadLimits,
    max: usize,
) -> Result<(Vec<FileRow>, bool), TableProblem> {
    let mut records = Records::open_checked(path, profile, limits)?;
    let mut record = SourceRecord::default();
    let mut rows = Vec::new();
    let mut bytes = 0;
    while rows.len() < max && bytes < MAX_BYTES {
        if !records.next(&mut record)? {
            return Ok((rows, true));
        }
        bytes += record.fields.as_slice().len();
        rows.push(FileRow {
            line: record.row,
            fields: record.fields.iter().map(|it| it.trim().to_owned()).collect(),
            notes: std::mem::take(&mut record.notes),
        });
    }
    Ok((rows, false))
}

/// The mark between fields: the first one with which nearly all rows have the same number of fields, else the one with
/// which most rows have.
pub fn delimiter(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<char, TableProblem> {
    let mut best = (0, 0, ';');
    let mut unused = None;
    for delimiter in DELIMITERS {
        let tried = Profile { delimiter: Some(delimiter), ..profile.clone() };
        let Ok((rows, _)) = rows(path, &tried, limits, FOR_DELIMITER) else { continue };
        // A quotation mark without its other half: the mark stands within quotes.
        let is_torn = |row: &&FileRow| row.fields.iter().any(|it| it.matches('"').count() % 2 == 1);
        let torn = rows.iter().filter(is_torn).count();
        if delimiter == ',' && !rows.iter().any(|it| it.fields.len() > 1 && !is_decimal(&it.fields)) {
            continue;
        }
        if unused.is_none() && rows.iter().all(|it| it.fields.len() == 1) {
            unused = Some(delimiter);
        }
        let (width, count) = usual_width(&rows);
        let share = count.saturating_sub(torn) * 10 / rows.len().max(1);
        if width > 1 && (share.min(9), width * usize::from(share < 9)) > (best.0, best.1) {
            best = (share.min(9), if share < 9 { width } else { usize::MAX }, delimiter);
        }
    }
    // A file of one column has no mark; one that stands in no field splits none.
    Ok(unused.filter(|_| best.1 == 0).unwrap_or(best.2))
}

/// Whether fields between commas are one number with decimals.
fn is_decimal(fields: &[String]) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
    match fields {
        [whole, places] => {
            let (whole, places) = (whole.trim_start_matches(['-', '+']), places.trim_end_matches([' ', '%', '€']));
            digits(whole)
                && digits(places)
                && places.len() < 4
                && !(whole.len() == 4 && ("1900".."2101").contains(&whole))
        }
        _ => false,
    }
}

fn usual_width(rows: &[FileRow]) -> (usize, usize) {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    // Titles and notes have one field; they are no table where as many rows have more.
    let longer = rows.iter().filter(|it| it.fields.len() > 1).count();
    let least = if longer * 2 >= rows.len() { 2 } else { 1 };
    for row in rows.iter().filter(|it| it.fields.len() >= least) {
        *counts.entry(row.fields.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or((0, 0))
}

impl Layout {
    /// The layout of rows, all of the file or its first ones; none where there is no data. Rows of sheets end with their
    /// last value.
    pub fn of(rows: &[FileRow], all: bool, is_sheet: bool) -> Option<Self> {
        let is_genesis = rows.first()?.fields.first()?.starts_with("GENESIS-Tabelle");
        let end = rows.iter().position(|it| it.field(0).starts_with("____"));
        let rows = &rows[..end.unwrap_or(rows.len())];
        let widest = rows.iter().map(FileRow::filled_width).max().unwrap_or(0);
        let usual = if is_sheet { widest } else { usual_width(rows).0 };
        let titles = rows.iter().take(MAX_TITLES).take_while(|it| usual > 1 && it.filled() <= 1).count();
        let rest = &rows[titles..];
        let notes = if end.is_none() && all && usual > 1 { notes_below(rest) } else { None };
        let rest = &rest[..notes.unwrap_or(rest.len())];
        let count = headers::count(rest);
        let (headers, body) = rest.split_at(count);
        let file_width = if is_sheet {
            rest.iter().map(FileRow::filled_width).max().unwrap_or(0)
        } else {
            text_width(headers, body, usual)
        };
        let width = file_width.min(MAX_WIDTH);
        let kept =
            |row: &&FileRow| is_sheet || width == 1 || (row.filled_width() <= file_width && row.fields.len() > 1);
        let data: Vec<&FileRow> = body.iter().filter(kept).collect();
        let (mut faults, mut shown, mut units) = (vec![None; width], vec![None; width], vec![None; width]);
        for row in &data {
            for (column, note) in row.notes.iter().filter(|it| it.0 < width) {
                match note {
                    CellNote::Unit(unit) => units[*column] = units[*column].or(Some(*unit)),
                    CellNote::Shown(decimals) => shown[*column] = shown[*column].max(Some(*decimals)),
                    _ if faults[*column].is_none() => faults[*column] = Some((row.line, row.field(*column).to_owned())),
                    _ => {}
                }
            }
        }
        let head = rows[..titles + count].iter().flat_map(|it| &it.fields).filter(|it| !it.is_empty());
        let footer = notes.map(|it| rows[titles + it].field(0).chars().take(NOTE_LENGTH).collect::<String>());
        (!data.is_empty() && width > 0).then(|| Self {
            width,
            left_out: file_width - width,
            titles,
            headers: headers.iter().map(|it| it.fields.clone()).collect(),
            head: head.cloned().collect(),
            faults,
            shown,
            units,
            lines: data.iter().map(|it| it.line).collect(),
            data: data.iter().map(|it| values(it, width)).collect(),
            is_genesis,
            footer: footer.or_else(|| (end.is_some() || is_genesis).then(|| FOOTER.to_owned())),
        })
    }

    /// Says so in a profile.
    pub fn write(&self, profile: &mut Profile) {
        profile.title_rows = u32::try_from(self.titles).unwrap_or(0);
        profile.header_rows = u32::try_from(self.headers.len()).unwrap_or(0);
        profile.footer.clone_from(&self.footer);
        profile.fill_headers = self.headers.len() > 1
            && self.headers[0].iter().skip_while(|it| it.is_empty()).any(|it| it.is_empty())
            || self.headers.len() > 1 && self.headers[0].len() < self.width;
    }
}

/// The fields of a row, of which those without a readable value are empty.
fn values(row: &FileRow, width: usize) -> Vec<String> {
    let mut values: Vec<String> = (0..width).map(|it| row.field(it).to_owned()).collect();
    for (column, note) in row.notes.iter().filter(|it| it.0 < width) {
        if note.is_fault() {
            values[*column].clear();
        }
    }
    values
}

/// Columns of a text: those of the headers, unless most rows have more.
fn text_width(headers: &[FileRow], body: &[FileRow], usual: usize) -> usize {
    let named = headers.iter().map(FileRow::filled_width).max().unwrap_or(0);
    let longer = body.iter().filter(|it| it.filled_width() > named).count();
    if named > 0 && longer * 2 <= body.len() {
        return named;
    }
    let own = headers.iter().chain(body.iter().take(REACHED)).map(|it| it.fields.len()).max().unwrap_or(0);
    let filled = body.iter().filter(|it| it.fields.len() <= usual).map(FileRow::filled_width).max().unwrap_or(0);
    named.max(filled.min(usual).min(own))
}

/// Where notes below the data begin: the last rows with nothing but a sentence in their first field.
fn notes_below(rows: &[FileRow]) -> Option<usize> {
    let is_mark = |it: &str| (1..3).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit());
    let is_sentence = |it: &FileRow| {
        let text = it.field(0);
        it.filled_width() == 1
            && (text.split_whitespace().count() > 3
                || ["Quelle", "©", "*", "(c)"].iter().any(|start| text.starts_with(start))
                || text.split_once(") ").is_some_and(|(mark, _)| is_mark(mark)))
    };
    let begin = rows.iter().rposition(|it| it.filled_width() > 1)? + 1;
    let begin = begin + rows[begin..].iter().position(is_sentence)?;
    let start: String = rows[begin].field(0).chars().take(NOTE_LENGTH).collect();
    let is_first = !rows[..begin].iter().any(|it| it.field(0).starts_with(&start));
    // What stands between the data and the first sentence would be read as data.
    (is_first && rows[begin - 1].filled_width() > 1).then_some(begin)
}
