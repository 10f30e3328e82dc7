//! How resolvers reach their operation.

use std::sync::Arc;

use async_graphql::Context;

use crate::context::Op;
use crate::error::{ApiError, ApiResult};
use crate::store::Session;

/// The operation behind a GraphQL context.
pub trait ContextExt {
    /// The operation.
    ///
    /// # Errors
    /// The executor was called without one.
    fn op(&self) -> ApiResult<&Op>;

    /// Its reading session.
    fn session(&self) -> impl Future<Output = ApiResult<Arc<Session>>> + Send;
}

impl ContextExt for Context<'_> {
    fn op(&self) -> ApiResult<&Op> {
        self.data_opt::<Arc<Op>>()
            .map(AsRef::as_ref)
            .ok_or_else(|| ApiError::fault("a resolver ran without an operation"))
    }

    async fn session(&self) -> ApiResult<Arc<Session>> {
        self.op()?.session().await
    }
}
