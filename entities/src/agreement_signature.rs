//! The one signature of a party.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement_signature")]
pub struct Model {
    /// The agreement.
    #[sea_orm(primary_key, auto_increment = false)]
    pub agreement_id: Uuid,
    /// The party that signed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Who signed, by the name the party uses.
    pub signed_by: String,
    /// The account that signed; none = signed before accounts were kept, or by an import.
    pub signer_id: Option<Uuid>,
    /// When.
    pub signed_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
