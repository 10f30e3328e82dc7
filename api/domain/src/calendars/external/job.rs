//! The fetches themselves. Nobody asks for them, so they are authorised anew each time: the server acts for the owner of
//! the calendar, as far as that still has it.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use entities::{FetchOutcome, calendar, external_calendar};
use icalendar::read::ReadCalendar;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Locale;
use kernel::ids::new_id;
use policy::Actor;
use sea_orm::{ColumnTrait, Condition, Set};
use store::Store;
use uuid::Uuid;

use crate::calendars::external::fetch::{Failed, Fetched, Fetcher, Tags};
use crate::calendars::external::service::{find_for, note};
use crate::calendars::external::warnings::FetchWarnings;
use crate::calendars::import;
use crate::calendars::import::plan::MissingEntries;
use crate::calendars::series::EditContext;
use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::rights::Operation;

/// The most fetches of one look.
const MAX: i32 = 20;
/// After this time a fetch that did not come to its end is done again by anybody, in minutes.
const CLAIMED: i64 = 5;
/// The longest time between two fetches that fail, in minutes.
const LONGEST_WAIT: i64 = 24 * 60;

/// Fetches what is due; how many there were. A failure of one does not keep the others.
///
/// # Errors
/// The database cannot be reached.
pub async fn fetch_due(store: &Store, clock: &Clock, fetcher: &Fetcher) -> ApiResult<usize> {
    let due = store.external_due(clock.now(), MAX).await?;
    let mut fetched = 0;
    for (id, tenant) in due {
        let op =
            Op::new(store.clone(), clock.clone(), Actor::Service { tenant }, format!("fetch-{}", new_id()), Locale::En);
        match fetch_one(&op, id, fetcher).await {
            Ok(done) => fetched += usize::from(done),
            Err(error) => {
                let (fault, request_id) = (crate::operator::render(&error), &op.request_id);
                tracing::error!(request_id, fault, "an external calendar could not be taken over");
            }
        }
    }
    Ok(fetched)
}

async fn fetch_one(op: &Op, id: Uuid, fetcher: &Fetcher) -> ApiResult<bool> {
    let Some((row, calendar)) = claim_due(op, id).await? else { return Ok(false) };
    let known = Tags { etag: row.etag.clone(), last_modified: row.last_modified.clone() };
    let outcome = if calendar.archived_at.is_some() {
        Err(Failed(FetchOutcome::CalendarArchived, None))
    } else {
        fetcher.fetch(&row.url, &known).await
    };
    match outcome {
        Ok(Fetched::Unchanged) => {
            keep(op, after(&row, Ok(FetchOutcome::Unchanged), op.clock.now())).await?;
        }
        Ok(Fetched::File { bytes, charset, tags }) => {
            match import::readable(&bytes, charset.as_deref(), calendar.time_zone.parse().unwrap_or(Tz::UTC)) {
                Ok(file) => take_over(op, &row, file, tags).await?,
                Err(_reason) => {
                    let failed = Failed(FetchOutcome::NotACalendar, None);
                    keep(op, after(&row, Err(failed), op.clock.now())).await?;
                }
            }
        }
        Err(failed) => keep(op, after(&row, Err(failed), op.clock.now())).await?,
    }
    Ok(true)
}

/// Moves the next fetch, so that nobody else fetches at the same time; none where somebody was faster, or it is gone.
async fn claim_due(op: &Op, id: Uuid) -> ApiResult<Option<(external_calendar::Model, calendar::Model)>> {
    let session = op.store.write(&op.actor, op.clock.now(), op.stats.clone()).await?;
    let (grant, calendar, row) = match find_for(&session, id, Operation::Refresh).await {
        Ok(it) => it,
        Err(ApiError::Problems(_)) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    if row.next_fetch_at > session.now() {
        return Ok(None);
    }
    let writer = session.writer(&grant).await?;
    let values = external_calendar::ActiveModel {
        next_fetch_at: Set(session.now() + TimeDelta::minutes(CLAIMED)),
        ..Default::default()
    };
    let here = Condition::all()
        .add(external_calendar::Column::Id.eq(id))
        .add(external_calendar::Column::NextFetchAt.eq(row.next_fetch_at));
    let claimed = writer.change::<external_calendar::Entity, _>(here, values).await? > 0;
    session.commit().await?;
    Ok(claimed.then_some((row, calendar)))
}

/// The row after a fetch.
fn after(
    row: &external_calendar::Model,
    outcome: Result<FetchOutcome, Failed>,
    now: DateTime<Utc>,
) -> external_calendar::Model {
    let mut row = row.clone();
    row.fetched_at = Some(now);
    let pace = i64::from(row.refresh_minutes);
    let wait = match outcome {
        Ok(outcome) => {
            (row.outcome, row.detail, row.failures) = (Some(outcome), None, 0);
            pace
        }
        Err(Failed(outcome, detail)) => {
            row.failures = row.failures.saturating_add(1);
            (row.outcome, row.detail) = (Some(outcome), detail);
            let doubled = pace.saturating_mul(1 << row.failures.clamp(1, 12));
            doubled.min(LONGEST_WAIT).max(pace)
        }
    };
    row.next_fetch_at = now + TimeDelta::minutes(wait);
    row
}

/// Writes what came of a fetch that changed nothing.
async fn keep(op: &Op, row: external_calendar::Model) -> ApiResult<()> {
    let session = op.store.write(&op.actor, op.clock.now(), op.stats.clone()).await?;
    let grant = match find_for(&session, row.id, Operation::Refresh).await {
        Ok((grant, ..)) => grant,
        Err(ApiError::Problems(_)) => return Ok(()),
        Err(fault) => return Err(fault),
    };
    let writer = session.writer(&grant).await?;
    note(&writer, row).await?;
    session.commit().await
}

/// Imports the file as the whole calendar, together with the outcome.
async fn take_over(op: &Op, row: &external_calendar::Model, file: ReadCalendar, tags: Tags) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "externalCalendarFetch").await?;
    let session = mutation.session();
    let (grant, calendar) = match find_for(session, row.id, Operation::Refresh).await {
        // Meanwhile it was ended, or given another address.
        Ok((_, _, now)) if now.url != row.url => return Ok(()),
        Err(ApiError::Problems(_)) => return Ok(()),
        Ok((grant, calendar, _)) => (grant, calendar),
        Err(fault) => return Err(fault),
    };
    let writer = session.writer(&grant).await?;
    writer.lock_named(calendar.id).await?;
    let place = EditContext { session, writer: &writer, mutation: &mutation, calendar: &calendar };
    let (report, recorded) = import::apply(&place, file, MissingEntries::IsCancelled).await?;
    let outcome = if recorded.is_some() { FetchOutcome::Changed } else { FetchOutcome::Unchanged };
    let mut row = after(row, Ok(outcome), op.clock.now());
    (row.etag, row.last_modified) = (tags.etag, tags.last_modified);
    row.warnings = FetchWarnings::of_report(&report).stored();
    match recorded {
        Some(recorded) => {
            note(&writer, row).await?;
            mutation.commit(recorded).await
        }
        None => {
            drop(mutation);
            keep(op, row).await
        }
    }
}
