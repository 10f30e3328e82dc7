//! Imports of calendar files: events become entries of a calendar.
//!
//! `calendarImport` (a file within the limit of the request body) and `verbund import calendar` (up to 10 MiB) parse a
//! file, plan against the entries of its UIDs and write in one transaction: one audit row, one event per entry. A
//! fingerprint of what the file stated is kept with each entry.
//!
//! Decisions:
//! - An event is the entry with its UID in this calendar; an entry made here has its own id for a UID. A changed date
//!   of a series is found by UID and RECURRENCE-ID.
//! - An event that is the same in the file as at the last import changes nothing, also where the entry was changed
//!   here in between; nor does an event equal to the exported entry: importing twice, or importing an own export,
//!   changes nothing.
//! - An event older than the stored one (lower SEQUENCE, then earlier LAST-MODIFIED) is skipped.
//! - TRANSPARENT becomes an idea, which takes no time; CANCELLED stays cancelled; PRIVATE and CONFIDENTIAL become
//!   internal, everything else is as wide as its calendar.
//! - An event that cannot be stored is reported with line, UID and reason; all others are stored.

pub mod content;
pub mod plan;
pub mod state;
pub mod write;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use entities::calendar;
use icalendar::read::{ReadCalendar, read};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::{Locale, Text};
use policy::Actor;
use serde_json::json;
use uuid::Uuid;

use crate::calendars::import::plan::MissingEntries;
use crate::calendars::series::EditContext;
use crate::context::op::Op;
use crate::context::unit_of_work::{AuditReceipt, UnitOfWork};
use crate::rights::{self, Operation};

/// The most problems and the most events that a report lists; counts are always whole.
pub const MAX_LISTED: usize = 1_000;

/// Action taken on an event of an imported calendar file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportAction {
    /// Entry created.
    Create,
    /// Entry changed.
    Change,
    /// Nothing to do: the entry is up to date.
    Unchanged,
    /// Event ignored: the stored entry is newer.
    Outdated,
    /// Entry cancelled because an external calendar no longer contains the event. Does not occur in `calendarImport`.
    Cancel,
    /// Event left out; a problem states the reason.
    Reject,
}

/// One event and what was done with it.
#[derive(Clone, Debug)]
pub struct ImportedEvent {
    /// Where it begins in the file; none = it is not in it.
    pub line: Option<usize>,
    /// Its UID.
    pub uid: String,
    /// Which date of the series it stands for.
    pub occurrence: Option<NaiveDateTime>,
    /// Its title.
    pub title: String,
    /// What was done.
    pub action: ImportAction,
    /// The entry.
    pub entry: Option<Uuid>,
}

/// Something wrong with the file.
#[derive(Clone, Debug)]
pub struct ImportProblem {
    /// Where.
    pub line: usize,
    /// In which component.
    pub component: String,
    /// UID of the event.
    pub uid: Option<String>,
    /// What.
    pub reason: Text,
    /// Whether an event was left out because of it.
    pub fatal: bool,
}

impl ImportProblem {
    /// The code of the problem, for programs: `ZONE_UNKNOWN`.
    pub fn code(&self) -> String {
        let key = self.reason.key();
        key.strip_prefix("ics-").unwrap_or(key).to_ascii_uppercase().replace('-', "_")
    }
}

/// What came of an import.
#[derive(Clone, Debug, Default)]
pub struct ImportReport {
    /// What the file calls itself.
    pub name: Option<String>,
    /// Whether nothing was written on purpose.
    pub dry_run: bool,
    /// What was done, in the order of the file; events that the reader left out are only among the problems.
    pub done: Vec<ImportedEvent>,
    /// What is wrong, in the order of the file; not all of it where there is too much.
    pub problems: Vec<ImportProblem>,
    /// Events that were left out.
    pub rejected: usize,
}

impl ImportReport {
    /// How many events had this done.
    pub fn count(&self, action: ImportAction) -> usize {
        if action == ImportAction::Reject {
            return self.rejected;
        }
        self.done.iter().filter(|it| it.action == action).count()
    }

    /// Whether anything was, or would be, written.
    pub fn changes(&self) -> bool {
        let writes = |it: &ImportedEvent| {
            matches!(it.action, ImportAction::Create | ImportAction::Change | ImportAction::Cancel)
        };
        self.done.iter().any(writes)
    }

    /// The counts, for the audit trail.
    pub(super) fn audit_snapshot(&self) -> serde_json::Value {
        let count = |action| self.count(action);
        json!({
            "created": count(ImportAction::Create), "changed": count(ImportAction::Change),
            "unchanged": count(ImportAction::Unchanged), "outdated": count(ImportAction::Outdated),
            "cancelled": count(ImportAction::Cancel), "rejected": count(ImportAction::Reject),
        })
    }

    /// The whole in lines, for the terminal.
    pub fn render(&self, locale: Locale) -> String {
        let mut text = self.audit_snapshot().to_string();
        for it in &self.problems {
            let problem = Text::new("ics-problem").with("line", it.line).with("component", &it.component);
            text.push('\n');
            text.push_str(&problem.with("reason", it.reason.render(locale)).render(locale));
        }
        text
    }
}

/// Takes a file apart; why the whole of it cannot be read. `charset` is what its answer says about its letters.
pub(super) fn readable(bytes: &[u8], charset: Option<&str>, zone: Tz) -> Result<ReadCalendar, Text> {
    let read = read(bytes, charset, zone);
    match read.problems.first() {
        Some(problem) if problem.is_of_all() => Err(problem.reason.text()),
        _ => Ok(read),
    }
}

/// Imports a file into a calendar, or tells what that would do.
///
/// # Errors
/// The calendar cannot be written to; the whole file cannot be read.
pub async fn import(op: &Op, calendar: Uuid, bytes: &[u8], dry_run: bool) -> ApiResult<ImportReport> {
    let mutation = UnitOfWork::begin(op, "calendarImport").await?;
    let session = mutation.session();
    let (grant, calendar) =
        rights::find_for::<calendar::Entity>(session, calendar, Operation::CreateEntries, "calendar").await?;
    let read = readable(bytes, None, calendar.time_zone.parse().unwrap_or(Tz::UTC))
        .map_err(|reason| Problem::at(UserErrorCode::Invalid, "ics", reason))?;
    let writer = session.writer(&grant).await?;
    writer.lock_named(calendar.id).await?;
    let place = EditContext { session, writer: &writer, mutation: &mutation, calendar: &calendar };
    let plan = plan::plan(&place, read, MissingEntries::Stays).await?;
    let report = ImportReport { dry_run, ..plan.report() };
    if !dry_run && report.changes() {
        let recorded = write::write(&place, plan, &report).await?;
        mutation.commit(recorded).await?;
    }
    Ok(report)
}

/// Does all that a file says to a calendar, within a change that is under way: what came of it, and the receipt where
/// anything was written.
pub(super) async fn apply(
    context: &EditContext<'_>,
    file: ReadCalendar,
    missing: MissingEntries,
) -> ApiResult<(ImportReport, Option<AuditReceipt>)> {
    let plan = plan::plan(context, file, missing).await?;
    let report = plan.report();
    let written = if report.changes() { Some(write::write(context, plan, &report).await?) } else { None };
    Ok((report, written))
}

/// Imports a file as the operator, for the owner of the calendar.
///
/// # Errors
/// The calendar is unknown or cannot be written to; the whole file cannot be read.
pub async fn import_as_operator(op: &Op, calendar: Uuid, bytes: &[u8], dry_run: bool) -> ApiResult<ImportReport> {
    let Some(tenant) = op.store.owner_of_calendar(calendar).await? else {
        return Err(Problem::not_found("calendar").into());
    };
    let actor = Actor::Service { tenant };
    let op = Op::new(op.store.clone(), op.clock.clone(), actor, op.request_id.clone(), op.locale);
    import(&op, calendar, bytes, dry_run).await
}
