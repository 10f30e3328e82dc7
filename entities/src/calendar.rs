//! A calendar of an authority; it never belongs to a person.

use sea_orm::entity::prelude::*;

use crate::{Confidentiality, ProjectCalendar};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Name, shown at every level.
    pub name: String,
    /// What it is for, shown from level `SUMMARY` on.
    pub description: Option<String>,
    /// Colour as `#rrggbb`.
    pub color: Option<String>,
    /// IANA zone of entries that name none.
    pub time_zone: String,
    /// Field of work, which the calendar's entries share.
    pub field_of_work_id: Option<Uuid>,
    /// The widest any of its entries may be.
    pub confidentiality: Confidentiality,
    /// It lives elsewhere: its entries are taken over from there, and nobody changes them by hand.
    pub external: bool,
    /// The project whose dates it holds; nobody changes them by hand.
    pub project_id: Option<Uuid>,
    /// Which of them.
    pub project_calendar: Option<ProjectCalendar>,
    /// When it was put away; no new entries since.
    pub archived_at: Option<DateTimeUtc>,
    /// Grows by one with every change; updates must name it.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
