//! Root fields about access.

use async_graphql::{Context, ID, Object};
use kernel::error::{ApiError, ApiResult};

use crate::access::explain::{AccessExplanation, explain};
use crate::access::operation::Operation;
use crate::enums::Action;
use crate::members::types::{Viewer, viewer};

/// See the module.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Viewer: the person or program that sends the request, with roles and permissions by authority.
    async fn viewer(&self, ctx: &Context<'_>) -> ApiResult<Viewer> {
        viewer(ctx).await
    }

    /// Explains by which rule the viewer may perform an action on an object, or which permission is lacking or which
    /// state of the object forbids it. An action is allowed if any of its operations is. Null for an object that is not
    /// visible to the viewer, and for types without access rules: authorities, fields of work, holidays, indicators and
    /// funding programmes.
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] node: ID,
        #[graphql(default_with = "Action::Read", desc = "Action to explain.")] action: Action,
        #[graphql(desc = "Operation to explain instead of the whole action.")] operation: Option<Operation>,
    ) -> Option<Result<AccessExplanation, ApiError>> {
        explain(ctx, &node, action, operation).await.transpose()
    }
}
