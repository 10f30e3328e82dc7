//! Rights on authorities, members, role grants, feeds, office closures and contacts.

use std::sync::Arc;

use entities::{
    PUBLIC_SCOPE, RoleKey, ScopeArea, TenantStatus, feed, member, role_grant, tenant, tenant_closure, tenant_contact,
};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::{Action, Fields, Object};
use store::{ByParent, Session};
use uuid::Uuid;

use crate::members::confirmation;
use crate::rights::calendars::conflict;
use crate::rights::{Need, Operation, Resource};
use crate::tenants::service::today_of;

impl Resource for tenant::Entity {
    const NODE: NodeType = NodeType::Tenant;
    const AREA: ScopeArea = ScopeArea::Members;
    const OPERATIONS: &'static [Need] = &[Need::of(Operation::Update, Action::Manage)];

    fn object(row: &tenant::Model) -> Object {
        Object::row(Self::AREA, row.id, PUBLIC_SCOPE, None)
    }

    async fn find_visible(session: &Session, id: Uuid) -> ApiResult<Option<Arc<tenant::Model>>> {
        Ok(session.get::<Self>(id).await?.filter(|it| it.status == TenantStatus::Active))
    }
}

impl Resource for member::Entity {
    const NODE: NodeType = NodeType::Member;
    const AREA: ScopeArea = ScopeArea::Members;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Update, Action::Write), Need::of(Operation::ManageRoles, Action::Write)];

    fn object(row: &member::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }
}

/// The fields of work of role grants.
pub enum FieldsOfGrant {}

impl ByParent for FieldsOfGrant {
    type Of = entities::role_grant_field::Entity;
    const PARENT: entities::role_grant_field::Column = entities::role_grant_field::Column::RoleGrantId;
    const SORT: entities::role_grant_field::Column = entities::role_grant_field::Column::FieldOfWorkId;
    fn parent(row: &entities::role_grant_field::Model) -> Uuid {
        row.role_grant_id
    }
}

/// The role grants of authorities.
pub enum GrantsOfTenant {}

impl ByParent for GrantsOfTenant {
    type Of = role_grant::Entity;
    const PARENT: role_grant::Column = role_grant::Column::TenantId;
    const SORT: role_grant::Column = role_grant::Column::Id;
    fn parent(row: &role_grant::Model) -> Uuid {
        row.tenant_id
    }
}

impl Resource for role_grant::Entity {
    const NODE: NodeType = NodeType::RoleGrant;
    const AREA: ScopeArea = ScopeArea::Members;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Revoke, Action::Write), Need::beside(Operation::Confirm, Action::Write)];

    fn object(row: &role_grant::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn obstacle(session: &Session, row: &role_grant::Model, operation: Operation, _: Uuid) -> ApiResult<()> {
        let fields = session.group::<FieldsOfGrant>(row.id).await?;
        let held = Fields::new(row.all_fields, fields.iter().map(|it| it.field_of_work_id));
        if !session.access().may_give(row.tenant_id, row.role, &held, row.valid_from, row.valid_until) {
            let text = Text::new("not-held").with("role", row.role.as_str());
            return Err(Problem::at(UserErrorCode::NotHeld, "id", text).into());
        }
        if row.revoked_at.is_some() {
            return conflict("revoked-already");
        }
        if operation == Operation::Confirm {
            return confirmation::obstacle(session, row).await;
        }
        if row.role == RoleKey::TenantAdmin && row.all_fields && row.confirm_until.is_none() {
            let grants = session.group::<GrantsOfTenant>(row.tenant_id).await?;
            let day = today_of(session, row.tenant_id).await?;
            keep_an_admin(&grants, row, day)?;
        }
        Ok(())
    }
}

/// Refuses to revoke the last role of an admin without limits: in fields of work, and in time.
///
/// # Errors
/// `LAST_ADMIN` at `id`.
pub fn keep_an_admin(
    grants: &[role_grant::Model],
    leaving: &role_grant::Model,
    day: chrono::NaiveDate,
) -> ApiResult<()> {
    let stays = |it: &role_grant::Model| {
        it.id != leaving.id
            && it.role == RoleKey::TenantAdmin
            && it.all_fields
            && it.revoked_at.is_none()
            && it.confirm_until.is_none()
            && it.valid_until.is_none()
            && it.valid_from.is_none_or(|from| from <= day)
    };
    if grants.iter().any(stays) {
        return Ok(());
    }
    Err(Problem::at(UserErrorCode::LastAdmin, "id", Text::new("last-admin")).into())
}

impl Resource for feed::Entity {
    const NODE: NodeType = NodeType::Feed;
    const AREA: ScopeArea = ScopeArea::Members;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Update, Action::Write), Need::of(Operation::Revoke, Action::Write)];

    fn object(row: &feed::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }

    async fn objects(_: &Session, row: &feed::Model, _: Operation) -> ApiResult<Vec<Object>> {
        // Its person sees it without seeing the members of the authority.
        Ok(vec![Object::new_in(Self::AREA, row.tenant_id, None)])
    }

    async fn obstacle(_: &Session, row: &feed::Model, _: Operation, _: Uuid) -> ApiResult<()> {
        if row.revoked_at.is_some() { conflict("feed-revoked-already") } else { Ok(()) }
    }

    fn person(row: &feed::Model) -> Option<Uuid> {
        Some(row.person_id)
    }
}

impl Resource for tenant_closure::Entity {
    const NODE: NodeType = NodeType::TenantClosure;
    const AREA: ScopeArea = ScopeArea::Calendars;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Update, Action::Manage), Need::of(Operation::Delete, Action::Manage)];

    fn object(row: &tenant_closure::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }
}

impl Resource for tenant_contact::Entity {
    const NODE: NodeType = NodeType::TenantContact;
    const AREA: ScopeArea = ScopeArea::Members;
    const OPERATIONS: &'static [Need] =
        &[Need::of(Operation::Update, Action::Manage), Need::of(Operation::Delete, Action::Manage)];

    fn object(row: &tenant_contact::Model) -> Object {
        Object::row(Self::AREA, row.tenant_id, row.scope_id, None)
    }
}
