//! The import of a file: waiting, at work, or done.

use sea_orm::entity::prelude::*;

use crate::DatasetImportState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset_import")]
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
    /// The upload.
    pub ticket_id: Uuid,
    /// How far it is.
    pub state: DatasetImportState,
    /// Nothing is kept.
    pub dry_run: bool,
    /// How files are read.
    pub profile: Json,
    /// What the office says about it.
    pub note: Option<String>,
    /// Rows so far.
    pub rows_done: i64,
    /// Bytes so far.
    pub bytes_done: i64,
    /// Bytes of the file.
    pub bytes_total: i64,
    /// Problems, all of them.
    pub problem_count: i64,
    /// Warnings, all of them.
    pub warning_count: i64,
    /// Problems and warnings, as many as are kept.
    pub report: Option<Json>,
    /// The version.
    pub version_id: Option<Uuid>,
    /// Until when somebody is at work on it.
    pub lease_until: Option<DateTimeUtc>,
    /// How often it was begun.
    pub attempts: i32,
    /// Somebody wants it to stop.
    pub cancel_requested: bool,
    /// Who asked for it.
    pub requested_by: String,
    /// Grows by one with every change; updates must name it.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    /// When it came to its end.
    pub finished_at: Option<DateTimeUtc>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
