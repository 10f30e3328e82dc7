//! Who sees a project and its parts, as scopes, and who may write them. One place decides; whatever changes the circle
//! moves the project by it, and a trigger of the database moves the parts along.
//!
//! The project itself goes as far as its confidentiality and shares let it. The joint plan is seen by lead and partners.
//! Money, obligations and documents of the lead are seen by the partners too; those of a partner by the lead only, in a
//! scope of the partner's own: they stay with it when the agreement ends.

use std::collections::{BTreeMap, BTreeSet};

use entities::{Confidentiality, PartnerState, ScopeArea, ShareLevel, project, project_partner, share, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::{Action, Grant, Object};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use store::scopes::{Audience, ScopeShare, ensure};
use store::{Session, Writer};
use uuid::Uuid;

use crate::rights::{self, Operation, Resource as _};

/// The most parts of one kind that a project has.
const MAX_PARTS: usize = 200;

/// Whether a share of the owner's means this project.
pub fn selects(share: &share::Model, project: &project::Model) -> bool {
    match (share.project_id, share.field_of_work_id) {
        (Some(id), _) => id == project.id,
        (None, Some(field)) => project.field_of_work_id == Some(field),
        (None, None) => true,
    }
}

/// The partners whose part has not ended.
///
/// # Errors
/// The database fails.
pub async fn partners(session: &Session, project: Uuid) -> ApiResult<Vec<project_partner::Model>> {
    let rows = session.group::<project_partner::Entity>(project).await?;
    Ok(rows.iter().filter(|it| it.state != PartnerState::Ended).cloned().collect())
}

/// Whether an authority leads a project or takes part in it.
///
/// # Errors
/// The database fails.
pub async fn is_party(session: &Session, project: &project::Model, tenant: Uuid) -> ApiResult<bool> {
    if project.tenant_id == tenant {
        return Ok(true);
    }
    let partners = partners(session, project.id).await?;
    Ok(partners.iter().any(|it| it.tenant_id == tenant && it.state == PartnerState::Active))
}

/// The grant to add a part of a project for one of its parties. `field` is the input that names the party.
///
/// # Errors
/// The authority is no party, a permission is missing there, or the agreement is not in force.
pub async fn party_grant(
    session: &Session,
    project: &project::Model,
    tenant: Uuid,
    field: &'static str,
) -> ApiResult<Grant> {
    if session.get::<tenant::Entity>(tenant).await?.is_none() {
        return Err(Problem::not_found(field).into());
    }
    if !is_party(session, project, tenant).await? {
        session.authorize(Action::Write, &Object { tenant, ..project::Entity::object(project) }, field)?;
        return Err(Problem::at(UserErrorCode::Forbidden, field, Text::new("no-party-of-project")).into());
    }
    rights::judge_party::<project::Entity>(session, (project, "project"), Operation::TakePart, (tenant, field)).await
}

/// Refuses to work on a project whose agreement ended: its parts are out of sight then.
///
/// # Errors
/// They are.
pub fn check_visible(session: &Session, project: &project::Model) -> ApiResult<()> {
    match session.access().visibility(project.inner_scope_id) {
        Some(_) => Ok(()),
        None => {
            Err(Problem::at(UserErrorCode::AgreementNotActive, "project", Text::new("project-out-of-sight")).into())
        }
    }
}

/// Refuses one more part where there are as many as a project may have.
///
/// # Errors
/// There are.
pub fn check_part_limit(parts: usize, field: &'static str) -> ApiResult<()> {
    if parts < MAX_PARTS {
        return Ok(());
    }
    Err(Problem::at(UserErrorCode::LimitReached, field, Text::new("too-many-parts").with("max", MAX_PARTS)).into())
}

fn scope_shares(project: &project::Model, partners: &[project_partner::Model]) -> BTreeSet<ScopeShare> {
    let Some(agreement) = project.agreement_id else { return BTreeSet::new() };
    let present = partners.iter().filter(|it| it.state != PartnerState::Ended);
    present.map(|it| ScopeShare { grantee: Some(it.tenant_id), ..ScopeShare::to_parties(agreement) }).collect()
}

/// The audience of what a level from `least` on shows: of the project itself from SUMMARY, of the joint plan from FULL.
pub fn audience(
    project: &project::Model,
    partners: &[project_partner::Model],
    shares: &[share::Model],
    min: ShareLevel,
) -> Audience {
    if min < ShareLevel::Full && project.confidentiality == Confidentiality::Public {
        return Audience::Public;
    }
    let mut scope_shares = scope_shares(project, partners);
    if project.confidentiality != Confidentiality::Internal {
        scope_shares.extend(shares.iter().filter(|it| it.level >= min && selects(it, project)).map(ScopeShare::from));
    }
    let (tenant, field) = (project.tenant_id, project.field_of_work_id);
    Audience::Owned { tenant, area: ScopeArea::Projects, field, scope_shares }
}

/// Puts the scopes that partners and shares give a project into its row; made where they are not there yet.
///
/// # Errors
/// The database fails.
pub async fn assign_scopes(
    writer: &Writer<'_>,
    project: &mut project::Model,
    partners: &[project_partner::Model],
    shares: &[share::Model],
) -> ApiResult<()> {
    project.scope_id = ensure(writer, &audience(project, partners, shares, ShareLevel::Summary)).await?;
    project.inner_scope_id = ensure(writer, &audience(project, partners, shares, ShareLevel::Full)).await?;
    Ok(())
}

/// Projects that move together: which, one of them, and its partners.
type Together = (Vec<Uuid>, project::Model, Vec<project_partner::Model>);

/// Moves projects of the acting authority to the scopes that `shares` give them; returns those in which they are now.
/// Projects with the same scopes move together.
///
/// # Errors
/// The database fails.
pub async fn rescope_all(
    session: &Session,
    writer: &Writer<'_>,
    projects: &[project::Model],
    shares: &[share::Model],
) -> ApiResult<BTreeSet<Uuid>> {
    session.load_groups::<project_partner::Entity>(projects.iter().map(|it| it.id)).await?;
    let mut audiences: BTreeMap<(Uuid, Uuid), Together> = BTreeMap::new();
    for project in projects {
        let partners = partners(session, project.id).await?;
        let of = |level| audience(project, &partners, shares, level).id();
        let key = (of(ShareLevel::Summary), of(ShareLevel::Full));
        audiences.entry(key).or_insert_with(|| (Vec::new(), project.clone(), partners)).0.push(project.id);
    }
    let mut project_scopes = BTreeSet::new();
    for (ids, mut one, partners) in audiences.into_values() {
        assign_scopes(writer, &mut one, &partners, shares).await?;
        let values = project::ActiveModel {
            scope_id: Set(one.scope_id),
            inner_scope_id: Set(one.inner_scope_id),
            ..Default::default()
        };
        writer.change::<project::Entity, _>(Condition::all().add(project::Column::Id.is_in(ids)), values).await?;
        project_scopes.insert(one.scope_id);
    }
    Ok(project_scopes)
}

/// The projects that a share of an authority means.
///
/// # Errors
/// The database fails.
pub async fn selected(session: &Session, share: &share::Model) -> ApiResult<Vec<project::Model>> {
    let select = session
        .select::<project::Entity>()
        .filter(project::Column::TenantId.eq(share.tenant_id))
        .filter(project::Column::Confidentiality.ne(Confidentiality::Internal));
    Ok(session.all(select).await?.into_iter().filter(|it| selects(share, it)).collect())
}

/// The scope of what is a party's own: of the lead's, where the partners see it; of a partner's, where the lead does.
///
/// # Errors
/// The database fails.
pub async fn party_scope(writer: &Writer<'_>, project: &project::Model) -> ApiResult<Uuid> {
    if writer.tenant() == project.tenant_id {
        return Ok(project.inner_scope_id);
    }
    ensure(writer, &party_audience(project, writer.tenant())).await
}

/// The audience of what is a partner's own: the lead sees it while the agreement is in force.
pub fn party_audience(project: &project::Model, partner: Uuid) -> Audience {
    let lead =
        project.agreement_id.map(|it| ScopeShare { grantee: Some(project.tenant_id), ..ScopeShare::to_parties(it) });
    let (area, field) = (ScopeArea::Projects, project.field_of_work_id);
    Audience::Owned { tenant: partner, area, field, scope_shares: lead.into_iter().collect() }
}

/// The scope of what nobody else sees.
///
/// # Errors
/// The database fails.
pub async fn private(writer: &Writer<'_>, field: Option<Uuid>) -> ApiResult<Uuid> {
    ensure(writer, &Audience::private(writer.tenant(), ScopeArea::Projects, field)).await
}
