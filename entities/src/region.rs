//! A district or municipality of the official list.

use sea_orm::entity::prelude::*;

use crate::RegionKind;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "region")]
pub struct Model {
    /// Official key (AGS) as text, with its leading zero.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ags: String,
    /// Name.
    pub name: String,
    /// Which level it is.
    pub kind: RegionKind,
    /// Key of the district it lies in.
    pub parent_ags: Option<String>,
    /// Inhabitants.
    pub population: i32,
    /// The day they were counted.
    pub population_date: Date,
    /// Attribution of the figures.
    pub source: String,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
