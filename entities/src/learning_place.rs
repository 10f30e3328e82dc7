//! A place of learning: school, kindergarten, adult education, club …

use sea_orm::entity::prelude::*;

use crate::{LearningPlaceKind, Visibility};

/// One row.
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
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
    /// Whether everybody sees it.
    pub visibility: Visibility,
    /// Street and number.
    pub street: Option<String>,
    /// Opening hours in free text.
    pub opening_hours: Option<String>,
    /// Web page.
    pub website: Option<String>,
    /// Youngest age of those who learn there, in years.
    pub age_from: Option<i32>,
    /// Oldest age, in years.
    pub age_to: Option<i32>,
    /// First day on which there is the place.
    pub valid_from: Option<Date>,
    /// Last day, inclusive.
    pub valid_until: Option<Date>,
    /// Who runs it; may be another authority's.
    pub organisation_id: Option<Uuid>,
    /// The record that took its place: another one of the same place, maybe another authority's.
    pub merged_into_id: Option<Uuid>,
    /// When that was.
    pub merged_at: Option<DateTimeUtc>,
    /// Who did it.
    pub merged_by: Option<String>,
    /// When it was put away; none = it is in use.
    pub archived_at: Option<DateTimeUtc>,
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
