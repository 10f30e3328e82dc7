//! Rows of an OpenDocument sheet, one after the other: whatever is said to be repeated is not kept.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::read::number_format::shown_unit;
use crate::read::problem::TableProblem;
use crate::read::profile::MAX_SOURCES;
use crate::read::sheet::{CellNote, SheetJob, SheetName, no_sheet, unreadable};
use crate::read::xml::{attribute, reader, text};

/// Rows of a sheet at most, and so repeats of one.
const MAX_REPEATS: u64 = 1_048_576;
const MAX_SHEETS: usize = 200;

/// Names of the sheets, in their order.
pub(super) fn sheets(path: &Path) -> Result<Vec<SheetName>, TableProblem> {
    let file = File::open(path).map_err(unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    let mut reader = reader(archive.by_name("content.xml").map_err(unreadable)?);
    let (mut names, mut depth, mut buffer) = (Vec::new(), 0_usize, Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(unreadable)? {
            Event::Start(start) if start.name().as_ref() == "table:table" => {
                if depth == 0 && names.len() < MAX_SHEETS {
                    let name = attribute(&start, "table:name").unwrap_or_default();
                    names.push(SheetName { name, hidden: false });
                }
                depth += 1;
            }
            Event::End(end) if end.name().as_ref() == "table:table" => depth = depth.saturating_sub(1),
            Event::Eof => return Ok(names),
            _ => {}
        }
    }
}

/// Reads a sheet and hands over its rows.
pub(super) fn read(job: &SheetJob) -> Result<(), TableProblem> {
    let file = File::open(&job.path).map_err(unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    let content = archive.by_name("content.xml").map_err(unreadable)?;
    let mut reader = reader(content);
    let mut state = OdsRows::new(job);
    let mut names = Vec::new();
    let mut within = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(unreadable)? {
            Event::Start(start) if start.name().as_ref() == "table:table" && !within => {
                let name = attribute(&start, "table:name").unwrap_or_default();
                within = job.sheet.as_ref().is_none_or(|it| *it == name);
                if names.len() < MAX_SHEETS {
                    names.push(name);
                }
            }
            Event::End(end) if end.name().as_ref() == "table:table" && within => return Ok(()),
            Event::Eof => return Err(no_sheet(job, &names)),
            event if within && !state.take(&event) => return Ok(()),
            _ => {}
        }
    }
}

struct OdsRows<'a> {
    job: &'a SheetJob,
    /// Number of the row that is read.
    row: u64,
    repeats: u64,
    fields: Vec<String>,
    notes: Vec<(usize, CellNote)>,
    /// Empty fields that count only if something comes behind them.
    gap: usize,
    cell: Option<OdsCell>,
    paragraphs: usize,
    /// How deep within a note: its words are no value.
    note: usize,
}

/// The cell that is read.
struct OdsCell {
    /// How often it stands there.
    repeats: usize,
    value: OdsValue,
    has_formula: bool,
    /// What people see.
    words: String,
}

/// What a cell says its value is.
enum OdsValue {
    /// Nothing: the words are the value.
    Words,
    Text(String),
    Number(String),
    Percent(String),
    Error,
}

impl<'a> OdsRows<'a> {
    const fn new(job: &'a SheetJob) -> Self {
        Self {
            job,
            row: 1,
            repeats: 1,
            fields: Vec::new(),
            notes: Vec::new(),
            gap: 0,
            cell: None,
            paragraphs: 0,
            note: 0,
        }
    }

    /// Takes what comes next; `false` if nobody waits any more.
    fn take(&mut self, event: &Event<'_>) -> bool {
        match event {
            Event::Start(start) => self.start(start),
            Event::End(end) => match end.name().as_ref() {
                "office:annotation" => self.note = self.note.saturating_sub(1),
                "table:table-cell" | "table:covered-table-cell" => self.end_cell(),
                "table:table-row" => return self.end_row(),
                _ => {}
            },
            other => {
                if let Some(text) = text(other) {
                    self.push_text(&text);
                }
            }
        }
        true
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        match start.name().as_ref() {
            "table:table-row" => {
                self.repeats = count(start, "table:number-rows-repeated").min(MAX_REPEATS);
                self.fields.clear();
                self.notes.clear();
                self.gap = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = usize::try_from(count(start, "table:number-columns-repeated")).unwrap_or(MAX_SOURCES);
                self.cell = Some(OdsCell {
                    repeats: repeats.min(MAX_SOURCES),
                    value: value(start),
                    has_formula: attribute(start, "table:formula").is_some(),
                    words: String::new(),
                });
                self.paragraphs = 0;
            }
            "office:annotation" => self.note += 1,
            "text:p" => {
                if self.paragraphs > 0 {
                    self.push_text("\n");
                }
                self.paragraphs += usize::from(self.note == 0);
            }
            "text:s" => self.push_text(&" ".repeat(usize::try_from(count(start, "text:c")).unwrap_or(1).min(1_000))),
            "text:tab" => self.push_text(" "),
            "text:line-break" => self.push_text("\n"),
            _ => {}
        }
    }

    fn push_text(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell
            && self.note == 0
            && self.paragraphs > 0
        {
            cell.words.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let repeats = cell.repeats;
        let unit = if matches!(cell.value, OdsValue::Number(_)) { shown_unit(&cell.words) } else { None };
        let (text, note) = self.text(cell);
        if text.trim().is_empty() && note.is_none() {
            self.gap = (self.gap + repeats).min(MAX_SOURCES);
            return;
        }
        for _ in 0..std::mem::take(&mut self.gap) {
            self.push(String::new(), None);
        }
        for _ in 0..repeats {
            if let Some(unit) = unit.filter(|_| self.fields.len() < MAX_SOURCES) {
                self.notes.push((self.fields.len(), CellNote::Unit(unit)));
            }
            self.push(text.clone(), note);
        }
    }

    fn text(&self, cell: OdsCell) -> (String, Option<CellNote>) {
        match cell.value {
            // A formula without value and words was never computed.
            OdsValue::Words if cell.has_formula && cell.words.is_empty() => {
                (String::new(), Some(CellNote::NotComputed))
            }
            OdsValue::Words => (cell.words, None),
            OdsValue::Error => (cell.words, Some(CellNote::Error)),
            // Older programs write errors as the words of an empty text.
            OdsValue::Text(text) if text.is_empty() && cell.has_formula && is_error(&cell.words) => {
                (cell.words, Some(CellNote::Error))
            }
            OdsValue::Text(text) => (text, None),
            OdsValue::Percent(raw) => {
                let text = self.job.percent(&raw);
                let decimals = shown_decimals(raw.parse::<f64>().map_or(0.0, |it| it * 100.0), &cell.words);
                self.job.shown(text, decimals)
            }
            OdsValue::Number(raw) => {
                let text = self.job.number(&raw);
                let padded = cell.words.len() > text.len()
                    && cell.words.bytes().all(|it| it.is_ascii_digit())
                    && cell.words.trim_start_matches('0') == text.trim_start_matches('0');
                if padded {
                    return (cell.words, None);
                }
                let decimals = raw.parse().ok().and_then(|it| shown_decimals(it, &cell.words));
                self.job.shown(text, decimals)
            }
        }
    }

    fn push(&mut self, text: String, note: Option<CellNote>) {
        if self.fields.len() < MAX_SOURCES {
            self.notes.extend(note.map(|it| (self.fields.len(), it)));
            self.fields.push(text);
        }
    }

    fn end_row(&mut self) -> bool {
        let first = self.row;
        self.row += self.repeats;
        if self.fields.is_empty() {
            return true;
        }
        (first..self.row).all(|row| self.job.send(row, self.fields.clone(), self.notes.clone()))
    }
}

fn value(start: &BytesStart<'_>) -> OdsValue {
    if attribute(start, "calcext:value-type").is_some_and(|it| it == "error") {
        return OdsValue::Error;
    }
    let of = |name| attribute(start, name);
    let found = match of("office:value-type").unwrap_or_default().as_str() {
        "float" | "currency" => of("office:value").map(OdsValue::Number),
        "percentage" => of("office:value").map(OdsValue::Percent),
        "date" => of("office:date-value").map(|it| OdsValue::Text(it.trim_end_matches("T00:00:00").to_owned())),
        "time" => of("office:time-value").and_then(|it| clock(&it)).map(OdsValue::Text),
        "boolean" => of("office:boolean-value").map(OdsValue::Text),
        _ => of("office:string-value").map(OdsValue::Text),
    };
    found.unwrap_or(OdsValue::Words)
}

/// A length of time of ISO 8601 as a clock shows it: `PT36H00M00S` is `36:00:00`.
fn clock(text: &str) -> Option<String> {
    let rest = text.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?.split(['.', ',']).next()?;
    let number = |it: &str| it.parse::<u32>().ok();
    Some(format!("{:02}:{:02}:{:02}", number(hours)?, number(minutes)?, number(seconds)?))
}

fn is_error(words: &str) -> bool {
    words.starts_with('#') || words.starts_with("Err:")
}

/// How many decimals of a number people see, whatever the marks between its digits are.
fn shown_decimals(value: f64, words: &str) -> Option<u8> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let seen = digits(words);
    (0..10_u8).find(|it| digits(&format!("{value:.places$}", places = usize::from(*it))) == seen)
}

fn count(start: &BytesStart<'_>, name: &str) -> u64 {
    attribute(start, name).and_then(|it| it.parse().ok()).unwrap_or(1).max(1)
}
