//! API type of comments in a round.

use async_graphql::{ComplexObject, Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entities::coordination_comment;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::tenants::types::{Tenant, tenant_of};

/// A comment in a round.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CoordinationComment {
    /// Names the comment.
    key: ID,
    /// What it says.
    text: String,
    /// Who wrote it, by the name the party uses.
    author: String,
    /// Global id of the proposal or entry that it is about; null = the round.
    about: Option<ID>,
    /// When.
    created_at: DateTime<Utc>,
    #[graphql(skip)]
    tenant: Uuid,
}

#[ComplexObject]
impl CoordinationComment {
    /// The party of the author.
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
            author: row.author,
            about: proposal.or(row.entry_id.map(|it| NodeType::CalendarEntry.id(it).into())),
            created_at: row.created_at,
            tenant: row.tenant_id,
        }
    }
}
