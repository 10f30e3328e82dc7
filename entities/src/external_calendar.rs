//! A calendar that lives elsewhere: its address, and what came of asking there. Its entries stand in `calendar`.

use sea_orm::entity::prelude::*;

use crate::FetchOutcome;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "external_calendar")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees: the owner alone.
    pub scope_id: Uuid,
    /// The calendar into which it is taken over.
    pub calendar_id: Uuid,
    /// Address of the file.
    pub url: String,
    /// Minutes between two fetches.
    pub refresh_minutes: i32,
    /// ETag of the file as it was last taken over.
    pub etag: Option<String>,
    /// Last-Modified of the file as it was last taken over.
    pub last_modified: Option<String>,
    /// When it was last asked for.
    pub fetched_at: Option<DateTimeUtc>,
    /// What came of it.
    pub outcome: Option<FetchOutcome>,
    /// More about that: a status, a host.
    pub detail: Option<String>,
    /// What was assumed and left out when the file was last taken over, as much as is kept; none where there was nothing.
    pub warnings: Option<Json>,
    /// Fetches that failed since the last one that did not.
    pub failures: i32,
    /// When it is asked for again; whoever fetches moves it first, so that nobody else does.
    pub next_fetch_at: DateTimeUtc,
    /// Grows by one with every change by people; updates must name it.
    pub version: i32,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When people last changed the row.
    pub updated_at: DateTimeUtc,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
