//! API types of the audit trail.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::context::references::{about, type_named, with_global_ids};
use domain::places::merges::records::RecordPair;
use domain::rights::nodes;
use entities::{audit_event, member, merge_proposal, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::Value;
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::members::types::{Member, with_roles};
use crate::node_row::NodeRow;
use crate::scalars::JsonValue;
use crate::tenants::types::{Tenant, tenant_of};

/// Something that was changed, or read by a share.
pub struct AuditEvent {
    pub(super) row: Arc<audit_event::Model>,
    pub(super) member: ActingMember,
}

/// The member that acted.
pub(super) enum ActingMember {
    /// Read ahead by a list; none if the viewer does not see it.
    Loaded(Option<Member>),
    /// Not read yet.
    Unread,
}

impl NodeRow for nodes::AuditEvent {
    type Object = AuditEvent;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<AuditEvent>> {
        let row = session.get::<Self>(id).await?;
        Ok(row.map(|row| AuditEvent { row, member: ActingMember::Unread }))
    }

    async fn preload(
        session: &Session,
        rows: &[Arc<audit_event::Model>],
        selected: &Selected<'_, '_>,
    ) -> ApiResult<()> {
        let rows: Vec<&audit_event::Model> = rows.iter().map(AsRef::as_ref).collect();
        preload(session, &rows, selected).await
    }
}

/// Loads what was selected of events.
pub(super) async fn preload(
    session: &Session,
    rows: &[&audit_event::Model],
    selected: &Selected<'_, '_>,
) -> ApiResult<()> {
    if selected.node("tenant") {
        let owners: Vec<_> = rows.iter().map(|it| it.tenant_id).collect();
        session.load::<tenant::Entity>(owners).await?;
    }
    if selected.node("reader") {
        let readers: Vec<_> = rows.iter().filter_map(|it| reader_of(it)).collect();
        session.load::<tenant::Entity>(readers).await?;
    }
    if selected.node("before") || selected.node("after") {
        let merges: Vec<_> = rows.iter().filter(|it| it.object_type == MERGE).map(|it| it.object_id).collect();
        session.load::<merge_proposal::Entity>(merges).await?;
    }
    Ok(())
}

/// Type of merge proposals, which refer to records of two types.
const MERGE: &str = "MergeProposal";

/// Audit event: change in an authority, or read of its data by a partner through a share. Changes are visible to the
/// auditors of the authority, reads to the auditors of both authorities.
#[Object]
impl AuditEvent {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::AuditEvent.id(self.row.id).into()
    }

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

    /// Global id of the object. For a comment, of the proposal, entry or round that it is about; for a ticket, of the object
    /// whose file it opens. Null for other types without global ids.
    async fn object_id(&self) -> Option<ID> {
        match type_named(&self.row.object_type) {
            Some(node) => Some(node.id(self.row.object_id).into()),
            None => self.row.after.as_ref().and_then(about).map(Into::into),
        }
    }

    /// Global id of the agreement under which the event took place; null if none.
    async fn agreement_id(&self) -> Option<ID> {
        self.row.agreement_id.map(|it| NodeType::Agreement.id(it)).map(Into::into)
    }

    /// Member who acted; null if the members of that authority are not visible to the viewer, and for actions of the
    /// server or its operator.
    async fn member(&self, ctx: &Context<'_>) -> Option<ApiResult<Member>> {
        match &self.member {
            ActingMember::Loaded(member) => member.clone().map(Ok),
            ActingMember::Unread => acting_member(ctx, &self.row).await.transpose(),
        }
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

    /// State before the change, references as global ids; null for reads, and if there is none.
    async fn before(&self, ctx: &Context<'_>) -> Option<ApiResult<JsonValue>> {
        Some(self.state(ctx, self.row.before.as_ref()?).await)
    }

    /// State after the change, references as global ids; null for reads.
    async fn after(&self, ctx: &Context<'_>) -> Option<ApiResult<JsonValue>> {
        let after = self.row.after.as_ref().filter(|_| self.read("reader").is_none())?;
        Some(self.state(ctx, after).await)
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

    /// A state with global ids for references.
    async fn state(&self, ctx: &Context<'_>, state: &Value) -> ApiResult<JsonValue> {
        let mut record = None;
        if self.row.object_type == MERGE {
            let proposal = ctx.session().await?.get::<merge_proposal::Entity>(self.row.object_id).await?;
            record = proposal.map(|it| RecordPair::of(&it).kind.node());
        }
        Ok(JsonValue(with_global_ids(type_named(&self.row.object_type), record, state)))
    }
}

/// The authority for which somebody acted: that which read, or that which owns the object.
pub(super) fn acting(row: &audit_event::Model) -> Uuid {
    reader_of(row).unwrap_or(row.tenant_id)
}

/// The member that acted, if the viewer sees it.
async fn acting_member(ctx: &Context<'_>, row: &audit_event::Model) -> ApiResult<Option<Member>> {
    let Some(person) = row.person_id else { return Ok(None) };
    let session = ctx.session().await?;
    let of = session
        .select::<member::Entity>()
        .filter(member::Column::PersonId.eq(person))
        .filter(member::Column::TenantId.eq(acting(row)));
    let found = session.all(of).await?;
    Ok(with_roles(&session, found).await?.pop())
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
