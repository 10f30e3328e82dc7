//! Tables as files: rows come in batches, bytes go out, and memory does not grow with their number.
//!
//! In every file a measure is two columns: its value, and beside it (`<name>_symbol`) what stands in the place of the
//! value or qualifies it. So a symbol is never mistaken for nothing, in formats that know no more than an empty cell,
//! and the columns of a file follow from the declared columns alone, whatever the rows are.

mod about;
mod csv;
mod csvw;
mod fields;
mod json;
mod package;
mod parquet;
#[cfg(test)]
mod tests;
mod xlsx;

use std::fs::File;
use std::io;
use std::path::Path;

use crate::model::{Column, TableRow};

pub use crate::export::about::ExportMetadata;

/// In which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// RFC 4180, UTF-8, one header row of names.
    Csv,
    /// What the columns of the CSV file are (W3C CSVW).
    CsvMetadata,
    /// The same as a Data Package (Frictionless).
    DataPackage,
    /// One document: columns, and rows as lists.
    Json,
    /// One object per row and line.
    JsonLines,
    /// A workbook.
    Xlsx,
    /// Columns, compressed.
    Parquet,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 7] =
        [Self::Csv, Self::CsvMetadata, Self::DataPackage, Self::Json, Self::JsonLines, Self::Xlsx, Self::Parquet];

    /// How the name of a file ends.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::CsvMetadata => "csv-metadata.json",
            Self::DataPackage => "datapackage.json",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
        }
    }

    /// The format of a suffix.
    pub fn of(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.suffix() == suffix)
    }

    /// What the file is.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::CsvMetadata => "application/csvm+json",
            Self::DataPackage | Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// Whether rows are in the file; the others only describe it.
    pub const fn has_rows(self) -> bool {
        !matches!(self, Self::CsvMetadata | Self::DataPackage)
    }
}

/// A file that is being written.
pub trait ExportWriter: Send {
    /// Writes rows, in order.
    ///
    /// # Errors
    /// The disk fails, or the format cannot hold a value.
    fn rows(&mut self, rows: &[TableRow]) -> io::Result<()>;

    /// Writes what comes after the rows. Nothing is a file before.
    ///
    /// # Errors
    /// As above.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Begins a file of a table. What a workbook cannot write at once waits in the folder `aside`.
///
/// # Errors
/// The disk fails.
pub fn begin(
    format: ExportFormat,
    columns: &[Column],
    about: &ExportMetadata,
    aside: &Path,
    file: File,
) -> io::Result<Box<dyn ExportWriter>> {
    let file = io::BufWriter::with_capacity(1 << 16, file);
    Ok(match format {
        ExportFormat::Csv => Box::new(csv::Csv::begin(columns, file)?),
        ExportFormat::CsvMetadata => Box::new(Described::begin(&csvw::metadata(columns, about), file)?),
        ExportFormat::DataPackage => Box::new(Described::begin(&package::package(columns, about), file)?),
        ExportFormat::Json => Box::new(json::JsonDocument::begin(columns, about, file)?),
        ExportFormat::JsonLines => Box::new(json::JsonLines::begin(columns, file)),
        ExportFormat::Xlsx => Box::new(xlsx::Xlsx::begin(columns, about, aside, file)?),
        ExportFormat::Parquet => Box::new(parquet::Parquet::begin(columns, about, file)?),
    })
}

/// A file about a table, without its rows.
struct Described(io::BufWriter<File>);

impl Described {
    fn begin(text: &serde_json::Value, mut file: io::BufWriter<File>) -> io::Result<Self> {
        serde_json::to_writer_pretty(&mut file, text)?;
        Ok(Self(file))
    }
}

impl ExportWriter for Described {
    fn rows(&mut self, _: &[TableRow]) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        io::Write::flush(&mut self.0)
    }
}
