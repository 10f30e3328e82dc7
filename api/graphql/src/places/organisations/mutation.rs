//! Mutations of organisations.

use async_graphql::{Context, Object};
use domain::places::organisations::service;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::places::organisations::inputs::{
    OrganisationArchiveInput, OrganisationCreateInput, OrganisationUnmergeInput, OrganisationUpdateInput,
};
use crate::places::organisations::types::Organisation;

payload! {
    /// Outcome of every mutation of an organisation.
    OrganisationPayload {
        /// The organisation.
        organisation: Organisation
    } by Organisation::by_id
}

/// See the module.
#[derive(Default)]
pub struct OrganisationMutation;

#[Object]
impl OrganisationMutation {
    /// Enters an organisation into the directory. Takes `PLACES_WRITE`.
    async fn organisation_create(
        &self,
        ctx: &Context<'_>,
        input: OrganisationCreateInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let key = idempotency("organisationCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => match input.wish() {
                Ok(wish) => service::create(op, tenant, wish, key).await,
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        };
        OrganisationPayload::made(op, done).await
    }

    /// Changes an organisation. Takes `PLACES_WRITE` in the authority that keeps it. A record that was merged into another
    /// is not changed any more, unless that is taken back.
    async fn organisation_update(
        &self,
        ctx: &Context<'_>,
        input: OrganisationUpdateInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        let version = input.version;
        match NodeType::Organisation.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::update(op, id, version, |wish| input.applied(wish)).await;
                OrganisationPayload::changed(op, id, done).await
            }
            Err(error) => OrganisationPayload::refused(op, error),
        }
    }

    /// Puts an organisation away, or takes it out again: lists leave it out, what names it stays. Takes `PLACES_WRITE` in the
    /// authority that keeps it.
    async fn organisation_archive(
        &self,
        ctx: &Context<'_>,
        input: OrganisationArchiveInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        match NodeType::Organisation.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::archive(op, id, input.version, input.archived).await;
                OrganisationPayload::changed(op, id, done).await
            }
            Err(error) => OrganisationPayload::refused(op, error),
        }
    }

    /// Takes back that a record was merged into another: it stands for itself again, as it was. Takes `PLACES_WRITE` in the
    /// authority that keeps it.
    async fn organisation_unmerge(
        &self,
        ctx: &Context<'_>,
        input: OrganisationUnmergeInput,
    ) -> ApiResult<OrganisationPayload> {
        let op = ctx.op()?;
        match NodeType::Organisation.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::unmerge(op, id, input.version).await;
                OrganisationPayload::changed(op, id, done).await
            }
            Err(error) => OrganisationPayload::refused(op, error),
        }
    }
}
