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
        let mut rows = Vec::new();
        let mut record = SourceRecord::default();
        for number in 0..profile.title_rows + profile.header_rows {
            if !records.next(&mut record)? {
                return Err(TableProblem::of_file(ProblemCode::NoRows));
            }
            let fields: Vec<String> = record.fields.iter().map(|it| it.trim().to_owned()).collect();
            head.texts.extend(fields.iter().filter(|it| !it.is_empty()).cloned());
            if number >= profile.title_rows {
                rows.push(fields);
            }
        }
        head.headers = join(rows, profile.fill_headers);
        Ok(head)
    }

    /// What a pattern finds above the data.
    pub fn find(&self, pattern: &Pattern) -> Option<&str> {
        self.texts.iter().find_map(|it| pattern.of(it)).filter(|it| !it.is_empty())
    }

    /// Where a column of the file is, from 0; `width` is how many there are.
    ///
    /// # Errors
    /// It is not there, or another one is.
    pub fn place(&self, source: &SourceColumn, width: usize) -> Result<usize, TableProblem> {
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
        if place >= width {
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
pub fn join(mut rows: Vec<Vec<String>>, fill: bool) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
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
