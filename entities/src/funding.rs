//! Money of a programme for a project: applied for and received by one party.

use sea_orm::entity::prelude::*;

use crate::FundingState;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "funding")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The party that applies and receives.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// The project.
    pub project_id: Uuid,
    /// Field of work of the project.
    pub field_of_work_id: Option<Uuid>,
    /// The programme.
    pub programme_id: Uuid,
    /// Reference number of the funder (Förderkennzeichen).
    pub reference_number: Option<String>,
    /// Where it stands.
    pub state: FundingState,
    /// Share of the eligible cost that is paid, in hundredths of a per cent.
    pub rate: i32,
    /// First day on which cost is eligible.
    pub eligible_from: Date,
    /// Last day on which cost is eligible.
    pub eligible_until: Date,
    /// Eligible cost, in cents.
    pub eligible_cost: i64,
    /// What is asked for, in cents.
    pub requested: i64,
    /// What was granted, in cents.
    pub granted: Option<i64>,
    /// When the funder decided.
    pub decided_on: Option<Date>,
    /// What else is to know.
    pub note: Option<String>,
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
