//! Rows of an OpenDocument sheet, one after the other: whatever is said to be repeated is not kept.

use std::fs::File;
use std::io::BufReader;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;

use crate::read::problem::TableProblem;
use crate::read::profile::MAX_SOURCES;
use crate::read::sheet::{SheetJob, no_sheet, unreadable};

/// Rows of a sheet at most, and so repeats of one.
const MAX_REPEATS: u64 = 1_048_576;
const MAX_SHEETS: usize = 200;

/// Reads a sheet and hands over its rows.
pub(super) fn read(job: &SheetJob) -> Result<(), TableProblem> {
    let file = File::open(&job.path).map_err(unreadable)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    let content = archive.by_name("content.xml").map_err(unreadable)?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
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
    /// Empty fields that count only if something comes behind them.
    gap: usize,
    /// The cell that is read: how often it stands there, its value, its words.
    cell: Option<(usize, Option<String>, String)>,
    paragraphs: usize,
    /// How deep within a note: its words are no value.
    note: usize,
}

impl<'a> OdsRows<'a> {
    const fn new(job: &'a SheetJob) -> Self {
        Self { job, row: 1, repeats: 1, fields: Vec::new(), gap: 0, cell: None, paragraphs: 0, note: 0 }
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
            Event::Text(text) => self.push_text(&text.xml10_content()),
            Event::CData(text) => self.push_text(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref() {
                    Ok(Some(letter)) => letter.to_string(),
                    _ => quick_xml::escape::resolve_predefined_entity(&reference.xml10_content())
                        .unwrap_or("")
                        .to_owned(),
                };
                self.push_text(&resolved);
            }
            _ => {}
        }
        true
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        match start.name().as_ref() {
            "table:table-row" => {
                self.repeats = count(start, "table:number-rows-repeated").min(MAX_REPEATS);
                self.fields.clear();
                self.gap = 0;
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let repeats = usize::try_from(count(start, "table:number-columns-repeated")).unwrap_or(MAX_SOURCES);
                self.cell = Some((repeats.min(MAX_SOURCES), self.value(start), String::new()));
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

    fn value(&self, start: &BytesStart<'_>) -> Option<String> {
        match attribute(start, "office:value-type")?.as_str() {
            "float" | "percentage" | "currency" => {
                let text = attribute(start, "office:value")?;
                Some(text.parse::<f64>().map_or(text, |it| self.job.number(it)))
            }
            "date" => attribute(start, "office:date-value"),
            "boolean" => attribute(start, "office:boolean-value"),
            _ => attribute(start, "office:string-value"),
        }
    }

    fn push_text(&mut self, text: &str) {
        if let Some((_, _, words)) = &mut self.cell
            && self.note == 0
            && self.paragraphs > 0
        {
            words.push_str(text);
        }
    }

    fn end_cell(&mut self) {
        let Some((repeats, value, words)) = self.cell.take() else { return };
        let text = value.unwrap_or(words);
        if text.trim().is_empty() {
            self.gap = (self.gap + repeats).min(MAX_SOURCES);
            return;
        }
        for _ in 0..std::mem::take(&mut self.gap) {
            self.push(String::new());
        }
        for _ in 0..repeats {
            self.push(text.clone());
        }
    }

    fn push(&mut self, text: String) {
        if self.fields.len() < MAX_SOURCES {
            self.fields.push(text);
        }
    }

    fn end_row(&mut self) -> bool {
        let first = self.row;
        self.row += self.repeats;
        if self.fields.is_empty() {
            return true;
        }
        (first..self.row).all(|row| self.job.send(row, self.fields.clone()))
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok()??;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
}

fn count(start: &BytesStart<'_>, name: &str) -> u64 {
    attribute(start, name).and_then(|it| it.parse().ok()).unwrap_or(1).max(1)
}
