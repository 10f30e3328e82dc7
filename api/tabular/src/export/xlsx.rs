//! Workbooks. Text is written as text, so nothing in a cell is ever a formula.

use std::io;
use std::io::Write;
use std::path::Path;

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::export::fields::{Field, FieldValue, fields, meaning};
use crate::export::{ExportMetadata, ExportWriter};
use crate::model::{Column, ColumnRole, ColumnType, Symbol, TableRow, number_text};

/// Rows of a sheet, its header counted; more go on in another sheet.
const ROWS: u32 = 1_048_576;
/// Numbers beyond this lose digits in a workbook; they are written as text.
const EXACT: u64 = 1 << 53;

/// A workbook that is being written: sheets of rows, and one that says what they are.
pub(super) struct Xlsx<W: Write> {
    columns: Vec<Column>,
    fields: Vec<Field>,
    formats: Vec<Format>,
    about: ExportMetadata,
    workbook: Workbook,
    sheets: usize,
    /// The next row of the last sheet.
    row: u32,
    max: u32,
    out: W,
}

impl<W: Write> Xlsx<W> {
    pub fn begin(columns: &[Column], about: &ExportMetadata, aside: &Path, out: W) -> io::Result<Self> {
        Self::of_max(columns, about, aside, out, ROWS)
    }

    /// With sheets of at most so many rows.
    pub fn of_max(columns: &[Column], about: &ExportMetadata, aside: &Path, out: W, max: u32) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(aside).map_err(failed)?;
        let mut properties = DocProperties::new().set_title(&about.title).set_company(&about.publisher);
        if let Some(date) = about.published_at.and_then(|it| day(it.date_naive()).ok()) {
            properties = properties.set_creation_datetime(&date);
        }
        workbook.set_properties(&properties);
        let fields = fields(columns);
        let formats = fields.iter().map(format).collect();
        let (columns, about) = (columns.to_vec(), about.clone());
        let mut this = Self { columns, fields, formats, about, workbook, sheets: 0, row: 0, max, out };
        this.next_sheet().map_err(failed)?;
        Ok(this)
    }

    fn next_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = if self.sheets == 1 { "Daten".to_owned() } else { format!("Daten {}", self.sheets) };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (position, field) in (0..).zip(&self.fields) {
            sheet.set_column_width(position, 14)?;
            sheet.write_string_with_format(0, position, &field.name, &bold)?;
        }
        self.row = 1;
        Ok(())
    }

    /// What the table is, whose, and what its columns and symbols mean.
    fn legend(&mut self) -> Result<(), XlsxError> {
        let about = &self.about;
        let licence = about.licence.map(|it| format!("{} ({})", it.title(), it.page()));
        let facts = [
            ("Titel", Some(about.title.clone())),
            ("Beschreibung", about.description.clone()),
            ("Version", Some(about.version.clone())),
            ("Herausgeber", Some(about.publisher.clone())),
            ("Lizenz", licence),
            ("Quellenvermerk", about.attribution.clone()),
            ("Quelle", about.source.clone()),
            ("Stand", about.reference_date.map(|it| it.to_string())),
            ("Schutz", about.protection.clone()),
            ("Adresse", Some(about.url.clone())),
        ];
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name("Info")?;
        sheet.set_column_width(0, 24)?.set_column_width(1, 60)?;
        let mut lines: Vec<[String; 4]> = facts
            .into_iter()
            .filter_map(|(name, value)| Some([name.to_owned(), value?, String::new(), String::new()]))
            .collect();
        lines.push(Default::default());
        lines.push(["Spalte", "Titel", "Einheit", "Bedeutung"].map(str::to_owned));
        lines.extend(self.columns.iter().map(|it| {
            let [unit, meaning] = [&it.unit, &it.description].map(|it| it.clone().unwrap_or_default());
            [it.name.clone(), it.title.clone(), unit, meaning]
        }));
        if self.columns.iter().any(|it| it.role == ColumnRole::Measure) {
            lines.push(Default::default());
            lines.push(["Zeichen", "Bedeutung", "", ""].map(str::to_owned));
            lines.extend(Symbol::ALL.map(|it| [it.as_str(), meaning(it), "", ""].map(str::to_owned)));
        }
        for (row, line) in (0..).zip(&lines) {
            for (position, text) in (0..).zip(line).filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row, position, text)?;
            }
        }
        Ok(())
    }
}

impl<W: Write + Send> ExportWriter for Xlsx<W> {
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()> {
        for row in rows {
            if self.row == self.max {
                self.next_sheet().map_err(failed)?;
            }
            let sheet = self.workbook.worksheet_from_index(self.sheets - 1).map_err(failed)?;
            for (position, field) in (0..).zip(&self.fields) {
                let format = &self.formats[usize::from(position)];
                let told = field.of(&row[field.index]);
                write(sheet, (self.row, position), told, field.decimals(), format).map_err(failed)?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.legend().map_err(failed)?;
        self.workbook.save_to_writer(&mut self.out).map_err(failed)?;
        self.out.flush()
    }
}

/// How the cells of a column look.
fn format(field: &Field) -> Format {
    let decimals = usize::from(field.decimals());
    match field.column.kind {
        _ if field.symbols => Format::new(),
        ColumnType::Date => Format::new().set_num_format("yyyy-mm-dd"),
        ColumnType::Integer => Format::new().set_num_format("0"),
        ColumnType::Decimal if decimals > 0 => Format::new().set_num_format(format!("0.{}", "0".repeat(decimals))),
        _ => Format::new(),
    }
}

fn write(
    sheet: &mut Worksheet,
    (row, position): (u32, u16),
    value: FieldValue<'_>,
    decimals: u8,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        FieldValue::Nothing => Ok(()),
        FieldValue::Text(text) => sheet.write_string(row, position, text).map(drop),
        FieldValue::Boolean(yes) => sheet.write_boolean(row, position, yes).map(drop),
        FieldValue::Number(units) => {
            let text = number_text(units, decimals);
            match text.parse::<f64>() {
                Ok(number) if units.unsigned_abs() <= EXACT => {
                    sheet.write_number_with_format(row, position, number, format).map(drop)
                }
                _ => sheet.write_string(row, position, text).map(drop),
            }
        }
        FieldValue::Date(date) => match day(date) {
            Ok(day) => sheet.write_datetime_with_format(row, position, &day, format).map(drop),
            // Days before 1900 are not known to workbooks.
            Err(_) => sheet.write_string(row, position, date.to_string()).map(drop),
        },
    }
}

fn day(date: chrono::NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let (Ok(year), Ok(month), Ok(day)) =
        (u16::try_from(date.year()), u8::try_from(date.month()), u8::try_from(date.day()))
    else {
        return Err(XlsxError::DateTimeRangeError(date.to_string()));
    };
    ExcelDateTime::from_ymd(year, month, day)
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::new(io::ErrorKind::InvalidData, other),
    }
}
