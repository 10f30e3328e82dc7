//! An authority: independent, owner of its data.

use sea_orm::entity::prelude::*;

use crate::{TenantKind, TenantStatus};

/// One row.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short name in addresses, unique: `kaufbeuren`.
    pub slug: String,
    /// Name as the authority signs: `Stadt Kaufbeuren`.
    pub legal_name: String,
    /// What kind of authority it is.
    pub kind: TenantKind,
    /// Official municipality key (AGS) as text: `09762`.
    pub ags: Option<String>,
    /// IANA time zone in which the authority's dates are judged.
    pub time_zone: String,
    /// BCP 47 language of its own texts.
    pub locale: String,
    /// Whether Assumption Day (15 August) is a public holiday here.
    pub assumption_day: bool,
    /// Public website.
    pub website: Option<String>,
    /// Whether a grant of TENANT_ADMIN waits for a second admin, as soon as there is one.
    pub second_admin: bool,
    /// Whether the authority takes part.
    pub status: TenantStatus,
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
