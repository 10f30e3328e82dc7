//! What was changed of a place, an organisation or an offer. Its owner alone sees it.

use sea_orm::entity::prelude::*;

use crate::DirectorySubject;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "directory_revision")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// What kind of object.
    pub subject: DirectorySubject,
    /// The object.
    pub object_id: Uuid,
    /// Its version after the change.
    pub object_version: i32,
    /// What was done: the mutation.
    pub action: String,
    /// Who did it, as the authority knows the person.
    pub changed_by: String,
    /// By field, what it was before and after.
    pub changes: Json,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
