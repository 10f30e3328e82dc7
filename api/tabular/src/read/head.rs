//! What stands above the data: titles and headers.

use crate::read::pattern::Pattern;
use crate::read::problem::{ProblemCode, TableProblem};
use crate::read::profile::{Profile, SourceColumn};
use crate::read::source::{Records, SourceRecord};

/// Between the texts of several header rows.
pub const JOINT: &str = " / ";

/// What stands above the data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Every text of every row, in their order.
    pub texts: Vec<String>,
    /// The header rows.
    rows: Vec<Vec<String>>,
    /// The joined headers; none where the file has none.
    pub headers: Vec<String>,
}

impl Head {
    /// Reads the rows above the data.
    ///
    /// # Errors
    /// What ends the reading.
    pub fn read(records: &mut Records, profile: &Profile) -> Result<Self, TableProblem> {
        let mut head = Self::default();
        let mut record = SourceRecord::default();
        for number in 0..profile.title_rows + profile.header_rows {
            if !records.next(&mut record)? {
                return Err(TableProblem::of_file(ProblemCode::NoRows));
            }
            let fields: Vec<String> = record.fields.iter().map(|it| it.trim().to_owned()).collect();
            head.texts.extend(fields.iter().filter(|it| !it.is_empty()).cloned());
            if number >= profile.title_rows {
                head.rows.push(fields);
            }
        }
        Ok(head)
    }

    /// Fields of the longest header row; without those at its end that are empty, if so asked.
    pub fn width(&self, trimmed: bool) -> usize {
        let width = |row: &Vec<String>| match trimmed {
            true => row.iter().rposition(|it| !it.is_empty()).map_or(0, |it| it + 1),
            false => row.len(),
        };
        self.rows.iter().map(width).max().unwrap_or(0)
    }

    /// Joins the headers of a file of at least so many columns; merged headers reach to its last column.
    pub fn join(&mut self, fill: bool, width: usize) {
        self.headers = join(self.rows.clone(), fill, width);
    }

    /// What a pattern finds above the data, in the order of the rows.
    pub fn find<'a>(&'a self, pattern: &'a Pattern) -> impl Iterator<Item = &'a str> {
        self.texts.iter().filter_map(|it| pattern.of(it)).filter(|it| !it.is_empty())
    }

    /// Where a column of the file is, from 0; `width` is how many there are, if that is known.
    ///
    /// # Errors
    /// It is not there, or another one is.
    pub fn place(&self, source: &SourceColumn, width: Option<usize>) -> Result<usize, TableProblem> {
        let Some(position) = source.position else {
            let pattern = source.header.clone().unwrap_or_else(|| Pattern(String::new()));
            let mut found = self.headers.iter().enumerate().filter(|(_, it)| pattern.of(it).is_some());
            let first = found.next().ok_or_else(|| TableProblem::of_file(ProblemCode::NoHeader).value(&pattern.0))?;
            if found.next().is_some() {
                return Err(TableProblem::of_file(ProblemCode::SeveralHeaders).value(&pattern.0));
            }
            return Ok(first.0);
        };
        let place = position as usize - 1;
        if let Some(width) = width.filter(|it| place >= *it) {
            return Err(TableProblem::of_file(ProblemCode::NoColumn).value(&position.to_string()).with("found", width));
        }
        match (&source.header, self.headers.get(place).map_or("", String::as_str)) {
            (Some(pattern), header) if pattern.of(header).is_none() => {
                Err(TableProblem::of_file(ProblemCode::HeaderDiffers).value(header).with("expected", &pattern.0))
            }
            _ => Ok(place),
        }
    }
}

/// Joins the texts of header rows, column by column.
pub fn join(mut rows: Vec<Vec<String>>, fill: bool, width: usize) -> Vec<String> {
    let own = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = if fill && own > 0 { own.max(width) } else { own };
    for row in &mut rows {
        row.resize(width, String::new());
    }
    if fill {
        fill_merged(&mut rows);
    }
    (0..width)
        .map(|column| {
            let mut parts: Vec<&str> = rows.iter().map(|it| it[column].as_str()).filter(|it| !it.is_empty()).collect();
            parts.dedup();
            parts.join(JOINT)
        })
        .collect()
}

fn fill_merged(rows: &mut [Vec<String>]) {
    for row in 0..rows.len() {
        for column in 1..rows[row].len() {
            let above_is_same = (0..row).all(|above| rows[above][column] == rows[above][column - 1]);
            if rows[row][column].is_empty() && above_is_same {
                rows[row][column] = rows[row][column - 1].clone();
            }
        }
    }
}
