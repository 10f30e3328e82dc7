//! Mutations of an authority's own fields of work.

use async_graphql::{Context, ID, InputObject, Object};
use domain::tenants::service;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::tenants::types::FieldOfWork;

/// Values of a new field of work of an authority.
#[derive(InputObject)]
pub struct FieldOfWorkCreateInput {
    /// Authority, on whose behalf the viewer acts.
    tenant: ID,
    /// Stable key, unique in the authority: 2 to 40 lower-case letters, digits and hyphens, beginning with a letter.
    key: String,
    /// German name, at most 120 characters.
    name_de: String,
    /// English name, at most 120 characters.
    name_en: String,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

payload! {
    /// Payload of `fieldOfWorkCreate`.
    FieldOfWorkPayload {
        /// New field of work; null after a refusal.
        field_of_work: FieldOfWork
    } by FieldOfWork::by_id
}

/// See the module.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Creates a field of work of an authority. Requires `TENANT_MANAGE` in that authority.
    async fn field_of_work_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new field of work.")] input: FieldOfWorkCreateInput,
    ) -> ApiResult<FieldOfWorkPayload> {
        let op = ctx.op()?;
        let key = idempotency("fieldOfWorkCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let tenant = NodeType::Tenant.parse(&input.tenant, "tenant")?;
            service::create_field(op, tenant, input.key, input.name_de, input.name_en, key).await
        };
        FieldOfWorkPayload::created(op, work).await
    }
}
