//! A phase that a project entered.

use sea_orm::entity::prelude::*;

use crate::ProjectPhase;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_step")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that leads.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The phase.
    pub phase: ProjectPhase,
    /// What was said about it.
    pub note: Option<String>,
    /// Who took the step, by the name the authority uses.
    pub entered_by: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
