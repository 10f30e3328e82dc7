//! An organisation of the directory: who runs places and holds offers.

use sea_orm::entity::prelude::*;

use crate::{OrganisationKind, Visibility};

/// One row.
#[derive(Clone, Debug, Default, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The authority that owns the row.
    pub tenant_id: Uuid,
    /// The class of rows that the same audience sees.
    pub scope_id: Uuid,
    /// Name.
    pub name: String,
    /// What kind of organisation.
    pub kind: OrganisationKind,
    /// Whether everybody sees it.
    pub visibility: Visibility,
    /// What it does.
    pub description: Option<String>,
    /// Web page.
    pub website: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code, as text.
    pub postal_code: Option<String>,
    /// Town or village.
    pub city: Option<String>,
    /// Who answers there, as a function: an office, not a person.
    pub contact_function: Option<String>,
    /// Address of that function.
    pub contact_email: Option<String>,
    /// Telephone of that function.
    pub contact_phone: Option<String>,
    /// Name and town folded for search: lower case, umlauts spelt out.
    pub search_text: String,
    /// The organisation that took its place: another record of the same one.
    pub merged_into_id: Option<Uuid>,
    /// When that was.
    pub merged_at: Option<DateTimeUtc>,
    /// Who did it, as the authority knows the person.
    pub merged_by: Option<String>,
    /// When it was put away; none = it is in use.
    pub archived_at: Option<DateTimeUtc>,
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
