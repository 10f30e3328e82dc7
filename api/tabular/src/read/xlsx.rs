//! Rows of an Excel sheet, one after the other, with what formats and formulas say about their cells.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use crate::read::number_format::{NumberFormat, NumberKind, time_text};
use crate::read::problem::{ProblemCode, TableProblem};
use crate::read::profile::MAX_SOURCES;
use crate::read::sheet::{CellNote, MAX_STRETCH, SheetJob, SheetName, no_sheet, unreadable};
use crate::read::xml::{attribute, local_attribute, reader, text};

type Archive = ZipArchive<BufReader<File>>;

/// The most memory for texts and formats that the cells of a workbook share, in bytes: limits of rows do not hold for them.
const MAX_SHARED: usize = 64 << 20;
/// What a text takes beside its letters, about.
const PER_TEXT: usize = 64;

/// A budget of memory for what cells share.
struct SharedBudget(usize);

impl SharedBudget {
    fn take(&mut self, bytes: usize) -> Result<(), TableProblem> {
        let too_large = || TableProblem::of_file(ProblemCode::TooLarge).with("max", MAX_SHARED >> 20);
        self.0 = self.0.checked_sub(bytes + PER_TEXT).ok_or_else(too_large)?;
        Ok(())
    }
}

/// Names of the sheets with cells, in their order.
pub(super) fn sheets(path: &Path) -> Result<Vec<SheetName>, TableProblem> {
    let mut archive = open(path)?;
    Ok(Workbook::read(&mut archive)?.sheets.into_iter().map(|it| it.name).collect())
}

/// Reads a sheet and hands over its rows.
pub(super) fn read(job: &SheetJob) -> Result<(), TableProblem> {
    let mut archive = open(&job.path)?;
    let book = Workbook::read(&mut archive)?;
    let sheet = match &job.sheet {
        Some(name) => book.sheets.iter().find(|it| it.name.name == *name),
        None => book.sheets.first(),
    };
    let names: Vec<String> = book.sheets.iter().map(|it| it.name.name.clone()).collect();
    let target = sheet.map(|it| it.part.clone()).ok_or_else(|| no_sheet(job, &names))?;
    let texts = match &book.texts {
        Some(part) => shared_texts(&mut archive, part)?,
        None => Vec::new(),
    };
    let formats = match &book.styles {
        Some(part) => formats(&mut archive, part)?,
        None => Vec::new(),
    };
    let mut reader = part(&mut archive, &target)?;
    let mut rows = XlsxRows::new(job, &texts, &formats, book.from_1904);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(unreadable)?;
        if matches!(event, Event::Eof) || !rows.take(&event)? {
            return Ok(());
        }
    }
}

fn open(path: &Path) -> Result<Archive, TableProblem> {
    let file = File::open(path).map_err(unreadable)?;
    ZipArchive::new(BufReader::new(file)).map_err(unreadable)
}

/// A part, whatever letters of its name are capital.
fn part<'a>(archive: &'a mut Archive, name: &str) -> Result<Reader<BufReader<impl Read + use<'a>>>, TableProblem> {
    let index = place(archive, name).ok_or_else(|| unreadable(name))?;
    Ok(reader(archive.by_index(index).map_err(unreadable)?))
}

fn place(archive: &Archive, name: &str) -> Option<usize> {
    (0..archive.len()).find(|it| {
        let own = archive.name_for_index(*it).and_then(Result::ok);
        own.is_some_and(|it| it.trim_start_matches('/').eq_ignore_ascii_case(name))
    })
}

/// A relationship between parts: id, end of its type, part.
struct Relationship {
    id: String,
    kind: String,
    target: String,
}

fn relationships(archive: &mut Archive, of: &str) -> Result<Vec<Relationship>, TableProblem> {
    let (folder, name) = of.rsplit_once('/').unwrap_or(("", of));
    let path = format!("{folder}/_rels/{name}.rels");
    let mut reader = part(archive, path.trim_start_matches('/'))?;
    let (mut found, mut buffer) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(unreadable)? {
            Event::Start(start) if start.local_name().as_ref() == "Relationship" => {
                let of = |name| attribute(&start, name).unwrap_or_default();
                let kind = of("Type");
                let target = of("Target");
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None => joined(folder, &target),
                };
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.push(Relationship { id: of("Id"), kind, target });
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn joined(folder: &str, target: &str) -> String {
    let mut path: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

struct SheetPart {
    name: SheetName,
    part: String,
}

/// What a workbook consists of.
struct Workbook {
    sheets: Vec<SheetPart>,
    texts: Option<String>,
    styles: Option<String>,
    from_1904: bool,
}

impl Workbook {
    fn read(archive: &mut Archive) -> Result<Self, TableProblem> {
        let roots = relationships(archive, "")?;
        let root = roots.into_iter().find(|it| it.kind == "officeDocument").map(|it| it.target);
        let root = root.ok_or_else(|| unreadable("workbook"))?;
        let related = relationships(archive, &root)?;
        // Some programs do not say where these parts are, but put them where all others do.
        let of_kind = |kind: &str, usual: &str| {
            let related = related.iter().find(|it| it.kind == kind).map(|it| it.target.clone());
            let usual = joined(root.rsplit_once('/').map_or("", |it| it.0), usual);
            related.or(Some(usual)).filter(|it| place(archive, it).is_some())
        };
        let (texts, styles) = (of_kind("sharedStrings", "sharedStrings.xml"), of_kind("styles", "styles.xml"));
        let mut book = Self { sheets: Vec::new(), texts, styles, from_1904: false };
        let (mut reader, mut buffer) = (part(archive, &root)?, Vec::new());
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(unreadable)? {
                Event::Start(start) if start.local_name().as_ref() == "workbookPr" => {
                    book.from_1904 = attribute(&start, "date1904").is_some_and(|it| it == "1" || it == "true");
                }
                Event::Start(start) if start.local_name().as_ref() == "sheet" => {
                    let id = local_attribute(&start, "id").unwrap_or_default();
                    let target = related.iter().find(|it| it.id == id && it.kind == "worksheet");
                    let hidden = attribute(&start, "state").is_some_and(|it| it != "visible");
                    let name = SheetName { name: attribute(&start, "name").unwrap_or_default(), hidden };
                    book.sheets.extend(target.map(|it| SheetPart { name, part: it.target.clone() }));
                }
                Event::Eof => return Ok(book),
                _ => {}
            }
        }
    }
}

fn shared_texts(archive: &mut Archive, name: &str) -> Result<Vec<String>, TableProblem> {
    let (mut texts, mut current, mut budget) = (Vec::new(), String::new(), SharedBudget(MAX_SHARED));
    let (mut within, mut phonetic) = (false, false);
    let (mut reader, mut buffer) = (part(archive, name)?, Vec::new());
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(unreadable)?;
        match &event {
            Event::Start(start) => match start.local_name().as_ref() {
                "t" => within = !phonetic,
                "rPh" => phonetic = true,
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "t" => within = false,
                "rPh" => phonetic = false,
                "si" => {
                    budget.take(current.len())?;
                    texts.push(unescaped(std::mem::take(&mut current)));
                }
                _ => {}
            },
            Event::Eof => return Ok(texts),
            other if within => push(&mut current, other),
            _ => {}
        }
    }
}

/// The formats of the styles of cells, in their order.
fn formats(archive: &mut Archive, name: &str) -> Result<Vec<NumberFormat>, TableProblem> {
    let mut codes: std::collections::HashMap<u32, NumberFormat> = std::collections::HashMap::new();
    let (mut formats, mut of_cells, mut budget) = (Vec::new(), false, SharedBudget(MAX_SHARED));
    let (mut reader, mut buffer) = (part(archive, name)?, Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(unreadable)? {
            Event::Start(start) => {
                let id = attribute(&start, "numFmtId").and_then(|it| it.parse().ok());
                match (start.local_name().as_ref(), id) {
                    ("numFmt", Some(id)) => {
                        budget.take(0)?;
                        codes.insert(id, NumberFormat::of_code(&attribute(&start, "formatCode").unwrap_or_default()));
                    }
                    ("cellXfs", _) => of_cells = true,
                    ("xf", id) if of_cells => {
                        budget.take(0)?;
                        let id = id.unwrap_or(0);
                        formats.push(codes.get(&id).copied().unwrap_or_else(|| NumberFormat::built_in(id)));
                    }
                    _ => {}
                }
            }
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => of_cells = false,
            Event::Eof => return Ok(formats),
            _ => {}
        }
    }
}

fn push(target: &mut String, event: &Event<'_>) {
    if let Some(text) = text(event)
        && target.len() as u64 <= MAX_STRETCH
    {
        target.push_str(&text);
    }
}

/// A text without the escapes of characters that XML cannot hold: `_x000D_`.
fn unescaped(text: String) -> String {
    if !text.contains("_x") {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let letter = code.and_then(|it| u32::from_str_radix(it, 16).ok()).and_then(char::from_u32);
        match letter.filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_')) {
            Some(letter) => {
                out.push(letter);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Type of a cell.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum CellType {
    #[default]
    Number,
    Shared,
    Inline,
    Text,
    Boolean,
    Error,
    Date,
}

#[derive(Default)]
struct XlsxCell {
    column: usize,
    kind: CellType,
    style: usize,
    has_formula: bool,
    has_value: bool,
    value: String,
}

struct XlsxRows<'a> {
    job: &'a SheetJob,
    texts: &'a [String],
    formats: &'a [NumberFormat],
    from_1904: bool,
    row: u64,
    column: usize,
    fields: Vec<String>,
    notes: Vec<(usize, CellNote)>,
    cell: Option<XlsxCell>,
    /// Whether what comes is text of the value.
    within: bool,
    phonetic: bool,
}

impl<'a> XlsxRows<'a> {
    fn new(job: &'a SheetJob, texts: &'a [String], formats: &'a [NumberFormat], from_1904: bool) -> Self {
        Self {
            job,
            texts,
            formats,
            from_1904,
            row: 0,
            column: 0,
            fields: Vec::new(),
            notes: Vec::new(),
            cell: None,
            within: false,
            phonetic: false,
        }
    }

    /// Takes what comes next; `false` if nobody waits any more.
    fn take(&mut self, event: &Event<'_>) -> Result<bool, TableProblem> {
        match event {
            Event::Start(start) => self.start(start),
            Event::End(end) => match end.local_name().as_ref() {
                "v" | "t" => self.within = false,
                "rPh" => self.phonetic = false,
                "c" => self.end_cell()?,
                "row" => {
                    let (fields, notes) = (std::mem::take(&mut self.fields), std::mem::take(&mut self.notes));
                    return Ok(self.job.send(self.row, fields, notes));
                }
                "sheetData" => return Ok(false),
                _ => {}
            },
            other if self.within => {
                if let Some(cell) = &mut self.cell {
                    push(&mut cell.value, other);
                }
            }
            _ => {}
        }
        Ok(true)
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        match start.local_name().as_ref() {
            "row" => {
                self.row = attribute(start, "r").and_then(|it| it.parse().ok()).unwrap_or(self.row + 1);
                self.column = 0;
            }
            "c" => {
                let column = attribute(start, "r").and_then(|it| column(&it)).unwrap_or(self.column);
                self.column = column.saturating_add(1);
                let kind = match attribute(start, "t").as_deref() {
                    Some("s") => CellType::Shared,
                    Some("inlineStr") => CellType::Inline,
                    Some("str") => CellType::Text,
                    Some("b") => CellType::Boolean,
                    Some("e") => CellType::Error,
                    Some("d") => CellType::Date,
                    _ => CellType::Number,
                };
                let style = attribute(start, "s").and_then(|it| it.parse().ok()).unwrap_or(0);
                self.cell = Some(XlsxCell { column, kind, style, ..XlsxCell::default() });
            }
            "f" => {
                if let Some(cell) = &mut self.cell {
                    cell.has_formula = true;
                }
            }
            "v" | "t" => {
                if let Some(cell) = &mut self.cell {
                    cell.has_value = true;
                    self.within = !self.phonetic;
                }
            }
            "rPh" => self.phonetic = true,
            _ => {}
        }
    }

    fn end_cell(&mut self) -> Result<(), TableProblem> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let raw = cell.value.trim();
        // A formula for a text may have an empty one as its value; one for a number may not.
        let uncomputed = cell.has_formula && raw.is_empty() && (cell.kind != CellType::Text || !cell.has_value);
        let (text, note) = match cell.kind {
            _ if uncomputed => (String::new(), Some(CellNote::NotComputed)),
            CellType::Shared => match raw.parse::<usize>() {
                Ok(index) => {
                    let text = self.texts.get(index).ok_or_else(|| unreadable("sharedStrings"))?;
                    (text.clone(), None)
                }
                Err(_) => (String::new(), None),
            },
            CellType::Inline | CellType::Text => (unescaped(cell.value), None),
            CellType::Boolean => (if raw == "1" || raw == "true" { "true" } else { "false" }.to_owned(), None),
            CellType::Error => (raw.to_owned(), Some(CellNote::Error)),
            CellType::Date => (raw.to_owned(), None),
            CellType::Number if raw.is_empty() => (String::new(), None),
            CellType::Number => self.number(raw, self.formats.get(cell.style).copied().unwrap_or_default()),
        };
        if (text.is_empty() && note.is_none()) || cell.column >= MAX_SOURCES {
            return Ok(());
        }
        if cell.kind == CellType::Number
            && let Some(unit) = self.formats.get(cell.style).and_then(|it| it.unit)
        {
            self.notes.push((cell.column, CellNote::Unit(unit)));
        }
        if self.fields.len() <= cell.column {
            self.fields.resize(cell.column + 1, String::new());
        }
        self.fields[cell.column] = text;
        self.notes.extend(note.map(|it| (cell.column, it)));
        Ok(())
    }

    fn number(&self, raw: &str, format: NumberFormat) -> (String, Option<CellNote>) {
        match (format.kind, raw.parse::<f64>()) {
            (NumberKind::Date | NumberKind::Time | NumberKind::Duration, Ok(value)) => {
                let text = time_text(value, format.kind, self.from_1904);
                (text.unwrap_or_else(|| self.job.number(raw)), None)
            }
            (NumberKind::Percent, Ok(_)) => self.job.shown(self.job.percent(raw), format.decimals),
            _ => {
                let mut text = self.job.number(raw);
                if text.bytes().all(|it| it.is_ascii_digit()) {
                    text = format!("{text:0>width$}", width = format.digits);
                }
                self.job.shown(text, format.decimals)
            }
        }
    }
}

/// The column of a reference, from 0: `C7` is in 2.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.fold(0_usize, |sum, it| {
        sum.saturating_mul(26).saturating_add(usize::from(it.to_ascii_uppercase() - b'A') + 1)
    });
    number.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_escapes_are_read() {
        assert_eq!(["A1", "Z9", "AA10", "XFD1", "7"].map(column), [Some(0), Some(25), Some(26), Some(16_383), None]);
        assert_eq!(unescaped("a_x000D_b_x005F_x0041_ _xyz_".to_owned()), "a\rb_x0041_ _xyz_");
        assert_eq!(joined("xl", "../a/./b.xml"), "a/b.xml");
    }
}
