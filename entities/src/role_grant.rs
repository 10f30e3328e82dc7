//! A role given to a member, for some fields of work or all, from one date until another.

use sea_orm::entity::prelude::*;

use crate::RoleKey;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The member that holds the role.
    pub member_id: Uuid,
    /// Which role.
    pub role: RoleKey,
    /// True: every field of work, and rows without one. False: only those of `role_grant_field`.
    pub all_fields: bool,
    /// Given by a rule for the claims of an identity provider, and taken back when the claim goes.
    pub by_claim: bool,
    /// First day, in the authority's time zone; none = since ever.
    pub valid_from: Option<Date>,
    /// Last day, in the authority's time zone; none = without end.
    pub valid_until: Option<Date>,
    /// Why it was given.
    pub reason: Option<String>,
    /// The person that gave it; none = the operator, or a rule.
    pub granted_by: Option<Uuid>,
    /// Until when a second admin may confirm it; it has no effect before. None = it is confirmed, or needs no confirmation.
    pub confirm_until: Option<DateTimeUtc>,
    /// The person that confirmed it.
    pub confirmed_by: Option<Uuid>,
    /// When it was taken back.
    pub revoked_at: Option<DateTimeUtc>,
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
