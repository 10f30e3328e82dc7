//! Searching within a radius. A box is looked up in the store, and the exact distance (haversine) decides here, so that
//! both databases find the same.

use std::collections::BTreeMap;

use async_graphql::{ID, InputObject, OneofObject};
use domain::places::near::Point;
use entities::learning_place;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::sea_query::{ExprTrait as _, SelectStatement};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use store::Session;
use uuid::Uuid;

/// The widest radius, in kilometres.
const WIDEST: i32 = 100;
/// The most places in the box of a search.
const MAX: u64 = 5_000;

/// Geographic position, WGS 84.
#[derive(InputObject, Clone, Debug)]
pub struct PositionInput {
    /// Latitude in degrees, -90 to 90.
    latitude: f64,
    /// Longitude in degrees, -180 to 180.
    longitude: f64,
}

/// Centre of a radius search. Exactly one field.
#[derive(OneofObject, Clone, Debug)]
pub enum NearPoint {
    /// Geographic position.
    Position(PositionInput),
    /// Id of a learning place visible to the viewer and with a position.
    Place(ID),
}

/// Radius search around a centre. `LIMIT_REACHED` above 5,000 learning places in the area.
#[derive(InputObject, Clone, Debug)]
pub struct NearInput {
    /// Centre of the search.
    from: NearPoint,
    /// Radius in kilometres, as straight-line distance, 1 to 100.
    #[graphql(default = 10)]
    radius_km: i32,
}

/// Places in sight within a circle, with their distance in metres; with `among`, only those whose id it has.
///
/// # Errors
/// The position is none, or the place has none or is out of sight; there are too many places.
pub async fn places_near(
    session: &Session,
    near: NearInput,
    among: Option<SelectStatement>,
) -> ApiResult<BTreeMap<Uuid, u32>> {
    use learning_place::Column as C;
    let middle = middle(session, near.from).await?;
    if !(1..=WIDEST).contains(&near.radius_km) {
        let text = Text::new("out-of-range").with("value", near.radius_km).with("min", 1).with("max", WIDEST);
        return Err(Problem::at(UserErrorCode::OutOfRange, "filter.near.radiusKm", text).into());
    }
    let metres = near.radius_km.unsigned_abs() * 1_000;
    let [south, north, west, east] = middle.around(metres);
    let mut within = session
        .select::<learning_place::Entity>()
        .filter(C::Latitude.between(south, north).and(C::Longitude.between(west, east)))
        .limit(MAX + 1);
    if let Some(among) = among {
        within = within.filter(C::Id.in_subquery(among));
    }
    let found = session.all(within).await?;
    if found.len() as u64 > MAX {
        let text = Text::new("near-too-many").with("max", MAX);
        return Err(Problem::at(UserErrorCode::LimitReached, "filter.near.radiusKm", text).into());
    }
    let distance = |it: &learning_place::Model| Some((it.id, Point::of(it)?.metres_to(middle)));
    Ok(found.iter().filter_map(distance).filter(|(_, it)| *it <= metres).collect())
}

async fn middle(session: &Session, from: NearPoint) -> ApiResult<Point> {
    match from {
        NearPoint::Position(it) => {
            for (field, value, max) in [
                ("filter.near.from.position.latitude", it.latitude, 90.0),
                ("filter.near.from.position.longitude", it.longitude, 180.0),
            ] {
                if !value.is_finite() || value.abs() > max {
                    let text = Text::new("out-of-range").with("value", value).with("min", -max).with("max", max);
                    return Err(Problem::at(UserErrorCode::OutOfRange, field, text).into());
                }
            }
            Ok(Point { latitude: it.latitude, longitude: it.longitude })
        }
        NearPoint::Place(id) => {
            let field = "filter.near.from.place";
            let id = NodeType::LearningPlace.parse(&id, field)?;
            let Some(place) = session.get::<learning_place::Entity>(id).await? else {
                return Err(Problem::not_found(field).into());
            };
            Point::of(&place)
                .ok_or_else(|| Problem::at(UserErrorCode::Invalid, field, Text::new("place-without-position")).into())
        }
    }
}
