//! Mutations of an authority's own fields of work.

use async_graphql::{Context, ID, InputObject, Object};
use domain::tenants::service;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::tenants::types::FieldOfWork;

/// A new field of work of an authority.
#[derive(InputObject)]
pub struct FieldOfWorkCreateInput {
    /// The authority.
    tenant: ID,
    /// Short stable name: lower-case letters, digits and hyphens.
    key: String,
    /// German name.
    name_de: String,
    /// English name.
    name_en: String,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

payload! {
    /// Outcome of `fieldOfWorkCreate`.
    FieldOfWorkCreatePayload {
        /// The field of work.
        field_of_work: FieldOfWork
    } by FieldOfWork::by_id
}

/// See the module.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Adds a field of work to an authority's own. Takes `TENANT_MANAGE`.
    async fn field_of_work_create(
        &self,
        ctx: &Context<'_>,
        input: FieldOfWorkCreateInput,
    ) -> ApiResult<FieldOfWorkCreatePayload> {
        let op = ctx.op()?;
        let key = idempotency("fieldOfWorkCreate", input.idempotency_key.clone(), &input);
        let result = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => service::create_field(op, tenant, input.key, input.name_de, input.name_en, key).await,
            Err(error) => Err(error),
        };
        FieldOfWorkCreatePayload::made(op, result).await
    }
}
