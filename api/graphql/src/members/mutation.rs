//! Mutations of members and roles.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, OneofObject};
use domain::members::confirmation::confirm;
use domain::members::profile::MemberPatch;
use domain::members::service::{NewRoleGrant, RoleHolder};
use domain::members::{profile, service};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::enums::RoleKey;
use crate::members::types::{Member, RoleGrant, member_by_id, role_grant_by_id};
use crate::patch::PatchField as _;
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Recipient of a role: an existing member, or a person who becomes a member with the role. Exactly one field.
#[derive(OneofObject)]
pub enum RoleRecipientInput {
    /// Id of a member of the authority.
    Member(ID),
    /// Account of an identity provider. The result does not reveal whether the account was known before.
    Account(AccountInput),
}

/// Account of a person at an identity provider.
#[derive(InputObject)]
pub struct AccountInput {
    /// Issuer of the identity provider, exactly as in the `iss` claim of its tokens, at most 500 characters: an address
    /// with `https://`, or with `http://` on the server's own machine. Nothing is removed: blanks at the ends and
    /// invisible characters are refused.
    issuer: String,
    /// Subject of the account, exactly as in the `sub` claim, at most 255 characters. Nothing is removed: blanks at the
    /// ends and invisible characters are refused.
    subject: String,
    /// Name of the person in the authority, at most 200 characters; ignored if the person already is a member. Other
    /// authorities do not see it.
    name: String,
    /// Work e-mail address, at most 320 characters; ignored if the person already is a member.
    email: Option<String>,
}

/// Values of a new role grant.
#[derive(InputObject)]
pub struct RoleGrantCreateInput {
    /// Authority in which the role applies, on whose behalf the viewer acts.
    tenant: ID,
    /// Recipient of the role.
    to: RoleRecipientInput,
    /// Role to grant.
    role: RoleKey,
    /// Fields of work to which the role is limited, at most 100; none = all.
    fields_of_work: Option<Vec<ID>>,
    /// First day of validity; default immediately.
    valid_from: Option<Date>,
    /// Last day of validity, not before the first and not in the past; none = unlimited.
    valid_until: Option<Date>,
    /// Reason, at most 1,000 characters; kept with the role grant and in the audit trail.
    reason: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

payload! {
    /// Payload of `roleGrantCreate`, `roleGrantConfirm` and `roleGrantRevoke`.
    RoleGrantPayload {
        /// Role grant in its current state; null after a refusal other than `STALE_VERSION`.
        role_grant: RoleGrant
    } by role_grant_by_id
}

/// Confirmation of a role grant by a second admin.
#[derive(InputObject)]
pub struct RoleGrantConfirmInput {
    /// Role grant to confirm.
    id: ID,
    /// Version of the role grant that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
}

/// Revocation of a role grant.
#[derive(InputObject)]
pub struct RoleGrantRevokeInput {
    /// Role grant to revoke.
    id: ID,
    /// Version of the role grant that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, kept in the audit trail only, at most 1,000 characters.
    reason: Option<String>,
}

/// Changes to a member. Omitted fields keep their values; null clears the e-mail address.
#[derive(InputObject)]
pub struct MemberUpdateInput {
    /// Member to change.
    id: ID,
    /// Version of the member that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Name of the person in the authority, at most 200 characters.
    name: MaybeUndefined<String>,
    /// Work e-mail address, at most 320 characters.
    email: MaybeUndefined<String>,
}

payload! {
    /// Payload of `memberUpdate`.
    MemberPayload {
        /// Member in its current state; null after a refusal other than `STALE_VERSION`.
        member: Member
    } by member_by_id
}

/// See the module.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Grants a role with immediate effect, unless a later first day is given. Requires `MEMBERS_MANAGE` in the
    /// authority and every permission of the role, for its fields of work and period; otherwise `NOT_HELD`. A grant of
    /// `TENANT_ADMIN` awaits the confirmation of a second admin where the authority has another: `confirmationExpiresAt`.
    async fn role_grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new role grant.")] input: RoleGrantCreateInput,
    ) -> ApiResult<RoleGrantPayload> {
        let op = ctx.op()?;
        let key = idempotency("roleGrantCreate", input.idempotency_key.clone(), &input);
        let work = async { service::grant(op, new_role_grant(input)?, key).await };
        RoleGrantPayload::created(op, work).await
    }

    /// Confirms a grant of `TENANT_ADMIN` that awaits a second admin. Requires what granting the role requires.
    /// `FORBIDDEN` to who granted the role and to who receives it; `CONFLICT` if no confirmation is missing or its time is
    /// over. `roleGrantRevoke` refuses the grant instead.
    async fn role_grant_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Role grant to confirm.")] input: RoleGrantConfirmInput,
    ) -> ApiResult<RoleGrantPayload> {
        let op = ctx.op()?;
        let work = |id| confirm(op, id, input.version);
        RoleGrantPayload::changed(op, NodeType::RoleGrant.parse(&input.id, "id"), work).await
    }

    /// Revokes a role with immediate effect, or refuses a grant that awaits a confirmation. Requires `MEMBERS_MANAGE` in
    /// the authority and every permission of the role; otherwise `NOT_HELD`. `LAST_ADMIN` if no other `TENANT_ADMIN`
    /// without limits in fields of work and time would remain.
    async fn role_grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Role grant to revoke.")] input: RoleGrantRevokeInput,
    ) -> ApiResult<RoleGrantPayload> {
        let op = ctx.op()?;
        let work = |id| service::revoke(op, id, input.version, input.reason);
        RoleGrantPayload::changed(op, NodeType::RoleGrant.parse(&input.id, "id"), work).await
    }

    /// Changes name and e-mail address of a member in its authority. Requires `MEMBERS_MANAGE` in the authority.
    async fn member_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the member.")] input: MemberUpdateInput,
    ) -> ApiResult<MemberPayload> {
        let op = ctx.op()?;
        let id = NodeType::Member.parse(&input.id, "id");
        let work = |id| async move {
            let patch = MemberPatch { name: input.name.required("name")?, email: input.email.clearable() };
            profile::update(op, id, input.version, patch).await
        };
        MemberPayload::changed(op, id, work).await
    }
}

fn new_role_grant(input: RoleGrantCreateInput) -> ApiResult<NewRoleGrant> {
    let to = match input.to {
        RoleRecipientInput::Member(id) => NodeType::Member.parse(&id, "to.member").map(RoleHolder::Known),
        RoleRecipientInput::Account(AccountInput { issuer, subject, name, email }) => {
            Ok(RoleHolder::Account { issuer, subject, name, email })
        }
    };
    let (tenant, to, fields) = all((
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        to,
        input.fields_of_work.map(|it| NodeType::FieldOfWork.parse_all(&it, "fieldsOfWork")).transpose(),
    ))?;
    Ok(NewRoleGrant {
        tenant,
        to,
        role: input.role.into(),
        fields,
        valid_from: input.valid_from.map(|it| it.0),
        valid_until: input.valid_until.map(|it| it.0),
        reason: input.reason,
    })
}
