//! Root fields about holidays.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use chrono::Months;
use domain::holidays::rules::STATE;
use entities::{HolidayExtent, HolidayKind as Kind, holiday, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use store::{Order, PageRequest, Session, SortValue, page_cost};

use crate::connection::{Paged, list};
use crate::context::ContextExt;
use crate::enums::HolidayKind;
use crate::holidays::types::Holiday;
use crate::scalars::Date;

/// See the module.
#[derive(Default)]
pub struct HolidayQuery;

/// Range of days, inclusive at both ends.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct DateRange {
    /// First day.
    pub first_day: Date,
    /// Last day, inclusive; not before the first.
    pub last_day: Date,
}

/// Range of calendar years, inclusive at both ends.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct YearRange {
    /// First year.
    pub first_year: i32,
    /// Last year, inclusive; not before the first.
    pub last_year: i32,
}

impl YearRange {
    /// Refuses a range that ends before it begins; `field` is the path of the last year.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `field`.
    pub fn check(&self, field: &'static str) -> ApiResult<()> {
        if self.first_year > self.last_year {
            let (from, until) = (self.first_year.to_string(), self.last_year.to_string());
            let text = Text::new("ends-before-start").with("from", from).with("until", until);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        Ok(())
    }
}

impl DateRange {
    /// Refuses a range that ends before it begins.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `between.lastDay`.
    pub fn check(&self) -> ApiResult<()> {
        self.check_at("between.lastDay")
    }

    /// The same; `field` is the path of the last day.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `field`.
    pub fn check_at(&self, field: &'static str) -> ApiResult<()> {
        if self.first_day > self.last_day {
            let text = Text::new("ends-before-start").with("from", self.first_day.0).with("until", self.last_day.0);
            return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
        }
        Ok(())
    }

    /// Refuses also a range of more than `years` years.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` at `between.lastDay`.
    pub fn check_years(&self, years: u32) -> ApiResult<()> {
        self.check()?;
        let end = self.first_day.0.checked_add_months(Months::new(12 * years));
        if end.is_some_and(|end| self.last_day.0 >= end) {
            let text = Text::new("window-too-long").with("max", years);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.lastDay", text).into());
        }
        Ok(())
    }
}

/// Region whose holidays are listed.
#[derive(OneofObject, Clone, Debug)]
pub enum HolidayRegion {
    /// State, as ISO 3166-2 code such as `DE-BY`. Includes holidays that apply only in some municipalities, which
    /// `extent` marks.
    State(String),
    /// Authority; its setting for Assumption Day applies.
    Tenant(ID),
}

/// Filter of `holidays`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct HolidayFilter {
    /// Only holidays of these kinds, at most 100.
    kinds: Option<Vec<HolidayKind>>,
}

/// Keeps of a selection what holds for an authority, with its own setting for Assumption Day.
pub(super) fn of_tenant(select: Select<holiday::Entity>, tenant: &tenant::Model) -> Select<holiday::Entity> {
    let select = select.filter(holiday::Column::Region.eq(STATE));
    if tenant.assumption_day {
        return select;
    }
    select.filter(holiday::Column::Extent.eq(HolidayExtent::Statewide))
}

/// The last day of the last school holidays that are known for authorities.
///
/// # Errors
/// The database fails.
pub async fn school_holidays_known_until(session: &Session) -> ApiResult<Option<Date>> {
    let select = session
        .reference::<holiday::Entity>()
        .filter(holiday::Column::Region.eq(STATE))
        .filter(holiday::Column::Kind.eq(Kind::SchoolHoliday))
        .order_by_desc(holiday::Column::EndsOn)
        .limit(1);
    Ok(session.one(select).await?.map(|it| Date(it.ends_on)))
}

#[Object]
impl HolidayQuery {
    /// Lists public holidays, school holidays and school-free days that overlap a range of days, by first day.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "State or authority.")] region: HolidayRegion,
        #[graphql(desc = "Range of days.")] between: DateRange,
        #[graphql(desc = "Restricts the list.")] filter: Option<HolidayFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Holiday>> {
        let filter = filter.unwrap_or_default();
        let name = format!("holidays {region:?} {between:?} {filter:?}");
        let request = PageRequest::new(first, after, last, before, &name)?;
        between.check()?;
        let session = ctx.session().await?;
        let mut select = session
            .reference::<holiday::Entity>()
            .filter(holiday::Column::StartsOn.lte(between.last_day.0))
            .filter(holiday::Column::EndsOn.gte(between.first_day.0));
        match region {
            HolidayRegion::State(state) => select = select.filter(holiday::Column::Region.eq(state)),
            HolidayRegion::Tenant(id) => {
                let id = NodeType::Tenant.parse(&id, "region.tenant")?;
                let tenant = session.get::<tenant::Entity>(id).await?;
                let tenant = tenant.ok_or_else(|| Problem::not_found("region.tenant"))?;
                select = of_tenant(select, &tenant);
            }
        }
        if let Some(kinds) = filter.kinds {
            at_most_100(&kinds, "filter.kinds")?;
            select = select.filter(holiday::Column::Kind.is_in(kinds.into_iter().map(Kind::from)));
        }
        let order = Order {
            column: holiday::Column::StartsOn,
            id: holiday::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &holiday::Model| (SortValue::Date(row.starts_on), row.id),
        };
        list(ctx, &request, select, &order, |row| Holiday(Arc::new(row))).await
    }
}
