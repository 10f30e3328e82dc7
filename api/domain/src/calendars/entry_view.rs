//! Views of calendar entries: what the viewer's level of access shows.
//!
//! The one place that decides which level shows which field. A view is made from a row and the level by
//! [`EntryView::of`]; its parts hand out the fields of their level and nothing else. [`EntryField`] names each field with
//! the least level that shows it: filters, comparisons and snapshots go by it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono::{DateTime, NaiveDateTime, Utc};
use entities::{Audience, Confidentiality, EntryKind, EntryStatus, Pillar, ShareLevel, calendar, calendar_entry};
use sea_orm::sea_query::SimpleExpr;
use serde_json::Value;
use store::{Owned, Session};
use uuid::Uuid;

use crate::calendars::entry_values::read_audiences;

/// Calendar entry as a level of access shows it.
#[derive(Clone)]
pub enum EntryView {
    /// Occupied time.
    Busy(EntryTimes),
    /// Occupied time, title and what belongs to it.
    Summary(EntryTimes, EntryOutline),
    /// Everything.
    Full(EntryTimes, EntryOutline, EntryDetails),
}

impl EntryView {
    /// View of a row at the level of the session; none if the session does not see the row. At `BUSY` an entry that
    /// occupies no time is not seen either.
    pub fn of(session: &Session, row: Arc<calendar_entry::Model>) -> Option<Self> {
        let level = session.access().visibility(row.scope_id)?.level;
        (row.takes_time() || level > ShareLevel::Busy).then(|| Self::at(level, row))
    }

    /// Whether it is told exactly until when the dates of a series have been computed: that tells when the entry was last
    /// changed.
    pub const fn tells_horizon(&self) -> bool {
        !matches!(self, Self::Busy(_))
    }

    /// View of a row at a level.
    pub(crate) fn at(level: ShareLevel, row: Arc<calendar_entry::Model>) -> Self {
        let (times, outline) = (EntryTimes(row.clone()), EntryOutline(row.clone()));
        match level {
            ShareLevel::Busy => Self::Busy(times),
            ShareLevel::Summary => Self::Summary(times, outline),
            ShareLevel::Full | ShareLevel::Contribute => Self::Full(times, outline, EntryDetails(row)),
        }
    }

    /// View of the owner.
    pub(crate) fn whole(row: Arc<calendar_entry::Model>) -> Self {
        Self::at(ShareLevel::Full, row)
    }

    /// Fields that every level shows.
    pub const fn times(&self) -> &EntryTimes {
        match self {
            Self::Busy(times) | Self::Summary(times, _) | Self::Full(times, ..) => times,
        }
    }

    /// Fields from `SUMMARY` on; none below.
    pub const fn outline(&self) -> Option<&EntryOutline> {
        match self {
            Self::Busy(_) => None,
            Self::Summary(_, outline) | Self::Full(_, outline, _) => Some(outline),
        }
    }

    /// Fields from `FULL` on; none below.
    pub const fn details(&self) -> Option<&EntryDetails> {
        match self {
            Self::Busy(_) | Self::Summary(..) => None,
            Self::Full(.., details) => Some(details),
        }
    }

    /// True for an entry that is known to be cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.outline().is_some_and(|it| it.status() == EntryStatus::Cancelled)
    }

    /// True for an entry that occupies time; at `BUSY` nothing else is seen.
    pub fn takes_time(&self) -> bool {
        self.times().0.takes_time()
    }

    /// UID under which calendar programs know the entry: that of the calendar from which it was imported, if the level
    /// shows it, or its id.
    pub fn uid(&self) -> String {
        let foreign = self.outline().and_then(EntryOutline::foreign_uid);
        foreign.map_or_else(|| self.times().id().to_string(), str::to_owned)
    }

    const fn level(&self) -> ShareLevel {
        match self {
            Self::Busy(_) => ShareLevel::Busy,
            Self::Summary(..) => ShareLevel::Summary,
            Self::Full(..) => ShareLevel::Full,
        }
    }
}

impl fmt::Debug for EntryView {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EntryView({}, {:?})", self.times().id(), self.level())
    }
}

/// Condition that a row is seen in full, for what is shown only together with all fields.
pub fn in_full<E: Owned>(session: &Session) -> SimpleExpr {
    session.seen_from::<E>(ShareLevel::Full)
}

/// Condition that fields of an entry are shown: a filter on a hidden field must not disclose its value. None without
/// fields.
pub fn showing(session: &Session, fields: &BTreeSet<EntryField>) -> Option<SimpleExpr> {
    let min = fields.iter().map(|it| it.least()).max()?;
    Some(session.seen_from::<calendar_entry::Entity>(min))
}

/// Description of a calendar, shown from `SUMMARY` on.
pub fn calendar_description<'a>(session: &Session, calendar: &'a calendar::Model) -> Option<&'a str> {
    let level = session.access().visibility(calendar.scope_id)?.level;
    calendar.description.as_deref().filter(|_| level >= ShareLevel::Summary)
}

/// Declares the parts of a view: each field with its accessor, under the least level that shows it.
macro_rules! parts {
    ($($(#[$part_doc:meta])* $level:ident $part:ident {
        $($(#[$doc:meta])* $field:ident = $name:literal: $get:ident($row:ident) -> $type:ty { $value:expr })+
    })+) => {
        /// Field of an entry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum EntryField {
            $($($(#[$doc])* $field,)+)+
        }

        impl EntryField {
            /// All fields.
            pub const ALL: &[Self] = &[$($(Self::$field,)+)+];

            /// Least level that shows the field.
            pub const fn least(self) -> ShareLevel {
                match self {
                    $($(Self::$field => ShareLevel::$level,)+)+
                }
            }

            /// Key in snapshots.
            pub const fn key(self) -> &'static str {
                match self {
                    $($(Self::$field => $name,)+)+
                }
            }

            fn value(self, row: &Arc<calendar_entry::Model>) -> Value {
                match self {
                    $($(Self::$field => serde_json::json!($part(row.clone()).$get()),)+)+
                }
            }
        }

        $(
            $(#[$part_doc])*
            #[derive(Clone)]
            pub struct $part(Arc<calendar_entry::Model>);

            impl $part {
                $(
                    $(#[$doc])*
                    pub fn $get(&self) -> $type {
                        let $row = &self.0;
                        $value
                    }
                )+
            }
        )+
    };
}

parts! {
    /// Fields that every level shows: the occupied time. The rule of a series belongs to it, as the agenda shows each
    /// date of the series at every level.
    Busy EntryTimes {
        /// Whole days instead of clock times.
        AllDay = "allDay": all_day(row) -> bool { row.all_day }
        /// Local start.
        Start = "start": starts_local(row) -> NaiveDateTime { row.starts_local }
        /// Local end, exclusive.
        End = "end": ends_local(row) -> NaiveDateTime { row.ends_local }
        /// Time zone of the local times.
        TimeZone = "timeZone": time_zone(row) -> &str { &row.time_zone }
        /// Recurrence rule; null for a single entry, and for a series of additional starts only.
        RecurrenceRule = "recurrenceRule": recurrence_rule(row) -> Option<&str> { row.recurrence_rule.as_deref() }
        /// Additional local starts, one per line.
        ExtraDates = "extraDates": extra_dates(row) -> Option<&str> { row.extra_dates.as_deref() }
        /// Excluded local starts, one per line.
        ExceptDates = "exceptDates": except_dates(row) -> Option<&str> { row.except_dates.as_deref() }
    }
    /// Fields from `SUMMARY` on.
    Summary EntryOutline {
        /// Title.
        Title = "title": title(row) -> &str { &row.title }
        /// Kind of event.
        Kind = "kind": kind(row) -> EntryKind { row.kind }
        /// Planning status.
        Status = "status": status(row) -> EntryStatus { row.status }
        /// Field of work; null = general.
        FieldOfWork = "fieldOfWork": field_of_work(row) -> Option<Uuid> { row.field_of_work_id }
        /// UID in the calendar from which the entry was imported.
        Uid = "uid": foreign_uid(row) -> Option<&str> { row.uid.as_deref() }
    }
    /// Fields from `FULL` on.
    Full EntryDetails {
        /// Description.
        Description = "description": description(row) -> Option<&str> { row.description.as_deref() }
        /// Confidentiality of the entry.
        Confidentiality = "confidentiality": confidentiality(row) -> Confidentiality { row.confidentiality }
        /// Learning place of the event.
        Place = "place": place(row) -> Option<Uuid> { row.learning_place_id }
        /// Location in free text.
        Location = "location": location(row) -> Option<&str> { row.location.as_deref() }
        /// Organiser.
        Organiser = "organiser": organiser(row) -> Option<&str> { row.organiser.as_deref() }
        /// Speakers and teachers, one per line.
        Speakers = "speakers": speakers(row) -> Option<&str> { row.speakers.as_deref() }
        /// Responsible office.
        ResponsibleOffice = "responsibleOffice": responsible_office(row) -> Option<&str> {
            row.responsible_office.as_deref()
        }
        /// Audiences, as stored.
        Audiences = "audiences": stored_audiences(row) -> Option<&str> { row.audiences.as_deref() }
        /// Pillar of the education region.
        Pillar = "pillar": pillar(row) -> Option<Pillar> { row.pillar }
        /// Cost in free text.
        Cost = "cost": cost(row) -> Option<&str> { row.cost.as_deref() }
        /// Target groups in free text, one per line.
        TargetGroups = "targetGroups": target_groups(row) -> Option<&str> { row.target_groups.as_deref() }
        /// Web address for registration.
        RegistrationUrl = "registrationUrl": registration_url(row) -> Option<&str> { row.registration_url.as_deref() }
        /// Reason for the cancellation.
        CancelReason = "cancelReason": cancel_reason(row) -> Option<&str> { row.cancel_reason.as_deref() }
        /// Source of a preloaded entry.
        Source = "source": source(row) -> Option<&str> { row.source.as_deref() }
        /// Version number.
        Version = "version": version(row) -> i32 { row.version }
        /// Instant of creation.
        CreatedAt = "createdAt": created_at(row) -> DateTime<Utc> { row.created_at }
        /// Instant of the last change.
        UpdatedAt = "updatedAt": updated_at(row) -> DateTime<Utc> { row.updated_at }
    }
}

impl EntryTimes {
    /// Identifier, the same at every level.
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// Owning authority.
    pub fn tenant_id(&self) -> Uuid {
        self.0.tenant_id
    }

    /// Calendar of the entry.
    pub fn calendar_id(&self) -> Uuid {
        self.0.calendar_id
    }

    /// Instant of the start.
    pub fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// Instant of the end, exclusive.
    pub fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// Time of the entry.
    pub fn time(&self) -> EntryTime {
        EntryTime::of(&self.0)
    }

    /// Recurrence.
    pub fn recurrence(&self) -> RecurrenceSet {
        RecurrenceSet::of(&self.0)
    }

    /// Instant up to which the occurrences of a series have been computed; none for a single entry.
    pub fn materialized_until(&self) -> Option<DateTime<Utc>> {
        self.0.expanded_until
    }

    /// Series of a changed occurrence, and the local start given by the series.
    pub fn series(&self) -> Option<(Uuid, NaiveDateTime)> {
        self.0.series_id.zip(self.0.series_date)
    }
}

impl EntryDetails {
    /// Identifier, the same at every level.
    pub fn id(&self) -> Uuid {
        self.0.id
    }

    /// Calendar of the entry.
    pub fn calendar_id(&self) -> Uuid {
        self.0.calendar_id
    }

    /// Planning status.
    pub fn status(&self) -> EntryStatus {
        self.0.status
    }

    /// Row by which the rights on the entry are decided; nothing of it is shown.
    pub fn decided_row(&self) -> Arc<calendar_entry::Model> {
        self.0.clone()
    }

    /// Audiences, from the closed set.
    pub fn audiences(&self) -> BTreeSet<Audience> {
        read_audiences(self.stored_audiences())
    }
}

impl EntryField {
    /// True for a field that says when the event is.
    pub fn is_time(self) -> bool {
        self.least() == ShareLevel::Busy
    }

    /// True for a field that belongs to the content of an entry, and not to its record.
    const fn is_content(self) -> bool {
        !matches!(self, Self::Uid | Self::Source | Self::Version | Self::CreatedAt | Self::UpdatedAt)
    }
}

/// Content of an entry at some time, as far as a level shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntryContent(BTreeMap<EntryField, Value>);

impl EntryContent {
    /// Content of a row, for a snapshot.
    pub(crate) fn of_row(row: &Arc<calendar_entry::Model>) -> Self {
        let fields = EntryField::ALL.iter().filter(|it| it.is_content());
        Self(fields.map(|it| (*it, it.value(row))).collect())
    }

    /// Content shown by a view.
    pub fn of(view: &EntryView) -> Self {
        Self::of_row(&view.times().0).up_to(view.level())
    }

    /// Content shown at a level.
    fn up_to(mut self, level: ShareLevel) -> Self {
        self.0.retain(|it, _| it.least() <= level);
        self
    }

    /// Content that the session could see of a row of a scope, and sees of its present view; none if it does not see the
    /// scope.
    pub(crate) fn shown_in(self, session: &Session, scope: Uuid, now: &EntryView) -> Option<Self> {
        let then = session.access().visibility(scope)?.level;
        Some(self.up_to(then.min(now.level())))
    }

    /// Content kept in columns and under the keys of the fields. Fields that were not kept are missing.
    pub(crate) fn kept(columns: impl IntoIterator<Item = (EntryField, Value)>, details: Option<&Value>) -> Self {
        let detail = |it: &EntryField| Some((*it, details?.get(it.key())?.clone()));
        Self(EntryField::ALL.iter().filter_map(detail).chain(columns).collect())
    }

    /// Content without fields that are kept elsewhere, under the keys of the fields.
    pub(crate) fn without(&self, fields: &[EntryField]) -> Value {
        let rest = self.0.iter().filter(|it| !fields.contains(it.0));
        rest.map(|(field, value)| (field.key().to_owned(), value.clone())).collect()
    }

    /// Title, if the level shows it.
    pub fn title(&self) -> Option<&str> {
        self.0.get(&EntryField::Title).and_then(Value::as_str)
    }

    /// True if the status is shown and is `CANCELLED`.
    pub fn is_cancelled(&self) -> bool {
        self.0.get(&EntryField::Status) == Some(&serde_json::json!(EntryStatus::Cancelled))
    }

    /// Fields that both contents have and in which they differ.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = EntryField> + 'a {
        let differs =
            |(field, value): (&EntryField, &Value)| other.0.get(field).is_some_and(|it| it != value).then_some(*field);
        self.0.iter().filter_map(differs)
    }
}
