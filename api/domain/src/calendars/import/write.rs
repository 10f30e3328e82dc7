//! Writing what was decided: series before their changed dates, new rows and dates many at a time.

use std::collections::HashMap;

use entities::{Confidentiality, EntryStatus, calendar_entry, calendar_occurrence};
use kernel::error::ApiResult;
use sea_orm::Set;
use store::full;
use uuid::Uuid;

use crate::calendars::entry_service::scope;
use crate::calendars::import::plan::{ImportStep, Plan};
use crate::calendars::import::{ImportAction, ImportReport};
use crate::calendars::series::{EditContext, insert_dates, rows_of};
use crate::context::audited::{Audited as _, save};
use crate::context::unit_of_work::{AuditReceipt, ChangeRecord};

/// Entries of one insert: a database takes only so many values in a statement.
const CHUNK: usize = 200;
/// Ids of one statement.
const IDS: usize = 1_000;

/// Writes a plan; one audit row, and an event for every entry.
pub(super) async fn write(context: &EditContext<'_>, mut plan: Plan, report: &ImportReport) -> ApiResult<AuditReceipt> {
    let EditContext { session, writer, mutation, calendar } = context;
    let mut scopes: HashMap<(Confidentiality, bool), Uuid> = HashMap::new();
    for row in plan.steps.iter_mut().filter_map(|it| it.row.as_mut()) {
        let audience = (row.confidentiality, row.takes_time());
        row.scope_id = match scopes.get(&audience) {
            Some(scope) => *scope,
            None => *scopes.entry(audience).or_insert(scope(writer, calendar, row).await?),
        };
    }
    for ids in plan.detached.chunks(IDS) {
        let values = calendar_entry::ActiveModel { series_id: Set(None), series_date: Set(None), ..Default::default() };
        writer.change::<calendar_entry::Entity, _>(session.is_one_of(calendar_entry::Column::Id, ids), values).await?;
    }
    let steps: Vec<_> = plan.steps.iter().filter(|it| it.row.is_some()).collect();
    let is_date = |it: &&&ImportStep| it.row.as_ref().is_some_and(|it| it.series_id.is_some());
    for dates in [false, true] {
        let these: Vec<_> = steps.iter().filter(|it| is_date(it) == dates).copied().collect();
        let new: Vec<_> = these.iter().filter(|it| it.before.is_none()).filter_map(|it| it.row.clone()).collect();
        for chunk in new.chunks(CHUNK) {
            let rows: Vec<calendar_entry::ActiveModel> = chunk.iter().cloned().map(full).collect();
            writer.insert_all(rows).await?;
        }
        for step in these {
            if let (Some(row), Some(before)) = (&step.row, &step.before) {
                save::<calendar_entry::Entity>(writer, full(row.clone()), before.version).await?;
            }
        }
    }
    let rewritten: Vec<_> = steps.iter().filter(|it| it.dates.is_some()).collect();
    let gone: Vec<_> = rewritten.iter().filter_map(|it| it.before.as_ref()).map(|it| it.id).collect();
    for ids in gone.chunks(IDS) {
        let of_series = session.is_one_of(calendar_occurrence::Column::EntryId, ids);
        writer.delete::<calendar_occurrence::Entity>(sea_orm::Condition::all().add(of_series)).await?;
    }
    for ids in plan.taken.chunks(IDS) {
        let taken = session.is_one_of(calendar_occurrence::Column::Id, ids);
        writer.delete::<calendar_occurrence::Entity>(sea_orm::Condition::all().add(taken)).await?;
    }
    let mut dates = Vec::new();
    for step in rewritten {
        if let (Some(row), Some(starts)) = (&step.row, &step.dates) {
            dates.extend(rows_of(row, starts.iter().copied()));
        }
    }
    insert_dates(writer, dates).await?;
    let events = steps.iter().filter_map(|it| {
        let topic = match it.done.action {
            ImportAction::Create => "calendar_entry.created",
            ImportAction::Cancel => "calendar_entry.cancelled",
            _ if it.row.as_ref()?.status == EntryStatus::Cancelled => "calendar_entry.cancelled",
            _ => "calendar_entry.updated",
        };
        Some(it.row.as_ref()?.change_record(topic, it.before.as_ref()))
    });
    let after = Some(report.audit_snapshot());
    let whole = ChangeRecord { after, ..calendar.change_record("calendar.imported", None) };
    mutation.record_all(writer, whole, events.collect()).await
}
