//! The class of rows that the same audience may see. Equal definitions are one scope.

use sea_orm::entity::prelude::*;

use crate::{Confidentiality, ScopeArea};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scope")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The owner; none only for the one scope of everything public.
    pub tenant_id: Option<Uuid>,
    /// Which permission reads it.
    pub area: ScopeArea,
    /// Field of work of its rows, if they have one.
    pub field_of_work_id: Option<Uuid>,
    /// How far its rows may go.
    pub confidentiality: Confidentiality,
    /// Fingerprint of the definition, unique.
    pub definition: String,
    /// When it was first needed.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
