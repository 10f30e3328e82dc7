//! Files for tests, in folders that go away.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A folder that goes away.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("verbund-read-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(super) fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = SimpleFileOptions::default();
        let stored = options.compression_method(CompressionMethod::Stored);
        zip.start_file(*name, if *name == "mimetype" { stored } else { options }).expect("a part");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// A sheet of a workbook. A text that begins with `#` is a number, perhaps with its format behind `~`; with `!` an error;
/// `=` is a formula without a value; what has the form of a date is one.
#[derive(Clone, Copy)]
pub(super) struct SheetFile<'a> {
    pub name: &'a str,
    pub rows: &'a [&'a [&'a str]],
}

/// Formats of numbers, in the order of the styles of cells.
const FORMATS: [&str; 6] = ["General", "dd.mm.yyyy", "0.0", "00000", "0.0%", "0.00 €"];

fn number_and_style(text: &str) -> (&str, usize) {
    let (number, format) = text.split_once('~').unwrap_or((text, "General"));
    (number, FORMATS.iter().position(|it| *it == format).expect("a format"))
}

/// A workbook with one sheet, `Tabelle1`.
pub(super) fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    xlsx_of(&[SheetFile { name: "Tabelle1", rows }])
}

/// A workbook of Excel.
pub(super) fn xlsx_of(sheets: &[SheetFile<'_>]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    let (mut list, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (number, sheet) in (1..).zip(sheets) {
        let _ = write!(list, "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>", sheet.name);
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{number}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        let rows = xlsx_rows(sheet.rows);
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ));
    }
    let formats: String = (100..)
        .zip(FORMATS)
        .fold(String::new(), |sum, (id, code)| sum + &format!("<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>"));
    let styles: String = (100..100 + FORMATS.len()).map(|it| format!("<xf numFmtId=\"{it}\"/>")).collect();
    let mut all = vec![
        ("[Content_Types].xml".to_owned(), format!("<Types xmlns=\"{packages}/content-types\"/>")),
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{list}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{packages}/relationships\">{relations}</Relationships>"),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                "<styleSheet xmlns=\"{main}\"><numFmts>{formats}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>"
            ),
        ),
    ];
    all.append(&mut parts);
    packed(&all.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect::<Vec<_>>())
}

fn xlsx_rows(rows: &[&[&str]]) -> String {
    let mut sheet = String::new();
    for (row, cells) in rows.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
        let row = row + 1;
        let _ = write!(sheet, "<row r=\"{row}\">");
        for (column, text) in cells.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
            let column = char::from(b'A' + u8::try_from(column).expect("few columns"));
            let _ = match (text.strip_prefix('#'), text.strip_prefix('!')) {
                (Some(number), _) => {
                    let (number, style) = number_and_style(number);
                    write!(sheet, "<c r=\"{column}{row}\" s=\"{style}\"><v>{number}</v></c>")
                }
                (_, Some(error)) => write!(sheet, "<c r=\"{column}{row}\" t=\"e\"><f>A1/0</f><v>{error}</v></c>"),
                _ if *text == "=" => write!(sheet, "<c r=\"{column}{row}\"><f>B2*2</f><v></v></c>"),
                _ if *text == "2016-03-01" => write!(sheet, "<c r=\"{column}{row}\" s=\"1\"><v>42430</v></c>"),
                _ => write!(sheet, "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
            };
        }
        sheet.push_str("</row>");
    }
    sheet
}

/// The same as OpenDocument.
pub(super) fn ods(rows: &[&[&str]]) -> Vec<u8> {
    ods_of(&[SheetFile { name: "Tabelle1", rows }])
}

/// An OpenDocument workbook. Blank rows and cells are said to be repeated, as programs do.
pub(super) fn ods_of(sheets: &[SheetFile<'_>]) -> Vec<u8> {
    let mut tables = String::new();
    for sheet in sheets {
        let _ = write!(tables, "<table:table table:name=\"{}\">{}</table:table>", sheet.name, ods_rows(sheet.rows));
    }
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            &format!(
                "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:calcext=\"c\"><office:body>\
                 <office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
            ),
        ),
    ])
}

/// A number as people see it.
fn shown(number: &str, style: usize) -> String {
    let value: f64 = number.parse().expect("a number");
    match FORMATS[style] {
        "0.0" => format!("{value:.1}").replace('.', ","),
        "0.00 €" => format!("{value:.2} €").replace('.', ","),
        "00000" => format!("{value:05.0}"),
        "0.0%" => format!("{:.1}%", value * 100.0).replace('.', ","),
        _ => number.to_owned(),
    }
}

fn ods_rows(rows: &[&[&str]]) -> String {
    let mut table = String::new();
    for cells in rows {
        table.push_str("<table:table-row>");
        for text in *cells {
            let _ = match (text.strip_prefix('#'), text.strip_prefix('!')) {
                (Some(number), _) => {
                    let (number, style) = number_and_style(number);
                    let kind = if FORMATS[style] == "0.0%" { "percentage" } else { "float" };
                    write!(
                        table,
                        "<table:table-cell office:value-type=\"{kind}\" office:value=\"{number}\"><text:p>{}</text:p></table:table-cell>",
                        shown(number, style)
                    )
                }
                (_, Some(error)) => write!(
                    table,
                    "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\" \
                     calcext:value-type=\"error\"><text:p>{error}</text:p></table:table-cell>"
                ),
                _ if *text == "=" => write!(table, "<table:table-cell table:formula=\"of:=[.B2]*2\"/>"),
                _ if *text == "2016-03-01" => write!(
                    table,
                    "<table:table-cell office:value-type=\"date\" office:date-value=\"{text}\"><text:p>?</text:p></table:table-cell>"
                ),
                _ if text.is_empty() => write!(table, "<table:table-cell/>"),
                _ => write!(
                    table,
                    "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>note</text:p></office:annotation>\
                     <text:p>{}</text:p></table:table-cell>",
                    escaped(text)
                ),
            };
        }
        table.push_str("<table:table-cell table:number-columns-repeated=\"16380\"/></table:table-row>");
    }
    table.push_str("<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row>");
    table
}
