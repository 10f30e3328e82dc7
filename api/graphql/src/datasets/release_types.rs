//! Releases of datasets to the public in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::datasets::release;
use domain::datasets::release::Proposal;
use entities::{dataset, dataset_release};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::{Order, PageRequest, Session, SortValue, page_cost};
use uuid::Uuid;

use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::datasets::enums::{DatasetAccess, DatasetReleaseState};
use crate::datasets::mutation::DatasetPayload;
use crate::datasets::types::Dataset;
use crate::lookahead::Selected;
use crate::payload::{Payload, idempotency, payload};

/// The proposal to release a dataset to the public, and what became of it.
pub struct DatasetRelease(pub Arc<dataset_release::Model>);

impl DatasetRelease {
    /// A release by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<dataset_release::Entity>(id).await?.map(Self))
    }
}

/// What was looked at before a release was proposed.
#[derive(SimpleObject)]
pub struct ReleaseChecklist {
    /// The licence is right, and the authority may give it.
    licence: bool,
    /// Somebody answers at the contact.
    contact: bool,
    /// The purpose covers a publication.
    purpose: bool,
    /// The legal basis covers a publication.
    legal_basis: bool,
    /// How long figures are kept is settled.
    retention: bool,
    /// The protected figures were looked at: nobody can be found in them.
    disclosure: bool,
}

/// The proposal to release a dataset to the public, and what became of it. Only its authority sees it.
#[Object]
impl DatasetRelease {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::DatasetRelease.id(self.0.id).into()
    }

    /// The dataset.
    async fn dataset(&self, ctx: &Context<'_>) -> ApiResult<Dataset> {
        let session = ctx.session().await?;
        let row = session.get::<dataset::Entity>(self.0.dataset_id).await?;
        row.map(Dataset).ok_or_else(|| ApiError::fault("the dataset of a release is out of sight"))
    }

    /// How far it is.
    async fn state(&self) -> DatasetReleaseState {
        self.0.state.into()
    }

    /// What was looked at before.
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

    /// Who proposed it.
    async fn proposed_by(&self) -> &str {
        &self.0.proposed_by
    }

    /// Who decided: somebody else.
    async fn decided_by(&self) -> Option<&str> {
        self.0.decided_by.as_deref()
    }

    /// When.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }

    /// Why it was declined or taken back.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was proposed.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Whom a dataset shall reach.
#[derive(InputObject)]
pub struct DatasetAccessChangeInput {
    /// The dataset.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// INTERNAL or SHARED. PUBLIC takes a release.
    access: DatasetAccess,
}

/// What was looked at. All of it must be true.
#[derive(InputObject)]
pub struct ReleaseChecklistInput {
    /// The licence is right, and the authority may give it.
    licence: bool,
    /// Somebody answers at the contact.
    contact: bool,
    /// The purpose covers a publication.
    purpose: bool,
    /// The legal basis covers a publication.
    legal_basis: bool,
    /// How long figures are kept is settled.
    retention: bool,
    /// The protected figures were looked at: nobody can be found in them.
    disclosure: bool,
}

/// A release to propose.
#[derive(InputObject)]
pub struct DatasetReleaseProposeInput {
    /// The dataset.
    dataset: ID,
    /// What was looked at.
    checklist: ReleaseChecklistInput,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// A release to approve.
#[derive(InputObject)]
pub struct DatasetReleaseApproveInput {
    /// The release.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

/// A release to decline.
#[derive(InputObject)]
pub struct DatasetReleaseDeclineInput {
    /// The release.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: String,
}

/// A public dataset to take back.
#[derive(InputObject)]
pub struct DatasetWithdrawInput {
    /// The dataset.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why, for everybody to read.
    reason: String,
}

payload! {
    /// Outcome of every mutation of a release.
    DatasetReleasePayload {
        /// The release.
        dataset_release: DatasetRelease
    } by DatasetRelease::by_id
}

impl DatasetReleaseProposeInput {
    fn proposal(self) -> ApiResult<Proposal> {
        let mut problems = Problems::default();
        let dataset = problems.take(NodeType::Dataset.parse(&self.dataset, "dataset"))?.unwrap_or_default();
        let list = self.checklist;
        for (done, field) in [
            (list.licence, "checklist.licence"),
            (list.contact, "checklist.contact"),
            (list.purpose, "checklist.purpose"),
            (list.legal_basis, "checklist.legalBasis"),
            (list.retention, "checklist.retention"),
            (list.disclosure, "checklist.disclosure"),
        ] {
            if !done {
                problems.add(Problem::at(UserErrorCode::Required, field, Text::new("look-at-it-first")));
            }
        }
        problems.done()?;
        let checklist = json!({
            "licence": true, "contact": true, "purpose": true, "legalBasis": true, "retention": true, "disclosure": true,
        });
        Ok(Proposal { dataset, checklist })
    }
}

/// See the module.
#[derive(Default)]
pub struct ReleaseQuery;

#[Object]
impl ReleaseQuery {
    /// Releases of a dataset that the viewer may see, the oldest first.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn dataset_releases(
        &self,
        ctx: &Context<'_>,
        dataset: ID,
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
    /// Opens a dataset to partners, as far as shares reach, or closes it again. Its protected figures are made at once.
    /// Takes `SHARES_MANAGE` in the owner.
    async fn dataset_access_change(
        &self,
        ctx: &Context<'_>,
        input: DatasetAccessChangeInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        match NodeType::Dataset.parse(&input.id, "id") {
            Ok(id) => {
                let done = release::change_access(op, id, input.version, input.access.into()).await;
                DatasetPayload::changed(op, id, done).await
            }
            Err(error) => DatasetPayload::refused(op, error),
        }
    }

    /// Proposes to release a dataset to the public. Takes `DATASETS_WRITE` in the owner.
    async fn dataset_release_propose(
        &self,
        ctx: &Context<'_>,
        input: DatasetReleaseProposeInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetReleasePropose", input.idempotency_key.clone(), &input);
        let done = match input.proposal() {
            Ok(proposal) => release::propose(op, proposal, key).await,
            Err(error) => Err(error),
        };
        DatasetReleasePayload::made(op, done).await
    }

    /// Releases a dataset to the public. Takes `DATASETS_PUBLISH` in the owner, and another person than who proposed it.
    async fn dataset_release_approve(
        &self,
        ctx: &Context<'_>,
        input: DatasetReleaseApproveInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        match NodeType::DatasetRelease.parse(&input.id, "id") {
            Ok(id) => {
                let done = release::approve(op, id, input.version).await;
                DatasetReleasePayload::changed(op, id, done).await
            }
            Err(error) => DatasetReleasePayload::refused(op, error),
        }
    }

    /// Declines a release. Takes `DATASETS_PUBLISH` in the owner; who proposed it may take it back.
    async fn dataset_release_decline(
        &self,
        ctx: &Context<'_>,
        input: DatasetReleaseDeclineInput,
    ) -> ApiResult<DatasetReleasePayload> {
        let op = ctx.op()?;
        match NodeType::DatasetRelease.parse(&input.id, "id") {
            Ok(id) => {
                let done = release::decline(op, id, input.version, &input.reason).await;
                DatasetReleasePayload::changed(op, id, done).await
            }
            Err(error) => DatasetReleasePayload::refused(op, error),
        }
    }

    /// Takes a public dataset back; its versions are seen by the authority alone from now on, and the catalogue says that
    /// it is gone. Takes `DATASETS_PUBLISH` in the owner.
    async fn dataset_withdraw(&self, ctx: &Context<'_>, input: DatasetWithdrawInput) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        match NodeType::Dataset.parse(&input.id, "id") {
            Ok(id) => {
                let done = release::withdraw(op, id, input.version, &input.reason).await;
                DatasetPayload::changed(op, id, done).await
            }
            Err(error) => DatasetPayload::refused(op, error),
        }
    }
}
