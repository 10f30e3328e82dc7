//! Root fields about holidays.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use sea_orm::{ColumnTrait, QueryFilter};
use verbund_entities::{HolidayExtent, HolidayKind as Kind, holiday, tenant};

use super::Holiday;
use crate::error::{ApiResult, Problem, UserErrorCode};
use crate::graphql::ContextExt;
use crate::graphql::connection::{Paged, list};
use crate::graphql::enums::HolidayKind;
use crate::graphql::id::{NodeType, at_most_100};
use crate::graphql::scalars::Date;
use crate::i18n::Text;
use crate::store::{Order, PageRequest, SortValue, page_cost};

/// See the module.
#[derive(Default)]
pub struct HolidayQuery;

/// Days from one to another, both inclusive.
#[derive(InputObject, Clone, Copy, Debug)]
pub struct DateRange {
    /// First day.
    first_day: Date,
    /// Last day, inclusive.
    last_day: Date,
}

/// Whose holidays.
#[derive(OneofObject, Clone, Debug)]
pub enum HolidayRegion {
    /// Of a state by its ISO 3166-2 code: `DE-BY`. Holidays of some municipalities only are marked.
    State(String),
    /// As they hold for an authority, with its own setting for Assumption Day.
    Tenant(ID),
}

/// The state whose holidays hold for authorities; all of them lie in Bavaria today.
const STATE: &str = "DE-BY";

#[Object]
impl HolidayQuery {
    /// Public holidays and school-free days that touch a span of days, by first day.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn holidays(
        &self,
        ctx: &Context<'_>,
        region: HolidayRegion,
        between: DateRange,
        kinds: Option<Vec<HolidayKind>>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<Holiday>> {
        let name = format!("holidays {region:?} {between:?} {kinds:?}");
        let request = PageRequest::new(first, after, last, before, &name)?;
        if between.first_day > between.last_day {
            let text =
                Text::new("ends-before-start").with("from", between.first_day.0).with("until", between.last_day.0);
            return Err(Problem::at(UserErrorCode::OutOfRange, "between.lastDay", text).into());
        }
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
                select = select.filter(holiday::Column::Region.eq(STATE));
                if !tenant.assumption_day {
                    select = select.filter(holiday::Column::Extent.eq(HolidayExtent::Statewide));
                }
            }
        }
        if let Some(kinds) = kinds {
            at_most_100(&kinds, "kinds")?;
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
