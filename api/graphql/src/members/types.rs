//! API types of members, roles, and of the viewer.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use chrono::{DateTime, Utc};
use domain::rights::nodes;
use entities::{field_of_work, member, role_grant, role_grant_field, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy;
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
use store::{Order, PageRequest, Session, SortValue};
use uuid::Uuid;

use crate::access::abilities::{MemberAbilities, RoleGrantAbilities};
use crate::connection::{Paged, fill, page};
use crate::context::ContextExt;
use crate::enums::{Permission, RoleKey};
use crate::node_row::NodeRow;
use crate::refused_lists::note_missing;
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, tenant_of};

/// Member of an authority.
#[derive(Clone)]
pub struct Member {
    row: Arc<member::Model>,
    roles: Vec<RoleGrant>,
}

/// Member of an authority: a person, under the name used by that authority.
#[async_graphql::Object]
impl Member {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Member.id(self.row.id).into()
    }

    /// Authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Name of the person in the authority.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Work e-mail address.
    async fn email(&self) -> Option<&str> {
        self.row.email.as_deref()
    }

    /// Actions open to the viewer on the member.
    async fn viewer_can(&self) -> MemberAbilities {
        MemberAbilities(self.row.clone())
    }

    /// Role grants that are not revoked, oldest first, including future and expired ones and those that await a
    /// confirmation.
    async fn roles(&self) -> &[RoleGrant] {
        &self.roles
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }

    /// Instant at which the person became a member.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }
}

/// Grant of a role to a member.
#[derive(Clone)]
pub struct RoleGrant {
    row: Arc<role_grant::Model>,
    fields: Vec<Uuid>,
}

/// Grant of a role to a member.
#[async_graphql::Object]
impl RoleGrant {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::RoleGrant.id(self.row.id).into()
    }

    /// Authority in which the role applies.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.row.tenant_id).await
    }

    /// Global id of the member who holds the role.
    async fn member_id(&self) -> ID {
        NodeType::Member.id(self.row.member_id).into()
    }

    /// Role.
    async fn role(&self) -> RoleKey {
        self.row.role.into()
    }

    /// Permissions of the role.
    async fn permissions(&self) -> Vec<Permission> {
        policy::Permission::of(self.row.role).iter().map(|it| (*it).into()).collect()
    }

    /// True if the role applies to all fields of work.
    async fn all_fields(&self) -> bool {
        self.row.all_fields
    }

    /// True if the role was granted by a rule on the claims of the member's identity provider. Such a role ends as soon
    /// as the claim is missing at sign-in, and is granted again as long as the claim is present, even after a
    /// revocation.
    async fn by_claim(&self) -> bool {
        self.row.by_claim
    }

    /// Fields of work to which the role is limited; empty if `allFields` is true.
    async fn fields_of_work(&self, ctx: &Context<'_>) -> ApiResult<Vec<FieldOfWork>> {
        fields(ctx, &self.fields).await
    }

    /// Instant until which another admin may confirm the grant with `roleGrantConfirm`; it has no effect before, and never
    /// one if nobody confirms it in time. Null = no confirmation is missing.
    async fn confirmation_expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.confirm_until
    }

    /// First day of validity, in the authority's time zone; null = no limit.
    async fn valid_from(&self) -> Option<Date> {
        self.row.valid_from.map(Date)
    }

    /// Last day of validity, in the authority's time zone; null = unlimited.
    async fn valid_until(&self) -> Option<Date> {
        self.row.valid_until.map(Date)
    }

    /// Reason for the grant.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// Actions open to the viewer on the role grant.
    async fn viewer_can(&self) -> RoleGrantAbilities {
        RoleGrantAbilities(self.row.clone())
    }

    /// Instant of revocation; null = not revoked.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.row.revoked_at
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.row.version
    }
}

async fn fields(ctx: &Context<'_>, ids: &[Uuid]) -> ApiResult<Vec<FieldOfWork>> {
    let session = ctx.session().await?;
    session.load::<field_of_work::Entity>(ids.iter().copied()).await?;
    let mut fields = Vec::new();
    for id in ids {
        fields.extend(session.get::<field_of_work::Entity>(*id).await?.map(FieldOfWork));
    }
    Ok(fields)
}

/// The members of an authority that the viewer may see, by name.
pub async fn member_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<Member>> {
    let request = PageRequest::new(first, after, last, before, &format!("members {tenant}"))?;
    note_missing(ctx, policy::Permission::MembersRead, Some(tenant)).await?;
    let session = ctx.session().await?;
    let select = session.select::<member::Entity>().filter(member::Column::TenantId.eq(tenant));
    let order = Order {
        column: member::Column::Name,
        id: member::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &member::Model| (SortValue::Text(Some(row.name.clone())), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    let (cursors, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    Ok(fill(frame, cursors.into_iter().zip(with_roles(&session, rows).await?)))
}

/// The grants of an authority that await a confirmation, oldest first, as far as the viewer may see them.
pub async fn pending_grant_page(
    ctx: &Context<'_>,
    tenant: Uuid,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> ApiResult<Paged<RoleGrant>> {
    let request = PageRequest::new(first, after, last, before, &format!("pending grants {tenant}"))?;
    let session = ctx.session().await?;
    let select = session
        .select::<role_grant::Entity>()
        .filter(role_grant::Column::TenantId.eq(tenant))
        .filter(role_grant::Column::RevokedAt.is_null())
        .filter(role_grant::Column::ConfirmUntil.gt(session.now()));
    let order = Order {
        column: role_grant::Column::CreatedAt,
        id: role_grant::Column::Id,
        descending: false,
        nullable: false,
        key: |row: &role_grant::Model| (SortValue::Instant(row.created_at), row.id),
    };
    let (frame, rows) = page(ctx, &session, &request, select, &order).await?;
    let mut fields = fields_of(&session, &rows.iter().map(|(_, row)| row.id).collect::<Vec<_>>()).await?;
    session.load::<field_of_work::Entity>(fields.values().flatten().copied()).await?;
    session.load::<tenant::Entity>(rows.iter().map(|(_, row)| row.tenant_id)).await?;
    Ok(fill(
        frame,
        rows.into_iter().map(|(cursor, row)| {
            let fields = fields.remove(&row.id).unwrap_or_default();
            (cursor, RoleGrant { row: Arc::new(row), fields })
        }),
    ))
}

/// Members with their roles, in the order of `rows`: three statements, however many they are.
///
/// # Errors
/// The database fails.
pub async fn with_roles(session: &Session, rows: Vec<member::Model>) -> ApiResult<Vec<Member>> {
    let ids: Vec<_> = rows.iter().map(|it| it.id).collect();
    let mut roles = roles_of(session, &ids).await?;
    let member = |row: member::Model| {
        let roles = roles.remove(&row.id).unwrap_or_default();
        Member { row: Arc::new(row), roles }
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Roles of members that are not revoked, with their fields: two statements, however many members.
async fn roles_of(session: &Session, members: &[Uuid]) -> ApiResult<BTreeMap<Uuid, Vec<RoleGrant>>> {
    let select = session
        .select::<role_grant::Entity>()
        .filter(session.is_one_of(role_grant::Column::MemberId, members))
        .filter(role_grant::Column::RevokedAt.is_null())
        .order_by_asc(role_grant::Column::Id);
    let rows = session.all(select).await?;
    let mut roles: BTreeMap<Uuid, Vec<RoleGrant>> = BTreeMap::new();
    let mut fields = fields_of(session, &rows.iter().map(|it| it.id).collect::<Vec<_>>()).await?;
    for row in rows {
        let fields = fields.remove(&row.id).unwrap_or_default();
        roles.entry(row.member_id).or_default().push(RoleGrant { row: Arc::new(row), fields });
    }
    // What was selected of the fields comes from memory now.
    let named = roles.values().flatten().flat_map(|it| it.fields.iter().copied());
    session.load::<field_of_work::Entity>(named).await?;
    Ok(roles)
}

async fn fields_of(session: &Session, grants: &[Uuid]) -> ApiResult<BTreeMap<Uuid, Vec<Uuid>>> {
    let select = session
        .select::<role_grant_field::Entity>()
        .filter(session.is_one_of(role_grant_field::Column::RoleGrantId, grants))
        .order_by_asc(role_grant_field::Column::FieldOfWorkId);
    let mut fields: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in session.all(select).await? {
        fields.entry(row.role_grant_id).or_default().push(row.field_of_work_id);
    }
    Ok(fields)
}

/// A member by its row, if the viewer may see it.
pub async fn member_by_id(session: &Session, id: Uuid) -> ApiResult<Option<Member>> {
    let Some(row) = session.get::<member::Entity>(id).await? else { return Ok(None) };
    let roles = roles_of(session, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(Member { row, roles }))
}

impl NodeRow for nodes::Member {
    type Object = Member;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Member>> {
        member_by_id(session, id).await
    }
}

/// A role grant by its row, if the viewer may see it.
pub async fn role_grant_by_id(session: &Session, id: Uuid) -> ApiResult<Option<RoleGrant>> {
    let Some(row) = session.get::<role_grant::Entity>(id).await? else { return Ok(None) };
    let fields = fields_of(session, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(RoleGrant { row, fields }))
}

impl NodeRow for nodes::RoleGrant {
    type Object = RoleGrant;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<RoleGrant>> {
        role_grant_by_id(session, id).await
    }
}

/// Viewer: the requesting person or program, with roles and permissions.
#[derive(SimpleObject)]
pub struct Viewer {
    /// True if the request carried a valid token.
    signed_in: bool,
    /// Name of the account as its identity provider states it; null if not signed in, or if no such name is known here.
    /// Each authority has its own name for the person: `Membership.name`.
    name: Option<String>,
    /// Memberships of the viewer with roles valid today, by authority.
    memberships: Vec<Membership>,
}

/// Membership of the viewer in one authority.
#[derive(SimpleObject)]
pub struct Membership {
    /// Authority.
    tenant: Tenant,
    /// Global id of the viewer as a member of the authority.
    member_id: ID,
    /// Name of the viewer in the authority, as in signatures on its behalf.
    name: String,
    /// Roles valid today.
    roles: Vec<HeldRole>,
    /// Permissions of all these roles together. A role limited to fields of work grants its permissions in these only.
    permissions: Vec<Permission>,
}

/// Role of the viewer, valid today.
#[derive(SimpleObject)]
pub struct HeldRole {
    /// Role.
    role: RoleKey,
    /// True if the role applies to all fields of work.
    all_fields: bool,
    /// Fields of work to which the role is limited; empty if `allFields` is true.
    fields_of_work: Vec<FieldOfWork>,
    /// Last day of validity; null = unlimited.
    valid_until: Option<Date>,
}

/// The viewer of the operation. Three statements, however many roles.
pub async fn viewer(ctx: &Context<'_>) -> ApiResult<Viewer> {
    let op = ctx.op()?;
    let session = op.session().await?;
    let access = session.access();
    session.load::<tenant::Entity>(access.roles().iter().map(|it| it.tenant)).await?;
    let named = access.roles().iter().flat_map(|it| match &it.fields {
        policy::Fields::All => Vec::new(),
        policy::Fields::Only(only) => only.iter().copied().collect(),
    });
    session.load::<field_of_work::Entity>(named).await?;
    let mut memberships: BTreeMap<Uuid, Membership> = BTreeMap::new();
    for role in access.roles() {
        let only = match &role.fields {
            policy::Fields::All => Vec::new(),
            policy::Fields::Only(only) => only.iter().copied().collect(),
        };
        let held = HeldRole {
            role: role.role.into(),
            all_fields: role.fields == policy::Fields::All,
            fields_of_work: fields(ctx, &only).await?,
            valid_until: role.until.map(Date),
        };
        let membership = match memberships.entry(role.tenant) {
            std::collections::btree_map::Entry::Occupied(it) => it.into_mut(),
            std::collections::btree_map::Entry::Vacant(it) => it.insert(Membership {
                tenant: tenant_of(ctx, role.tenant).await?,
                member_id: NodeType::Member.id(role.member).into(),
                name: role.member_name.clone(),
                roles: Vec::new(),
                permissions: Vec::new(),
            }),
        };
        membership.roles.push(held);
        membership.permissions.extend(policy::Permission::of(role.role).iter().map(|it| Permission::from(*it)));
    }
    let mut memberships: Vec<_> = memberships.into_values().collect();
    for membership in &mut memberships {
        membership.permissions.sort_unstable();
        membership.permissions.dedup();
    }
    Ok(Viewer {
        signed_in: matches!(op.actor, Actor::Person { .. }),
        name: access.person().map(|it| it.name.clone()).filter(|it| !it.is_empty()),
        memberships,
    })
}
