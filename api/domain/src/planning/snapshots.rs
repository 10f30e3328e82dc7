//! Snapshots: how a plan stood when its owner took a step.

use std::sync::Arc;

use calendar_time::time::MAX_DAYS;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use entities::{
    PlanStep, ShareLevel, annual_plan, annual_plan_calendar, calendar_entry, coordination_round, learning_place,
    plan_snapshot, plan_snapshot_entry,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use store::scopes::ensure;
use store::{Session, Writer, full};
use uuid::Uuid;

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

/// The same, read.
pub async fn entries(session: &Session, plan: &annual_plan::Model) -> ApiResult<Vec<calendar_entry::Model>> {
    let rows = session.all(entries_of(session, plan)).await?;
    if rows.len() as u64 > MOST {
        let text = Text::new("plan-too-large").with("max", MOST);
        return Err(Problem::at(UserErrorCode::LimitReached, "id", text).into());
    }
    Ok(rows)
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
    let rows = entries(session, plan).await?;
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
            title: row.title,
            kind: row.kind,
            status: row.status,
            all_day: row.all_day,
            starts_local: row.starts_local,
            ends_local: row.ends_local,
            time_zone: row.time_zone,
            recurrence_rule: row.recurrence_rule,
            field_of_work_id: row.field_of_work_id,
            place: place.or(row.location),
            organiser: row.organiser,
            audiences: row.audiences,
        }));
    }
    for chunk in kept.chunks(CHUNK) {
        writer.insert_all(chunk.to_vec()).await?;
    }
    Ok(())
}

/// An entry of a snapshot with how much of it the viewer sees: what it sees now, and could see then.
pub struct Kept {
    /// The entry as it was.
    pub row: plan_snapshot_entry::Model,
    /// How much of it the viewer sees.
    pub level: ShareLevel,
    /// How it is now.
    pub now: Arc<calendar_entry::Model>,
}

/// The entries of a snapshot. Two statements.
pub async fn kept(session: &Session, snapshot: Uuid) -> ApiResult<Vec<Kept>> {
    let select =
        session.select::<plan_snapshot_entry::Entity>().filter(plan_snapshot_entry::Column::SnapshotId.eq(snapshot));
    let rows = session.all(select.order_by_asc(plan_snapshot_entry::Column::Id)).await?;
    session.load::<calendar_entry::Entity>(rows.iter().map(|it| it.entry_id)).await?;
    let mut kept = Vec::new();
    for row in rows {
        let Some(now) = session.get::<calendar_entry::Entity>(row.entry_id).await? else { continue };
        let level = |scope| session.access().sight(scope).map(|it| it.level);
        if let (Some(then), Some(today)) = (level(row.scope_id), level(now.scope_id)) {
            kept.push(Kept { row, level: then.min(today), now });
        }
    }
    Ok(kept)
}
