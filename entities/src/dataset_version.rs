//! One state of a dataset. What it holds never changes.

use sea_orm::entity::prelude::*;

use crate::DatasetVersionState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_version")]
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
    /// Grows where columns went away or changed their type.
    pub major: i32,
    /// Grows with every other new state.
    pub minor: i32,
    /// How far it is.
    pub state: DatasetVersionState,
    /// The columns, in their order.
    pub columns: Json,
    /// How files are read.
    pub profile: Json,
    /// How many rows it has.
    pub row_count: i64,
    /// SHA-256 of what it holds.
    pub checksum: String,
    /// Name of the original file.
    pub source_name: String,
    /// Its size.
    pub source_bytes: i64,
    /// Its SHA-256.
    pub source_checksum: String,
    /// Where it is kept, below the folder of files.
    pub source_file: String,
    /// The day that the figures are of.
    pub reference_date: Option<Date>,
    /// What changed since the version before.
    pub changes: Option<Json>,
    /// What the office says about it.
    pub note: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was published in the authority and to whom it reaches.
    pub published_at: Option<DateTimeUtc>,
    /// When that was taken back.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Why.
    pub withdrawn_reason: Option<String>,
    /// Grows by one with every change of its state; updates must name it.
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
