//! Inputs of questions to figures.

use async_graphql::{
    Enum, InputObject, InputValueError, InputValueResult, OneofObject, Scalar, ScalarType, Value as Json,
};
use tabular::query;
use tabular::query::{AskedMeasure, ColumnTest, Comparison, Filter, Operand, Sort};

use crate::datasets::enums::CellSymbol;
use crate::scalars::Date;

/// Exact number: a number such as `12`, or a string with a decimal point such as `"7.65"`.
#[derive(Clone, Debug)]
pub struct DatasetNumber(String);

/// Exact number: a number such as `12`, or a string with a decimal point such as `"7.65"`.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for DatasetNumber {
    fn parse(value: Json) -> InputValueResult<Self> {
        match value {
            Json::String(text) => Ok(Self(text)),
            Json::Number(number) => Ok(Self(number.to_string())),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Json {
        Json::String(self.0.clone())
    }
}

/// Administrative level of a region.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "query::RegionLevel")]
pub enum RegionLevel {
    /// Germany, key `DG`.
    Country,
    /// State, key of two digits such as `09`.
    State,
    /// Government district ("Regierungsbezirk"), key of three digits such as `097`.
    GovernmentDistrict,
    /// District or district-free city, key of five digits such as `09777`.
    District,
    /// Municipality, key of eight digits such as `09777129`.
    Municipality,
}

/// Function that aggregates the cells of a group.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "query::Function")]
pub enum FigureFunction {
    /// Sum of a numeric measure. Refused if several rows come together and the column permits no sum.
    Sum,
    /// Mean of a numeric measure, rounded half away from zero, with two decimals more than the column, at most 9.
    /// Refused if several rows come together and the column permits no average.
    Average,
    /// Smallest value of a column of numbers, dates or periods.
    Min,
    /// Largest value of a column of numbers, dates or periods.
    Max,
    /// Number of cells with a value.
    Count,
    /// Number of rows, with or without values. Takes no column.
    CountRows,
}

/// Condition on rows. A test of a cell without value is false, so `not` is the exact opposite. At most 100 conditions
/// in one filter, nested ones included.
#[derive(OneofObject, Clone, Debug)]
pub enum FigureFilter {
    /// Conjunction: all of these conditions hold. An empty list holds for every row.
    And(Vec<FigureFilter>),
    /// Disjunction: at least one of these conditions holds. An empty list holds for no row.
    Or(Vec<FigureFilter>),
    /// Negation: the condition does not hold.
    Not(Box<FigureFilter>),
    /// Test of a column of type `TEXT`.
    Text(TextCondition),
    /// Test of a column of type `REGION`.
    Region(RegionCondition),
    /// Test of a column of type `PERIOD`.
    Period(PeriodCondition),
    /// Test of a column of type `INTEGER` or `DECIMAL`.
    Number(NumberCondition),
    /// Test of a column of type `DATE`.
    Date(DateCondition),
    /// Test of a column of type `BOOLEAN`.
    Boolean(BooleanCondition),
    /// Test of the symbol in a numeric measure.
    Symbol(SymbolCondition),
}

macro_rules! conditions {
    ($($(#[$about:meta])+ $condition:ident $test:ident { $($(#[$says:meta])+ $name:ident($of:ty) => $wanted:expr,)+ })+) => {
        $(
            $(#[$about])+
            #[derive(InputObject, Clone, Debug)]
            pub struct $condition {
                /// Name of the column that tells the indicators apart.
                column: String,
                /// Test that the cell must pass.
                is: $test,
            }

            $(#[$about])+
            #[derive(OneofObject, Clone, Debug)]
            pub enum $test {
                $($(#[$says])+ $name($of),)+
            }

            impl From<$condition> for Filter {
                fn from(it: $condition) -> Self {
                    let wanted = match it.is {
                        $($test::$name(value) => { let wanted: fn($of) -> ColumnTest = $wanted; wanted(value) })+
                    };
                    Self::Column(it.column, wanted)
                }
            }
        )+
    };
}

fn text(text: String) -> Operand {
    Operand::Text(text)
}

fn number(number: DatasetNumber) -> Operand {
    Operand::Number(number.0)
}

fn date(date: Date) -> Operand {
    Operand::Date(date.0)
}

fn one_of<T>(values: Vec<T>, operand: fn(T) -> Operand) -> ColumnTest {
    ColumnTest::OneOf(values.into_iter().map(operand).collect())
}

conditions! {
    /// Test of a column of type `TEXT`.
    TextCondition TextTest {
        /// Equal to this text.
        Eq(String) => |it| one_of(vec![it], text),
        /// Equal to one of these texts, at most 1,000.
        In(Vec<String>) => |it| one_of(it, text),
        /// Beginning with this text.
        Prefix(String) => ColumnTest::Prefix,
        /// Containing this text; upper and lower case of A–Z are the same.
        Contains(String) => ColumnTest::Contains,
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of a column of type `REGION`.
    RegionCondition RegionTest {
        /// Region with this key.
        Eq(String) => |it| one_of(vec![it], text),
        /// Region with one of these keys, at most 1,000.
        In(Vec<String>) => |it| one_of(it, text),
        /// Region whose key begins with this text.
        Prefix(String) => ColumnTest::Prefix,
        /// Region of this level.
        Level(RegionLevel) => |it| ColumnTest::Level(it.into()),
        /// Part of the region with this key; the region itself is excluded.
        Within(String) => ColumnTest::Within,
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of a column of type `PERIOD`. Periods are written in the notation of the column: `2023`, `2022/23`,
    /// `2023-Q1`, `2023-03` or `2023-03-01`.
    PeriodCondition PeriodTest {
        /// Equal to this period.
        Eq(String) => |it| one_of(vec![it], text),
        /// Equal to one of these periods, at most 1,000.
        In(Vec<String>) => |it| one_of(it, text),
        /// Before this period.
        Lt(String) => |it| ColumnTest::Compare(Comparison::Less, text(it)),
        /// Before or equal to this period.
        Lte(String) => |it| ColumnTest::Compare(Comparison::AtMost, text(it)),
        /// After this period.
        Gt(String) => |it| ColumnTest::Compare(Comparison::More, text(it)),
        /// After or equal to this period.
        Gte(String) => |it| ColumnTest::Compare(Comparison::AtLeast, text(it)),
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of a column of type `INTEGER` or `DECIMAL`.
    NumberCondition NumberTest {
        /// Equal to this number.
        Eq(DatasetNumber) => |it| one_of(vec![it], number),
        /// Equal to one of these numbers, at most 1,000.
        In(Vec<DatasetNumber>) => |it| one_of(it, number),
        /// Less than this number.
        Lt(DatasetNumber) => |it| ColumnTest::Compare(Comparison::Less, number(it)),
        /// Less than or equal to this number.
        Lte(DatasetNumber) => |it| ColumnTest::Compare(Comparison::AtMost, number(it)),
        /// Greater than this number.
        Gt(DatasetNumber) => |it| ColumnTest::Compare(Comparison::More, number(it)),
        /// Greater than or equal to this number.
        Gte(DatasetNumber) => |it| ColumnTest::Compare(Comparison::AtLeast, number(it)),
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of a column of type `DATE`.
    DateCondition DateTest {
        /// Equal to this date.
        Eq(Date) => |it| one_of(vec![it], date),
        /// Equal to one of these dates, at most 1,000.
        In(Vec<Date>) => |it| one_of(it, date),
        /// Before this date.
        Lt(Date) => |it| ColumnTest::Compare(Comparison::Less, date(it)),
        /// Before or equal to this date.
        Lte(Date) => |it| ColumnTest::Compare(Comparison::AtMost, date(it)),
        /// After this date.
        Gt(Date) => |it| ColumnTest::Compare(Comparison::More, date(it)),
        /// After or equal to this date.
        Gte(Date) => |it| ColumnTest::Compare(Comparison::AtLeast, date(it)),
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of a column of type `BOOLEAN`.
    BooleanCondition BooleanTest {
        /// Equal to this value.
        Eq(bool) => |it| ColumnTest::OneOf(vec![Operand::Boolean(it)]),
        /// True = cells without value, false = cells with a value.
        IsNull(bool) => ColumnTest::Missing,
    }
    /// Test of the symbol in a numeric measure, in place of a number or beside one.
    SymbolCondition SymbolTest {
        /// Equal to this symbol.
        Eq(CellSymbol) => |it| ColumnTest::Symbol(vec![it.into()]),
        /// Equal to one of these symbols.
        In(Vec<CellSymbol>) => |it| ColumnTest::Symbol(it.into_iter().map(Into::into).collect()),
        /// True = cells without symbol, false = cells with a symbol.
        IsNull(bool) => |it| ColumnTest::Marked(!it),
    }
}

impl From<FigureFilter> for Filter {
    fn from(it: FigureFilter) -> Self {
        let all = |of: Vec<FigureFilter>| of.into_iter().map(Self::from).collect();
        match it {
            FigureFilter::And(of) => Self::All(all(of)),
            FigureFilter::Or(of) => Self::Any(all(of)),
            FigureFilter::Not(of) => Self::Not(Box::new((*of).into())),
            FigureFilter::Text(it) => it.into(),
            FigureFilter::Region(it) => it.into(),
            FigureFilter::Period(it) => it.into(),
            FigureFilter::Number(it) => it.into(),
            FigureFilter::Date(it) => it.into(),
            FigureFilter::Boolean(it) => it.into(),
            FigureFilter::Symbol(it) => it.into(),
        }
    }
}

/// Sort column. Cells without value come last, in descending order first.
#[derive(InputObject, Clone, Debug)]
pub struct FigureOrder {
    /// Name of a column of the table; in `aggregate`, of a column of the result.
    column: String,
    /// True if the largest value comes first.
    #[graphql(default)]
    descending: bool,
}

impl From<FigureOrder> for Sort {
    fn from(it: FigureOrder) -> Self {
        Self { column: it.column, descending: it.descending }
    }
}

/// Measure to compute in each group.
#[derive(InputObject, Clone, Debug)]
pub struct FigureMeasure {
    /// Name of the column. Required, but forbidden for `COUNT_ROWS`.
    column: Option<String>,
    /// Function to apply.
    function: FigureFunction,
    /// Name in the result: lower-case letters, digits and underscores, beginning with a letter, at most 63 characters.
    /// Left out = column and function, such as `pupils_sum`, or `rows`.
    name: Option<String>,
}

impl From<FigureMeasure> for AskedMeasure {
    fn from(it: FigureMeasure) -> Self {
        Self { column: it.column, function: it.function.into(), name: it.name }
    }
}

/// Condition on a measure of a group.
#[derive(InputObject, Clone, Debug)]
pub struct FigureHaving {
    /// Name of the measure in the result.
    measure: String,
    /// Test that the value must pass.
    is: HavingTest,
}

/// Test of the value of a measure.
#[derive(OneofObject, Clone, Debug)]
pub enum HavingTest {
    /// Equal to this number.
    Eq(DatasetNumber),
    /// Less than this number.
    Lt(DatasetNumber),
    /// Less than or equal to this number.
    Lte(DatasetNumber),
    /// Greater than this number.
    Gt(DatasetNumber),
    /// Greater than or equal to this number.
    Gte(DatasetNumber),
}

impl From<FigureHaving> for query::Having {
    fn from(it: FigureHaving) -> Self {
        let (how, value) = match it.is {
            HavingTest::Eq(value) => (None, value),
            HavingTest::Lt(value) => (Some(Comparison::Less), value),
            HavingTest::Lte(value) => (Some(Comparison::AtMost), value),
            HavingTest::Gt(value) => (Some(Comparison::More), value),
            HavingTest::Gte(value) => (Some(Comparison::AtLeast), value),
        };
        Self { measure: it.measure, how, value: number(value) }
    }
}
