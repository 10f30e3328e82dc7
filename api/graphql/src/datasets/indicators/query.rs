//! Root fields about indicators.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object};
use entities::indicator;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::at_most_100;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::connection::{Paged, list};
use crate::context::ContextExt;
use crate::datasets::indicators::compare::{ComparisonRequest, REGIONS, compare};
use crate::datasets::indicators::types::{Indicator, IndicatorComparison};
use crate::holidays::query::YearRange;

/// The longest time that is compared, in years.
const YEARS: i32 = 100;

/// Filter of `indicators`.
#[derive(InputObject, Clone, Debug, Default)]
pub struct IndicatorFilter {
    /// Only indicators of these subject areas, at most 100.
    areas: Option<Vec<String>>,
}

/// See the module.
#[derive(Default)]
pub struct IndicatorQuery;

#[Object]
impl IndicatorQuery {
    /// Lists the indicators of the catalogue, sorted by code.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn indicators(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<IndicatorFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Indicator>> {
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("indicators {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.reference::<indicator::Entity>();
        if let Some(areas) = filter.areas {
            at_most_100(&areas, "filter.areas")?;
            select = select.filter(indicator::Column::Area.is_in(areas));
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
        #[graphql(desc = "Years to compare, at most 101; shorter periods count to the year in which they begin.")]
        between: YearRange,
    ) -> ApiResult<IndicatorComparison> {
        if regions.is_empty() {
            return Err(Problem::at(UserErrorCode::Required, "regions", Text::new("required")).into());
        }
        if regions.len() > REGIONS {
            let text = Text::new("list-too-long").with("length", regions.len()).with("max", REGIONS);
            return Err(Problem::at(UserErrorCode::LimitReached, "regions", text).into());
        }
        let (from, until) = (between.first_year, between.last_year);
        if !(1_000..=9_999).contains(&from) || !(0..=YEARS).contains(&until.saturating_sub(from)) {
            let text = Text::new("no-years").with("from", from).with("until", until).with("max", YEARS);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between", text).into());
        }
        let request = ComparisonRequest { code, regions, years: (from, until) };
        compare(ctx.op()?, &request).await
    }
}
