//! A public holiday or a school-free period.

use sea_orm::entity::prelude::*;

use crate::{HolidayExtent, HolidayKind};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "holiday")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What kind of non-working day.
    pub kind: HolidayKind,
    /// ISO 3166-2 region: `DE-BY`.
    pub region: String,
    /// First day.
    pub starts_on: Date,
    /// Last day, inclusive.
    pub ends_on: Date,
    /// German name.
    pub name_de: String,
    /// English name.
    pub name_en: String,
    /// Whether it holds everywhere in the region.
    pub extent: HolidayExtent,
    /// Attribution and licence; for what comes by rule, the law.
    pub source: String,
    /// Edition of the data that the row came with: `2026-11`; none where it comes by rule.
    pub edition: Option<String>,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
