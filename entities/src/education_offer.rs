//! An education offer: what can be learned, for whom, where and by whom.

use sea_orm::entity::prelude::*;

use crate::{EducationOfferState, OfferKind, OfferTopic, Pillar};

/// One row.
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "education_offer")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Title.
    pub title: String,
    /// Text.
    pub description: Option<String>,
    /// What kind of offer.
    pub kind: OfferKind,
    /// What it is about.
    pub topic: OfferTopic,
    /// Free words, one per line.
    pub tags: Option<String>,
    /// Audiences, each with a semicolon before and after it.
    pub audiences: Option<String>,
    /// Youngest age in years.
    pub age_from: Option<i32>,
    /// Oldest age in years.
    pub age_to: Option<i32>,
    /// Languages (BCP 47), each with a semicolon before and after it.
    pub languages: Option<String>,
    /// What it costs, in hundredths of the currency; zero = free, none = not said.
    pub cost_minor: Option<i64>,
    /// Currency (ISO 4217).
    pub currency: Option<String>,
    /// More about the cost, in words.
    pub cost_note: Option<String>,
    /// What makes it accessible, each with a semicolon before and after it.
    pub accessibility: Option<String>,
    /// Who holds it; may be another authority's.
    pub organisation_id: Option<Uuid>,
    /// Where it is; may be another authority's.
    pub learning_place_id: Option<Uuid>,
    /// Place in words.
    pub location: Option<String>,
    /// Field of work.
    pub field_of_work_id: Option<Uuid>,
    /// Which of the five pillars of an education region.
    pub pillar: Option<Pillar>,
    /// Where to register.
    pub registration_url: Option<String>,
    /// First day on which there is the offer.
    pub valid_from: Option<Date>,
    /// Last day, inclusive.
    pub valid_until: Option<Date>,
    /// How far it is; public while it is published.
    pub state: EducationOfferState,
    /// When it was last published.
    pub published_at: Option<DateTimeUtc>,
    /// Why it was withdrawn.
    pub withdraw_reason: Option<String>,
    /// Where a seeded fact comes from.
    pub source: Option<String>,
    /// Title, text, tags and place folded for search.
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
