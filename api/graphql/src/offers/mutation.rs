//! Mutations of education offers.

use async_graphql::{Context, Object};
use domain::offers::service;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::offers::inputs::{
    EducationOfferCreateInput, EducationOfferPublishInput, EducationOfferUpdateInput, EducationOfferWithdrawInput,
};
use crate::offers::types::EducationOffer;
use crate::payload::{Payload, idempotency, payload};

payload! {
    /// Payload of the mutations of an education offer.
    EducationOfferPayload {
        /// Education offer in its current state; null after a refusal other than `STALE_VERSION`.
        education_offer: EducationOffer
    } by EducationOffer::by_id
}

/// See the module.
#[derive(Default)]
pub struct OfferMutation;

#[Object]
impl OfferMutation {
    /// Creates an education offer as a draft. Requires `PLACES_WRITE` in the owning authority.
    async fn education_offer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new education offer.")] input: EducationOfferCreateInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let key = idempotency("educationOfferCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, new) = all((NodeType::Tenant.parse(&input.tenant, "tenant"), input.into_values()))?;
            service::create(op, tenant, new, key).await
        };
        EducationOfferPayload::created(op, work).await
    }

    /// Changes an education offer without changing its state. Requires `PLACES_WRITE` in the owning authority.
    async fn education_offer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the education offer.")] input: EducationOfferUpdateInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let id = NodeType::EducationOffer.parse(&input.id, "id");
        let work = |id| async move { service::update(op, id, input.version, input.into_patch()?).await };
        EducationOfferPayload::changed(op, id, work).await
    }

    /// Publishes an education offer, which becomes visible to everybody. `CONFLICT` if its provider or its learning
    /// place is not public. Requires `PLACES_WRITE` in the owning authority.
    async fn education_offer_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Education offer to publish.")] input: EducationOfferPublishInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let work = |id| service::publish(op, id, input.version);
        EducationOfferPayload::changed(op, NodeType::EducationOffer.parse(&input.id, "id"), work).await
    }

    /// Withdraws a published education offer, which stays visible only to the owning authority. Requires `PLACES_WRITE`
    /// in the owning authority.
    async fn education_offer_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Education offer to withdraw and reason.")] input: EducationOfferWithdrawInput,
    ) -> ApiResult<EducationOfferPayload> {
        let op = ctx.op()?;
        let work = |id| service::withdraw(op, id, input.version, input.reason);
        EducationOfferPayload::changed(op, NodeType::EducationOffer.parse(&input.id, "id"), work).await
    }
}
