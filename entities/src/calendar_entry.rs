//! An entry of a plan calendar: wall-clock times in a zone, or whole days; a series, or one changed date of a series.

use sea_orm::entity::prelude::*;

use crate::{Confidentiality, EntryKind, EntryStatus, Pillar};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_entry")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The calendar.
    pub calendar_id: Uuid,
    /// Title.
    pub title: String,
    /// Text.
    pub description: Option<String>,
    /// What kind of event.
    pub kind: EntryKind,
    /// How sure it is.
    pub status: EntryStatus,
    /// How far it may go; never wider than its calendar.
    pub confidentiality: Confidentiality,
    /// Field of work; the calendar's where that has one.
    pub field_of_work_id: Option<Uuid>,
    /// Whole days: `starts_local` and `ends_local` are midnights, the end exclusive.
    pub all_day: bool,
    /// Start on the clock of `time_zone`.
    pub starts_local: DateTime,
    /// End on the clock of `time_zone`, exclusive.
    pub ends_local: DateTime,
    /// IANA time zone.
    pub time_zone: String,
    /// Start as an instant, kept in step with the wall clock.
    pub starts_at: DateTimeUtc,
    /// End as an instant, exclusive.
    pub ends_at: DateTimeUtc,
    /// Recurrence rule of a series (RFC 5545 RRULE), its UNTIL on the clock of `time_zone`; none with extra dates alone.
    pub recurrence_rule: Option<String>,
    /// Starts beside those of the rule, on the clock of `time_zone`, one per line.
    pub extra_dates: Option<String>,
    /// Starts that the rule gives and that are left out, one per line.
    pub except_dates: Option<String>,
    /// Up to which instant the dates of a series are in `calendar_occurrence`; none = no series.
    pub expanded_until: Option<DateTimeUtc>,
    /// The series of which this is one date, changed.
    pub series_id: Option<Uuid>,
    /// Start that the series gave to that date.
    pub series_date: Option<DateTime>,
    /// UID in the calendar that it was imported from; none = its own id.
    pub uid: Option<String>,
    /// SEQUENCE that it had there when it was last taken over.
    pub source_sequence: Option<i32>,
    /// When it was last changed there, if that was told.
    pub source_modified: Option<DateTimeUtc>,
    /// Fingerprint of what it said there; while it is the same, what was changed here since then stays.
    pub source_digest: Option<String>,
    /// Learning place where it happens.
    pub learning_place_id: Option<Uuid>,
    /// Place in words.
    pub location: Option<String>,
    /// Who holds it.
    pub organiser: Option<String>,
    /// Who speaks or teaches, one per line.
    pub speakers: Option<String>,
    /// The office that answers for it.
    pub responsible_office: Option<String>,
    /// Which of the five pillars of an education region.
    pub pillar: Option<Pillar>,
    /// Audiences, each with a semicolon before and after it.
    pub audiences: Option<String>,
    /// What it costs, in words.
    pub cost: Option<String>,
    /// For whom in words, one per line.
    pub target_groups: Option<String>,
    /// Where to register.
    pub registration_url: Option<String>,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// Where a seeded fact comes from.
    pub source: Option<String>,
    /// Title folded for search: lower case, umlauts spelt out.
    pub search_text: String,
    /// Grows by one with every change; updates must name it.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

impl Model {
    /// Whether the entry occupies its time: it is planned, and no deadline, which is only a last day.
    pub const fn takes_time(&self) -> bool {
        self.status.takes_time() && !matches!(self.kind, EntryKind::Deadline)
    }
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
