//! Random tables and random questions.

use chrono::NaiveDate;
use tabular::model::{Cell, Column, ColumnRole, ColumnType, Symbol, TableRow, Value};
use tabular::query::{AskedMeasure, ColumnTest, Comparison, Filter, Function, Operand, RegionLevel, Sort};
use verbund_tests::Dice;
use verbund_tests::tables::column;

/// Words that are hard on whoever puts them into SQL, COPY or a pattern.
pub const WORDS: [&str; 16] = [
    "a",
    "A",
    "Z",
    "ä",
    "Ä",
    "",
    "%",
    "_",
    "\\N",
    "a\tb\nc\r\\",
    "' OR 1=1 --",
    "\"; DROP TABLE dataset; --",
    "$1",
    "?",
    "{a,\"b\"}",
    "\u{10FFFF}z",
];

const REGIONS: [&str; 10] = ["DG", "09", "08", "097", "09777", "09762", "08111", "09777129", "09777130", "08111000"];
const SYMBOLS: [Symbol; 5] = [Symbol::Secret, Symbol::Blocked, Symbol::Later, Symbol::Unreliable, Symbol::Protected];

/// A column of every type and role.
pub fn columns() -> Vec<Column> {
    use {ColumnRole as Role, ColumnType as Kind};
    vec![
        column("region", Kind::Region, Role::Dimension),
        column("year", Kind::Period, Role::Dimension),
        column("word", Kind::Text, Role::Dimension),
        column("day", Kind::Date, Role::Dimension),
        column("open", Kind::Boolean, Role::Attribute),
        column("pupils", Kind::Integer, Role::Measure),
        column("rate", Kind::Decimal, Role::Measure),
        column("remark", Kind::Text, Role::Attribute),
    ]
}

fn date(dice: &mut Dice) -> NaiveDate {
    let day = u32::try_from(dice.below(28)).expect("small") + 1;
    NaiveDate::from_ymd_opt(2020 + i32::try_from(dice.below(3)).expect("small"), 2, day).expect("a date")
}

fn year(dice: &mut Dice) -> String {
    (2019 + dice.below(4)).to_string()
}

/// A row; few different values, so that many are equal.
pub fn row(dice: &mut Dice, protected: bool) -> TableRow {
    let maybe = |dice: &mut Dice, value: Value| if dice.chance(10) { Cell::default() } else { value.into() };
    let region = Value::Text(dice.one(&REGIONS).to_owned());
    let (period, word) = (Value::Text(year(dice)), Value::Text(dice.one(&WORDS).to_owned()));
    let (day, open) = (Value::Date(date(dice)), Value::Boolean(dice.chance(50)));
    let remark = Value::Text(dice.one(&WORDS).to_owned());
    vec![
        maybe(dice, region),
        period.into(),
        maybe(dice, word),
        maybe(dice, day),
        maybe(dice, open),
        number(dice, protected),
        number(dice, protected),
        maybe(dice, remark),
    ]
}

fn number(dice: &mut Dice, protected: bool) -> Cell {
    let value = Value::Number(i64::try_from(dice.below(41)).expect("small") - 20);
    match dice.below(10) {
        0 => Cell::default(),
        1 => Cell { value: Some(Value::Number(0)), symbol: Some(Symbol::Nothing) },
        2 => Cell { value: Some(value), symbol: Some(Symbol::Limited) },
        3 => {
            let symbol = dice.one(&SYMBOLS);
            let symbol = if symbol == Symbol::Protected && !protected { Symbol::Secret } else { symbol };
            Cell { value: None, symbol: Some(symbol) }
        }
        _ => value.into(),
    }
}

/// A filter over any column, at most `depth` deep.
pub fn filter(dice: &mut Dice, depth: usize) -> Filter {
    match dice.below(if depth == 0 { 1 } else { 4 }) {
        1 => Filter::All((0..dice.below(4)).map(|_| filter(dice, depth - 1)).collect()),
        2 => Filter::Any((0..dice.below(4)).map(|_| filter(dice, depth - 1)).collect()),
        3 => Filter::Not(Box::new(filter(dice, depth - 1))),
        _ => single(dice),
    }
}

fn single(dice: &mut Dice) -> Filter {
    let column = dice.one(&columns());
    let how = dice.one(&[Comparison::Less, Comparison::AtMost, Comparison::More, Comparison::AtLeast]);
    let list = |dice: &mut Dice, one: &dyn Fn(&mut Dice) -> Operand| {
        ColumnTest::OneOf((0..dice.below(4)).map(|_| one(dice)).collect())
    };
    let start = dice.one(&WORDS).to_owned();
    let wanted = match (column.kind, dice.below(6)) {
        (_, 0) => ColumnTest::Missing(dice.chance(50)),
        (_, 1) if column.has_symbols() => ColumnTest::Marked(dice.chance(50)),
        (_, 2) if column.has_symbols() => ColumnTest::Symbol(dice.some(&Symbol::ALL)),
        (ColumnType::Text, 1) => ColumnTest::Prefix(start),
        (ColumnType::Text, 2) => ColumnTest::Contains(start),
        (ColumnType::Text, _) => list(dice, &|dice| Operand::Text(dice.one(&WORDS).to_owned())),
        (ColumnType::Region, 1) => ColumnTest::Prefix(dice.one(&REGIONS)[..1].to_owned()),
        (ColumnType::Region, 2) => ColumnTest::Within(dice.one(&REGIONS).to_owned()),
        (ColumnType::Region, 3) => ColumnTest::Level(dice.one(&[
            RegionLevel::Country,
            RegionLevel::State,
            RegionLevel::GovernmentDistrict,
            RegionLevel::District,
            RegionLevel::Municipality,
        ])),
        (ColumnType::Region, _) => list(dice, &|dice| Operand::Text(dice.one(&REGIONS).to_owned())),
        (ColumnType::Period, 1) => ColumnTest::Prefix("20".to_owned()),
        (ColumnType::Period, 2 | 3) => ColumnTest::Compare(how, Operand::Text(year(dice))),
        (ColumnType::Period, _) => list(dice, &|dice| Operand::Text(year(dice))),
        (ColumnType::Date, 1 | 2) => ColumnTest::Compare(how, Operand::Date(date(dice))),
        (ColumnType::Date, _) => list(dice, &|dice| Operand::Date(date(dice))),
        (ColumnType::Boolean, _) => ColumnTest::OneOf(vec![Operand::Boolean(dice.chance(50))]),
        (ColumnType::Integer | ColumnType::Decimal, 3) => {
            let number = i64::try_from(dice.below(21)).expect("small") - 10;
            ColumnTest::Compare(how, Operand::Number(number.to_string()))
        }
        (ColumnType::Integer, _) => list(dice, &|dice| Operand::Number((dice.below(11)).to_string())),
        (ColumnType::Decimal, _) => list(dice, &|dice| Operand::Number(format!("0.{:02}", dice.below(20)))),
    };
    Filter::Column(column.name, wanted)
}

/// Columns to sort by.
pub fn sorts(dice: &mut Dice, names: &[String]) -> Vec<Sort> {
    (0..dice.below(4)).map(|_| Sort { column: dice.one(names), descending: dice.chance(50) }).collect()
}

/// Measures that the columns take, with names of their own.
pub fn measures(dice: &mut Dice) -> Vec<AskedMeasure> {
    let functions = [Function::Sum, Function::Average, Function::Min, Function::Max, Function::Count];
    let measure = |at: usize, dice: &mut Dice| {
        let function = if dice.chance(10) { Function::CountRows } else { dice.one(&functions) };
        let column = match function {
            Function::CountRows => None,
            Function::Sum | Function::Average => Some(dice.one(&["pupils", "rate"])),
            Function::Min | Function::Max => Some(dice.one(&["pupils", "rate", "day", "year"])),
            Function::Count => Some(dice.one(&["pupils", "rate", "word", "open"])),
        };
        AskedMeasure { column: column.map(str::to_owned), function, name: Some(format!("m{at}")) }
    };
    (0..=dice.below(4)).map(|at| measure(at, dice)).collect()
}
