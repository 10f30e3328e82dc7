//! Cells of tables in answers.

use async_graphql::indexmap::IndexMap;
use async_graphql::{InputValueError, InputValueResult, Name, Number, Scalar, ScalarType, Value as Json};
use tabular::model::{Cell, Column, ColumnType, Symbol, Value, number_text};

/// Cell of a table, in results only. Text, codes, periods and region keys are strings; whole numbers are numbers;
/// decimals are exact strings such as `"7.65"`; Boolean values are booleans; dates are strings such as `"2023-03-01"`;
/// an empty cell is null. A symbol of official statistics in place of a value is `{"symbol": "SECRET"}`, beside a value
/// `{"value": 0, "symbol": "NOTHING"}`. Symbols: NOTHING (`-`, exactly zero), SECRET (`.`), BLOCKED (`x`), LATER
/// (`...`), UNRELIABLE (`/`), LIMITED (`( )`), PROTECTED (`*`, suppressed by disclosure control).
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetCell(Json);

/// Cell of a table, in results only. Text, codes, periods and region keys are strings; whole numbers are numbers;
/// decimals are exact strings such as `"7.65"`; Boolean values are booleans; dates are strings such as `"2023-03-01"`;
/// an empty cell is null. A symbol of official statistics in place of a value is `{"symbol": "SECRET"}`, beside a value
/// `{"value": 0, "symbol": "NOTHING"}`. Symbols: NOTHING (`-`, exactly zero), SECRET (`.`), BLOCKED (`x`), LATER
/// (`...`), UNRELIABLE (`/`), LIMITED (`( )`), PROTECTED (`*`, suppressed by disclosure control).
#[Scalar(specified_by_url = "/schema.graphql#DatasetCell")]
impl ScalarType for DatasetCell {
    fn parse(_: Json) -> InputValueResult<Self> {
        Err(InputValueError::custom("cells are only in answers"))
    }

    fn to_value(&self) -> Json {
        self.0.clone()
    }
}

impl DatasetCell {
    /// A cell of a column.
    pub fn of(cell: Cell, column: &Column) -> Self {
        let value = cell.value.map(|it| match it {
            Value::Text(text) => Json::String(text),
            Value::Number(units) if column.kind == ColumnType::Decimal => {
                Json::String(number_text(units, column.decimals.unwrap_or(0)))
            }
            Value::Number(number) => Json::Number(Number::from(number)),
            Value::Boolean(it) => Json::Boolean(it),
            Value::Date(date) => Json::String(date.to_string()),
        });
        Self(match (value, cell.symbol) {
            (value, None) => value.unwrap_or(Json::Null),
            (value, Some(symbol)) => {
                let value = value.map(|it| (Name::new("value"), it));
                let symbol = (Name::new("symbol"), Json::String(symbol_name(symbol).to_owned()));
                Json::Object(value.into_iter().chain([symbol]).collect::<IndexMap<_, _>>())
            }
        })
    }
}

const fn symbol_name(symbol: Symbol) -> &'static str {
    match symbol {
        Symbol::Nothing => "NOTHING",
        Symbol::Secret => "SECRET",
        Symbol::Blocked => "BLOCKED",
        Symbol::Later => "LATER",
        Symbol::Unreliable => "UNRELIABLE",
        Symbol::Limited => "LIMITED",
        Symbol::Protected => "PROTECTED",
    }
}
