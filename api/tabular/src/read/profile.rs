//! How a file is to be read. Nothing is guessed when a file is imported: what is not said here is not done.

use serde::{Deserialize, Serialize};

use crate::model::{Column, Symbol};
use crate::read::pattern::Pattern;

/// The version of this form of a profile.
pub const VERSION: u32 = 1;
/// Columns of a table at most.
pub const MAX_COLUMNS: usize = 200;
/// Columns of a file at most; more may be unpivoted than are kept.
pub const MAX_SOURCES: usize = 2_000;
const MAX_TITLE_ROWS: u32 = 200;
const MAX_HEADER_ROWS: u32 = 20;

/// How a file is to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Profile {
    /// Version of the form: [`VERSION`].
    pub version: u32,
    /// What kind of file it is; whether it is packed with gzip is seen by its first bytes.
    pub format: FileFormat,
    /// The sheet of a workbook; the first one if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// How letters are written in CSV.
    #[serde(default)]
    pub encoding: Encoding,
    /// Between fields: `;` if none is named, a tab in TSV.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Around fields: `"` if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<char>,
    /// Rows above the headers; blank ones do not count, neither here nor elsewhere.
    #[serde(default)]
    pub title_rows: u32,
    /// Rows with headers; of several the texts are joined with ` / `, each once.
    #[serde(default)]
    pub header_rows: u32,
    /// Whether an empty header takes the text to its left, as in merged cells: in the first row always, below it where the
    /// header above is the same.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fill_headers: bool,
    /// With what the first row behind the data begins: `__________`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub footer: Option<String>,
    /// The mark before decimals.
    #[serde(default = "comma")]
    pub decimal: char,
    /// The mark between thousands, if there is any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// The forms that dates have.
    #[serde(default = "usual_dates")]
    pub dates: Vec<DateForm>,
    /// What may stand in the place of numbers, or around them.
    #[serde(default)]
    pub symbols: Vec<Symbol>,
    /// Texts that stand for no value: `k. A.`, `---`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Whether an apostrophe before a text that begins like a formula is taken away, as exports put it there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guarded: bool,
    /// The columns of the table, in their order.
    pub columns: Vec<ProfileColumn>,
    /// Columns of the file that become rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpivot: Option<Unpivot>,
}

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileFormat {
    /// Text with a mark between fields.
    Csv,
    /// Text with tabs between fields.
    Tsv,
    /// Excel 2007 and later.
    Xlsx,
    /// OpenDocument.
    Ods,
}

/// How letters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Encoding {
    /// As the byte order mark says; else UTF-8 where the whole file is valid as that, else Windows-1252.
    #[default]
    Auto,
    /// UTF-8.
    #[serde(rename = "UTF_8")]
    Utf8,
    /// UTF-16 in either order, as its mark says; little end first without one.
    #[serde(rename = "UTF_16")]
    Utf16,
    /// Windows-1252, of which ISO 8859-1 is a part.
    #[serde(rename = "WINDOWS_1252")]
    Windows1252,
    /// ISO 8859-15.
    #[serde(rename = "ISO_8859_15")]
    Iso885915,
    /// As old Macintoshes wrote.
    Macintosh,
}

/// Forms of dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DateForm {
    /// `01.03.2016`
    Dotted,
    /// `2016-03-01`
    Iso,
    /// `01/03/2016`, the day first.
    Slashed,
    /// `20160301`
    Compact,
    /// `01.03.16`: years to 68 are those after 2000, others those before.
    DottedShort,
}

/// A column of the table, and where its values come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ProfileColumn {
    /// The column.
    pub column: Column,
    /// Where its values come from; nothing for the columns of [`Unpivot`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<From>,
    /// Is cut from the end of keys that are longer than 5, such as `000` of districts with 8 digits; of numbers of any
    /// length, such as `%` or `€`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
    /// Keys of digits are filled up with leading zeros to this length: spreadsheets lose them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pad: Option<u8>,
    /// Whether numbers with more decimals than the column are rounded, half away from zero; they are problems otherwise.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub round: bool,
    /// The column of the file with the symbols of a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbols: Option<SourceColumn>,
}

impl ProfileColumn {
    /// A column with values from one place, taken as they are.
    pub const fn of(column: Column, from: From) -> Self {
        Self { column, from: Some(from), cut: None, pad: None, round: false, symbols: None }
    }
}

/// Where the values of a column come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum From {
    /// From a column of the file.
    Column(SourceColumn),
    /// Every row has this one.
    Constant(String),
    /// From the rows above the data: `Stichtag: {}`, where `{}` is the value. Of several texts the first one with a value of
    /// the column is taken, so `{}` finds a date in a row of its own.
    Head(Pattern),
    /// The number of the row in the file.
    RowNumber(bool),
}

/// A column of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SourceColumn {
    /// Its place, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
    /// Its joined header, `{}` standing for what changes from file to file. With a place it must stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Pattern>,
}

/// Columns of the file that become rows: one measure, and the codes that a column stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Unpivot {
    /// Name of the measure that takes the values.
    pub measure: String,
    /// Names of the dimensions that take the codes.
    pub dimensions: Vec<String>,
    /// The columns of the file.
    pub columns: Vec<UnpivotColumn>,
}

/// A column of the file that becomes rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct UnpivotColumn {
    /// The column.
    pub from: SourceColumn,
    /// Its codes, in the order of the dimensions.
    pub codes: Vec<String>,
}

/// What is wrong with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Flaw {
    /// Another version of the form.
    Version,
    /// There is no column, or there are too many.
    ColumnCount,
    /// Too many rows of titles or headers.
    HeadTooLong,
    /// Marks that are the same, or cannot be marks.
    Marks,
    /// A column whose values come from nowhere, or from two places.
    NoSource,
    /// A source without place and header, or a place that does not exist.
    BadSource,
    /// A header is named, but the file has none.
    NoHeaders,
    /// Unpivoting names what is no column, no measure or no dimension, or gives too few or too many codes.
    Unpivot,
}

impl Profile {
    /// The columns of the table.
    pub fn table(&self) -> Vec<Column> {
        self.columns.iter().map(|it| it.column.clone()).collect()
    }

    /// The mark between fields.
    pub fn delimiter(&self) -> char {
        self.delimiter.unwrap_or(if self.format == FileFormat::Tsv { '\t' } else { ';' })
    }

    /// The mark around fields.
    pub fn quote(&self) -> char {
        self.quote.unwrap_or('"')
    }

    /// What is wrong with it beside the columns themselves, each with the name of the column it is about, if any.
    pub fn flaws(&self) -> Vec<(Flaw, Option<String>)> {
        let mut flaws = Vec::new();
        if self.version != VERSION {
            flaws.push((Flaw::Version, None));
        }
        if self.columns.is_empty() || self.columns.len() > MAX_COLUMNS {
            flaws.push((Flaw::ColumnCount, None));
        }
        if self.title_rows > MAX_TITLE_ROWS || self.header_rows > MAX_HEADER_ROWS {
            flaws.push((Flaw::HeadTooLong, None));
        }
        if !self.marks_are_right() {
            flaws.push((Flaw::Marks, None));
        }
        for it in &self.columns {
            let flaw = match &it.from {
                None if !self.is_unpivoted(&it.column.name) => Some(Flaw::NoSource),
                Some(_) if self.is_unpivoted(&it.column.name) => Some(Flaw::NoSource),
                Some(From::Column(source)) => self.flaw_of(source),
                Some(From::RowNumber(false)) => Some(Flaw::BadSource),
                _ => None,
            };
            // Only values of one column of the file can have symbols beside them.
            let is_beside = it.column.has_symbols() && matches!(it.from, Some(From::Column(_)));
            let symbols =
                it.symbols.as_ref().and_then(|it| if is_beside { self.flaw_of(it) } else { Some(Flaw::BadSource) });
            flaws.extend(flaw.or(symbols).map(|flaw| (flaw, Some(it.column.name.clone()))));
        }
        if let Some(unpivot) = &self.unpivot {
            flaws.extend(self.flaws_of_unpivot(unpivot).map(|flaw| (flaw, Some(unpivot.measure.clone()))));
        }
        flaws
    }

    /// The columns of the file that are used.
    fn sources(&self) -> impl Iterator<Item = &SourceColumn> {
        let values = self.columns.iter().filter_map(|it| match &it.from {
            Some(From::Column(source)) => Some(source),
            _ => None,
        });
        let symbols = self.columns.iter().filter_map(|it| it.symbols.as_ref());
        values.chain(symbols).chain(self.unpivot.iter().flat_map(|it| &it.columns).map(|it| &it.from))
    }

    /// The last place of a column of the file that is used, from 1; 0 if all are found by their headers.
    pub fn last_position(&self) -> usize {
        self.sources().filter_map(|it| it.position).max().map_or(0, |it| it as usize)
    }

    /// Whether a column takes its values from unpivoting.
    pub fn is_unpivoted(&self, name: &str) -> bool {
        self.unpivot.as_ref().is_some_and(|it| it.measure == name || it.dimensions.iter().any(|it| it == name))
    }

    fn marks_are_right(&self) -> bool {
        let (delimiter, quote) = (self.delimiter(), self.quote());
        let number = |mark: char| !mark.is_alphanumeric() && !matches!(mark, '-' | '+' | '(' | ')');
        delimiter.is_ascii()
            && quote.is_ascii()
            && delimiter != quote
            && !matches!(delimiter, '\n' | '\r' | '\0')
            && !matches!(quote, '\n' | '\r' | '\0')
            && number(self.decimal)
            && self.thousands.is_none_or(|it| number(it) && it != self.decimal)
            && self.footer.as_ref().is_none_or(|it| !it.trim().is_empty())
    }

    fn flaw_of(&self, source: &SourceColumn) -> Option<Flaw> {
        match (source.position, &source.header) {
            (None, None) => Some(Flaw::BadSource),
            (Some(position), _) if position == 0 || position as usize > MAX_SOURCES => Some(Flaw::BadSource),
            (_, Some(_)) if self.header_rows == 0 => Some(Flaw::NoHeaders),
            _ => None,
        }
    }

    fn flaws_of_unpivot(&self, unpivot: &Unpivot) -> Option<Flaw> {
        use crate::model::ColumnRole::{Dimension, Measure};
        let is = |name: &str, role| self.columns.iter().any(|it| it.column.name == name && it.column.role == role);
        let named = is(&unpivot.measure, Measure) && unpivot.dimensions.iter().all(|it| is(it, Dimension));
        let codes = unpivot.columns.iter().all(|it| it.codes.len() == unpivot.dimensions.len());
        if !named || !codes || unpivot.columns.is_empty() || unpivot.columns.len() > MAX_SOURCES {
            return Some(Flaw::Unpivot);
        }
        unpivot.columns.iter().find_map(|it| self.flaw_of(&it.from))
    }
}

const fn comma() -> char {
    ','
}

fn usual_dates() -> Vec<DateForm> {
    vec![DateForm::Dotted, DateForm::Iso]
}
