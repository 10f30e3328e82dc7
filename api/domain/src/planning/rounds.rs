//! The life of a round: opened by a party, plans submitted, coordinated, signed off by each, published or closed.

use chrono::{DateTime, NaiveDate, Utc};
use entities::{PUBLIC_SCOPE, PlanStep, RoundState, ScopeArea, coordination_round, round_plan};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use policy::Action;
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::ensure;
use store::{Session, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::agreements::service::parties_of;
use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{AuditReceipt, Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::planning::party::{audience, grant};
use crate::planning::snapshots;
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// Planning takes calendars.
pub const WRITE: (Action, ScopeArea) = (Action::Write, ScopeArea::Calendars);
/// The most days between.
const MAX_DAYS_APART: i32 = 28;
const ONE_A_YEAR: Unique =
    Unique { name: "coordination_round_year_key", columns: "coordination_round.agreement_id, coordination_round.year" };

/// Values of a new round.
#[derive(Clone, Debug)]
pub struct NewRound {
    /// The agreement.
    pub agreement: Uuid,
    /// The party that opens it.
    pub tenant: Uuid,
    /// Calendar year.
    pub year: i32,
    /// Last day for plans.
    pub submit_until: NaiveDate,
    /// Days between what is for the same people.
    pub days_apart: i32,
}

/// Opens a round.
pub async fn open(op: &Op, new: NewRound, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "coordinationRoundOpen").await?;
    let session = mutation.session();
    let agreement = session.get::<entities::agreement::Entity>(new.agreement).await?;
    let Some(agreement) = agreement else { return Err(Problem::not_found("agreement").into()) };
    let grant = grant(session, (agreement.id, agreement.scope_id), (new.tenant, "tenant"), WRITE).await?;
    all((check_year(new.year), check_terms(session, new.tenant, new.submit_until, new.days_apart).await))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = coordination_round::Model {
        id,
        tenant_id: new.tenant,
        scope_id: ensure(&writer, &audience(new.tenant, [new.agreement])).await?,
        agreement_id: new.agreement,
        year: new.year,
        state: RoundState::Collecting,
        submit_until: new.submit_until,
        days_apart: new.days_apart,
        close_reason: None,
        published_at: None,
        reopened_by: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    match writer.insert_unique::<coordination_round::ActiveModel>(full(row.clone()), ONE_A_YEAR).await {
        Ok(()) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("round-exists").with("year", new.year);
            return Err(Problem::at(UserErrorCode::NotUnique, "year", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    let recorded = mutation.record(&writer, row.change_record("coordination_round.opened", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Refuses years that nobody plans.
pub(super) fn check_year(year: i32) -> ApiResult<()> {
    if (2000..=2100).contains(&year) {
        return Ok(());
    }
    let text = Text::new("out-of-range").with("value", year).with("min", 2000).with("max", 2100);
    Err(Problem::at(UserErrorCode::OutOfRange, "year", text).into())
}

async fn check_terms(session: &Session, tenant: Uuid, submit_until: NaiveDate, days_apart: i32) -> ApiResult<()> {
    let mut problems = Problems::default();
    if submit_until < today_of(session, tenant).await? {
        let text = Text::new("over-already").with("value", submit_until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "submitUntil", text));
    }
    if !(0..=MAX_DAYS_APART).contains(&days_apart) {
        let text = Text::new("out-of-range").with("value", days_apart).with("min", 0).with("max", MAX_DAYS_APART);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "daysApart", text));
    }
    problems.done()
}

/// Changes the last day for plans or the days between, for the party that opened the round, as long as plans are collected.
pub async fn update(
    op: &Op,
    id: Uuid,
    version: i32,
    submit_until: Patch<NaiveDate>,
    days_apart: Patch<i32>,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "coordinationRoundUpdate").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<coordination_round::Entity>(session, id, Operation::Update, "id").await?;
    let mut after = (*row).clone();
    after.submit_until = submit_until.or(row.submit_until);
    after.days_apart = days_apart.or(row.days_apart);
    check_terms(session, row.tenant_id, after.submit_until, after.days_apart).await?;
    let writer = session.writer(&grant).await?;
    let recorded = step(&mutation, &writer, (&row, &mut after), version, "coordination_round.updated").await?;
    mutation.commit(recorded).await
}

/// What a round that collects no plans any more answers.
pub(crate) fn not_collecting(field: &'static str, state: RoundState) -> kernel::error::ApiError {
    let text = Text::new("round-not-collecting").with("state", state.as_str());
    Problem::at(UserErrorCode::Conflict, field, text).into()
}

/// Refuses a start before the deadline by another party than the one that opened the round, and with fewer than two plans.
///
/// # Errors
/// `CONFLICT` at `id`; the database fails.
pub(crate) async fn may_start(session: &Session, row: &coordination_round::Model, acting: Uuid) -> ApiResult<()> {
    if acting != row.tenant_id && today_of(session, row.tenant_id).await? <= row.submit_until {
        let text = Text::new("deadline-not-over").with("day", row.submit_until);
        return Err(Problem::at(UserErrorCode::Conflict, "id", text).into());
    }
    let plans = session.group::<round_plan::Entity>(row.id).await?.len();
    if plans < 2 {
        let text = Text::new("too-few-plans").with("plans", plans);
        return Err(Problem::at(UserErrorCode::Conflict, "id", text).into());
    }
    Ok(())
}

/// Begins the coordination although a party has no plan, with two plans at least. Before the deadline only by the party
/// that opened it.
pub async fn start(op: &Op, id: Uuid, tenant: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "coordinationRoundStart").await?;
    let session = mutation.session();
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "id"), Operation::Start, party).await?;
    let writer = session.writer(&grant).await?;
    let mut after = coordination_round::Model { state: RoundState::InCoordination, ..(*row).clone() };
    let recorded = step(&mutation, &writer, (&row, &mut after), version, "coordination_round.started").await?;
    mutation.commit(recorded).await
}

/// Submits a plan for its owner. The last party's plan begins the coordination.
pub async fn submit(op: &Op, plan: Uuid, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "annualPlanSubmit").await?;
    let session = mutation.session();
    let plan = crate::planning::plans::find_visible(session, plan).await?;
    let party = (plan.tenant_id, "id");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "round"), Operation::TakePart, party)
            .await?;
    let writer = session.writer(&grant).await?;
    // Two parties that submit at the same moment: the second must count the first.
    writer.lock_named(id).await?;
    let mut problems = Problems::default();
    if row.state != RoundState::Collecting {
        return Err(not_collecting("round", row.state));
    }
    if plan.year != row.year {
        let text = Text::new("plan-of-another-year").with("plan", plan.year).with("round", row.year);
        problems.add(Problem::at(UserErrorCode::Invalid, "id", text));
    }
    if today_of(session, row.tenant_id).await? > row.submit_until {
        let text = Text::new("deadline-over").with("day", row.submit_until);
        problems.add(Problem::at(UserErrorCode::Conflict, "round", text));
    }
    problems.done()?;
    let select = session.select::<round_plan::Entity>().filter(round_plan::Column::RoundId.eq(id));
    let there = session.all(select).await?;
    if there.iter().any(|it| it.tenant_id == plan.tenant_id) {
        return Err(Problem::at(UserErrorCode::Conflict, "round", Text::new("submitted-already")).into());
    }
    let name = acting_name(session, plan.tenant_id);
    let taking = round_plan::Model {
        round_id: id,
        tenant_id: plan.tenant_id,
        scope_id: row.scope_id,
        plan_id: plan.id,
        submitted_by: name.clone(),
        submitted_at: writer.now(),
        signed_by: None,
        signed_at: None,
        changed_at: None,
        public_changed_at: None,
    };
    writer.insert::<round_plan::ActiveModel>(full(taking)).await?;
    let plan = crate::planning::plans::show(session, &writer, &plan, version).await?;
    snapshots::take(session, &writer, &plan, &row, PlanStep::Submitted, name).await?;
    let change = crate::planning::plans::record_in_round(&plan, "annual_plan.submitted", &row);
    let recorded = mutation.record(&writer, change).await?;
    if parties_of(session, row.agreement_id).await?.len() > there.len() + 1 {
        return mutation.commit(recorded).await;
    }
    let mut after = coordination_round::Model { state: RoundState::InCoordination, ..(*row).clone() };
    let recorded = step(&mutation, &writer, (&row, &mut after), row.version, "coordination_round.started").await?;
    mutation.commit(recorded).await
}

/// Takes a plan back, as long as plans are collected.
pub async fn withdraw(op: &Op, plan: Uuid, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "annualPlanWithdraw").await?;
    let session = mutation.session();
    let plan = crate::planning::plans::find_visible(session, plan).await?;
    let party = (plan.tenant_id, "id");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "round"), Operation::TakePart, party)
            .await?;
    if row.state != RoundState::Collecting {
        return Err(not_collecting("round", row.state));
    }
    let writer = session.writer(&grant).await?;
    let here = Condition::all().add(round_plan::Column::RoundId.eq(id)).add(round_plan::Column::PlanId.eq(plan.id));
    if writer.delete::<round_plan::Entity>(here).await? == 0 {
        return Err(Problem::at(UserErrorCode::Conflict, "round", Text::new("not-submitted")).into());
    }
    let before = plan.scope_id;
    let plan = crate::planning::plans::show(session, &writer, &plan, version).await?;
    let mut change = crate::planning::plans::record_in_round(&plan, "annual_plan.withdrawn", &row);
    // The parties that saw it learn that it is gone.
    change.also.insert(before);
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await
}

/// Signs the outcome off for one party. The last one makes the round agreed.
pub async fn sign_off(op: &Op, id: Uuid, tenant: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "coordinationRoundSignOff").await?;
    let session = mutation.session();
    // A change of an entry at the same moment is known to what is read here, or takes the sign-off back.
    session.lock_named(id).await?;
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "id"), Operation::SignOff, party).await?;
    let writer = session.writer(&grant).await?;
    let select = session.select::<round_plan::Entity>().filter(round_plan::Column::RoundId.eq(id));
    let plans = session.all(select).await?;
    let own = unsigned(&plans, tenant)?;
    let name = acting_name(session, tenant);
    let plan = crate::planning::plans::find_visible(session, own.plan_id).await?;
    snapshots::take(session, &writer, &plan, &row, PlanStep::Agreed, name.clone()).await?;
    let values = round_plan::ActiveModel {
        signed_by: Set(Some(name)),
        signed_at: Set(Some(writer.now())),
        ..Default::default()
    };
    let here = Condition::all().add(round_plan::Column::RoundId.eq(id)).add(round_plan::Column::TenantId.eq(tenant));
    writer.change::<round_plan::Entity, _>(here, values).await?;
    let complete = plans.iter().all(|it| it.tenant_id == tenant || it.signed_at.is_some());
    let mut after = (*row).clone();
    let topic = if complete {
        after.state = RoundState::Agreed;
        "coordination_round.agreed"
    } else {
        "coordination_round.signed"
    };
    let recorded = step(&mutation, &writer, (&row, &mut after), version, topic).await?;
    mutation.commit(recorded).await
}

/// Publishes what was agreed: the round and its plans are public from now on. How far each entry goes stays its owner's
/// decision.
pub async fn publish(op: &Op, id: Uuid, tenant: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "coordinationRoundPublish").await?;
    let session = mutation.session();
    // As at a sign-off: a change at the same moment reopens the round, or is one after the publication.
    session.lock_named(id).await?;
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "id"), Operation::Publish, party).await?;
    let writer = session.writer(&grant).await?;
    let mut after = (*row).clone();
    after.state = RoundState::Published;
    after.scope_id = PUBLIC_SCOPE;
    after.published_at = Some(writer.now());
    let recorded = step(&mutation, &writer, (&row, &mut after), version, "coordination_round.published").await?;
    mutation.commit(recorded).await
}

/// Instant of the last change of an entry of a plan after the publication of the round, as far as the viewer may know of it:
/// of every entry that is not `INTERNAL` for those whom the agreement binds (`bound`), of public ones for everybody else.
pub const fn changed_since_publication(row: &round_plan::Model, bound: bool) -> Option<DateTime<Utc>> {
    if bound { row.changed_at } else { row.public_changed_at }
}

/// Ends a round without an outcome.
pub async fn close(op: &Op, id: Uuid, tenant: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "coordinationRoundClose").await?;
    let session = mutation.session();
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "id"), Operation::Close, party).await?;
    let writer = session.writer(&grant).await?;
    let mut after = (*row).clone();
    (after.state, after.close_reason) = (RoundState::Closed, Some(reason));
    let recorded = step(&mutation, &writer, (&row, &mut after), version, "coordination_round.closed").await?;
    mutation.commit(recorded).await
}

/// What a round that is over answers.
pub(crate) fn over(row: &coordination_round::Model) -> kernel::error::ApiError {
    let text = Text::new("round-over").with("state", row.state.as_str());
    Problem::at(UserErrorCode::Conflict, "id", text).into()
}

/// Refuses the signature of a party without a plan, and a second one.
///
/// # Errors
/// `CONFLICT` at `tenant`.
pub(crate) fn unsigned(plans: &[round_plan::Model], tenant: Uuid) -> ApiResult<&round_plan::Model> {
    let Some(own) = plans.iter().find(|it| it.tenant_id == tenant) else {
        return Err(Problem::at(UserErrorCode::Conflict, "tenant", Text::new("not-submitted")).into());
    };
    if own.signed_at.is_some() {
        return Err(Problem::at(UserErrorCode::Conflict, "tenant", Text::new("signed-already")).into());
    }
    Ok(own)
}

/// Where each state leads. A change of an entry also leads from `AGREED` back to `IN_COORDINATION`, by a trigger.
const fn next(state: RoundState) -> &'static [RoundState] {
    match state {
        RoundState::Collecting => &[RoundState::InCoordination, RoundState::Closed],
        RoundState::InCoordination => &[RoundState::Agreed, RoundState::Closed],
        RoundState::Agreed => &[RoundState::Published, RoundState::Closed],
        RoundState::Published | RoundState::Closed => &[],
    }
}

/// Refuses a step that does not follow from the state.
pub(crate) fn leads_to(row: &coordination_round::Model, wanted: RoundState) -> ApiResult<()> {
    if next(row.state).contains(&wanted) {
        return Ok(());
    }
    let allowed = next(row.state).iter().map(|it| it.as_str());
    Err(Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), allowed).into())
}

/// Writes how a round stands after a step, and records it.
async fn step(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (before, after): (&coordination_round::Model, &mut coordination_round::Model),
    version: i32,
    topic: &'static str,
) -> ApiResult<AuditReceipt> {
    save_row(writer, after, version).await?;
    mutation.record(writer, after.change_record(topic, Some(before))).await
}

impl Audited for coordination_round::Model {
    const TYPE: &'static str = "CoordinationRound";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.id);
        let agreement = Some(self.agreement_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "agreement": self.agreement_id, "year": self.year, "state": self.state, "submitUntil": self.submit_until,
            "daysApart": self.days_apart, "closeReason": self.close_reason,
        })
    }
}
