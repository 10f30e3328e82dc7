//! Mutations of an authority, and of its own fields of work and contacts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::deletion::delete;
use domain::rights::nodes;
use domain::tenants::profile::TenantPatch;
use domain::tenants::{contacts, profile, service};
use entities::tenant_contact;
use kernel::error::{ApiResult, Problems, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::enums::TenantKind;
use crate::node_row::NodeRow;
use crate::patch::PatchField as _;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::TimeZone;
use crate::tenants::contacts::{
    TenantContactCreateInput, TenantContactDeleteInput, TenantContactPayload, TenantContactUpdateInput,
};
use crate::tenants::types::{FieldOfWork, Tenant};

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

/// Changes to an authority. Omitted fields keep their values; null clears an optional field. The short name stays.
#[derive(InputObject)]
pub struct TenantUpdateInput {
    /// Authority to change.
    id: ID,
    /// Version of the authority that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Legal name, as in signatures, at most 200 characters.
    legal_name: MaybeUndefined<String>,
    /// Kind of the authority.
    kind: MaybeUndefined<TenantKind>,
    /// Official municipality key (AGS) with its leading zero: five digits of a district or a district-free city, eight
    /// of a municipality.
    ags: MaybeUndefined<String>,
    /// Time zone in which dates of the authority apply.
    time_zone: MaybeUndefined<TimeZone>,
    /// True if Assumption Day (15 August) is a public holiday in the authority.
    assumption_day: MaybeUndefined<bool>,
    /// Address of the public website, with `https://` or `http://`.
    website: MaybeUndefined<String>,
}

impl TenantUpdateInput {
    fn into_patch(self) -> ApiResult<TenantPatch> {
        let mut problems = Problems::default();
        let legal_name = problems.take(self.legal_name.required("legalName"))?;
        let kind = problems.take(self.kind.required("kind"))?;
        let time_zone = problems.take(self.time_zone.required("timeZone"))?;
        let assumption_day = problems.take(self.assumption_day.required("assumptionDay"))?;
        problems.done()?;
        Ok(TenantPatch {
            legal_name: legal_name.unwrap_or_default(),
            kind: kind.unwrap_or_default().map(Into::into),
            ags: self.ags.clearable(),
            time_zone: time_zone.unwrap_or_default().map(|it| it.0.name().to_owned()),
            assumption_day: assumption_day.unwrap_or_default(),
            website: self.website.clearable(),
        })
    }
}

payload! {
    /// Payload of `tenantUpdate`.
    TenantPayload {
        /// Authority in its current state; null after a refusal other than `STALE_VERSION`.
        tenant: Tenant
    } by <nodes::Tenant as NodeRow>::by_id
}

/// See the module.
#[derive(Default)]
pub struct TenantMutation;

#[Object]
impl TenantMutation {
    /// Changes what an authority says of itself. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the authority.")] input: TenantUpdateInput,
    ) -> ApiResult<TenantPayload> {
        let op = ctx.op()?;
        let id = NodeType::Tenant.parse(&input.id, "id");
        let work = |id| async move { profile::update(op, id, input.version, input.into_patch()?).await };
        TenantPayload::changed(op, id, work).await
    }

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
