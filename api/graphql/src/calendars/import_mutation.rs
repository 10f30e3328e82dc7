//! The mutation that imports a file, and what it answers.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use domain::calendars::import::{Done, Found, ImportAction, MOST_LISTED, Report, import};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::payload::UserError;
use crate::scalars::LocalDateTime;

/// What was, or would be, done with an event.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "ImportAction", remote = "domain::calendars::import::ImportAction")]
pub enum CalendarImportAction {
    /// A new entry.
    Create,
    /// The entry says something else now.
    Change,
    /// The entry says so already.
    Unchanged,
    /// What is stored is newer.
    Outdated,
    /// The entry is called off: its calendar does not have it any more.
    Cancel,
    /// It cannot be stored; a problem says why.
    Reject,
}

/// A calendar file to import.
#[derive(InputObject)]
pub struct CalendarImportInput {
    /// The calendar that it goes into.
    calendar: ID,
    /// The file (iCalendar, RFC 5545) as text. With the whole request at most 256 KiB; the command line takes up to 10 MiB.
    ics: String,
    /// Only tells what would be done.
    #[graphql(default)]
    dry_run: bool,
}

/// Something wrong with a calendar file.
pub struct CalendarImportProblem(Found);

/// Something wrong with a calendar file.
#[Object]
impl CalendarImportProblem {
    /// Line of the file, counted from 1.
    async fn line(&self) -> i32 {
        i32::try_from(self.0.line).unwrap_or(i32::MAX)
    }

    /// Component, for example `VEVENT`.
    async fn component(&self) -> &str {
        &self.0.component
    }

    /// UID of the event, where it is known.
    async fn uid(&self) -> Option<&str> {
        self.0.uid.as_deref()
    }

    /// What is wrong, in German or English by `Accept-Language`.
    async fn reason(&self, ctx: &Context<'_>) -> ApiResult<String> {
        Ok(self.0.reason.say(ctx.op()?.locale))
    }

    /// True: an event was left out because of it. False: it was taken, and this was assumed for it.
    async fn fatal(&self) -> bool {
        self.0.fatal
    }
}

/// One event of a calendar file, and what was done with it.
pub struct CalendarImportEvent(Done);

/// One event of a calendar file, and what was done with it.
#[Object]
impl CalendarImportEvent {
    /// Line at which it begins; null where the file does not have it any more.
    async fn line(&self) -> Option<i32> {
        self.0.line.map(|it| i32::try_from(it).unwrap_or(i32::MAX))
    }

    /// Its UID.
    async fn uid(&self) -> &str {
        &self.0.uid
    }

    /// Which date of the series it stands for, by the start that the series gives it.
    async fn occurrence(&self) -> Option<LocalDateTime> {
        self.0.occurrence.map(LocalDateTime)
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What was done, or would be.
    async fn action(&self) -> CalendarImportAction {
        self.0.action.into()
    }

    /// The entry; null where nothing was stored. In a dry run, that of a new entry says nothing.
    async fn entry_id(&self) -> Option<ID> {
        self.0.entry.map(|it| NodeType::CalendarEntry.id(it)).map(Into::into)
    }
}

/// What came of an import.
pub struct CalendarImportReport(Report);

/// What came of an import.
#[Object]
impl CalendarImportReport {
    /// What the file calls itself.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Whether nothing was written on purpose.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// New entries.
    async fn created(&self) -> i32 {
        self.count(ImportAction::Create)
    }

    /// Entries that say something else now.
    async fn changed(&self) -> i32 {
        self.count(ImportAction::Change)
    }

    /// Entries that said so already.
    async fn unchanged(&self) -> i32 {
        self.count(ImportAction::Unchanged)
    }

    /// Events that are older than what is stored (SEQUENCE, LAST-MODIFIED); nothing was done with them.
    async fn outdated(&self) -> i32 {
        self.count(ImportAction::Outdated)
    }

    /// Events that were left out; `problems` says why.
    async fn rejected(&self) -> i32 {
        self.count(ImportAction::Reject)
    }

    /// What is wrong with the file, in its order; at most 1,000.
    #[graphql(complexity = "LISTED * child_complexity")]
    async fn problems(&self) -> Vec<CalendarImportProblem> {
        self.0.problems.iter().take(MOST_LISTED).cloned().map(CalendarImportProblem).collect()
    }

    /// Events that could be read, in the order of the file; at most 1,000.
    #[graphql(complexity = "LISTED * child_complexity")]
    async fn events(&self) -> Vec<CalendarImportEvent> {
        self.0.done.iter().take(MOST_LISTED).cloned().map(CalendarImportEvent).collect()
    }
}

/// Rows of a list by which its cost is counted.
const LISTED: usize = 100;

impl CalendarImportReport {
    fn count(&self, action: ImportAction) -> i32 {
        i32::try_from(self.0.count(action)).unwrap_or(i32::MAX)
    }
}

/// Outcome of an import.
#[derive(SimpleObject)]
pub struct CalendarImportPayload {
    /// The calendar.
    calendar: Option<Calendar>,
    /// What was done with the file.
    report: Option<CalendarImportReport>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Imports a calendar file. Events are recognised by UID (and RECURRENCE-ID), so that importing twice changes nothing
    /// the second time; nor does an own export. What cannot be read is told and left out, the rest is stored. Takes
    /// `CALENDARS_WRITE` in the owner.
    async fn calendar_import(&self, ctx: &Context<'_>, input: CalendarImportInput) -> ApiResult<CalendarImportPayload> {
        let op = ctx.op()?;
        let done = match NodeType::Calendar.parse(&input.calendar, "calendar") {
            Ok(id) => import(op, id, input.ics.as_bytes(), input.dry_run).await.map(|report| (id, report)),
            Err(error) => Err(error),
        };
        match done {
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
