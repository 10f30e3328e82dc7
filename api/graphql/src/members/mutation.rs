//! Mutations of members and roles.

use async_graphql::{Context, ID, InputObject, Object, OneofObject};
use domain::members::service;
use domain::members::service::{RoleWish, WishedMember};
use kernel::error::{ApiError, ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::enums::RoleKey;
use crate::members::types::{Member, RoleGrant, member_by_id, role_grant_by_id};
use crate::payload::{Payload, idempotency, payload};
use crate::scalars::Date;

/// Whom to give a role: a member, or somebody who becomes one by it.
#[derive(OneofObject)]
pub enum RoleRecipientInput {
    /// A member of the authority.
    Member(ID),
    /// An account of an identity provider. Whether it is known already does not show.
    Account(AccountInput),
}

/// An account as its identity provider names it.
#[derive(InputObject)]
pub struct AccountInput {
    /// `iss` of the provider, byte for byte.
    issuer: String,
    /// `sub` at that provider.
    subject: String,
    /// Name that the authority uses.
    name: String,
    /// Work e-mail address.
    email: Option<String>,
}

/// A role to give.
#[derive(InputObject)]
pub struct RoleGrantInput {
    /// The authority in which it holds, and for which one acts.
    tenant: ID,
    /// Whom to give it.
    to: RoleRecipientInput,
    /// The role.
    role: RoleKey,
    /// Limit to these fields of work; left out = all.
    fields_of_work: Option<Vec<ID>>,
    /// First day; left out = now.
    valid_from: Option<Date>,
    /// Last day; left out = without end.
    valid_until: Option<Date>,
    /// Why, for the audit trail.
    reason: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

payload! {
    /// Outcome of `roleGrant`.
    RoleGrantPayload {
        /// The member with all roles.
        member: Member
    } by member_by_id
}

/// A role to take back.
#[derive(InputObject)]
pub struct RoleRevokeInput {
    /// The role grant.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why, for the audit trail.
    reason: Option<String>,
}

payload! {
    /// Outcome of `roleRevoke`.
    RoleRevokePayload {
        /// The role grant.
        role_grant: RoleGrant
    } by role_grant_by_id
}

/// See the module.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Gives a role, at once. Takes `MEMBERS_MANAGE`; nobody gives what they do not hold.
    async fn role_grant(&self, ctx: &Context<'_>, input: RoleGrantInput) -> ApiResult<RoleGrantPayload> {
        let op = ctx.op()?;
        let key = idempotency("roleGrant", input.idempotency_key.clone(), &input);
        let given = match wish(input) {
            Ok(wish) => service::grant(op, wish, key).await,
            Err(error) => Err(error),
        };
        RoleGrantPayload::made(op, given).await
    }

    /// Takes a role back, at once. Takes `MEMBERS_MANAGE`; the last admin of an authority stays.
    async fn role_revoke(&self, ctx: &Context<'_>, input: RoleRevokeInput) -> ApiResult<RoleRevokePayload> {
        let op = ctx.op()?;
        let id = match NodeType::RoleGrant.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return RoleRevokePayload::refused(op, error),
        };
        let done = service::revoke(op, id, input.version, input.reason).await;
        RoleRevokePayload::changed(op, id, done).await
    }
}

fn wish(input: RoleGrantInput) -> ApiResult<RoleWish> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?;
    let to = match input.to {
        RoleRecipientInput::Member(id) => {
            problems.take(NodeType::Member.parse(&id, "to.member"))?.map(WishedMember::Known)
        }
        RoleRecipientInput::Account(it) => {
            Some(WishedMember::Account { issuer: it.issuer, subject: it.subject, name: it.name, email: it.email })
        }
    };
    let fields = match input.fields_of_work {
        Some(ids) => problems.take(NodeType::FieldOfWork.parse_all(&ids, "fieldsOfWork"))?.map(Some),
        None => Some(None),
    };
    problems.done()?;
    let (Some(tenant), Some(to), Some(fields)) = (tenant, to, fields) else {
        return Err(ApiError::fault("an input without problems lacks a value"));
    };
    Ok(RoleWish {
        tenant,
        to,
        role: input.role.into(),
        fields,
        valid_from: input.valid_from.map(|it| it.0),
        valid_until: input.valid_until.map(|it| it.0),
        reason: input.reason,
    })
}
