//! A way across the tenant boundary that a scope carries: under which agreement, for whom, how much, how long.

use sea_orm::entity::prelude::*;

use crate::{RoleKey, ShareLevel};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "scope_share")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The owner of the scope.
    pub tenant_id: Uuid,
    /// The scope.
    pub scope_id: Uuid,
    /// The agreement it lives by.
    pub agreement_id: Uuid,
    /// One party only; none = all parties.
    pub grantee_tenant_id: Option<Uuid>,
    /// Only members with this role there; none = all who may read.
    pub grantee_role: Option<RoleKey>,
    /// How much is seen.
    pub level: ShareLevel,
    /// First day, in the owner's time zone.
    pub valid_from: Option<Date>,
    /// Last day, in the owner's time zone.
    pub valid_until: Option<Date>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
