//! A calendar or a version of a dataset that had a public address and has it no more.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "former_publication")]
pub struct Model {
    /// UUIDv7, or the id of the version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that published it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees: always the public one.
    pub scope_id: Uuid,
    /// The calendar; none where it is a version of a dataset.
    pub calendar_id: Option<Uuid>,
    /// The dataset; none where it is a calendar.
    pub dataset_id: Option<Uuid>,
    /// Number of the version, before the dot.
    pub major: Option<i32>,
    /// Number of the version, after the dot.
    pub minor: Option<i32>,
    /// When it ceased to be public.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
