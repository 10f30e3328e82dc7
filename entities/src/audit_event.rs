//! Who changed what, for which authority, in the transaction of the change.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The acting person; none = the operator.
    pub person_id: Option<Uuid>,
    /// The mutation or command.
    pub action: String,
    /// Type of the object.
    pub object_type: String,
    /// The object.
    pub object_id: Uuid,
    /// The agreement it happened under.
    pub agreement_id: Option<Uuid>,
    /// State before, as JSON.
    pub before: Option<Json>,
    /// State after, as JSON.
    pub after: Option<Json>,
    /// Request that caused it.
    pub request_id: String,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
