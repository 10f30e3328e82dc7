//! API types of the audit trail.

use async_graphql::{Context, ID, Json, Object};
use chrono::{DateTime, Utc};
use entities::audit_event;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use serde_json::Value;
use uuid::Uuid;

use crate::members::types::Member;
use crate::tenants::types::{Tenant, tenant_of};

/// Something that was changed, or read by a share.
pub struct AuditEvent {
    pub(super) row: audit_event::Model,
    /// The member that did it, if the viewer sees it and a list has read it ahead.
    pub(super) member: Option<Member>,
}

/// Something that was changed in an authority, or that a partner read by a share. What was changed is seen by the auditors
/// of the authority; what was read, by those of both.
#[Object]
impl AuditEvent {
    /// The authority whose object it is.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// The mutation, or what was read: `dataset.rows`, `dataset.aggregate`, `dataset.export`.
    async fn action(&self) -> &str {
        &self.row.action
    }

    /// Type of the object.
    async fn object_type(&self) -> &str {
        &self.row.object_type
    }

    /// Global id of the object; null where objects of its type have none.
    async fn object(&self) -> Option<ID> {
        let named = |it: &&NodeType| format!("{it:?}") == self.row.object_type;
        NodeType::ALL.iter().find(named).map(|it| it.id(self.row.object_id)).map(Into::into)
    }

    /// Global id of the agreement it happened under.
    async fn agreement(&self) -> Option<ID> {
        self.row.agreement_id.map(|it| NodeType::Agreement.id(it)).map(Into::into)
    }

    /// Who did it, where the viewer sees the members of that authority; null also where the operator did.
    async fn member(&self) -> Option<Member> {
        self.member.clone()
    }

    /// The authority that read; null where something was changed.
    async fn reader(&self, ctx: &Context<'_>) -> Option<ApiResult<Tenant>> {
        Some(tenant_of(ctx, reader_of(&self.row)?).await)
    }

    /// How many rows were read.
    async fn rows(&self) -> Option<i64> {
        self.read("rows")?.as_i64()
    }

    /// What was asked for: columns, filters, groups, format.
    async fn question(&self) -> Option<Json<Value>> {
        self.read("question").cloned().map(Json)
    }

    /// What a change was made of; null where something was read.
    async fn before(&self) -> Option<Json<Value>> {
        self.row.before.clone().map(Json)
    }

    /// What became of it; null where something was read.
    async fn after(&self) -> Option<Json<Value>> {
        if self.read("reader").is_some() { None } else { self.row.after.clone().map(Json) }
    }

    /// Names the request, as the log does.
    async fn request_id(&self) -> &str {
        &self.row.request_id
    }
}

impl AuditEvent {
    fn read(&self, name: &str) -> Option<&Value> {
        read(&self.row, name)
    }
}

/// What is recorded of a read.
fn read<'a>(row: &'a audit_event::Model, name: &str) -> Option<&'a Value> {
    let is_read = row.action.starts_with("dataset.");
    row.after.as_ref().filter(|_| is_read)?.get(name)
}

/// The authority that read; none where something was changed.
pub(super) fn reader_of(row: &audit_event::Model) -> Option<Uuid> {
    read(row, "reader")?.as_str()?.parse().ok()
}
