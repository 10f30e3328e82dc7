//! Mutation that imports a file, and its payload.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::calendars::import::{ImportAction, ImportProblem, ImportReport, ImportedEvent, MAX_LISTED, import};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::payload::UserError;
use crate::scalars::LocalDateTime;

/// Action of an import on an event: done, or in a dry run foreseen.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "ImportAction", remote = "domain::calendars::import::ImportAction")]
pub enum CalendarImportAction {
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

/// Import of an iCalendar file into a calendar.
#[derive(InputObject)]
pub struct CalendarImportInput {
    /// Calendar that receives the entries.
    calendar: ID,
    /// File in iCalendar format (RFC 5545), as text. The limit of the request body applies, 256 KiB by default; the
    /// command line accepts files up to 10 MiB.
    ics: String,
    /// True to report what the import would do, without writing anything.
    #[graphql(default)]
    dry_run: bool,
}

/// Problem of an imported calendar file.
pub struct CalendarImportProblem(pub ImportProblem);

/// Problem of an imported calendar file.
#[Object]
impl CalendarImportProblem {
    /// Line of the file, counted from 1.
    async fn line(&self) -> i32 {
        i32::try_from(self.0.line).unwrap_or(i32::MAX)
    }

    /// iCalendar component, such as `VEVENT`.
    async fn component(&self) -> &str {
        &self.0.component
    }

    /// UID of the event; null if unknown.
    async fn uid(&self) -> Option<&str> {
        self.0.uid.as_deref()
    }

    /// Code of the problem, for programs, such as `ZONE_UNKNOWN`.
    async fn code(&self) -> String {
        self.0.code()
    }

    /// Explanation, in German or English by `Accept-Language`.
    async fn message(&self, ctx: &Context<'_>) -> ApiResult<String> {
        Ok(self.0.reason.render(ctx.op()?.locale))
    }

    /// True if the event was left out because of the problem; false if the event was imported with the assumption
    /// stated in `message`.
    async fn fatal(&self) -> bool {
        self.0.fatal
    }
}

/// Event of an imported calendar file, with the action taken.
pub struct CalendarImportEvent(ImportedEvent);

/// Event of an imported calendar file, with the action taken.
#[Object]
impl CalendarImportEvent {
    /// Line of the file at which the event begins; null if the file does not contain the event.
    async fn line(&self) -> Option<i32> {
        self.0.line.map(|it| i32::try_from(it).unwrap_or(i32::MAX))
    }

    /// UID of the event.
    async fn uid(&self) -> &str {
        &self.0.uid
    }

    /// Local start given by the series to the occurrence that the event replaces (RECURRENCE-ID); null for single
    /// events and series.
    async fn occurrence(&self) -> Option<LocalDateTime> {
        self.0.occurrence.map(LocalDateTime)
    }

    /// Title of the event, cut after 200 characters.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Action taken; in a dry run, action that the import would take.
    async fn action(&self) -> CalendarImportAction {
        self.0.action.into()
    }

    /// Global id of the entry; null if the event was rejected and has no entry. In a dry run the id of a new entry is
    /// without meaning.
    async fn entry_id(&self) -> Option<ID> {
        self.0.entry.map(|it| NodeType::CalendarEntry.id(it)).map(Into::into)
    }
}

/// Result of an import. In a dry run, counts and actions state what the import would do.
pub struct CalendarImportReport(ImportReport);

/// Result of an import. In a dry run, counts and actions state what the import would do.
#[Object]
impl CalendarImportReport {
    /// Name of the calendar according to the file; null if the file has none.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// True if the import was a dry run and wrote nothing.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// Number of new entries.
    async fn created(&self) -> i32 {
        self.count(ImportAction::Create)
    }

    /// Number of changed entries.
    async fn changed(&self) -> i32 {
        self.count(ImportAction::Change)
    }

    /// Number of entries that were up to date.
    async fn unchanged(&self) -> i32 {
        self.count(ImportAction::Unchanged)
    }

    /// Number of events ignored because they are older than the stored entry, by SEQUENCE or LAST-MODIFIED.
    async fn outdated(&self) -> i32 {
        self.count(ImportAction::Outdated)
    }

    /// Number of events left out; `problems` states the reasons.
    async fn rejected(&self) -> i32 {
        self.count(ImportAction::Reject)
    }

    /// Problems in the order of the file, at most 1,000.
    #[graphql(complexity = "LISTED * child_complexity")]
    async fn problems(&self) -> Vec<CalendarImportProblem> {
        self.0.problems.iter().take(MAX_LISTED).cloned().map(CalendarImportProblem).collect()
    }

    /// Readable events in the order of the file, at most 1,000.
    #[graphql(complexity = "LISTED * child_complexity")]
    async fn events(&self) -> Vec<CalendarImportEvent> {
        self.0.done.iter().take(MAX_LISTED).cloned().map(CalendarImportEvent).collect()
    }
}

/// Rows of a list by which its cost is counted.
const LISTED: usize = 100;

impl CalendarImportReport {
    fn count(&self, action: ImportAction) -> i32 {
        i32::try_from(self.0.count(action)).unwrap_or(i32::MAX)
    }
}

/// Payload of `calendarImport`.
#[derive(SimpleObject)]
pub struct CalendarImportPayload {
    /// Calendar that received the entries; null after a refusal.
    calendar: Option<Calendar>,
    /// Result of the import; null after a refusal.
    report: Option<CalendarImportReport>,
    /// Reasons for the refusal; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports an iCalendar file into a calendar. Events are matched by UID and RECURRENCE-ID: a second import of the
    /// same file, or an import of the calendar's own export, changes nothing. Unreadable events are left out and
    /// reported; all others are stored. `CONFLICT` for archived, external and project calendars. Requires
    /// `CALENDARS_WRITE` in the owning authority.
    async fn calendar_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "File and calendar.")] input: CalendarImportInput,
    ) -> ApiResult<CalendarImportPayload> {
        let op = ctx.op()?;
        let work = async {
            let id = NodeType::Calendar.parse(&input.calendar, "calendar")?;
            import(op, id, input.ics.as_bytes(), input.dry_run).await.map(|report| (id, report))
        };
        match work.await {
            Ok((id, report)) => Ok(CalendarImportPayload {
                calendar: Calendar::by_id(&*op.session().await?, id).await?,
                report: Some(CalendarImportReport(report)),
                user_errors: Vec::new(),
            }),
            Err(error) => {
                Ok(CalendarImportPayload { calendar: None, report: None, user_errors: UserError::sort(error, op)? })
            }
        }
    }
}
