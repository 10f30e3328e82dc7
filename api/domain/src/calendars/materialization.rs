//! Series without an end: their dates are computed further as time goes by, before windows can reach beyond them.

use std::collections::BTreeMap;

use calendar_time::recurrence::{KNOWN_MONTHS, RecurrenceSet, materialized_until};
use calendar_time::time::EntryTime;
use chrono::{DateTime, Months, Utc};
use entities::{calendar, calendar_entry};
use kernel::clock::Clock;
use kernel::error::ApiResult;
use kernel::i18n::Locale;
use kernel::ids::new_id;
use policy::{Action, Actor};
use sea_orm::{ColumnTrait, Condition, Set};
use store::Store;
use uuid::Uuid;

use crate::calendars::series::{insert_dates, rows_of};
use crate::context::op::Op;
use crate::rights::Resource as _;

/// The most series of one look.
const MAX: i32 = 200;
/// Series are computed further when their dates are known less far than at first by so many months.
const LESS_MONTHS: u32 = 12;

/// Computes series further whose dates are not known far enough; how many. Versions stay: nothing that people said
/// changes.
///
/// # Errors
/// The database fails.
pub async fn extend_due(store: &Store, clock: &Clock) -> ApiResult<usize> {
    let now = clock.now();
    let until = now.checked_add_months(Months::new(KNOWN_MONTHS - LESS_MONTHS)).unwrap_or(now);
    let mut due: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (id, tenant) in store.series_due(until, MAX).await? {
        due.entry(tenant).or_default().push(id);
    }
    let mut extended = 0;
    for (tenant, ids) in due {
        let actor = Actor::Service { tenant };
        let op = Op::new(store.clone(), clock.clone(), actor, format!("horizon-{}", new_id()), Locale::En);
        extended += extend(&op, &ids).await?;
    }
    Ok(extended)
}

async fn extend(op: &Op, ids: &[Uuid]) -> ApiResult<usize> {
    let session = op.store.write(&op.actor, op.clock.now(), op.stats.clone()).await?;
    session.load::<calendar_entry::Entity>(ids.iter().copied()).await?;
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(session.get::<calendar_entry::Entity>(*id).await?);
    }
    session.load::<calendar::Entity>(rows.iter().map(|it| it.calendar_id)).await?;
    let mut extended = 0;
    let mut dates = Vec::new();
    let mut grant = None;
    for row in &rows {
        let Some(calendar) = session.get::<calendar::Entity>(row.calendar_id).await? else { continue };
        // Each is authorised; all are of one owner, so one grant is as good as another.
        grant = Some(session.authorize(Action::Write, &calendar::Entity::object(&calendar), "id")?);
    }
    let Some(grant) = grant else { return Ok(0) };
    let writer = session.writer(&grant).await?;
    for row in &rows {
        let Some(known) = row.expanded_until else { continue };
        let further = materialized_until(row.starts_at, session.now());
        let values = calendar_entry::ActiveModel { expanded_until: Set(Some(further)), ..Default::default() };
        let here = Condition::all()
            .add(calendar_entry::Column::Id.eq(row.id))
            .add(calendar_entry::Column::ExpandedUntil.eq(known));
        if writer.change::<calendar_entry::Entity, _>(here, values).await? > 0 {
            dates.extend(rows_of(row, between(row, known, further)));
            extended += 1;
        }
    }
    insert_dates(&writer, dates).await?;
    session.commit().await?;
    Ok(extended)
}

/// The dates of a series that become known.
fn between(
    row: &calendar_entry::Model,
    known: DateTime<Utc>,
    further: DateTime<Utc>,
) -> impl Iterator<Item = chrono::NaiveDateTime> {
    let time = EntryTime::of(row);
    let local = |at: DateTime<Utc>| at.with_timezone(&time.zone).naive_local();
    let dates = RecurrenceSet::of(row).dates(time.starts_local, local(further));
    let known = local(known);
    dates.into_iter().filter(move |it| *it > known)
}
