//! Rules of an authority's contacts: its admins say whom everybody may write to or call, and for what.

use entities::{ContactKind, PUBLIC_SCOPE, tenant_contact};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use serde_json::Value;
use store::full;
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation};
use crate::tenants::service::grant_to_manage;
use crate::values::values;

values! {
    /// Values of a contact that its authority sets.
    ContactValues, ContactPatch of tenant_contact;
    columns {
        /// Purpose.
        kind: ContactKind = kind;
        /// Name of the office or function; public.
        name: String = name, line(200);
        /// E-mail address.
        email: Option<String> = email, email_address(200);
        /// Telephone number.
        phone: Option<String> = phone, optional(60);
        /// Web address.
        website: Option<String> = website, web_address;
    }
    others(row) {}
}

impl ContactValues {
    /// The values in their form, checked.
    fn checked(mut self) -> ApiResult<Self> {
        let mut problems = Problems::default();
        self.tidy(&mut problems)?;
        problems.done()?;
        if self.email.is_none() && self.phone.is_none() && self.website.is_none() {
            return Err(Problem::at(UserErrorCode::Required, "email", Text::new("contact-unreachable")).into());
        }
        Ok(self)
    }
}

/// Adds a contact to an authority.
pub async fn create(op: &Op, tenant: Uuid, new: ContactValues, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "tenantContactCreate").await?;
    let session = mutation.session();
    let grant = grant_to_manage(session, tenant).await?;
    let new = new.checked()?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = tenant_contact::Model {
        id,
        tenant_id: tenant,
        scope_id: PUBLIC_SCOPE,
        kind: new.kind,
        name: new.name,
        email: new.email,
        phone: new.phone,
        website: new.website,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert::<tenant_contact::ActiveModel>(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("tenant_contact.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes a contact.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: ContactPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "tenantContactUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<tenant_contact::Entity>(session, id, Operation::Update, "id").await?;
    let mut row = (*before).clone();
    patch.applied(&ContactValues::of(&row)).checked()?.put(&mut row);
    let writer = session.writer(&grant).await?;
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("tenant_contact.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

impl Audited for tenant_contact::Model {
    const TYPE: &'static str = "TenantContact";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        Value::Object(ContactValues::of(self).snapshot())
    }
}
