//! What a party plans and spends in one year on one type of cost.

use sea_orm::entity::prelude::*;

use crate::CostType;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "budget_line")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that pays.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The funding that it is part of.
    pub funding_id: Option<Uuid>,
    /// Field of work of the project.
    pub field_of_work_id: Option<Uuid>,
    /// Calendar year.
    pub year: i32,
    /// What it is spent on.
    pub cost_type: CostType,
    /// In cents.
    pub planned: i64,
    /// What was spent, in cents.
    pub actual: i64,
    /// What is meant.
    pub note: Option<String>,
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
