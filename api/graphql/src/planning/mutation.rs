//! Mutations of plans, rounds and proposals.

use async_graphql::{Context, Object};
use domain::planning::conflicts::acknowledge::acknowledge;
use domain::planning::{comments, plans, proposals, rounds};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::required;
use crate::calendars::entry_types::CalendarEntryFull;
use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::planning::inputs::{
    AnnualPlanCreateInput, AnnualPlanSubmitInput, AnnualPlanUpdateInput, AnnualPlanWithdrawInput,
    ChangeProposalAcceptInput, ChangeProposalCounterInput, ChangeProposalCreateInput, ChangeProposalDeclineInput,
    ChangeProposalWithdrawInput, CommentCreateInput, ConflictAcknowledgeInput, CoordinationRoundCloseInput,
    CoordinationRoundOpenInput, CoordinationRoundStartInput, CoordinationRoundUpdateInput, RoundPublishInput,
    RoundSignOffInput, about, plan, plan_and_round, proposed, round, round_and_party,
};
use crate::planning::plan_types::AnnualPlan;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;

payload! {
    /// Outcome of every mutation of a plan.
    AnnualPlanPayload {
        /// The plan.
        annual_plan: AnnualPlan
    } by AnnualPlan::by_id
}

payload! {
    /// Outcome of every mutation of a round.
    CoordinationRoundPayload {
        /// The round.
        coordination_round: CoordinationRound
    } by CoordinationRound::by_id
}

payload! {
    /// Outcome of every mutation of a proposal.
    ChangeProposalPayload {
        /// The proposal.
        change_proposal: ChangeProposal
    } by ChangeProposal::by_id
}

payload! {
    /// Outcome of taking note of a conflict.
    ConflictAcknowledgePayload {
        /// The entry.
        calendar_entry: CalendarEntryFull
    } by CalendarEntryFull::by_id
}

/// See the module.
#[derive(Default)]
pub struct PlanningMutation;

#[Object]
impl PlanningMutation {
    /// Makes a plan. Takes `CALENDARS_WRITE` for all fields of work in the owner.
    async fn annual_plan_create(
        &self,
        ctx: &Context<'_>,
        input: AnnualPlanCreateInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let key = idempotency("annualPlanCreate", input.idempotency_key.clone(), &input);
        let done = match plan(input) {
            Ok(wish) => plans::create(op, wish, key).await,
            Err(error) => Err(error),
        };
        AnnualPlanPayload::made(op, done).await
    }

    /// Changes a plan. Takes `CALENDARS_WRITE` for all fields of work in the owner.
    async fn annual_plan_update(
        &self,
        ctx: &Context<'_>,
        input: AnnualPlanUpdateInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::AnnualPlan.parse(&input.id, "id"))?.unwrap_or_default();
        let title = required(input.title, "title", &mut problems);
        let calendars = match required(input.calendars, "calendars", &mut problems) {
            Some(ids) => problems.take(NodeType::Calendar.parse_all(&ids, "calendars"))?,
            None => None,
        };
        let done = match problems.done() {
            Ok(()) => plans::update(op, id, input.version, title, calendars).await,
            Err(error) => Err(error),
        };
        AnnualPlanPayload::changed(op, id, done).await
    }

    /// Submits a plan to a round of its year; the parties see it from now on, each entry at its level. The last party's
    /// plan begins the coordination. Takes `CALENDARS_WRITE` in the owner.
    async fn annual_plan_submit(
        &self,
        ctx: &Context<'_>,
        input: AnnualPlanSubmitInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let (id, round) = match plan_and_round(&input.id, &input.round) {
            Ok(ids) => ids,
            Err(error) => return AnnualPlanPayload::refused(op, error),
        };
        let done = rounds::submit(op, id, round, input.version).await;
        AnnualPlanPayload::changed(op, id, done).await
    }

    /// Takes a plan back while plans are collected. Takes `CALENDARS_WRITE` in the owner.
    async fn annual_plan_withdraw(
        &self,
        ctx: &Context<'_>,
        input: AnnualPlanWithdrawInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let (id, round) = match plan_and_round(&input.id, &input.round) {
            Ok(ids) => ids,
            Err(error) => return AnnualPlanPayload::refused(op, error),
        };
        let done = rounds::withdraw(op, id, round, input.version).await;
        AnnualPlanPayload::changed(op, id, done).await
    }

    /// Opens a round of an agreement for a year. Takes `CALENDARS_WRITE` in the party.
    async fn coordination_round_open(
        &self,
        ctx: &Context<'_>,
        input: CoordinationRoundOpenInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let key = idempotency("coordinationRoundOpen", input.idempotency_key.clone(), &input);
        let done = match round(input) {
            Ok(wish) => rounds::open(op, wish, key).await,
            Err(error) => Err(error),
        };
        CoordinationRoundPayload::made(op, done).await
    }

    /// Changes a round that collects plans. Takes `CALENDARS_WRITE` in the party that opened it.
    async fn coordination_round_update(
        &self,
        ctx: &Context<'_>,
        input: CoordinationRoundUpdateInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let mut problems = Problems::default();
        let id = problems.take(NodeType::CoordinationRound.parse(&input.id, "id"))?.unwrap_or_default();
        let until = required(input.submit_until, "submitUntil", &mut problems).map(|it| it.0);
        let days = required(input.days_apart, "daysApart", &mut problems);
        let done = match problems.done() {
            Ok(()) => rounds::update(op, id, input.version, until, days).await,
            Err(error) => Err(error),
        };
        CoordinationRoundPayload::changed(op, id, done).await
    }

    /// Begins the coordination with the plans that are there, two at least. Before the deadline only the party that opened
    /// the round may. Takes `CALENDARS_WRITE` in a party.
    async fn coordination_round_start(
        &self,
        ctx: &Context<'_>,
        input: CoordinationRoundStartInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let (id, tenant) = match round_and_party(&input.id, "id", &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return CoordinationRoundPayload::refused(op, error),
        };
        let done = rounds::start(op, id, tenant, input.version).await;
        CoordinationRoundPayload::changed(op, id, done).await
    }

    /// Signs the outcome off for a party; the last one makes it agreed. First the party settles what it can: conflicts of
    /// severity HIGH on its entries, and proposals that wait for it. Takes `AGREEMENTS_SIGN` there.
    async fn round_sign_off(&self, ctx: &Context<'_>, input: RoundSignOffInput) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let (id, tenant) = match round_and_party(&input.id, "id", &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return CoordinationRoundPayload::refused(op, error),
        };
        let done = rounds::sign_off(op, id, tenant, input.version).await;
        CoordinationRoundPayload::changed(op, id, done).await
    }

    /// Publishes what was agreed: round and plans are public from now on, as one calendar to subscribe to. No entry goes
    /// further than its owner has let it. Takes `CALENDARS_WRITE` in a party.
    async fn round_publish(&self, ctx: &Context<'_>, input: RoundPublishInput) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let (id, tenant) = match round_and_party(&input.id, "id", &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return CoordinationRoundPayload::refused(op, error),
        };
        let done = rounds::publish(op, id, tenant, input.version).await;
        CoordinationRoundPayload::changed(op, id, done).await
    }

    /// Ends a round without an outcome. Takes `CALENDARS_WRITE` in a party.
    async fn coordination_round_close(
        &self,
        ctx: &Context<'_>,
        input: CoordinationRoundCloseInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let (id, tenant) = match round_and_party(&input.id, "id", &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return CoordinationRoundPayload::refused(op, error),
        };
        let done = rounds::close(op, id, tenant, input.version, &input.reason).await;
        CoordinationRoundPayload::changed(op, id, done).await
    }

    /// Writes a comment in a round. Takes `CALENDARS_WRITE` in a party.
    async fn comment_create(
        &self,
        ctx: &Context<'_>,
        input: CommentCreateInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let key = idempotency("commentCreate", input.idempotency_key.clone(), &input);
        let parsed = round_and_party(&input.round, "round", &input.tenant);
        let done = match (parsed, about(input.about.as_ref())) {
            (Ok((round, tenant)), Ok(about)) => comments::create(op, round, tenant, about, &input.text, key).await,
            (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        };
        CoordinationRoundPayload::made(op, done).await
    }

    /// Proposes a change of a partner's entry. Takes `CALENDARS_WRITE` in the party.
    async fn change_proposal_create(
        &self,
        ctx: &Context<'_>,
        input: ChangeProposalCreateInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let key = idempotency("changeProposalCreate", input.idempotency_key.clone(), &input);
        let mut problems = Problems::default();
        let ids = problems.take(round_and_party(&input.round, "round", &input.tenant))?;
        let entry = problems.take(NodeType::CalendarEntry.parse(&input.entry, "entry"))?;
        let proposed = problems.take(proposed(input.change, input.message, input.answer_until))?;
        let done = match (problems.done(), ids, entry, proposed) {
            (Ok(()), Some((round, tenant)), Some(entry), Some(proposed)) => {
                proposals::create(op, round, tenant, entry, proposed, key).await
            }
            (Err(error), ..) => Err(error),
            (Ok(()), ..) => Err(kernel::error::ApiError::fault("an input without problems lacks a value")),
        };
        ChangeProposalPayload::made(op, done).await
    }

    /// Says yes to a proposal. The owner's yes changes the entry; a partner's yes to the owner's offer makes it AGREED, and
    /// the owner applies it with a yes of its own. Takes `CALENDARS_WRITE` in the party that must answer.
    async fn change_proposal_accept(
        &self,
        ctx: &Context<'_>,
        input: ChangeProposalAcceptInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ChangeProposal.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ChangeProposalPayload::refused(op, error),
        };
        let done = proposals::accept(op, id, input.version).await;
        ChangeProposalPayload::changed(op, id, done).await
    }

    /// Turns a proposal down. Takes `CALENDARS_WRITE` in the party that must answer.
    async fn change_proposal_decline(
        &self,
        ctx: &Context<'_>,
        input: ChangeProposalDeclineInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ChangeProposal.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ChangeProposalPayload::refused(op, error),
        };
        let done = proposals::decline(op, id, input.version, &input.reason).await;
        ChangeProposalPayload::changed(op, id, done).await
    }

    /// Answers a proposal with another; the payload has that one. Takes `CALENDARS_WRITE` in the party that must answer.
    async fn change_proposal_counter(
        &self,
        ctx: &Context<'_>,
        input: ChangeProposalCounterInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ChangeProposal.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ChangeProposalPayload::refused(op, error),
        };
        let done = match proposed(input.change, input.message, input.answer_until) {
            Ok(proposed) => proposals::counter(op, id, input.version, proposed).await,
            Err(error) => Err(error),
        };
        ChangeProposalPayload::changed_to(op, id, done).await
    }

    /// Takes a proposal back. Takes `CALENDARS_WRITE` in the party that made it.
    async fn change_proposal_withdraw(
        &self,
        ctx: &Context<'_>,
        input: ChangeProposalWithdrawInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ChangeProposal.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ChangeProposalPayload::refused(op, error),
        };
        let done = proposals::withdraw(op, id, input.version).await;
        ChangeProposalPayload::changed(op, id, done).await
    }

    /// Takes note of a conflict of an entry of one's own, with a reason that stays on it. Takes `CALENDARS_WRITE` in the
    /// owner.
    async fn conflict_acknowledge(
        &self,
        ctx: &Context<'_>,
        input: ConflictAcknowledgeInput,
    ) -> ApiResult<ConflictAcknowledgePayload> {
        let op = ctx.op()?;
        let entry = match NodeType::CalendarEntry.parse(&input.entry, "entry") {
            Ok(id) => id,
            Err(error) => return ConflictAcknowledgePayload::refused(op, error),
        };
        let round = match input.round.map(|it| NodeType::CoordinationRound.parse(&it, "round")).transpose() {
            Ok(round) => round,
            Err(error) => return ConflictAcknowledgePayload::refused(op, error),
        };
        let done = acknowledge(op, entry, round, &input.conflict, &input.reason).await;
        ConflictAcknowledgePayload::changed(op, entry, done).await
    }
}
