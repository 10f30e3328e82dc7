//! A project: one authority leads, others take part under an agreement.

use sea_orm::entity::prelude::*;

use crate::{Confidentiality, Pillar, ProjectPhase};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that leads.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Who sees what belongs to it: the lead and its partners.
    pub inner_scope_id: Uuid,
    /// The agreement that partners take part under.
    pub agreement_id: Option<Uuid>,
    /// Field of work.
    pub field_of_work_id: Option<Uuid>,
    /// Title.
    pub title: String,
    /// What it is about, for everybody who may know of it.
    pub summary: Option<String>,
    /// Title and summary folded for search.
    pub search_text: String,
    /// Where it stands.
    pub phase: ProjectPhase,
    /// How far the project itself goes beyond lead and partners; what belongs to it goes no further than to those.
    pub confidentiality: Confidentiality,
    /// Which of the five pillars of an education region.
    pub pillar: Option<Pillar>,
    /// For whom, each with a semicolon before and after it.
    pub audiences: Option<String>,
    /// For whom in words, one per line.
    pub target_groups: Option<String>,
    /// Learning place where most of it happens.
    pub place_id: Option<Uuid>,
    /// First day.
    pub starts_on: Option<Date>,
    /// Last day.
    pub ends_on: Option<Date>,
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
