//! A field of work to which a role is limited.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant_field")]
pub struct Model {
    /// The limited role.
    #[sea_orm(primary_key, auto_increment = false)]
    pub role_grant_id: Uuid,
    /// The field of work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field_of_work_id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
