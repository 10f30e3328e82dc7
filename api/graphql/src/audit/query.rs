//! The root field of the audit trail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use entities::{audit_event, member};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100, parse};
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter};
use store::{Order, PageRequest, SortValue, page_cost};
use uuid::Uuid;

use crate::audit::types::{ActingMember, AuditEvent, acting, preload};
use crate::calendars::query::DateTimeRange;
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::lookahead::Selected;
use crate::members::types::{Member, with_roles};
use crate::refused_lists::note_missing;

/// Filter of `auditEvents`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AuditFilter {
    /// Only events on objects of these authorities.
    tenants: Option<Vec<ID>>,
    /// Only events of one of these mutations, or of one of these kinds of reads: `dataset.rows`, `dataset.aggregate`,
    /// `dataset.export`.
    actions: Option<Vec<String>>,
    /// Only events on one of these objects.
    objects: Option<Vec<ID>>,
    /// Only events within these instants.
    between: Option<DateTimeRange>,
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
            let ids = NodeType::Tenant.parse_all(&ids, "filter.tenants")?;
            for id in &ids {
                note_missing(ctx, policy::Permission::AuditRead, Some(*id)).await?;
            }
            select = select.filter(C::TenantId.is_in(ids));
        } else {
            note_missing(ctx, policy::Permission::AuditRead, None).await?;
        }
        if let Some(actions) = filter.actions {
            at_most_100(&actions, "filter.actions")?;
            select = select.filter(C::Action.is_in(actions));
        }
        if let Some(ids) = filter.objects {
            at_most_100(&ids, "filter.objects")?;
            let rows: ApiResult<Vec<Uuid>> = ids.iter().map(object_id).collect();
            select = select.filter(C::ObjectId.is_in(rows?));
        }
        if let Some(between) = filter.between {
            between.check("filter.between.end")?;
            select = select.filter(C::CreatedAt.gte(between.start)).filter(C::CreatedAt.lt(between.end));
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
        let events: Vec<_> = rows.iter().map(|(_, it)| it).collect();
        preload(&session, &events, &selected).await?;
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
            let member = row.person_id.and_then(|it| members.get(&(it, acting(&row))).cloned());
            (cursor, AuditEvent { row: Arc::new(row), member: ActingMember::Loaded(member) })
        };
        Ok(fill(frame, rows.into_iter().map(event)))
    }
}

/// The row that an id of any type names.
fn object_id(id: &ID) -> ApiResult<Uuid> {
    parse(id).map(|(_, row)| row).ok_or_else(|| {
        let text = Text::new("no-id").with("value", id.chars().take(40).collect::<String>());
        Problem::at(UserErrorCode::Invalid, "filter.objects", text).into()
    })
}
