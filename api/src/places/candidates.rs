//! Likely duplicates, found when they are asked for. Nothing comes of them by itself: who thinks that two records are the
//! same place makes a merge proposal.

use std::collections::BTreeSet;

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, Object};
use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use verbund_entities::{MergeProposalState as State, external_id, learning_place, merge_proposal};

use super::duplicates::{FAR, LEAST, Pair, Record, find};
use super::externals::{IdsOfPlace, ids};
use super::names::Name;
use super::near::Point;
use super::{LearningPlace, read_ahead};
use crate::error::{ApiError, ApiResult, Problem, UserErrorCode};
use crate::graphql::ContextExt;
use crate::graphql::connection::{Paged, Total, fill};
use crate::graphql::id::NodeType;
use crate::graphql::lookahead::Selected;
use crate::i18n::Text;
use crate::policy::Permission;
use crate::store::{PageRequest, Session, SortValue, page_cost};

/// The most places that are compared: an authority's own, and as many of others.
const MOST: u64 = 5_000;

/// Why two records may be the same place.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "super::duplicates::Reason")]
pub enum DuplicateReason {
    /// Both have the same id in a register.
    SameExternalId,
    /// Both have the same name, apart from the order of words and from words that tell nothing.
    SameName,
    /// Their names are alike.
    SimilarName,
    /// A name tells no more than the kind of place, and the other is of that kind.
    SameKind,
    /// They are at most 150 metres apart.
    SamePlace,
    /// They are at most two kilometres apart.
    Nearby,
    /// A position is missing, and they have the same postal code.
    SamePostalCode,
}

/// Two records that may be the same place.
pub struct DuplicateCandidate(Pair);

/// Two records that may be the same place. Nothing comes of it by itself; see `mergeProposalCreate`.
#[Object]
impl DuplicateCandidate {
    /// The same for the same two records.
    async fn key(&self) -> String {
        id_of(&self.0).simple().to_string()
    }

    /// One record.
    async fn one(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        place(ctx, self.0.one).await
    }

    /// The other one.
    async fn other(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        place(ctx, self.0.other).await
    }

    /// How likely they are the same, 0 to 100. 100 is certain: the same id in a register, or the same name at the same spot.
    async fn score(&self) -> u32 {
        self.0.score
    }

    /// Why.
    async fn reasons(&self) -> Vec<DuplicateReason> {
        self.0.reasons.iter().copied().map(Into::into).collect()
    }

    /// Metres between them as the crow flies, where both positions are known.
    async fn distance_meters(&self) -> Option<u32> {
        self.0.metres
    }
}

async fn place(ctx: &Context<'_>, id: Uuid) -> Option<ApiResult<LearningPlace>> {
    match ctx.session().await {
        Ok(session) => LearningPlace::by_id(&session, id).await.transpose(),
        Err(error) => Some(Err(error)),
    }
}

/// An id made of both.
fn id_of(pair: &Pair) -> Uuid {
    let digest = Sha256::digest([pair.one.into_bytes(), pair.other.into_bytes()].concat());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// See the module.
#[derive(Default)]
pub struct CandidateQuery;

#[Object]
impl CandidateQuery {
    /// Likely duplicates among the learning places of an authority, and between them and those of others in sight, the
    /// surest first. Pairs about which a proposal waits or was turned down are left out, and so is what was merged or put
    /// away. Empty for whoever has no `PLACES_WRITE` in the authority.
    #[graphql(complexity = "page_cost(first, last, child_complexity) + 50")]
    async fn duplicate_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The authority.")] tenant: ID,
        #[graphql(desc = "Only from this score on, 50 to 100.", default_with = "LEAST.cast_signed()")] min_score: i32,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DuplicateCandidate>> {
        let request = PageRequest::new(first, after, last, before, &format!("candidates {tenant:?} {min_score}"))?;
        let owner = NodeType::Tenant.parse(&tenant, "tenant")?;
        if !(50..=100).contains(&min_score) {
            let text = Text::new("out-of-range").with("value", min_score).with("min", 50).with("max", 100);
            return Err(Problem::at(UserErrorCode::OutOfRange, "minScore", text).into());
        }
        let session = ctx.session().await?;
        let pairs = if session.access().grant_in(Permission::PlacesWrite, owner).is_ok() {
            candidates(&session, owner, min_score.unsigned_abs()).await?
        } else {
            Vec::new()
        };
        let total = pairs.len() as u64;
        let key = |it: &Pair| (SortValue::Text(Some(format!("{:03}", 100_u32.saturating_sub(it.score)))), id_of(it));
        let page = request.of(pairs, key)?;
        let selected = Selected::of(ctx);
        let either = |path: &str| ["one", "other"].iter().any(|it| selected.node_path(&format!("{it}{path}")));
        if either("") {
            let ids: Vec<_> = page.rows.iter().flat_map(|it| [it.one, it.other]).collect();
            read_ahead(&session, &ids, &|path| either(&format!(".{path}"))).await?;
        }
        let frame = Connection::with_additional_fields(page.has_previous, page.has_next, Total::of(total));
        Ok(fill(frame, page.cursors.into_iter().zip(page.rows.into_iter().map(DuplicateCandidate))))
    }
}

/// Pairs with at least one record of `owner`: a constant number of statements.
async fn candidates(session: &Session, owner: Uuid, least: u32) -> ApiResult<Vec<Pair>> {
    use learning_place::Column as C;
    let standing = || {
        session
            .select::<learning_place::Entity>()
            .filter(C::MergedIntoId.is_null())
            .filter(C::ArchivedAt.is_null())
            .limit(MOST + 1)
    };
    let mut places = session.all(standing().filter(C::TenantId.eq(owner))).await?;
    few(&places)?;
    let others = session.all(standing().filter(C::TenantId.ne(owner)).filter(around(session, owner, &places))).await?;
    few(&others)?;
    places.extend(others);
    session.load_groups::<IdsOfPlace>(places.iter().map(|it| it.id)).await?;
    let mut records = Vec::new();
    for it in &places {
        records.push(Record {
            id: it.id,
            wanted: it.tenant_id == owner,
            name: Name::of(&it.name, it.city.as_deref(), it.kind),
            position: Point::of(it),
            postal_code: it.postal_code.clone(),
            ids: ids(&session.group::<IdsOfPlace>(it.id).await?),
        });
    }
    let settled = settled(session, owner).await?;
    // Comparing takes its time: beside the requests of others.
    let found = tokio::task::spawn_blocking(move || find(&records, least)).await;
    let mut pairs = found.map_err(|error| ApiError::fault(format!("comparing places: {error}")))?;
    pairs.retain(|it| !settled.contains(&(it.one, it.other)));
    Ok(pairs)
}

fn few(places: &[learning_place::Model]) -> ApiResult<()> {
    if places.len() as u64 > MOST {
        let text = Text::new("duplicates-too-many").with("max", MOST);
        return Err(Problem::at(UserErrorCode::LimitReached, "tenant", text).into());
    }
    Ok(())
}

/// Where the records of others are that may be the same as one of `places`: near them, with the same postal code and no
/// position, or with the same id in a register.
fn around(session: &Session, owner: Uuid, places: &[learning_place::Model]) -> Condition {
    use learning_place::Column as C;
    let boxes: Vec<_> = places.iter().filter_map(Point::of).map(|it| it.around(FAR)).collect();
    let least = |index: usize| boxes.iter().map(|it| it[index]).fold(f64::INFINITY, f64::min);
    let most = |index: usize| boxes.iter().map(|it| it[index]).fold(f64::NEG_INFINITY, f64::max);
    let own = |column| {
        let mine = session.select::<learning_place::Entity>().filter(C::TenantId.eq(owner));
        mine.select_only().column(column).into_query()
    };
    let own_ids = session.select::<external_id::Entity>().filter(external_id::Column::TenantId.eq(owner));
    let own_ids = own_ids.select_only().column(external_id::Column::Value).into_query();
    let same_ids = session.select::<external_id::Entity>().filter(external_id::Column::Value.in_subquery(own_ids));
    let same_ids = same_ids
        .filter(external_id::Column::LearningPlaceId.is_not_null())
        .select_only()
        .column(external_id::Column::LearningPlaceId)
        .into_query();
    let mut where_ =
        Condition::any().add(C::Id.in_subquery(same_ids)).add(C::PostalCode.in_subquery(own(C::PostalCode)));
    if !boxes.is_empty() {
        let north = C::Latitude.between(least(0), most(1));
        where_ = where_.add(north.and(C::Longitude.between(least(2), most(3))));
    }
    where_
}

/// Pairs about which something was said: a proposal waits, or was turned down.
async fn settled(session: &Session, owner: Uuid) -> ApiResult<BTreeSet<(Uuid, Uuid)>> {
    use merge_proposal::Column as C;
    let said = session
        .select::<merge_proposal::Entity>()
        .filter(C::State.is_in([State::Open, State::Declined]))
        .filter(Condition::any().add(C::TenantId.eq(owner)).add(C::ToTenantId.eq(owner)));
    let rows = session.all(said).await?;
    let pair = |it: &merge_proposal::Model| {
        let (one, other) = (it.duplicate_id, it.survivor_id);
        if one < other { (one, other) } else { (other, one) }
    };
    Ok(rows.iter().map(pair).collect())
}
