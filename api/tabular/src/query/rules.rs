//! Rules for what may be put together: a total beside its parts, a region beside what lies in it, and rates count twice,
//! or say nothing.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::model::{Aggregation, Cell, Column, ColumnRole, ColumnType, TableRow, Value};
use crate::query::condition::{Condition, Test};
use crate::query::groups::Function;

/// What follows from the dimensions that a question neither groups by nor settles.
pub(super) struct Rules {
    /// The condition, where a dimension that has a total is left open, on the rows of the total.
    pub condition: Option<Condition>,
    /// Region columns of which rows must be of one level.
    pub one_level: Vec<usize>,
    /// Dimensions of which several values come together in a group.
    together: Vec<usize>,
    /// The table has no dimensions: nothing tells its rows apart.
    no_key: bool,
}

impl Rules {
    pub fn of(columns: &[Column], by: &[usize], condition: Option<Condition>) -> ApiResult<Self> {
        let mut parts = match condition {
            None => Vec::new(),
            Some(condition) => conjuncts(condition),
        };
        let dimensions = columns.iter().enumerate().filter(|(_, it)| it.role == ColumnRole::Dimension);
        let no_key = dimensions.clone().next().is_none();
        let (mut together, mut one_level) = (Vec::new(), Vec::new());
        for (at, column) in dimensions.filter(|(at, _)| !by.contains(at)) {
            if let Some(total) = &column.total
                && is_open(&parts, at, column, total)?
            {
                parts.push(Condition::Is(at, Test::OneOf(vec![Value::Text(total.clone())])));
            }
            if !parts.iter().any(|it| is_settled(it, at)) {
                together.push(at);
                if column.kind == ColumnType::Region {
                    one_level.push(at);
                }
            }
        }
        let condition = match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Condition::All(parts)),
        };
        Ok(Self { condition, one_level, together, no_key })
    }

    /// Refuses functions that say nothing about values of a column, where a group has several of them.
    pub fn allow(&self, function: Function, column: &Column, columns: &[Column], field: &str) -> ApiResult<()> {
        let refused = match column.aggregation {
            Aggregation::Sum => false,
            Aggregation::Average => function == Function::Sum,
            Aggregation::None => function.adds_up(),
        };
        if !refused || (self.together.is_empty() && !self.no_key) {
            return Ok(());
        }
        let text = match column.aggregation {
            Aggregation::Average => Text::new("only-a-mean"),
            Aggregation::None | Aggregation::Sum => Text::new("no-sum-and-no-mean"),
        };
        let open: Vec<_> = self.together.iter().map(|it| columns[*it].name.as_str()).collect();
        let open = if open.is_empty() { "-".to_owned() } else { open.join(", ") };
        let text = text.with("column", &column.name).with("open", open);
        Err(Problem::at(UserErrorCode::Invalid, field.to_owned(), text).into())
    }
}

/// What must hold together.
fn conjuncts(condition: Condition) -> Vec<Condition> {
    match condition {
        Condition::All(of) => of.into_iter().flat_map(conjuncts).collect(),
        other => vec![other],
    }
}

/// Whether the filter leaves it open which codes of a dimension with a total are meant.
fn is_open(parts: &[Condition], at: usize, column: &Column, total: &str) -> ApiResult<bool> {
    if !parts.iter().any(|it| it.is_about(at)) {
        return Ok(true);
    }
    let own: Vec<_> = parts.iter().filter(|it| it.is_only_about(at)).collect();
    let mut row: TableRow = vec![Cell::default(); at + 1];
    row[at] = Value::Text(total.to_owned()).into();
    let takes_total = own.iter().all(|it| it.holds(&row));
    if !takes_total || own.iter().any(|it| is_settled(it, at)) {
        return Ok(false);
    }
    let text = Text::new("total-and-parts").with("column", &column.name).with("total", total);
    Err(Problem::at(UserErrorCode::Invalid, "filter", text).into())
}

/// Whether a condition that must hold leaves one value of a column.
fn is_settled(condition: &Condition, at: usize) -> bool {
    match condition {
        Condition::Is(column, Test::OneOf(values)) => *column == at && values.len() == 1,
        Condition::Any(of) => of.len() == 1 && is_settled(&of[0], at),
        Condition::All(_) | Condition::Not(_) | Condition::Is(..) => false,
    }
}
