//! Codes of problems with files, in the schema.

use async_graphql::Enum;

/// What is wrong with a file.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "tabular::read::ProblemCode")]
pub enum DatasetProblemCode {
    /// The file cannot be read as what the profile says it is. Argument `reason`.
    Unreadable,
    /// It has more bytes, unpacked, than are read. Argument `max`, in MiB.
    TooLarge,
    /// It has more rows than are read. Argument `max`.
    TooManyRows,
    /// The workbook has no such sheet.
    NoSheet,
    /// No column has this header.
    NoHeader,
    /// Several columns have this header.
    SeveralHeaders,
    /// Another header stands there. Argument `expected`.
    HeaderDiffers,
    /// The file has no such column. Argument `found`: how many it has.
    NoColumn,
    /// No row above the data has what the profile looks for.
    NotInHead,
    /// There is no row of data.
    NoRows,
    /// The row has too few or too many fields. Arguments `expected`, `found`.
    FieldCount,
    /// The row does not end: a quotation mark may not be closed.
    RowTooLong,
    /// The row is not written in the encoding of the profile.
    BadEncoding,
    /// A character that no text may have.
    ControlCharacter,
    /// The text is too long. Argument `max`.
    TextTooLong,
    /// A dimension without value.
    MissingKey,
    /// No number.
    BadNumber,
    /// More decimals than the column has. Argument `max`.
    TooManyDecimals,
    /// A number that is too large to be kept.
    OutOfRange,
    /// No date, or none of the profile's forms.
    BadDate,
    /// No period of the column's kind.
    BadPeriod,
    /// Neither yes nor no.
    BadBoolean,
    /// No region key.
    BadRegion,
    /// A code that is not in the list of the column.
    UnknownCode,
    /// Another row has the same key. Argument `first`: its row.
    DuplicateKey,
    /// The upload is not there any more.
    UploadGone,
    /// Whoever asked for the import may not change the dataset any more.
    NotAllowed,
    /// The import was begun several times and never came to its end.
    Interrupted,
    /// Warning: the row that ends the data is not there; a part may be missing.
    FooterMissing,
    /// Warning: text that a spreadsheet would take for a formula.
    Formula,
    /// Warning: a part is more than its whole. Arguments `whole`, `part`.
    PartExceedsWhole,
    /// Warning: a total is not the sum of what it stands for. Arguments `total`, `sum`.
    TotalDiffers,
}
