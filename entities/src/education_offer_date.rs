//! An entry of a calendar that is a date of an offer.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "education_offer_date")]
pub struct Model {
    /// The offer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub offer_id: Uuid,
    /// The entry, of the same authority.
    #[sea_orm(primary_key, auto_increment = false)]
    pub calendar_entry_id: Uuid,
    /// The authority that owns both.
    pub tenant_id: Uuid,
    /// That of the offer.
    pub scope_id: Uuid,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
