//! A person in an authority, under the name that authority uses for it.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The person.
    pub person_id: Uuid,
    /// Name within the authority.
    pub name: String,
    /// Work e-mail address.
    pub email: Option<String>,
    /// When the newest token was issued whose claims changed the roles of the member; none = no claim has yet.
    pub claims_at: Option<DateTimeUtc>,
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
