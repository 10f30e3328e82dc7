//! Root fields about access.

use async_graphql::{Context, ID, Object};
use kernel::error::{ApiError, ApiResult};

use crate::access::explain::{AccessExplanation, explain};
use crate::enums::Action;
use crate::members::types::{Viewer, viewer};

/// See the module.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who is asking, and what they may do where.
    async fn viewer(&self, ctx: &Context<'_>) -> ApiResult<Viewer> {
        viewer(ctx).await
    }

    /// Why the viewer may do something to an object, or what is missing. Null for an object that they may not know of.
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        node: ID,
        #[graphql(default_with = "Action::Read")] action: Action,
    ) -> Option<Result<AccessExplanation, ApiError>> {
        explain(ctx, &node, action).await.transpose()
    }
}
