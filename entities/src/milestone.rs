//! A milestone: one party answers for it.

use sea_orm::entity::prelude::*;

use crate::MilestoneStatus;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "milestone")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that answers for it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The work package.
    pub work_package_id: Option<Uuid>,
    /// Title.
    pub title: String,
    /// When it shall be reached.
    pub due_on: Date,
    /// Whether it is reached.
    pub status: MilestoneStatus,
    /// When it was reached.
    pub reached_on: Option<Date>,
    /// Its entry in the calendar of the project.
    pub entry_id: Uuid,
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
