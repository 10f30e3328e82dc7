//! A place of learning: school, kindergarten, adult education, club …

use sea_orm::entity::prelude::*;

use crate::LearningPlaceKind;

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "learning_place")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Stable key within the authority, also of seed data.
    pub key: String,
    /// Name.
    pub name: String,
    /// What kind of place.
    pub kind: LearningPlaceKind,
    /// Municipality (AGS).
    pub region_ags: Option<String>,
    /// Postal code, as text.
    pub postal_code: Option<String>,
    /// Town or village.
    pub city: Option<String>,
    /// WGS 84 latitude in degrees.
    pub latitude: Option<f64>,
    /// WGS 84 longitude in degrees.
    pub longitude: Option<f64>,
    /// What the editors want to say about the record.
    pub note: Option<String>,
    /// Name and town folded for search: lower case, umlauts spelt out.
    pub search_text: String,
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
