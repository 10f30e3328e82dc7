//! How many columns a file has, and which of them nobody uses.

use std::collections::BTreeMap;

use crate::read::head::Head;
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
use crate::read::profile::MAX_SOURCES;
use crate::read::source::SourceRecord;

/// How many fields a row may have. Empty ones at its end are nothing.
pub struct FileWidth {
    /// Fields that a row of a text has at least.
    least: usize,
    /// Behind so many nothing stands in a row of a text.
    most: usize,
    /// Fields that the profile asks for.
    wanted: usize,
    /// Fields of the longest row.
    found: usize,
    /// Whether rows end with their last value and stand where they are told to, as in sheets.
    ragged: bool,
}

impl FileWidth {
    /// As the headers say; without them as the first row does.
    pub fn of(head: &Head, first: &SourceRecord, wanted: usize, ragged: bool) -> Self {
        let (least, most) = match head.width(true) {
            0 => (filled(first), first.fields.len()),
            width => (width, head.width(false)),
        };
        let found = head.width(false);
        Self { least: least.max(wanted), most: most.max(wanted), wanted, found, ragged }
    }

    /// What is wrong with the length of a row.
    pub fn see(&mut self, record: &SourceRecord) -> Option<TableProblem> {
        let found = record.fields.len();
        self.found = self.found.max(found);
        let (expected, found) = match () {
            () if self.ragged => return None,
            () if found < self.least => (self.least, found),
            () if found > self.most && filled(record) > self.most => (self.most, filled(record)),
            () => return None,
        };
        let problem = TableProblem::at(ProblemCode::FieldCount, record.row);
        Some(problem.with("expected", expected).with("found", found))
    }

    /// Tells that a column was never there.
    pub fn end(&self, report: &mut ReadReport) {
        if self.found < self.wanted {
            let problem = TableProblem::of_file(ProblemCode::NoColumn).value(&self.wanted.to_string());
            report.add(problem.with("found", self.found));
        }
    }
}

/// Fields up to the last one in which something stands.
fn filled(record: &SourceRecord) -> usize {
    let noted = record.notes.iter().map(|it| it.0 + 1).max().unwrap_or(0);
    let fields = &record.fields;
    (0..fields.len()).rev().find(|it| !fields[*it].trim().is_empty()).map_or(0, |it| it + 1).max(noted)
}

/// The columns of the file that the profile does not use, as far as something stands in them.
pub struct UnusedColumns {
    used: Vec<bool>,
    headers: Vec<String>,
    found: BTreeMap<usize, (TableProblem, u64)>,
}

impl UnusedColumns {
    /// All but these.
    pub fn of(used: impl Iterator<Item = usize>, headers: &[String]) -> Self {
        let mut all = Vec::new();
        for place in used {
            if all.len() <= place {
                all.resize(place + 1, false);
            }
            all[place] = true;
        }
        Self { used: all, headers: headers.to_vec(), found: BTreeMap::new() }
    }

    /// Looks at a row.
    pub fn see(&mut self, record: &SourceRecord) {
        for place in 0..record.fields.len().min(MAX_SOURCES) {
            if self.used.get(place) == Some(&true) {
                continue;
            }
            let text = record.fields[place].trim();
            if text.is_empty() && record.note(place).is_none() {
                continue;
            }
            let header = self.headers.get(place).map_or("", String::as_str);
            let first = || {
                let problem = TableProblem::at(ProblemCode::ColumnNotUsed, record.row).value(text);
                (problem.with("position", place + 1).with("header", header), 0)
            };
            self.found.entry(place).or_insert_with(first).1 += 1;
        }
    }

    /// Tells of them, from left to right.
    pub fn end(&mut self, report: &mut ReadReport) {
        for (problem, count) in std::mem::take(&mut self.found).into_values() {
            report.add(problem.with("count", count));
        }
    }
}
