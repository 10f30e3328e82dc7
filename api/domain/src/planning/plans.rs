//! Plans: which calendars of an authority make its year. A plan is its owner's alone until it is submitted to a round.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use entities::{RoundState, ScopeArea, annual_plan, annual_plan_calendar, calendar, coordination_round, plan_snapshot};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use sea_orm::{ColumnTrait, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{RoundsOfPlan, Session, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::planning::party::audience;
use crate::planning::rounds::check_year;
use crate::rights::{self, Operation};

const ONE_A_YEAR: Unique = Unique { name: "annual_plan_year_key", columns: "annual_plan.tenant_id, annual_plan.year" };

/// Values of a new plan.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// The authority.
    pub tenant: Uuid,
    /// Calendar year.
    pub year: i32,
    /// Title.
    pub title: String,
    /// Its calendars.
    pub calendars: Vec<Uuid>,
}

/// Makes a plan. Only its owner knows it.
pub async fn create(op: &Op, new: NewPlan, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "annualPlanCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<annual_plan::Entity>(session, new.tenant, None).await?;
    let (title, (), ()) = all((
        text::line(&new.title, "title", 200),
        check_year(new.year),
        check_calendars(session, new.tenant, &new.calendars).await,
    ))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = annual_plan::Model {
        id,
        tenant_id: new.tenant,
        scope_id: ensure(&writer, &Audience::private(new.tenant, ScopeArea::Calendars, None)).await?,
        year: new.year,
        title,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    match writer.insert_unique::<annual_plan::ActiveModel>(full(row.clone()), ONE_A_YEAR).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("plan-exists").with("year", new.year);
            return Err(Problem::at(UserErrorCode::NotUnique, "year", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    write_calendars(&writer, &row, &new.calendars).await?;
    let recorded = mutation.record(&writer, row.change_record("annual_plan.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes title or calendars of a plan; the calendars only until the coordination begins.
pub async fn update(
    op: &Op,
    id: Uuid,
    version: i32,
    title: Patch<String>,
    calendars: Patch<Vec<Uuid>>,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "annualPlanUpdate").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<annual_plan::Entity>(session, id, Operation::Update, "id").await?;
    let (title, ()) =
        all((title.try_map(|it| text::line(&it, "title", 200)), check_new_calendars(session, &row, &calendars).await))?;
    let title = title.or_clone(&row.title);
    let after = annual_plan::Model { title, version: version.saturating_add(1), ..(*row).clone() };
    let writer = session.writer(&grant).await?;
    let values = annual_plan::ActiveModel { id: Set(id), title: Set(after.title.clone()), ..Default::default() };
    save::<annual_plan::Entity>(&writer, values, version).await?;
    if let Patch::Set(calendars) = calendars {
        writer.delete::<annual_plan_calendar::Entity>(annual_plan_calendar::Column::PlanId.eq(id)).await?;
        write_calendars(&writer, &row, &calendars).await?;
    }
    let recorded = mutation.record(&writer, after.change_record("annual_plan.updated", None)).await?;
    mutation.commit(recorded).await
}

/// Refuses calendars of others, and other calendars once the coordination has begun.
async fn check_new_calendars(
    session: &Session,
    row: &annual_plan::Model,
    calendars: &Patch<Vec<Uuid>>,
) -> ApiResult<()> {
    let Patch::Set(calendars) = calendars else { return Ok(()) };
    let mut problems = Problems::default();
    problems.take(check_calendars(session, row.tenant_id, calendars).await)?;
    let rounds = rounds_of(session, row.id).await?;
    if let Some(round) = rounds.iter().find(|it| !matches!(it.state, RoundState::Collecting | RoundState::Closed)) {
        let text = Text::new("plan-in-coordination").with("state", round.state.as_str());
        problems.add(Problem::at(UserErrorCode::Conflict, "calendars", text));
    }
    problems.done()
}

async fn check_calendars(session: &Session, tenant: Uuid, calendars: &[Uuid]) -> ApiResult<()> {
    if calendars.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, "calendars", Text::new("required")).into());
    }
    session.load::<calendar::Entity>(calendars.iter().copied()).await?;
    for id in calendars {
        match session.get::<calendar::Entity>(*id).await? {
            Some(row) if row.tenant_id == tenant => {}
            Some(_) => {
                return Err(Problem::at(UserErrorCode::Forbidden, "calendars", Text::new("not-the-owner")).into());
            }
            None => return Err(Problem::not_found("calendars").into()),
        }
    }
    Ok(())
}

async fn write_calendars(writer: &Writer<'_>, row: &annual_plan::Model, calendars: &[Uuid]) -> ApiResult<()> {
    let calendars: BTreeSet<_> = calendars.iter().copied().collect();
    let rows = calendars.into_iter().map(|calendar| annual_plan_calendar::ActiveModel {
        plan_id: Set(row.id),
        calendar_id: Set(calendar),
        tenant_id: Set(row.tenant_id),
        scope_id: Set(row.scope_id),
    });
    writer.insert_all(rows.collect()).await
}

/// A plan that the actor may see.
pub(super) async fn find_visible(session: &Session, id: Uuid) -> ApiResult<annual_plan::Model> {
    let row = session.get::<annual_plan::Entity>(id).await?;
    row.map(|it| (*it).clone()).ok_or_else(|| Problem::not_found("id").into())
}

/// The rounds of a plan that the viewer may see.
pub async fn rounds_of(session: &Session, plan: Uuid) -> ApiResult<Vec<Arc<coordination_round::Model>>> {
    let taking = session.group::<RoundsOfPlan>(plan).await?;
    session.load::<coordination_round::Entity>(taking.iter().map(|it| it.round_id)).await?;
    let mut rounds = Vec::new();
    for it in taking.iter() {
        rounds.extend(session.get::<coordination_round::Entity>(it.round_id).await?);
    }
    Ok(rounds)
}

/// Shows a plan to the parties of its rounds, and to nobody else; tells how it stands then.
pub(super) async fn show(
    session: &Session,
    writer: &Writer<'_>,
    row: &annual_plan::Model,
    version: i32,
) -> ApiResult<annual_plan::Model> {
    let rounds = rounds_of(session, row.id).await?;
    let agreements: BTreeSet<_> = rounds.iter().map(|it| it.agreement_id).collect();
    let audience = if agreements.is_empty() {
        Audience::private(row.tenant_id, ScopeArea::Calendars, None)
    } else {
        audience(row.tenant_id, agreements)
    };
    // What was published once stays so.
    let is_public = rounds.iter().any(|it| it.state == RoundState::Published);
    let scope = ensure(writer, if is_public { &Audience::Public } else { &audience }).await?;
    let values = annual_plan::ActiveModel { id: Set(row.id), scope_id: Set(scope), ..Default::default() };
    save::<annual_plan::Entity>(writer, values, version).await?;
    let values = annual_plan_calendar::ActiveModel { scope_id: Set(scope), ..Default::default() };
    let here = annual_plan_calendar::Column::PlanId.eq(row.id);
    writer.change::<annual_plan_calendar::Entity, _>(here, values).await?;
    Ok(annual_plan::Model { scope_id: scope, version: version.saturating_add(1), ..row.clone() })
}

/// Record of a change of a plan together with its round.
pub(super) fn record_in_round(
    row: &annual_plan::Model,
    topic: &'static str,
    round: &coordination_round::Model,
) -> ChangeRecord {
    ChangeRecord {
        parent: Some(round.id),
        agreement: Some(round.agreement_id),
        after: Some(snapshot(row, Some(round.id))),
        ..row.change_record(topic, None)
    }
}

impl Audited for annual_plan::Model {
    const TYPE: &'static str = "AnnualPlan";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        snapshot(self, None)
    }
}

/// A plan in the audit trail, with the round of the change.
fn snapshot(row: &annual_plan::Model, round: Option<Uuid>) -> Value {
    json!({ "year": row.year, "title": row.title, "round": round })
}

/// The snapshots of a plan that the viewer may see, the newest first.
pub async fn snapshots_of(session: &Session, plan: Uuid) -> ApiResult<Vec<plan_snapshot::Model>> {
    let mut rows = (*session.group::<plan_snapshot::Entity>(plan).await?).clone();
    rows.sort_by_key(|it| Reverse((it.taken_at, it.step, it.id)));
    Ok(rows)
}
