//! What was found wrong with a file.

use std::collections::BTreeMap;

use kernel::text::clip;
use serde::{Deserialize, Serialize};

/// Problems that are kept; all are counted.
pub const KEPT: usize = 1_000;
/// Warnings that are kept; all are counted.
pub const KEPT_WARNINGS: usize = 200;
const VALUE_LENGTH: usize = 80;

/// Code of a problem in a file, or of a warning about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemCode {
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

impl ProblemCode {
    /// Whether it stops nothing.
    pub const fn is_warning(self) -> bool {
        matches!(
            self,
            Self::FooterMissing
                | Self::Formula
                | Self::PartExceedsWhole
                | Self::TotalDiffers
                | Self::ColumnNotUsed
                | Self::Rounded
                | Self::MarkNotStored
        )
    }
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TableProblem {
    /// What.
    pub code: ProblemCode,
    /// Line of a text, row of a sheet, counted from 1; nothing where it is about the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Name of the column of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What stands there, shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What the code says there is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

impl TableProblem {
    /// A problem of the whole file.
    pub const fn of_file(code: ProblemCode) -> Self {
        Self { code, row: None, column: None, value: None, args: BTreeMap::new() }
    }

    /// A problem of a row.
    pub const fn at(code: ProblemCode, row: u64) -> Self {
        Self { code, row: Some(row), column: None, value: None, args: BTreeMap::new() }
    }

    /// Names the column.
    #[must_use]
    pub fn column(mut self, name: &str) -> Self {
        self.column = Some(name.to_owned());
        self
    }

    /// Quotes what stands there.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        let shown: String =
            value.chars().take(VALUE_LENGTH + 1).map(|it| if it.is_control() { ' ' } else { it }).collect();
        self.value = Some(clip(&shown, VALUE_LENGTH));
        self
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), clip(&value.to_string(), VALUE_LENGTH));
        self
    }
}

impl TableProblem {
    /// Adds one to the argument `count`.
    pub(super) fn add_one(&mut self) {
        let count = self.args.get("count").and_then(|it| it.parse::<u64>().ok()).unwrap_or(0);
        self.args.insert("count".to_owned(), (count + 1).to_string());
    }
}

/// What came of reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReadReport {
    /// Rows of the table that were read without problem.
    pub rows: u64,
    /// What is wrong, in the order of the file, the first ones.
    pub problems: Vec<TableProblem>,
    /// What stops nothing, the first ones.
    pub warnings: Vec<TableProblem>,
    /// How often each of both was found.
    pub counts: BTreeMap<ProblemCode, u64>,
}

impl ReadReport {
    /// Adds what was found.
    pub fn add(&mut self, problem: TableProblem) {
        *self.counts.entry(problem.code).or_default() += 1;
        let (list, max) =
            if problem.code.is_warning() { (&mut self.warnings, KEPT_WARNINGS) } else { (&mut self.problems, KEPT) };
        if list.len() < max {
            list.push(problem);
        }
    }

    /// Whether nothing stands against keeping the table.
    pub fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many problems there are, kept or not.
    pub fn problem_count(&self) -> u64 {
        self.counts.iter().filter(|(code, _)| !code.is_warning()).map(|(_, count)| count).sum()
    }

    /// How many warnings there are, kept or not.
    pub fn warning_count(&self) -> u64 {
        self.counts.iter().filter(|(code, _)| code.is_warning()).map(|(_, count)| count).sum()
    }
}
