//! Mutations of organisations.

use async_graphql::{Context, Object};
use domain::places::organisations::service;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::places::organisations::inputs::{
    OrganisationArchiveInput, OrganisationCreateInput, OrganisationUnmergeInput, OrganisationUpdateInput,
};
use crate::places::organisations::types::Organisation;

payload! {
    /// Payload of `organisationCreate`, `organisationUpdate`, `organisationArchive` and `organisationUnmerge`.
    OrganisationPayload {
        /// Organisation in its current state; null after a refusal other than `STALE_VERSION`.
        organisation: Organisation
    } by Organisation::by_id
}

/// See the module.
#[derive(Default)]
pub struct OrganisationMutation;

#[Object]
impl OrganisationMutation {
    /// Creates an organisation. Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn organisation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new organisation.")] input: OrganisationCreateInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let key = idempotency("organisationCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, new) = all((NodeType::Tenant.parse(&input.tenant, "tenant"), input.into_values()))?;
            service::create(op, tenant, new, key).await
        };
        OrganisationPayload::created(op, work).await
    }

    /// Changes an organisation. Requires `PLACES_WRITE` in the authority that keeps the record. `CONFLICT` for a merged
    /// record; undo the merge first.
    async fn organisation_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the organisation.")] input: OrganisationUpdateInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let id = NodeType::Organisation.parse(&input.id, "id");
        let work = |id| async move { service::update(op, id, input.version, input.into_patch()?).await };
        OrganisationPayload::changed(op, id, work).await
    }

    /// Archives or restores an organisation. Archived records are omitted from lists; references to them remain valid.
    /// Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn organisation_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Organisation to archive or restore.")] input: OrganisationArchiveInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let work = |id| service::archive(op, id, input.version, input.archived);
        OrganisationPayload::changed(op, NodeType::Organisation.parse(&input.id, "id"), work).await
    }

    /// Undoes the merge of an organisation; the record is valid again as it was before. `CONFLICT` if it is not merged.
    /// Requires `PLACES_WRITE` in the authority that keeps the record.
    async fn organisation_unmerge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Merged organisation.")] input: OrganisationUnmergeInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let work = |id| service::unmerge(op, id, input.version);
        OrganisationPayload::changed(op, NodeType::Organisation.parse(&input.id, "id"), work).await
    }
}
