//! How resolvers reach their operation.

use std::sync::Arc;

use async_graphql::Context;
use domain::context::op::Op;
use kernel::error::{ApiError, ApiResult};
use store::Session;

/// The operation behind a GraphQL context.
pub trait ContextExt {
    /// The operation.
    ///
    /// # Errors
    /// The executor was called without one.
    fn op(&self) -> ApiResult<&Op>;

    /// The operation, for what outlives the call: a subscription.
    ///
    /// # Errors
    /// As [`Self::op`].
    fn op_shared(&self) -> ApiResult<Arc<Op>>;

    /// Its reading session.
    fn session(&self) -> impl Future<Output = ApiResult<Arc<Session>>> + Send;
}

impl ContextExt for Context<'_> {
    fn op(&self) -> ApiResult<&Op> {
        shared(self).map(AsRef::as_ref)
    }

    fn op_shared(&self) -> ApiResult<Arc<Op>> {
        shared(self).cloned()
    }

    async fn session(&self) -> ApiResult<Arc<Session>> {
        self.op()?.session().await
    }
}

fn shared<'a>(ctx: &'a Context<'_>) -> ApiResult<&'a Arc<Op>> {
    ctx.data_opt::<Arc<Op>>().ok_or_else(|| ApiError::fault("a resolver ran without an operation"))
}
