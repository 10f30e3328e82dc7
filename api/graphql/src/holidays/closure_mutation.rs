//! Mutations of closures.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::holidays::closure_service as service;
use domain::holidays::closure_service::{ClosurePatch, NewClosure};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;

use crate::context::ContextExt;
use crate::holidays::closures::TenantClosure;
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
        let done = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => {
                let last_day = input.last_day.map(|it| it.0);
                let wish = NewClosure { tenant, title: input.title, first_day: input.first_day.0, last_day };
                service::create(op, wish, key).await
            }
            Err(error) => Err(error),
        };
        TenantClosurePayload::made(op, done).await
    }

    /// Changes an office closure. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_closure_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the closure.")] input: TenantClosureUpdateInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::TenantClosure.parse(&input.id, "id"))?.unwrap_or_default();
        let change = ClosurePatch {
            title: kept(input.title, "title", &mut problems),
            first_day: kept(input.first_day, "firstDay", &mut problems).map(|it| it.0),
            last_day: kept(input.last_day, "lastDay", &mut problems).map(|it| it.0),
        };
        let done = match problems.done() {
            Ok(()) => service::update(op, id, input.version, change).await,
            Err(error) => Err(error),
        };
        TenantClosurePayload::after_change(op, id, done).await
    }

    /// Deletes an office closure. Requires `TENANT_MANAGE` in the authority.
    async fn tenant_closure_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Closure to delete.")] input: TenantClosureDeleteInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let id = match NodeType::TenantClosure.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return TenantClosurePayload::refused(op, error),
        };
        let done = service::delete(op, id, input.version).await;
        TenantClosurePayload::after_change(op, id, done).await
    }
}

/// A value that may be left out, but not cleared.
fn kept<T>(value: MaybeUndefined<T>, field: &'static str, problems: &mut Problems) -> Option<T> {
    match value {
        MaybeUndefined::Value(value) => Some(value),
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => {
            problems.add(Problem::at(UserErrorCode::Required, field, Text::new("required")));
            None
        }
    }
}
