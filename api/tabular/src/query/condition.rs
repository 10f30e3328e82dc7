//! Conditions on rows: and, or, not, and tests of single columns by their type.
//!
//! A test of a cell without a value does not hold, so `not` is the exact opposite.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::model::{Cell, Column, ColumnType, Symbol, TableRow, Value};
use crate::query::values::{Operand, of_type};
use crate::query::{MAX_CONDITIONS, MAX_VALUES, names};

/// A condition in names and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// All of these; none = every row.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A test of the column of that name.
    Column(String, ColumnTest),
}

/// A test in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnTest {
    /// The value is one of these.
    OneOf(Vec<Operand>),
    /// The value compares so.
    Compare(Comparison, Operand),
    /// The text or key begins so.
    Prefix(String),
    /// The text has this in it, letters A–Z in either case.
    Contains(String),
    /// The region is of this level.
    Level(RegionLevel),
    /// The region is a part of the one with this key.
    Within(String),
    /// There is a value, or none.
    Missing(bool),
    /// There is one of these symbols.
    Symbol(Vec<Symbol>),
    /// There is any symbol, or none.
    Marked(bool),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// More.
    More,
    /// More or equal.
    AtLeast,
}

/// Level of a region; told by the length of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionLevel {
    /// `DG`: Germany.
    Country,
    /// `09`: a state.
    State,
    /// `097`: a government district (Regierungsbezirk).
    GovernmentDistrict,
    /// `09777`: a district or a town that is one.
    District,
    /// `09777129`: a municipality; ARS has twelve digits.
    Municipality,
}

impl RegionLevel {
    /// The level of a key.
    pub fn of(key: &str) -> Option<Self> {
        match (key, key.len()) {
            ("DG", _) => Some(Self::Country),
            (_, 1..=2) => Some(Self::State),
            (_, 3) => Some(Self::GovernmentDistrict),
            (_, 4..=5) => Some(Self::District),
            (_, 6..) => Some(Self::Municipality),
            (_, 0) => None,
        }
    }

    /// Lengths of the keys of this level.
    pub const fn lengths(self) -> (i64, i64) {
        match self {
            Self::Country | Self::State => (1, 2),
            Self::GovernmentDistrict => (3, 3),
            Self::District => (4, 5),
            Self::Municipality => (6, i64::MAX),
        }
    }
}

/// A condition on positions of columns and values as they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of these.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// A test of one column.
    Is(usize, Test),
}

/// A test of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The value is one of these.
    OneOf(Vec<Value>),
    /// The value compares so.
    Compare(Comparison, Value),
    /// The text begins so.
    Prefix(String),
    /// The text has this in it, letters A–Z in either case.
    Contains(String),
    /// The region is of this level.
    Level(RegionLevel),
    /// The region is a part of this one.
    Within(String),
    /// There is no value.
    Missing,
    /// There is one of these symbols.
    Symbol(Vec<Symbol>),
    /// There is a symbol.
    Marked,
}

impl Filter {
    /// The condition on `columns`.
    ///
    /// # Errors
    /// Names and values that do not fit, with the way to them from `field`.
    pub fn resolve(&self, columns: &[Column], field: &str) -> ApiResult<Condition> {
        let mut left = MAX_CONDITIONS;
        resolve(self, columns, field, &mut left)
    }
}

fn resolve(filter: &Filter, columns: &[Column], field: &str, left: &mut usize) -> ApiResult<Condition> {
    *left = left.checked_sub(1).ok_or_else(|| too_many(field, MAX_CONDITIONS))?;
    let mut all = |of: &[Filter], name: &str| {
        let each = of.iter().enumerate().map(|(at, it)| resolve(it, columns, &format!("{field}.{name}[{at}]"), left));
        each.collect::<ApiResult<Vec<_>>>()
    };
    Ok(match filter {
        Filter::All(of) => Condition::All(all(of, "and")?),
        Filter::Any(of) => Condition::Any(all(of, "or")?),
        Filter::Not(of) => Condition::Not(Box::new(resolve(of, columns, &format!("{field}.not"), left)?)),
        Filter::Column(name, wanted) => {
            let at = names::position(columns, name, field)?;
            test(at, &columns[at], wanted, field)?
        }
    })
}

fn too_many(field: &str, max: usize) -> Problem {
    Problem::at(UserErrorCode::LimitReached, field.to_owned(), Text::new("too-many-values").with("max", max))
}

fn test(at: usize, column: &Column, wanted: &ColumnTest, field: &str) -> ApiResult<Condition> {
    let is_region = column.kind == ColumnType::Region;
    let fits = match wanted {
        ColumnTest::Prefix(_) => is_region || matches!(column.kind, ColumnType::Text | ColumnType::Period),
        ColumnTest::Contains(_) => column.kind == ColumnType::Text,
        ColumnTest::Level(_) | ColumnTest::Within(_) => is_region,
        ColumnTest::Symbol(_) | ColumnTest::Marked(_) => column.has_symbols(),
        ColumnTest::Compare(..) => {
            column.kind.is_number() || matches!(column.kind, ColumnType::Date | ColumnType::Period)
        }
        ColumnTest::OneOf(_) | ColumnTest::Missing(_) => true,
    };
    if !fits {
        return Err(of_type(column, field));
    }
    let test = match wanted {
        ColumnTest::OneOf(values) if values.len() > MAX_VALUES => return Err(too_many(field, MAX_VALUES).into()),
        ColumnTest::OneOf(values) => {
            Test::OneOf(values.iter().map(|it| it.value(column, field)).collect::<ApiResult<_>>()?)
        }
        ColumnTest::Compare(how, value) => Test::Compare(*how, value.value(column, field)?),
        ColumnTest::Prefix(text) => Test::Prefix(text.clone()),
        ColumnTest::Contains(text) => Test::Contains(text.to_ascii_lowercase()),
        ColumnTest::Level(level) => Test::Level(*level),
        ColumnTest::Within(key) => match Operand::Text(key.clone()).value(column, field)? {
            Value::Text(key) => Test::Within(key),
            Value::Number(_) | Value::Boolean(_) | Value::Date(_) => return Err(of_type(column, field)),
        },
        ColumnTest::Symbol(symbols) => Test::Symbol(symbols.clone()),
        ColumnTest::Missing(_) => Test::Missing,
        ColumnTest::Marked(_) => Test::Marked,
    };
    let is = Condition::Is(at, test);
    Ok(match wanted {
        ColumnTest::Missing(false) | ColumnTest::Marked(false) => Condition::Not(Box::new(is)),
        _ => is,
    })
}

impl Condition {
    /// Whether it holds for a row.
    pub fn holds(&self, row: &TableRow) -> bool {
        match self {
            Self::All(of) => of.iter().all(|it| it.holds(row)),
            Self::Any(of) => of.iter().any(|it| it.holds(row)),
            Self::Not(of) => !of.holds(row),
            Self::Is(at, test) => row.get(*at).is_some_and(|it| test.holds(it)),
        }
    }

    /// Whether it says anything about a column.
    pub fn is_about(&self, column: usize) -> bool {
        match self {
            Self::All(of) | Self::Any(of) => of.iter().any(|it| it.is_about(column)),
            Self::Not(of) => of.is_about(column),
            Self::Is(at, _) => *at == column,
        }
    }

    /// Whether it is about that column and no other.
    pub(super) fn is_only_about(&self, column: usize) -> bool {
        match self {
            Self::All(of) | Self::Any(of) => of.iter().all(|it| it.is_only_about(column)),
            Self::Not(of) => of.is_only_about(column),
            Self::Is(at, _) => *at == column,
        }
    }
}

impl Test {
    /// Whether it holds for a cell.
    pub fn holds(&self, cell: &Cell) -> bool {
        match (self, &cell.value) {
            (Self::Missing, value) => value.is_none(),
            (Self::Symbol(of), _) => cell.symbol.is_some_and(|it| of.contains(&it)),
            (Self::Marked, _) => cell.symbol.is_some(),
            (Self::OneOf(of), Some(value)) => of.contains(value),
            (Self::Compare(how, other), Some(value)) => match how {
                Comparison::Less => value < other,
                Comparison::AtMost => value <= other,
                Comparison::More => value > other,
                Comparison::AtLeast => value >= other,
            },
            (Self::Prefix(start), Some(Value::Text(text))) => text.starts_with(start.as_str()),
            (Self::Contains(part), Some(Value::Text(text))) => text.to_ascii_lowercase().contains(part.as_str()),
            (Self::Level(level), Some(Value::Text(key))) => RegionLevel::of(key) == Some(*level),
            (Self::Within(outer), Some(Value::Text(key))) => is_within(key, outer),
            (_, None | Some(_)) => false,
        }
    }
}

/// Whether a region is a part of another; none is a part of itself.
fn is_within(key: &str, outer: &str) -> bool {
    key != outer && key != "DG" && (outer == "DG" || key.starts_with(outer))
}
