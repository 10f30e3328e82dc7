//! What an import does, decided before anything is written.

use std::collections::{BTreeSet, HashMap, HashSet};

use calendar_time::recurrence::{MAX_DATES, RecurrenceSet, materialized_until};
use calendar_time::time::EntryTime;
use chrono::NaiveDateTime;
use entities::{EntryStatus, calendar_entry};
use icalendar::read::{ReadCalendar, ReadEvent, ReadProblem};
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Text;
use kernel::ids::new_id;
use uuid::Uuid;

use crate::calendars::entry_service::{called_off, entry_row};
use crate::calendars::import::content::{digest, new_entry};
use crate::calendars::import::state::{ImportState, uid};
use crate::calendars::import::{ImportAction, ImportProblem, ImportReport, ImportedEvent, MAX_LISTED};
use crate::calendars::series;
use crate::calendars::series::EditContext;

/// The most dates of all series that one import writes.
const MOST_DATES: usize = 20 * MAX_DATES;
/// The longest UID, in bytes: it stands in an index.
const LONGEST_UID: usize = 1_000;

/// What becomes of entries that are not in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingEntries {
    /// Nothing.
    Stays,
    /// What is to come is called off: the file is the whole calendar.
    IsCancelled,
}

/// An event, and the row that is to be written for it.
pub(super) struct ImportStep {
    pub(super) done: ImportedEvent,
    pub(super) row: Option<calendar_entry::Model>,
    pub(super) before: Option<calendar_entry::Model>,
    /// The dates of a series that come in the place of all that were there.
    pub(super) dates: Option<BTreeSet<NaiveDateTime>>,
}

/// Everything that is to be done.
pub(super) struct Plan {
    name: Option<String>,
    problems: Vec<ImportProblem>,
    /// Events that could not be read.
    unread: usize,
    /// Series before their changed dates.
    pub(super) steps: Vec<ImportStep>,
    /// Dates that an unchanged series gives to entries of their own.
    pub(super) taken: Vec<Uuid>,
    /// Changed dates that their series does not have any more.
    pub(super) detached: Vec<Uuid>,
}

impl Plan {
    /// What it comes to.
    pub(super) fn report(&self) -> ImportReport {
        let mut done: Vec<_> = self.steps.iter().map(|it| it.done.clone()).collect();
        done.sort_by_key(|it| it.line.unwrap_or(usize::MAX));
        let rejected = done.iter().filter(|it| it.action == ImportAction::Reject).count() + self.unread;
        ImportReport { name: self.name.clone(), dry_run: false, done, problems: self.problems.clone(), rejected }
    }
}

/// A series of the file or of the store, for its changed dates.
#[derive(Clone)]
struct Series {
    id: Uuid,
    /// Whether it was made here.
    own: bool,
    dates: BTreeSet<NaiveDateTime>,
    /// Its step, where that writes the dates anew.
    rewritten: Option<usize>,
}

struct Planner<'a> {
    context: &'a EditContext<'a>,
    known: ImportState,
    plan: Plan,
    series: HashMap<String, Option<Series>>,
    touched: HashSet<Uuid>,
    dates_left: usize,
}

/// Decides what a file does to a calendar.
pub(super) async fn plan(context: &EditContext<'_>, file: ReadCalendar, missing: MissingEntries) -> ApiResult<Plan> {
    let mut uids: BTreeSet<String> = file.events.iter().map(|it| it.uid.clone()).collect();
    uids.extend(file.events.iter().filter_map(|it| Some(of_one(&it.uid, it.occurrence?))));
    let known = ImportState::load(context, &uids, missing).await?;
    let incomplete = file.problems.iter().any(ReadProblem::hides_events);
    let unreadable: HashSet<_> = file.problems.iter().filter(|it| it.fatal()).filter_map(|it| it.uid.clone()).collect();
    let unread = file.problems.iter().filter(|it| it.fatal()).count();
    let problems = file.problems.into_iter().map(|it| ImportProblem {
        line: it.line,
        fatal: it.fatal(),
        reason: it.reason.text(),
        component: it.component,
        uid: it.uid,
    });
    let plan = Plan {
        name: file.name,
        problems: problems.collect(),
        unread,
        steps: Vec::new(),
        taken: Vec::new(),
        detached: Vec::new(),
    };
    let mut planner =
        Planner { context, known, plan, series: HashMap::new(), touched: HashSet::new(), dates_left: MOST_DATES };
    for event in file.events.iter().filter(|it| it.occurrence.is_none()) {
        let step = planner.entry(event, event.uid.clone())?;
        let series = planner.series_of(step);
        planner.series.insert(event.uid.clone(), series);
    }
    for event in &file.events {
        if let Some(date) = event.occurrence {
            planner.date(event, date)?;
        }
    }
    if missing == MissingEntries::IsCancelled && !incomplete {
        planner.missing(&file.events, &unreadable)?;
    }
    planner.keep_changed_dates();
    planner.plan.problems.sort_by_key(|it| it.line);
    planner.plan.problems.truncate(MAX_LISTED);
    Ok(planner.plan)
}

/// The UID of a date whose series is not there.
fn of_one(uid: &str, date: NaiveDateTime) -> String {
    format!("{uid}#{}", date.format("%Y%m%dT%H%M%S"))
}

impl Planner<'_> {
    /// A single event or a series; its step.
    fn entry(&mut self, event: &ReadEvent, uid: String) -> ApiResult<usize> {
        let known = self.known.by_uid.get(&uid).copied();
        let own = known.is_some_and(|it| self.known.rows[&it].uid.is_none());
        let uid = (!own).then_some(uid);
        self.step(event, known, |row| {
            row.uid = uid;
            if row.series_id.is_some() {
                (row.recurrence_rule, row.extra_dates, row.except_dates) = (None, None, None);
            }
        })
    }

    /// A changed date of a series.
    fn date(&mut self, event: &ReadEvent, date: NaiveDateTime) -> ApiResult<()> {
        let alone = of_one(&event.uid, date);
        let series = match self.series.get(&event.uid) {
            Some(series) => series.clone(),
            None => {
                let row = self.known.by_uid.get(&event.uid).map(|it| &self.known.rows[it]);
                let series = row.and_then(|it| self.stored_series(it));
                self.series.insert(event.uid.clone(), series.clone());
                series
            }
        };
        let Some(series) = series.filter(|it| it.dates.contains(&date)) else {
            self.entry(event, alone)?;
            return Ok(());
        };
        let stored = self.known.dates.get(&(series.id, date)).or_else(|| self.known.by_uid.get(&alone)).copied();
        let step = self.step(event, stored, |row| {
            (row.series_id, row.series_date, row.uid) = (Some(series.id), Some(date), None);
            if series.own {
                row.source_sequence = None;
            }
        })?;
        let was_there = self.known.dates.contains_key(&(series.id, date));
        if self.plan.steps[step].row.is_some() && !was_there && series.rewritten.is_none() {
            self.plan.taken.push(series::named(series.id, date));
        }
        if self.plan.steps[step].row.is_some()
            && let Some(dates) = series.rewritten.and_then(|it| self.plan.steps[it].dates.as_mut())
        {
            dates.remove(&date);
        }
        Ok(())
    }

    /// Decides about one event; `finish` says what it belongs to.
    fn step(
        &mut self,
        event: &ReadEvent,
        known: Option<Uuid>,
        finish: impl FnOnce(&mut calendar_entry::Model),
    ) -> ApiResult<usize> {
        let before = known.map(|it| self.known.rows[&it].clone());
        self.touched.extend(known);
        let digest = digest(event);
        let mut step = ImportStep { done: self.done(event, known), row: None, before: before.clone(), dates: None };
        step.done.action = match &before {
            None => ImportAction::Create,
            Some(row) if self.says(row, &digest) => ImportAction::Unchanged,
            Some(row) if is_older(event, row) => ImportAction::Outdated,
            Some(_) => ImportAction::Change,
        };
        if matches!(step.done.action, ImportAction::Create | ImportAction::Change) {
            match self.row(event, before.as_ref(), digest, finish) {
                Ok((row, dates)) => (step.done.entry, step.row, step.dates) = (Some(row.id), Some(row), dates),
                Err(ApiError::Problems(problems)) => {
                    step.done.action = ImportAction::Reject;
                    for problem in problems {
                        self.note(event, problem.text, true);
                    }
                }
                Err(fault @ ApiError::Fault(_)) => return Err(fault),
            }
        }
        self.plan.steps.push(step);
        Ok(self.plan.steps.len() - 1)
    }

    fn done(&self, event: &ReadEvent, entry: Option<Uuid>) -> ImportedEvent {
        ImportedEvent {
            line: Some(event.line),
            uid: event.uid.clone(),
            occurrence: event.occurrence,
            title: kernel::text::clip(event.texts.title.as_deref().unwrap_or_default(), 200),
            action: ImportAction::Create,
            entry,
        }
    }

    fn note(&mut self, event: &ReadEvent, reason: Text, fatal: bool) {
        let uid = Some(event.uid.clone());
        self.plan.problems.push(ImportProblem { line: event.line, component: "VEVENT".to_owned(), uid, reason, fatal });
    }

    /// Whether an entry says so already, or its file did.
    fn says(&self, row: &calendar_entry::Model, wanted: &str) -> bool {
        row.source_digest.as_deref() == Some(wanted)
            || self.known.stored_events.get(&row.id).is_some_and(|it| digest(it) == wanted)
    }

    /// The row of an event, and its dates where they are new.
    fn row(
        &mut self,
        event: &ReadEvent,
        before: Option<&calendar_entry::Model>,
        digest: String,
        finish: impl FnOnce(&mut calendar_entry::Model),
    ) -> ApiResult<(calendar_entry::Model, Option<BTreeSet<NaiveDateTime>>)> {
        use kernel::error::{Problem, UserErrorCode};
        if event.uid.len() > LONGEST_UID {
            let text = Text::new("import-uid-too-long").with("max", LONGEST_UID);
            return Err(Problem::at(UserErrorCode::TooLong, "UID", text).into());
        }
        let mut notes = Vec::new();
        let known = before.map(|it| (it, self.known.stored_events.get(&it.id)));
        let new = new_entry(event, self.context.calendar, known, |it| notes.push(it))?;
        let id = before.map_or_else(new_id, |it| it.id);
        let mut row = entry_row(self.context.writer, self.context.calendar, new, id);
        if let Some(before) = before {
            (row.series_id, row.series_date) = (before.series_id, before.series_date);
            row.created_at = before.created_at;
            row.version = before.version.saturating_add(1);
        }
        let foreign = before.is_none_or(|it| it.uid.is_some() || it.source_sequence.is_some());
        row.source_sequence = foreign.then_some(event.sequence);
        row.source_modified = event.last_modified.filter(|_| foreign);
        row.source_digest = Some(digest);
        finish(&mut row);
        let same_dates = before.is_some_and(|it| {
            EntryTime::of(it) == EntryTime::of(&row) && RecurrenceSet::of(it) == RecurrenceSet::of(&row)
        });
        let was_series = before.is_some_and(|it| it.expanded_until.is_some());
        let dates = if same_dates {
            row.expanded_until = before.and_then(|it| it.expanded_until);
            None
        } else {
            let dates = series::plan(&mut row, self.context.writer.now())?;
            let Some(left) = self.dates_left.checked_sub(dates.len()) else {
                let text = Text::new("import-too-many-dates").with("max", MOST_DATES);
                return Err(Problem::at(UserErrorCode::LimitReached, "RRULE", text).into());
            };
            self.dates_left = left;
            if let Some(first) = RecurrenceSet::of(&row).known_from(row.starts_local, &dates) {
                notes.push(Text::new("series-known-from").with("day", first.date()));
            }
            (was_series || row.expanded_until.is_some()).then_some(dates)
        };
        for text in notes {
            self.note(event, text, false);
        }
        Ok((row, dates))
    }

    /// What a step is for changed dates, if it is a series.
    fn series_of(&self, step: usize) -> Option<Series> {
        let ImportStep { row, before, dates, .. } = &self.plan.steps[step];
        let row = row.as_ref().or(before.as_ref())?;
        match dates {
            Some(dates) if row.expanded_until.is_some() => {
                Some(Series { id: row.id, own: row.uid.is_none(), dates: dates.clone(), rewritten: Some(step) })
            }
            Some(_) => None,
            None => self.stored_series(row),
        }
    }

    /// A series whose dates are in the store.
    fn stored_series(&self, row: &calendar_entry::Model) -> Option<Series> {
        row.expanded_until?;
        let time = EntryTime::of(row);
        let known =
            materialized_until(row.starts_at, self.context.writer.now()).with_timezone(&time.zone).naive_local();
        let dates = RecurrenceSet::of(row).dates(time.starts_local, known);
        Some(Series { id: row.id, own: row.uid.is_none(), dates, rewritten: None })
    }

    /// Entries that the file does not have any more: a changed date says again what its series says, what is still to
    /// come is called off.
    fn missing(&mut self, events: &[ReadEvent], unreadable: &HashSet<String>) -> ApiResult<()> {
        let masters: HashMap<_, _> =
            events.iter().filter(|it| it.occurrence.is_none()).map(|it| (it.uid.as_str(), it)).collect();
        let mut gone: Vec<_> = self.known.rows.values().filter(|it| !self.touched.contains(&it.id)).cloned().collect();
        gone.sort_by_key(|it| it.id);
        for before in gone {
            let series = before.series_id.and_then(|it| self.known.rows.get(&it)).map(uid);
            if unreadable.contains(series.as_ref().unwrap_or(&uid(&before))) {
                continue;
            }
            if let (Some(series), Some(date)) = (series, before.series_date)
                && let Some(master) = masters.get(series.as_str())
                && self.series.get(&series).is_some_and(|it| it.as_ref().is_some_and(|it| it.dates.contains(&date)))
            {
                let mut event = ReadEvent { occurrence: Some(date), recurrence: None, ..(*master).clone() };
                event.time = event.time.at(date);
                self.date(&event, date)?;
                continue;
            }
            let to_come = before.expanded_until.is_some() || before.ends_at > self.context.writer.now();
            if before.status == EntryStatus::Cancelled || !to_come {
                continue;
            }
            let mut row = before.clone();
            called_off(&mut row, None);
            row.source_digest = None;
            row.version = before.version.saturating_add(1);
            let done = ImportedEvent {
                line: None,
                uid: uid(&before),
                occurrence: before.series_date,
                title: before.title.clone(),
                action: ImportAction::Cancel,
                entry: Some(before.id),
            };
            self.plan.steps.push(ImportStep { done, row: Some(row), before: Some(before), dates: None });
        }
        Ok(())
    }

    /// Changed dates in the store stay with a series that is written anew where it still has them.
    fn keep_changed_dates(&mut self) {
        for ((series, date), entry) in &self.known.dates {
            let step = self
                .plan
                .steps
                .iter_mut()
                .find(|it| it.dates.is_some() && it.before.as_ref().is_some_and(|before| before.id == *series));
            if let Some(dates) = step.and_then(|it| it.dates.as_mut())
                && !dates.remove(date)
                && !self.touched.contains(entry)
            {
                self.plan.detached.push(*entry);
            }
        }
    }
}

/// Whether an event is older than what is stored.
fn is_older(event: &ReadEvent, row: &calendar_entry::Model) -> bool {
    let stored = row.source_sequence.unwrap_or_else(|| row.version.saturating_sub(1));
    match event.sequence.cmp(&stored) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => {
            event.last_modified.zip(row.source_modified).is_some_and(|(it, stored)| it < stored)
        }
        std::cmp::Ordering::Greater => false,
    }
}
