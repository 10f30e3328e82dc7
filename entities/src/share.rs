//! What an owner shows its partners under an agreement.

use sea_orm::entity::prelude::*;

use crate::{Area, RoleKey, ShareLevel};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The agreement it lives by.
    pub agreement_id: Uuid,
    /// Which area of cooperation it belongs to.
    pub area: Area,
    /// One calendar; none = by selector.
    pub calendar_id: Option<Uuid>,
    /// One dataset; none = by selector.
    pub dataset_id: Option<Uuid>,
    /// One project.
    pub project_id: Option<Uuid>,
    /// Selector: all of the area in this field of work; with neither calendar nor field, all of the area.
    pub field_of_work_id: Option<Uuid>,
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
    /// Why it is shared.
    pub reason: Option<String>,
    /// When the owner took it back.
    pub ended_at: Option<DateTimeUtc>,
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
