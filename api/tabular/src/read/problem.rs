//! What was found wrong with a file.

use std::collections::BTreeMap;

use kernel::text::clip;
use serde::{Deserialize, Serialize};

/// Problems that are kept; all are counted.
pub const KEPT: usize = 1_000;
/// Warnings that are kept; all are counted.
pub const KEPT_WARNINGS: usize = 200;
const VALUE_LENGTH: usize = 80;

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ProblemCode {
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

impl ProblemCode {
    /// Whether it stops nothing.
    pub const fn is_warning(self) -> bool {
        matches!(self, Self::FooterMissing | Self::Formula | Self::PartExceedsWhole | Self::TotalDiffers)
    }
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Problem {
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

impl Problem {
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

/// What came of reading a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Report {
    /// Rows of the table that were read without problem.
    pub rows: u64,
    /// What is wrong, in the order of the file, the first ones.
    pub problems: Vec<Problem>,
    /// What stops nothing, the first ones.
    pub warnings: Vec<Problem>,
    /// How often each of both was found.
    pub counts: BTreeMap<ProblemCode, u64>,
}

impl Report {
    /// Adds what was found.
    pub fn add(&mut self, problem: Problem) {
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
