//! What should be looked at in a proposed profile, in words.

use kernel::i18n::{Locale, Text};
use tabular::read::{Note, NoteCode};

/// A note in words, without its place.
pub fn text(note: &Note) -> Text {
    let text = match note.code {
        NoteCode::Genesis => Text::new("table-note-genesis"),
        NoteCode::NameMadeUp => Text::new("table-note-name-made-up"),
        NoteCode::DateInHead => Text::new("table-note-date-in-head"),
        NoteCode::MarksUnclear => Text::new("table-note-marks-unclear"),
        NoteCode::NoKey => Text::new("table-note-no-key"),
        NoteCode::Empty => Text::new("table-note-empty"),
        NoteCode::Total => Text::new("table-note-total"),
        NoteCode::Sample => Text::new("table-note-sample"),
        NoteCode::Sheets => Text::new("table-note-sheets"),
        NoteCode::NotAllNumbers => Text::new("table-note-not-all-numbers"),
        NoteCode::CellWithoutValue => Text::new("table-note-cell-without-value"),
        NoteCode::Rounded => Text::new("table-note-rounded"),
        NoteCode::UnitInCells => Text::new("table-note-unit-in-cells"),
        NoteCode::ZeroLost => Text::new("table-note-zero-lost"),
        NoteCode::Footer => Text::new("table-note-footer"),
        NoteCode::ColumnsLeftOut => Text::new("table-note-columns-left-out"),
        NoteCode::EncodingUnclear => Text::new("table-note-encoding-unclear"),
    };
    text.with("value", note.value.as_deref().unwrap_or_default())
}

/// A note in words, with its place, for the terminal.
pub fn line(note: &Note, locale: Locale) -> String {
    let mut line = String::new();
    if let Some(row) = note.row {
        line.push_str(&format!("{row}: "));
    }
    if let Some(column) = &note.column {
        line.push_str(&format!("{column}: "));
    }
    line + &text(note).render(locale)
}
