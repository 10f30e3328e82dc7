//! A funding programme as its rules say it: facts with their source.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "funding_programme")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Who pays.
    pub funder: String,
    /// First day of the programme, if known.
    pub starts_on: Option<Date>,
    /// Last day of the programme, if known.
    pub ends_on: Option<Date>,
    /// The most that is paid of the eligible cost, in hundredths of a per cent; none = not limited, or not known.
    pub max_rate: Option<i32>,
    /// Cost types that are eligible; empty = not known.
    pub cost_types: Json,
    /// What has to be delivered, and when.
    pub rules: Json,
    /// For so many years after the proof of use everything is kept.
    pub retention_years: i32,
    /// What else is to know.
    pub note: Option<String>,
    /// Where these facts come from.
    pub source: String,
}

/// Joins are written where they are needed; see `store` in the api crate.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
