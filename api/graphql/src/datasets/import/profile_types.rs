//! Profiles in the schema.

use async_graphql::{Enum, Object, SimpleObject};
use kernel::error::{ApiError, ApiResult};
use tabular::read::{From as Origin, Profile, ProfileColumn, Source, Unpivot};
use tabular::{model, read};

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

use model::Symbol;
use read::{DateForm, Encoding, Format};

words_of_profiles! { Format;
    /// Kinds of files that are read. Whether one is packed with gzip is seen by its first bytes.
    DatasetFileFormat {
        /// Text with a mark between fields.
        Csv,
        /// Text with tabs between fields.
        Tsv,
        /// Excel 2007 and later.
        Xlsx,
        /// OpenDocument.
        Ods,
    }
}

words_of_profiles! { Encoding;
    /// How letters are written in a file.
    DatasetFileEncoding {
        /// As the byte order mark says; else UTF-8 where the whole file is valid as that, else Windows-1252.
        Auto,
        /// UTF-8.
        #[graphql(name = "UTF_8")]
        Utf8,
        /// UTF-16 in either order.
        #[graphql(name = "UTF_16")]
        Utf16,
        /// Windows-1252, of which ISO 8859-1 is a part.
        #[graphql(name = "WINDOWS_1252")]
        Windows1252,
        /// ISO 8859-15.
        #[graphql(name = "ISO_8859_15")]
        Iso885915,
        /// As old Macintoshes wrote.
        Macintosh,
    }
}

words_of_profiles! { DateForm;
    /// Forms of dates.
    DatasetDateForm {
        /// `01.03.2016`
        Dotted,
        /// `2016-03-01`
        Iso,
        /// `01/03/2016`, the day first.
        Slashed,
        /// `20160301`
        Compact,
    }
}

words_of_profiles! { Symbol;
    /// What stands in the place of a number in a file, or around it.
    DatasetFileSymbol {
        /// `-`: exactly nothing; the value is 0.
        Nothing,
        /// `.`: unknown or secret.
        Secret,
        /// `x`: the cell makes no sense.
        Blocked,
        /// `...`: comes later.
        Later,
        /// `/`: not told, the figure is too unreliable.
        Unreliable,
        /// `( )`: of limited reliability; there is a value.
        Limited,
        /// `*`: withheld by protection here.
        Protected,
    }
}

/// How a file is read.
pub struct DatasetProfile(pub Profile);

/// A column of the file.
#[derive(SimpleObject)]
pub struct DatasetProfileSource {
    /// Its place, from 1.
    position: Option<u32>,
    /// Its header, several rows joined with ` / `; `{}` stands for what changes from file to file.
    header: Option<String>,
}

/// Where the values of a column come from; one of these, or none for the columns of `unpivot`.
#[derive(SimpleObject, Default)]
pub struct DatasetProfileFrom {
    /// A column of the file.
    column: Option<DatasetProfileSource>,
    /// Every row has this one.
    constant: Option<String>,
    /// The rows above the data: `Stichtag: {}`, where `{}` is the value.
    head: Option<String>,
    /// The number of the row in the file.
    row_number: Option<bool>,
}

/// A column of the table, and where its values come from.
#[derive(SimpleObject)]
pub struct DatasetProfileColumn {
    /// The column.
    column: DatasetColumn,
    /// Where its values come from.
    from: Option<DatasetProfileFrom>,
    /// Is cut from the end of keys longer than 5.
    cut: Option<String>,
    /// Keys of digits are filled up with leading zeros to this length.
    pad: Option<i32>,
}

/// A column of the file that becomes rows.
#[derive(SimpleObject)]
pub struct DatasetUnpivotColumn {
    /// The column.
    from: DatasetProfileSource,
    /// Its codes, in the order of the dimensions.
    codes: Vec<String>,
}

/// Columns of the file that become rows.
#[derive(SimpleObject)]
pub struct DatasetUnpivot {
    /// Name of the measure that takes the values.
    measure: String,
    /// Names of the dimensions that take the codes.
    dimensions: Vec<String>,
    /// The columns of the file.
    columns: Vec<DatasetUnpivotColumn>,
}

/// How a file is read. Nothing is guessed when it is imported.
#[Object]
impl DatasetProfile {
    /// Version of the form.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// What kind of file it is.
    async fn format(&self) -> DatasetFileFormat {
        self.0.format.into()
    }

    /// The sheet of a workbook; null = the first one.
    async fn sheet(&self) -> Option<&str> {
        self.0.sheet.as_deref()
    }

    /// How letters are written.
    async fn encoding(&self) -> DatasetFileEncoding {
        self.0.encoding.into()
    }

    /// The mark between fields.
    async fn delimiter(&self) -> String {
        self.0.delimiter().to_string()
    }

    /// The mark around fields.
    async fn quote(&self) -> String {
        self.0.quote().to_string()
    }

    /// Rows above the headers; blank ones do not count.
    async fn title_rows(&self) -> u32 {
        self.0.title_rows
    }

    /// Rows with headers.
    async fn header_rows(&self) -> u32 {
        self.0.header_rows
    }

    /// Whether an empty header takes the text to its left.
    async fn fill_headers(&self) -> bool {
        self.0.fill_headers
    }

    /// With what the first row behind the data begins.
    async fn footer(&self) -> Option<&str> {
        self.0.footer.as_deref()
    }

    /// The mark before decimals.
    async fn decimal(&self) -> String {
        self.0.decimal.to_string()
    }

    /// The mark between thousands.
    async fn thousands(&self) -> Option<String> {
        self.0.thousands.map(|it| it.to_string())
    }

    /// The forms that dates have.
    async fn dates(&self) -> Vec<DatasetDateForm> {
        self.0.dates.iter().map(|it| (*it).into()).collect()
    }

    /// What may stand in the place of numbers, or around them.
    async fn symbols(&self) -> Vec<DatasetFileSymbol> {
        self.0.symbols.iter().map(|it| (*it).into()).collect()
    }

    /// The columns of the table, in their order.
    async fn columns(&self) -> Vec<DatasetProfileColumn> {
        self.0.columns.iter().cloned().map(Into::into).collect()
    }

    /// Columns of the file that become rows.
    async fn unpivot(&self) -> Option<DatasetUnpivot> {
        self.0.unpivot.clone().map(Into::into)
    }

    /// The whole as a file for `verbund import dataset --profile` (TOML).
    async fn toml(&self) -> ApiResult<String> {
        toml::to_string(&self.0).map_err(|error| ApiError::fault(format!("toml: {error}")))
    }
}

impl std::convert::From<Source> for DatasetProfileSource {
    fn from(it: Source) -> Self {
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
        Self { column: it.column.into(), from: it.from.map(Into::into), cut: it.cut, pad: it.pad.map(i32::from) }
    }
}

impl std::convert::From<Unpivot> for DatasetUnpivot {
    fn from(it: Unpivot) -> Self {
        let column = |it: read::UnpivotColumn| DatasetUnpivotColumn { from: it.from.into(), codes: it.codes };
        Self { measure: it.measure, dimensions: it.dimensions, columns: it.columns.into_iter().map(column).collect() }
    }
}
