//! The plan of one party in a round, with its sign-off.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "round_plan")]
pub struct Model {
    /// The round.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round_id: Uuid,
    /// The party.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// That of the round.
    pub scope_id: Uuid,
    /// The plan.
    pub plan_id: Uuid,
    /// Who submitted it, by the name the party uses.
    pub submitted_by: String,
    /// When.
    pub submitted_at: DateTimeUtc,
    /// Who signed the outcome off, by the name the party uses.
    pub signed_by: Option<String>,
    /// When. A trigger takes it back when an entry of the round's plans changes before the publication.
    pub signed_at: Option<DateTimeUtc>,
    /// When an entry of the plan was changed last after the publication of the round; entries that stay in the authority
    /// do not count. Set by a trigger.
    pub changed_at: Option<DateTimeUtc>,
    /// The same of entries that are public, or were so before the change.
    pub public_changed_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
