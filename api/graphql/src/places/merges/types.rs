//! Merge proposals in the schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::places::merges::records::{RecordPair, about};
use domain::places::merges::service;
use domain::places::merges::service::NewMergeProposal;
use entities::{merge_proposal, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::global_id::{NodeType, at_most_100};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::access::abilities::MergeProposalAbilities;
use crate::agreements::types::{Agreement, agreement_by_id, agreements_by_id};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::node_row::node_object;
use crate::patch::optional_id;
use crate::payload::{Payload, idempotency, payload};
use crate::places::enums::MergeProposalState;
use crate::places::merges::record_types;
use crate::places::merges::record_types::{DirectoryRecord, preload};
use crate::tenants::types::{Tenant, tenant_of};

/// A proposal that two records are the same place or organisation.
pub struct MergeProposal {
    row: Arc<merge_proposal::Model>,
    /// Its agreement, where a list has read it ahead.
    agreement: Option<Agreement>,
}

node_object!(MergeProposal, |row| Self { row, agreement: None });

/// Proposal to merge two records of the same learning place or organisation. Visible to the owners of both records:
/// with `AGREEMENTS_READ` between two authorities, with `PLACES_READ` within one.
#[Object]
impl MergeProposal {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::MergeProposal.id(self.row.id).into()
    }

    /// Proposing authority; owner of one of the records.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Receiving authority: owner of the other record; the proposing authority itself if it owns both.
    async fn to(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.to_tenant_id).await
    }

    /// Agreement under which the proposal was made; null if both records belong to one authority, or if not visible to
    /// the viewer.
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

    /// Duplicate: record to be merged into the survivor; null if not visible to the viewer.
    async fn duplicate(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        let pair = RecordPair::of(&self.row);
        match ctx.session().await {
            Ok(session) => DirectoryRecord::by_id(&session, pair.kind, pair.duplicate).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Survivor: record that remains; null if not visible to the viewer.
    async fn survivor(&self, ctx: &Context<'_>) -> Option<ApiResult<DirectoryRecord>> {
        let pair = RecordPair::of(&self.row);
        match ctx.session().await {
            Ok(session) => DirectoryRecord::by_id(&session, pair.kind, pair.survivor).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Reason given for the proposal.
    async fn message(&self) -> Option<&str> {
        self.row.message.as_deref()
    }

    /// State of the proposal.
    async fn state(&self) -> MergeProposalState {
        self.row.state.into()
    }

    /// Name of the person who made the proposal, as used by the proposing authority.
    async fn created_by(&self) -> &str {
        &self.row.proposed_by
    }

    /// Name of the person who accepted, declined or withdrew the proposal, as used by the person's authority; null =
    /// open.
    async fn answered_by(&self) -> Option<&str> {
        self.row.answered_by.as_deref()
    }

    /// Instant of the acceptance, refusal or withdrawal; null = open.
    async fn answered_at(&self) -> Option<DateTime<Utc>> {
        self.row.answered_at
    }

    /// Reason for the refusal; null unless declined.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// Actions open to the viewer on the proposal.
    async fn viewer_can(&self) -> MergeProposalAbilities {
        MergeProposalAbilities(self.row.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Values of a new merge proposal for two learning places or two organisations.
#[derive(InputObject)]
pub struct MergeProposalCreateInput {
    /// Proposing authority, on whose behalf the viewer acts; owner of one of the records.
    tenant: ID,
    /// Duplicate: record to be merged. Only its owner can accept the proposal.
    duplicate: ID,
    /// Survivor: record that remains unchanged.
    survivor: ID,
    /// Agreement in force between the owners of both records, of any area; none if both records belong to the proposing
    /// authority.
    agreement: Option<ID>,
    /// Reason for the proposal, at most 1,000 characters.
    message: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

impl MergeProposalCreateInput {
    fn into_new(self) -> ApiResult<NewMergeProposal> {
        let (tenant, pair, agreement) = all((
            NodeType::Tenant.parse(&self.tenant, "tenant"),
            self.pair(),
            optional_id(self.agreement.as_ref(), NodeType::Agreement, "agreement"),
        ))?;
        Ok(NewMergeProposal { tenant, pair, agreement, message: self.message })
    }

    fn pair(&self) -> ApiResult<RecordPair> {
        let ((kind, duplicate), (other, survivor)) = all((
            record_types::record(&self.duplicate, "duplicate"),
            record_types::record(&self.survivor, "survivor"),
        ))?;
        if kind != other {
            return Err(Problem::at(UserErrorCode::Invalid, "survivor", Text::new("merge-of-two-kinds")).into());
        }
        Ok(RecordPair { kind, duplicate, survivor })
    }
}

/// Acceptance of a merge proposal.
#[derive(InputObject)]
pub struct MergeProposalAcceptInput {
    /// Proposal to accept.
    id: ID,
    /// Version of the proposal that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// Refusal of a merge proposal.
#[derive(InputObject)]
pub struct MergeProposalDeclineInput {
    /// Proposal to decline.
    id: ID,
    /// Version of the proposal that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason for the refusal, at most 1,000 characters.
    reason: String,
}

/// Withdrawal of a merge proposal.
#[derive(InputObject)]
pub struct MergeProposalWithdrawInput {
    /// Proposal to withdraw.
    id: ID,
    /// Version of the proposal that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

payload! {
    /// Payload of `mergeProposalCreate`, `mergeProposalAccept`, `mergeProposalDecline` and `mergeProposalWithdraw`.
    MergeProposalPayload {
        /// Merge proposal in its current state; null after a refusal other than `STALE_VERSION`.
        merge_proposal: MergeProposal
    } by MergeProposal::by_id
}

/// Filter of `mergeProposals`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct MergeProposalFilter {
    /// Only proposals in one of these states.
    states: Option<Vec<MergeProposalState>>,
    /// Only proposals that concern one of these learning places or organisations.
    records: Option<Vec<ID>>,
}

/// See the module.
#[derive(Default)]
pub struct MergeQuery;

#[Object]
impl MergeQuery {
    /// Lists merge proposals made by or to the viewer's authorities, newest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn merge_proposals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<MergeProposalFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<MergeProposal>> {
        use merge_proposal::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("merge proposals {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<merge_proposal::Entity>();
        if let Some(states) = filter.states {
            at_most_100(&states, "filter.states")?;
            select = select.filter(C::State.is_in(states.into_iter().map(entities::MergeProposalState::from)));
        }
        if let Some(ids) = filter.records {
            at_most_100(&ids, "filter.records")?;
            // Of none is nothing.
            let mut any = Condition::any().add(C::Id.is_null());
            for id in &ids {
                any = any.add(about(record_types::record(id, "filter.records")?));
            }
            select = select.filter(any);
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
            let ids: Vec<_> = rows.iter().flat_map(|(_, it)| RecordPair::of(it).records()).collect();
            preload(&session, &ids, &|path| either(&format!(".{path}"))).await?;
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
    /// Proposes to merge two records of the same learning place or organisation. Requires `PLACES_WRITE` in the
    /// proposing authority, which must own one of them. `CONFLICT` if a proposal for the two records is open, or if the
    /// other side has declined one.
    async fn merge_proposal_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new proposal.")] input: MergeProposalCreateInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        let key = idempotency("mergeProposalCreate", input.idempotency_key.clone(), &input);
        let work = async { service::create(op, input.into_new()?, key).await };
        MergeProposalPayload::created(op, work).await
    }

    /// Accepts a merge proposal: the duplicate refers to the survivor from then on (`mergedInto`) and is omitted from
    /// lists. All its data and references remain; `learningPlaceUnmerge` or `organisationUnmerge` undoes the merge.
    /// Requires `PLACES_WRITE` in the authority that owns the duplicate.
    async fn merge_proposal_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proposal to accept.")] input: MergeProposalAcceptInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| service::accept(op, id, input.version);
        MergeProposalPayload::changed(op, NodeType::MergeProposal.parse(&input.id, "id"), work).await
    }

    /// Declines a merge proposal. Requires `PLACES_WRITE` in the receiving authority.
    async fn merge_proposal_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proposal to decline, and the reason.")] input: MergeProposalDeclineInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| service::decline(op, id, input.version, &input.reason);
        MergeProposalPayload::changed(op, NodeType::MergeProposal.parse(&input.id, "id"), work).await
    }

    /// Withdraws a merge proposal. Requires `PLACES_WRITE` in the proposing authority.
    async fn merge_proposal_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proposal to withdraw.")] input: MergeProposalWithdrawInput,
    ) -> ApiResult<MergeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| service::withdraw(op, id, input.version);
        MergeProposalPayload::changed(op, NodeType::MergeProposal.parse(&input.id, "id"), work).await
    }
}
