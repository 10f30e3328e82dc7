//! Merge proposals in the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::places::merges::records::{Pair, about};
use domain::places::merges::service;
use domain::places::merges::service::Wish;
use entities::{merge_proposal, tenant};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::Permission;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::agreements::types::{Agreement, agreement_by_id, agreements_by_id};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::payload::{Payload, idempotency, payload};
use crate::places::enums::MergeProposalState;
use crate::places::given::id;
use crate::places::merges::record_types;
use crate::places::merges::record_types::{DirectoryRecord, read_ahead};
use crate::tenants::types::{Tenant, tenant_of};

/// A proposal that two records are the same place or organisation.
pub struct MergeProposal {
    row: Arc<merge_proposal::Model>,
    /// Its agreement, where a list has read it ahead.
    agreement: Option<Agreement>,
}

impl MergeProposal {
    /// A proposal by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<merge_proposal::Entity>(id).await?.map(|row| Self { row, agreement: None }))
    }
}

/// What the viewer may do with a merge proposal.
#[derive(SimpleObject)]
pub struct MergeProposalAbilities {
    /// Merge, as the owner of the duplicate.
    accept: bool,
    /// Turn it down, as the other side.
    decline: bool,
    /// Take it back, as the side that proposed.
    withdraw: bool,
}

/// A proposal that two records are the same place or organisation. The owners of both see it.
#[Object]
impl MergeProposal {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::MergeProposal.id(self.row.id).into()
    }

    /// The authority that proposes; it keeps one of the records.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// The authority that keeps the other one; the same where both are its own.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.to_tenant_id).await
    }

    /// The agreement that it lives by; none where both records are one authority's.
    #[graphql(complexity = "child_complexity + 5")]
    async fn agreement(&self, ctx: &Context<'_>) -> Option<ApiResult<Agreement>> {
        if let Some(agreement) = &self.agreement {
            return Some(Ok(agreement.clone()));
        }
        let id = self.row.agreement_id?;
        match ctx.session().await {
            Ok(session) => agreement_by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// The record that would give way, where it is in sight.
    async fn duplicate(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        let pair = Pair::of(&self.row);
        match ctx.session().await {
            Ok(session) => DirectoryRecord::by_id(&session, pair.kind, pair.duplicate).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// The record that stays, where it is in sight.
    async fn survivor(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        let pair = Pair::of(&self.row);
        match ctx.session().await {
            Ok(session) => DirectoryRecord::by_id(&session, pair.kind, pair.survivor).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Why the two are thought to be the same.
    async fn message(&self) -> Option<&str> {
        self.row.message.as_deref()
    }

    /// How far it is.
    async fn state(&self) -> MergeProposalState {
        self.row.state.into()
    }

    /// Who proposed it.
    async fn proposed_by(&self) -> &str {
        &self.row.proposed_by
    }

    /// Who answered, or took it back.
    async fn answered_by(&self) -> Option<&str> {
        self.row.answered_by.as_deref()
    }

    /// When.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }

    /// Why it was turned down.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<MergeProposalAbilities> {
        let session = ctx.session().await?;
        let open = self.row.state == entities::MergeProposalState::Open;
        let may = |tenant| open && session.access().grant_in(Permission::PlacesWrite, tenant).is_ok();
        Ok(MergeProposalAbilities {
            accept: may(self.row.duplicate_tenant_id),
            decline: may(self.row.to_tenant_id),
            withdraw: may(self.row.tenant_id),
        })
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Two records that are the same: two learning places, or two organisations.
#[derive(InputObject)]
pub struct MergeProposalCreateInput {
    /// The authority that proposes, for which one acts. It keeps one of the records.
    tenant: ID,
    /// The record that would give way. Its owner alone accepts.
    duplicate: ID,
    /// The record that stays, as it is.
    survivor: ID,
    /// The agreement that binds both owners, whatever its areas; left out where both records are one authority's.
    agreement: Option<ID>,
    /// Why the two are thought to be the same, at most 1,000 characters.
    message: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

impl MergeProposalCreateInput {
    fn wish(self) -> ApiResult<Wish> {
        let mut problems = Problems::default();
        let tenant = problems.take(NodeType::Tenant.parse(&self.tenant, "tenant"))?;
        let duplicate = problems.take(record_types::record(&self.duplicate, "duplicate"))?;
        let survivor = problems.take(record_types::record(&self.survivor, "survivor"))?;
        if let (Some((one, _)), Some((other, _))) = (duplicate, survivor)
            && one != other
        {
            problems.add(Problem::at(UserErrorCode::Invalid, "survivor", Text::new("merge-of-two-kinds")));
        }
        let agreement = id(self.agreement.as_ref(), NodeType::Agreement, "agreement", &mut problems)?;
        problems.done()?;
        let (Some(tenant), Some((kind, duplicate)), Some((_, survivor))) = (tenant, duplicate, survivor) else {
            return Err(ApiError::fault("ids without problem are missing"));
        };
        Ok(Wish { tenant, pair: Pair { kind, duplicate, survivor }, agreement, message: self.message })
    }
}

/// A proposal to accept.
#[derive(InputObject)]
pub struct MergeProposalAcceptInput {
    /// The proposal.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// A proposal to turn down.
#[derive(InputObject)]
pub struct MergeProposalDeclineInput {
    /// The proposal.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why, at most 1,000 characters.
    reason: String,
}

/// A proposal to take back.
#[derive(InputObject)]
pub struct MergeProposalWithdrawInput {
    /// The proposal.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

payload! {
    /// Outcome of every mutation of a merge proposal.
    MergeProposalPayload {
        /// The proposal.
        merge_proposal: MergeProposal
    } by MergeProposal::by_id
}

/// See the module.
#[derive(Default)]
pub struct MergeQuery;

#[Object]
impl MergeQuery {
    /// Merge proposals of the viewer's authorities and to them, the newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn merge_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in this state.")] state: Option<MergeProposalState>,
        #[graphql(desc = "Only about this learning place or organisation.")] record: Option<ID>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<MergeProposal>> {
        use merge_proposal::Column as C;
        let list = format!("merge proposals {state:?} {record:?}");
        let request = PageRequest::new(first, after, last, before, &list)?;
        let session = ctx.session().await?;
        let mut select = session.select::<merge_proposal::Entity>();
        if let Some(state) = state {
            select = select.filter(C::State.eq(entities::MergeProposalState::from(state)));
        }
        if let Some(record) = record {
            select = select.filter(about(record_types::record(&record, "record")?));
        }
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: true,
            nullable: false,
            key: |row: &merge_proposal::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if selected.node("tenant") || selected.node("to") {
            session.load::<tenant::Entity>(rows.iter().flat_map(|(_, it)| [it.tenant_id, it.to_tenant_id])).await?;
        }
        let either = |path: &str| ["duplicate", "survivor"].iter().any(|it| selected.node_path(&format!("{it}{path}")));
        if either("") {
            let ids: Vec<_> = rows.iter().flat_map(|(_, it)| Pair::of(it).records()).collect();
            read_ahead(&session, &ids, &|path| either(&format!(".{path}"))).await?;
        }
        let mut agreements = BTreeMap::new();
        if selected.node("agreement") {
            agreements = agreements_by_id(&session, rows.iter().filter_map(|(_, it)| it.agreement_id)).await?;
        }
        let proposal = |(cursor, row): (_, merge_proposal::Model)| {
            let agreement = row.agreement_id.and_then(|it| agreements.get(&it).cloned());
            (cursor, MergeProposal { row: Arc::new(row), agreement })
        };
        Ok(fill(frame, rows.into_iter().map(proposal)))
    }
}

/// See the module.
#[derive(Default)]
pub struct MergeMutation;

#[Object]
impl MergeMutation {
    /// Proposes that two records are the same place or the same organisation. Takes `PLACES_WRITE` in the authority that proposes, which keeps one of
    /// them. What the other side turned down is not proposed to it again.
    async fn merge_proposal_create(
        &self,
        ctx: &Context<'_>,
        input: MergeProposalCreateInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        let key = idempotency("mergeProposalCreate", input.idempotency_key.clone(), &input);
        let done = match input.wish() {
            Ok(wish) => service::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        MergeProposalPayload::made(op, done).await
    }

    /// Merges: the duplicate tells from now on which record stands for it, and lists leave it out. Nothing of it is moved or
    /// lost, and `learningPlaceUnmerge` or `organisationUnmerge` takes it back. Takes `PLACES_WRITE` in the authority that keeps the duplicate.
    async fn merge_proposal_accept(
        &self,
        ctx: &Context<'_>,
        input: MergeProposalAcceptInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        match NodeType::MergeProposal.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::accept(op, id, input.version).await;
                MergeProposalPayload::changed(op, id, done).await
            }
            Err(error) => MergeProposalPayload::refused(op, error),
        }
    }

    /// Turns a proposal down. Takes `PLACES_WRITE` in the authority to which it was made.
    async fn merge_proposal_decline(
        &self,
        ctx: &Context<'_>,
        input: MergeProposalDeclineInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        match NodeType::MergeProposal.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::decline(op, id, input.version, &input.reason).await;
                MergeProposalPayload::changed(op, id, done).await
            }
            Err(error) => MergeProposalPayload::refused(op, error),
        }
    }

    /// Takes a proposal back. Takes `PLACES_WRITE` in the authority that made it.
    async fn merge_proposal_withdraw(
        &self,
        ctx: &Context<'_>,
        input: MergeProposalWithdrawInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        match NodeType::MergeProposal.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::withdraw(op, id, input.version).await;
                MergeProposalPayload::changed(op, id, done).await
            }
            Err(error) => MergeProposalPayload::refused(op, error),
        }
    }
}
