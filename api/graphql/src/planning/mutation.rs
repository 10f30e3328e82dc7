//! Mutations of plans, rounds and proposals.

use async_graphql::{Context, Object};
use domain::planning::conflicts::acknowledge::acknowledge;
use domain::planning::{comments, plans, proposals, rounds};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::calendars::mutation::CalendarEntryPayload;
use crate::context::ContextExt;
use crate::patch::{PatchField, optional_id};
use crate::payload::{Payload, idempotency, payload};
use crate::planning::inputs::{
    AnnualPlanCreateInput, AnnualPlanSubmitInput, AnnualPlanUpdateInput, AnnualPlanWithdrawInput,
    ChangeProposalAcceptInput, ChangeProposalCounterInput, ChangeProposalCreateInput, ChangeProposalDeclineInput,
    ChangeProposalWithdrawInput, ConflictAcknowledgeInput, CoordinationCommentCreateInput, CoordinationRoundCloseInput,
    CoordinationRoundOpenInput, CoordinationRoundPublishInput, CoordinationRoundSignOffInput,
    CoordinationRoundStartInput, CoordinationRoundUpdateInput, about, plan, proposed, round,
};
use crate::planning::plan_types::AnnualPlan;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;

payload! {
    /// Payload of `annualPlanCreate`, `annualPlanUpdate`, `annualPlanSubmit` and `annualPlanWithdraw`.
    AnnualPlanPayload {
        /// Annual plan in its current state; null after a refusal other than `STALE_VERSION`.
        annual_plan: AnnualPlan
    } by AnnualPlan::by_id
}

payload! {
    /// Payload of the mutations of a coordination round and of `coordinationCommentCreate`.
    CoordinationRoundPayload {
        /// Coordination round in its current state; null after a refusal other than `STALE_VERSION`.
        coordination_round: CoordinationRound
    } by CoordinationRound::by_id
}

payload! {
    /// Payload of the mutations of a change proposal.
    ChangeProposalPayload {
        /// Change proposal in its current state; after `changeProposalCounter`, the counter-proposal. Null after a
        /// refusal other than `STALE_VERSION`.
        change_proposal: ChangeProposal
    } by ChangeProposal::by_id
}

/// See the module.
#[derive(Default)]
pub struct PlanningMutation;

#[Object]
impl PlanningMutation {
    /// Creates an annual plan, visible to the owning authority only. Requires `CALENDARS_WRITE` for all fields of work
    /// in the owning authority.
    async fn annual_plan_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new annual plan.")] input: AnnualPlanCreateInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let key = idempotency("annualPlanCreate", input.idempotency_key.clone(), &input);
        let work = async { plans::create(op, plan(input)?, key).await };
        AnnualPlanPayload::created(op, work).await
    }

    /// Changes an annual plan. Requires `CALENDARS_WRITE` for all fields of work in the owning authority.
    async fn annual_plan_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the annual plan.")] input: AnnualPlanUpdateInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            let calendars = input.calendars.required("calendars");
            let (title, calendars) = all((
                input.title.required("title"),
                calendars.and_then(|it| it.try_map(|it| NodeType::Calendar.parse_all(&it, "calendars"))),
            ))?;
            plans::update(op, id, input.version, title, calendars).await
        };
        AnnualPlanPayload::changed(op, NodeType::AnnualPlan.parse(&input.id, "id"), work).await
    }

    /// Submits an annual plan to a coordination round of its year. The parties can then see the plan, and each entry at
    /// their level of access; at level `CONTRIBUTE` they can propose changes. The plan of the last party starts the coordination. `CONFLICT` after the last day for
    /// submitting plans. `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE` for all
    /// fields of work in the owning authority.
    async fn annual_plan_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Annual plan and coordination round.")] input: AnnualPlanSubmitInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let round = NodeType::CoordinationRound.parse(&input.round, "round");
        let work = |id| async move { rounds::submit(op, id, round?, input.version).await };
        AnnualPlanPayload::changed(op, NodeType::AnnualPlan.parse(&input.id, "id"), work).await
    }

    /// Withdraws an annual plan from a coordination round that is still collecting plans. `AGREEMENT_NOT_ACTIVE` if the
    /// agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in the owning authority.
    async fn annual_plan_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Annual plan and coordination round.")] input: AnnualPlanWithdrawInput,
    ) -> ApiResult<AnnualPlanPayload> {
        let op = ctx.op()?;
        let round = NodeType::CoordinationRound.parse(&input.round, "round");
        let work = |id| async move { rounds::withdraw(op, id, round?, input.version).await };
        AnnualPlanPayload::changed(op, NodeType::AnnualPlan.parse(&input.id, "id"), work).await
    }

    /// Opens a coordination round of an agreement for one year. `AGREEMENT_NOT_ACTIVE` if the agreement is not in
    /// force. Requires `CALENDARS_WRITE` for all fields of work in the party.
    async fn coordination_round_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new coordination round.")] input: CoordinationRoundOpenInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let key = idempotency("coordinationRoundOpen", input.idempotency_key.clone(), &input);
        let work = async { rounds::open(op, round(input)?, key).await };
        CoordinationRoundPayload::created(op, work).await
    }

    /// Changes a coordination round that is still collecting plans. `AGREEMENT_NOT_ACTIVE` if the agreement is not in
    /// force. Requires `CALENDARS_WRITE` for all fields of work in the party that opened it.
    async fn coordination_round_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the coordination round.")] input: CoordinationRoundUpdateInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            let (submit_until, days_apart) =
                all((input.submit_until.required("submitUntil"), input.days_apart.required("daysApart")))?;
            rounds::update(op, id, input.version, submit_until.map(|it| it.0), days_apart).await
        };
        CoordinationRoundPayload::changed(op, NodeType::CoordinationRound.parse(&input.id, "id"), work).await
    }

    /// Starts the coordination with the plans submitted so far, at least two. Until the last day for submitting plans
    /// only the party that opened the round may start it. `AGREEMENT_NOT_ACTIVE` if the agreement is not in force.
    /// Requires `CALENDARS_WRITE` for all fields of work in a party.
    async fn coordination_round_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round to start and acting party.")] input: CoordinationRoundStartInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let tenant = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { rounds::start(op, id, tenant?, input.version).await };
        CoordinationRoundPayload::changed(op, NodeType::CoordinationRound.parse(&input.id, "id"), work).await
    }

    /// Signs off the outcome of a coordination round for a party that submitted a plan; with the last signature the
    /// round is `AGREED`. A change of an entry of the plans before the publication resets all signatures and returns the
    /// round to `IN_COORDINATION`, unless the entry is `INTERNAL`. `CONFLICT` while the party has conflicts of severity
    /// `HIGH` that are open for it (`ConflictFilter.openFor`), or proposals that it must still answer or apply.
    /// `AGREEMENT_NOT_ACTIVE` if the agreement is not in
    /// force. Requires `AGREEMENTS_SIGN` in the party.
    async fn coordination_round_sign_off(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round and signing party.")] input: CoordinationRoundSignOffInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let tenant = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { rounds::sign_off(op, id, tenant?, input.version).await };
        CoordinationRoundPayload::changed(op, NodeType::CoordinationRound.parse(&input.id, "id"), work).await
    }

    /// Publishes the outcome of a coordination round in state `AGREED`. The round and its plans become public, also as
    /// a calendar file at `/public/rounds/<id>.ics`. The visibility of the entries does not change.
    /// `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in a
    /// party.
    async fn coordination_round_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round to publish and acting party.")] input: CoordinationRoundPublishInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let tenant = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { rounds::publish(op, id, tenant?, input.version).await };
        CoordinationRoundPayload::changed(op, NodeType::CoordinationRound.parse(&input.id, "id"), work).await
    }

    /// Closes a coordination round without an outcome. `ILLEGAL_TRANSITION` if the round is published or closed.
    /// `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in a
    /// party.
    async fn coordination_round_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Coordination round to close, acting party and reason.")] input: CoordinationRoundCloseInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let tenant = NodeType::Tenant.parse(&input.tenant, "tenant");
        let work = |id| async move { rounds::close(op, id, tenant?, input.version, &input.reason).await };
        CoordinationRoundPayload::changed(op, NodeType::CoordinationRound.parse(&input.id, "id"), work).await
    }

    /// Creates a comment in a coordination round. `CONFLICT` if the round is published or closed.
    /// `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in
    /// the party, and for comments on an entry of another authority or on a proposal to change it a share of its
    /// calendar at level `CONTRIBUTE`.
    async fn coordination_comment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new comment.")] input: CoordinationCommentCreateInput,
    ) -> ApiResult<CoordinationRoundPayload> {
        let op = ctx.op()?;
        let key = idempotency("coordinationCommentCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (round, tenant, about) = all((
                NodeType::CoordinationRound.parse(&input.round, "round"),
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                about(input.about.as_ref()),
            ))?;
            comments::create(op, round, tenant, about, &input.text, key).await
        };
        CoordinationRoundPayload::created(op, work).await
    }

    /// Proposes a change to an entry of another party, while the round is in coordination. `AGREEMENT_NOT_ACTIVE` if
    /// the agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in the proposing party, and a
    /// share of the calendar of the entry at level `CONTRIBUTE`.
    async fn change_proposal_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new change proposal.")] input: ChangeProposalCreateInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let key = idempotency("changeProposalCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (round, tenant, entry, proposed) = all((
                NodeType::CoordinationRound.parse(&input.round, "round"),
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                NodeType::CalendarEntry.parse(&input.entry, "entry"),
                proposed(input.change, input.message, input.answer_until),
            ))?;
            proposals::create(op, round, tenant, entry, proposed, key).await
        };
        ChangeProposalPayload::created(op, work).await
    }

    /// Accepts a change proposal. Acceptance by the owner of the entry applies the change. Acceptance of the owner's
    /// counter-proposal by the other party leads to `AGREED`; the owner then accepts once more to apply the change.
    /// `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE` for all fields of work in
    /// the party that must answer.
    async fn change_proposal_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Change proposal to accept.")] input: ChangeProposalAcceptInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| proposals::accept(op, id, input.version);
        ChangeProposalPayload::changed(op, NodeType::ChangeProposal.parse(&input.id, "id"), work).await
    }

    /// Declines a change proposal. `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE`
    /// for all fields of work in the party that must answer.
    async fn change_proposal_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Change proposal to decline and reason.")] input: ChangeProposalDeclineInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| proposals::decline(op, id, input.version, &input.reason);
        ChangeProposalPayload::changed(op, NodeType::ChangeProposal.parse(&input.id, "id"), work).await
    }

    /// Answers a change proposal with a counter-proposal. `AGREEMENT_NOT_ACTIVE` if the agreement is not in force.
    /// Requires `CALENDARS_WRITE` for all fields of work in the party that must answer, and if the entry is not its own
    /// a share of the calendar at level `CONTRIBUTE`.
    async fn change_proposal_counter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Change proposal to answer and change proposed instead.")] input: ChangeProposalCounterInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let id = NodeType::ChangeProposal.parse(&input.id, "id");
        let work = |id| async move {
            let proposed = proposed(input.change, input.message, input.answer_until)?;
            proposals::counter(op, id, input.version, proposed).await
        };
        ChangeProposalPayload::replaced(op, id, work).await
    }

    /// Withdraws a change proposal. `AGREEMENT_NOT_ACTIVE` if the agreement is not in force. Requires `CALENDARS_WRITE`
    /// for all fields of work in the party that made it.
    async fn change_proposal_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Change proposal to withdraw.")] input: ChangeProposalWithdrawInput,
    ) -> ApiResult<ChangeProposalPayload> {
        let op = ctx.op()?;
        let work = |id| proposals::withdraw(op, id, input.version);
        ChangeProposalPayload::changed(op, NodeType::ChangeProposal.parse(&input.id, "id"), work).await
    }

    /// Acknowledges a conflict of an entry, with a reason that is kept on the entry. `CONFLICT` if already
    /// acknowledged. Requires `CALENDARS_WRITE` in the owning authority.
    async fn conflict_acknowledge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conflict to acknowledge and reason.")] input: ConflictAcknowledgeInput,
    ) -> ApiResult<CalendarEntryPayload> {
        let op = ctx.op()?;
        let entry = NodeType::CalendarEntry.parse(&input.entry, "entry");
        let work = |entry| async move {
            let round = optional_id(input.round.as_ref(), NodeType::CoordinationRound, "round")?;
            acknowledge(op, entry, round, &input.conflict, &input.reason).await
        };
        CalendarEntryPayload::changed(op, entry, work).await
    }
}
