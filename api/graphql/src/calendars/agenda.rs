//! The agenda: every date of everything in a window. Single entries and changed dates are read from the entries, dates of
//! series from those that were computed when the series was written; both by one index each, and put into one order.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object};
use calendar_time::recurrence::latest_window;
use chrono::{DateTime, Days, NaiveDateTime, Utc};
use domain::calendars::entry_view::EntryView;
use entities::{calendar_entry, calendar_occurrence};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::calendars::query::{CalendarEntryFilter, DateTimeRange, narrowed, overlapping, preload};
use crate::connection::{Paged, TotalCount, fill};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::scalars::{Date, LocalDateTime};

/// Occurrence in the agenda: the date of a single entry, or one date of a series.
pub struct Occurrence {
    entry: CalendarEntry,
    date: OccurrenceDate,
}

/// When it is, and of what.
struct OccurrenceDate {
    id: Uuid,
    entry: Uuid,
    is_of_series: bool,
    all_day: bool,
    starts_local: NaiveDateTime,
    ends_local: NaiveDateTime,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// Occurrence in the agenda: the date of a single entry, or one date of a series.
#[Object]
impl Occurrence {
    /// Stable key of the occurrence, the same at every level of access. Not a global id.
    async fn key(&self) -> ID {
        self.date.id.simple().to_string().into()
    }

    /// Single entry, or series to which the occurrence belongs, at the viewer's level of access.
    async fn entry(&self) -> &CalendarEntry {
        &self.entry
    }

    /// Instant of the start.
    async fn start(&self) -> DateTime<Utc> {
        self.date.starts_at
    }

    /// Instant of the end, exclusive.
    async fn end(&self) -> DateTime<Utc> {
        self.date.ends_at
    }

    /// Local start, in the time zone of the entry.
    async fn start_local(&self) -> LocalDateTime {
        LocalDateTime(self.date.starts_local)
    }

    /// Local end, exclusive, in the time zone of the entry.
    async fn end_local(&self) -> LocalDateTime {
        LocalDateTime(self.date.ends_local)
    }

    /// True if the occurrence spans whole days instead of clock times.
    async fn all_day(&self) -> bool {
        self.date.all_day
    }

    /// First day of an all-day occurrence; null for clock times.
    async fn first_day(&self) -> Option<Date> {
        self.date.all_day.then(|| Date(self.date.starts_local.date()))
    }

    /// Last day of an all-day occurrence, inclusive; null for clock times.
    async fn last_day(&self) -> Option<Date> {
        let end = self.date.ends_local.date();
        self.date.all_day.then(|| Date(end.checked_sub_days(Days::new(1)).unwrap_or(end)))
    }

    /// Local start given by the series, as expected in `occurrence` by `calendarEntryUpdate` and `calendarEntryCancel`.
    /// Null for a single entry and for a changed occurrence, which is an entry of its own.
    async fn occurrence(&self) -> Option<LocalDateTime> {
        self.date.is_of_series.then_some(LocalDateTime(self.date.starts_local))
    }
}

/// See the module.
#[derive(Default)]
pub struct AgendaQuery;

#[Object]
impl AgendaQuery {
    /// Lists occurrences of single entries and series in a time window, by start, from all calendars visible to the
    /// viewer. Each entry is shown at the viewer's level of access. `OUT_OF_RANGE` if the window ends more than five
    /// years from now.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn agenda(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Time window; ends at most five years from now.")] between: DateTimeRange,
        #[graphql(desc = "Restricts the list.")] filter: Option<CalendarEntryFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Occurrence>> {
        let list = format!("agenda {between:?} {filter:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let known = latest_window(session.now());
        if between.end > known {
            let text = Text::new("window-beyond-known").with("known", known.date_naive());
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
        }
        let (singles, dates) = selects(&session, between, filter)?;
        let total = if ctx.look_ahead().field("totalCount").exists() {
            session.count(singles.clone()).await? + session.count(dates.clone()).await?
        } else {
            0
        };
        let singles = request.read(&session, singles, &by_start_of_entries()).await?.map(Arc::new);
        let dates = request.read(&session, dates, &by_start_of_dates()).await?;
        session.load::<calendar_entry::Entity>(dates.rows.iter().map(|it| it.entry_id)).await?;
        let mut entries: BTreeMap<Uuid, EntryView> = BTreeMap::new();
        for row in &dates.rows {
            let series = session.get::<calendar_entry::Entity>(row.entry_id).await?;
            entries.extend(series.and_then(|it| Some((it.id, EntryView::of(&session, it)?))));
        }
        entries.extend(singles.rows.iter().filter_map(|it| Some((it.id, EntryView::of(&session, it.clone())?))));
        let all_day = |id: &Uuid| entries.get(id).is_some_and(|it| it.times().all_day());
        let dates = dates.map(|it| OccurrenceDate {
            id: it.id,
            entry: it.entry_id,
            is_of_series: true,
            all_day: all_day(&it.entry_id),
            starts_local: it.starts_local,
            ends_local: it.ends_local,
            starts_at: it.starts_at,
            ends_at: it.ends_at,
        });
        let singles = singles.map(|it| OccurrenceDate {
            id: it.id,
            entry: it.id,
            is_of_series: false,
            all_day: it.all_day,
            starts_local: it.starts_local,
            ends_local: it.ends_local,
            starts_at: it.starts_at,
            ends_at: it.ends_at,
        });
        let page = request.merged(singles, dates, |it| (it.starts_at, it.id));
        let shown: Vec<_> = page.rows.iter().filter_map(|it| entries.get(&it.entry)).collect();
        preload(&Selected::within(ctx, &["entry"]), &session, &shown).await?;
        let frame = Connection::with_additional_fields(page.has_previous, page.has_next, TotalCount::of(total));
        let nodes = page.cursors.into_iter().zip(page.rows).filter_map(|(cursor, date)| {
            let entry = entries.get(&date.entry)?.clone().into();
            Some((cursor, Occurrence { entry, date }))
        });
        Ok(fill(frame, nodes))
    }
}

type Singles = sea_orm::Select<calendar_entry::Entity>;
type Dates = sea_orm::Select<calendar_occurrence::Entity>;

/// Single entries and dates of series in a window.
fn selects(
    session: &Session,
    between: DateTimeRange,
    filter: Option<CalendarEntryFilter>,
) -> Result<(Singles, Dates), ApiError> {
    use calendar_entry::Column as Entry;
    use calendar_occurrence::Column as Of;
    let singles = overlapping(session, between)?.filter(Entry::ExpandedUntil.is_null());
    let dates = session.select::<calendar_occurrence::Entity>().filter(between.overlaps(Of::StartsAt, Of::EndsAt)?);
    let Some(filter) = filter else { return Ok((singles, dates)) };
    let series = session.select::<calendar_entry::Entity>().filter(Entry::ExpandedUntil.is_not_null());
    let series = narrowed(session, series, filter.clone())?.select_only().column(Entry::Id).into_query();
    Ok((narrowed(session, singles, filter)?, dates.filter(Of::EntryId.in_subquery(series))))
}

fn by_start_of_entries() -> Order<calendar_entry::Entity> {
    Order {
        column: calendar_entry::Column::StartsAt,
        id: calendar_entry::Column::Id,
        descending: false,
        nullable: false,
        key: |row| (SortValue::Instant(row.starts_at), row.id),
    }
}

fn by_start_of_dates() -> Order<calendar_occurrence::Entity> {
    Order {
        column: calendar_occurrence::Column::StartsAt,
        id: calendar_occurrence::Column::Id,
        descending: false,
        nullable: false,
        key: |row| (SortValue::Instant(row.starts_at), row.id),
    }
}
