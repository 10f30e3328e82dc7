//! Cells of the table from fields of the file.

use std::collections::HashMap;

use crate::formula::begins_formula;
use crate::model::{Cell, Column, ColumnRole, Symbol, Value};
use crate::read::problem::ProblemCode;
use crate::read::profile::{Profile, ProfileColumn};
use crate::read::value::{MAX_KEY, MAX_TEXT, Precision, Writing, symbol};

/// Marks of preliminary, revised and estimated figures beside a value; `e` marks final ones.
const FIGURE_MARKS: [&str; 3] = ["p", "r", "s"];

/// How the fields of a column become cells.
pub struct CellReader {
    column: ProfileColumn,
    codes: HashMap<String, String>,
    writing: Writing,
    guarded: bool,
}

impl CellReader {
    /// As a profile says of a column.
    pub fn of(profile: &Profile, column: &ProfileColumn) -> Self {
        Self {
            column: column.clone(),
            codes: codes_of(column),
            writing: Writing::of(profile),
            guarded: profile.guarded,
        }
    }

    /// The column of the table.
    pub const fn column(&self) -> &Column {
        &self.column.column
    }

    /// The cell of a field, and whether it was rounded.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn cell(&self, text: &str) -> Result<(Cell, bool), ProblemCode> {
        match self.cell_of(text, false) {
            Err(ProblemCode::TooManyDecimals) if self.column.round => Ok((self.cell_of(text, true)?, true)),
            other => Ok((other?, false)),
        }
    }

    /// The cell with the symbol that stands in another column.
    ///
    /// # Errors
    /// It is no symbol, or contradicts the value.
    pub fn with_symbol(&self, cell: Cell, text: &str) -> Result<(Cell, bool), ProblemCode> {
        let text = text.trim();
        match text {
            "" | "e" => return Ok((cell, false)),
            mark if FIGURE_MARKS.contains(&mark) => return Ok((cell, true)),
            _ => {}
        }
        let symbol = symbol(text).ok_or(ProblemCode::BadSymbol)?;
        // A figure that has its own symbol, or none, is what the other column says.
        let number = cell.value.filter(|_| cell.symbol.is_none());
        let value = match symbol {
            Symbol::Nothing if number.as_ref().is_none_or(|it| *it == Value::Number(0)) => Some(Value::Number(0)),
            Symbol::Limited if number.is_some() => number,
            Symbol::Nothing | Symbol::Limited => return Err(ProblemCode::BadSymbol),
            _ if number.is_none() => None,
            _ => return Err(ProblemCode::BadSymbol),
        };
        Ok((Cell { value, symbol: Some(symbol) }, false))
    }

    /// The longest text of the column.
    pub const fn max_length(&self) -> usize {
        if matches!(self.column.column.role, ColumnRole::Dimension) { MAX_KEY } else { MAX_TEXT }
    }

    fn cell_of(&self, text: &str, round: bool) -> Result<Cell, ProblemCode> {
        let column = &self.column.column;
        let text = text.trim();
        if text.is_empty() || (column.role != ColumnRole::Dimension && self.writing.is_missing(text)) {
            let is_key = column.role == ColumnRole::Dimension;
            return if is_key { Err(ProblemCode::MissingKey) } else { Ok(Cell::default()) };
        }
        if text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\r' | '\t')) {
            return Err(ProblemCode::ControlCharacter);
        }
        if column.has_symbols() {
            let precision = Precision { decimals: column.decimals.unwrap_or(0), round };
            return self.writing.measure(self.without_unit(text), precision);
        }
        if text.len() > self.max_length() && text.chars().count() > self.max_length() {
            return Err(ProblemCode::TextTooLong);
        }
        let key = if column.kind.is_number() { self.without_unit(text).to_owned() } else { self.key(text) };
        match self.writing.other(&key, column, round)? {
            Value::Text(text) if !self.codes.is_empty() => {
                self.codes.get(&text).map(|it| Value::Text(it.clone()).into()).ok_or(ProblemCode::UnknownCode)
            }
            value => Ok(value.into()),
        }
    }

    /// A number without the unit behind it.
    fn without_unit<'a>(&self, text: &'a str) -> &'a str {
        let unit = self.column.cut.as_deref().filter(|it| !it.trim().is_empty());
        unit.and_then(|it| text.strip_suffix(it.trim())).map_or(text, str::trim_end)
    }

    /// A key with what spreadsheets took away, or without what others added.
    fn key(&self, text: &str) -> String {
        let mut key = text.replace("\r\n", "\n");
        if self.guarded
            && let Some(rest) = key.strip_prefix('\'')
            && begins_formula(rest.trim_start_matches('\''))
        {
            key = rest.to_owned();
        }
        if let Some(cut) = &self.column.cut
            && key.len() > 5
            && let Some(rest) = key.strip_suffix(cut.as_str())
        {
            key.truncate(rest.len());
        }
        match self.column.pad.map(usize::from) {
            Some(length) if key.len() < length && key.bytes().all(|it| it.is_ascii_digit()) => {
                format!("{key:0>length$}")
            }
            _ => key,
        }
    }
}

fn codes_of(column: &ProfileColumn) -> HashMap<String, String> {
    let codes = &column.column.codes;
    // Titles first, so that a code that is the title of another is the code.
    let titles = codes.iter().map(|it| (it.title.clone(), it.code.clone()));
    titles.chain(codes.iter().map(|it| (it.code.clone(), it.code.clone()))).collect()
}

/// Whether a spreadsheet would take it for a formula.
pub fn is_formula(text: &str) -> bool {
    let mut letters = text.chars();
    match letters.next() {
        Some('=' | '@') => letters.next().is_some(),
        Some('+' | '-') => letters.next().is_some_and(|it| it.is_alphabetic() || it == '('),
        _ => false,
    }
}
