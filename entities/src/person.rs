//! A human being as an identity provider names it: issuer and subject.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Issuer (`iss`) of the identity provider.
    pub issuer: String,
    /// Subject (`sub`) at that issuer.
    pub subject: String,
    /// Name as the provider or the operator gave it; empty = neither did.
    pub name: String,
    /// Whether the account may act.
    pub active: bool,
    /// When the account was first seen.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
