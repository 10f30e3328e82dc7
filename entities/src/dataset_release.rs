//! The proposal to release a dataset to the public, and what became of it: four eyes.

use sea_orm::entity::prelude::*;

use crate::DatasetReleaseState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_release")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The dataset.
    pub dataset_id: Uuid,
    /// How far it is.
    pub state: DatasetReleaseState,
    /// What was checked.
    pub checklist: Json,
    /// Who proposed it.
    pub proposed_by: String,
    /// Account of who proposed it: somebody else decides.
    pub proposer_id: Uuid,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
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
