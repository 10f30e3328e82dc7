//! An entry as it was when a snapshot was taken. It is seen by those who see the entry now and could see it then, at the lower of both levels.

use sea_orm::entity::prelude::*;

use crate::{EntryKind, EntryStatus};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_snapshot_entry")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// That of the entry when the snapshot was taken.
    pub scope_id: Uuid,
    /// The snapshot.
    pub snapshot_id: Uuid,
    /// The entry.
    pub entry_id: Uuid,
    /// Title.
    pub title: String,
    /// What kind of event.
    pub kind: EntryKind,
    /// How sure it was.
    pub status: EntryStatus,
    /// Whole days instead of clock times.
    pub all_day: bool,
    /// Start on the clock of the zone.
    pub starts_local: DateTime,
    /// End on the clock of the zone, exclusive.
    pub ends_local: DateTime,
    /// IANA zone.
    pub time_zone: String,
    /// How it recurred.
    pub recurrence_rule: Option<String>,
    /// Field of work.
    pub field_of_work_id: Option<Uuid>,
    /// Where, in words.
    pub place: Option<String>,
    /// Who held it.
    pub organiser: Option<String>,
    /// For whom, as the entry keeps it.
    pub audiences: Option<String>,
    /// Fields without a column of their own, as JSON; null for snapshots that did not keep them yet.
    pub details: Option<Json>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
