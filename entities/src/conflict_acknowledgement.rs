//! A conflict that the owner of an entry has taken note of, and why it stays.

use sea_orm::entity::prelude::*;

use crate::ConflictRule;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conflict_acknowledgement")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The owner and those whom its agreements bind: reasons and names are not for everybody, even where the entry is.
    pub scope_id: Uuid,
    /// The entry on which it stays.
    pub entry_id: Uuid,
    /// The conflict: made from rule, sides and their times, so that another time is another conflict.
    pub conflict_id: Uuid,
    /// The rule.
    pub rule: ConflictRule,
    /// Why it stays.
    pub reason: String,
    /// Who took note, by the name the authority uses.
    pub acknowledged_by: String,
    /// When.
    pub created_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
