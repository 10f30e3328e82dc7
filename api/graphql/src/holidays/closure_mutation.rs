//! Mutations of closures.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::deletion::delete;
use domain::holidays::closure_service as service;
use domain::holidays::closure_service::{ClosurePatch, NewClosure};
use entities::tenant_closure;
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::holidays::closures::TenantClosure;
use crate::patch::PatchField;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Values of a new office closure.
#[derive(InputObject)]
pub struct TenantClosureCreateInput {
    /// Authority whose office is closed, on whose behalf the viewer acts.
    tenant: ID,
    /// Reason, at most 200 characters; public.
    title: String,
    /// First day of the closure.
    first_day: Date,
    /// Last day of the closure, inclusive; at most 366 days in all. Default: the first day.
    last_day: Option<Date>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Changes to an office closure. Omitted fields keep their values.
#[derive(InputObject)]
pub struct TenantClosureUpdateInput {
    /// Closure to change.
    id: ID,
    /// Version of the closure that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, at most 200 characters; public.
    title: MaybeUndefined<String>,
    /// First day of the closure.
    first_day: MaybeUndefined<Date>,
    /// Last day of the closure, inclusive; at most 366 days in all.
    last_day: MaybeUndefined<Date>,
}

/// Deletion of an office closure.
#[derive(InputObject)]
pub struct TenantClosureDeleteInput {
    /// Closure to delete.
    id: ID,
    /// Version of the closure that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

payload! {
    /// Payload of `tenantClosureCreate`, `tenantClosureUpdate` and `tenantClosureDelete`.
    TenantClosurePayload {
        /// Closure in its current state; null after deletion, and after a refusal other than `STALE_VERSION`.
        tenant_closure: TenantClosure
    } by TenantClosure::by_id
}

/// See the module.
#[derive(Default)]
pub struct ClosureMutation;

#[Object]
impl ClosureMutation {
    /// Creates an office closure, visible to everybody. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_closure_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new closure.")] input: TenantClosureCreateInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let key = idempotency("tenantClosureCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let tenant = NodeType::Tenant.parse(&input.tenant, "tenant")?;
            let (first_day, last_day) = (input.first_day.0, input.last_day.map(|it| it.0));
            let new = NewClosure { tenant, title: input.title, first_day, last_day };
            service::create(op, new, key).await
        };
        TenantClosurePayload::created(op, work).await
    }

    /// Changes an office closure. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_closure_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the closure.")] input: TenantClosureUpdateInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let checked = all((
            NodeType::TenantClosure.parse(&input.id, "id"),
            input.title.required("title"),
            input.first_day.required("firstDay"),
            input.last_day.required("lastDay"),
        ));
        let id = checked.clone().map(|(id, ..)| id);
        let work = |id| async move {
            let (_, title, first_day, last_day) = checked?;
            let patch = ClosurePatch { title, first_day: first_day.map(|it| it.0), last_day: last_day.map(|it| it.0) };
            service::update(op, id, input.version, patch).await
        };
        TenantClosurePayload::changed(op, id, work).await
    }

    /// Deletes an office closure. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_closure_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Closure to delete.")] input: TenantClosureDeleteInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let named = ("tenantClosureDelete", "tenant_closure.deleted");
        let work = |id| delete::<tenant_closure::Entity>(op, named, id, input.version);
        TenantClosurePayload::changed(op, NodeType::TenantClosure.parse(&input.id, "id"), work).await
    }
}
