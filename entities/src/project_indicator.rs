//! What a project wants to move.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_indicator")]
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
    /// Code in the catalogue of indicators.
    pub code: Option<String>,
    /// What is counted.
    pub title: String,
    /// Unit.
    pub unit: Option<String>,
    /// Decimal places of the values.
    pub decimals: i32,
    /// Value before, in units of the last decimal place.
    pub baseline: Option<i64>,
    /// Of which day.
    pub baseline_on: Option<Date>,
    /// Value that is aimed at, in units of the last decimal place.
    pub target: i64,
    /// By when.
    pub target_on: Option<Date>,
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
