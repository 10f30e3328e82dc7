//! Mutations of learning places.

use async_graphql::{Context, Object};
use domain::places::service;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::places::inputs::{
    LearningPlaceArchiveInput, LearningPlaceCreateInput, LearningPlaceUnmergeInput, LearningPlaceUpdateInput,
};
use crate::places::types::LearningPlace;

payload! {
    /// Payload of `learningPlaceCreate`, `learningPlaceUpdate`, `learningPlaceArchive` and `learningPlaceUnmerge`.
    LearningPlacePayload {
        /// Learning place in its current state; null after a refusal other than `STALE_VERSION`.
        learning_place: LearningPlace
    } by LearningPlace::by_id
}

/// See the module.
#[derive(Default)]
pub struct PlaceMutation;

#[Object]
impl PlaceMutation {
    /// Creates a learning place. Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn learning_place_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new learning place.")] input: LearningPlaceCreateInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let key = idempotency("learningPlaceCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let place_key = input.key.clone();
            let (tenant, new) = all((NodeType::Tenant.parse(&input.tenant, "tenant"), input.into_values()))?;
            service::create(op, tenant, place_key, new, key).await
        };
        LearningPlacePayload::created(op, work).await
    }

    /// Changes a learning place. Requires `PLACES_WRITE` in the authority that keeps the record. `CONFLICT` for a
    /// merged record; undo the merge first.
    async fn learning_place_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the learning place.")] input: LearningPlaceUpdateInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let id = NodeType::LearningPlace.parse(&input.id, "id");
        let work = |id| async move { service::update(op, id, input.version, input.into_patch()?).await };
        LearningPlacePayload::changed(op, id, work).await
    }

    /// Archives or restores a learning place. Archived records are omitted from lists; references to them remain valid.
    /// Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn learning_place_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Learning place to archive or restore.")] input: LearningPlaceArchiveInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let work = |id| service::archive(op, id, input.version, input.archived);
        LearningPlacePayload::changed(op, NodeType::LearningPlace.parse(&input.id, "id"), work).await
    }

    /// Undoes the merge of a learning place; the record is valid again as it was before. `CONFLICT` if it is not
    /// merged. Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn learning_place_unmerge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Merged learning place.")] input: LearningPlaceUnmergeInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let work = |id| service::unmerge(op, id, input.version);
        LearningPlacePayload::changed(op, NodeType::LearningPlace.parse(&input.id, "id"), work).await
    }
}
