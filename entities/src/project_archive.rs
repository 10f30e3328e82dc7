//! The copy of a project that a party keeps for itself.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_archive")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that keeps it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// Field of work of the project.
    pub field_of_work_id: Option<Uuid>,
    /// Title of the project.
    pub title: String,
    /// The agreement under which the party saw it.
    pub agreement_id: Option<Uuid>,
    /// The copy: JSON with everything that the party saw.
    pub content: String,
    /// SHA-256 of the copy.
    pub checksum: String,
    /// Who took it, by the name the party uses.
    pub taken_by: String,
    /// When the row was made.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
