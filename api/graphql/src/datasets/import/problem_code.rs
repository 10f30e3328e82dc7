//! Codes of problems with files, in the schema.

use async_graphql::Enum;

/// Kind of problem with a file.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "tabular::read::ProblemCode")]
pub enum DatasetProblemCode {
    /// File that cannot be read in the format of the profile; the message gives the reason.
    Unreadable,
    /// File that is too large after decompression; the message gives the limit in MiB.
    TooLarge,
    /// File with too many rows; the message gives the limit.
    TooManyRows,
    /// Sheet that the workbook does not have.
    NoSheet,
    /// Header that no column has.
    NoHeader,
    /// Header that several columns have, so that a position is needed.
    SeveralHeaders,
    /// Header other than the profile expects at this position.
    HeaderDiffers,
    /// Position beyond the last column of the file.
    NoColumn,
    /// Text of the profile that no row above the data matches.
    NotInHead,
    /// File without rows of data.
    NoRows,
    /// Row with too few or too many fields.
    FieldCount,
    /// Row without end, perhaps for lack of a closing quotation mark.
    RowTooLong,
    /// Text that is not valid in the encoding of the profile.
    BadEncoding,
    /// Control character in a text.
    ControlCharacter,
    /// Text longer than 4,000 characters, in a dimension 400.
    TextTooLong,
    /// Dimension without value.
    MissingKey,
    /// Invalid number.
    BadNumber,
    /// Number with more decimals than the column permits.
    TooManyDecimals,
    /// Number too large to be stored.
    OutOfRange,
    /// Invalid date, or date in none of the formats of the profile.
    BadDate,
    /// Invalid period for the kind of the column.
    BadPeriod,
    /// Invalid Boolean value.
    BadBoolean,
    /// Invalid region key.
    BadRegion,
    /// Code that is missing from the list of the column.
    UnknownCode,
    /// Cell of a workbook with an error value, such as `#DIV/0!`.
    CellError,
    /// Cell of a workbook with a formula whose value is not stored in the file.
    NotComputed,
    /// Text in a column of symbols that is no symbol, or one that contradicts the value.
    BadSymbol,
    /// Row with the same key as an earlier one; the message gives that row.
    DuplicateKey,
    /// Uploaded file that does not exist any more.
    UploadGone,
    /// Missing permission: the person who requested the import may not change the dataset any more.
    NotAllowed,
    /// Import that was started three times and never ended.
    Interrupted,
    /// Warning: footer of the profile not found; the file may be incomplete.
    FooterMissing,
    /// Warning: text that a spreadsheet would take for a formula.
    Formula,
    /// Warning: part greater than its whole.
    PartExceedsWhole,
    /// Warning: total that is not the sum of its parts.
    TotalDiffers,
    /// Warning: column of the file with values that the profile does not use; the message gives their number.
    ColumnNotUsed,
    /// Warning: numbers that were rounded as the profile says; the message gives their number.
    Rounded,
    /// Warning: marks of preliminary, revised or estimated figures, which are not stored; the message gives their number.
    MarkNotStored,
}
