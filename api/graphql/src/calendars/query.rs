//! Root fields about calendars and their entries.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::calendars::entry_view::{EntryDetails, EntryField, EntryTimes, EntryView, showing};
use domain::calendars::window::Window;
use entities::{
    EntryKind as Kind, EntryStatus as Status, calendar, calendar_entry, conflict_acknowledgement, field_of_work,
    project, tenant,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter, Select};
use store::{Order, PageRequest, Session, SortValue, contains_folded, page_cost};

use crate::calendars::entry_types::CalendarEntry;
use crate::calendars::types::Calendar;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::{Audience, EntryKind, EntryStatus, Pillar};
use crate::lookahead::Selected;

/// See the module.
#[derive(Default)]
pub struct CalendarQuery;

/// Range of time; matches everything that overlaps it.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct DateTimeRange {
    /// Instant of the start.
    pub(crate) start: DateTime<Utc>,
    /// Instant of the end, exclusive; after the start.
    pub(crate) end: DateTime<Utc>,
}

/// Filter of `calendars`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CalendarFilter {
    /// Only calendars of these owning authorities.
    tenants: Option<Vec<ID>>,
    /// True to include archived calendars.
    #[graphql(default)]
    include_archived: bool,
}

/// Filter of `calendarEntries` and `agenda`. All given conditions must hold; list conditions take at most 100 values. A
/// condition on a field that is hidden at the viewer's level of access excludes the entry.
#[derive(InputObject, Clone, Debug, Default)]
pub struct CalendarEntryFilter {
    /// Only entries of these owning authorities.
    tenants: Option<Vec<ID>>,
    /// Only entries of these calendars.
    calendars: Option<Vec<ID>>,
    /// Only entries in one of these fields of work. Requires level `SUMMARY`.
    fields_of_work: Option<Vec<ID>>,
    /// Only entries of one of these kinds. Requires level `SUMMARY`.
    kinds: Option<Vec<EntryKind>>,
    /// Only entries with one of these planning statuses. Requires level `SUMMARY`.
    statuses: Option<Vec<EntryStatus>>,
    /// Only entries at one of these learning places. Requires level `FULL`.
    places: Option<Vec<ID>>,
    /// Only entries for at least one of these audiences. Requires level `FULL`.
    audiences: Option<Vec<Audience>>,
    /// Only entries of one of these pillars. Requires level `FULL`.
    pillars: Option<Vec<Pillar>>,
    /// Only entries with this text in the title, at most 200 characters; case and umlaut spelling are ignored. Requires
    /// level `SUMMARY`.
    text: Option<String>,
}

#[Object]
impl CalendarQuery {
    /// Lists calendars visible to the viewer at any level of access, by name.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn calendars(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<CalendarFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Calendar>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("calendars {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<calendar::Entity>();
        if let Some(ids) = filter.tenants {
            let ids = NodeType::Tenant.parse_all(&ids, "filter.tenants")?;
            select = select.filter(calendar::Column::TenantId.is_in(ids));
        }
        if !filter.include_archived {
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
        if selected.node("project") {
            session.load::<project::Entity>(rows.iter().filter_map(|(_, row)| row.project_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, Calendar(Arc::new(row))))))
    }

    /// Lists entries that overlap a time window, by start, from all calendars visible to the viewer. Each entry is
    /// shown at the viewer's level of access. A series is matched by its first occurrence only; `agenda` lists all
    /// occurrences.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn calendar_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Time window of at most five years.")] between: DateTimeRange,
        #[graphql(desc = "Restricts the list.")] filter: Option<CalendarEntryFilter>,
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
        let seen = rows.into_iter().filter_map(|(cursor, row)| Some((cursor, EntryView::of(&session, Arc::new(row))?)));
        let (cursors, views): (Vec<_>, Vec<_>) = seen.unzip();
        preload(&Selected::of(ctx), &session, &views.iter().collect::<Vec<_>>()).await?;
        Ok(fill(frame, cursors.into_iter().zip(views.into_iter().map(CalendarEntry::from))))
    }
}

impl DateTimeRange {
    /// Refuses a range that does not end after its start; `field` is the path of the end.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `field`.
    pub(crate) fn check(&self, field: &'static str) -> ApiResult<()> {
        if self.start >= self.end {
            let text = Text::new("ends-before-start").with("from", self.start).with("until", self.end);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        Ok(())
    }

    /// Condition that a row overlaps the window.
    ///
    /// # Errors
    /// As [`Window::overlaps`].
    pub(crate) fn overlaps<C: ColumnTrait>(&self, starts_at: C, ends_at: C) -> ApiResult<Condition> {
        Window { start: self.start, end: self.end }.overlaps(starts_at, ends_at)
    }
}

/// Entries that overlap a window. Written as comparisons of the indexed start: an entry that runs into the window
/// started at most [`MAX_DAYS`] before it.
pub(super) fn overlapping(session: &Session, between: DateTimeRange) -> ApiResult<Select<calendar_entry::Entity>> {
    use calendar_entry::Column as C;
    Ok(session.select::<calendar_entry::Entity>().filter(between.overlaps(C::StartsAt, C::EndsAt)?))
}

pub(super) fn narrowed(
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
    let mut fields = BTreeSet::new();
    if let Some(ids) = filter.fields_of_work {
        fields.insert(EntryField::FieldOfWork);
        let ids = NodeType::FieldOfWork.parse_all(&ids, "filter.fieldsOfWork")?;
        select = select.filter(C::FieldOfWorkId.is_in(ids));
    }
    if let Some(kinds) = filter.kinds {
        fields.insert(EntryField::Kind);
        at_most_100(&kinds, "filter.kinds")?;
        select = select.filter(C::Kind.is_in(kinds.into_iter().map(Kind::from)));
    }
    if let Some(statuses) = filter.statuses {
        fields.insert(EntryField::Status);
        at_most_100(&statuses, "filter.statuses")?;
        select = select.filter(C::Status.is_in(statuses.into_iter().map(Status::from)));
    }
    if let Some(text) = filter.text {
        fields.insert(EntryField::Title);
        let text = kernel::text::line(&text, "filter.text", 200)?;
        select = select.filter(contains_folded(C::SearchText, &text));
    }
    if let Some(ids) = filter.places {
        fields.insert(EntryField::Place);
        let ids = NodeType::LearningPlace.parse_all(&ids, "filter.places")?;
        select = select.filter(C::LearningPlaceId.is_in(ids));
    }
    if let Some(audiences) = filter.audiences {
        fields.insert(EntryField::Audiences);
        at_most_100(&audiences, "filter.audiences")?;
        let any = audiences.into_iter().fold(Condition::any(), |any, it| {
            any.add(C::Audiences.contains(format!(";{};", entities::Audience::from(it).as_str())))
        });
        // Of none is nothing.
        select = select.filter(any.add(C::Id.is_null()));
    }
    if let Some(pillars) = filter.pillars {
        fields.insert(EntryField::Pillar);
        at_most_100(&pillars, "filter.pillars")?;
        select = select.filter(C::Pillar.is_in(pillars.into_iter().map(entities::Pillar::from)));
    }
    if let Some(shown) = showing(session, &fields) {
        select = select.filter(shown);
    }
    Ok(select)
}

/// Children of the entries of a page, in one statement each, where they were selected and the level shows them.
///
/// # Errors
/// The database fails.
pub async fn preload(selected: &Selected<'_, '_>, session: &Session, views: &[&EntryView]) -> ApiResult<()> {
    let times = || views.iter().map(|it| it.times());
    let details = || views.iter().filter_map(|it| it.details());
    let calendars = selected.node("calendar") || selected.node("viewerCan");
    if calendars {
        session.load::<calendar::Entity>(times().map(EntryTimes::calendar_id)).await?;
    }
    if selected.node_child("calendar", "project") {
        let mut projects = Vec::new();
        for times in times() {
            let calendar = session.get::<calendar::Entity>(times.calendar_id()).await?;
            projects.extend(calendar.and_then(|it| it.project_id));
        }
        session.load::<project::Entity>(projects).await?;
    }
    if selected.node("tenant") || selected.node_child("calendar", "tenant") {
        session.load::<tenant::Entity>(times().map(EntryTimes::tenant_id)).await?;
    }
    if selected.node("fieldOfWork") || selected.node_child("calendar", "fieldOfWork") {
        let mut fields: Vec<_> = views.iter().filter_map(|it| it.outline()?.field_of_work()).collect();
        if selected.node_child("calendar", "fieldOfWork") {
            for times in times() {
                let calendar = session.get::<calendar::Entity>(times.calendar_id()).await?;
                fields.extend(calendar.and_then(|it| it.field_of_work_id));
            }
        }
        session.load::<field_of_work::Entity>(fields).await?;
    }
    if selected.node("seriesId") || selected.node("seriesDate") {
        session.load::<calendar_entry::Entity>(times().filter_map(|it| Some(it.series()?.0))).await?;
    }
    if selected.node("acknowledgements") {
        session.load_groups::<conflict_acknowledgement::Entity>(details().map(EntryDetails::id)).await?;
    }
    if selected.node("place") {
        let ids: Vec<_> = details().filter_map(EntryDetails::place).collect();
        crate::places::query::preload(session, &ids, &|path| selected.node_path(&format!("place.{path}"))).await?;
    }
    Ok(())
}
