//! What a learning place or an organisation is called in another register.

use sea_orm::entity::prelude::*;

use crate::ExternalIdScheme;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "external_id")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The place, or none where it is an organisation's.
    pub learning_place_id: Option<Uuid>,
    /// The organisation, or none where it is a place's.
    pub organisation_id: Option<Uuid>,
    /// The register.
    pub scheme: ExternalIdScheme,
    /// The id in it.
    pub value: String,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
