//! A calendar whose entries belong to a plan.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "annual_plan_calendar")]
pub struct Model {
    /// The plan.
    #[sea_orm(primary_key, auto_increment = false)]
    pub plan_id: Uuid,
    /// The calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar_id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// That of the plan.
    pub scope_id: Uuid,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
