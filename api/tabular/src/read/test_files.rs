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

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
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

/// A workbook with one sheet, `Tabelle1`; `#` begins a number, and what has the form of a date is one.
pub(super) fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut sheet = String::new();
    for (row, cells) in rows.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
        let row = row + 1;
        let _ = write!(sheet, "<row r=\"{row}\">");
        for (column, text) in cells.iter().enumerate().filter(|(_, it)| !it.is_empty()) {
            let column = char::from(b'A' + u8::try_from(column).expect("few columns"));
            let _ = match text.strip_prefix('#') {
                Some(number) => write!(sheet, "<c r=\"{column}{row}\"><v>{number}</v></c>"),
                None if *text == "2016-03-01" => write!(sheet, "<c r=\"{column}{row}\" s=\"1\"><v>42430</v></c>"),
                None => write!(sheet, "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
            };
        }
        sheet.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    packed(&[
        ("[Content_Types].xml", &format!("<Types xmlns=\"{packages}/content-types\"/>")),
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Tabelle1\" sheetId=\"1\" \
                 r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" \
                 Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            &format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
        ),
    ])
}

/// The same as OpenDocument. Blank rows and cells are said to be repeated, as programs do.
pub(super) fn ods(rows: &[&[&str]]) -> Vec<u8> {
    let mut table = String::new();
    for cells in rows {
        table.push_str("<table:table-row>");
        for text in *cells {
            let _ = match text.strip_prefix('#') {
                Some(number) => write!(
                    table,
                    "<table:table-cell office:value-type=\"float\" office:value=\"{number}\"><text:p>?</text:p></table:table-cell>"
                ),
                None if *text == "2016-03-01" => write!(
                    table,
                    "<table:table-cell office:value-type=\"date\" office:date-value=\"{text}\"><text:p>?</text:p></table:table-cell>"
                ),
                None if text.is_empty() => write!(table, "<table:table-cell/>"),
                None => write!(
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
    packed(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "content.xml",
            &format!(
                "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
                 <office:spreadsheet><table:table table:name=\"Tabelle1\">{table}</table:table></office:spreadsheet>\
                 </office:body></office:document-content>"
            ),
        ),
    ])
}
