//! Mutations of learning places.

use async_graphql::{Context, Object};
use domain::places::service;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::places::inputs::{
    LearningPlaceArchiveInput, LearningPlaceCreateInput, LearningPlaceUnmergeInput, LearningPlaceUpdateInput,
};
use crate::places::types::LearningPlace;

payload! {
    /// Outcome of every mutation of a learning place.
    LearningPlacePayload {
        /// The learning place.
        learning_place: LearningPlace
    } by LearningPlace::by_id
}

/// See the module.
#[derive(Default)]
pub struct PlaceMutation;

#[Object]
impl PlaceMutation {
    /// Enters a learning place into the directory. Takes `PLACES_WRITE`.
    async fn learning_place_create(
        &self,
        ctx: &Context<'_>,
        input: LearningPlaceCreateInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let key = idempotency("learningPlaceCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => match input.wish() {
                Ok(wish) => service::create(op, tenant, wish, key).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        LearningPlacePayload::made(op, done).await
    }

    /// Changes a learning place. Takes `PLACES_WRITE` in the authority that keeps it. A record that was merged into another
    /// is not changed any more, unless that is taken back.
    async fn learning_place_update(
        &self,
        ctx: &Context<'_>,
        input: LearningPlaceUpdateInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        let version = input.version;
        match NodeType::LearningPlace.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::update(op, id, version, |wish| input.applied(wish)).await;
                LearningPlacePayload::changed(op, id, done).await
            }
            Err(error) => LearningPlacePayload::refused(op, error),
        }
    }

    /// Puts a learning place away, or takes it out again: lists leave it out, what names it stays. Takes `PLACES_WRITE` in
    /// the authority that keeps it.
    async fn learning_place_archive(
        &self,
        ctx: &Context<'_>,
        input: LearningPlaceArchiveInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        match NodeType::LearningPlace.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::archive(op, id, input.version, input.archived).await;
                LearningPlacePayload::changed(op, id, done).await
            }
            Err(error) => LearningPlacePayload::refused(op, error),
        }
    }

    /// Takes back that a record was merged into another: it stands for itself again, as it was. Takes `PLACES_WRITE` in the
    /// authority that keeps it.
    async fn learning_place_unmerge(
        &self,
        ctx: &Context<'_>,
        input: LearningPlaceUnmergeInput,
    ) -> ApiResult<LearningPlacePayload> {
        let op = ctx.op()?;
        match NodeType::LearningPlace.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::unmerge(op, id, input.version).await;
                LearningPlacePayload::changed(op, id, done).await
            }
            Err(error) => LearningPlacePayload::refused(op, error),
        }
    }
}
