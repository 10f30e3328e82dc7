//! A work package that begins after another.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "work_package_dependency")]
pub struct Model {
    /// The party that answers for the work package.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The work package.
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_package_id: Uuid,
    /// The one that comes before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub depends_on_id: Uuid,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
