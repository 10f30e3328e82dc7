//! API types of the days on which an authority's people are not there.

use async_graphql::{Context, Enum, Object};
use domain::holidays::free_days;
use kernel::error::ApiResult;
use kernel::i18n::Locale;

use crate::context::ContextExt;
use crate::scalars::Date;

/// Why days are free.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[graphql(remote = "domain::holidays::free_days::FreeDayKind")]
pub enum FreeDayKind {
    /// A public holiday.
    PublicHoliday,
    /// School holidays.
    SchoolHoliday,
    /// A working day without school (Buß- und Bettag).
    SchoolFreeDay,
    /// The authority's office is closed.
    Closure,
}

/// Free days in a row, for one reason.
pub struct FreeDay(pub free_days::FreeDay);

/// Free days in a row, for one reason.
#[Object]
impl FreeDay {
    /// Why they are free.
    async fn kind(&self) -> FreeDayKind {
        self.0.kind.into()
    }

    /// First day.
    async fn first_day(&self) -> Date {
        Date(self.0.first)
    }

    /// Last day, inclusive.
    async fn last_day(&self) -> Date {
        Date(self.0.last)
    }

    /// Name in the viewer's language; of a closure, its title.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<&str> {
        Ok(match ctx.op()?.locale {
            Locale::De => &self.0.name_de,
            Locale::En => &self.0.name_en,
        })
    }
}
