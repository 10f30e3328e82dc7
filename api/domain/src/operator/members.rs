//! Members of an authority and their roles, as the operator lists, gives and takes them.

use std::collections::BTreeMap;

use entities::{RoleKey, field_of_work, member, person, role_grant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::today;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::members::service::{NewRoleGrant, RoleHolder, give_role, take_role};
use crate::operator;
use crate::rights::members::keep_an_admin;

/// A member with its account and the roles that it holds.
#[derive(Clone, Debug)]
pub struct ListedMember {
    /// The member.
    pub member: member::Model,
    /// The account of an identity provider.
    pub account: Option<person::Model>,
    /// Roles that are not revoked, oldest first, each with the keys of the fields of work to which it is limited.
    pub roles: Vec<(role_grant::Model, Vec<String>)>,
}

/// Gives an account a role in the authority `slug`: how the first admin comes in.
///
/// # Errors
/// There is no such authority; a value of the account is wrong; the database fails.
pub async fn grant_role(op: &Op, slug: &str, role: RoleKey, to: RoleHolder) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "member grant").await?;
    let session = mutation.session();
    let tenant = operator::authority(session, slug).await?;
    let grant = operator::grant(op, tenant.id)?;
    let writer = session.writer(&grant).await?;
    let new = NewRoleGrant {
        tenant: tenant.id,
        to: to.checked()?,
        role,
        fields: None,
        valid_from: None,
        valid_until: None,
        reason: Some("given by the operator".to_owned()),
    };
    let (_, change) = give_role(&writer, None, &new, (new_id(), None)).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Members of the authority `slug`, by name.
///
/// # Errors
/// There is no such authority; the database fails.
pub async fn list_members(op: &Op, slug: &str) -> ApiResult<Vec<ListedMember>> {
    let session = op.session().await?;
    let tenant = operator::authority(&session, slug).await?;
    let grant = operator::grant(op, tenant.id)?;
    let rows = session.writer(&grant).await?.member_rows().await?;
    session.load::<field_of_work::Entity>(rows.fields.iter().map(|it| it.field_of_work_id)).await?;
    let mut keys: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for row in &rows.fields {
        let field = session.get::<field_of_work::Entity>(row.field_of_work_id).await?;
        let key = field.map_or_else(|| row.field_of_work_id.to_string(), |it| it.key.clone());
        keys.entry(row.role_grant_id).or_default().push(key);
    }
    let mut roles: BTreeMap<Uuid, Vec<(role_grant::Model, Vec<String>)>> = BTreeMap::new();
    for grant in rows.grants.into_iter().filter(|it| it.revoked_at.is_none()) {
        let fields = keys.remove(&grant.id).unwrap_or_default();
        roles.entry(grant.member_id).or_default().push((grant, fields));
    }
    let mut accounts: BTreeMap<Uuid, person::Model> = rows.accounts.into_iter().map(|it| (it.id, it)).collect();
    let listed = rows.members.into_iter().map(|member| ListedMember {
        account: accounts.remove(&member.person_id),
        roles: roles.remove(&member.id).unwrap_or_default(),
        member,
    });
    Ok(listed.collect())
}

/// Revokes a role in the authority `slug`; the role, and the name of the member who held it.
///
/// # Errors
/// There is no such authority or role; the role is revoked already, or the last one of an admin; the database fails.
pub async fn revoke_role(op: &Op, slug: &str, id: Uuid, reason: Option<String>) -> ApiResult<(RoleKey, String)> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "member revoke").await?;
    let session = mutation.session();
    let tenant = operator::authority(session, slug).await?;
    let grant = operator::grant(op, tenant.id)?;
    let writer = session.writer(&grant).await?;
    // The same lock as when admins revoke roles.
    writer.lock_named(tenant.id).await?;
    let rows = writer.member_rows().await?;
    let row = rows.grants.iter().find(|it| it.id == id).ok_or_else(|| Problem::not_found("id"))?;
    if row.revoked_at.is_some() {
        return Err(Problem::at(UserErrorCode::Conflict, "id", Text::new("revoked-already")).into());
    }
    if row.role == RoleKey::TenantAdmin && row.all_fields {
        keep_an_admin(&rows.grants, row, today(&tenant.time_zone, session.now()))?;
    }
    let change = take_role(&writer, row, row.version, reason).await?;
    let recorded = mutation.record(&writer, change).await?;
    let name = rows.members.iter().find(|it| it.id == row.member_id).map(|it| it.name.clone());
    let told = (row.role, name.unwrap_or_default());
    mutation.commit(recorded).await?;
    Ok(told)
}
