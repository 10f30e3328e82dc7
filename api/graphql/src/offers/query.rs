//! The search for education offers. It works without signing in: what is published is public.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, Object};
use entities::{education_offer, field_of_work, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Select};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, TotalCount, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::offers::filter::{EducationOfferFilter, filtered, ids};
use crate::offers::types::{EducationOffer, entries_of};
use crate::places::nearby::places_near;

/// The most offers that are sorted by distance.
const MOST: u64 = 2_000;

/// See the module.
#[derive(Default)]
pub struct OfferQuery;

/// Sort order of `educationOffers`; ties are sorted by id.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum EducationOfferOrder {
    /// Ascending by title.
    Title,
    /// Newest first, by instant of creation.
    CreatedAtDescending,
    /// Nearest first. Requires `filter.near`; `LIMIT_REACHED` for more than 2,000 offers.
    DistanceMeters,
}

impl EducationOfferOrder {
    fn order(self) -> Order<education_offer::Entity> {
        use education_offer::Column as C;
        let title: fn(&education_offer::Model) -> (SortValue, Uuid) =
            |row| (SortValue::Text(Some(row.title.clone())), row.id);
        let created: fn(&education_offer::Model) -> (SortValue, Uuid) =
            |row| (SortValue::Instant(row.created_at), row.id);
        let (column, descending, key) = match self {
            Self::Title | Self::DistanceMeters => (C::Title, false, title),
            Self::CreatedAtDescending => (C::CreatedAt, true, created),
        };
        Order { column, id: C::Id, descending, nullable: false, key }
    }
}

#[Object]
impl OfferQuery {
    /// Lists education offers visible to the viewer: published ones of all authorities, and all those of the viewer's
    /// own authorities. Does not require signing in.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn education_offers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<EducationOfferFilter>,
        #[graphql(default_with = "EducationOfferOrder::Title", desc = "Sort order.")] order_by: EducationOfferOrder,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<EducationOffer>> {
        use education_offer::Column as C;
        let mut filter = filter.unwrap_or_default();
        let list = format!("education offers {filter:?} {order_by:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let near = filter.near.take();
        let mut select = filtered(&session, session.select::<education_offer::Entity>(), filter)?;
        let mut distances = BTreeMap::new();
        let is_near = near.is_some();
        if let Some(near) = near {
            // Only places of offers: others need not be measured.
            let wanted = ids(select.clone().filter(C::LearningPlaceId.is_not_null()), C::LearningPlaceId);
            distances = places_near(&session, near, Some(wanted)).await?;
            let within: Vec<_> = distances.keys().copied().collect();
            select = select.filter(session.is_one_of(C::LearningPlaceId, &within));
        }
        let selected = Selected::of(ctx);
        let far = |row: &education_offer::Model| row.learning_place_id.and_then(|it| distances.get(&it).copied());
        let (frame, rows) = if order_by == EducationOfferOrder::DistanceMeters {
            if !is_near {
                let text = Text::new("distance-of-nothing");
                return Err(Problem::at(UserErrorCode::Required, "filter.near", text).into());
            }
            by_distance(&session, &request, select, far).await?
        } else {
            let (frame, rows) = page(ctx, &session, &request, select, &order_by.order()).await?;
            let frame = Connection::with_additional_fields(
                frame.has_previous_page,
                frame.has_next_page,
                frame.additional_fields,
            );
            (frame, rows)
        };
        let rows: Vec<_> = rows.into_iter().map(|(cursor, row)| (cursor, Arc::new(row))).collect();
        preload(&session, &rows.iter().map(|(_, row)| row.clone()).collect::<Vec<_>>(), ctx, &selected).await?;
        let offer = |row: Arc<education_offer::Model>| {
            let metres = far(&row);
            EducationOffer { row, metres }
        };
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, offer(row)))))
    }
}

type OffersByDistance = Vec<(String, education_offer::Model)>;

/// All that were found, sorted here: distances are exact, and the same on every database.
async fn by_distance(
    session: &Session,
    request: &PageRequest,
    select: Select<education_offer::Entity>,
    far: impl Fn(&education_offer::Model) -> Option<u32>,
) -> ApiResult<(Paged<crate::connection::Never>, OffersByDistance)> {
    let rows = session.all(select.limit(MOST + 1)).await?;
    let total = rows.len() as u64;
    if total > MOST {
        let text = Text::new("near-too-many-offers").with("max", MOST);
        return Err(Problem::at(UserErrorCode::LimitReached, "filter.near.radiusKm", text).into());
    }
    let key =
        |row: &education_offer::Model| (SortValue::Text(Some(format!("{:010}", far(row).unwrap_or(u32::MAX)))), row.id);
    let page = request.of(rows, key)?;
    let frame = Connection::with_additional_fields(page.has_previous, page.has_next, TotalCount::of(total));
    Ok((frame, page.cursors.into_iter().zip(page.rows).collect()))
}

/// What was selected of the offers of a page, in one statement each.
async fn preload(
    session: &Session,
    rows: &[Arc<education_offer::Model>],
    ctx: &Context<'_>,
    selected: &Selected<'_, '_>,
) -> ApiResult<()> {
    if selected.node("tenant") {
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    }
    if selected.node("fieldOfWork") {
        session.load::<field_of_work::Entity>(rows.iter().filter_map(|it| it.field_of_work_id)).await?;
    }
    if selected.node("provider") {
        let ids: Vec<_> = rows.iter().filter_map(|it| it.organisation_id).collect();
        let within = |path: &str| selected.node_path(&format!("provider.{path}"));
        crate::places::organisations::query::preload(session, &ids, &within).await?;
    }
    if selected.node("place") {
        let ids: Vec<_> = rows.iter().filter_map(|it| it.learning_place_id).collect();
        crate::places::query::preload(session, &ids, &|path| selected.node_path(&format!("place.{path}"))).await?;
    }
    if selected.node("dates") {
        let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
        let entries = entries_of(session, &ids).await?;
        let entries: Vec<_> = entries.iter().map(|(_, it)| it).collect();
        crate::calendars::query::preload(&Selected::within(ctx, &["dates"]), session, &entries).await?;
    }
    Ok(())
}
