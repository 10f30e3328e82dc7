//! A change to be told to subscribers, in the transaction of the change.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Place in the order of commits; given by the database.
    pub position: Option<i64>,
    /// What the object belongs to, for those who subscribe to the whole: the calendar of an entry.
    pub parent_id: Option<Uuid>,
    /// What happened: `calendar_entry.created`.
    pub topic: String,
    /// Type of the object.
    pub object_type: String,
    /// The object.
    pub object_id: Uuid,
    /// Its version after the change.
    pub object_version: i32,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
