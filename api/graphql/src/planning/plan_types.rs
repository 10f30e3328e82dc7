//! API types of plans and their snapshots.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::planning::plans::{rounds_of, snapshots_of};
use entities::{RoundState, annual_plan, annual_plan_calendar, calendar, coordination_round, plan_snapshot, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::{RoundsOfPlan, Session};

use crate::access::abilities::AnnualPlanAbilities;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::enums::PlanStep;
use crate::node_row::node_object;
use crate::planning::round_types;
use crate::planning::round_types::CoordinationRound;
use crate::tenants::types::{Tenant, tenant_of};

/// Annual plan of an authority: the calendars that make up its planning for one year. `agenda` with these calendars as
/// filter lists the dates.
pub struct AnnualPlan(pub Arc<annual_plan::Model>);

node_object!(AnnualPlan, |row| Self(row));

/// State of an annual plan: that of the least advanced of its coordination rounds visible to the viewer.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanState {
    /// Plan in no coordination round, closed ones aside.
    Draft,
    /// Plan submitted to a round that is still collecting plans.
    Submitted,
    /// Plan under coordination by the parties.
    InCoordination,
    /// Plan agreed: every party has signed off.
    Agreed,
    /// Plan published.
    Published,
}

/// Snapshot of an annual plan, taken at a step of its owner.
#[derive(SimpleObject)]
pub struct PlanSnapshot {
    /// Key of the snapshot, as expected by `annualPlanComparison`. Not a global id.
    key: ID,
    /// Step at which the snapshot was taken.
    step: PlanStep,
    /// Name of the person responsible for the step, as used by the party.
    taken_by: String,
    /// Instant of the snapshot.
    taken_at: DateTime<Utc>,
}

/// Annual plan of an authority: the calendars that make up its planning for one year. `agenda` with these calendars as
/// filter lists the dates.
#[Object]
impl AnnualPlan {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::AnnualPlan.id(self.0.id).into()
    }

    /// Owning authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Calendar year.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// State of the plan.
    #[graphql(complexity = "10")]
    async fn state(&self, ctx: &Context<'_>) -> ApiResult<PlanState> {
        let rounds = rounds_of(&*ctx.session().await?, self.0.id).await?;
        let states = rounds.iter().filter_map(|it| match it.state {
            RoundState::Collecting => Some(PlanState::Submitted),
            RoundState::InCoordination => Some(PlanState::InCoordination),
            RoundState::Agreed => Some(PlanState::Agreed),
            RoundState::Published => Some(PlanState::Published),
            RoundState::Closed => None,
        });
        Ok(states.min().unwrap_or(PlanState::Draft))
    }

    /// Calendars of the plan that are visible to the viewer.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn calendars(&self, ctx: &Context<'_>) -> ApiResult<Vec<Calendar>> {
        let session = ctx.session().await?;
        let planned = session.group::<annual_plan_calendar::Entity>(self.0.id).await?;
        session.load::<calendar::Entity>(planned.iter().map(|it| it.calendar_id)).await?;
        let mut calendars = Vec::new();
        for it in planned.iter() {
            calendars.extend(Calendar::by_id(&session, it.calendar_id).await?);
        }
        Ok(calendars)
    }

    /// Coordination rounds to which the plan was submitted, as far as visible to the viewer.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn rounds(&self, ctx: &Context<'_>) -> ApiResult<Vec<CoordinationRound>> {
        let rounds = rounds_of(&*ctx.session().await?, self.0.id).await?;
        Ok(rounds.into_iter().map(CoordinationRound).collect())
    }

    /// Snapshots of the plan, the newest first.
    async fn snapshots(&self, ctx: &Context<'_>) -> ApiResult<Vec<PlanSnapshot>> {
        let rows = snapshots_of(&*ctx.session().await?, self.0.id).await?;
        let shown = |it: plan_snapshot::Model| PlanSnapshot {
            key: it.id.simple().to_string().into(),
            step: it.step.into(),
            taken_by: it.taken_by,
            taken_at: it.taken_at,
        };
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Actions open to the viewer on the annual plan.
    async fn viewer_can(&self) -> AnnualPlanAbilities {
        AnnualPlanAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Reads ahead what was selected of plans: a statement each, however many plans.
pub(super) async fn preload(
    session: &Session,
    plans: &[Arc<annual_plan::Model>],
    selected: impl Fn(&str) -> bool,
    of_rounds: impl Fn(&str) -> bool,
) -> ApiResult<()> {
    let ids = || plans.iter().map(|it| it.id);
    if selected("tenant") {
        session.load::<tenant::Entity>(plans.iter().map(|it| it.tenant_id)).await?;
    }
    if selected("state") || selected("rounds") {
        session.load_groups::<RoundsOfPlan>(ids()).await?;
        let mut rounds = Vec::new();
        for id in ids() {
            rounds.extend(session.group::<RoundsOfPlan>(id).await?.iter().map(|it| it.round_id));
        }
        session.load::<coordination_round::Entity>(rounds.iter().copied()).await?;
        let mut seen = Vec::new();
        for id in rounds {
            seen.extend(session.get::<coordination_round::Entity>(id).await?);
        }
        round_types::load(session, &seen, of_rounds).await?;
    }
    if selected("calendars") {
        session.load_groups::<annual_plan_calendar::Entity>(ids()).await?;
        let mut calendars = Vec::new();
        for id in ids() {
            calendars.extend(session.group::<annual_plan_calendar::Entity>(id).await?.iter().map(|it| it.calendar_id));
        }
        session.load::<calendar::Entity>(calendars).await?;
    }
    if selected("snapshots") {
        session.load_groups::<plan_snapshot::Entity>(ids()).await?;
    }
    Ok(())
}
