//! Rules of granting and revoking roles.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{RoleKey, ScopeArea, field_of_work, member, person, role_grant, role_grant_field};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::{Fields, today};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::members::binding::issuer_address;
use crate::members::confirmation::waits_until;
use crate::rights::members::keep_an_admin;
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// Recipient of a role.
#[derive(Clone, Debug)]
pub enum RoleHolder {
    /// Member of the authority.
    Known(Uuid),
    /// An account of an identity provider.
    Account {
        /// `iss`.
        issuer: String,
        /// `sub`.
        subject: String,
        /// Name of the person in the authority.
        name: String,
        /// Work e-mail address.
        email: Option<String>,
    },
}

impl RoleHolder {
    /// The recipient with the values of an account in their form. Problems are at the fields of `roleGrantCreate`.
    ///
    /// # Errors
    /// The problems of all values.
    pub fn checked(self) -> ApiResult<Self> {
        let Self::Account { issuer, subject, name, email } = self else { return Ok(self) };
        let (issuer, subject, name, email) = all((
            issuer_address(&issuer, "to.account.issuer"),
            text::identifier(&subject, "to.account.subject", 255).map(|()| subject.clone()),
            text::name(&name, "to.account.name", 200),
            text::email_address(email, "to.account.email", 320),
        ))?;
        Ok(Self::Account { issuer, subject, name, email })
    }
}

/// Values of a new role grant.
#[derive(Clone, Debug)]
pub struct NewRoleGrant {
    /// Authority in which the role applies.
    pub tenant: Uuid,
    /// Recipient.
    pub to: RoleHolder,
    /// Role.
    pub role: RoleKey,
    /// Fields of work to which the role is limited; none = all.
    pub fields: Option<Vec<Uuid>>,
    /// First day.
    pub valid_from: Option<NaiveDate>,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
    /// Reason.
    pub reason: Option<String>,
}

impl NewRoleGrant {
    fn fields(&self) -> Fields {
        Fields::new(self.fields.is_none(), self.fields.iter().flatten().copied())
    }
}

/// Grants a role and returns the grant; a grant of TENANT_ADMIN may wait for a second admin ([`confirmation`]).
///
/// [`confirmation`]: crate::members::confirmation
pub async fn grant(op: &Op, new: NewRoleGrant, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "roleGrantCreate").await?;
    let session = mutation.session();
    // Whoever grants a role must see and be able to revoke it.
    let (permit, tenant) = rights::create_in::<role_grant::Entity>(session, new.tenant, None).await?;
    let to = check(session, &new, today(&tenant.time_zone, session.now())).await?;
    let new = NewRoleGrant { to, ..new };
    if !session.access().may_give(new.tenant, new.role, &new.fields(), new.valid_from, new.valid_until) {
        let text = Text::new("not-held").with("role", new.role.as_str());
        return Err(Problem::at(UserErrorCode::NotHeld, "role", text).into());
    }
    let writer = session.writer(&permit).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let confirm_until = waits_until(session, &writer, &tenant, &new).await?;
    let (_, change) = give_role(&writer, Some(session), &new, (id, confirm_until)).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Checks the values of a new role grant; its recipient in the right form.
async fn check(session: &Session, new: &NewRoleGrant, today: NaiveDate) -> ApiResult<RoleHolder> {
    let mut problems = Problems::default();
    if let (Some(from), Some(until)) = (new.valid_from, new.valid_until)
        && from > until
    {
        let text = Text::new("ends-before-start").with("from", from).with("until", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "validUntil", text));
    }
    if let Some(until) = new.valid_until.filter(|it| *it < today) {
        let text = Text::new("over-already").with("value", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "validUntil", text));
    }
    if let Some(fields) = &new.fields {
        if fields.is_empty() {
            problems.add(Problem::at(UserErrorCode::Required, "fieldsOfWork", Text::new("required")));
        }
        session.load::<field_of_work::Entity>(fields.iter().copied()).await?;
        for field in fields {
            if session.get::<field_of_work::Entity>(*field).await?.is_none() {
                problems.add(Problem::not_found("fieldsOfWork"));
            }
        }
    }
    if let RoleHolder::Known(id) = &new.to
        && session.get::<member::Entity>(*id).await?.is_none_or(|it| it.tenant_id != new.tenant)
    {
        problems.add(Problem::not_found("to.member"));
    }
    let to = problems.take(new.to.clone().checked())?;
    problems.take(text::optional(new.reason.clone(), "reason", 1_000))?;
    problems.done()?;
    to.ok_or_else(|| ApiError::fault("a recipient without a problem is missing"))
}

/// Writes the rows of a role with an id, and until when it waits for a second admin; the caller has checked that it may be
/// given. Also how the operator seeds roles, then without a session to look members up in.
pub async fn give_role(
    writer: &Writer<'_>,
    session: Option<&Session>,
    new: &NewRoleGrant,
    (id, confirm_until): (Uuid, Option<DateTime<Utc>>),
) -> ApiResult<(Uuid, ChangeRecord)> {
    let scope = ensure(writer, &Audience::private(new.tenant, ScopeArea::Members, None)).await?;
    let now = writer.now();
    let member_id = match &new.to {
        RoleHolder::Known(id) => *id,
        RoleHolder::Account { issuer, subject, name, email } => {
            // What an authority calls a person is its own affair: only the operator names the account itself.
            let of_account = if session.is_none() { name.trim() } else { "" };
            let person_id = account(writer, issuer, subject, of_account).await?;
            let known = match session {
                Some(session) => {
                    let select = session
                        .select::<member::Entity>()
                        .filter(member::Column::TenantId.eq(new.tenant))
                        .filter(member::Column::PersonId.eq(person_id));
                    session.one(select).await?.map(|it| it.id)
                }
                None => writer.member(person_id).await?.map(|it| it.id),
            };
            match known {
                Some(member) => member,
                None => {
                    let row = member::Model {
                        id: new_id(),
                        tenant_id: new.tenant,
                        scope_id: scope,
                        person_id,
                        name: name.trim().to_owned(),
                        email: email.clone(),
                        claims_at: None,
                        version: 1,
                        created_at: now,
                        updated_at: now,
                    };
                    let member = row.id;
                    writer.insert(full(row)).await?;
                    member
                }
            }
        }
    };
    let row = role_grant::Model {
        id,
        tenant_id: new.tenant,
        scope_id: scope,
        member_id,
        role: new.role,
        all_fields: new.fields.is_none(),
        by_claim: false,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        reason: new.reason.clone(),
        granted_by: writer.grant().person(),
        confirm_until,
        confirmed_by: None,
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let after = json!({
        "member": member_id, "role": new.role, "fieldsOfWork": new.fields,
        "validFrom": new.valid_from, "validUntil": new.valid_until, "reason": new.reason,
        "confirmationExpiresAt": confirm_until,
    });
    writer.insert(full(row.clone())).await?;
    let mut fields: Vec<_> = new.fields.iter().flatten().copied().collect();
    fields.sort_unstable();
    fields.dedup();
    let fields = fields.into_iter().map(|field| role_grant_field::ActiveModel {
        role_grant_id: Set(id),
        field_of_work_id: Set(field),
        tenant_id: Set(new.tenant),
        scope_id: Set(scope),
    });
    writer.insert_all(fields.collect()).await?;
    let topic = if confirm_until.is_some() { "role.proposed" } else { "role.granted" };
    Ok((member_id, ChangeRecord { after: Some(after), ..row.change_record(topic, None) }))
}

/// The account of an issuer and subject, made with this name if it is not there. Both are taken byte for byte.
pub(super) async fn account(writer: &Writer<'_>, issuer: &str, subject: &str, name: &str) -> ApiResult<Uuid> {
    let row = person::ActiveModel {
        id: Set(new_id()),
        issuer: Set(issuer.to_owned()),
        subject: Set(subject.to_owned()),
        name: Set(name.to_owned()),
        active: Set(true),
        created_at: Set(writer.now()),
    };
    writer.insert_new(row).await?;
    writer.person_id(issuer, subject).await?.ok_or_else(|| ApiError::fault("an account just written is missing"))
}

/// Revokes a role.
pub async fn revoke(op: &Op, id: Uuid, version: i32, reason: Option<String>) -> ApiResult<()> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "roleGrantRevoke").await?;
    let session = mutation.session();
    let (permit, row) = rights::find_for::<role_grant::Entity>(session, id, Operation::Revoke, "id").await?;
    let writer = session.writer(&permit).await?;
    // Two admins must not take the last two roles from each other at the same moment.
    writer.lock_named(row.tenant_id).await?;
    if row.role == RoleKey::TenantAdmin && row.all_fields && row.confirm_until.is_none() {
        still_an_admin(&writer, session, &row).await?;
    }
    let change = take_role(&writer, &row, version, reason).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Writes that a role is revoked; the caller has checked that it may be. The record of the change.
///
/// # Errors
/// `STALE_VERSION` where somebody was faster; the database fails.
pub(crate) async fn take_role(
    writer: &Writer<'_>,
    row: &role_grant::Model,
    version: i32,
    reason: Option<String>,
) -> ApiResult<ChangeRecord> {
    let values = role_grant::ActiveModel { id: Set(row.id), revoked_at: Set(Some(writer.now())), ..Default::default() };
    save::<role_grant::Entity>(writer, values, version).await?;
    Ok(ChangeRecord {
        version: version.saturating_add(1),
        after: Some(json!({ "reason": reason })),
        ..row.change_record("role.revoked", Some(row))
    })
}

impl Audited for role_grant::Model {
    const TYPE: &'static str = "RoleGrant";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "member": self.member_id, "role": self.role, "allFields": self.all_fields,
            "validFrom": self.valid_from, "validUntil": self.valid_until, "reason": self.reason,
            "confirmationExpiresAt": self.confirm_until,
        })
    }
}

/// Refuses to revoke the last role of an admin without limits, with the roles locked against others.
async fn still_an_admin(writer: &Writer<'_>, session: &Session, leaving: &role_grant::Model) -> ApiResult<()> {
    let day = today_of(session, leaving.tenant_id).await?;
    let select = session
        .select::<role_grant::Entity>()
        .filter(role_grant::Column::TenantId.eq(leaving.tenant_id))
        .filter(role_grant::Column::Role.eq(RoleKey::TenantAdmin))
        .filter(role_grant::Column::RevokedAt.is_null());
    keep_an_admin(&writer.lock(select).await?, leaving, day)
}
