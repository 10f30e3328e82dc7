//! API types of the days on which an authority's people are not there.

use async_graphql::{Context, Enum, Object};
use domain::holidays::non_working_days;
use kernel::error::ApiResult;
use kernel::i18n::Locale;

use crate::context::ContextExt;
use crate::scalars::Date;

/// Reason for non-working or school-free days.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "domain::holidays::non_working_days::NonWorkingDayKind")]
pub enum NonWorkingDayKind {
    /// Public holiday by law.
    PublicHoliday,
    /// School holidays.
    SchoolHoliday,
    /// Working day without school ("Buß- und Bettag").
    SchoolFreeDay,
    /// Closure of the authority's office.
    Closure,
}

/// Consecutive non-working or school-free days with one reason.
pub struct NonWorkingDay(pub non_working_days::NonWorkingDay);

/// Consecutive non-working or school-free days with one reason.
#[Object]
impl NonWorkingDay {
    /// Reason for the days.
    async fn kind(&self) -> NonWorkingDayKind {
        self.0.kind.into()
    }

    /// First day of the closure.
    async fn first_day(&self) -> Date {
        Date(self.0.first)
    }

    /// Last day of the closure, inclusive.
    async fn last_day(&self) -> Date {
        Date(self.0.last)
    }

    /// Name, in German or English by `Accept-Language`; for an office closure, its title.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<&str> {
        Ok(match ctx.op()?.locale {
            Locale::De => &self.0.name_de,
            Locale::En => &self.0.name_en,
        })
    }
}
