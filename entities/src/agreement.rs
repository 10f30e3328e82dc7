//! A cooperation agreement: the root of every access across a tenant boundary.

use sea_orm::entity::prelude::*;

use crate::AgreementState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agreement")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that drafted it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Title of the document.
    pub title: String,
    /// SHA-256 of the signed document, lower-case hex.
    pub document_hash: Option<String>,
    /// Covers calendars (coordination of annual plans).
    pub covers_calendars: bool,
    /// Covers projects (joint design and execution).
    pub covers_projects: bool,
    /// Covers datasets (data exchange).
    pub covers_datasets: bool,
    /// True: every field of work, and rows without one. False: only those of `agreement_field`.
    pub all_fields: bool,
    /// First day.
    pub valid_from: Date,
    /// Last day; none = until ended.
    pub valid_until: Option<Date>,
    /// Where it stands.
    pub state: AgreementState,
    /// Why it was ended.
    pub end_reason: Option<String>,
    /// When it was ended.
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
