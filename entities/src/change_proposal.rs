//! What one party of a round proposes for an entry of another, or the owner answers with. Only the owner changes the entry.

use sea_orm::entity::prelude::*;

use crate::ProposalState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "change_proposal")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that proposes.
    pub tenant_id: Uuid,
    /// The party that must answer.
    pub to_tenant_id: Uuid,
    /// That of the round.
    pub scope_id: Uuid,
    /// The round.
    pub round_id: Uuid,
    /// The entry.
    pub entry_id: Uuid,
    /// The proposal that it counters.
    pub counters_id: Option<Uuid>,
    /// Where it stands.
    pub state: ProposalState,
    /// The date of a series that it is about, by the start that the series gives it; none = all of it.
    pub occurrence: Option<DateTime>,
    /// Whole days instead of clock times; none = the time stays.
    pub all_day: Option<bool>,
    /// New start on the clock of the entry's zone.
    pub starts_local: Option<DateTime>,
    /// New end, exclusive.
    pub ends_local: Option<DateTime>,
    /// New learning place.
    pub place_id: Option<Uuid>,
    /// New place in words.
    pub location: Option<String>,
    /// Call it off.
    pub call_off: bool,
    /// Why.
    pub message: String,
    /// By when an answer is wanted.
    pub answer_until: Option<Date>,
    /// Who proposed, by the name the party uses.
    pub proposed_by: String,
    /// Why it was answered so.
    pub answer: Option<String>,
    /// Who answered, by the name the party uses.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<DateTimeUtc>,
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
