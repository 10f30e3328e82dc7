//! A round in which the parties of an agreement coordinate their plans of one year. Any party may move it on.

use sea_orm::entity::prelude::*;

use crate::RoundState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coordination_round")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that opened it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The agreement.
    pub agreement_id: Uuid,
    /// Calendar year.
    pub year: i32,
    /// Where it stands.
    pub state: RoundState,
    /// Last day for plans, in the opener's time zone.
    pub submit_until: Date,
    /// What is for the same people in the same field needs more days than this between.
    pub days_apart: i32,
    /// Why it was closed without an outcome.
    pub close_reason: Option<String>,
    /// When the parties published what they agreed.
    pub published_at: Option<DateTimeUtc>,
    /// The authority whose change of an entry took the round back from `AGREED`, until that is recorded; set by a trigger.
    pub reopened_by: Option<Uuid>,
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
