//! Profiles as inputs.

use async_graphql::{InputObject, OneofObject};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use tabular::model::{Code, Column};
use tabular::read::{From as Origin, Pattern, Profile, ProfileColumn, Source, Unpivot, UnpivotColumn, VERSION};

use crate::datasets::enums::{Aggregation, ColumnRole, ColumnType, Disclosure, PeriodKind};
use crate::datasets::import::profile_types::{
    DatasetDateForm, DatasetFileEncoding, DatasetFileFormat, DatasetFileSymbol,
};

/// A code of a dimension and what it means. Files may hold either.
#[derive(InputObject)]
pub struct DatasetCodeInput {
    /// As it stands in the rows.
    code: String,
    /// What people read.
    title: String,
}

/// A column of a table.
#[derive(InputObject)]
pub struct DatasetColumnInput {
    /// Lower-case letters, digits and underscores, beginning with a letter, at most 63; once in a table.
    name: String,
    /// What the office calls it.
    title: String,
    /// What it means.
    description: Option<String>,
    /// What its values are.
    #[graphql(name = "type")]
    kind: ColumnType,
    /// What it is for.
    role: ColumnRole,
    /// Unit of a measure.
    unit: Option<String>,
    /// Decimals of `DECIMAL`, at most 9.
    decimals: Option<u8>,
    /// What the periods of `PERIOD` are.
    period: Option<PeriodKind>,
    /// The only codes of a dimension; empty = any.
    #[graphql(default)]
    codes: Vec<DatasetCodeInput>,
    /// The code that stands for all others together.
    total: Option<String>,
    /// How values of a measure become one.
    #[graphql(default_with = "Aggregation::None")]
    aggregation: Aggregation,
    /// What becomes of a measure where it leaves its authority.
    #[graphql(default_with = "Disclosure::Count")]
    disclosure: Disclosure,
    /// Name of the measure that this one is a part of.
    part_of: Option<String>,
    /// Code of the indicator that it is.
    indicator: Option<String>,
}

/// A column of the file: by its place, its header, or both, which then must agree.
#[derive(InputObject)]
pub struct DatasetProfileSourceInput {
    /// Its place, from 1.
    position: Option<u32>,
    /// Its header, several rows joined with ` / `; `{}` stands for what changes from file to file.
    header: Option<String>,
}

/// Where the values of a column come from.
#[derive(OneofObject)]
pub enum DatasetProfileFromInput {
    /// A column of the file.
    Column(DatasetProfileSourceInput),
    /// Every row has this one.
    Constant(String),
    /// The rows above the data: `Stichtag: {}`, where `{}` is the value.
    Head(String),
    /// The number of the row in the file; only `true`.
    RowNumber(bool),
}

/// A column of the table, and where its values come from.
#[derive(InputObject)]
pub struct DatasetProfileColumnInput {
    /// The column.
    column: DatasetColumnInput,
    /// Where its values come from; left out for the columns of `unpivot`.
    from: Option<DatasetProfileFromInput>,
    /// Is cut from the end of keys longer than 5: `000` of districts with 8 digits.
    cut: Option<String>,
    /// Keys of digits are filled up with leading zeros to this length.
    pad: Option<u8>,
}

/// A column of the file that becomes rows.
#[derive(InputObject)]
pub struct DatasetUnpivotColumnInput {
    /// The column.
    from: DatasetProfileSourceInput,
    /// Its codes, in the order of the dimensions.
    codes: Vec<String>,
}

/// Columns of the file that become rows.
#[derive(InputObject)]
pub struct DatasetUnpivotInput {
    /// Name of the measure that takes the values.
    measure: String,
    /// Names of the dimensions that take the codes.
    dimensions: Vec<String>,
    /// The columns of the file.
    columns: Vec<DatasetUnpivotColumnInput>,
}

/// How a file is read.
#[derive(InputObject)]
pub struct DatasetProfileInput {
    /// What kind of file it is.
    format: DatasetFileFormat,
    /// The sheet of a workbook; left out = the first one.
    sheet: Option<String>,
    /// How letters are written.
    #[graphql(default_with = "DatasetFileEncoding::Auto")]
    encoding: DatasetFileEncoding,
    /// The mark between fields; left out = `;`, a tab in TSV.
    delimiter: Option<String>,
    /// The mark around fields; left out = `"`.
    quote: Option<String>,
    /// Rows above the headers; blank ones do not count.
    #[graphql(default)]
    title_rows: u32,
    /// Rows with headers.
    #[graphql(default)]
    header_rows: u32,
    /// Whether an empty header takes the text to its left, as in merged cells.
    #[graphql(default)]
    fill_headers: bool,
    /// With what the first row behind the data begins: `__________`.
    footer: Option<String>,
    /// The mark before decimals.
    #[graphql(default = ",")]
    decimal: String,
    /// The mark between thousands.
    thousands: Option<String>,
    /// The forms that dates have.
    #[graphql(default_with = "vec![DatasetDateForm::Dotted, DatasetDateForm::Iso]")]
    dates: Vec<DatasetDateForm>,
    /// What may stand in the place of numbers, or around them.
    #[graphql(default)]
    symbols: Vec<DatasetFileSymbol>,
    /// The columns of the table, in their order.
    columns: Vec<DatasetProfileColumnInput>,
    /// Columns of the file that become rows.
    unpivot: Option<DatasetUnpivotInput>,
}

impl DatasetProfileInput {
    /// The profile; whether it is right is still to be seen.
    ///
    /// # Errors
    /// A mark is no single character.
    pub fn profile(self) -> ApiResult<Profile> {
        let mut problems = Problems::default();
        let mut mark = |text: Option<String>, field: &'static str| match text {
            None => Ok(None),
            Some(text) => problems.take(single(&text, field)),
        };
        let delimiter = mark(self.delimiter, "profile.delimiter")?;
        let quote = mark(self.quote, "profile.quote")?;
        let decimal = mark(Some(self.decimal), "profile.decimal")?;
        let thousands = mark(self.thousands, "profile.thousands")?;
        problems.done()?;
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
            decimal: decimal.unwrap_or(','),
            thousands,
            dates: self.dates.into_iter().map(Into::into).collect(),
            symbols: self.symbols.into_iter().map(Into::into).collect(),
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

impl From<DatasetProfileSourceInput> for Source {
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
        Self { column: it.column.into(), from: it.from.map(Into::into), cut: it.cut, pad: it.pad }
    }
}

impl From<DatasetUnpivotInput> for Unpivot {
    fn from(it: DatasetUnpivotInput) -> Self {
        let column = |it: DatasetUnpivotColumnInput| UnpivotColumn { from: it.from.into(), codes: it.codes };
        Self { measure: it.measure, dimensions: it.dimensions, columns: it.columns.into_iter().map(column).collect() }
    }
}
