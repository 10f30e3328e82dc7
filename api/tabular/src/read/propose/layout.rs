//! Where titles end, headers stand and data begins.

use std::collections::HashMap;
use std::path::Path;

use crate::read::problem::TableProblem;
use crate::read::profile::Profile;
use crate::read::source::{ReadLimits, Records, SourceRecord};
use crate::read::value;

const DELIMITERS: [char; 4] = [';', ',', '\t', '|'];
const FOR_DELIMITER: usize = 500;
const MAX_TITLES: usize = 100;
const MAX_HEADERS: usize = 12;
/// Bytes of all rows that are looked at.
const MAX_BYTES: usize = 32 << 20;
const FOOTER: &str = "__________";

/// The layout of a file.
pub struct Layout {
    /// Fields of a row.
    pub width: usize,
    /// Rows above the headers.
    pub titles: usize,
    /// The header rows.
    pub headers: Vec<Vec<String>>,
    /// Every text above the data.
    pub head: Vec<String>,
    /// The rows of data, those with the usual number of fields.
    pub data: Vec<Vec<String>>,
    /// Whether it is a GENESIS table.
    pub is_genesis: bool,
    has_footer: bool,
}

/// The first rows of a file, trimmed, and whether these are all.
pub fn rows(
    path: &Path,
    profile: &Profile,
    limits: ReadLimits,
    max: usize,
) -> Result<(Vec<Vec<String>>, bool), TableProblem> {
    let mut records = Records::open(path, profile, limits)?;
    let mut record = SourceRecord::default();
    let mut rows = Vec::new();
    let mut bytes = 0;
    while rows.len() < max && bytes < MAX_BYTES {
        if !records.next(&mut record)? {
            return Ok((rows, true));
        }
        bytes += record.fields.as_slice().len();
        rows.push(record.fields.iter().map(|it| it.trim().to_owned()).collect());
    }
    Ok((rows, false))
}

/// The mark between fields: the one with which most rows have the same number of fields.
pub fn delimiter(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<char, TableProblem> {
    let mut best = (0, 0, ';');
    for delimiter in DELIMITERS {
        let tried = Profile { delimiter: Some(delimiter), ..profile.clone() };
        let Ok((rows, _)) = rows(path, &tried, limits, FOR_DELIMITER) else { continue };
        let (width, count) = usual_width(&rows);
        let share = count * 10 / rows.len().max(1);
        if width > 1 && (share, width) > (best.0, best.1) {
            best = (share, width, delimiter);
        }
    }
    Ok(best.2)
}

fn usual_width(rows: &[Vec<String>]) -> (usize, usize) {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for row in rows {
        *counts.entry(row.len()).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).unwrap_or((0, 0))
}

impl Layout {
    /// The layout of rows; none where there is no data.
    pub fn of(rows: &[Vec<String>]) -> Option<Self> {
        let is_genesis = rows.first()?.first()?.starts_with("GENESIS-Tabelle");
        let end = rows.iter().position(|it| it.first().is_some_and(|it| it.starts_with("____")));
        let rows = &rows[..end.unwrap_or(rows.len())];
        let filled = |row: &Vec<String>| row.iter().filter(|it| !it.is_empty()).count();
        let (width, _) = usual_width(&rows[rows.len() / 2..]);
        let is_title = |row: &&Vec<String>| width > 1 && filled(row) <= 1;
        let titles = rows.iter().take(MAX_TITLES).take_while(is_title).count();
        let rest = &rows[titles..];
        let headers = header_rows(rest);
        let kept = |row: &&Vec<String>| row.len() == width || (row.len() < width && row.len() > 1);
        let data: Vec<Vec<String>> = rest[headers..]
            .iter()
            .filter(kept)
            .map(|row| {
                let mut row = row.clone();
                row.resize(width, String::new());
                row
            })
            .collect();
        let head = rows[..titles + headers].iter().flatten().filter(|it| !it.is_empty()).cloned().collect();
        (!data.is_empty()).then(|| Self {
            width,
            titles,
            headers: rest[..headers].to_vec(),
            head,
            data,
            is_genesis,
            has_footer: end.is_some(),
        })
    }

    /// Says so in a profile.
    pub fn write(&self, profile: &mut Profile) {
        profile.title_rows = u32::try_from(self.titles).unwrap_or(0);
        profile.header_rows = u32::try_from(self.headers.len()).unwrap_or(0);
        profile.footer = (self.has_footer || self.is_genesis).then(|| FOOTER.to_owned());
        profile.fill_headers =
            self.headers.len() > 1 && self.headers[0].iter().skip_while(|it| it.is_empty()).any(|it| it.is_empty());
    }
}

/// How many of the rows are headers: those without a value in the first column, or one that is unlike data.
fn header_rows(rows: &[Vec<String>]) -> usize {
    let unnamed = |row: &Vec<String>| row.first().is_some_and(|it| it.is_empty()) && !has_value(row);
    let first = match rows {
        [first, _, ..] if !unnamed(first) => {
            let filled = first.iter().filter(|it| !it.is_empty()).count();
            usize::from(!has_value(first) && filled * 10 >= first.len() * 8)
        }
        _ => 0,
    };
    let named_or_leading = first > 0 || rows.first().is_some_and(unnamed);
    if !named_or_leading {
        return 0;
    }
    first + rows[first..].iter().take(MAX_HEADERS).take_while(|it| unnamed(it)).count()
}

/// Whether a field is what only data has: a number, a date, a key.
fn has_value(row: &[String]) -> bool {
    use crate::read::profile::DateForm::{Dotted, Iso};
    row.iter().any(|it| {
        let digits = it.bytes().filter(u8::is_ascii_digit).count();
        let is_number = digits > 0 && it.chars().all(|it| it.is_ascii_digit() || ".,-+".contains(it));
        // A date above a column says of when its figures are.
        is_number && value::date(it, Dotted).is_none() && value::date(it, Iso).is_none() && !is_year(it)
    }) || row
        .first()
        .is_some_and(|it| value::date(it, Dotted).is_some() || value::date(it, Iso).is_some() || is_year(it))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && ("1900".."2101").contains(&text)
}
