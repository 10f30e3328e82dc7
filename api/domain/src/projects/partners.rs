//! Partners of projects: asked by the lead, accepted by the partner, ended by either.

use entities::{Area, PartnerState, ProjectPhase, agreement, agreement_field, project, project_partner, tenant};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use policy::{Action, Fields, Grant, Object};
use sea_orm::{ColumnTrait, Condition};
use serde_json::{Value, json};
use store::scopes::own_shares;
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::agreements::service::{obstacles, parties_of};
use crate::context::audited::Audited as _;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, stale};
use crate::members::acting_name;
use crate::projects::project_access::{assign_scopes, is_party};
use crate::projects::{archive, service};
use crate::rights::{self, Operation, Resource as _};

/// Asks a party of the project's agreement to take part. From now on it sees the project and its parts.
pub async fn add(op: &Op, id: Uuid, partner: Uuid, version: i32, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "projectPartnerAdd").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<project::Entity>(session, id, Operation::AddPartner, "id").await?;
    session.load_groups::<project_partner::Entity>([id]).await?;
    let writer = session.writer(&grant).await?;
    if let Claim::Done(_) = mutation.claim_idempotency_key(&writer, idempotency).await? {
        return Ok(id);
    }
    check(session, &before, partner).await?;
    let mut rows = (*session.group::<project_partner::Entity>(id).await?).clone();
    let known = rows.iter().find(|it| it.tenant_id == partner).cloned();
    if known.as_ref().is_some_and(|it| it.state != PartnerState::Ended) {
        return Err(Problem::at(UserErrorCode::Conflict, "partner", Text::new("partner-already")).into());
    }
    let row = project_partner::Model {
        project_id: id,
        tenant_id: partner,
        // Until it accepts that is nobody else's business.
        scope_id: before.inner_scope_id,
        state: PartnerState::Invited,
        invited_by: acting_name(session, before.tenant_id),
        joined_by: None,
        joined_at: None,
        ended_at: None,
        end_reason: None,
        version: known.as_ref().map_or(1, |it| it.version.saturating_add(1)),
        created_at: known.as_ref().map_or(writer.now(), |it| it.created_at),
        updated_at: writer.now(),
    };
    match known {
        Some(_) => keep(&writer, &row).await?,
        None => writer.insert::<project_partner::ActiveModel>(full(row.clone())).await?,
    }
    rows.retain(|it| it.tenant_id != partner);
    rows.push(row.clone());
    let after = move_to(&writer, &before, &rows, version).await?;
    let row = project_partner::Model { scope_id: after.inner_scope_id, ..row };
    let recorded = mutation.record(&writer, partner_record(&after, &row, "project.partner_added")).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Takes part, for the authority that was asked.
pub async fn accept(op: &Op, id: Uuid, tenant: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectPartnerAccept").await?;
    let session = mutation.session();
    let (grant, before) =
        rights::find_for_party::<project::Entity>(session, (id, "id"), Operation::Join, (tenant, "tenant")).await?;
    let mut row = partner_row(session, &before, tenant, "tenant").await?;
    if row.version != version {
        return Err(stale(version));
    }
    let writer = session.writer(&grant).await?;
    row.state = PartnerState::Active;
    row.scope_id = before.scope_id;
    row.joined_by = Some(acting_name(session, tenant));
    row.joined_at = Some(writer.now());
    row.version = row.version.saturating_add(1);
    row.updated_at = writer.now();
    keep(&writer, &row).await?;
    let recorded = mutation.record(&writer, partner_record(&before, &row, "project.partner_joined")).await?;
    mutation.commit(recorded).await
}

/// Ends the part of a partner: by the lead, or by the partner, which then keeps a copy of what it saw. What is the
/// partner's own stays with it.
pub async fn remove(op: &Op, id: Uuid, partner: Uuid, tenant: Uuid, version: i32, reason: String) -> ApiResult<()> {
    let reason = text::line(&reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "projectPartnerRemove").await?;
    let session = mutation.session();
    let before = rights::find_visible::<project::Entity>(session, id, "id").await?;
    let acting = grant(session, &before, tenant)?;
    if tenant != before.tenant_id && tenant != partner {
        return Err(Problem::at(UserErrorCode::Forbidden, "tenant", Text::new("no-party-of-project")).into());
    }
    let mut row = partner_row(session, &before, partner, "partner").await?;
    if row.state == PartnerState::Ended {
        return Err(Problem::illegal_transition("partner", row.state.as_str(), "ENDED", []).into());
    }
    if row.version != version {
        return Err(stale(version));
    }
    let writer = session.writer(&acting).await?;
    if tenant == partner && is_party(session, &before, partner).await? {
        archive::keep(session, &writer, &before).await?;
    }
    row.state = PartnerState::Ended;
    row.scope_id = before.inner_scope_id;
    row.ended_at = Some(writer.now());
    row.end_reason = Some(reason);
    row.version = row.version.saturating_add(1);
    row.updated_at = writer.now();
    keep(&writer, &row).await?;
    let rows: Vec<_> = session
        .group::<project_partner::Entity>(id)
        .await?
        .iter()
        .map(|it| if it.tenant_id == partner { row.clone() } else { it.clone() })
        .collect();
    let recorded = mutation.record(&writer, partner_record(&before, &row, "project.partner_left")).await?;
    // The circle is the lead's: who leaves it takes nothing but its own sight.
    #[expect(clippy::disallowed_methods, reason = "the one place where somebody leaves what is another's")]
    let of_lead = if tenant == before.tenant_id { acting.clone() } else { Grant::to_leave(&acting, before.tenant_id) };
    let writer = session.writer(&of_lead).await?;
    let after = move_to(&writer, &before, &rows, before.version).await?;
    mutation.publish_event(&writer, &after.change_record("project.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

fn grant(session: &Session, project: &project::Model, tenant: Uuid) -> ApiResult<Grant> {
    let object = Object { tenant, ..project::Entity::object(project) };
    session.authorize(Action::Write, &object, "tenant")
}

/// The row of a partner, of whatever state.
async fn partner_row(
    session: &Session,
    project: &project::Model,
    tenant: Uuid,
    field: &'static str,
) -> ApiResult<project_partner::Model> {
    let rows = session.group::<project_partner::Entity>(project.id).await?;
    let row = rows.iter().find(|it| it.tenant_id == tenant).cloned();
    row.ok_or_else(|| Problem::not_found(field).into())
}

/// Refuses more partners for a project that is over or under no agreement.
///
/// # Errors
/// `CONFLICT` at `id`.
pub(crate) fn takes_partners(project: &project::Model) -> ApiResult<()> {
    let end = [ProjectPhase::Evaluated, ProjectPhase::Cancelled, ProjectPhase::Rejected];
    let text = if end.contains(&project.phase) {
        Text::new("project-is-over").with("phase", project.phase.as_str())
    } else if project.agreement_id.is_none() {
        Text::new("project-without-agreement")
    } else {
        return Ok(());
    };
    Err(Problem::at(UserErrorCode::Conflict, "id", text).into())
}

/// What the agreement and the project allow.
async fn check(session: &Session, project: &project::Model, partner: Uuid) -> ApiResult<()> {
    let mut problems = Problems::default();
    if session.get::<tenant::Entity>(partner).await?.is_none() {
        return Err(Problem::not_found("partner").into());
    }
    let Some(id) = project.agreement_id else {
        return Err(Problem::at(UserErrorCode::Conflict, "id", Text::new("project-without-agreement")).into());
    };
    let Some(agreement) = session.get::<agreement::Entity>(id).await? else {
        return Err(Problem::at(UserErrorCode::Conflict, "id", Text::new("project-without-agreement")).into());
    };
    for problem in obstacles(&agreement, Area::Projects) {
        problems.add(problem);
    }
    if partner == project.tenant_id || !parties_of(session, id).await?.contains(&partner) {
        problems.add(Problem::at(UserErrorCode::NotCovered, "partner", Text::new("no-other-party")));
    }
    let fields = session.select::<agreement_field::Entity>();
    let fields = sea_orm::QueryFilter::filter(fields, agreement_field::Column::AgreementId.eq(id));
    let fields = session.all(fields).await?.into_iter().map(|it| it.field_of_work_id);
    if !Fields::new(agreement.all_fields, fields).covers(project.field_of_work_id) {
        problems.add(Problem::at(UserErrorCode::NotCovered, "id", Text::new("field-not-covered")));
    }
    problems.done()
}

/// Moves a project to where its partners see it.
async fn move_to(
    writer: &Writer<'_>,
    before: &project::Model,
    partners: &[project_partner::Model],
    version: i32,
) -> ApiResult<project::Model> {
    writer.lock_named(before.tenant_id).await?;
    let shares = own_shares(writer, Area::Projects).await?;
    let mut after = before.clone();
    assign_scopes(writer, &mut after, partners, &shares).await?;
    service::save(writer, &mut after, version).await?;
    Ok(after)
}

async fn keep(writer: &Writer<'_>, row: &project_partner::Model) -> ApiResult<()> {
    let here = Condition::all()
        .add(project_partner::Column::ProjectId.eq(row.project_id))
        .add(project_partner::Column::TenantId.eq(row.tenant_id));
    writer.change::<project_partner::Entity, project_partner::ActiveModel>(here, full(row.clone())).await?;
    Ok(())
}

/// Record of a change of a partner, for those who see its row.
fn partner_record(project: &project::Model, row: &project_partner::Model, topic: &'static str) -> ChangeRecord {
    let after = Some(audit_snapshot(row));
    ChangeRecord { scope: row.scope_id, after, ..project.change_record(topic, None) }
}

/// A partner in the audit trail, and in the copy that a party keeps.
pub fn audit_snapshot(row: &project_partner::Model) -> Value {
    json!({
        "partner": row.tenant_id, "state": row.state, "invitedBy": row.invited_by, "joinedBy": row.joined_by,
        "joinedAt": row.joined_at, "endedAt": row.ended_at, "reason": row.end_reason,
    })
}
