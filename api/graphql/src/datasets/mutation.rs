//! Mutations of datasets and their versions.

use async_graphql::{Context, Object};
use domain::datasets::{service, version_service};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::inputs::{
    DatasetCreateInput, DatasetUpdateInput, DatasetVersionPublishInput, DatasetVersionWithdrawInput,
};
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::payload::{Payload, idempotency, payload};

payload! {
    /// Payload of `datasetCreate`, `datasetUpdate`, `datasetAccessChange`, `datasetIndicatorsSet` and
    /// `datasetWithdraw`.
    DatasetPayload {
        /// Dataset after the mutation; null on failure, except after `STALE_VERSION`: then its current state.
        dataset: Dataset
    } by Dataset::by_id
}

payload! {
    /// Payload of `datasetVersionPublish` and `datasetVersionWithdraw`.
    DatasetVersionPayload {
        /// Dataset version after the mutation; null on failure, except after `STALE_VERSION`: then its current state.
        dataset_version: DatasetVersion
    } by DatasetVersion::by_id
}

/// See the module.
#[derive(Default)]
pub struct DatasetMutation;

#[Object]
impl DatasetMutation {
    /// Creates a dataset. Requires `DATASETS_WRITE` in the owning authority.
    async fn dataset_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new dataset.")] input: DatasetCreateInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetCreate", input.idempotency_key.clone(), &input);
        let work = async { service::create(op, input.into_new()?, key).await };
        DatasetPayload::created(op, work).await
    }

    /// Changes metadata and disclosure control of a dataset. Requires `DATASETS_WRITE` in the owning authority.
    async fn dataset_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dataset to change, with its new values.")] input: DatasetUpdateInput,
    ) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let (id, version) = (NodeType::Dataset.parse(&input.id, "id"), input.version);
        let work = |id| async move {
            let (patch, protection) = input.patch()?;
            service::update(op, id, version, patch, protection).await
        };
        DatasetPayload::changed(op, id, work).await
    }

    /// Publishes a draft version, which makes it visible to the audience of the dataset. Unless access is `INTERNAL`,
    /// fails with `DISCLOSURE` if the data cannot be protected. Requires `DATASETS_WRITE` in the owning authority, and
    /// `DATASETS_PUBLISH` there if the dataset is public.
    async fn dataset_version_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version to publish.")] input: DatasetVersionPublishInput,
    ) -> ApiResult<DatasetVersionPayload> {
        let op = ctx.op()?;
        let work = |id| version_service::publish(op, id, input.version);
        DatasetVersionPayload::changed(op, NodeType::DatasetVersion.parse(&input.id, "id"), work).await
    }

    /// Withdraws a published version: its metadata stay visible to the audience of the dataset, its data only to the
    /// owning authority. Its number is not used again. Requires `DATASETS_WRITE` in the owning authority, and
    /// `DATASETS_PUBLISH` there if the dataset is public.
    async fn dataset_version_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version to withdraw, with the reason.")] input: DatasetVersionWithdrawInput,
    ) -> ApiResult<DatasetVersionPayload> {
        let op = ctx.op()?;
        let work = |id| version_service::withdraw(op, id, input.version, &input.reason);
        DatasetVersionPayload::changed(op, NodeType::DatasetVersion.parse(&input.id, "id"), work).await
    }
}
