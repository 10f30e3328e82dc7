//! Root fields about learning places.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;
use verbund_entities::{LearningPlaceKind as Kind, learning_place, learning_place_origin, region, tenant};

use super::LearningPlace;
use crate::error::ApiResult;
use crate::graphql::ContextExt;
use crate::graphql::connection::{Paged, fill, page};
use crate::graphql::enums::LearningPlaceKind;
use crate::graphql::id::{NodeType, at_most_100};
use crate::graphql::lookahead::Selected;
use crate::store::{Order, PageRequest, Session, SortValue, contains_folded, page_cost};

/// See the module.
#[derive(Default)]
pub struct PlaceQuery;

/// Which learning places are wanted.
#[derive(InputObject, Clone, Debug, Default)]
pub struct LearningPlaceFilter {
    /// Only of these authorities.
    tenants: Option<Vec<ID>>,
    /// Only of these kinds.
    kinds: Option<Vec<LearningPlaceKind>>,
    /// Only in these districts or municipalities (AGS).
    regions: Option<Vec<String>>,
    /// Only with this text in name, town or postal code; case and spelt-out umlauts do not matter.
    text: Option<String>,
}

/// How learning places are sorted; equal ones by id, those without a value last.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearningPlaceOrder {
    /// By name.
    Name,
    /// By town, places without one last.
    City,
    /// By town, backwards, places without one first.
    CityDescending,
}

impl LearningPlaceOrder {
    fn order(self) -> Order<learning_place::Entity> {
        use learning_place::Column as C;
        let name: fn(&learning_place::Model) -> (SortValue, Uuid) =
            |row| (SortValue::Text(Some(row.name.clone())), row.id);
        let city: fn(&learning_place::Model) -> (SortValue, Uuid) = |row| (SortValue::Text(row.city.clone()), row.id);
        let (column, descending, nullable, key) = match self {
            Self::Name => (C::Name, false, false, name),
            Self::City => (C::City, false, true, city),
            Self::CityDescending => (C::City, true, true, city),
        };
        Order { column, id: C::Id, descending, nullable, key }
    }
}

#[Object]
impl PlaceQuery {
    /// Learning places that the viewer may see.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn learning_places(
        &self,
        ctx: &Context<'_>,
        filter: Option<LearningPlaceFilter>,
        #[graphql(default_with = "LearningPlaceOrder::Name")] order_by: LearningPlaceOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<LearningPlace>> {
        use learning_place::Column as C;
        let filter = filter.unwrap_or_default();
        let list = format!("learningPlaces {filter:?} {order_by:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let mut select = session.select::<learning_place::Entity>();
        if let Some(ids) = filter.tenants {
            select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
        }
        if let Some(kinds) = filter.kinds {
            at_most_100(&kinds, "filter.kinds")?;
            select = select.filter(C::Kind.is_in(kinds.into_iter().map(Kind::from)));
        }
        if let Some(regions) = filter.regions {
            at_most_100(&regions, "filter.regions")?;
            let mut here = sea_orm::Condition::any();
            for region in regions {
                // A municipality's key begins with its district's.
                let region = crate::text::line(&region, "filter.regions", 12)?;
                here = here.add(contains_prefix(C::RegionAgs, &region));
            }
            select = select.filter(here);
        }
        if let Some(text) = filter.text {
            let text = crate::text::line(&text, "filter.text", 200)?;
            for word in text.split_whitespace().take(10) {
                select = select.filter(contains_folded(C::SearchText, word));
            }
        }
        let (frame, rows) = page(ctx, &session, &request, select, &order_by.order()).await?;
        let selected = Selected::of(ctx);
        read_ahead_rows(&session, rows.iter().map(|(_, row)| row), |field| selected.node(field)).await?;
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, LearningPlace(Arc::new(row))))))
    }
}

/// `column` is this key or begins with it, up to the next key: digits only, so that it is a range.
fn contains_prefix(column: learning_place::Column, key: &str) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::sea_query::ExprTrait as _;
    column.gte(key).and(column.lt(format!("{key}:")))
}

/// Places of a list's rows and what was selected of them, in one statement each.
///
/// # Errors
/// The database fails.
pub async fn read_ahead(session: &Session, places: &[Uuid], selected: impl Fn(&str) -> bool) -> ApiResult<()> {
    session.load::<learning_place::Entity>(places.iter().copied()).await?;
    let mut rows = Vec::new();
    for place in places {
        rows.extend(session.get::<learning_place::Entity>(*place).await?);
    }
    read_ahead_rows(session, rows.iter().map(AsRef::as_ref), selected).await
}

async fn read_ahead_rows<'a>(
    session: &Session,
    rows: impl Iterator<Item = &'a learning_place::Model> + Clone,
    selected: impl Fn(&str) -> bool,
) -> ApiResult<()> {
    if selected("tenant") {
        session.load::<tenant::Entity>(rows.clone().map(|it| it.tenant_id)).await?;
    }
    if selected("region") {
        session.load::<region::Entity>(rows.clone().filter_map(|it| it.region_ags.clone())).await?;
    }
    if selected("origins") {
        session.load_groups::<learning_place_origin::Entity>(rows.map(|it| it.id)).await?;
    }
    Ok(())
}
