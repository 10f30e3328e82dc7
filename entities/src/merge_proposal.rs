//! A proposal that two records of the directory are the same: two places, or two organisations.

use sea_orm::entity::prelude::*;

use crate::MergeProposalState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merge_proposal")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that proposes; it owns one of the two.
    pub tenant_id: Uuid,
    /// The owner of the other one; the same where both are its own.
    pub to_tenant_id: Uuid,
    /// The class of rows that the same audience sees: both authorities.
    pub scope_id: Uuid,
    /// The agreement it lives by; none where both records are one authority's.
    pub agreement_id: Option<Uuid>,
    /// The place that would give way.
    pub duplicate_place_id: Option<Uuid>,
    /// The organisation that would give way.
    pub duplicate_organisation_id: Option<Uuid>,
    /// Its owner, who alone accepts.
    pub duplicate_tenant_id: Uuid,
    /// The place that stays.
    pub survivor_place_id: Option<Uuid>,
    /// The organisation that stays.
    pub survivor_organisation_id: Option<Uuid>,
    /// Why the two are thought to be the same.
    pub message: Option<String>,
    /// How far it is.
    pub state: MergeProposalState,
    /// Who proposed it.
    pub proposed_by: String,
    /// Who answered or took it back.
    pub answered_by: Option<String>,
    /// For which authority.
    pub answered_tenant_id: Option<Uuid>,
    /// When.
    pub answered_at: Option<DateTimeUtc>,
    /// Why it was declined.
    pub reason: Option<String>,
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
