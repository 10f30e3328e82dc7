//! Which rows of a table, in which order.

use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;

use crate::model::Column;
use crate::query::cursor::{Position, fingerprint};
use crate::query::{Condition, Filter, MAX_SORTS, names};

/// The most rows of one page.
pub const MAX_ROWS: i32 = 1_000;
/// The rows of a page where none are asked for.
const DEFAULT_ROWS: i32 = 100;

/// A column to sort by. Nulls sort last, first when descending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// Its name.
    pub column: String,
    /// Largest first.
    pub descending: bool,
}

/// The part of a list that is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSpan {
    /// How many.
    pub first: Option<i32>,
    /// After this cursor.
    pub after: Option<String>,
}

impl PageSpan {
    /// How many rows are read.
    pub(super) fn limit(&self) -> ApiResult<usize> {
        let first = self.first.unwrap_or(DEFAULT_ROWS);
        if !(1..=MAX_ROWS).contains(&first) {
            let text = Text::new("out-of-range").with("value", first).with("min", 1).with("max", MAX_ROWS);
            return Err(Problem::at(UserErrorCode::OutOfRange, "first", text).into());
        }
        Ok(usize::try_from(first).unwrap_or(1))
    }

    /// Points of a page: one for the list, and its rows times the columns of each.
    pub fn cost(first: Option<i32>, columns: usize) -> usize {
        let rows = first.unwrap_or(DEFAULT_ROWS).clamp(1, MAX_ROWS);
        // A cell is a plain value without a resolver of its own: a hundred of them are a point.
        usize::try_from(rows).unwrap_or(1).saturating_mul(columns.max(1)).div_ceil(100).saturating_add(1)
    }
}

/// A question for rows, in names and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowsAsked {
    /// Names of columns; none = all.
    pub columns: Option<Vec<String>>,
    /// Which rows.
    pub filter: Option<Filter>,
    /// In which order; none = that of the file.
    pub order: Vec<Sort>,
    /// Which of them.
    pub span: PageSpan,
}

/// The same on positions of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowQuery {
    /// The columns of the answer.
    pub columns: Vec<usize>,
    /// Which rows.
    pub condition: Option<Condition>,
    /// Columns to sort by, and whether the largest comes first; then by number of the row.
    pub order: Vec<(usize, bool)>,
    /// How many rows at most.
    pub limit: usize,
    /// After these values of the sort columns, and this row.
    pub after: Option<Position>,
    pub(super) list: String,
}

impl RowsAsked {
    /// The question on `columns` of the content `content`.
    ///
    /// # Errors
    /// Names and values that do not fit.
    pub fn resolve(&self, columns: &[Column], content: uuid::Uuid) -> ApiResult<RowQuery> {
        let wanted = match &self.columns {
            None => (0..columns.len()).collect(),
            Some(names) => chosen(columns, names)?,
        };
        let order = sorted_by(&self.order, |name, field| names::position(columns, name, field))?;
        let condition = self.filter.as_ref().map(|it| it.resolve(columns, "filter")).transpose()?;
        let list = fingerprint(content, &(&condition, &order));
        let kinds: Vec<_> = order.iter().map(|it| columns[it.0].kind).collect();
        let after = self.span.after.as_deref().map(|it| Position::read(it, &list, &kinds, true)).transpose()?;
        Ok(RowQuery { columns: wanted, condition, order, limit: self.span.limit()?, after, list })
    }
}

impl RowQuery {
    /// The cursor of a row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn cursor(&self, at: &Position) -> ApiResult<String> {
        at.write(&self.list)
    }
}

fn chosen(columns: &[Column], names: &[String]) -> ApiResult<Vec<usize>> {
    if names.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, "columns", Text::new("required")).into());
    }
    let mut chosen = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let field = format!("columns[{at}]");
        let column = names::position(columns, name, &field)?;
        if chosen.contains(&column) {
            let text = Text::new("named-twice").with("value", name);
            return Err(Problem::at(UserErrorCode::NotUnique, field, text).into());
        }
        chosen.push(column);
    }
    Ok(chosen)
}

/// Sort columns by position; each counts once.
pub(super) fn sorted_by(
    order: &[Sort],
    position: impl Fn(&str, &str) -> ApiResult<usize>,
) -> ApiResult<Vec<(usize, bool)>> {
    if order.len() > MAX_SORTS {
        let text = Text::new("too-many-values").with("max", MAX_SORTS);
        return Err(Problem::at(UserErrorCode::LimitReached, "orderBy", text).into());
    }
    let mut sorts: Vec<(usize, bool)> = Vec::with_capacity(order.len());
    for (at, sort) in order.iter().enumerate() {
        let column = position(&sort.column, &format!("orderBy[{at}].column"))?;
        if sorts.iter().all(|it| it.0 != column) {
            sorts.push((column, sort.descending));
        }
    }
    Ok(sorts)
}
