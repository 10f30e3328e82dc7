//! Keyset pages: a cursor is the sort key and the id of a row, so equal keys and nulls neither repeat nor skip rows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, NullOrdering, SimpleExpr};
use sea_orm::{
    ColumnTrait, ColumnType, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
    Value,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Session;
use crate::name_sort::{is_name, sort_expression};

/// The most rows of one page.
pub const MAX_PAGE: i32 = 100;
/// The rows of a page where none are asked for.
pub const DEFAULT_PAGE: i32 = 20;

/// Points of a page: one for the list, and its rows times what is selected of each.
pub fn page_cost(first: Option<i32>, last: Option<i32>, of_each: usize) -> usize {
    let rows = first.or(last).unwrap_or(DEFAULT_PAGE).clamp(1, MAX_PAGE);
    usize::try_from(rows).unwrap_or(1).saturating_mul(of_each).saturating_add(1)
}

/// The value of a sort column in one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SortValue {
    /// Text.
    #[serde(rename = "t")]
    Text(Option<String>),
    /// An instant.
    #[serde(rename = "i")]
    Instant(DateTime<Utc>),
    /// A date.
    #[serde(rename = "d")]
    Date(chrono::NaiveDate),
}

impl SortValue {
    /// Whether a cursor's value is of the column's type: a cursor comes from the client.
    fn fits<C: ColumnTrait>(&self, column: C) -> bool {
        let column = column.def();
        match self {
            Self::Text(_) => matches!(column.get_column_type(), ColumnType::String(_) | ColumnType::Text),
            Self::Instant(_) => matches!(column.get_column_type(), ColumnType::TimestampWithTimeZone),
            Self::Date(_) => matches!(column.get_column_type(), ColumnType::Date),
        }
    }

    fn value(&self) -> Option<Value> {
        match self {
            Self::Text(text) => text.clone().map(Value::from),
            Self::Instant(instant) => Some(Value::from(*instant)),
            Self::Date(date) => Some(Value::from(*date)),
        }
    }
}

/// How a list is sorted: by one column, then by id. Names are sorted as in German lists (DIN 5007).
pub struct Order<E: EntityTrait> {
    /// The sort column.
    pub column: E::Column,
    /// The id column, which makes the order total.
    pub id: E::Column,
    /// Largest first.
    pub descending: bool,
    /// Whether the column can be null; nulls come last, first when descending.
    pub nullable: bool,
    /// Sort value and id of a row.
    pub key: fn(&E::Model) -> (SortValue, Uuid),
}

impl<E: EntityTrait> Clone for Order<E> {
    fn clone(&self) -> Self {
        Self { column: self.column, id: self.id, descending: self.descending, nullable: self.nullable, key: self.key }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Cursor {
    #[serde(rename = "k")]
    key: SortValue,
    #[serde(rename = "u")]
    id: Uuid,
    #[serde(rename = "f")]
    list: String,
}

/// Which page is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    limit: u64,
    backward: bool,
    cursor: Option<(&'static str, String)>,
    cursor_before: Option<String>,
    list: String,
}

impl PageRequest {
    /// Reads the four arguments of a connection. `list` describes the list with its filter and order; a cursor of
    /// another list is refused.
    ///
    /// # Errors
    /// `first` and `last` together, or outside 1–100.
    pub fn new(
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        list: &str,
    ) -> ApiResult<Self> {
        if first.is_some() && last.is_some() {
            return Err(Problem::at(UserErrorCode::Invalid, "last", Text::new("first-or-last")).into());
        }
        for (name, value) in [("first", first), ("last", last)] {
            if let Some(value) = value
                && !(1..=MAX_PAGE).contains(&value)
            {
                let text = Text::new("out-of-range").with("value", value).with("min", 1).with("max", MAX_PAGE);
                return Err(Problem::at(UserErrorCode::OutOfRange, name, text).into());
            }
        }
        let limit = first.or(last).unwrap_or(DEFAULT_PAGE);
        let hash = Sha256::digest(list.as_bytes());
        Ok(Self {
            limit: u64::try_from(limit).unwrap_or(1),
            backward: last.is_some(),
            cursor: after.map(|it| ("after", it)),
            cursor_before: before,
            list: URL_SAFE_NO_PAD.encode(&hash[..6]),
        })
    }

    /// Puts two pages of the same request into one, in the order of the rows that `rank` gives.
    pub fn merged<M, K: Ord>(&self, one: Page<M>, other: Page<M>, rank: impl Fn(&M) -> K) -> Page<M> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let (has_previous, has_next) = (one.has_previous || other.has_previous, one.has_next || other.has_next);
        let rows = one.rows.into_iter().chain(other.rows);
        let mut all: Vec<_> = rows.zip(one.cursors.into_iter().chain(other.cursors)).collect();
        all.sort_by_key(|(row, _)| rank(row));
        let surplus = all.len().saturating_sub(limit);
        if self.backward {
            all.drain(..surplus);
        } else {
            all.truncate(limit);
        }
        let (rows, cursors) = all.into_iter().unzip();
        Page {
            rows,
            cursors,
            has_previous: has_previous || (self.backward && surplus > 0),
            has_next: has_next || (!self.backward && surplus > 0),
        }
    }

    /// The page of a list that was computed: its rows in the order of their keys.
    ///
    /// # Errors
    /// A cursor is damaged or of another list.
    pub fn of<M>(&self, mut rows: Vec<M>, key: impl Fn(&M) -> (SortValue, Uuid)) -> ApiResult<Page<M>> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        rows.sort_by_key(&key);
        let total = rows.len();
        if let Some((_, after)) = &self.cursor {
            let after = self.named(after, "after")?;
            rows.retain(|it| key(it) > (after.key.clone(), after.id));
        }
        let skipped = rows.len() < total;
        if let Some(before) = &self.cursor_before {
            let before = self.named(before, "before")?;
            rows.retain(|it| key(it) < (before.key.clone(), before.id));
        }
        let surplus = rows.len().saturating_sub(limit);
        if self.backward {
            rows.drain(..surplus);
        } else {
            rows.truncate(limit);
        }
        Ok(Page {
            has_previous: if self.backward { surplus > 0 } else { skipped },
            has_next: if self.backward { self.cursor_before.is_some() } else { surplus > 0 },
            cursors: rows.iter().map(|it| self.cursor(key(it))).collect::<ApiResult<_>>()?,
            rows,
        })
    }

    /// What a cursor of this list names.
    fn named(&self, cursor: &str, field: &'static str) -> ApiResult<Cursor> {
        let decoded = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|it| serde_json::from_slice::<Cursor>(&it).ok());
        decoded
            .filter(|it| it.list == self.list)
            .ok_or_else(|| Problem::at(UserErrorCode::Invalid, field, Text::new("foreign-cursor")).into())
    }

    /// Reads the page from `select`.
    ///
    /// # Errors
    /// A cursor is damaged or of another list; the database fails.
    pub async fn read<E>(&self, session: &Session, select: Select<E>, order: &Order<E>) -> ApiResult<Page<E::Model>>
    where
        E: EntityTrait,
        E::Model: FromQueryResult + Sized + Send + Sync,
    {
        let mut page = select;
        if let Some((_, after)) = &self.cursor {
            page = page.filter(self.beyond(session.backend(), after, "after", order, order.descending)?);
        }
        if let Some(before) = &self.cursor_before {
            page = page.filter(self.beyond(session.backend(), before, "before", order, !order.descending)?);
        }
        let descending = order.descending != self.backward;
        let direction = if descending { sea_orm::Order::Desc } else { sea_orm::Order::Asc };
        let sorted_by = session.sorted_by::<E>(order.column);
        page = if order.nullable {
            let nulls = if descending { NullOrdering::First } else { NullOrdering::Last };
            page.order_by_with_nulls(sorted_by, direction.clone(), nulls)
        } else {
            page.order_by(sorted_by, direction.clone())
        };
        let mut rows = session.all(page.order_by(order.id, direction).limit(self.limit + 1)).await?;
        let more = rows.len() as u64 > self.limit;
        rows.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        if self.backward {
            rows.reverse();
        }
        Ok(Page {
            has_previous: if self.backward { more } else { self.cursor.is_some() },
            has_next: if self.backward { self.cursor_before.is_some() } else { more },
            cursors: rows.iter().map(|row| self.cursor((order.key)(row))).collect::<ApiResult<_>>()?,
            rows,
        })
    }

    fn cursor(&self, (key, id): (SortValue, Uuid)) -> ApiResult<String> {
        let cursor = Cursor { key, id, list: self.list.clone() };
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor)?))
    }

    /// Rows that come after the cursor's row, in ascending or descending order.
    fn beyond<E: EntityTrait>(
        &self,
        backend: DbBackend,
        cursor: &str,
        field: &'static str,
        order: &Order<E>,
        descending: bool,
    ) -> ApiResult<SimpleExpr> {
        let mut cursor = self.named(cursor, field)?;
        if !cursor.key.fits(order.column) {
            return Err(Problem::at(UserErrorCode::Invalid, field, Text::new("foreign-cursor")).into());
        }
        // SQLite compares the names themselves, by its collation.
        if is_name::<E>(order.column)
            && backend == DbBackend::Postgres
            && let SortValue::Text(Some(name)) = &mut cursor.key
        {
            *name = kernel::name_order::key(name);
        }
        let column = || sort_expression::<E>(backend, order.column);
        let id = || Expr::col(order.id.as_column_ref());
        let past = |left: Expr, right: Value| if descending { left.lt(right) } else { left.gt(right) };
        let later_id = past(id(), cursor.id.into());
        let Some(value) = cursor.key.value() else {
            // Nulls are the largest: after a null come larger ids among the nulls; before it, also everything else.
            let among_nulls = column().is_null().and(later_id);
            return Ok(if descending { among_nulls.or(column().is_not_null()) } else { among_nulls });
        };
        if order.nullable {
            let equal = column().eq(value.clone()).and(later_id);
            let past = past(column(), value).or(equal);
            return Ok(if descending { past } else { past.or(column().is_null()) });
        }
        let here = Expr::tuple([column(), id()]);
        let there = Expr::tuple([Expr::val(value), Expr::val(cursor.id)]);
        Ok(if descending { here.lt(there) } else { here.gt(there) })
    }
}

/// One page of rows with a cursor for each.
#[derive(Debug)]
pub struct Page<M> {
    /// The rows in order.
    pub rows: Vec<M>,
    /// Their cursors.
    pub cursors: Vec<String>,
    /// Whether rows come before.
    pub has_previous: bool,
    /// Whether rows come after.
    pub has_next: bool,
}

impl<M> Page<M> {
    /// The same page of other rows.
    pub fn map<N>(self, row: impl FnMut(M) -> N) -> Page<N> {
        let Self { rows, cursors, has_previous, has_next } = self;
        Page { rows: rows.into_iter().map(row).collect(), cursors, has_previous, has_next }
    }
}

/// `column`, which holds folded text, contains `text`; `%` and `_` stand for themselves.
pub fn contains_folded<C: ColumnTrait>(column: C, text: &str) -> SimpleExpr {
    let mut pattern = String::from("%");
    for letter in kernel::text::fold(text).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Expr::col(column.as_column_ref()).like(LikeExpr::new(pattern).escape('\\'))
}
