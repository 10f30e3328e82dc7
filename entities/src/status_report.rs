//! How a party says that a project stands.

use sea_orm::entity::prelude::*;

use crate::TrafficLight;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "status_report")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that reports.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// In one word.
    pub light: TrafficLight,
    /// In more words.
    pub text: String,
    /// First day that it is about.
    pub period_from: Date,
    /// Last day that it is about.
    pub period_until: Date,
    /// Who reported, by the name the party uses.
    pub reported_by: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
