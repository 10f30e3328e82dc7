//! What an authority asks of another one's data.

use sea_orm::entity::prelude::*;

use crate::{DataRequestState, ShareLevel};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "data_request")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that asks.
    pub tenant_id: Uuid,
    /// The authority that is asked.
    pub to_tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The agreement that it lives by.
    pub agreement_id: Uuid,
    /// The dataset, where it is known.
    pub dataset_id: Option<Uuid>,
    /// What is asked for.
    pub about: String,
    /// What it is for.
    pub purpose: String,
    /// By what law.
    pub legal_basis: String,
    /// How much is wanted.
    pub level: ShareLevel,
    /// Until when.
    pub until: Option<Date>,
    /// How far it is.
    pub state: DataRequestState,
    /// Who asked.
    pub asked_by: String,
    /// What was answered.
    pub answer: Option<String>,
    /// By whom.
    pub answered_by: Option<String>,
    /// When.
    pub answered_at: Option<DateTimeUtc>,
    /// The share that came of it.
    pub share_id: Option<Uuid>,
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
