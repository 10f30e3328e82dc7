//! The columns of a file: those of the table, and one more for the symbols of each measure.

use std::collections::HashSet;

use crate::formula::begins_formula;
use crate::model::{Cell, Column, ColumnRole, ColumnType, Symbol, Value, number_text};

/// A column of a file.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// As it is called in the file.
    pub name: String,
    /// The column of the table.
    pub column: Column,
    /// Where its cells stand in a row.
    pub index: usize,
    /// Whether it has the symbols of the column, not the values.
    pub symbols: bool,
}

/// The columns of a file, in order.
pub(super) fn fields(columns: &[Column]) -> Vec<Field> {
    let mut taken: HashSet<String> = columns.iter().map(|it| it.name.clone()).collect();
    let mut fields = Vec::with_capacity(columns.len() * 2);
    for (index, column) in columns.iter().enumerate() {
        let field = Field { name: column.name.clone(), column: column.clone(), index, symbols: false };
        fields.push(field.clone());
        if column.role == ColumnRole::Measure {
            let mut name = format!("{}_symbol", column.name);
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            fields.push(Field { name, symbols: true, ..field });
        }
    }
    fields
}

impl Field {
    /// Decimals of its numbers.
    pub fn decimals(&self) -> u8 {
        if self.column.kind == ColumnType::Decimal { self.column.decimals.unwrap_or(0) } else { 0 }
    }

    /// What a cell has for it.
    pub fn of<'a>(&self, cell: &'a Cell) -> FieldValue<'a> {
        if self.symbols {
            return cell.symbol.map_or(FieldValue::Nothing, |it| FieldValue::Text(it.as_str()));
        }
        match &cell.value {
            None => FieldValue::Nothing,
            Some(Value::Text(text)) => FieldValue::Text(text),
            Some(Value::Number(units)) => FieldValue::Number(*units),
            Some(Value::Boolean(yes)) => FieldValue::Boolean(*yes),
            Some(Value::Date(date)) => FieldValue::Date(*date),
        }
    }

    /// What it is called where people read it.
    pub fn title(&self) -> String {
        if self.symbols { format!("{} (Zeichen)", self.column.title) } else { self.column.title.clone() }
    }

    /// The only values, where they are given, with what they mean.
    pub fn codes(&self) -> Vec<(&str, &str)> {
        if self.symbols {
            return Symbol::ALL.iter().map(|it| (it.as_str(), meaning(*it))).collect();
        }
        self.column.codes.iter().map(|it| (it.code.as_str(), it.title.as_str())).collect()
    }
}

/// What one place of a file says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FieldValue<'a> {
    Nothing,
    Text(&'a str),
    /// Whole units of the last place.
    Number(i64),
    Boolean(bool),
    Date(chrono::NaiveDate),
}

impl FieldValue<'_> {
    /// As text; numbers with a point, dates as ISO 8601.
    pub fn text(self, decimals: u8) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.to_owned(),
            Self::Number(units) => number_text(units, decimals),
            Self::Boolean(yes) => yes.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// What a symbol means, in the words of the statistical offices.
pub(super) const fn meaning(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::Nothing => "genau null",
        Symbol::Secret => "unbekannt oder geheim zu halten",
        Symbol::Blocked => "Angabe nicht sinnvoll",
        Symbol::Later => "Angabe fällt später an",
        Symbol::Unreliable => "Zahlenwert nicht sicher genug",
        Symbol::Limited => "Aussagewert eingeschränkt",
        Symbol::Protected => "zum Schutz kleiner Zahlen nicht genannt",
    }
}

/// Text that no spreadsheet takes for a formula. An apostrophe goes before what begins like one, and before what
/// would begin like one without its apostrophes, so that it can be taken away again.
pub(super) fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if begins_formula(text.trim_start_matches('\'')) { format!("'{text}").into() } else { text.into() }
}
