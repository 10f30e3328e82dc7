//! A dataset of an authority: what it is about, whom it may reach, and how it is protected on the way.

use sea_orm::entity::prelude::*;

use crate::{DataClass, DatasetAccess, Frequency, ProtectionMethod};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "dataset")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Field of work.
    pub field_of_work_id: Option<Uuid>,
    /// Title, unique in the authority.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// What it is found by, folded.
    pub search_text: String,
    /// Whom it may reach.
    pub access: DatasetAccess,
    /// What kind of data it is.
    pub data_class: DataClass,
    /// What is done to figures that leave the authority.
    pub protection_method: ProtectionMethod,
    /// The least count, or the base of rounding.
    pub protection_parameter: Option<i32>,
    /// Names of the dimensions that may leave the authority.
    pub protection_dimensions: Json,
    /// When protected figures were first shared; the protection stays since.
    pub protection_fixed_at: Option<DateTimeUtc>,
    /// Where the figures are public already; needed to be exempt.
    pub exempt_source: Option<String>,
    /// How files are read.
    pub profile: Option<Json>,
    /// Words to find it by.
    pub keywords: Json,
    /// Whom to ask.
    pub contact_name: Option<String>,
    /// Their address.
    pub contact_email: Option<String>,
    /// Their page.
    pub contact_url: Option<String>,
    /// Short name of the licence in the list of DCAT-AP.de.
    pub licence: Option<String>,
    /// How its source is to be named.
    pub attribution: Option<String>,
    /// Who collected the figures.
    pub collector: Option<String>,
    /// Where they come from: a system or a publication.
    pub source: Option<String>,
    /// Its address.
    pub source_url: Option<String>,
    /// How they were collected.
    pub method: Option<String>,
    /// What they were worked out from.
    pub derived_from: Option<String>,
    /// Official key of the region that it covers.
    pub region: Option<String>,
    /// First day that it covers.
    pub covers_from: Option<Date>,
    /// Last day that it covers.
    pub covers_until: Option<Date>,
    /// How often there is a new version.
    pub frequency: Option<Frequency>,
    /// Its page elsewhere.
    pub landing_page: Option<String>,
    /// Language of titles and texts.
    pub language: String,
    /// What it is for.
    pub purpose: Option<String>,
    /// By what law.
    pub legal_basis: Option<String>,
    /// Until when it is kept.
    pub retention_until: Option<Date>,
    /// When it was released.
    pub published_at: Option<DateTimeUtc>,
    /// When that was taken back.
    pub withdrawn_at: Option<DateTimeUtc>,
    /// Why.
    pub withdrawn_reason: Option<String>,
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
