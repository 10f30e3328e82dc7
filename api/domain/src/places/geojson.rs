//! What is public of the directory as GeoJSON (RFC 7946), for maps of others: learning places, and offers at their places.

use std::collections::BTreeSet;

use entities::{
    EducationOfferState, LearningPlaceKind, OfferTopic, PUBLIC_SCOPE, education_offer, learning_place,
    learning_place_origin, organisation, tenant,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::money::Money;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::{Value, json};
use store::{ByKey, Session};
use uuid::Uuid;

/// The most features of one page.
const PAGE: usize = 2_000;

/// Which features are wanted.
#[derive(Clone, Debug, Default)]
pub struct FeatureFilter {
    /// Of this authority.
    pub tenant: Option<Uuid>,
    /// After this place or offer.
    pub after: Option<Uuid>,
}

/// A page of features.
pub struct FeaturePage {
    /// The feature collection.
    pub body: Value,
    /// The last one, where there are more.
    pub next: Option<Uuid>,
}

/// Public learning places that have a position, by id. What was merged or put away is left out.
///
/// # Errors
/// The database fails.
pub async fn places(
    session: &Session,
    filter: &FeatureFilter,
    kind: Option<LearningPlaceKind>,
) -> ApiResult<FeaturePage> {
    use learning_place::Column as C;
    let mut select = session
        .select::<learning_place::Entity>()
        .filter(C::ScopeId.eq(PUBLIC_SCOPE))
        .filter(C::Latitude.is_not_null())
        .filter(C::MergedIntoId.is_null())
        .filter(C::ArchivedAt.is_null());
    if let Some(tenant) = filter.tenant {
        select = select.filter(C::TenantId.eq(tenant));
    }
    if let Some(kind) = kind {
        select = select.filter(C::Kind.eq(kind));
    }
    if let Some(after) = filter.after {
        select = select.filter(C::Id.gt(after));
    }
    let mut rows = session.all(select.order_by_asc(C::Id).limit(PAGE as u64 + 1)).await?;
    let next = cut(&mut rows, |it| it.id);
    session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    session.load::<organisation::Entity>(rows.iter().filter_map(|it| it.organisation_id)).await?;
    session.load_groups::<learning_place_origin::Entity>(rows.iter().map(|it| it.id)).await?;
    let mut features = Vec::new();
    for row in &rows {
        let sources = session.group::<learning_place_origin::Entity>(row.id).await?;
        let sources: BTreeSet<_> = sources.iter().map(|it| it.source.as_str()).collect();
        let properties = json!({
            "name": row.name, "kind": row.kind, "authority": slug(session, row.tenant_id).await?,
            "street": row.street, "postalCode": row.postal_code, "city": row.city, "region": row.region_ags,
            "website": row.website, "ageFrom": row.age_from, "ageTo": row.age_to,
            "organisation": name(session, row.organisation_id).await?, "attribution": sources,
            "updatedAt": row.updated_at,
        });
        features.extend(feature(NodeType::LearningPlace, row.id, row, properties));
    }
    Ok(FeaturePage { body: collection(features), next })
}

/// Published offers at public places that have a position, by id.
///
/// # Errors
/// The database fails.
pub async fn offers(session: &Session, filter: &FeatureFilter, topic: Option<OfferTopic>) -> ApiResult<FeaturePage> {
    use education_offer::Column as C;
    let placed = session
        .select::<learning_place::Entity>()
        .filter(learning_place::Column::ScopeId.eq(PUBLIC_SCOPE))
        .filter(learning_place::Column::Latitude.is_not_null());
    let placed = sea_orm::QueryTrait::into_query(placed.select_only().column(learning_place::Column::Id));
    let mut select = session
        .select::<education_offer::Entity>()
        .filter(C::ScopeId.eq(PUBLIC_SCOPE))
        .filter(C::State.eq(EducationOfferState::Published))
        .filter(C::LearningPlaceId.in_subquery(placed));
    if let Some(tenant) = filter.tenant {
        select = select.filter(C::TenantId.eq(tenant));
    }
    if let Some(topic) = topic {
        select = select.filter(C::Topic.eq(topic));
    }
    if let Some(after) = filter.after {
        select = select.filter(C::Id.gt(after));
    }
    let mut rows = session.all(select.order_by_asc(C::Id).limit(PAGE as u64 + 1)).await?;
    let next = cut(&mut rows, |it| it.id);
    session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    session.load::<organisation::Entity>(rows.iter().filter_map(|it| it.organisation_id)).await?;
    session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await?;
    let mut features = Vec::new();
    for row in &rows {
        let Some(place) = by_id::<learning_place::Entity>(session, row.learning_place_id).await? else { continue };
        let set = |it: Option<&str>| -> Vec<String> {
            it.into_iter().flat_map(|it| it.split(';')).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        let cost =
            row.cost_minor.zip(row.currency.as_deref()).map(|(minor, currency)| Money::in_currency(minor, currency));
        let properties = json!({
            "title": row.title, "kind": row.kind, "topic": row.topic,
            "authority": slug(session, row.tenant_id).await?, "provider": name(session, row.organisation_id).await?,
            "place": place.name, "city": place.city, "audiences": set(row.audiences.as_deref()),
            "ageFrom": row.age_from, "ageTo": row.age_to, "languages": set(row.languages.as_deref()),
            "cost": cost.map(|it| json!({ "amount": it.amount.to_string(), "currency": it.currency })),
            "accessibility": set(row.accessibility.as_deref()), "registrationUrl": row.registration_url,
            "validFrom": row.valid_from, "validUntil": row.valid_until, "updatedAt": row.updated_at,
        });
        features.extend(feature(NodeType::EducationOffer, row.id, &place, properties));
    }
    Ok(FeaturePage { body: collection(features), next })
}

/// Leaves a page of the rows; the last one's id where there were more.
fn cut<M>(rows: &mut Vec<M>, id: impl Fn(&M) -> Uuid) -> Option<Uuid> {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    rows.last().filter(|_| more).map(id)
}

fn collection(features: Vec<Value>) -> Value {
    json!({ "type": "FeatureCollection", "features": features })
}

/// A point; longitude comes first.
fn feature(kind: NodeType, id: Uuid, at: &learning_place::Model, properties: Value) -> Option<Value> {
    let position = [at.longitude?, at.latitude?];
    Some(json!({
        "type": "Feature", "id": kind.id(id).to_string(), "geometry": { "type": "Point", "coordinates": position },
        "properties": properties,
    }))
}

async fn slug(session: &Session, id: Uuid) -> ApiResult<Option<String>> {
    Ok(session.get::<tenant::Entity>(id).await?.map(|it| it.slug.clone()))
}

async fn name(session: &Session, id: Option<Uuid>) -> ApiResult<Option<String>> {
    Ok(by_id::<organisation::Entity>(session, id).await?.map(|it| it.name.clone()))
}

async fn by_id<E: ByKey<Key = Uuid>>(
    session: &Session,
    id: Option<Uuid>,
) -> ApiResult<Option<std::sync::Arc<<E::Of as sea_orm::EntityTrait>::Model>>> {
    match id {
        Some(id) => session.get::<E>(id).await,
        None => Ok(None),
    }
}
