//! Releases of datasets to the public in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::release;
use domain::datasets::release::ReleaseProposal;
use entities::{dataset, dataset_release};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::{Order, PageRequest, SortValue, page_cost};

use crate::access::abilities::DatasetReleaseAbilities;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::enums::{DatasetAccess, DatasetReleaseState};
use crate::datasets::mutation::DatasetPayload;
use crate::datasets::types::Dataset;
use crate::lookahead::Selected;
use crate::node_row::node_object;
use crate::payload::{Payload, idempotency, payload};

/// Proposal to release a dataset to the public, with the decision on it. Visible to the owning authority only.
pub struct DatasetRelease(pub Arc<dataset_release::Model>);

node_object!(DatasetRelease, |row| Self(row));

/// Checklist that the proposer of a release has confirmed.
#[derive(SimpleObject)]
pub struct ReleaseChecklist {
    /// True if the licence is right and the authority is entitled to grant it.
    licence: bool,
    /// True if somebody answers at the contact point.
    contact: bool,
    /// True if the purpose of the data covers publication.
    purpose: bool,
    /// True if the legal basis covers publication.
    legal_basis: bool,
    /// True if the retention period is settled.
    retention: bool,
    /// True if somebody has inspected the protected data and found that no person is identifiable.
    disclosure: bool,
}

/// Proposal to release a dataset to the public, with the decision on it. Visible to the owning authority only.
#[Object]
impl DatasetRelease {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetRelease.id(self.0.id).into()
    }

    /// Dataset to release.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let session = ctx.session().await?;
        let row = session.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of a release is out of sight"))
    }

    /// State of the proposal.
    async fn state(&self) -> DatasetReleaseState {
        self.0.state.into()
    }

    /// Checklist that the proposer has confirmed.
    async fn checklist(&self) -> ReleaseChecklist {
        let of = |name: &str| self.0.checklist.get(name).and_then(Value::as_bool).unwrap_or_default();
        ReleaseChecklist {
            licence: of("licence"),
            contact: of("contact"),
            purpose: of("purpose"),
            legal_basis: of("legalBasis"),
            retention: of("retention"),
            disclosure: of("disclosure"),
        }
    }

    /// Name of the person who proposed the release.
    async fn created_by(&self) -> &str {
        &self.0.proposed_by
    }

    /// Name of the person who approved, declined or withdrew the proposal; null while it is open.
    async fn decided_by(&self) -> Option<&str> {
        self.0.decided_by.as_deref()
    }

    /// Instant at which the proposal was approved, declined or withdrawn; null while it is open.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Reason for declining or withdrawing the proposal; null = none.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Version number of the proposal for optimistic locking; increases by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Actions open to the viewer on the release.
    async fn viewer_can(&self) -> DatasetReleaseAbilities {
        DatasetReleaseAbilities(self.0.clone())
    }

    /// Instant of the proposal.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// New access of a dataset.
#[derive(InputObject)]
pub struct DatasetAccessChangeInput {
    /// Dataset to change.
    id: ID,
    /// Version number of the dataset as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// New access: `SHARED` or `INTERNAL`. `PUBLIC` requires a release and fails with `ILLEGAL_TRANSITION`.
    access: DatasetAccess,
}

/// Checklist for a release. Every item must be true, else the proposal fails with `REQUIRED`.
#[derive(InputObject)]
pub struct ReleaseChecklistInput {
    /// True if the licence is right and the authority is entitled to grant it.
    licence: bool,
    /// True if somebody answers at the contact point.
    contact: bool,
    /// True if the purpose of the data covers publication.
    purpose: bool,
    /// True if the legal basis covers publication.
    legal_basis: bool,
    /// True if the retention period is settled.
    retention: bool,
    /// True if somebody has inspected the protected data and found that no person is identifiable.
    disclosure: bool,
}

/// Values of a new release proposal.
#[derive(InputObject)]
pub struct DatasetReleaseProposeInput {
    /// Dataset to release.
    dataset: ID,
    /// Checklist with every item true.
    checklist: ReleaseChecklistInput,
    /// Idempotency key, at most 128 bytes. Repeating the call with the same key and input returns the first result and
    /// changes nothing.
    idempotency_key: Option<String>,
}

/// Release proposal to approve.
#[derive(InputObject)]
pub struct DatasetReleaseApproveInput {
    /// Release proposal in the state `PROPOSED`.
    id: ID,
    /// Version number of the proposal as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
}

/// Release proposal to decline or withdraw.
#[derive(InputObject)]
pub struct DatasetReleaseDeclineInput {
    /// Release proposal in the state `PROPOSED`.
    id: ID,
    /// Version number of the proposal as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// Reason, at most 1,000 characters.
    reason: String,
}

/// Public dataset to withdraw.
#[derive(InputObject)]
pub struct DatasetWithdrawInput {
    /// Dataset with the access `PUBLIC`.
    id: ID,
    /// Version number of the dataset as last read by the client; an outdated one fails with `STALE_VERSION`.
    version: i32,
    /// Reason for the withdrawal, visible to the public, at most 1,000 characters.
    reason: String,
}

payload! {
    /// Payload of `datasetReleasePropose`, `datasetReleaseApprove` and `datasetReleaseDecline`.
    DatasetReleasePayload {
        /// Release proposal after the mutation; null on failure, except after `STALE_VERSION`: then its current state.
        dataset_release: DatasetRelease
    } by DatasetRelease::by_id
}

impl DatasetReleaseProposeInput {
    fn proposal(self) -> ApiResult<ReleaseProposal> {
        let (dataset, ()) = all((NodeType::Dataset.parse(&self.dataset, "dataset"), self.checklist.complete()))?;
        let checklist = json!({
            "licence": true, "contact": true, "purpose": true, "legalBasis": true, "retention": true, "disclosure": true,
        });
        Ok(ReleaseProposal { dataset, checklist })
    }
}

impl ReleaseChecklistInput {
    fn complete(&self) -> ApiResult<()> {
        let mut problems = Problems::default();
        for (done, field) in [
            (self.licence, "checklist.licence"),
            (self.contact, "checklist.contact"),
            (self.purpose, "checklist.purpose"),
            (self.legal_basis, "checklist.legalBasis"),
            (self.retention, "checklist.retention"),
            (self.disclosure, "checklist.disclosure"),
        ] {
            if !done {
                problems.add(Problem::at(UserErrorCode::Required, field, Text::new("look-at-it-first")));
            }
        }
        problems.done()
    }
}

/// See the module.
#[derive(Default)]
pub struct ReleaseQuery;

#[Object]
impl ReleaseQuery {
    /// Lists the release proposals of a dataset that are visible to the viewer, oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dataset_releases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset whose release proposals are listed.")] dataset: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<DatasetRelease>> {
        use dataset_release::Column as C;
        let request = PageRequest::new(first, after, last, before, &format!("releases {dataset:?}"))?;
        let id = NodeType::Dataset.parse(&dataset, "dataset")?;
        let session = ctx.session().await?;
        let select = session.select::<dataset_release::Entity>().filter(C::DatasetId.eq(id));
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: false,
            nullable: false,
            key: |row: &dataset_release::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        if Selected::of(ctx).node("dataset") {
            session.load::<dataset::Entity>(rows.iter().map(|(_, it)| it.dataset_id)).await?;
        }
        Ok(fill(frame, rows.into_iter().map(|(cursor, row)| (cursor, DatasetRelease(Arc::new(row))))))
    }
}

/// See the module.
#[derive(Default)]
pub struct ReleaseMutation;

#[Object]
impl ReleaseMutation {
    /// Opens a dataset to partners within the limits of shares (`SHARED`), or closes it (`INTERNAL`). Opening requires
    /// contact, purpose and legal basis, and creates the protected tables of published versions at once; fails with
    /// `DISCLOSURE` if the data cannot be protected. Requires `SHARES_MANAGE` in the owning authority.
    async fn dataset_access_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset with its new access.")] input: DatasetAccessChangeInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let work = |id| release::change_access(op, id, input.version, input.access.into());
        DatasetPayload::changed(op, NodeType::Dataset.parse(&input.id, "id"), work).await
    }

    /// Proposes to release a dataset to the public. Requires contact, purpose, legal basis, licence, description,
    /// attribution if the licence demands it, and a published version of the dataset. Personal data and unit records
    /// are refused with `DISCLOSURE`. Requires `DATASETS_WRITE` in the owning authority.
    async fn dataset_release_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new proposal.")] input: DatasetReleaseProposeInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetReleasePropose", input.idempotency_key.clone(), &input);
        let work = async { release::propose(op, input.proposal()?, key).await };
        DatasetReleasePayload::created(op, work).await
    }

    /// Approves a release proposal, which makes the dataset public. Requires `DATASETS_PUBLISH` in the owning
    /// authority, and a person other than the proposer.
    async fn dataset_release_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proposal to approve.")] input: DatasetReleaseApproveInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        let work = |id| release::approve(op, id, input.version);
        DatasetReleasePayload::changed(op, NodeType::DatasetRelease.parse(&input.id, "id"), work).await
    }

    /// Declines a release proposal; if the viewer made it, withdraws it. Declining requires `DATASETS_PUBLISH` in the
    /// owning authority, withdrawing `DATASETS_WRITE`.
    async fn dataset_release_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Proposal to decline or withdraw, with the reason.")] input: DatasetReleaseDeclineInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        let work = |id| release::decline(op, id, input.version, &input.reason);
        DatasetReleasePayload::changed(op, NodeType::DatasetRelease.parse(&input.id, "id"), work).await
    }

    /// Withdraws a public dataset: its versions become visible to the owning authority only, and the catalogue reports
    /// it as gone. Requires `DATASETS_PUBLISH` in the owning authority.
    async fn dataset_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset to withdraw, with the reason.")] input: DatasetWithdrawInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let work = |id| release::withdraw(op, id, input.version, &input.reason);
        DatasetPayload::changed(op, NodeType::Dataset.parse(&input.id, "id"), work).await
    }
}
