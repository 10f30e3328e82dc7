//! Busy times across authorities: that time is taken, not by what.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use calendar_time::recurrence::latest_window;
use chrono::{DateTime, TimeDelta, Utc};
use domain::calendars::entry_view::EntryView;
use entities::{EntryStatus, calendar_entry, calendar_occurrence, tenant};
use icalendar::{Busy, FreeBusy};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use store::Session;
use uuid::Uuid;

use crate::calendars::query::DateTimeRange;
use crate::context::ContextExt;
use crate::tenants::types::{Tenant, tenant_of};

/// The longest window, in days.
const MAX_DAYS: i64 = 366;
/// The most dates that are put together in one answer.
const MAX: usize = 20_000;
/// Points for reading and merging, whatever comes out.
const POINTS: usize = 500;

/// Certainty of a busy interval.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusyKind {
    /// Time occupied by a confirmed entry, or by an entry visible to the viewer only at level `BUSY`.
    Busy,
    /// Time occupied by a tentative entry that is visible to the viewer above level `BUSY`.
    BusyTentative,
}

/// Interval in which an authority is busy.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct BusyInterval {
    #[graphql(skip)]
    tenant: Uuid,
    /// Instant of the start, within the requested window.
    start: DateTime<Utc>,
    /// Instant of the end, exclusive, within the requested window.
    end: DateTime<Utc>,
    /// Certainty of the interval.
    kind: BusyKind,
}

#[async_graphql::ComplexObject]
impl BusyInterval {
    /// Authority that is busy.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }
}

/// See the module.
#[derive(Default)]
pub struct BusyQuery;

#[Object]
impl BusyQuery {
    /// Lists busy intervals of authorities, as far as visible to the viewer, by authority in the requested order, then
    /// by start. Overlapping and adjacent intervals of the same kind are merged. Ideas, cancelled entries and deadlines
    /// occupy no time. `LIMIT_REACHED` if the window holds more than 20,000 occurrences; `OUT_OF_RANGE` if it ends more
    /// than five years from now, where dates of series are not known.
    #[graphql(complexity = "child_complexity.saturating_add(POINTS)")]
    async fn free_busy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Authorities, 1 to 100.")] tenants: Vec<ID>,
        #[graphql(desc = "Time window of at most 366 days; ends at most five years from now.")] between: DateTimeRange,
    ) -> ApiResult<Vec<BusyInterval>> {
        let tenants = NodeType::Tenant.parse_all(&tenants, "tenants")?;
        if tenants.is_empty() {
            return Err(Problem::at(UserErrorCode::Required, "tenants", Text::new("required")).into());
        }
        if between.end - between.start > TimeDelta::days(MAX_DAYS) {
            let text = Text::new("window-too-long-days").with("max", MAX_DAYS);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
        }
        let session = ctx.session().await?;
        let mut of: BTreeMap<Uuid, Vec<Busy>> = BTreeMap::new();
        for (tenant, busy) in busy(&session, BusyOf::Tenants(&tenants), between).await? {
            of.entry(tenant).or_default().push(busy);
        }
        if ctx.look_ahead().field("tenant").exists() {
            session.load::<tenant::Entity>(of.keys().copied()).await?;
        }
        let mut intervals = Vec::new();
        for tenant in tenants {
            let Some(busy) = of.remove(&tenant) else { continue };
            let (stamp, from, until) = (session.now(), between.start, between.end);
            let times = FreeBusy { uid: String::new(), stamp, from, until, busy };
            let from = intervals.len();
            for (tentative, kind) in [(false, BusyKind::Busy), (true, BusyKind::BusyTentative)] {
                let joined = times.joined(tentative).into_iter();
                intervals.extend(joined.map(|(start, end)| BusyInterval { tenant, start, end, kind }));
            }
            intervals[from..].sort_by_key(|it| (it.start, it.end));
        }
        Ok(intervals)
    }
}

/// Whose busy times.
#[derive(Clone, Copy, Debug)]
pub enum BusyOf<'a> {
    /// Of authorities.
    Tenants(&'a [Uuid]),
    /// Of calendars.
    Calendars(&'a [Uuid]),
}

/// What takes time in a window, each with its authority: single entries, and dates of series. Three statements.
///
/// # Errors
/// The window is none, there is too much in it, it ends later than dates of series are known, or the database fails.
pub async fn busy(session: &Session, whose: BusyOf<'_>, between: DateTimeRange) -> ApiResult<Vec<(Uuid, Busy)>> {
    use calendar_entry::Column as Entry;
    use calendar_occurrence::Column as Of;
    let known = latest_window(session.now());
    if between.end > known {
        let text = Text::new("window-beyond-known").with("known", known.date_naive());
        return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
    }
    let taken = [EntryStatus::Tentative, EntryStatus::Confirmed];
    let here = |tenant_id: SimpleExpr, calendar_id: SimpleExpr| match whose {
        BusyOf::Tenants(_) => tenant_id,
        BusyOf::Calendars(_) => calendar_id,
    };
    let ids = match whose {
        BusyOf::Tenants(ids) | BusyOf::Calendars(ids) => ids,
    };
    let of_entry = || here(session.is_one_of(Entry::TenantId, ids), session.is_one_of(Entry::CalendarId, ids));
    let singles = session
        .select::<calendar_entry::Entity>()
        .filter(of_entry())
        .filter(Entry::Status.is_in(taken))
        .filter(Entry::ExpandedUntil.is_null())
        .filter(between.overlaps(Entry::StartsAt, Entry::EndsAt)?)
        .limit(MAX as u64 + 1);
    let singles = session.all(singles).await?;
    let series = session
        .select::<calendar_entry::Entity>()
        .filter(of_entry())
        .filter(Entry::Status.is_in(taken))
        .filter(Entry::ExpandedUntil.is_not_null());
    let series = sea_orm::QueryTrait::into_query(series.select_only().column(Entry::Id));
    let dates = session
        .select::<calendar_occurrence::Entity>()
        .filter(between.overlaps(Of::StartsAt, Of::EndsAt)?)
        .filter(Of::EntryId.in_subquery(series))
        .limit(MAX as u64 + 1);
    let dates = session.all(dates).await?;
    if singles.len() + dates.len() > MAX {
        let text = Text::new("busy-too-many").with("max", MAX);
        return Err(Problem::at(UserErrorCode::LimitReached, "between", text).into());
    }
    session.load::<calendar_entry::Entity>(dates.iter().map(|it| it.entry_id)).await?;
    let is_tentative = |it: &EntryView| it.outline().is_some_and(|it| it.status() == EntryStatus::Tentative);
    let mut busy = Vec::new();
    let singles = singles.into_iter().filter_map(|row| EntryView::of(session, Arc::new(row)));
    for view in singles.filter(EntryView::takes_time) {
        let times = view.times();
        let interval = Busy { from: times.starts_at(), until: times.ends_at(), tentative: is_tentative(&view) };
        busy.push((times.tenant_id(), interval));
    }
    for date in dates {
        let series = session.get::<calendar_entry::Entity>(date.entry_id).await?;
        if let Some(series) = series.and_then(|row| EntryView::of(session, row)).filter(EntryView::takes_time) {
            let interval = Busy { from: date.starts_at, until: date.ends_at, tentative: is_tentative(&series) };
            busy.push((date.tenant_id, interval));
        }
    }
    Ok(busy)
}

/// The busy times of calendars for a year from today, as other programs take them. The same bytes all day long while
/// nothing changes.
///
/// # Errors
/// There is too much in it, or the database fails.
pub async fn free_busy(session: &Session, uid: String, calendars: &[Uuid]) -> ApiResult<FreeBusy> {
    let from = session.now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let answer = free_busy_within(session, uid, calendars, from, from + TimeDelta::days(MAX_DAYS)).await?;
    Ok(FreeBusy { stamp: from, ..answer })
}

/// The busy times of calendars in a window, as other programs take them.
///
/// # Errors
/// The window is none, there is too much in it, it ends later than dates of series are known, or the database fails.
pub async fn free_busy_within(
    session: &Session,
    uid: String,
    calendars: &[Uuid],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> ApiResult<FreeBusy> {
    let between = DateTimeRange { start: from, end: until };
    let busy = busy(session, BusyOf::Calendars(calendars), between).await?;
    let busy = busy.into_iter().map(|it| it.1).collect();
    Ok(FreeBusy { uid, stamp: session.now(), from, until, busy })
}
