//! Rules of closures: an authority's admins say when its office is closed, and everybody may know.

use chrono::NaiveDate;
use entities::{PUBLIC_SCOPE, tenant_closure};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use serde_json::{Value, json};
use store::full;
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation};
use crate::tenants::service::grant_to_manage;

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
    let grant = grant_to_manage(session, new.tenant).await?;
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
    let recorded = mutation.record(&writer, row.change_record("tenant_closure.created", None)).await?;
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
        ..(*before).clone()
    };
    check(&mut row)?;
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("tenant_closure.updated", Some(&before))).await?;
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

impl Audited for tenant_closure::Model {
    const TYPE: &'static str = "TenantClosure";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({ "title": self.title, "firstDay": self.starts_on, "lastDay": self.ends_on })
    }
}
