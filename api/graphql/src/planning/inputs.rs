//! Inputs of plans, rounds and proposals, and how they become wishes.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::planning::comments::About;
use domain::planning::plans::PlanWish;
use domain::planning::proposals::Proposed;
use domain::planning::rounds::RoundWish;
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;
use uuid::Uuid;

use crate::calendars::entry_input::EntryTimeInput;
use crate::scalars::{Date, LocalDateTime};

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
            $($(#[$field_doc])* pub(super) $field: $kind),+
        }
    };
}

/// A plan to make.
#[derive(InputObject)]
pub struct AnnualPlanCreateInput {
    /// The owner, for which one acts.
    pub(super) tenant: ID,
    /// Calendar year; one plan a year.
    pub(super) year: i32,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// The calendars that make it.
    pub(super) calendars: Vec<ID>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of a plan. What is left out stays as it is.
#[derive(InputObject)]
pub struct AnnualPlanUpdateInput {
    /// The plan.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Title.
    pub(super) title: MaybeUndefined<String>,
    /// The calendars that make it; until the coordination begins.
    pub(super) calendars: MaybeUndefined<Vec<ID>>,
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

/// A round to open.
#[derive(InputObject)]
pub struct CoordinationRoundOpenInput {
    /// The agreement, which must be in force and cover calendars.
    pub(super) agreement: ID,
    /// The party for which one acts.
    pub(super) tenant: ID,
    /// Calendar year; one round a year.
    pub(super) year: i32,
    /// Last day for plans.
    pub(super) submit_until: Date,
    /// Days that must lie between what is for the same people in the same field of work; 0 to 28.
    #[graphql(default = 3)]
    pub(super) days_apart: i32,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of a round that collects plans. What is left out stays as it is.
#[derive(InputObject)]
pub struct CoordinationRoundUpdateInput {
    /// The round.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Last day for plans.
    pub(super) submit_until: MaybeUndefined<Date>,
    /// Days that must lie between what is for the same people in the same field of work; 0 to 28.
    pub(super) days_apart: MaybeUndefined<i32>,
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
    pub(super) id: ID,
    /// The party for which one acts.
    pub(super) tenant: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Why.
    pub(super) reason: String,
}

/// A comment to write in a round.
#[derive(InputObject)]
pub struct CommentCreateInput {
    /// The round.
    pub(super) round: ID,
    /// The party for which one writes.
    pub(super) tenant: ID,
    /// A proposal of the round, or an entry of its plans that one sees in full; left out = the round.
    pub(super) about: Option<ID>,
    /// What it says, at most 4,000 characters.
    pub(super) text: String,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
}

/// What shall change of an entry: another time, another place, or neither and to be called off.
#[derive(InputObject)]
pub struct ProposedChangeInput {
    /// Start that the series gives to the date that is meant; left out = all of it, or a single entry.
    pub(super) occurrence: Option<LocalDateTime>,
    /// Another time; a zone that is left out is the entry's.
    pub(super) time: Option<EntryTimeInput>,
    /// Another learning place.
    pub(super) place: Option<ID>,
    /// Another place in words.
    pub(super) location: Option<String>,
    /// To call it off.
    #[graphql(default)]
    pub(super) call_off: bool,
}

/// A change to propose for a partner's entry.
#[derive(InputObject)]
pub struct ChangeProposalCreateInput {
    /// The round, in coordination.
    pub(super) round: ID,
    /// The party for which one proposes.
    pub(super) tenant: ID,
    /// An entry of another party's plan.
    pub(super) entry: ID,
    /// What shall change.
    pub(super) change: ProposedChangeInput,
    /// Why, at most 1,000 characters.
    pub(super) message: String,
    /// By when an answer is wanted.
    pub(super) answer_until: Option<Date>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    pub(super) idempotency_key: Option<String>,
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
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// Why.
    pub(super) reason: String,
}

/// A proposal to answer with another.
#[derive(InputObject)]
pub struct ChangeProposalCounterInput {
    /// The proposal.
    pub(super) id: ID,
    /// The version that the client saw.
    pub(super) version: i32,
    /// What shall change instead.
    pub(super) change: ProposedChangeInput,
    /// Why.
    pub(super) message: String,
    /// By when an answer is wanted.
    pub(super) answer_until: Option<Date>,
}

/// A conflict to take note of.
#[derive(InputObject)]
pub struct ConflictAcknowledgeInput {
    /// The entry of one's own on which it stays.
    pub(super) entry: ID,
    /// The conflict.
    pub(super) conflict: ID,
    /// The round in which it was found; left out = one found around the entry.
    pub(super) round: Option<ID>,
    /// Why it stays, at most 1,000 characters.
    pub(super) reason: String,
}

/// The plan that is wished for.
pub(super) fn plan(input: AnnualPlanCreateInput) -> ApiResult<PlanWish> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let calendars = problems.take(NodeType::Calendar.parse_all(&input.calendars, "calendars"))?.unwrap_or_default();
    problems.done()?;
    Ok(PlanWish { tenant, year: input.year, title: input.title, calendars })
}

/// A plan and a round.
pub(super) fn plan_and_round(plan: &ID, round: &ID) -> ApiResult<(Uuid, Uuid)> {
    Ok((NodeType::AnnualPlan.parse(plan, "id")?, NodeType::CoordinationRound.parse(round, "round")?))
}

/// The round that is wished for.
pub(super) fn round(input: CoordinationRoundOpenInput) -> ApiResult<RoundWish> {
    let mut problems = Problems::default();
    let agreement = problems.take(NodeType::Agreement.parse(&input.agreement, "agreement"))?.unwrap_or_default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    problems.done()?;
    let (submit_until, days_apart) = (input.submit_until.0, input.days_apart);
    Ok(RoundWish { agreement, tenant, year: input.year, submit_until, days_apart })
}

/// A round, named by `field`, and a party.
pub(super) fn round_and_party(round: &ID, field: &'static str, tenant: &ID) -> ApiResult<(Uuid, Uuid)> {
    Ok((NodeType::CoordinationRound.parse(round, field)?, NodeType::Tenant.parse(tenant, "tenant")?))
}

/// What a comment is about.
pub(super) fn about(id: Option<&ID>) -> ApiResult<About> {
    let Some(id) = id else { return Ok(About::Round) };
    match parse(id) {
        Some((NodeType::ChangeProposal, row)) => Ok(About::Proposal(row)),
        Some((NodeType::CalendarEntry, row)) => Ok(About::Entry(row)),
        Some(_) | None => {
            let text = Text::new("comment-about-nothing").with("value", kernel::text::clip(id, 40));
            Err(Problem::at(UserErrorCode::Invalid, "about", text).into())
        }
    }
}

/// What is proposed.
pub(super) fn proposed(
    change: ProposedChangeInput,
    message: String,
    answer_until: Option<Date>,
) -> ApiResult<Proposed> {
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
