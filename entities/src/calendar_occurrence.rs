//! One date of a series, computed from its rule. A date that was changed or called off by itself has none: it is an entry.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_occurrence")]
pub struct Model {
    /// Made from series and start, so that it is the same when the series is computed again.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// That of the series, kept in step by a trigger.
    pub scope_id: Uuid,
    /// The series.
    pub entry_id: Uuid,
    /// Start on the clock of the series' zone.
    pub starts_local: DateTime,
    /// End on the clock of the series' zone, exclusive.
    pub ends_local: DateTime,
    /// Start as an instant.
    pub starts_at: DateTimeUtc,
    /// End as an instant, exclusive.
    pub ends_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
