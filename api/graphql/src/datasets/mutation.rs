//! Mutations of datasets and their versions.

use async_graphql::{Context, Object};
use domain::datasets::{service, version_service};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::datasets::inputs::{
    DatasetCreateInput, DatasetUpdateInput, DatasetVersionPublishInput, DatasetVersionWithdrawInput,
};
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::payload::{Payload, idempotency, payload};

payload! {
    /// Outcome of every mutation of a dataset.
    DatasetPayload {
        /// The dataset.
        dataset: Dataset
    } by Dataset::by_id
}

payload! {
    /// Outcome of every mutation of a version.
    DatasetVersionPayload {
        /// The version.
        dataset_version: DatasetVersion
    } by DatasetVersion::by_id
}

/// See the module.
#[derive(Default)]
pub struct DatasetMutation;

#[Object]
impl DatasetMutation {
    /// Makes a dataset. Takes `DATASETS_WRITE` in the owner.
    async fn dataset_create(&self, ctx: &Context<'_>, input: DatasetCreateInput) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let key = idempotency("datasetCreate", input.idempotency_key.clone(), &input);
        let done = match input.wish() {
            Ok(wish) => service::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        DatasetPayload::made(op, done).await
    }

    /// Changes what a dataset says, and how it is protected. Takes `DATASETS_WRITE` in the owner.
    async fn dataset_update(&self, ctx: &Context<'_>, input: DatasetUpdateInput) -> ApiResult<DatasetPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::Dataset.parse(&input.id, "id"))?.unwrap_or_default();
        let version = input.version;
        let (change, protection) = input.change(&mut problems);
        let done = match problems.done() {
            Ok(()) => service::update(op, id, version, change, protection).await,
            Err(error) => Err(error),
        };
        DatasetPayload::changed(op, id, done).await
    }

    /// Publishes a draft: whom the dataset reaches sees it from now on. Takes `DATASETS_WRITE` in the owner, and
    /// `DATASETS_PUBLISH` where the dataset is public.
    async fn dataset_version_publish(
        &self,
        ctx: &Context<'_>,
        input: DatasetVersionPublishInput,
    ) -> ApiResult<DatasetVersionPayload> {
        let op = ctx.op()?;
        match NodeType::DatasetVersion.parse(&input.id, "id") {
            Ok(id) => {
                let done = version_service::publish(op, id, input.version).await;
                DatasetVersionPayload::changed(op, id, done).await
            }
            Err(error) => DatasetVersionPayload::refused(op, error),
        }
    }

    /// Takes a published version back; its number stays taken. Takes `DATASETS_WRITE` in the owner, and `DATASETS_PUBLISH`
    /// where the dataset is public.
    async fn dataset_version_withdraw(
        &self,
        ctx: &Context<'_>,
        input: DatasetVersionWithdrawInput,
    ) -> ApiResult<DatasetVersionPayload> {
        let op = ctx.op()?;
        match NodeType::DatasetVersion.parse(&input.id, "id") {
            Ok(id) => {
                let done = version_service::withdraw(op, id, input.version, &input.reason).await;
                DatasetVersionPayload::changed(op, id, done).await
            }
            Err(error) => DatasetVersionPayload::refused(op, error),
        }
    }
}
