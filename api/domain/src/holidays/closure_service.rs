//! Rules of closures: an authority's admins say when its office is closed, and everybody may know.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{PUBLIC_SCOPE, tenant, tenant_closure};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use policy::Permission;
use serde_json::{Value, json};
use store::full;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
use crate::rights::{self, Operation};

/// The longest closure, in days.
const MAX_DAYS: i64 = 366;

/// Values of a new closure.
#[derive(Clone, Debug)]
pub struct NewClosure {
    /// Authority whose office is closed.
    pub tenant: Uuid,
    /// Reason; public.
    pub title: String,
    /// First day.
    pub first_day: NaiveDate,
    /// Last day, inclusive; the first one where left out.
    pub last_day: Option<NaiveDate>,
}

/// Changes to a closure.
#[derive(Clone, Debug, Default)]
pub struct ClosurePatch {
    /// Reason.
    pub title: Patch<String>,
    /// First day.
    pub first_day: Patch<NaiveDate>,
    /// Last day, inclusive.
    pub last_day: Patch<NaiveDate>,
}

/// Creates a closure.
pub async fn create(op: &Op, new: NewClosure, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "tenantClosureCreate").await?;
    let session = mutation.session();
    if session.get::<tenant::Entity>(new.tenant).await?.is_none() {
        return Err(Problem::not_found("tenant").into());
    }
    let grant = session.authorize_in(Permission::TenantManage, new.tenant, "tenant")?;
    let writer = session.writer(&grant).await?;
    let mut row = tenant_closure::Model {
        id: Uuid::nil(),
        tenant_id: new.tenant,
        scope_id: PUBLIC_SCOPE,
        title: new.title,
        starts_on: new.first_day,
        ends_on: new.last_day.unwrap_or(new.first_day),
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    check(&mut row)?;
    row.id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    writer.insert::<tenant_closure::ActiveModel>(full(row.clone())).await?;
    let recorded = mutation.record(&writer, change_record("tenant_closure.created", None, &row)).await?;
    mutation.commit(recorded).await?;
    Ok(row.id)
}

/// Changes a closure.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: ClosurePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenantClosureUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<tenant_closure::Entity>(session, id, Operation::Update, "id").await?;
    let writer = session.writer(&grant).await?;
    let mut row = tenant_closure::Model {
        title: patch.title.or_clone(&before.title),
        starts_on: patch.first_day.or(before.starts_on),
        ends_on: patch.last_day.or(before.ends_on),
        version: version.saturating_add(1),
        updated_at: writer.now(),
        ..(*before).clone()
    };
    check(&mut row)?;
    let here = at_version(tenant_closure::Column::Id, id, tenant_closure::Column::Version, version);
    let values: tenant_closure::ActiveModel = full(row.clone());
    if writer.change::<tenant_closure::Entity, _>(here, values).await? == 0 {
        return Err(stale(version));
    }
    let recorded = mutation.record(&writer, change_record("tenant_closure.updated", Some(&before), &row)).await?;
    mutation.commit(recorded).await
}

/// Deletes a closure; the audit trail keeps its values.
pub async fn delete(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenantClosureDelete").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<tenant_closure::Entity>(session, id, Operation::Delete, "id").await?;
    let writer = session.writer(&grant).await?;
    let here = at_version(tenant_closure::Column::Id, id, tenant_closure::Column::Version, version);
    if writer.delete::<tenant_closure::Entity>(here).await? == 0 {
        return Err(stale(version));
    }
    let gone = tenant_closure::Model { version: version.saturating_add(1), ..(*before).clone() };
    let mut change = change_record("tenant_closure.deleted", Some(&before), &gone);
    change.after = Some(json!({ "deleted": true }));
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Tidies the title and refuses days that make no closure.
fn check(row: &mut tenant_closure::Model) -> ApiResult<()> {
    let (title, ()) = all((text::line(&row.title, "title", 200), check_days(row.starts_on, row.ends_on)))?;
    row.title = title;
    Ok(())
}

fn check_days(first: NaiveDate, last: NaiveDate) -> ApiResult<()> {
    let text = if first > last {
        Text::new("ends-before-start").with("from", first).with("until", last)
    } else if (last - first).num_days() >= MAX_DAYS {
        Text::new("closure-too-long").with("max", MAX_DAYS)
    } else {
        return Ok(());
    };
    Err(Problem::at(UserErrorCode::OutOfRange, "lastDay", text).into())
}

fn change_record(
    topic: &'static str,
    before: Option<&tenant_closure::Model>,
    row: &tenant_closure::Model,
) -> ChangeRecord {
    let snapshot = |it: &tenant_closure::Model| -> Value {
        json!({ "title": it.title, "firstDay": it.starts_on, "lastDay": it.ends_on })
    };
    ChangeRecord {
        object_type: "TenantClosure",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: before.map(snapshot),
        after: Some(snapshot(row)),
    }
}
