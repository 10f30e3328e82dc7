//! A comment in a round: on the round, on a proposal, or on an entry.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coordination_comment")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party of the author.
    pub tenant_id: Uuid,
    /// That of the round.
    pub scope_id: Uuid,
    /// The round.
    pub round_id: Uuid,
    /// The proposal that it is about.
    pub proposal_id: Option<Uuid>,
    /// The entry that it is about.
    pub entry_id: Option<Uuid>,
    /// What it says.
    pub text: String,
    /// Who wrote it, by the name the party uses.
    pub author: String,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
