//! Series: their dates in the store, and changes of one date, of the rest, of all.
//!
//! A date that is changed or called off by itself becomes an entry that names its series and the start the series gave
//! it; the date itself is gone from `calendar_occurrence`. A change of a date and all that follow ends the series before
//! it and begins another.

use std::collections::BTreeSet;

use calendar_time::recurrence::{RecurrenceSet, listed, materialized_until};
use calendar_time::time::{EntryTime, end_instant, instant};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use entities::{calendar, calendar_entry, calendar_occurrence};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::calendars::entry_service::{called_off, entry_row, scope};
use crate::calendars::entry_values::{EntryPatch, NewEntry, check};
use crate::context::audited::{Audited as _, save_row};
use crate::context::unit_of_work::{AuditReceipt, UnitOfWork};

/// Rows of one insert: a database takes only so many values in a statement.
const CHUNK: usize = 1_000;

/// What of a series a change is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apply {
    /// All of it, or a single entry.
    All,
    /// The date that the series gives this start.
    This(NaiveDateTime),
    /// That date and all that follow.
    Following(NaiveDateTime),
}

/// What that comes to.
pub(super) enum SeriesPart {
    Whole,
    Date(NaiveDateTime),
    Rest(NaiveDateTime),
}

/// Where a change happens.
pub(super) struct EditContext<'a> {
    pub(super) session: &'a Session,
    pub(super) writer: &'a Writer<'a>,
    pub(super) mutation: &'a UnitOfWork,
    pub(super) calendar: &'a calendar::Model,
}

/// Computes the dates of a series and notes in its row how far; none for a single entry.
pub fn plan(row: &mut calendar_entry::Model, now: DateTime<Utc>) -> ApiResult<BTreeSet<NaiveDateTime>> {
    let recurrence = RecurrenceSet::of(row);
    if !recurrence.is_some() {
        (row.expanded_until, row.except_dates) = (None, None);
        return Ok(BTreeSet::new());
    }
    let time = EntryTime::of(row);
    let known = materialized_until(row.starts_at, now);
    let dates = recurrence.dates(time.starts_local, known.with_timezone(&time.zone).naive_local());
    if dates.is_empty() {
        return Err(Problem::at(UserErrorCode::Invalid, "recurrence", Text::new("series-without-dates")).into());
    }
    row.expanded_until = Some(known);
    Ok(dates)
}

/// Puts the dates of a series in the place of those that were there.
pub async fn write(writer: &Writer<'_>, row: &calendar_entry::Model, dates: BTreeSet<NaiveDateTime>) -> ApiResult<()> {
    if row.version > 1 {
        writer.delete::<calendar_occurrence::Entity>(calendar_occurrence::Column::EntryId.eq(row.id)).await?;
    }
    insert_dates(writer, rows_of(row, dates)).await
}

/// The rows of a series' dates.
pub(super) fn rows_of(
    row: &calendar_entry::Model,
    dates: impl IntoIterator<Item = NaiveDateTime>,
) -> Vec<calendar_occurrence::ActiveModel> {
    let time = EntryTime::of(row);
    let date = |start| {
        let time = time.at(start);
        full(calendar_occurrence::Model {
            id: named(row.id, start),
            tenant_id: row.tenant_id,
            scope_id: row.scope_id,
            entry_id: row.id,
            starts_local: time.starts_local,
            ends_local: time.ends_local,
            starts_at: instant(time.starts_local, time.zone),
            ends_at: end_instant(time.starts_local, time.ends_local, time.zone),
        })
    };
    dates.into_iter().map(date).collect()
}

/// Writes dates, a good many in each statement.
pub(super) async fn insert_dates(writer: &Writer<'_>, rows: Vec<calendar_occurrence::ActiveModel>) -> ApiResult<()> {
    for chunk in rows.chunks(CHUNK) {
        writer.insert_all(chunk.to_vec()).await?;
    }
    Ok(())
}

/// The id of a date: the same however often the series is computed.
pub(super) fn named(series: Uuid, start: NaiveDateTime) -> Uuid {
    let digest = Sha256::new().chain_update(series).chain_update(start.to_string()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Finds out which part of an entry is meant.
pub(super) async fn part(
    context: &EditContext<'_>,
    row: &calendar_entry::Model,
    apply: Apply,
) -> ApiResult<SeriesPart> {
    let date = match apply {
        Apply::All => return Ok(SeriesPart::Whole),
        Apply::This(date) | Apply::Following(date) => date,
    };
    let refused = |code, text: Text| Problem::at(code, "occurrence", text.with("value", date)).into();
    if row.expanded_until.is_none() {
        return Err(refused(UserErrorCode::Invalid, Text::new("no-series")));
    }
    if apply == Apply::Following(row.starts_local) {
        return Ok(SeriesPart::Whole);
    }
    let select = context
        .session
        .select::<calendar_occurrence::Entity>()
        .filter(calendar_occurrence::Column::EntryId.eq(row.id))
        .filter(calendar_occurrence::Column::StartsLocal.eq(date));
    if context.session.one(select).await?.is_none() {
        let changed = context.changed_dates(row.id).await?.iter().any(|it| it.series_date == Some(date));
        return Err(if changed {
            refused(UserErrorCode::Conflict, Text::new("date-is-an-entry"))
        } else {
            refused(UserErrorCode::NotFound, Text::new("no-date-of-the-series"))
        });
    }
    Ok(if apply == Apply::This(date) { SeriesPart::Date(date) } else { SeriesPart::Rest(date) })
}

/// Refuses changes that a single date of a series cannot have.
pub(super) fn refuse_for_one_date(patch: &EntryPatch, series: &calendar_entry::Model, problems: &mut Problems) {
    if patch.recurrence.is_set() {
        problems.add(Problem::at(UserErrorCode::Invalid, "recurrence", Text::new("one-date-has-no-rule")));
    }
    if patch.field.set().is_some_and(|it| it != series.field_of_work_id) {
        problems.add(Problem::at(UserErrorCode::Invalid, "fieldOfWork", Text::new("not-the-series-field")));
    }
}

impl EditContext<'_> {
    /// The dates of a series that are entries of their own.
    async fn changed_dates(&self, series: Uuid) -> ApiResult<Vec<calendar_entry::Model>> {
        let select =
            self.session.select::<calendar_entry::Entity>().filter(calendar_entry::Column::SeriesId.eq(series));
        self.session.all(select).await
    }

    /// After all of a series was changed: its changed dates move along and stay, where it still has them; others become
    /// entries that belong to no series. The dates that are left to the series.
    pub(super) async fn keep_changed_dates(
        &self,
        before: &calendar_entry::Model,
        row: &calendar_entry::Model,
        mut dates: BTreeSet<NaiveDateTime>,
    ) -> ApiResult<BTreeSet<NaiveDateTime>> {
        let delta = row.starts_local - before.starts_local;
        let mut entries = self.changed_dates(row.id).await?;
        // Whoever moves goes ahead of those that follow, so that no two have the same date in between.
        entries.sort_by_key(|it| it.series_date);
        if delta > TimeDelta::zero() {
            entries.reverse();
        }
        for entry in entries {
            let date = entry.series_date.map(|it| it + delta);
            let stays = date.is_some_and(|it| dates.remove(&it));
            if stays && delta.is_zero() && before.id == row.id {
                continue;
            }
            let values = calendar_entry::ActiveModel {
                series_id: Set(stays.then_some(row.id)),
                series_date: Set(date.filter(|_| stays)),
                ..Default::default()
            };
            self.writer.change::<calendar_entry::Entity, _>(calendar_entry::Column::Id.eq(entry.id), values).await?;
            self.mutation
                .publish_event(self.writer, &entry.change_record("calendar_entry.updated", Some(&entry)))
                .await?;
        }
        Ok(dates)
    }

    /// Calls off what was changed of a series by itself.
    pub(super) async fn cancel_changed_dates(&self, series: Uuid, reason: Option<&str>) -> ApiResult<()> {
        for before in self.changed_dates(series).await? {
            let mut row = before.clone();
            if row.status != entities::EntryStatus::Cancelled {
                called_off(&mut row, reason.map(str::to_owned));
                row.scope_id = scope(self.writer, self.calendar, &row).await?;
                save_row(self.writer, &mut row, before.version).await?;
                self.mutation
                    .publish_event(self.writer, &row.change_record("calendar_entry.cancelled", Some(&before)))
                    .await?;
            }
        }
        Ok(())
    }

    /// A date of a series as an entry of its own, not written yet.
    fn date_of(&self, series: &calendar_entry::Model, date: NaiveDateTime) -> NewEntry {
        let time = EntryTime::of(series).at(date);
        NewEntry { time, recurrence: RecurrenceSet::default(), uid: None, ..NewEntry::of(series) }
    }

    /// Writes a date as an entry of its own and takes it from its series.
    async fn detach_occurrence(
        &self,
        series: &calendar_entry::Model,
        version: i32,
        date: NaiveDateTime,
        mut row: calendar_entry::Model,
        topic: &'static str,
    ) -> ApiResult<(Uuid, AuditReceipt)> {
        (row.series_id, row.series_date) = (Some(series.id), Some(date));
        row.scope_id = scope(self.writer, self.calendar, &row).await?;
        let mut kept = series.clone();
        // Whoever changes another date of it at the same time finds another version.
        save_row(self.writer, &mut kept, version).await?;
        self.writer
            .delete::<calendar_occurrence::Entity>(calendar_occurrence::Column::Id.eq(named(series.id, date)))
            .await?;
        self.writer.insert(full(row.clone())).await?;
        // Whoever may not see the date learns at least that the series has one less.
        self.mutation.publish_event(self.writer, &kept.change_record("calendar_entry.updated", Some(series))).await?;
        Ok((row.id, self.mutation.record(self.writer, row.change_record(topic, None)).await?))
    }

    /// Changes one date.
    pub(super) async fn change_date(
        &self,
        series: &calendar_entry::Model,
        version: i32,
        date: NaiveDateTime,
        patch: EntryPatch,
    ) -> ApiResult<(Uuid, AuditReceipt)> {
        let mut problems = Problems::default();
        refuse_for_one_date(&patch, series, &mut problems);
        let new = patch.applied(self.date_of(series, date), self.calendar, &mut problems)?;
        let new = check(self.session, self.calendar, new, problems).await?;
        let row = entry_row(self.writer, self.calendar, new, new_id());
        self.detach_occurrence(series, version, date, row, "calendar_entry.created").await
    }

    /// Calls one date off.
    pub(super) async fn cancel_date(
        &self,
        series: &calendar_entry::Model,
        version: i32,
        date: NaiveDateTime,
        reason: Option<String>,
    ) -> ApiResult<(Uuid, AuditReceipt)> {
        let mut row = entry_row(self.writer, self.calendar, self.date_of(series, date), new_id());
        called_off(&mut row, reason);
        self.detach_occurrence(series, version, date, row, "calendar_entry.cancelled").await
    }

    /// Ends a series before a date.
    async fn cut(&self, series: &calendar_entry::Model, version: i32, date: NaiveDateTime) -> ApiResult<()> {
        let mut head = series.clone();
        let recurrence = RecurrenceSet::of(series).before(date, series.all_day);
        (head.recurrence_rule, head.extra_dates, head.except_dates) =
            (recurrence.rule, listed(&recurrence.rdate), listed(&recurrence.exdate));
        save_row(self.writer, &mut head, version).await?;
        let rest = sea_orm::Condition::all()
            .add(calendar_occurrence::Column::EntryId.eq(series.id))
            .add(calendar_occurrence::Column::StartsLocal.gte(date));
        self.writer.delete::<calendar_occurrence::Entity>(rest).await?;
        // That it ended is told by the first date of the other one as well; whoever reads only this one learns it here.
        let _also =
            self.mutation.record(self.writer, head.change_record("calendar_entry.updated", Some(series))).await?;
        Ok(())
    }

    /// The rest of a series as a new entry.
    fn rest_of(&self, series: &calendar_entry::Model, date: NaiveDateTime) -> NewEntry {
        let recurrence = RecurrenceSet::of(series).rest(series.starts_local, date);
        NewEntry { recurrence, ..self.date_of(series, date) }
    }

    /// Writes the rest of a series as a series of its own, with the changed dates that it has.
    async fn begin_rest(
        &self,
        series: &calendar_entry::Model,
        date: NaiveDateTime,
        row: &mut calendar_entry::Model,
    ) -> ApiResult<()> {
        row.scope_id = scope(self.writer, self.calendar, row).await?;
        let dates = plan(row, self.writer.now())?;
        self.writer.insert(full(row.clone())).await?;
        let later = sea_orm::Condition::all()
            .add(calendar_entry::Column::SeriesId.eq(series.id))
            .add(calendar_entry::Column::SeriesDate.gte(date));
        let values = calendar_entry::ActiveModel { series_id: Set(Some(row.id)), ..Default::default() };
        self.writer.change::<calendar_entry::Entity, _>(later, values).await?;
        let mut moved = series.clone();
        moved.starts_local = date;
        let dates = self.keep_changed_dates(&moved, row, dates).await?;
        write(self.writer, row, dates).await
    }

    /// Changes a date and all that follow.
    pub(super) async fn change_rest(
        &self,
        series: &calendar_entry::Model,
        version: i32,
        date: NaiveDateTime,
        patch: EntryPatch,
    ) -> ApiResult<(Uuid, AuditReceipt)> {
        let mut problems = Problems::default();
        let new = patch.applied(self.rest_of(series, date), self.calendar, &mut problems)?;
        let new = check(self.session, self.calendar, new, problems).await?;
        self.cut(series, version, date).await?;
        let mut row = entry_row(self.writer, self.calendar, new, new_id());
        self.begin_rest(series, date, &mut row).await?;
        let recorded = self.mutation.record(self.writer, row.change_record("calendar_entry.created", None)).await?;
        Ok((row.id, recorded))
    }

    /// Calls a date and all that follow off.
    pub(super) async fn cancel_rest(
        &self,
        series: &calendar_entry::Model,
        version: i32,
        date: NaiveDateTime,
        reason: Option<String>,
    ) -> ApiResult<(Uuid, AuditReceipt)> {
        self.cut(series, version, date).await?;
        let mut row = entry_row(self.writer, self.calendar, self.rest_of(series, date), new_id());
        called_off(&mut row, reason.clone());
        self.begin_rest(series, date, &mut row).await?;
        self.cancel_changed_dates(row.id, reason.as_deref()).await?;
        let recorded = self.mutation.record(self.writer, row.change_record("calendar_entry.cancelled", None)).await?;
        Ok((row.id, recorded))
    }
}
