//! How a plan stood at one step of a round.

use sea_orm::entity::prelude::*;

use crate::PlanStep;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "plan_snapshot")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// That of the parties of the round.
    pub scope_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// The round.
    pub round_id: Uuid,
    /// The step.
    pub step: PlanStep,
    /// Who took the step, by the name the party uses.
    pub taken_by: String,
    /// When.
    pub taken_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
