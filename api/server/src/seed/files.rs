//! The formats of the seed files.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveDateTime};
use entities::{
    Accessibility, Audience, Confidentiality, EntryKind, EntryStatus, LearningPlaceKind, OfferKind, OfferTopic,
    OrganisationKind, Pillar, RegionKind,
};
use kernel::error::{ApiError, ApiResult};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// Reads an embedded file.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &str) -> ApiResult<T> {
    toml::from_str(text).map_err(|error| ApiError::fault(format!("seed file: {error}")))
}

/// Where the facts of a file come from.
#[derive(Debug, Deserialize)]
pub(super) struct SeedSource {
    /// Attribution as the licence wants it.
    pub attribution: String,
}

/// `indicators.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Indicators {
    pub edition: String,
    pub source: SeedSource,
    pub indicator: Vec<IndicatorFact>,
}

/// What is divided by what.
#[derive(Debug, Deserialize)]
pub(super) struct IndicatorFact {
    pub code: String,
    pub area: String,
    pub title: String,
    pub counted: String,
    pub base: String,
    pub per: u32,
    pub basis: String,
}

/// `regions.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Regions {
    pub source: SeedSource,
    pub region: Vec<SeedRegion>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeedRegion {
    pub ags: String,
    pub name: String,
    pub kind: RegionKind,
    pub parent: Option<String>,
    pub population: i32,
    #[serde(deserialize_with = "date")]
    pub population_date: NaiveDate,
}

/// `learning_places.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Places {
    pub source: SeedSource,
    pub place: Vec<SeedPlace>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeedPlace {
    pub key: String,
    pub tenant: String,
    pub name: String,
    pub kind: LearningPlaceKind,
    pub region: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub latitude: f64,
    pub longitude: f64,
    pub note: Option<String>,
    pub origin: Vec<SeedOrigin>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeedOrigin {
    pub name: String,
    pub latitude: f64,
    pub longitude: f64,
    #[serde(rename = "type")]
    pub kind: String,
}

/// `plans.toml`.
#[derive(Debug, Deserialize)]
pub(super) struct Plans {
    pub calendar: Vec<SeedCalendar>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeedCalendar {
    pub key: String,
    pub tenant: String,
    pub name: String,
    pub description: Option<String>,
    pub field: Option<String>,
    pub confidentiality: Confidentiality,
    pub color: Option<String>,
    #[serde(default)]
    pub entry: Vec<Entry>,
}

/// `offers.toml`. Its calendars are read as those of the plans.
#[derive(Debug, Deserialize)]
pub(super) struct Offers {
    pub source: SeedSource,
    pub organisation: Vec<SeedOrganisation>,
    pub offer: Vec<Offer>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SeedOrganisation {
    pub key: String,
    pub tenant: String,
    pub name: String,
    pub kind: OrganisationKind,
    pub description: Option<String>,
    pub postal_code: Option<String>,
    pub city: Option<String>,
    pub contact_function: Option<String>,
    pub contact_email: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Offer {
    pub tenant: String,
    pub title: String,
    pub description: Option<String>,
    pub kind: OfferKind,
    pub topic: OfferTopic,
    #[serde(default)]
    pub tags: Vec<String>,
    pub audiences: BTreeSet<Audience>,
    pub age_from: Option<i32>,
    pub age_to: Option<i32>,
    pub languages: Vec<String>,
    pub cost_minor: Option<i64>,
    pub cost_note: Option<String>,
    #[serde(default)]
    pub accessibility: BTreeSet<Accessibility>,
    pub provider: Option<String>,
    pub place: Option<String>,
    pub location: Option<String>,
    pub field: Option<String>,
    pub pillar: Option<Pillar>,
    pub registration_url: Option<String>,
    #[serde(default, deserialize_with = "optional_date")]
    pub valid_from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "optional_date")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default)]
    pub dates: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub key: String,
    pub title: String,
    pub description: Option<String>,
    pub kind: EntryKind,
    pub status: Option<EntryStatus>,
    pub confidentiality: Option<Confidentiality>,
    #[serde(default, deserialize_with = "optional_time")]
    pub start: Option<NaiveDateTime>,
    #[serde(default, deserialize_with = "optional_time")]
    pub end: Option<NaiveDateTime>,
    #[serde(default, deserialize_with = "optional_date")]
    pub from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "optional_date")]
    pub to: Option<NaiveDate>,
    pub place: Option<String>,
    pub location: Option<String>,
    pub organiser: Option<String>,
    #[serde(default)]
    pub audiences: BTreeSet<Audience>,
    #[serde(default)]
    pub target_groups: Vec<String>,
    pub pillar: Option<Pillar>,
    pub cost: Option<String>,
    pub registration_url: Option<String>,
    /// Recurrence rule.
    pub repeats: Option<String>,
    pub source: Option<String>,
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    toml::value::Datetime::deserialize(deserializer)?.to_string().parse().map_err(D::Error::custom)
}

fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    date(deserializer).map(Some)
}

fn optional_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDateTime>, D::Error> {
    let text = toml::value::Datetime::deserialize(deserializer)?.to_string();
    text.parse().map(Some).map_err(D::Error::custom)
}

/// `seed/programmes.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programmes {
    /// The programmes.
    pub programme: Vec<Programme>,
}

/// A funding programme.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Who pays.
    pub funder: String,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// The most that is paid of the eligible cost, in per cent.
    pub max_rate: Option<String>,
    /// Eligible types of cost.
    pub cost_types: Vec<entities::CostType>,
    /// For how long everything is kept.
    pub retention_years: i32,
    /// What else is to know.
    pub note: Option<String>,
    /// Where this comes from.
    pub source: String,
    /// What has to be delivered.
    #[serde(default)]
    pub rule: Vec<domain::funding::rules::Rule>,
}
