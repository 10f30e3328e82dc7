//! The root field of the audit trail.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entities::{audit_event, member, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};
use uuid::Uuid;

use crate::audit::types::{AuditEvent, reader_of};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::members::types::{Member, with_roles};

/// Filter of `auditEvents`. All given conditions must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only events on objects of these authorities, at most 100.
    tenants: Option<Vec<ID>>,
    /// Only events of this mutation, or of this kind of read: `dataset.rows`, `dataset.aggregate`, `dataset.export`.
    action: Option<String>,
    /// Only events on this object.
    object: Option<ID>,
    /// Earliest instant, inclusive.
    since: Option<DateTime<Utc>>,
    /// Latest instant, exclusive.
    until: Option<DateTime<Utc>>,
}

/// See the module.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// Lists audit events, the newest first: changes in the viewer's authorities, and reads through shares by or from
    /// these authorities. Only events of authorities in which the viewer holds `AUDIT_READ` are listed.
    #[graphql(complexity = "page_cost(first, last, child_complexity)")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list.")] filter: Option<AuditFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> ApiResult<Paged<AuditEvent>> {
        use audit_event::Column as C;
        let filter = filter.unwrap_or_default();
        let request = PageRequest::new(first, after, last, before, &format!("audit {filter:?}"))?;
        let session = ctx.session().await?;
        let mut select = session.select::<audit_event::Entity>();
        if let Some(ids) = filter.tenants {
            select = select.filter(C::TenantId.is_in(NodeType::Tenant.parse_all(&ids, "filter.tenants")?));
        }
        if let Some(action) = filter.action {
            select = select.filter(C::Action.eq(action));
        }
        if let Some(id) = filter.object {
            let Some((_, row)) = parse(&id) else {
                let value: String = id.chars().take(40).collect();
                let text = Text::new("no-id").with("value", value);
                return Err(Problem::at(UserErrorCode::Invalid, "filter.object", text).into());
            };
            select = select.filter(C::ObjectId.eq(row));
        }
        if let Some(since) = filter.since {
            select = select.filter(C::CreatedAt.gte(since));
        }
        if let Some(until) = filter.until {
            select = select.filter(C::CreatedAt.lt(until));
        }
        let order = Order {
            column: C::CreatedAt,
            id: C::Id,
            descending: true,
            nullable: false,
            key: |row: &audit_event::Model| (SortValue::Instant(row.created_at), row.id),
        };
        let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
        let selected = Selected::of(ctx);
        if selected.node("tenant") {
            session.load::<tenant::Entity>(rows.iter().map(|(_, it)| it.tenant_id)).await?;
        }
        if selected.node("reader") {
            session.load::<tenant::Entity>(rows.iter().filter_map(|(_, it)| reader_of(it))).await?;
        }
        let mut members: BTreeMap<(Uuid, Uuid), Member> = BTreeMap::new();
        if selected.node("member") {
            let persons: BTreeSet<Uuid> = rows.iter().filter_map(|(_, it)| it.person_id).collect();
            let persons: Vec<Uuid> = persons.into_iter().collect();
            let of = session.select::<member::Entity>().filter(session.is_one_of(member::Column::PersonId, &persons));
            let found = session.all(of).await?;
            let keys: Vec<_> = found.iter().map(|it| (it.person_id, it.tenant_id)).collect();
            members.extend(keys.into_iter().zip(with_roles(&session, found).await?));
        }
        let event = |(cursor, row): (_, audit_event::Model)| {
            // Whoever is a member of several authorities acted for one of them.
            let acting = reader_of(&row).unwrap_or(row.tenant_id);
            let member = row.person_id.and_then(|it| members.get(&(it, acting)).cloned());
            (cursor, AuditEvent { row, member })
        };
        Ok(fill(frame, rows.into_iter().map(event)))
    }
}
