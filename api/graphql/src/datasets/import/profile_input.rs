//! Profiles as inputs.

use async_graphql::{InputObject, OneofObject};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use tabular::model::{Code, Column};
use tabular::read::{From as Origin, Pattern, Profile, ProfileColumn, SourceColumn, Unpivot, UnpivotColumn, VERSION};

use crate::datasets::enums::{Aggregation, CellSymbol, ColumnRole, ColumnType, Disclosure, PeriodKind};
use crate::datasets::import::profile_types::{DatasetDateForm, DatasetFileEncoding, DatasetFileFormat};

/// Code of a dimension with its title. Files may hold either.
#[derive(InputObject)]
pub struct DatasetCodeInput {
    /// Code as in the rows.
    code: String,
    /// Title for readers.
    title: String,
}

/// Column of a table.
#[derive(InputObject)]
pub struct DatasetColumnInput {
    /// Name, unique in the table: lower-case letters, digits and underscores, beginning with a letter, at most 63
    /// characters.
    name: String,
    /// Title for readers, at most 500 characters.
    title: String,
    /// Description.
    description: Option<String>,
    /// Type of the values.
    #[graphql(name = "type")]
    kind: ColumnType,
    /// Role in the table. A measure must be of type `INTEGER` or `DECIMAL`.
    role: ColumnRole,
    /// Unit of a measure; null = not stated.
    unit: Option<String>,
    /// Number of decimals, 0 to 9. Required for type `DECIMAL`, forbidden for others.
    decimals: Option<u8>,
    /// Kind of the periods. Required for type `PERIOD`, forbidden for others.
    period: Option<PeriodKind>,
    /// Permitted codes of a dimension, at most 10,000; empty = any value.
    #[graphql(default)]
    codes: Vec<DatasetCodeInput>,
    /// Code of a dimension for the total over all others.
    total: Option<String>,
    /// Permitted aggregation of a measure.
    #[graphql(default_with = "Aggregation::None")]
    aggregation: Aggregation,
    /// Treatment of a measure when data leave the owning authority.
    #[graphql(default_with = "Disclosure::Count")]
    disclosure: Disclosure,
    /// Name of the measure that this one is part of. Both must be of the same type and number of decimals.
    part_of: Option<String>,
    /// Code of the indicator that the measure represents.
    indicator: Option<String>,
}

/// Column of the file by position, header or both, which must then agree.
#[derive(InputObject)]
pub struct DatasetProfileSourceInput {
    /// Position, 1 to 2,000.
    position: Option<u32>,
    /// Header; several header rows are joined with ` / `. `{}` stands for a part that changes from file to file.
    header: Option<String>,
}

/// Source of the values of a column.
#[derive(OneofObject)]
pub enum DatasetProfileFromInput {
    /// Column of the file.
    Column(DatasetProfileSourceInput),
    /// Constant value for all rows.
    Constant(String),
    /// Text above the data, with `{}` in place of the value: `Stichtag: {}`.
    Head(String),
    /// Number of the row in the file; `false` is refused.
    RowNumber(bool),
}

/// Column of the table with the source of its values.
#[derive(InputObject)]
pub struct DatasetProfileColumnInput {
    /// Column of the table.
    column: DatasetColumnInput,
    /// Source of the values. Required, but forbidden for columns that `unpivot` fills.
    from: Option<DatasetProfileFromInput>,
    /// Ending removed from keys longer than 5 characters, such as `000` from district keys of 8 digits, and from numbers,
    /// such as `%`.
    cut: Option<String>,
    /// Length to which keys of digits are padded with leading zeros.
    pad: Option<u8>,
    /// True if numbers with more decimals than the column are rounded, half away from zero.
    #[graphql(default)]
    round: bool,
    /// Column of the file with the symbols of a measure.
    symbols: Option<DatasetProfileSourceInput>,
}

/// Column of the file that is unpivoted into rows.
#[derive(InputObject)]
pub struct DatasetUnpivotColumnInput {
    /// Column of the file.
    from: DatasetProfileSourceInput,
    /// Codes, one for each dimension, in the order of `dimensions`.
    codes: Vec<String>,
}

/// Unpivoting: turns columns of the file into rows of the table.
#[derive(InputObject)]
pub struct DatasetUnpivotInput {
    /// Name of the measure that receives the values.
    measure: String,
    /// Names of the dimensions that receive the codes.
    dimensions: Vec<String>,
    /// Columns of the file to unpivot, 1 to 2,000.
    columns: Vec<DatasetUnpivotColumnInput>,
}

/// Import profile: instructions for reading a file.
#[derive(InputObject)]
pub struct DatasetProfileInput {
    /// Format of the file.
    format: DatasetFileFormat,
    /// Sheet of a workbook; left out = the first one.
    sheet: Option<String>,
    /// Character encoding of a text file.
    #[graphql(default_with = "DatasetFileEncoding::Auto")]
    encoding: DatasetFileEncoding,
    /// Field delimiter of a text file, one ASCII character; left out = `;`, for `TSV` a tab.
    delimiter: Option<String>,
    /// Quotation mark around fields of a text file, one ASCII character; left out = `"`.
    quote: Option<String>,
    /// Number of rows above the headers, at most 200. Blank rows do not count.
    #[graphql(default)]
    title_rows: u32,
    /// Number of header rows, at most 20. Blank rows do not count.
    #[graphql(default)]
    header_rows: u32,
    /// True if an empty header takes the text to its left, as in merged cells.
    #[graphql(default)]
    fill_headers: bool,
    /// Beginning of the first row after the data, such as `__________`; left out = the data reach to the end of the
    /// file.
    footer: Option<String>,
    /// Decimal separator, one character.
    #[graphql(default = ",")]
    decimal: String,
    /// Thousands separator, one character; left out = none.
    thousands: Option<String>,
    /// Formats accepted for dates.
    #[graphql(default_with = "vec![DatasetDateForm::Dotted, DatasetDateForm::Iso]")]
    dates: Vec<DatasetDateForm>,
    /// Symbols accepted in place of numbers or around them.
    #[graphql(default)]
    symbols: Vec<CellSymbol>,
    /// Texts that stand for no value, such as `k. A.`.
    #[graphql(default)]
    missing: Vec<String>,
    /// True if an apostrophe before a text that begins like a formula is removed, as in exported files.
    #[graphql(default)]
    guarded: bool,
    /// Columns of the table, in order, 1 to 200.
    columns: Vec<DatasetProfileColumnInput>,
    /// Unpivoting of columns of the file into rows.
    unpivot: Option<DatasetUnpivotInput>,
}

impl DatasetProfileInput {
    /// Profile that the input describes; only its marks are checked.
    ///
    /// # Errors
    /// A mark is no single character.
    pub fn profile(self) -> ApiResult<Profile> {
        let mark = |text: Option<String>, field| text.map(|it| single(&it, field)).transpose();
        let (delimiter, quote, decimal, thousands) = all((
            mark(self.delimiter, "profile.delimiter"),
            mark(self.quote, "profile.quote"),
            single(&self.decimal, "profile.decimal"),
            mark(self.thousands, "profile.thousands"),
        ))?;
        Ok(Profile {
            version: VERSION,
            format: self.format.into(),
            sheet: self.sheet,
            encoding: self.encoding.into(),
            delimiter,
            quote,
            title_rows: self.title_rows,
            header_rows: self.header_rows,
            fill_headers: self.fill_headers,
            footer: self.footer,
            decimal,
            thousands,
            dates: self.dates.into_iter().map(Into::into).collect(),
            symbols: self.symbols.into_iter().map(Into::into).collect(),
            missing: self.missing,
            guarded: self.guarded,
            columns: self.columns.into_iter().map(Into::into).collect(),
            unpivot: self.unpivot.map(Into::into),
        })
    }
}

fn single(text: &str, field: &'static str) -> ApiResult<char> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok(letter),
        _ => Err(Problem::at(UserErrorCode::Invalid, field, Text::new("profile-mark").with("value", text)).into()),
    }
}

impl From<DatasetProfileSourceInput> for SourceColumn {
    fn from(it: DatasetProfileSourceInput) -> Self {
        Self { position: it.position, header: it.header.map(Pattern) }
    }
}

impl From<DatasetProfileFromInput> for Origin {
    fn from(it: DatasetProfileFromInput) -> Self {
        match it {
            DatasetProfileFromInput::Column(source) => Self::Column(source.into()),
            DatasetProfileFromInput::Constant(text) => Self::Constant(text),
            DatasetProfileFromInput::Head(pattern) => Self::Head(Pattern(pattern)),
            DatasetProfileFromInput::RowNumber(it) => Self::RowNumber(it),
        }
    }
}

impl From<DatasetColumnInput> for Column {
    fn from(it: DatasetColumnInput) -> Self {
        Self {
            name: it.name,
            title: it.title,
            description: it.description,
            kind: it.kind.into(),
            role: it.role.into(),
            unit: it.unit,
            decimals: it.decimals,
            period: it.period.map(Into::into),
            codes: it.codes.into_iter().map(|it| Code { code: it.code, title: it.title }).collect(),
            total: it.total,
            aggregation: it.aggregation.into(),
            disclosure: it.disclosure.into(),
            part_of: it.part_of,
            indicator: it.indicator,
        }
    }
}

impl From<DatasetProfileColumnInput> for ProfileColumn {
    fn from(it: DatasetProfileColumnInput) -> Self {
        Self {
            column: it.column.into(),
            from: it.from.map(Into::into),
            cut: it.cut,
            pad: it.pad,
            round: it.round,
            symbols: it.symbols.map(Into::into),
        }
    }
}

impl From<DatasetUnpivotInput> for Unpivot {
    fn from(it: DatasetUnpivotInput) -> Self {
        let column = |it: DatasetUnpivotColumnInput| UnpivotColumn { from: it.from.into(), codes: it.codes };
        Self { measure: it.measure, dimensions: it.dimensions, columns: it.columns.into_iter().map(column).collect() }
    }
}
