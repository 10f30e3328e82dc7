//! The person to talk to in an organisation. Without consent the row is in a scope of the owner alone.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation_person")]
pub struct Model {
    /// The organisation; at most one person each.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Name.
    pub name: String,
    /// What the person does there.
    pub role: Option<String>,
    /// Address of the person.
    pub email: Option<String>,
    /// Telephone of the person.
    pub phone: Option<String>,
    /// Whether the person agreed to be shown to whoever sees the organisation.
    pub consent: bool,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
