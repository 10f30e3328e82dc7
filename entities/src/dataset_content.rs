//! One table of a version: the figures as they are, or what may leave the authority.

use sea_orm::entity::prelude::*;

use crate::ContentKind;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_content")]
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
    /// The version.
    pub version_id: Uuid,
    /// What it is.
    pub kind: ContentKind,
    /// Its columns: those of the version, or what is left of them.
    pub columns: Json,
    /// How many rows it has.
    pub row_count: i64,
    /// SHA-256 of what it holds.
    pub checksum: String,
    /// What was done to it.
    pub summary: Option<Json>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
