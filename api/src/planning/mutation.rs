//! Mutations of plans, rounds and proposals.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use uuid::Uuid;

use super::comments::{self, About};
use super::conflicts::acknowledge;
use super::plans::{self, PlanWish};
use super::proposals::{self, Proposed};
use super::rounds::{self, RoundWish};
use super::{AnnualPlan, ChangeProposal, CoordinationRound};
use crate::calendars::{CalendarEntryFull, EntryTimeInput, required};
use crate::error::{ApiResult, Problem, Problems, UserErrorCode};
use crate::graphql::ContextExt;
use crate::graphql::id::{NodeType, parse};
use crate::graphql::payload::{Payload, idempotency, payload};
use crate::graphql::scalars::{Date, LocalDateTime};
use crate::i18n::Text;

/// Inputs with the same fields; every mutation has a type of its own, so that each can grow by itself.
macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident),+ { $($(#[$field_doc:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        inputs!(@each [$($(#[$doc])* $name),+] { $($(#[$field_doc])* $field: $kind),+ });
    };
    (@each [$($(#[$doc:meta])* $name:ident),+] $fields:tt) => {
        $(inputs!(@one $(#[$doc])* $name $fields);)+
    };
    (@one $(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),+ }) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            $($(#[$field_doc])* $field: $kind),+
        }
    };
}

/// A plan to make.
#[derive(InputObject)]
pub struct AnnualPlanCreateInput {
    /// The owner, for which one acts.
    tenant: ID,
    /// Calendar year; one plan a year.
    year: i32,
    /// Title, at most 200 characters.
    title: String,
    /// The calendars that make it.
    calendars: Vec<ID>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change of a plan. What is left out stays as it is.
#[derive(InputObject)]
pub struct AnnualPlanUpdateInput {
    /// The plan.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Title.
    title: MaybeUndefined<String>,
    /// The calendars that make it; until the coordination begins.
    calendars: MaybeUndefined<Vec<ID>>,
}

inputs! {
    /// A plan to submit to a round.
    AnnualPlanSubmitInput,
    /// A plan to take back from a round.
    AnnualPlanWithdrawInput {
        /// The plan.
        id: ID,
        /// The round.
        round: ID,
        /// The version of the plan that the client saw.
        version: i32,
    }
}

payload! {
    /// Outcome of every mutation of a plan.
    AnnualPlanPayload {
        /// The plan.
        annual_plan: AnnualPlan
    } by AnnualPlan::by_id
}

/// A round to open.
#[derive(InputObject)]
pub struct CoordinationRoundOpenInput {
    /// The agreement, which must be in force and cover calendars.
    agreement: ID,
    /// The party for which one acts.
    tenant: ID,
    /// Calendar year; one round a year.
    year: i32,
    /// Last day for plans.
    submit_until: Date,
    /// Days that must lie between what is for the same people in the same field of work; 0 to 28.
    #[graphql(default = 3)]
    days_apart: i32,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change of a round that collects plans. What is left out stays as it is.
#[derive(InputObject)]
pub struct CoordinationRoundUpdateInput {
    /// The round.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Last day for plans.
    submit_until: MaybeUndefined<Date>,
    /// Days that must lie between what is for the same people in the same field of work; 0 to 28.
    days_apart: MaybeUndefined<i32>,
}

inputs! {
    /// A round to begin with the plans that are there.
    CoordinationRoundStartInput,
    /// An outcome to sign off.
    RoundSignOffInput,
    /// An outcome to publish.
    RoundPublishInput {
        /// The round.
        id: ID,
        /// The party for which one acts.
        tenant: ID,
        /// The version that the client saw.
        version: i32,
    }
}

/// A round to end without an outcome.
#[derive(InputObject)]
pub struct CoordinationRoundCloseInput {
    /// The round.
    id: ID,
    /// The party for which one acts.
    tenant: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: String,
}

/// A comment to write in a round.
#[derive(InputObject)]
pub struct CommentCreateInput {
    /// The round.
    round: ID,
    /// The party for which one writes.
    tenant: ID,
    /// A proposal of the round, or an entry of its plans that one sees in full; left out = the round.
    about: Option<ID>,
    /// What it says, at most 4,000 characters.
    text: String,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

payload! {
    /// Outcome of every mutation of a round.
    CoordinationRoundPayload {
        /// The round.
        coordination_round: CoordinationRound
    } by CoordinationRound::by_id
}

/// What shall change of an entry: another time, another place, or neither and to be called off.
#[derive(InputObject)]
pub struct ProposedChangeInput {
    /// Start that the series gives to the date that is meant; left out = all of it, or a single entry.
    occurrence: Option<LocalDateTime>,
    /// Another time; a zone that is left out is the entry's.
    time: Option<EntryTimeInput>,
    /// Another learning place.
    place: Option<ID>,
    /// Another place in words.
    location: Option<String>,
    /// To call it off.
    #[graphql(default)]
    call_off: bool,
}

/// A change to propose for a partner's entry.
#[derive(InputObject)]
pub struct ChangeProposalCreateInput {
    /// The round, in coordination.
    round: ID,
    /// The party for which one proposes.
    tenant: ID,
    /// An entry of another party's plan.
    entry: ID,
    /// What shall change.
    change: ProposedChangeInput,
    /// Why, at most 1,000 characters.
    message: String,
    /// By when an answer is wanted.
    answer_until: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

inputs! {
    /// A proposal to accept.
    ChangeProposalAcceptInput,
    /// A proposal to take back.
    ChangeProposalWithdrawInput {
        /// The proposal.
        id: ID,
        /// The version that the client saw.
        version: i32,
    }
}

/// A proposal to turn down.
#[derive(InputObject)]
pub struct ChangeProposalDeclineInput {
    /// The proposal.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    reason: String,
}

/// A proposal to answer with another.
#[derive(InputObject)]
pub struct ChangeProposalCounterInput {
    /// The proposal.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// What shall change instead.
    change: ProposedChangeInput,
    /// Why.
    message: String,
    /// By when an answer is wanted.
    answer_until: Option<Date>,
}

payload! {
    /// Outcome of every mutation of a proposal.
    ChangeProposalPayload {
        /// The proposal.
        change_proposal: ChangeProposal
    } by ChangeProposal::by_id
}

/// A conflict to take note of.
#[derive(InputObject)]
pub struct ConflictAcknowledgeInput {
    /// The entry of one's own on which it stays.
    entry: ID,
    /// The conflict.
    conflict: ID,
    /// The round in which it was found; left out = one found around the entry.
    round: Option<ID>,
    /// Why it stays, at most 1,000 characters.
    reason: String,
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
            (Ok(()), ..) => Err(crate::error::ApiError::fault("an input without problems lacks a value")),
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

fn plan(input: AnnualPlanCreateInput) -> ApiResult<PlanWish> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let calendars = problems.take(NodeType::Calendar.parse_all(&input.calendars, "calendars"))?.unwrap_or_default();
    problems.done()?;
    Ok(PlanWish { tenant, year: input.year, title: input.title, calendars })
}

fn plan_and_round(plan: &ID, round: &ID) -> ApiResult<(Uuid, Uuid)> {
    Ok((NodeType::AnnualPlan.parse(plan, "id")?, NodeType::CoordinationRound.parse(round, "round")?))
}

fn round(input: CoordinationRoundOpenInput) -> ApiResult<RoundWish> {
    let mut problems = Problems::default();
    let agreement = problems.take(NodeType::Agreement.parse(&input.agreement, "agreement"))?.unwrap_or_default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    problems.done()?;
    let (submit_until, days_apart) = (input.submit_until.0, input.days_apart);
    Ok(RoundWish { agreement, tenant, year: input.year, submit_until, days_apart })
}

fn round_and_party(round: &ID, field: &'static str, tenant: &ID) -> ApiResult<(Uuid, Uuid)> {
    Ok((NodeType::CoordinationRound.parse(round, field)?, NodeType::Tenant.parse(tenant, "tenant")?))
}

fn about(id: Option<&ID>) -> ApiResult<About> {
    let Some(id) = id else { return Ok(About::Round) };
    match parse(id) {
        Some((NodeType::ChangeProposal, row)) => Ok(About::Proposal(row)),
        Some((NodeType::CalendarEntry, row)) => Ok(About::Entry(row)),
        Some(_) | None => {
            let text = Text::new("comment-about-nothing").with("value", crate::text::clip(id, 40));
            Err(Problem::at(UserErrorCode::Invalid, "about", text).into())
        }
    }
}

fn proposed(change: ProposedChangeInput, message: String, answer_until: Option<Date>) -> ApiResult<Proposed> {
    let place = change.place.map(|it| NodeType::LearningPlace.parse(&it, "change.place")).transpose()?;
    Ok(Proposed {
        occurrence: change.occurrence.map(|it| it.0),
        time: change.time.map(Into::into),
        place,
        location: change.location,
        call_off: change.call_off,
        message,
        answer_until: answer_until.map(|it| it.0),
    })
}
