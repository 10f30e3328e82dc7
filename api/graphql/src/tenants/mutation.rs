//! Mutations of an authority's own fields of work and contacts.

use async_graphql::{Context, ID, InputObject, Object};
use domain::deletion::delete;
use domain::tenants::{contacts, service};
use entities::tenant_contact;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::tenants::contacts::{
    TenantContactCreateInput, TenantContactDeleteInput, TenantContactPayload, TenantContactUpdateInput,
};
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

    /// Creates a contact of an authority, visible to everybody. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_contact_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new contact.")] input: TenantContactCreateInput,
    ) -> ApiResult<TenantContactPayload> {
        let op = ctx.op()?;
        let key = idempotency("tenantContactCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, new) = all((NodeType::Tenant.parse(&input.tenant, "tenant"), input.into_values()))?;
            contacts::create(op, tenant, new, key).await
        };
        TenantContactPayload::created(op, work).await
    }

    /// Changes a contact of an authority. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_contact_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the contact.")] input: TenantContactUpdateInput,
    ) -> ApiResult<TenantContactPayload> {
        let op = ctx.op()?;
        let id = NodeType::TenantContact.parse(&input.id, "id");
        let work = |id| async move { contacts::update(op, id, input.version, input.into_patch()?).await };
        TenantContactPayload::changed(op, id, work).await
    }

    /// Deletes a contact of an authority. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_contact_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Contact to delete.")] input: TenantContactDeleteInput,
    ) -> ApiResult<TenantContactPayload> {
        let op = ctx.op()?;
        let named = ("tenantContactDelete", "tenant_contact.deleted");
        let work = |id| delete::<tenant_contact::Entity>(op, named, id, input.version);
        TenantContactPayload::changed(op, NodeType::TenantContact.parse(&input.id, "id"), work).await
    }
}
