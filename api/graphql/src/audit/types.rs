//! API types of the audit trail.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entities::audit_event;
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use serde_json::Value;
use uuid::Uuid;

use crate::members::types::Member;
use crate::scalars::JsonValue;
use crate::tenants::types::{Tenant, tenant_of};

/// Something that was changed, or read by a share.
pub struct AuditEvent {
    pub(super) row: audit_event::Model,
    /// The member that did it, if the viewer sees it and a list has read it ahead.
    pub(super) member: Option<Member>,
}

/// Audit event: change in an authority, or read of its data by a partner through a share. Changes are visible to the
/// auditors of the authority, reads to the auditors of both authorities.
#[Object]
impl AuditEvent {
    /// Owning authority of the object.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Instant of the event.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// Name of the mutation, or kind of read: `dataset.rows`, `dataset.aggregate`, `dataset.export`.
    async fn action(&self) -> &str {
        &self.row.action
    }

    /// Type of the object.
    async fn object_type(&self) -> &str {
        &self.row.object_type
    }

    /// Global id of the object; null for types without global ids.
    async fn object_id(&self) -> Option<ID> {
        let named = |it: &&NodeType| format!("{it:?}") == self.row.object_type;
        NodeType::ALL.iter().find(named).map(|it| it.id(self.row.object_id)).map(Into::into)
    }

    /// Global id of the agreement under which the event took place; null if none.
    async fn agreement_id(&self) -> Option<ID> {
        self.row.agreement_id.map(|it| NodeType::Agreement.id(it)).map(Into::into)
    }

    /// Member who acted; null if the members of that authority are not visible to the viewer, and for actions of the
    /// server or its operator.
    async fn member(&self) -> Option<Member> {
        self.member.clone()
    }

    /// Authority that read the data; null for changes.
    async fn reader(&self, ctx: &Context<'_>) -> Option<ApiResult<Tenant>> {
        Some(tenant_of(ctx, reader_of(&self.row)?).await)
    }

    /// Number of rows read; null for changes.
    async fn rows(&self) -> Option<i64> {
        self.read("rows")?.as_i64()
    }

    /// Query of the read, with columns, filters, groups and format; null for changes.
    async fn question(&self) -> Option<JsonValue> {
        self.read("question").cloned().map(JsonValue)
    }

    /// State before the change; null for reads, and if there is none.
    async fn before(&self) -> Option<JsonValue> {
        self.row.before.clone().map(JsonValue)
    }

    /// State after the change; null for reads.
    async fn after(&self) -> Option<JsonValue> {
        if self.read("reader").is_some() { None } else { self.row.after.clone().map(JsonValue) }
    }

    /// Identifier of the request, as in the log of the server.
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
