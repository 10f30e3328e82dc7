//! Profiles in the schema.

use async_graphql::{Enum, Object, SimpleObject};
use kernel::error::{ApiError, ApiResult};
use tabular::read;
use tabular::read::{From as Origin, Profile, ProfileColumn, SourceColumn, Unpivot};

use crate::datasets::enums::CellSymbol;
use crate::datasets::version_types::DatasetColumn;

/// The same words in the schema as in profiles.
macro_rules! words_of_profiles {
    ($of:ident; $(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl std::convert::From<$of> for $name {
            fn from(it: $of) -> Self {
                match it { $($of::$variant => Self::$variant),+ }
            }
        }

        impl std::convert::From<$name> for $of {
            fn from(it: $name) -> Self {
                match it { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

use read::{DateForm, Encoding, FileFormat};

words_of_profiles! { FileFormat;
    /// Format of an import file. Text files may be compressed with gzip, which their first bytes show.
    DatasetFileFormat {
        /// Text with a delimiter between fields.
        Csv,
        /// Text with tabs between fields.
        Tsv,
        /// Workbook of Excel 2007 and later.
        Xlsx,
        /// OpenDocument spreadsheet.
        Ods,
    }
}

words_of_profiles! { Encoding;
    /// Character encoding of a text file.
    DatasetFileEncoding {
        /// Detection by byte order mark; without one UTF-8 if the whole file is valid UTF-8, else Windows-1252.
        Auto,
        /// UTF-8.
        #[graphql(name = "UTF_8")]
        Utf8,
        /// UTF-16 of either byte order; little-endian without a byte order mark.
        #[graphql(name = "UTF_16")]
        Utf16,
        /// Windows-1252, which includes ISO 8859-1.
        #[graphql(name = "WINDOWS_1252")]
        Windows1252,
        /// ISO 8859-15.
        #[graphql(name = "ISO_8859_15")]
        Iso885915,
        /// Mac OS Roman of old Macintosh computers.
        Macintosh,
    }
}

words_of_profiles! { DateForm;
    /// Format of dates.
    DatasetDateForm {
        /// Day, month and year with dots: `01.03.2016`.
        Dotted,
        /// Year, month and day by ISO 8601: `2016-03-01`.
        Iso,
        /// Day, month and year with slashes: `01/03/2016`.
        Slashed,
        /// Year, month and day without separators: `20160301`.
        Compact,
        /// Day, month and two digits of the year with dots: `01.03.16`. Years to 68 are those after 2000.
        DottedShort,
    }
}

/// Import profile: instructions for reading a file. An import guesses nothing beyond them.
pub struct DatasetProfile(pub Profile);

/// Column of the file.
#[derive(SimpleObject)]
pub struct DatasetProfileSource {
    /// Position, from 1; null = found by header.
    position: Option<u32>,
    /// Header; several header rows are joined with ` / `. `{}` stands for a part that changes from file to file. Null =
    /// found by position.
    header: Option<String>,
}

/// Source of the values of a column. Exactly one field is not null.
#[derive(SimpleObject, Default)]
pub struct DatasetProfileFrom {
    /// Column of the file.
    column: Option<DatasetProfileSource>,
    /// Constant value for all rows.
    constant: Option<String>,
    /// Text above the data, with `{}` in place of the value: `Stichtag: {}`.
    head: Option<String>,
    /// True if the value is the number of the row in the file.
    row_number: Option<bool>,
}

/// Column of the table with the source of its values.
#[derive(SimpleObject)]
pub struct DatasetProfileColumn {
    /// Column of the table.
    column: DatasetColumn,
    /// Source of the values; null for columns that `unpivot` fills.
    from: Option<DatasetProfileFrom>,
    /// Ending removed from keys longer than 5 characters and from numbers; null = none.
    cut: Option<String>,
    /// Length to which keys of digits are padded with leading zeros; null = no padding.
    pad: Option<i32>,
    /// True if numbers with more decimals than the column are rounded, half away from zero.
    round: bool,
    /// Column of the file with the symbols of a measure; null = none.
    symbols: Option<DatasetProfileSource>,
}

/// Column of the file that is unpivoted into rows.
#[derive(SimpleObject)]
pub struct DatasetUnpivotColumn {
    /// Column of the file.
    from: DatasetProfileSource,
    /// Codes, one for each dimension, in the order of `dimensions`.
    codes: Vec<String>,
}

/// Unpivoting: turns columns of the file into rows of the table.
#[derive(SimpleObject)]
pub struct DatasetUnpivot {
    /// Name of the measure that receives the values.
    measure: String,
    /// Names of the dimensions that receive the codes.
    dimensions: Vec<String>,
    /// Columns of the file to unpivot.
    columns: Vec<DatasetUnpivotColumn>,
}

/// Import profile: instructions for reading a file. An import guesses nothing beyond them.
#[Object]
impl DatasetProfile {
    /// Version of the profile format.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// Format of the file.
    async fn format(&self) -> DatasetFileFormat {
        self.0.format.into()
    }

    /// Sheet of a workbook; null = the first one.
    async fn sheet(&self) -> Option<&str> {
        self.0.sheet.as_deref()
    }

    /// Character encoding of a text file.
    async fn encoding(&self) -> DatasetFileEncoding {
        self.0.encoding.into()
    }

    /// Field delimiter of a text file.
    async fn delimiter(&self) -> String {
        self.0.delimiter().to_string()
    }

    /// Quotation mark around fields of a text file.
    async fn quote(&self) -> String {
        self.0.quote().to_string()
    }

    /// Number of rows above the headers. Blank rows do not count.
    async fn title_rows(&self) -> u32 {
        self.0.title_rows
    }

    /// Number of header rows. Blank rows do not count.
    async fn header_rows(&self) -> u32 {
        self.0.header_rows
    }

    /// True if an empty header takes the text to its left, as in merged cells.
    async fn fill_headers(&self) -> bool {
        self.0.fill_headers
    }

    /// Beginning of the first row after the data; null = the data reach to the end of the file.
    async fn footer(&self) -> Option<&str> {
        self.0.footer.as_deref()
    }

    /// Decimal separator.
    async fn decimal(&self) -> String {
        self.0.decimal.to_string()
    }

    /// Thousands separator; null = none.
    async fn thousands(&self) -> Option<String> {
        self.0.thousands.map(|it| it.to_string())
    }

    /// Formats accepted for dates.
    async fn dates(&self) -> Vec<DatasetDateForm> {
        self.0.dates.iter().map(|it| (*it).into()).collect()
    }

    /// Symbols accepted in place of numbers or around them.
    async fn symbols(&self) -> Vec<CellSymbol> {
        self.0.symbols.iter().map(|it| (*it).into()).collect()
    }

    /// Texts that stand for no value.
    async fn missing(&self) -> &[String] {
        &self.0.missing
    }

    /// True if an apostrophe before a text that begins like a formula is removed.
    async fn guarded(&self) -> bool {
        self.0.guarded
    }

    /// Columns of the table, in order.
    async fn columns(&self) -> Vec<DatasetProfileColumn> {
        self.0.columns.iter().cloned().map(Into::into).collect()
    }

    /// Unpivoting of columns of the file into rows; null = none.
    async fn unpivot(&self) -> Option<DatasetUnpivot> {
        self.0.unpivot.clone().map(Into::into)
    }

    /// Profile as a TOML file for `verbund import dataset --profile`.
    async fn toml(&self) -> ApiResult<String> {
        toml::to_string(&self.0).map_err(|error| ApiError::fault(format!("toml: {error}")))
    }
}

impl std::convert::From<SourceColumn> for DatasetProfileSource {
    fn from(it: SourceColumn) -> Self {
        Self { position: it.position, header: it.header.map(|it| it.0) }
    }
}

impl std::convert::From<Origin> for DatasetProfileFrom {
    fn from(it: Origin) -> Self {
        match it {
            Origin::Column(source) => Self { column: Some(source.into()), ..Self::default() },
            Origin::Constant(text) => Self { constant: Some(text), ..Self::default() },
            Origin::Head(pattern) => Self { head: Some(pattern.0), ..Self::default() },
            Origin::RowNumber(it) => Self { row_number: Some(it), ..Self::default() },
        }
    }
}

impl std::convert::From<ProfileColumn> for DatasetProfileColumn {
    fn from(it: ProfileColumn) -> Self {
        Self {
            column: it.column.into(),
            from: it.from.map(Into::into),
            cut: it.cut,
            pad: it.pad.map(i32::from),
            round: it.round,
            symbols: it.symbols.map(Into::into),
        }
    }
}

impl std::convert::From<Unpivot> for DatasetUnpivot {
    fn from(it: Unpivot) -> Self {
        let column = |it: read::UnpivotColumn| DatasetUnpivotColumn { from: it.from.into(), codes: it.codes };
        Self { measure: it.measure, dimensions: it.dimensions, columns: it.columns.into_iter().map(column).collect() }
    }
}
