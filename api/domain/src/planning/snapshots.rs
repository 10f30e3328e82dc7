//! Snapshots: how a plan stood when its owner took a step.

use std::sync::Arc;

use calendar_time::time::MAX_DAYS;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use entities::{
    PlanStep, annual_plan, annual_plan_calendar, calendar_entry, coordination_round, learning_place, plan_snapshot,
    plan_snapshot_entry,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use serde_json::json;
use store::scopes::ensure;
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::calendars::entry_view::{EntryContent, EntryField, EntryView};
use crate::planning::party::audience;

/// The most entries of a plan.
const MOST: u64 = 10_000;
/// Rows of one insert.
const CHUNK: usize = 500;

/// The entries of a plan in its year that the viewer sees: single entries that touch it, and series that begin before
/// its end.
pub(super) fn entries_of(session: &Session, plan: &annual_plan::Model) -> Select<calendar_entry::Entity> {
    use calendar_entry::Column as Entry;
    let calendars = session
        .select::<annual_plan_calendar::Entity>()
        .filter(annual_plan_calendar::Column::PlanId.eq(plan.id))
        .select_only()
        .column(annual_plan_calendar::Column::CalendarId);
    let first = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
    let (start, end) = (first(plan.year), first(plan.year.saturating_add(1)));
    let touches = Condition::all()
        .add(Entry::StartsLocal.gte(start - TimeDelta::days(MAX_DAYS)))
        .add(Entry::EndsLocal.gt(start))
        .add(Entry::ExpandedUntil.is_null());
    session
        .select::<calendar_entry::Entity>()
        .filter(Entry::CalendarId.in_subquery(calendars.into_query()))
        .filter(Entry::StartsLocal.lt(end))
        .filter(Condition::any().add(touches).add(Entry::ExpandedUntil.is_not_null()))
        .order_by_asc(Entry::StartsLocal)
        .order_by_asc(Entry::Id)
        .limit(MOST + 1)
}

/// Rows of [`entries_of`].
async fn rows_of(session: &Session, plan: &annual_plan::Model) -> ApiResult<Vec<Arc<calendar_entry::Model>>> {
    let rows = session.all(entries_of(session, plan)).await?;
    if rows.len() as u64 > MOST {
        let text = Text::new("plan-too-large").with("max", MOST);
        return Err(Problem::at(UserErrorCode::LimitReached, "id", text).into());
    }
    Ok(rows.into_iter().map(Arc::new).collect())
}

/// Views of the entries of a plan.
///
/// # Errors
/// `LIMIT_REACHED` for more than 10,000 entries; the database fails.
pub async fn entries(session: &Session, plan: &annual_plan::Model) -> ApiResult<Vec<EntryView>> {
    let rows = rows_of(session, plan).await?;
    Ok(rows.into_iter().filter_map(|row| EntryView::of(session, row)).collect())
}

/// Keeps how a plan stands.
pub(super) async fn take(
    session: &Session,
    writer: &Writer<'_>,
    plan: &annual_plan::Model,
    round: &coordination_round::Model,
    step: PlanStep,
    taken_by: String,
) -> ApiResult<()> {
    let snapshot = plan_snapshot::Model {
        id: new_id(),
        tenant_id: plan.tenant_id,
        scope_id: ensure(writer, &audience(plan.tenant_id, [round.agreement_id])).await?,
        plan_id: plan.id,
        round_id: round.id,
        step,
        taken_by,
        taken_at: writer.now(),
    };
    writer.insert::<plan_snapshot::ActiveModel>(full(snapshot.clone())).await?;
    let rows = rows_of(session, plan).await?;
    session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await?;
    let mut kept: Vec<plan_snapshot_entry::ActiveModel> = Vec::new();
    for row in rows {
        let place = match row.learning_place_id {
            Some(id) => session.get::<learning_place::Entity>(id).await?.map(|it| it.name.clone()),
            None => None,
        };
        kept.push(full(plan_snapshot_entry::Model {
            id: new_id(),
            tenant_id: row.tenant_id,
            scope_id: row.scope_id,
            snapshot_id: snapshot.id,
            entry_id: row.id,
            title: row.title.clone(),
            kind: row.kind,
            status: row.status,
            all_day: row.all_day,
            starts_local: row.starts_local,
            ends_local: row.ends_local,
            time_zone: row.time_zone.clone(),
            recurrence_rule: row.recurrence_rule.clone(),
            field_of_work_id: row.field_of_work_id,
            place: place.or_else(|| row.location.clone()),
            organiser: row.organiser.clone(),
            audiences: row.audiences.clone(),
            details: Some(EntryContent::of_row(&row).without(&COLUMNS)),
        }));
    }
    for chunk in kept.chunks(CHUNK) {
        writer.insert_all(chunk.to_vec()).await?;
    }
    Ok(())
}

/// Fields that have a column of their own in a snapshot.
const COLUMNS: [EntryField; 11] = [
    EntryField::Title,
    EntryField::Kind,
    EntryField::Status,
    EntryField::AllDay,
    EntryField::Start,
    EntryField::End,
    EntryField::TimeZone,
    EntryField::RecurrenceRule,
    EntryField::FieldOfWork,
    EntryField::Organiser,
    EntryField::Audiences,
];

/// Content of an entry in a snapshot. Snapshots without details have only the columns.
fn content_of(row: plan_snapshot_entry::Model) -> EntryContent {
    let columns = json!([
        row.title,
        row.kind,
        row.status,
        row.all_day,
        row.starts_local,
        row.ends_local,
        row.time_zone,
        row.recurrence_rule,
        row.field_of_work_id,
        row.organiser,
        row.audiences,
    ]);
    let columns = columns.as_array().cloned().unwrap_or_default();
    EntryContent::kept(COLUMNS.into_iter().zip(columns), row.details.as_ref())
}

/// Entry of a snapshot. Its content is what the viewer sees of the entry now and could see then.
#[derive(Debug)]
pub struct SnapshotEntry {
    /// Local start.
    pub starts_local: NaiveDateTime,
    /// Content at the time of the snapshot.
    pub content: EntryContent,
    /// Present state of the entry.
    pub now: EntryView,
}

/// Entries of a snapshot, without those that the viewer could not see then or does not see now. Two statements.
///
/// # Errors
/// The database fails.
pub async fn snapshot_entries(session: &Session, snapshot: Uuid) -> ApiResult<Vec<SnapshotEntry>> {
    let select =
        session.select::<plan_snapshot_entry::Entity>().filter(plan_snapshot_entry::Column::SnapshotId.eq(snapshot));
    let rows = session.all(select.order_by_asc(plan_snapshot_entry::Column::Id)).await?;
    session.load::<calendar_entry::Entity>(rows.iter().map(|it| it.entry_id)).await?;
    let mut entries = Vec::new();
    for row in rows {
        let now = session.get::<calendar_entry::Entity>(row.entry_id).await?;
        let Some(now) = now.and_then(|it| EntryView::of(session, it)) else { continue };
        let (starts_local, scope) = (row.starts_local, row.scope_id);
        if let Some(content) = content_of(row).shown_in(session, scope, &now) {
            entries.push(SnapshotEntry { starts_local, content, now });
        }
    }
    Ok(entries)
}
