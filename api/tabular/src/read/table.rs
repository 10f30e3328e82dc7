//! Rows of the table from rows of the file.

use std::collections::HashMap;
use std::path::Path;

use crate::model::{Cell, ColumnRole, ColumnType, TableRow, Value};
use crate::read::head::Head;
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
use crate::read::profile::{From, Profile, ProfileColumn};
use crate::read::source::{ReadLimits, Records, SourceRecord};
use crate::read::totals::Totals;
use crate::read::value::{MAX_KEY, MAX_TEXT, Writing};

/// Rows of the table, each with the row of the file that it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The rows.
    pub rows: Vec<TableRow>,
    /// Line of a text, row of a sheet, of each of them.
    pub lines: Vec<u64>,
}

/// How far reading has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableReadProgress {
    /// Rows of the table so far.
    pub rows: u64,
    /// Bytes of the file so far.
    pub bytes: u64,
    /// Bytes of the file.
    pub total_bytes: u64,
}

/// Reads a file as its profile says.
pub struct TableFileReader {
    records: Records,
    columns: Vec<ProfileColumn>,
    codes: Vec<HashMap<String, String>>,
    takes: Vec<Take>,
    unpivot: Vec<(usize, Vec<Cell>)>,
    writing: Writing,
    footer: Option<String>,
    width: Option<usize>,
    first: Option<SourceRecord>,
    totals: Totals,
    report: ReadReport,
    ended: bool,
}

/// Where the value of a column is.
enum Take {
    Field(usize),
    Fixed(Cell),
    RowNumber,
    /// One of the codes of an unpivoted column.
    Code(usize),
    /// The value of an unpivoted column.
    Measure,
}

impl TableFileReader {
    /// Opens a file and reads what stands above its data. A profile with flaws is not to be given.
    ///
    /// # Errors
    /// What is wrong with the file as a whole.
    pub fn open(path: &Path, profile: &Profile, limits: ReadLimits) -> Result<Self, ReadReport> {
        let mut report = ReadReport::default();
        match Self::prepare(path, profile, limits, &mut report) {
            Ok(Some(reader)) => Ok(reader),
            Ok(None) => Err(report),
            Err(problem) => {
                report.add(problem);
                Err(report)
            }
        }
    }

    fn prepare(
        path: &Path,
        profile: &Profile,
        limits: ReadLimits,
        report: &mut ReadReport,
    ) -> Result<Option<Self>, TableProblem> {
        let mut records = Records::open(path, profile, limits)?;
        let head = Head::read(&mut records, profile)?;
        let mut first = SourceRecord::default();
        if !records.next(&mut first)? {
            return Err(TableProblem::of_file(ProblemCode::NoRows));
        }
        let width = if head.headers.is_empty() { first.fields.len() } else { head.headers.len() };
        let writing = Writing::of(profile);
        let codes: Vec<_> = profile.columns.iter().map(codes_of).collect();
        let mut takes = Vec::new();
        for (column, codes) in profile.columns.iter().zip(&codes) {
            match take(column, codes, profile, &head, width, &writing) {
                Ok(take) => takes.push(take),
                Err(problem) => report.add(problem.column(&column.column.name)),
            }
        }
        let mut unpivot = Vec::new();
        for it in profile.unpivot.iter().flat_map(|it| &it.columns) {
            let cells = it.codes.iter().map(|code| Value::Text(code.clone()).into()).collect();
            match head.place(&it.from, width) {
                Ok(place) => unpivot.push((place, cells)),
                Err(problem) => report.add(problem),
            }
        }
        Ok(report.is_fine().then(|| Self {
            codes,
            totals: Totals::of(&profile.table()),
            columns: profile.columns.clone(),
            width: Some(width),
            footer: profile.footer.clone(),
            first: Some(first),
            records,
            takes,
            unpivot,
            writing,
            report: ReadReport::default(),
            ended: false,
        }))
    }

    /// The next rows from about so many rows of the file; nothing at the end. Rows with problems are left out.
    pub fn batch(&mut self, records: usize) -> Option<Batch> {
        let mut batch = Batch::default();
        let mut record = SourceRecord::default();
        for _ in 0..records {
            match self.advance(&mut record) {
                Ok(true) => self.read(&record, &mut batch),
                Ok(false) => break,
                Err(problem) => {
                    self.ended = true;
                    self.report.add(problem);
                    break;
                }
            }
        }
        (!self.ended || !batch.rows.is_empty()).then_some(batch)
    }

    /// How far it has come.
    pub fn progress(&self) -> TableReadProgress {
        let (bytes, total_bytes) = self.records.progress();
        TableReadProgress { rows: self.report.rows, bytes, total_bytes }
    }

    /// What was found until now.
    pub const fn report(&self) -> &ReadReport {
        &self.report
    }

    /// What was found.
    pub fn into_report(self) -> ReadReport {
        self.report
    }

    fn advance(&mut self, record: &mut SourceRecord) -> Result<bool, TableProblem> {
        if self.ended {
            return Ok(false);
        }
        let more = match self.first.take() {
            Some(first) => {
                *record = first;
                true
            }
            None => self.records.next(record)?,
        };
        let starts =
            |footer: &String| record.fields.get(0).is_some_and(|it| it.trim_start().starts_with(footer.as_str()));
        let is_footer = more && self.footer.as_ref().is_some_and(starts);
        if more && !is_footer {
            return Ok(true);
        }
        self.ended = true;
        if self.footer.is_some() && !is_footer {
            self.report.add(TableProblem::of_file(ProblemCode::FooterMissing));
        }
        self.totals.end(&mut self.report);
        if self.report.rows == 0 && self.report.is_fine() {
            self.report.add(TableProblem::of_file(ProblemCode::NoRows));
        }
        Ok(false)
    }

    fn read(&mut self, record: &SourceRecord, batch: &mut Batch) {
        if let Some(problem) = self.wrong_length(record) {
            self.report.add(problem);
            return;
        }
        let Some(row) = self.row(record) else { return };
        if self.unpivot.is_empty() {
            self.keep(record.row, row, batch);
            return;
        }
        for index in 0..self.unpivot.len() {
            let Some(measure) = self.takes.iter().position(|it| matches!(it, Take::Measure)) else { return };
            let place = self.unpivot[index].0;
            let Some(cell) = self.cell(record, measure, place) else { continue };
            if cell == Cell::default() {
                continue;
            }
            let mut unpivoted = row.clone();
            for (target, take) in unpivoted.iter_mut().zip(&self.takes) {
                match take {
                    Take::Measure => *target = cell.clone(),
                    Take::Code(number) => target.clone_from(&self.unpivot[index].1[*number]),
                    _ => {}
                }
            }
            self.keep(record.row, unpivoted, batch);
        }
    }

    fn wrong_length(&self, record: &SourceRecord) -> Option<TableProblem> {
        let (expected, found) = (self.width?, record.fields.len());
        let fits = if self.records.is_ragged() { found <= expected } else { found == expected };
        (!fits).then(|| {
            TableProblem::at(ProblemCode::FieldCount, record.row).with("expected", expected).with("found", found)
        })
    }

    fn keep(&mut self, line: u64, row: TableRow, batch: &mut Batch) {
        self.totals.see(line, &row, &mut self.report);
        self.report.rows += 1;
        batch.rows.push(row);
        batch.lines.push(line);
    }

    /// The cells that do not come from unpivoting; nothing where one of them is wrong. All of them are looked at.
    fn row(&mut self, record: &SourceRecord) -> Option<TableRow> {
        let mut right = true;
        let mut row = Vec::with_capacity(self.takes.len());
        for column in 0..self.takes.len() {
            let cell = match &self.takes[column] {
                Take::Field(place) => self.cell(record, column, *place),
                Take::Fixed(cell) => Some(cell.clone()),
                Take::RowNumber => Some(Value::Number(i64::try_from(record.row).unwrap_or(i64::MAX)).into()),
                Take::Code(_) | Take::Measure => Some(Cell::default()),
            };
            right &= cell.is_some();
            row.push(cell.unwrap_or_default());
        }
        right.then_some(row)
    }

    fn cell(&mut self, record: &SourceRecord, column: usize, place: usize) -> Option<Cell> {
        let text = record.fields.get(place).unwrap_or_default();
        let target = &self.columns[column];
        let at = |code| TableProblem::at(code, record.row).column(&target.column.name).value(text);
        if text.contains('\u{fffd}') && self.records.is_malformed() {
            self.report.add(at(ProblemCode::BadEncoding));
            return None;
        }
        match cell(text, target, &self.codes[column], &self.writing) {
            Ok(cell) => {
                if let Some(Value::Text(text)) = &cell.value
                    && target.column.kind == ColumnType::Text
                    && is_formula(text)
                {
                    self.report.add(at(ProblemCode::Formula));
                }
                Some(cell)
            }
            Err(code) => {
                let problem = match code {
                    ProblemCode::TooManyDecimals => at(code).with("max", target.column.decimals.unwrap_or(0)),
                    ProblemCode::TextTooLong => at(code).with("max", max_length(target)),
                    _ => at(code),
                };
                self.report.add(problem);
                None
            }
        }
    }
}

fn codes_of(column: &ProfileColumn) -> HashMap<String, String> {
    let codes = &column.column.codes;
    // Titles first, so that a code that is the title of another is the code.
    let titles = codes.iter().map(|it| (it.title.clone(), it.code.clone()));
    titles.chain(codes.iter().map(|it| (it.code.clone(), it.code.clone()))).collect()
}

fn take(
    column: &ProfileColumn,
    codes: &HashMap<String, String>,
    profile: &Profile,
    head: &Head,
    width: usize,
    writing: &Writing,
) -> Result<Take, TableProblem> {
    let fixed = |text: &str| {
        cell(text, column, codes, writing).map(Take::Fixed).map_err(|code| TableProblem::of_file(code).value(text))
    };
    match &column.from {
        Some(From::Column(source)) => head.place(source, width).map(Take::Field),
        Some(From::Constant(text)) => fixed(text),
        Some(From::Head(pattern)) => match head.find(pattern) {
            Some(text) => fixed(text),
            None => Err(TableProblem::of_file(ProblemCode::NotInHead).value(&pattern.0)),
        },
        Some(From::RowNumber(_)) => Ok(Take::RowNumber),
        None => {
            let dimensions = profile.unpivot.iter().flat_map(|it| &it.dimensions);
            Ok(dimensions
                .zip(0..)
                .find(|(it, _)| **it == column.column.name)
                .map_or(Take::Measure, |it| Take::Code(it.1)))
        }
    }
}

fn cell(
    text: &str,
    target: &ProfileColumn,
    codes: &HashMap<String, String>,
    writing: &Writing,
) -> Result<Cell, ProblemCode> {
    let column = &target.column;
    let text = text.trim();
    if text.is_empty() {
        let is_key = column.role == ColumnRole::Dimension;
        return if is_key { Err(ProblemCode::MissingKey) } else { Ok(Cell::default()) };
    }
    if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) {
        return Err(ProblemCode::ControlCharacter);
    }
    if column.role == ColumnRole::Measure && column.kind.is_number() {
        return writing.measure(text, column.decimals.unwrap_or(0));
    }
    if text.len() > max_length(target) && text.chars().count() > max_length(target) {
        return Err(ProblemCode::TextTooLong);
    }
    let key = key(text, target);
    let value = writing.other(&key, column)?;
    match value {
        Value::Text(text) if !codes.is_empty() => {
            codes.get(&text).map(|it| Value::Text(it.clone()).into()).ok_or(ProblemCode::UnknownCode)
        }
        value => Ok(value.into()),
    }
}

/// A key with what spreadsheets took away, or without what others added.
fn key(text: &str, target: &ProfileColumn) -> String {
    let mut key = text.replace("\r\n", "\n");
    if let Some(cut) = &target.cut
        && key.len() > 5
        && let Some(rest) = key.strip_suffix(cut.as_str())
    {
        key.truncate(rest.len());
    }
    match target.pad.map(usize::from) {
        Some(length) if key.len() < length && key.bytes().all(|it| it.is_ascii_digit()) => {
            format!("{key:0>length$}")
        }
        _ => key,
    }
}

fn max_length(target: &ProfileColumn) -> usize {
    if target.column.role == ColumnRole::Dimension { MAX_KEY } else { MAX_TEXT }
}

/// Whether a spreadsheet would take it for a formula.
fn is_formula(text: &str) -> bool {
    let mut letters = text.chars();
    match letters.next() {
        Some('=' | '@') => letters.next().is_some(),
        Some('+' | '-') => letters.next().is_some_and(|it| it.is_alphabetic() || it == '('),
        _ => false,
    }
}
