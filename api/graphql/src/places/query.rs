//! Root fields about learning places.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use domain::places::externals::IdsOfPlace;
use domain::places::merges::canonical::{MergedPlaces, canonical_ids};
use entities::{LearningPlaceKind as Kind, external_id, learning_place, learning_place_origin, region, tenant};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use kernel::error::ApiResult;
use kernel::global_id::{NodeType, at_most_100};
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue, contains_folded, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::places::enums::LearningPlaceKind;
use crate::places::external_types;
use crate::places::external_types::ExternalIdInput;
use crate::places::nearby::{NearInput, places_near};
use crate::places::types::LearningPlace;

/// See the module.
#[derive(Default)]
pub struct PlaceQuery;

/// Filter of `learningPlaces`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct LearningPlaceFilter {
    /// Only records kept by these authorities.
    tenants: Option<Vec<ID>>,
    /// Only places of these kinds.
    kinds: Option<Vec<LearningPlaceKind>>,
    /// Only places in these districts or municipalities, by official municipality key (AGS); a district includes its
    /// municipalities.
    regions: Option<Vec<String>>,
    /// Only places with all words of this text in name, town or postal code; case and umlaut spelling are ignored. At
    /// most 200 characters; words after the tenth are ignored.
    text: Option<String>,
    /// Only places within a radius.
    near: Option<NearInput>,
    /// Only places run by these organisations.
    organisations: Option<Vec<ID>>,
    /// Only places with one of these ids in external registers. For a merged record the surviving one is returned.
    external_ids: Option<Vec<ExternalIdInput>>,
    /// True to include records merged into others.
    #[graphql(default)]
    include_merged: bool,
    /// True to include archived records.
    #[graphql(default)]
    include_archived: bool,
}

/// Sort order of `learningPlaces`; ties are sorted by id.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearningPlaceOrder {
    /// Ascending by name.
    Name,
    /// Ascending by town; places without a town last.
    City,
    /// Descending by town; places without a town first.
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
    /// Lists learning places visible to the viewer.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn learning_places(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<LearningPlaceFilter>,
        #[graphql(desc = "Sort order.", default_with = "LearningPlaceOrder::Name")] order_by: LearningPlaceOrder,
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
        if !filter.include_merged {
            select = select.filter(C::MergedIntoId.is_null());
        }
        if !filter.include_archived {
            select = select.filter(C::ArchivedAt.is_null());
        }
        if let Some(ids) = filter.organisations {
            let ids = NodeType::Organisation.parse_all(&ids, "filter.organisations")?;
            select = select.filter(C::OrganisationId.is_in(ids));
        }
        if let Some(ids) = filter.external_ids {
            let named = session
                .select::<external_id::Entity>()
                .filter(external_types::one_of(&ids, "filter.externalIds")?)
                .filter(external_id::Column::LearningPlaceId.is_not_null());
            let places = session.all(named).await?.into_iter().filter_map(|it| it.learning_place_id).collect();
            let standing = canonical_ids::<learning_place::Entity>(&session, places, |it| it.merged_into_id).await?;
            select = select.filter(session.is_one_of(C::Id, &standing));
        }
        if let Some(near) = filter.near {
            let distances = places_near(&session, near, None).await?;
            let ids: Vec<_> = distances.into_keys().collect();
            select = select.filter(session.is_one_of(C::Id, &ids));
        }
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
                let region = kernel::text::line(&region, "filter.regions", 12)?;
                here = here.add(contains_prefix(C::RegionAgs, &region));
            }
            // Of none is nothing.
            select = select.filter(here.add(C::Id.is_null()));
        }
        if let Some(text) = filter.text {
            let text = kernel::text::line(&text, "filter.text", 200)?;
            for word in text.split_whitespace().take(10) {
                select = select.filter(contains_folded(C::SearchText, word));
            }
        }
        let (frame, rows) = page(ctx, &session, &request, select, &order_by.order()).await?;
        let selected = Selected::of(ctx);
        let rows: Vec<_> = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).collect();
        let places = rows.iter().map(|(_, row)| row.clone()).collect();
        preload_rows(&session, places, &|path| selected.node_path(path)).await?;
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, LearningPlace(row)))))
    }
}

/// `column` is this key or begins with it, up to the next key: digits only, so that it is a range.
fn contains_prefix(column: learning_place::Column, key: &str) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::sea_query::ExprTrait as _;
    column.gte(key).and(column.lt(format!("{key}:")))
}

/// Whether a path with dots was selected.
type Paths<'a> = &'a (dyn Fn(&str) -> bool + Send + Sync);

/// Places of a list's rows and what was selected of them (paths with dots), in one statement each.
///
/// # Errors
/// The database fails.
pub async fn preload(session: &Session, places: &[Uuid], selected: Paths<'_>) -> ApiResult<()> {
    session.load::<learning_place::Entity>(places.iter().copied()).await?;
    let mut rows = Vec::new();
    for place in places {
        rows.extend(session.get::<learning_place::Entity>(*place).await?);
    }
    preload_rows(session, rows, selected).await
}

/// The same of rows that are there. What a place was merged into is a place again.
fn preload_rows<'a>(
    session: &'a Session,
    rows: Vec<Arc<learning_place::Model>>,
    selected: Paths<'a>,
) -> BoxFuture<'a, ApiResult<()>> {
    async move {
        if selected("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
        }
        if selected("region") {
            session.load::<region::Entity>(rows.iter().filter_map(|it| it.region_ags.clone())).await?;
        }
        if selected("origins") {
            session.load_groups::<learning_place_origin::Entity>(rows.iter().map(|it| it.id)).await?;
        }
        if selected("externalIds") {
            session.load_groups::<IdsOfPlace>(rows.iter().map(|it| it.id)).await?;
        }
        if selected("organisation") {
            let ids: Vec<_> = rows.iter().filter_map(|it| it.organisation_id).collect();
            let within = |path: &str| selected(&format!("organisation.{path}"));
            crate::places::organisations::query::preload(session, &ids, &within).await?;
        }
        if selected("mergedInto") || selected("mergedAt") {
            let ids: Vec<_> = rows.iter().filter_map(|it| it.merged_into_id).collect();
            preload(session, &ids, &|path| selected(&format!("mergedInto.{path}"))).await?;
        }
        if selected("mergedFrom") {
            session.load_groups::<MergedPlaces>(rows.iter().map(|it| it.id)).await?;
            let mut merged = Vec::new();
            for row in &rows {
                merged.extend(session.group::<MergedPlaces>(row.id).await?.iter().cloned().map(Arc::new));
            }
            preload_rows(session, merged, &|path| selected(&format!("mergedFrom.{path}"))).await?;
        }
        Ok(())
    }
    .boxed()
}
