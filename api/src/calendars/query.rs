//! Root fields about calendars and their entries.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter, Select};
use verbund_entities::{
    EntryKind as Kind, EntryStatus as Status, ShareLevel, calendar, calendar_entry, field_of_work, tenant,
};

use super::time::MAX_DAYS;
use super::{Calendar, CalendarEntry};
use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::graphql::ContextExt;
use crate::graphql::connection::{Paged, fill, page};
use crate::graphql::enums::{EntryKind, EntryStatus};
use crate::graphql::id::{NodeType, at_most_100};
use crate::graphql::lookahead::Selected;
use crate::i18n::Text;
use crate::store::{Order, PageRequest, Session, SortValue, contains_folded, page_cost};

/// See the module.
#[derive(Default)]
pub struct CalendarQuery;

/// A window in time: what overlaps it is inside.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct DateTimeRange {
    /// Start.
    start: DateTime<Utc>,
    /// End, exclusive; at most five years after the start.
    end: DateTime<Utc>,
}

/// Which entries are wanted. Conditions on what a level hides leave out the entries that are seen at that level.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CalendarEntryFilter {
    /// Only of these owners.
    tenants: Option<Vec<ID>>,
    /// Only of these calendars.
    calendars: Option<Vec<ID>>,
    /// Only in these fields of work.
    fields_of_work: Option<Vec<ID>>,
    /// Only of these kinds.
    kinds: Option<Vec<EntryKind>>,
    /// Only as sure as this.
    statuses: Option<Vec<EntryStatus>>,
    /// Only at these learning places.
    places: Option<Vec<ID>>,
    /// Only with this text in the title; case and spelt-out umlauts do not matter.
    title: Option<String>,
}

#[Object]
impl CalendarQuery {
    /// Calendars that the viewer may see, at any level, by name.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn calendars(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of this owner.")] tenant: Option<ID>,
        #[graphql(desc = "Also what was put away.", default = false)] include_archived: bool,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Calendar>> {
        let list = format!("calendars {tenant:?} {include_archived}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let mut select = session.select::<calendar::Entity>();
        if let Some(tenant) = tenant {
            select = select.filter(calendar::Column::TenantId.eq(NodeType::Tenant.parse(&tenant, "tenant")?));
        }
        if !include_archived {
            select = select.filter(calendar::Column::ArchivedAt.is_null());
        }
        let order = Order {
            column: calendar::Column::Name,
            id: calendar::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &calendar::Model| (SortValue::Text(Some(row.name.clone())), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if selected.node("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|(_, row)| row.tenant_id)).await?;
        }
        if selected.node("fieldOfWork") {
            session.load::<field_of_work::Entity>(rows.iter().filter_map(|(_, row)| row.field_of_work_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, Calendar(Arc::new(row))))))
    }

    /// Entries of every calendar the viewer may see that overlap a window, by start. Each comes at the viewer's level.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn calendar_entries(
        &self,
        ctx: &Context<'_>,
        between: DateTimeRange,
        filter: Option<CalendarEntryFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<CalendarEntry>> {
        let filter = filter.unwrap_or_default();
        let list = format!("calendarEntries {between:?} {filter:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let select = narrowed(&session, overlapping(&session, between)?, filter)?;
        let order = Order {
            column: calendar_entry::Column::StartsAt,
            id: calendar_entry::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &calendar_entry::Model| (SortValue::Instant(row.starts_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        read_ahead(ctx, &session, &rows).await?;
        let entries = rows
            .into_iter()
            .filter_map(|(cursor, row)| CalendarEntry::seen(&session, Arc::new(row)).map(|it| (cursor, it)));
        Ok(fill(frame, entries))
    }
}

/// Entries that overlap a window. Written as comparisons of the indexed start: an entry that runs into the window
/// started at most [`MAX_DAYS`] before it.
fn overlapping(session: &Session, between: DateTimeRange) -> ApiResult<Select<calendar_entry::Entity>> {
    let DateTimeRange { start, end } = between;
    if start >= end {
        let text = Text::new("ends-before-start").with("from", start).with("until", end);
        return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
    }
    if end - start > TimeDelta::days(5 * 366) {
        let text = Text::new("window-too-long").with("max", 5);
        return Err(Problem::at(UserErrorCode::OutOfRange, "between.end", text).into());
    }
    let earliest = start - TimeDelta::days(MAX_DAYS + 1);
    Ok(session
        .select::<calendar_entry::Entity>()
        .filter(calendar_entry::Column::StartsAt.lt(end))
        .filter(calendar_entry::Column::StartsAt.gte(earliest))
        .filter(calendar_entry::Column::EndsAt.gt(start)))
}

fn narrowed(
    session: &Session,
    mut select: Select<calendar_entry::Entity>,
    filter: CalendarEntryFilter,
) -> ApiResult<Select<calendar_entry::Entity>> {
    use calendar_entry::Column as C;
    if let Some(ids) = filter.tenants {
        select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
    }
    if let Some(ids) = filter.calendars {
        select = select.filter(C::CalendarId.is_in(NodeType::Calendar.parse_all(&ids, "filter.calendars")?));
    }
    let (mut outline, mut details) = (false, false);
    if let Some(ids) = filter.fields_of_work {
        outline = true;
        let ids = NodeType::FieldOfWork.parse_all(&ids, "filter.fieldsOfWork")?;
        select = select.filter(C::FieldOfWorkId.is_in(ids));
    }
    if let Some(kinds) = filter.kinds {
        outline = true;
        at_most_100(&kinds, "filter.kinds")?;
        select = select.filter(C::Kind.is_in(kinds.into_iter().map(Kind::from)));
    }
    if let Some(statuses) = filter.statuses {
        outline = true;
        at_most_100(&statuses, "filter.statuses")?;
        select = select.filter(C::Status.is_in(statuses.into_iter().map(Status::from)));
    }
    if let Some(title) = filter.title {
        outline = true;
        let title = crate::text::line(&title, "filter.title", 200)?;
        select = select.filter(contains_folded(C::SearchText, &title));
    }
    if let Some(ids) = filter.places {
        details = true;
        let ids = NodeType::LearningPlace.parse_all(&ids, "filter.places")?;
        select = select.filter(C::LearningPlaceId.is_in(ids));
    }
    // What a level hides must not be found out by asking for it.
    if details {
        select = select.filter(session.seen_from::<calendar_entry::Entity>(ShareLevel::Full));
    } else if outline {
        select = select.filter(session.seen_from::<calendar_entry::Entity>(ShareLevel::Summary));
    }
    Ok(select)
}

/// Children of the entries of a page, in one statement each, where they were selected and the level shows them.
async fn read_ahead(ctx: &Context<'_>, session: &Session, rows: &[(String, calendar_entry::Model)]) -> ApiResult<()> {
    let selected = Selected::of(ctx);
    let level = |row: &calendar_entry::Model| session.access().sight(row.scope_id).map(|it| it.level);
    let shows = |row: &calendar_entry::Model, least| level(row).is_some_and(|it| it >= least);
    let calendars = selected.node("calendar") || selected.node("viewerCan");
    if calendars {
        session.load::<calendar::Entity>(rows.iter().map(|(_, row)| row.calendar_id)).await?;
    }
    if selected.node("tenant") || selected.node_child("calendar", "tenant") {
        session.load::<tenant::Entity>(rows.iter().map(|(_, row)| row.tenant_id)).await?;
    }
    if selected.node("fieldOfWork") || selected.node_child("calendar", "fieldOfWork") {
        let mut fields: Vec<_> = rows
            .iter()
            .filter(|(_, row)| shows(row, ShareLevel::Summary))
            .filter_map(|(_, row)| row.field_of_work_id)
            .collect();
        if selected.node_child("calendar", "fieldOfWork") {
            for (_, row) in rows {
                let calendar = session.get::<calendar::Entity>(row.calendar_id).await?;
                fields.extend(calendar.and_then(|it| it.field_of_work_id));
            }
        }
        session.load::<field_of_work::Entity>(fields).await?;
    }
    if selected.node("place") {
        let shown = rows.iter().filter(|(_, row)| shows(row, ShareLevel::Full));
        let ids: Vec<_> = shown.filter_map(|(_, row)| row.learning_place_id).collect();
        crate::places::read_ahead(session, &ids, |field| selected.node_child("place", field)).await?;
    }
    Ok(())
}
