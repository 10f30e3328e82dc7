//! Mutations of education offers.

use async_graphql::{Context, Object};
use domain::offers::service;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::offers::inputs::{
    EducationOfferCreateInput, EducationOfferPublishInput, EducationOfferUpdateInput, EducationOfferWithdrawInput,
};
use crate::offers::types::EducationOffer;
use crate::payload::{Payload, idempotency, payload};

payload! {
    /// Outcome of every mutation of an education offer.
    EducationOfferPayload {
        /// The offer.
        education_offer: EducationOffer
    } by EducationOffer::by_id
}

/// See the module.
#[derive(Default)]
pub struct OfferMutation;

#[Object]
impl OfferMutation {
    /// Makes an education offer, as a draft. Takes `PLACES_WRITE`.
    async fn education_offer_create(
        &self,
        ctx: &Context<'_>,
        input: EducationOfferCreateInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let key = idempotency("educationOfferCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => match input.wish() {
                Ok(wish) => service::create(op, tenant, wish, key).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        EducationOfferPayload::made(op, done).await
    }

    /// Changes an education offer, which keeps its state. Takes `PLACES_WRITE` in the authority that keeps it.
    async fn education_offer_update(
        &self,
        ctx: &Context<'_>,
        input: EducationOfferUpdateInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let version = input.version;
        match NodeType::EducationOffer.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::update(op, id, version, |wish| input.applied(wish)).await;
                EducationOfferPayload::changed(op, id, done).await
            }
            Err(error) => EducationOfferPayload::refused(op, error),
        }
    }

    /// Shows an education offer to everybody. The provider and the place that it names must be public. Takes `PLACES_WRITE`
    /// in the authority that keeps it.
    async fn education_offer_publish(
        &self,
        ctx: &Context<'_>,
        input: EducationOfferPublishInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        match NodeType::EducationOffer.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::publish(op, id, input.version).await;
                EducationOfferPayload::changed(op, id, done).await
            }
            Err(error) => EducationOfferPayload::refused(op, error),
        }
    }

    /// Takes an education offer back: its authority alone sees it from now on. Takes `PLACES_WRITE` there.
    async fn education_offer_withdraw(
        &self,
        ctx: &Context<'_>,
        input: EducationOfferWithdrawInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        match NodeType::EducationOffer.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::withdraw(op, id, input.version, input.reason).await;
                EducationOfferPayload::changed(op, id, done).await
            }
            Err(error) => EducationOfferPayload::refused(op, error),
        }
    }
}
