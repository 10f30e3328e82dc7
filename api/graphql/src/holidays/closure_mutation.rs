//! Mutations of closures.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::holidays::closure_service as service;
use domain::holidays::closure_service::{ClosureChange, ClosureWish};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;

use crate::context::ContextExt;
use crate::holidays::closures::TenantClosure;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Days on which an office will be closed.
#[derive(InputObject)]
pub struct TenantClosureCreateInput {
    /// The authority, for which one acts.
    tenant: ID,
    /// Why, at most 200 characters. Everybody may read it.
    title: String,
    /// First day.
    first_day: Date,
    /// Last day, inclusive; left out = only the first. At most 366 days.
    last_day: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change of a closure. What is left out stays as it is.
#[derive(InputObject)]
pub struct TenantClosureUpdateInput {
    /// The closure.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    title: MaybeUndefined<String>,
    /// First day.
    first_day: MaybeUndefined<Date>,
    /// Last day, inclusive.
    last_day: MaybeUndefined<Date>,
}

/// A closure to delete.
#[derive(InputObject)]
pub struct TenantClosureDeleteInput {
    /// The closure.
    id: ID,
    /// The version that the client saw.
    version: i32,
}

payload! {
    /// Outcome of every mutation of a closure.
    TenantClosurePayload {
        /// The closure; null once it is deleted.
        tenant_closure: TenantClosure
    } by TenantClosure::by_id
}

/// See the module.
#[derive(Default)]
pub struct ClosureMutation;

#[Object]
impl ClosureMutation {
    /// Tells everybody that an authority's office will be closed. Takes `TENANT_MANAGE`.
    async fn tenant_closure_create(
        &self,
        ctx: &Context<'_>,
        input: TenantClosureCreateInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let key = idempotency("tenantClosureCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Tenant.parse(&input.tenant, "tenant") {
            Ok(tenant) => {
                let last_day = input.last_day.map(|it| it.0);
                let wish = ClosureWish { tenant, title: input.title, first_day: input.first_day.0, last_day };
                service::create(op, wish, key).await
            }
            Err(error) => Err(error),
        };
        TenantClosurePayload::made(op, done).await
    }

    /// Changes a closure. Takes `TENANT_MANAGE` in the authority.
    async fn tenant_closure_update(
        &self,
        ctx: &Context<'_>,
        input: TenantClosureUpdateInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::TenantClosure.parse(&input.id, "id"))?.unwrap_or_default();
        let change = ClosureChange {
            title: kept(input.title, "title", &mut problems),
            first_day: kept(input.first_day, "firstDay", &mut problems).map(|it| it.0),
            last_day: kept(input.last_day, "lastDay", &mut problems).map(|it| it.0),
        };
        let done = match problems.done() {
            Ok(()) => service::update(op, id, input.version, change).await,
            Err(error) => Err(error),
        };
        TenantClosurePayload::changed(op, id, done).await
    }

    /// Deletes a closure: the office is open after all. Takes `TENANT_MANAGE` in the authority.
    async fn tenant_closure_delete(
        &self,
        ctx: &Context<'_>,
        input: TenantClosureDeleteInput,
    ) -> ApiResult<TenantClosurePayload> {
        let op = ctx.op()?;
        let id = match NodeType::TenantClosure.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return TenantClosurePayload::refused(op, error),
        };
        let done = service::delete(op, id, input.version).await;
        TenantClosurePayload::changed(op, id, done).await
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
