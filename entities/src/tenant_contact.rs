//! Offices of an authority that everybody may write to or call.

use sea_orm::entity::prelude::*;

use crate::ContactKind;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_contact")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees: always the public one.
    pub scope_id: Uuid,
    /// What the office is there for.
    pub kind: ContactKind,
    /// Name of the office or function.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// Web address.
    pub website: Option<String>,
    /// Grows by one with every change; updates must name it.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
