//! Rows of the table from rows of the file.

use std::collections::VecDeque;
use std::path::Path;

use crate::model::{Cell, ColumnType, TableRow, Value};
use crate::read::cell::{CellReader, is_formula};
use crate::read::head::Head;
use crate::read::problem::{ProblemCode, ReadReport, TableProblem};
use crate::read::profile::{From, Profile, ProfileColumn};
use crate::read::sheet::CellNote;
use crate::read::source::{ReadLimits, Records, SourceRecord};
use crate::read::totals::Totals;
use crate::read::width::{FileWidth, UnusedColumns};

/// Rows that are looked at ahead to find out how many columns the file has, and their bytes.
const AHEAD: usize = 100;
const AHEAD_BYTES: usize = 1 << 20;

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
    cells: Vec<CellReader>,
    takes: Vec<Take>,
    /// Where the symbols of each column are.
    symbols: Vec<Option<usize>>,
    unpivot: Vec<(usize, Vec<Cell>)>,
    footer: Option<String>,
    width: FileWidth,
    unused: UnusedColumns,
    /// Of each column what is told once, at the end.
    once: Vec<[Option<TableProblem>; 2]>,
    ahead: VecDeque<SourceRecord>,
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
        let mut head = Head::read(&mut records, profile)?;
        let wanted = profile.last_position();
        let mut widest = head.width(false);
        let ahead = look_ahead(&mut records, wanted, &mut widest)?;
        let Some(first) = ahead.front() else { return Err(TableProblem::of_file(ProblemCode::NoRows)) };
        head.join(profile.fill_headers, widest.max(wanted));
        let width = FileWidth::of(&head, first, wanted, records.is_ragged());
        // A sheet may have the values of its last column further below.
        let known = (!records.is_ragged()).then_some(widest);
        let cells: Vec<_> = profile.columns.iter().map(|it| CellReader::of(profile, it)).collect();
        let (mut takes, mut symbols) = (Vec::new(), Vec::new());
        for (column, cells) in profile.columns.iter().zip(&cells) {
            let mut tell = |problem: TableProblem| report.add(problem.column(&column.column.name));
            match take(column, cells, profile, &head, known) {
                Ok(take) => takes.push(take),
                Err(problem) => tell(problem),
            }
            match column.symbols.as_ref().map(|it| head.place(it, known)).transpose() {
                Ok(place) => symbols.push(place),
                Err(problem) => tell(problem),
            }
        }
        let mut unpivot = Vec::new();
        for it in profile.unpivot.iter().flat_map(|it| &it.columns) {
            let cells = it.codes.iter().map(|code| Value::Text(code.clone()).into()).collect();
            match head.place(&it.from, known) {
                Ok(place) => unpivot.push((place, cells)),
                Err(problem) => report.add(problem),
            }
        }
        let fields = takes.iter().filter_map(|it| match it {
            Take::Field(place) => Some(*place),
            _ => None,
        });
        let used = fields.chain(symbols.iter().flatten().copied()).chain(unpivot.iter().map(|it| it.0));
        let unused = UnusedColumns::of(used, &head.headers);
        Ok(report.is_fine().then(|| Self {
            unused,
            once: vec![[None, None]; cells.len()],
            cells,
            totals: Totals::of(&profile.table()),
            width,
            footer: profile.footer.clone(),
            ahead,
            records,
            takes,
            symbols,
            unpivot,
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
        let more = match self.ahead.pop_front() {
            Some(next) => {
                *record = next;
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
        self.width.end(&mut self.report);
        self.once.drain(..).flatten().flatten().for_each(|it| self.report.add(it));
        self.unused.end(&mut self.report);
        self.totals.end(&mut self.report);
        if self.report.rows == 0 && self.report.is_fine() {
            self.report.add(TableProblem::of_file(ProblemCode::NoRows));
        }
        Ok(false)
    }

    fn read(&mut self, record: &SourceRecord, batch: &mut Batch) {
        if let Some(problem) = self.width.see(record) {
            self.report.add(problem);
            return;
        }
        self.unused.see(record);
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
        let reader = &self.cells[column];
        let at = |code, text: &str| TableProblem::at(code, record.row).column(&reader.column().name).value(text);
        let without_value = match record.note(place) {
            Some(CellNote::Error) => Some(ProblemCode::CellError),
            Some(CellNote::NotComputed) => Some(ProblemCode::NotComputed),
            _ => None,
        };
        let is_malformed = text.contains('\u{fffd}') && self.records.is_malformed();
        if let Some(code) = without_value.or_else(|| is_malformed.then_some(ProblemCode::BadEncoding)) {
            self.report.add(at(code, text));
            return None;
        }
        let (cell, rounded) = match reader.cell(text) {
            Ok(read) => read,
            Err(code) => {
                let problem = match code {
                    ProblemCode::TooManyDecimals => at(code, text).with("max", reader.column().decimals.unwrap_or(0)),
                    ProblemCode::TextTooLong => at(code, text).with("max", reader.max_length()),
                    ProblemCode::ControlCharacter => at(code, text).with("found", control_character(text)),
                    _ => at(code, text),
                };
                self.report.add(problem);
                return None;
            }
        };
        if let Some(Value::Text(text)) = &cell.value
            && reader.column().kind == ColumnType::Text
            && is_formula(text)
        {
            self.report.add(at(ProblemCode::Formula, text));
        }
        let symbol = self.symbols[column].map_or("", |it| record.fields.get(it).unwrap_or_default());
        let (cell, mark) = match reader.with_symbol(cell, symbol) {
            Ok(cell) => cell,
            Err(code) => {
                self.report.add(at(code, symbol));
                return None;
            }
        };
        for (kind, found, code, text) in
            [(0, rounded, ProblemCode::Rounded, text), (1, mark, ProblemCode::MarkNotStored, symbol)]
        {
            if found {
                let problem = self.once[column][kind].get_or_insert_with(|| at(code, text));
                problem.add_one();
            }
        }
        Some(cell)
    }
}

/// The first control character of a text, which nobody sees: `U+0085`.
fn control_character(text: &str) -> String {
    let found = text.trim().chars().find(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t'));
    found.map_or_else(String::new, |it| format!("U+{:04X}", u32::from(it)))
}

/// The first rows of data, until one has so many fields as are wanted.
fn look_ahead(
    records: &mut Records,
    wanted: usize,
    widest: &mut usize,
) -> Result<VecDeque<SourceRecord>, TableProblem> {
    let (mut ahead, mut bytes) = (VecDeque::new(), 0);
    while ahead.is_empty() || (*widest < wanted && ahead.len() < AHEAD && bytes < AHEAD_BYTES) {
        let mut record = SourceRecord::default();
        if !records.next(&mut record)? {
            break;
        }
        bytes += record.fields.as_slice().len();
        *widest = record.fields.len().max(*widest);
        ahead.push_back(record);
    }
    Ok(ahead)
}

fn take(
    column: &ProfileColumn,
    cells: &CellReader,
    profile: &Profile,
    head: &Head,
    width: Option<usize>,
) -> Result<Take, TableProblem> {
    let fixed = |text: &str| {
        cells.cell(text).map(|it| Take::Fixed(it.0)).map_err(|code| TableProblem::of_file(code).value(text))
    };
    match &column.from {
        Some(From::Column(source)) => head.place(source, width).map(Take::Field),
        Some(From::Constant(text)) => fixed(text),
        // Of several texts the first with a value of the column is taken.
        Some(From::Head(pattern)) => match head.find(pattern).find_map(|it| fixed(it).ok()) {
            Some(take) => Ok(take),
            None => match head.find(pattern).next() {
                Some(text) => fixed(text),
                None => Err(TableProblem::of_file(ProblemCode::NotInHead).value(&pattern.0)),
            },
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
