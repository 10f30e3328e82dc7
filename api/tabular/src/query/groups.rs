//! What the figures of a table come to: groups, and what is measured in each.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use uuid::Uuid;

use crate::model::{Aggregation, Column, ColumnRole, ColumnType, Disclosure, Symbol, Value};
use crate::query::cursor::{Position, fingerprint};
use crate::query::rows::sorted_by;
use crate::query::values::of_type;
use crate::query::{Comparison, Condition, Filter, MAX_SORTS, Operand, PageSpan, Sort, names, rules};

/// Measures in one question.
const MAX_MEASURES: usize = 20;
/// Decimals of a mean beside those of its column.
const MORE_DECIMALS: u8 = 2;
/// Decimals that a number can have.
const MAX_DECIMALS: u8 = 9;

/// How the values of a group become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// They are added up.
    Sum,
    /// Their mean, rounded half away from zero, with two decimals more than the column has.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// How many there are.
    Count,
    /// How many rows the group has, with or without a value.
    CountRows,
}

impl Function {
    /// How it is called in names.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Average => "average",
            Self::Min => "min",
            Self::Max => "max",
            Self::Count => "count",
            Self::CountRows => "rows",
        }
    }

    /// Whether it puts the values of rows together, so that no row may stand for others.
    pub const fn adds_up(self) -> bool {
        matches!(self, Self::Sum | Self::Average)
    }
}

/// A measure in names and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedMeasure {
    /// Name of the column; none where rows are counted.
    pub column: Option<String>,
    /// What is done.
    pub function: Function,
    /// Name in the answer; none = column and function.
    pub name: Option<String>,
}

/// A condition on what was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Having {
    /// Name of the measure in the answer.
    pub measure: String,
    /// How it compares; none = it is equal.
    pub how: Option<Comparison>,
    /// With what.
    pub value: Operand,
}

/// A question for groups, in names and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupsAsked {
    /// Names of the columns that make the groups; none = all rows are one.
    pub by: Vec<String>,
    /// What is measured.
    pub measures: Vec<AskedMeasure>,
    /// Of which rows.
    pub filter: Option<Filter>,
    /// Which groups; all of these hold.
    pub having: Vec<Having>,
    /// By names of the answer; groups that are equal in that, by what makes them.
    pub order: Vec<Sort>,
    /// Which of them.
    pub span: PageSpan,
}

/// A measure on the position of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureQuery {
    /// The column; none where rows are counted.
    pub column: Option<usize>,
    /// What is done.
    pub function: Function,
    /// Decimals of a mean beside those of its column.
    pub more_decimals: u8,
}

/// A column of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupColumn {
    /// One that makes the groups, by its position among them.
    Group(usize),
    /// A measure, by its position among them.
    Measure(usize),
}

/// A question for groups on positions of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupQuery {
    /// The columns that make the groups.
    pub by: Vec<usize>,
    /// What is measured.
    pub measures: Vec<MeasureQuery>,
    /// The columns of the answer: those of the groups, then the measures.
    pub columns: Vec<Column>,
    /// Of which rows.
    pub condition: Option<Condition>,
    /// Region columns of which the rows must be of one level.
    pub one_level: Vec<usize>,
    /// Which groups.
    pub having: Vec<(usize, Option<Comparison>, Value)>,
    /// In which order; the columns of the groups make it total.
    pub order: Vec<(GroupColumn, bool)>,
    /// How many groups at most.
    pub limit: usize,
    /// After these values of the order.
    pub after: Option<Position>,
    list: String,
}

/// Cells of a group that have no value, or one of limited reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingCells {
    /// The measure, by its position.
    pub measure: usize,
    /// What stands there; none = nothing at all.
    pub symbol: Option<Symbol>,
    /// How many.
    pub cells: i64,
}

impl GroupsAsked {
    /// The question on `columns` of the content `content`.
    ///
    /// # Errors
    /// Names and values that do not fit, and sums that would say nothing.
    pub fn resolve(&self, columns: &[Column], content: Uuid) -> ApiResult<GroupQuery> {
        let by = self.groups(columns)?;
        if self.measures.is_empty() || self.measures.len() > MAX_MEASURES {
            let text = Text::new("out-of-range").with("value", self.measures.len()).with("min", 1);
            let text = text.with("max", MAX_MEASURES);
            return Err(Problem::at(UserErrorCode::OutOfRange, "measures", text).into());
        }
        let condition = self.filter.as_ref().map(|it| it.resolve(columns, "filter")).transpose()?;
        let rules = rules::Rules::of(columns, &by, condition)?;
        let mut answer: Vec<Column> = by.iter().map(|it| columns[*it].clone()).collect();
        let mut measures = Vec::with_capacity(self.measures.len());
        for (at, asked) in self.measures.iter().enumerate() {
            let (measure, column) = asked.resolve(columns, &rules, &format!("measures[{at}]"))?;
            if answer.iter().any(|it| it.name == column.name) {
                let text = Text::new("named-twice").with("value", &column.name);
                return Err(Problem::at(UserErrorCode::NotUnique, format!("measures[{at}].name"), text).into());
            }
            measures.push(measure);
            answer.push(column);
        }
        let having = self.conditions(&answer, by.len())?;
        let order = self.ordered(&answer, by.len())?;
        let adds_up = measures.iter().any(|it| it.function.adds_up());
        let one_level = if adds_up { rules.one_level } else { Vec::new() };
        let condition = rules.condition;
        let list = fingerprint(content, &(&by, &measures, &condition, &having, &order));
        let kinds: Vec<_> = order.iter().map(|it| answer[sort_position(it.0, by.len())].kind).collect();
        let after = self.span.after.as_deref().map(|it| Position::read(it, &list, &kinds, false)).transpose()?;
        let limit = self.span.limit()?;
        Ok(GroupQuery { by, measures, columns: answer, condition, one_level, having, order, limit, after, list })
    }

    fn groups(&self, columns: &[Column]) -> ApiResult<Vec<usize>> {
        if self.by.len() > MAX_SORTS {
            let text = Text::new("too-many-values").with("max", MAX_SORTS);
            return Err(Problem::at(UserErrorCode::LimitReached, "groupBy", text).into());
        }
        let mut by = Vec::with_capacity(self.by.len());
        for (at, name) in self.by.iter().enumerate() {
            let field = format!("groupBy[{at}]");
            let column = names::position(columns, name, &field)?;
            if columns[column].role == ColumnRole::Measure {
                let text = Text::new("not-grouped-by-measures").with("column", name);
                return Err(Problem::at(UserErrorCode::Invalid, field, text).into());
            }
            if by.contains(&column) {
                let text = Text::new("named-twice").with("value", name);
                return Err(Problem::at(UserErrorCode::NotUnique, field, text).into());
            }
            by.push(column);
        }
        Ok(by)
    }

    fn conditions(&self, answer: &[Column], groups: usize) -> ApiResult<Vec<(usize, Option<Comparison>, Value)>> {
        if self.having.len() > MAX_SORTS {
            let text = Text::new("too-many-values").with("max", MAX_SORTS);
            return Err(Problem::at(UserErrorCode::LimitReached, "having", text).into());
        }
        let measures = &answer[groups..];
        let each = self.having.iter().enumerate().map(|(at, it)| {
            let field = format!("having[{at}]");
            let measure = measures.iter().position(|column| column.name == it.measure).ok_or_else(|| {
                let known = measures.iter().map(|it| it.name.as_str());
                names::unknown(Text::new("no-such-measure"), &it.measure, known, &format!("{field}.measure"))
            })?;
            Ok((measure, it.how, it.value.value(&measures[measure], &field)?))
        });
        each.collect()
    }

    fn ordered(&self, answer: &[Column], groups: usize) -> ApiResult<Vec<(GroupColumn, bool)>> {
        let sorts = sorted_by(&self.order, |name, field| names::position(answer, name, field))?;
        let mut sorts: Vec<(usize, bool)> = sorts;
        for group in 0..groups {
            if sorts.iter().all(|it| it.0 != group) {
                sorts.push((group, false));
            }
        }
        let key = |at: usize| if at < groups { GroupColumn::Group(at) } else { GroupColumn::Measure(at - groups) };
        Ok(sorts.into_iter().map(|(at, descending)| (key(at), descending)).collect())
    }
}

/// The place of a key among the columns of an answer.
const fn sort_position(key: GroupColumn, groups: usize) -> usize {
    match key {
        GroupColumn::Group(at) => at,
        GroupColumn::Measure(at) => groups + at,
    }
}

impl GroupQuery {
    /// The cursor of a group: its cells in the columns of the answer.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn cursor(&self, values: &[Option<Value>]) -> ApiResult<String> {
        let values = self.order.iter().map(|it| values.get(sort_position(it.0, self.by.len())).cloned().flatten());
        Position { values: values.collect(), row: None }.write(&self.list)
    }
}

impl AskedMeasure {
    /// The measure, and the column that it is in the answer.
    fn resolve(&self, columns: &[Column], rules: &rules::Rules, field: &str) -> ApiResult<(MeasureQuery, Column)> {
        let at = match (&self.column, self.function) {
            (None, Function::CountRows) => None,
            (Some(_), Function::CountRows) => {
                let text = Text::new("rows-of-no-column");
                return Err(Problem::at(UserErrorCode::Invalid, format!("{field}.column"), text).into());
            }
            (None, _) => {
                return Err(
                    Problem::at(UserErrorCode::Required, format!("{field}.column"), Text::new("required")).into()
                );
            }
            (Some(name), _) => Some(names::position(columns, name, &format!("{field}.column"))?),
        };
        if let Some(at) = at {
            let column = &columns[at];
            let fits = match self.function {
                Function::Sum | Function::Average => column.kind.is_number() && column.role == ColumnRole::Measure,
                Function::Min | Function::Max => {
                    column.kind.is_number() || matches!(column.kind, ColumnType::Date | ColumnType::Period)
                }
                Function::Count | Function::CountRows => true,
            };
            if !fits {
                return Err(of_type(column, &format!("{field}.function")));
            }
            rules.allow(self.function, column, columns, &format!("{field}.function"))?;
        }
        let column = at.map(|it| &columns[it]);
        let name = match (&self.name, column) {
            (Some(name), _) if is_name(name) => name.clone(),
            (Some(name), _) => {
                let text = Text::new("no-column-name").with("value", kernel::text::clip(name, 80));
                return Err(Problem::at(UserErrorCode::Invalid, format!("{field}.name"), text).into());
            }
            (None, Some(column)) => format!("{}_{}", column.name, self.function.suffix()),
            (None, None) => self.function.suffix().to_owned(),
        };
        let decimals = column.and_then(|it| it.decimals).unwrap_or(0);
        let more_decimals = if self.function == Function::Average {
            MORE_DECIMALS.min(MAX_DECIMALS.saturating_sub(decimals))
        } else {
            0
        };
        let measure = MeasureQuery { column: at, function: self.function, more_decimals };
        Ok((measure, answered(column, name, self.function, decimals + more_decimals)))
    }
}

/// A measure as a column of the answer.
fn answered(column: Option<&Column>, name: String, function: Function, decimals: u8) -> Column {
    let counts = matches!(function, Function::Count | Function::CountRows);
    let kind = match function {
        Function::Count | Function::CountRows => ColumnType::Integer,
        Function::Average => ColumnType::Decimal,
        Function::Sum | Function::Min | Function::Max => column.map_or(ColumnType::Integer, |it| it.kind),
    };
    Column {
        title: column.map_or_else(|| name.clone(), |it| it.title.clone()),
        name,
        description: None,
        kind,
        role: ColumnRole::Measure,
        unit: column.filter(|_| !counts).and_then(|it| it.unit.clone()),
        decimals: (kind == ColumnType::Decimal).then_some(decimals),
        period: column.filter(|_| kind == ColumnType::Period).and_then(|it| it.period),
        codes: Vec::new(),
        total: None,
        aggregation: Aggregation::default(),
        disclosure: Disclosure::default(),
        part_of: None,
        indicator: None,
    }
}

/// `[a-z][a-z0-9_]{0,62}`
fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    let later = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    name.len() <= 63 && letters.next().is_some_and(|it| it.is_ascii_lowercase()) && letters.all(later)
}
