//! An authority that takes part in a project of another.

use sea_orm::entity::prelude::*;

use crate::PartnerState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_partner")]
pub struct Model {
    /// The project.
    #[sea_orm(primary_key, auto_increment = false)]
    pub project_id: Uuid,
    /// The partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Whether it takes part.
    pub state: PartnerState,
    /// Who asked it, by the name the lead uses.
    pub invited_by: String,
    /// Who accepted, by the name the partner uses.
    pub joined_by: Option<String>,
    /// When.
    pub joined_at: Option<DateTimeUtc>,
    /// When its part ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Why.
    pub end_reason: Option<String>,
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
