//! Likely duplicates, found when they are asked for. Nothing comes of them by itself: who thinks that two records are the
//! same makes a merge proposal.

use std::collections::BTreeSet;

use async_graphql::connection::Connection;
use async_graphql::{Context, Enum, ID, InputObject, Object};
use domain::places::duplicates::{ComparedRecord, DuplicatePair, FAR, MIN_SCORE, find};
use domain::places::externals::{IdsOfOrganisation, IdsOfPlace, ids};
use domain::places::merges::records::{self, RecordKind};
use domain::places::names::Name;
use domain::places::near::Point;
use entities::{
    LearningPlaceKind, MergeProposalState as State, OrganisationKind, external_id, learning_place, merge_proposal,
    organisation,
};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use kernel::text::fold;
use policy::Permission;
use sea_orm::sea_query::{ExprTrait as _, SelectStatement};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait};
use sha2::{Digest, Sha256};
use store::{PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, TotalCount, fill};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::places::merges::record_types::{DirectoryRecord, DirectoryRecordKind, preload};

/// The most records that are compared: an authority's own, and as many of others.
const MAX: u64 = 5_000;

/// Reason why two records may be duplicates.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "domain::places::duplicates::MatchReason")]
pub enum DuplicateReason {
    /// Same id in an external register.
    SameExternalId,
    /// Same name, regardless of word order and filler words.
    SameName,
    /// Similar name.
    SimilarName,
    /// Name of one record says no more than the kind of place, and the other record is of that kind.
    SameKind,
    /// Distance of at most 150 metres.
    SamePlace,
    /// Distance of more than 150 metres and at most two kilometres.
    Nearby,
    /// Same postal code, without a position in one of the records.
    SamePostalCode,
    /// Same town; organisations only.
    SameTown,
}

/// Two records that may be the same.
pub struct DuplicateCandidate {
    kind: RecordKind,
    pair: DuplicatePair,
}

/// Pair of records that may be duplicates of one learning place or organisation. Merging requires a proposal, see
/// `mergeProposalCreate`.
#[Object]
impl DuplicateCandidate {
    /// Stable key of the pair.
    async fn key(&self) -> String {
        id_of(&self.pair).simple().to_string()
    }

    /// First record; null if not visible to the viewer.
    async fn one(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        record(ctx, self.kind, self.pair.one).await
    }

    /// Second record; null if not visible to the viewer.
    async fn other(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        record(ctx, self.kind, self.pair.other).await
    }

    /// Likelihood that both are the same, 0 to 100. 100 = same id in an external register, or same name within 250
    /// metres.
    async fn score(&self) -> u32 {
        self.pair.score
    }

    /// Reasons for the match.
    async fn reasons(&self) -> Vec<DuplicateReason> {
        self.pair.reasons.iter().copied().map(Into::into).collect()
    }

    /// Straight-line distance in metres; null if a position is not known.
    async fn distance_meters(&self) -> Option<u32> {
        self.pair.metres
    }
}

async fn record(ctx: &Context<'_>, kind: RecordKind, id: Uuid) -> Option<ApiResult<DirectoryRecord>> {
    match ctx.session().await {
        Ok(session) => DirectoryRecord::by_id(&session, kind, id).await.transpose(),
        Err(error) => Some(Err(error)),
    }
}

/// Id of a pair, made of the ids of both records.
fn id_of(pair: &DuplicatePair) -> Uuid {
    let digest = Sha256::digest([pair.one.into_bytes(), pair.other.into_bytes()].concat());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Filter of `duplicateCandidates`.
#[derive(InputObject, Clone, Debug)]
pub struct DuplicateCandidateFilter {
    /// Only candidates from this score on, 50 to 100.
    #[graphql(default_with = "MIN_SCORE.cast_signed()")]
    min_score: i32,
}

impl Default for DuplicateCandidateFilter {
    fn default() -> Self {
        Self { min_score: MIN_SCORE.cast_signed() }
    }
}

/// See the module.
#[derive(Default)]
pub struct CandidateQuery;

#[Object]
impl CandidateQuery {
    /// Lists likely duplicates among the learning places or organisations of an authority, and between these and
    /// records of other authorities visible to the viewer; highest score first. Omits pairs with an open or declined
    /// proposal, merged and archived records. Empty without `PLACES_WRITE` in the authority. `LIMIT_REACHED` above
    /// 5,000 records.
    #[graphql(complexity = "page_cost(first, last, child_complexity) + 50")]
    async fn duplicate_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The authority.")] tenant: ID,
        #[graphql(desc = "Kind of records.", default_with = "DirectoryRecordKind::LearningPlace")]
        kind: DirectoryRecordKind,
        #[graphql(desc = "Restricts the list.")] filter: Option<DuplicateCandidateFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DuplicateCandidate>> {
        let min_score = filter.unwrap_or_default().min_score;
        let request =
            PageRequest::new(first, after, last, before, &format!("candidates {tenant:?} {kind:?} {min_score}"))?;
        let (owner, of) = (NodeType::Tenant.parse(&tenant, "tenant")?, RecordKind::from(kind));
        if !(50..=100).contains(&min_score) {
            let text = Text::new("out-of-range").with("value", min_score).with("min", 50).with("max", 100);
            return Err(Problem::at(UserErrorCode::OutOfRange, "filter.minScore", text).into());
        }
        let session = ctx.session().await?;
        let pairs = if session.access().grant_in(Permission::PlacesWrite, owner).is_ok() {
            candidates(&session, owner, of, min_score.unsigned_abs()).await?
        } else {
            Vec::new()
        };
        let total = pairs.len() as u64;
        let key =
            |it: &DuplicatePair| (SortValue::Text(Some(format!("{:03}", 100_u32.saturating_sub(it.score)))), id_of(it));
        let page = request.of(pairs, key)?;
        let selected = Selected::of(ctx);
        let either = |path: &str| ["one", "other"].iter().any(|it| selected.node_path(&format!("{it}{path}")));
        if either("") {
            let ids: Vec<_> = page.rows.iter().flat_map(|it| [(of, it.one), (of, it.other)]).collect();
            preload(&session, &ids, &|path| either(&format!(".{path}"))).await?;
        }
        let frame = Connection::with_additional_fields(page.has_previous, page.has_next, TotalCount::of(total));
        Ok(fill(
            frame,
            page.cursors.into_iter().zip(page.rows.into_iter().map(|pair| DuplicateCandidate { kind: of, pair })),
        ))
    }
}

/// Pairs with at least one record of `owner`: a constant number of statements.
async fn candidates(session: &Session, owner: Uuid, kind: RecordKind, min: u32) -> ApiResult<Vec<DuplicatePair>> {
    let records = match kind {
        RecordKind::LearningPlace => places(session, owner).await?,
        RecordKind::Organisation => organisations(session, owner).await?,
    };
    let settled = settled(session, owner, kind).await?;
    // Comparing takes its time: beside the requests of others.
    let pairs = tokio::task::spawn_blocking(move || find(&records, min)).await;
    let mut pairs = pairs.map_err(|error| ApiError::fault(format!("comparing records: {error}")))?;
    pairs.retain(|it| !settled.contains(&(it.one, it.other)));
    Ok(pairs)
}

/// The places of `owner` that stand for themselves, and those of others that may be the same.
async fn places(session: &Session, owner: Uuid) -> ApiResult<Vec<ComparedRecord>> {
    use learning_place::Column as C;
    let standing = || {
        session
            .select::<learning_place::Entity>()
            .filter(C::MergedIntoId.is_null())
            .filter(C::ArchivedAt.is_null())
            .limit(MAX + 1)
    };
    let mut places = session.all(standing().filter(C::TenantId.eq(owner))).await?;
    few(places.len())?;
    let others = session.all(standing().filter(C::TenantId.ne(owner)).filter(around(session, owner, &places))).await?;
    few(others.len())?;
    places.extend(others);
    session.load_groups::<IdsOfPlace>(places.iter().map(|it| it.id)).await?;
    let mut records = Vec::new();
    for it in &places {
        records.push(ComparedRecord {
            id: it.id,
            wanted: it.tenant_id == owner,
            name: Name::of(&it.name, it.city.as_deref(), it.kind),
            position: Point::of(it),
            postal_code: it.postal_code.clone(),
            town: None,
            by_name: false,
            ids: ids(&session.group::<IdsOfPlace>(it.id).await?),
        });
    }
    Ok(records)
}

/// The organisations of `owner` that stand for themselves, and those of others that may be the same.
async fn organisations(session: &Session, owner: Uuid) -> ApiResult<Vec<ComparedRecord>> {
    use organisation::Column as C;
    let standing = || {
        session
            .select::<organisation::Entity>()
            .filter(C::MergedIntoId.is_null())
            .filter(C::ArchivedAt.is_null())
            .limit(MAX + 1)
    };
    let own = |column| {
        let mine = session.select::<organisation::Entity>().filter(C::TenantId.eq(owner));
        mine.select_only().column(column).into_query()
    };
    let mut organisations = session.all(standing().filter(C::TenantId.eq(owner))).await?;
    few(organisations.len())?;
    let alike = Condition::any()
        .add(C::Id.in_subquery(same_ids(session, owner, external_id::Column::OrganisationId)))
        .add(C::Name.in_subquery(own(C::Name)))
        .add(C::City.in_subquery(own(C::City)))
        .add(C::PostalCode.in_subquery(own(C::PostalCode)));
    let others = session.all(standing().filter(C::TenantId.ne(owner)).filter(alike)).await?;
    few(others.len())?;
    organisations.extend(others);
    session.load_groups::<IdsOfOrganisation>(organisations.iter().map(|it| it.id)).await?;
    let mut records = Vec::new();
    for it in &organisations {
        let kind = match it.kind {
            OrganisationKind::AdultEducationCentre => LearningPlaceKind::AdultEducation,
            _ => LearningPlaceKind::Other,
        };
        records.push(ComparedRecord {
            id: it.id,
            wanted: it.tenant_id == owner,
            // The town is part of who it is.
            name: Name::of(&it.name, None, kind),
            position: None,
            postal_code: it.postal_code.clone(),
            town: it.city.as_deref().map(fold),
            by_name: true,
            ids: ids(&session.group::<IdsOfOrganisation>(it.id).await?),
        });
    }
    Ok(records)
}

fn few(records: usize) -> ApiResult<()> {
    if records as u64 > MAX {
        let text = Text::new("duplicates-too-many").with("max", MAX);
        return Err(Problem::at(UserErrorCode::LimitReached, "tenant", text).into());
    }
    Ok(())
}

/// Condition on records of others that may be the same as one of `places`: near them, with the same postal code and no
/// position, or with the same id in a register.
fn around(session: &Session, owner: Uuid, places: &[learning_place::Model]) -> Condition {
    use learning_place::Column as C;
    let boxes: Vec<_> = places.iter().filter_map(Point::of).map(|it| it.around(FAR)).collect();
    let min = |index: usize| boxes.iter().map(|it| it[index]).fold(f64::INFINITY, f64::min);
    let max = |index: usize| boxes.iter().map(|it| it[index]).fold(f64::NEG_INFINITY, f64::max);
    let own = |column| {
        let mine = session.select::<learning_place::Entity>().filter(C::TenantId.eq(owner));
        mine.select_only().column(column).into_query()
    };
    let same_ids = same_ids(session, owner, external_id::Column::LearningPlaceId);
    let mut where_ =
        Condition::any().add(C::Id.in_subquery(same_ids)).add(C::PostalCode.in_subquery(own(C::PostalCode)));
    if !boxes.is_empty() {
        let north = C::Latitude.between(min(0), max(1));
        where_ = where_.add(north.and(C::Longitude.between(min(2), max(3))));
    }
    where_
}

/// Objects in the column `named` with an id in a register that a record of `owner` has, too.
fn same_ids(session: &Session, owner: Uuid, named: external_id::Column) -> SelectStatement {
    use external_id::Column as C;
    let own = session.select::<external_id::Entity>().filter(C::TenantId.eq(owner));
    let own = own.select_only().column(C::Value).into_query();
    let same = session.select::<external_id::Entity>().filter(C::Value.in_subquery(own)).filter(named.is_not_null());
    same.select_only().column(named).into_query()
}

/// Pairs with an open or declined proposal.
async fn settled(session: &Session, owner: Uuid, kind: RecordKind) -> ApiResult<BTreeSet<(Uuid, Uuid)>> {
    use merge_proposal::Column as C;
    let proposals = session
        .select::<merge_proposal::Entity>()
        .filter(C::State.is_in([State::Open, State::Declined]))
        .filter(Condition::any().add(C::TenantId.eq(owner)).add(C::ToTenantId.eq(owner)));
    let rows = session.all(proposals).await?;
    let pairs = rows.iter().map(records::RecordPair::of).filter(|it| it.kind == kind);
    let sorted = |it: records::RecordPair| {
        if it.duplicate < it.survivor { (it.duplicate, it.survivor) } else { (it.survivor, it.duplicate) }
    };
    Ok(pairs.map(sorted).collect())
}
