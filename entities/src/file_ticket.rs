//! A secret by which one file is sent or fetched in the name of a person.

use sea_orm::entity::prelude::*;

use crate::TicketPurpose;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_ticket")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// What it is for.
    pub purpose: TicketPurpose,
    /// The dataset.
    pub dataset_id: Option<Uuid>,
    /// The version.
    pub version_id: Option<Uuid>,
    /// The document of a project.
    pub document_id: Option<Uuid>,
    /// The copy of a project.
    pub archive_id: Option<Uuid>,
    /// Format of the file.
    pub format: Option<String>,
    /// SHA-256 of the secret.
    pub secret_hash: String,
    /// Name of the file.
    pub file_name: String,
    /// Its size.
    pub bytes: Option<i64>,
    /// SHA-256 of what it holds.
    pub checksum: Option<String>,
    /// Where it is, below the folder of files.
    pub path: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
