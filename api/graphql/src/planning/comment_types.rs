//! API type of comments in a round.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entities::coordination_comment;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::tenants::types::{Tenant, tenant_of};

/// Comment in a coordination round.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CoordinationComment {
    /// Key of the comment. Not a global id.
    key: ID,
    /// Text of the comment.
    text: String,
    /// Name of the author, as used by the party.
    created_by: String,
    /// Global id of the change proposal or entry in question; null if the comment is about the round.
    about_id: Option<ID>,
    /// Instant at which the comment was written.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    tenant: Uuid,
}

#[ComplexObject]
impl CoordinationComment {
    /// Party on whose behalf the author wrote.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }
}

impl From<coordination_comment::Model> for CoordinationComment {
    fn from(row: coordination_comment::Model) -> Self {
        let proposal = row.proposal_id.map(|it| NodeType::ChangeProposal.id(it).into());
        Self {
            key: row.id.simple().to_string().into(),
            text: row.text,
            created_by: row.author,
            about_id: proposal.or(row.entry_id.map(|it| NodeType::CalendarEntry.id(it).into())),
            created_at: row.created_at,
            tenant: row.tenant_id,
        }
    }
}
