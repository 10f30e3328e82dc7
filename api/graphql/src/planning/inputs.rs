//! Inputs of plans, rounds and proposals, and the values that they ask for.

use async_graphql::{ID, InputObject, MaybeUndefined};
use domain::planning::comments::CommentSubject;
use domain::planning::plans::NewPlan;
use domain::planning::proposals::Proposed;
use domain::planning::rounds::NewRound;
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::global_id::{NodeType, parse};
use kernel::i18n::Text;

use crate::calendars::entry_input::EntryTimeInput;
use crate::patch::optional_id;
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

/// Values of a new annual plan.
#[derive(InputObject)]
pub struct AnnualPlanCreateInput {
    /// Owning authority, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Calendar year, 2000 to 2100. An authority has one plan for each year.
    pub(super) year: i32,
    /// Title, at most 200 characters.
    pub(super) title: String,
    /// Calendars of the plan, 1 to 100, all of the owning authority.
    pub(super) calendars: Vec<ID>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to an annual plan. Omitted fields keep their values.
#[derive(InputObject)]
pub struct AnnualPlanUpdateInput {
    /// Annual plan to change.
    pub(super) id: ID,
    /// Version of the annual plan that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Title, at most 200 characters.
    pub(super) title: MaybeUndefined<String>,
    /// Calendars of the plan, 1 to 100; replace the previous ones. `CONFLICT` if one of the plan's rounds is in
    /// coordination, agreed or published.
    pub(super) calendars: MaybeUndefined<Vec<ID>>,
}

inputs! {
    /// Submission of an annual plan to a coordination round.
    AnnualPlanSubmitInput,
    /// Withdrawal of an annual plan from a coordination round.
    AnnualPlanWithdrawInput {
        /// Annual plan.
        id: ID,
        /// Coordination round.
        round: ID,
        /// Version of the annual plan that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
}

/// Values of a new coordination round.
#[derive(InputObject)]
pub struct CoordinationRoundOpenInput {
    /// Agreement of the parties; must be in force and cover calendars.
    pub(super) agreement: ID,
    /// Party that opens the round, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Calendar year, 2000 to 2100. An agreement has one round for each year.
    pub(super) year: i32,
    /// Last day for submitting plans; not in the past.
    pub(super) submit_until: Date,
    /// Minimum number of full days between occurrences of two authorities for the same audience in the same field of
    /// work, 0 to 28. Closer occurrences are a conflict.
    #[graphql(default = 3)]
    pub(super) days_apart: i32,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Changes to a coordination round that is still collecting plans. Omitted fields keep their values.
#[derive(InputObject)]
pub struct CoordinationRoundUpdateInput {
    /// Coordination round to change.
    pub(super) id: ID,
    /// Version of the coordination round that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Last day for submitting plans; not in the past.
    pub(super) submit_until: MaybeUndefined<Date>,
    /// Minimum number of full days between occurrences of two authorities for the same audience in the same field of
    /// work, 0 to 28. Closer occurrences are a conflict.
    pub(super) days_apart: MaybeUndefined<i32>,
}

inputs! {
    /// Start of the coordination with the plans submitted so far.
    CoordinationRoundStartInput,
    /// Sign-off of the outcome of a coordination round by a party.
    CoordinationRoundSignOffInput,
    /// Publication of the outcome of a coordination round.
    CoordinationRoundPublishInput {
        /// Coordination round.
        id: ID,
        /// Party on whose behalf the viewer acts.
        tenant: ID,
        /// Version of the coordination round that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
}

/// End of a coordination round without an outcome.
#[derive(InputObject)]
pub struct CoordinationRoundCloseInput {
    /// Coordination round to close.
    pub(super) id: ID,
    /// Party on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Version of the coordination round that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Reason, at most 1,000 characters.
    pub(super) reason: String,
}

/// Values of a new comment.
#[derive(InputObject)]
pub struct CoordinationCommentCreateInput {
    /// Coordination round.
    pub(super) round: ID,
    /// Party on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Change proposal of the round, or entry of its plans that is visible to the viewer in full. Default: the round
    /// itself.
    pub(super) about: Option<ID>,
    /// Text, at most 4,000 characters.
    pub(super) text: String,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

/// Proposed change to an entry: either another time, learning place or location, or cancellation.
#[derive(InputObject)]
pub struct ProposedChangeInput {
    /// Local start given by the series to the occurrence in question. Default: the whole series, or a single entry.
    pub(super) occurrence: Option<LocalDateTime>,
    /// Proposed time.
    pub(super) time: Option<EntryTimeInput>,
    /// Proposed learning place.
    pub(super) place: Option<ID>,
    /// Proposed location in free text, at most 300 characters.
    pub(super) location: Option<String>,
    /// True to propose the cancellation of the entry.
    #[graphql(default)]
    pub(super) call_off: bool,
}

/// Values of a new change proposal.
#[derive(InputObject)]
pub struct ChangeProposalCreateInput {
    /// Coordination round in state `IN_COORDINATION`.
    pub(super) round: ID,
    /// Party that makes the proposal, on whose behalf the viewer acts.
    pub(super) tenant: ID,
    /// Entry in the plan of another party.
    pub(super) entry: ID,
    /// Proposed change.
    pub(super) change: ProposedChangeInput,
    /// Reason, at most 1,000 characters.
    pub(super) message: String,
    /// Requested last day for an answer; not enforced.
    pub(super) answer_until: Option<Date>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    pub(super) idempotency_key: Option<String>,
}

inputs! {
    /// Acceptance of a change proposal.
    ChangeProposalAcceptInput,
    /// Withdrawal of a change proposal.
    ChangeProposalWithdrawInput {
        /// Change proposal.
        id: ID,
        /// Version of the change proposal that the client last read; `STALE_VERSION` if it has changed since.
        version: i32,
    }
}

/// Refusal of a change proposal.
#[derive(InputObject)]
pub struct ChangeProposalDeclineInput {
    /// Change proposal to decline.
    pub(super) id: ID,
    /// Version of the change proposal that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Reason, at most 1,000 characters.
    pub(super) reason: String,
}

/// Counter-proposal to a change proposal.
#[derive(InputObject)]
pub struct ChangeProposalCounterInput {
    /// Change proposal to answer.
    pub(super) id: ID,
    /// Version of the change proposal that the client last read; `STALE_VERSION` if it has changed since.
    pub(super) version: i32,
    /// Change proposed instead; `occurrence` defaults to that of the answered proposal.
    pub(super) change: ProposedChangeInput,
    /// Reason, at most 1,000 characters.
    pub(super) message: String,
    /// Requested last day for an answer; not enforced.
    pub(super) answer_until: Option<Date>,
}

/// Acknowledgement of a conflict.
#[derive(InputObject)]
pub struct ConflictAcknowledgeInput {
    /// Entry in conflict, of the authority that acknowledges; keeps the acknowledgement.
    pub(super) entry: ID,
    /// Identifier of the conflict (`Conflict.id`).
    pub(super) conflict: ID,
    /// Coordination round in which the conflict occurs. Default: the conflict is one of those listed by `conflicts` for
    /// the entry.
    pub(super) round: Option<ID>,
    /// Reason for accepting the conflict, at most 1,000 characters.
    pub(super) reason: String,
}

/// Values of a new annual plan.
pub(super) fn plan(input: AnnualPlanCreateInput) -> ApiResult<NewPlan> {
    let (tenant, calendars) = all((
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        NodeType::Calendar.parse_all(&input.calendars, "calendars"),
    ))?;
    Ok(NewPlan { tenant, year: input.year, title: input.title, calendars })
}

/// Values of a new coordination round.
pub(super) fn round(input: CoordinationRoundOpenInput) -> ApiResult<NewRound> {
    let (agreement, tenant) = all((
        NodeType::Agreement.parse(&input.agreement, "agreement"),
        NodeType::Tenant.parse(&input.tenant, "tenant"),
    ))?;
    let (submit_until, days_apart) = (input.submit_until.0, input.days_apart);
    Ok(NewRound { agreement, tenant, year: input.year, submit_until, days_apart })
}

/// Subject of a comment.
pub(super) fn about(id: Option<&ID>) -> ApiResult<CommentSubject> {
    let Some(id) = id else { return Ok(CommentSubject::Round) };
    match parse(id) {
        Some((NodeType::ChangeProposal, row)) => Ok(CommentSubject::Proposal(row)),
        Some((NodeType::CalendarEntry, row)) => Ok(CommentSubject::Entry(row)),
        Some(_) | None => {
            let text = Text::new("comment-about-nothing").with("value", kernel::text::clip(id, 40));
            Err(Problem::at(UserErrorCode::Invalid, "about", text).into())
        }
    }
}

/// Proposed change of an entry.
pub(super) fn proposed(
    change: ProposedChangeInput,
    message: String,
    answer_until: Option<Date>,
) -> ApiResult<Proposed> {
    Ok(Proposed {
        occurrence: change.occurrence.map(|it| it.0),
        time: change.time.map(Into::into),
        place: optional_id(change.place.as_ref(), NodeType::LearningPlace, "change.place")?,
        location: change.location,
        call_off: change.call_off,
        message,
        answer_until: answer_until.map(|it| it.0),
    })
}
