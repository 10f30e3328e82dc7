//! What a party owes its funder, and until when.

use sea_orm::entity::prelude::*;

use crate::{ObligationKind, ObligationState};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "obligation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that owes it.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// The funding.
    pub funding_id: Uuid,
    /// Field of work of the project.
    pub field_of_work_id: Option<Uuid>,
    /// What it is.
    pub kind: ObligationKind,
    /// In words.
    pub title: String,
    /// Last day.
    pub due_on: Date,
    /// Whether it is met.
    pub state: ObligationState,
    /// When it was met.
    pub fulfilled_on: Option<Date>,
    /// What was called for, in cents.
    pub amount: Option<i64>,
    /// The document that proves it.
    pub document_id: Option<Uuid>,
    /// What was said about it.
    pub note: Option<String>,
    /// It comes of the rules of the programme.
    pub made_by_rule: bool,
    /// When the next reminder goes out; none = no more.
    pub remind_on: Option<Date>,
    /// Its entry in the calendar of the party for the project.
    pub entry_id: Uuid,
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
