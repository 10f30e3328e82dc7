//! A secret by which programs subscribe to calendars in the name of a person.

use sea_orm::entity::prelude::*;

use crate::ShareLevel;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "feed")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority for which the person subscribes; only its roles there count.
    pub tenant_id: Uuid,
    /// Those who see the members of the authority; the person sees it whatever the scope.
    pub scope_id: Uuid,
    /// The person in that authority.
    pub member_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// What the person calls it.
    pub name: String,
    /// Ids of the calendars, also of partners; none = all that are in sight.
    pub calendars: Option<Json>,
    /// The most that it shows.
    pub level: ShareLevel,
    /// SHA-256 of the secret, in hex.
    pub secret_hash: String,
    /// When it ends.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was last used; kept to the hour, so that reading does not write each time.
    pub last_used_at: Option<DateTimeUtc>,
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
