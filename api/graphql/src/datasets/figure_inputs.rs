//! Inputs of questions to figures.

use async_graphql::{
    Enum, InputObject, InputValueError, InputValueResult, OneofObject, Scalar, ScalarType, Value as Json,
};
use tabular::figures::{AskedMeasure, Comparison, Filter, Operand, Sort, Wanted};
use tabular::{figures, model};

use crate::scalars::Date;

/// A number of a table, exactly: `12`, or `"7.65"` with a decimal point.
#[derive(Clone, Debug)]
pub struct DatasetNumber(String);

/// A number of a table, exactly: `12`, or `"7.65"` with a decimal point.
#[Scalar]
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

/// What stands in the place of a number, or beside it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::Symbol")]
pub enum Symbol {
    /// `-`: exactly nothing; the value is 0.
    Nothing,
    /// `.`: unknown or secret.
    Secret,
    /// `x`: the cell makes no sense.
    Blocked,
    /// `...`: comes later.
    Later,
    /// `/`: not told, the figure is too unreliable.
    Unreliable,
    /// `( )`: told, but of limited reliability; there is a value.
    Limited,
    /// `*`: withheld where the table left its authority.
    Protected,
}

/// Level of a region.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "figures::RegionLevel")]
pub enum RegionLevel {
    /// Germany, `DG`.
    Country,
    /// Two digits.
    State,
    /// Three digits: Regierungsbezirk.
    GovernmentDistrict,
    /// Five digits.
    District,
    /// Eight digits.
    Municipality,
}

/// How the values of a group become one.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "figures::Function")]
pub enum FigureFunction {
    /// They are added up; only where the column declares that they may.
    Sum,
    /// Their mean, rounded half away from zero, with two decimals more than the column has.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many there are.
    Count,
    /// How many rows the group has, with or without values; takes no column.
    CountRows,
}

/// A condition on rows. A test of a cell without a value does not hold, so `not` is the exact opposite.
#[derive(OneofObject, Clone, Debug)]
pub enum FigureFilter {
    /// All of these; none = every row.
    And(Vec<FigureFilter>),
    /// At least one of these; none = no row.
    Or(Vec<FigureFilter>),
    /// Not this.
    Not(Box<FigureFilter>),
    /// A column of text.
    Text(TextCondition),
    /// A column of regions.
    Region(RegionCondition),
    /// A column of periods.
    Period(PeriodCondition),
    /// A column of whole numbers or decimals.
    Number(NumberCondition),
    /// A column of dates.
    Date(DateCondition),
    /// A column of yes or no.
    Boolean(BooleanCondition),
    /// Symbols of a measure.
    Symbol(SymbolCondition),
}

macro_rules! conditions {
    ($($(#[$about:meta])+ $condition:ident $test:ident { $($(#[$says:meta])+ $name:ident($of:ty) => $wanted:expr,)+ })+) => {
        $(
            $(#[$about])+
            #[derive(InputObject, Clone, Debug)]
            pub struct $condition {
                /// Name of the column.
                column: String,
                /// What must be true of it.
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
                        $($test::$name(value) => { let wanted: fn($of) -> Wanted = $wanted; wanted(value) })+
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

fn one_of<T>(values: Vec<T>, operand: fn(T) -> Operand) -> Wanted {
    Wanted::OneOf(values.into_iter().map(operand).collect())
}

conditions! {
    /// A test of a text.
    TextCondition TextTest {
        /// It is this.
        Eq(String) => |it| one_of(vec![it], text),
        /// It is one of these.
        In(Vec<String>) => |it| one_of(it, text),
        /// It begins so.
        Prefix(String) => Wanted::Prefix,
        /// It has this in it; letters A–Z in either case.
        Contains(String) => Wanted::Contains,
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of a region.
    RegionCondition RegionTest {
        /// It has this key.
        Eq(String) => |it| one_of(vec![it], text),
        /// It has one of these keys.
        In(Vec<String>) => |it| one_of(it, text),
        /// Its key begins so.
        Prefix(String) => Wanted::Prefix,
        /// It is of this level.
        Level(RegionLevel) => |it| Wanted::Level(it.into()),
        /// It is a part of the region with this key; not that region itself.
        Within(String) => Wanted::Within,
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of a period. Periods are written as the column has them: `2023`, `2022/23`, `2023-Q1`, `2023-03`, `2023-03-01`.
    PeriodCondition PeriodTest {
        /// It is this.
        Eq(String) => |it| one_of(vec![it], text),
        /// It is one of these.
        In(Vec<String>) => |it| one_of(it, text),
        /// It is before.
        Lt(String) => |it| Wanted::Compare(Comparison::Less, text(it)),
        /// It is before, or this.
        Lte(String) => |it| Wanted::Compare(Comparison::AtMost, text(it)),
        /// It is after.
        Gt(String) => |it| Wanted::Compare(Comparison::More, text(it)),
        /// It is after, or this.
        Gte(String) => |it| Wanted::Compare(Comparison::AtLeast, text(it)),
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of a number.
    NumberCondition NumberTest {
        /// It is this.
        Eq(DatasetNumber) => |it| one_of(vec![it], number),
        /// It is one of these.
        In(Vec<DatasetNumber>) => |it| one_of(it, number),
        /// It is less.
        Lt(DatasetNumber) => |it| Wanted::Compare(Comparison::Less, number(it)),
        /// It is less, or this.
        Lte(DatasetNumber) => |it| Wanted::Compare(Comparison::AtMost, number(it)),
        /// It is more.
        Gt(DatasetNumber) => |it| Wanted::Compare(Comparison::More, number(it)),
        /// It is more, or this.
        Gte(DatasetNumber) => |it| Wanted::Compare(Comparison::AtLeast, number(it)),
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of a date.
    DateCondition DateTest {
        /// It is this.
        Eq(Date) => |it| one_of(vec![it], date),
        /// It is one of these.
        In(Vec<Date>) => |it| one_of(it, date),
        /// It is before.
        Lt(Date) => |it| Wanted::Compare(Comparison::Less, date(it)),
        /// It is before, or this.
        Lte(Date) => |it| Wanted::Compare(Comparison::AtMost, date(it)),
        /// It is after.
        Gt(Date) => |it| Wanted::Compare(Comparison::More, date(it)),
        /// It is after, or this.
        Gte(Date) => |it| Wanted::Compare(Comparison::AtLeast, date(it)),
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of yes or no.
    BooleanCondition BooleanTest {
        /// It is this.
        Eq(bool) => |it| Wanted::OneOf(vec![Operand::Boolean(it)]),
        /// There is none, or there is one.
        IsNull(bool) => Wanted::Missing,
    }
    /// A test of the symbol that stands in the place of a number, or beside it.
    SymbolCondition SymbolTest {
        /// It is this.
        Eq(Symbol) => |it| Wanted::Symbol(vec![it.into()]),
        /// It is one of these.
        In(Vec<Symbol>) => |it| Wanted::Symbol(it.into_iter().map(Into::into).collect()),
        /// There is none, or there is one.
        IsNull(bool) => |it| Wanted::Marked(!it),
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

/// A column to sort by. Cells without a value come last, first when descending.
#[derive(InputObject, Clone, Debug)]
pub struct FigureOrder {
    /// Name of the column; of groups also that of a measure.
    column: String,
    /// Largest first.
    #[graphql(default)]
    descending: bool,
}

impl From<FigureOrder> for Sort {
    fn from(it: FigureOrder) -> Self {
        Self { column: it.column, descending: it.descending }
    }
}

/// What is measured in each group.
#[derive(InputObject, Clone, Debug)]
pub struct FigureMeasure {
    /// Name of the column; left out where rows are counted.
    column: Option<String>,
    /// What is done.
    function: FigureFunction,
    /// Name in the answer; left out = column and function, `pupils_sum`, or `rows`.
    name: Option<String>,
}

impl From<FigureMeasure> for AskedMeasure {
    fn from(it: FigureMeasure) -> Self {
        Self { column: it.column, function: it.function.into(), name: it.name }
    }
}

/// A condition on what was measured.
#[derive(InputObject, Clone, Debug)]
pub struct FigureHaving {
    /// Name of the measure in the answer.
    measure: String,
    /// What must be true of it.
    is: HavingTest,
}

/// A test of what was measured.
#[derive(OneofObject, Clone, Debug)]
pub enum HavingTest {
    /// It is this.
    Eq(DatasetNumber),
    /// It is less.
    Lt(DatasetNumber),
    /// It is less, or this.
    Lte(DatasetNumber),
    /// It is more.
    Gt(DatasetNumber),
    /// It is more, or this.
    Gte(DatasetNumber),
}

impl From<FigureHaving> for figures::Having {
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
