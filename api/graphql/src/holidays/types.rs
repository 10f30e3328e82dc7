//! API type of holidays.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entities::holiday;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::i18n::Locale;

use crate::context::ContextExt;
use crate::enums::{HolidayExtent, HolidayKind};
use crate::node_row::node_object;
use crate::scalars::Date;

/// Public holiday, school holidays, or school-free day.
pub struct Holiday(pub Arc<holiday::Model>);

node_object!(Holiday, |row| Self(row));

/// Public holiday, school holidays, or school-free day.
#[Object]
impl Holiday {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Holiday.id(self.0.id).into()
    }

    /// Kind of holiday.
    async fn kind(&self) -> HolidayKind {
        self.0.kind.into()
    }

    /// State, as ISO 3166-2 code such as `DE-BY`.
    async fn state(&self) -> &str {
        &self.0.region
    }

    /// First day of the closure.
    async fn first_day(&self) -> Date {
        Date(self.0.starts_on)
    }

    /// Last day of the closure, inclusive.
    async fn last_day(&self) -> Date {
        Date(self.0.ends_on)
    }

    /// Name, in German or English by `Accept-Language`.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<&str> {
        Ok(match ctx.op()?.locale {
            Locale::De => &self.0.name_de,
            Locale::En => &self.0.name_en,
        })
    }

    /// Name in German.
    async fn name_de(&self) -> &str {
        &self.0.name_de
    }

    /// Name in English.
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// Extent of the holiday within the state.
    async fn extent(&self) -> HolidayExtent {
        self.0.extent.into()
    }

    /// Attribution and licence of the data; the law, for holidays computed by rule.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Edition of the data, such as `2026-11`; null for holidays computed by rule.
    async fn edition(&self) -> Option<&str> {
        self.0.edition.as_deref()
    }
}
