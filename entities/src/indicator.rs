//! An indicator as its editors define it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "indicator")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Code.
    pub code: String,
    /// Area of the catalogue.
    pub area: String,
    /// Short title.
    pub title: String,
    /// What it tells.
    pub definition: String,
    /// How it is worked out.
    pub formula: Option<String>,
    /// The statistics behind it.
    pub basis: Option<String>,
    /// Unit.
    pub unit: Option<String>,
    /// Edition of the definition.
    pub edition: String,
    /// Source of the definition, with its licence.
    pub source: String,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
