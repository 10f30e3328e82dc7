//! Root fields about indicators.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object};
use entities::indicator;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::connection::{Paged, list};
use crate::context::ContextExt;
use crate::datasets::indicators::compare::{ComparisonRequest, REGIONS, compare};
use crate::datasets::indicators::types::{Indicator, IndicatorComparison};

/// The longest time that is compared, in years.
const YEARS: i32 = 100;

/// See the module.
#[derive(Default)]
pub struct IndicatorQuery;

/// Range of years. Shorter periods count to the year in which they begin.
#[derive(InputObject, Clone, Copy)]
pub struct PeriodRange {
    /// First year, 1000 to 9999.
    from: i32,
    /// Last year, at most 100 years after `from`.
    until: i32,
}

#[Object]
impl IndicatorQuery {
    /// Lists the indicators of the catalogue, sorted by code.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn indicators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list to this subject area.")] area: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Indicator>> {
        let request = PageRequest::new(first, after, last, before, &format!("indicators {area:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.reference::<indicator::Entity>();
        if let Some(area) = area {
            select = select.filter(indicator::Column::Area.eq(area));
        }
        let order = Order {
            column: indicator::Column::Code,
            id: indicator::Column::Id,
            descending: false,
            nullable: false,
            key: |row: &indicator::Model| (SortValue::Text(Some(row.code.clone())), row.id),
        };
        list(ctx, &request, select, &order, |row| Indicator(Arc::new(row))).await
    }

    /// Compares an indicator between regions over time. Reads the latest published version of at most 10 datasets
    /// visible to the viewer, and at most 1,000 values of each; ignores all beyond. Warnings name limits of
    /// comparability.
    #[graphql(complexity = "regions.len().saturating_mul(child_complexity).saturating_add(100)")]
    async fn compare_indicator(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the indicator.")] code: String,
        #[graphql(desc = "Official keys of the regions, 1 to 30.")] regions: Vec<String>,
        #[graphql(desc = "Years to compare.")] period: PeriodRange,
    ) -> ApiResult<IndicatorComparison> {
        if regions.is_empty() {
            return Err(Problem::at(UserErrorCode::Required, "regions", Text::new("required")).into());
        }
        if regions.len() > REGIONS {
            let text = Text::new("list-too-long").with("length", regions.len()).with("max", REGIONS);
            return Err(Problem::at(UserErrorCode::LimitReached, "regions", text).into());
        }
        let span = period.until.saturating_sub(period.from);
        if !(1_000..=9_999).contains(&period.from) || !(0..=YEARS).contains(&span) {
            let text = Text::new("no-years").with("from", period.from).with("until", period.until).with("max", YEARS);
            return Err(Problem::at(UserErrorCode::OutOfRange, "period", text).into());
        }
        let request = ComparisonRequest { code, regions, years: (period.from, period.until) };
        compare(ctx.op()?, &request).await
    }
}
