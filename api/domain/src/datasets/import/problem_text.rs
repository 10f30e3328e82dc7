//! What is wrong with a file, in words.

use kernel::i18n::{Locale, Text};
use tabular::read::{ProblemCode, TableProblem};

/// A problem in words, without its place.
pub fn text(problem: &TableProblem) -> Text {
    let text = match problem.code {
        ProblemCode::Unreadable => Text::new("table-unreadable"),
        ProblemCode::TooLarge => Text::new("table-too-large"),
        ProblemCode::TooManyRows => Text::new("table-too-many-rows"),
        ProblemCode::NoSheet => Text::new("table-no-sheet"),
        ProblemCode::NoHeader => Text::new("table-no-header"),
        ProblemCode::SeveralHeaders => Text::new("table-several-headers"),
        ProblemCode::HeaderDiffers => Text::new("table-header-differs"),
        ProblemCode::NoColumn => Text::new("table-no-column"),
        ProblemCode::NotInHead => Text::new("table-not-in-head"),
        ProblemCode::NoRows => Text::new("table-no-rows"),
        ProblemCode::FieldCount => Text::new("table-field-count"),
        ProblemCode::RowTooLong => Text::new("table-row-too-long"),
        ProblemCode::BadEncoding => Text::new("table-bad-encoding"),
        ProblemCode::ControlCharacter => Text::new("table-control-character"),
        ProblemCode::TextTooLong => Text::new("table-text-too-long"),
        ProblemCode::MissingKey => Text::new("table-missing-key"),
        ProblemCode::BadNumber => Text::new("table-bad-number"),
        ProblemCode::TooManyDecimals => Text::new("table-too-many-decimals"),
        ProblemCode::OutOfRange => Text::new("table-out-of-range"),
        ProblemCode::BadDate => Text::new("table-bad-date"),
        ProblemCode::BadPeriod => Text::new("table-bad-period"),
        ProblemCode::BadBoolean => Text::new("table-bad-boolean"),
        ProblemCode::BadRegion => Text::new("table-bad-region"),
        ProblemCode::UnknownCode => Text::new("table-unknown-code"),
        ProblemCode::DuplicateKey => Text::new("table-duplicate-key"),
        ProblemCode::UploadGone => Text::new("table-upload-gone"),
        ProblemCode::NotAllowed => Text::new("table-not-allowed"),
        ProblemCode::Interrupted => Text::new("table-interrupted"),
        ProblemCode::FooterMissing => Text::new("table-footer-missing"),
        ProblemCode::Formula => Text::new("table-formula"),
        ProblemCode::PartExceedsWhole => Text::new("table-part-exceeds-whole"),
        ProblemCode::TotalDiffers => Text::new("table-total-differs"),
        ProblemCode::CellError => Text::new("table-cell-error"),
        ProblemCode::NotComputed => Text::new("table-not-computed"),
        ProblemCode::BadSymbol => Text::new("table-bad-symbol"),
        ProblemCode::ColumnNotUsed => Text::new("table-column-not-used"),
        ProblemCode::Rounded => Text::new("table-rounded"),
        ProblemCode::MarkNotStored => Text::new("table-mark-not-stored"),
    };
    let argument = |name: &str| problem.args.get(name).cloned().unwrap_or_default();
    text.with("value", problem.value.as_deref().unwrap_or_default())
        .with("expected", argument("expected"))
        .with("found", argument("found"))
        .with("first", argument("first"))
        .with("max", argument("max"))
        .with("reason", argument("reason"))
        .with("sum", argument("sum"))
        .with("whole", argument("whole"))
        .with("position", argument("position"))
        .with("header", argument("header"))
        .with("count", argument("count"))
}

/// A problem in words, with its place, for the terminal.
pub fn line(problem: &TableProblem, locale: Locale) -> String {
    let mut line = String::new();
    if let Some(row) = problem.row {
        line.push_str(&format!("{row}: "));
    }
    if let Some(column) = &problem.column {
        line.push_str(&format!("{column}: "));
    }
    line + &text(problem).render(locale)
}
