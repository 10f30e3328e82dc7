//! Mutations of fundings, own shares, budget lines and obligations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::funding::obligations::{Fulfilment, NewObligation};
use domain::funding::service::{BudgetLineValues, FunderDecision, FundingPatch, NewFunding};
use domain::funding::{obligations, service};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;

use crate::calendars::entry_input::{optional, required};
use crate::context::ContextExt;
use crate::funding::obligation_types::Obligation;
use crate::funding::types::{BudgetLine, Funding};
use crate::money::Decimal;
use crate::payload::{Payload, idempotency, payload};
use crate::projects::enums::{CostType, FundingState, ObligationKind};
use crate::scalars::Date;

payload! {
    /// Payload of `fundingCreate`, `fundingUpdate`, `fundingAdvance` and `ownShareSet`.
    FundingPayload {
        /// Funding in its current state; null after a refusal other than `STALE_VERSION`.
        funding: Funding
    } by Funding::by_id
}

payload! {
    /// Payload of `budgetLineSet`.
    BudgetLinePayload {
        /// Budget line in its current state; null after a refusal.
        budget_line: BudgetLine
    } by BudgetLine::by_id
}

payload! {
    /// Payload of `obligationCreate`, `obligationFulfil` and `obligationWaive`.
    ObligationPayload {
        /// Obligation in its current state; null after a refusal other than `STALE_VERSION`.
        obligation: Obligation
    } by Obligation::by_id
}

/// Values of a new funding. Its state is `PREPARED`.
#[derive(InputObject)]
pub struct FundingCreateInput {
    /// Project to be funded.
    project: ID,
    /// Recipient: party that applies for the grant, on whose behalf the viewer acts.
    tenant: ID,
    /// Funding programme.
    programme: ID,
    /// Reference number of the funder ("Förderkennzeichen"), if known; unique in the authority, at most 60 characters.
    reference_number: Option<String>,
    /// Funding rate: share of the eligible cost that the funder pays, in per cent with at most two decimal places
    /// (`"50"`). At most the maximum rate of the programme.
    rate: Decimal,
    /// First day of the eligible period; not before the programme starts.
    eligible_from: Date,
    /// Last day of the eligible period; not after the programme ends, at most 20 years after the first.
    eligible_until: Date,
    /// Eligible cost in EUR, 0 to 100,000,000,000.00.
    eligible_cost: Decimal,
    /// Requested grant in EUR; at most eligible cost times funding rate, rounded down to the cent.
    requested: Decimal,
    /// Note, at most 4,000 characters.
    note: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Changes to a funding. Omitted fields keep their values; null clears an optional field. After the decision of the
/// funder only reference number and note may change, and the last eligible day of an approved funding; otherwise
/// `CONFLICT`.
#[derive(InputObject)]
pub struct FundingUpdateInput {
    /// Funding to change.
    id: ID,
    /// Version of the funding that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reference number of the funder, unique in the authority, at most 60 characters.
    reference_number: MaybeUndefined<String>,
    /// Funding rate in per cent, at most the maximum rate of the programme. Only before the decision.
    rate: MaybeUndefined<Decimal>,
    /// First day of the eligible period. Only before the decision.
    eligible_from: MaybeUndefined<Date>,
    /// Last day of the eligible period. Not for a rejected or withdrawn funding. For an approved one, the open
    /// obligations made by rule are moved, added or waived accordingly.
    eligible_until: MaybeUndefined<Date>,
    /// Eligible cost in EUR. Only before the decision.
    eligible_cost: MaybeUndefined<Decimal>,
    /// Requested grant in EUR; at most eligible cost times funding rate, and together with the own shares at most the
    /// eligible cost. Only before the decision.
    requested: MaybeUndefined<Decimal>,
    /// Note, at most 4,000 characters.
    note: MaybeUndefined<String>,
}

/// Move of a funding to another state.
#[derive(InputObject)]
pub struct FundingAdvanceInput {
    /// Funding to move.
    id: ID,
    /// Version of the funding that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// State to enter: from `PREPARED` to `APPLIED` or `WITHDRAWN`; from `APPLIED` to `PREPARED`, `APPROVED`,
    /// `REJECTED` or `WITHDRAWN`; from `APPROVED` to `WITHDRAWN`; from `REJECTED` to `PREPARED`.
    state: FundingState,
    /// Approved grant in EUR, at most the requested one. Required with `APPROVED`, refused with any other state.
    granted: Option<Decimal>,
    /// Day of the funder's decision, with `APPROVED` or `REJECTED`; default today in the recipient's time zone.
    decided_on: Option<Date>,
    /// Reference number of the decision, at most 60 characters; if omitted the known one remains.
    reference_number: Option<String>,
}

/// Own share of a party in a funded cost.
#[derive(InputObject)]
pub struct OwnShareSetInput {
    /// Funding with the eligible cost.
    funding: ID,
    /// Party that pays the share, on whose behalf the viewer acts.
    tenant: ID,
    /// Amount in EUR; 0 removes the share. At most the financing gap that remains without this share.
    amount: Decimal,
}

/// Values of a budget line. There is one line for each combination of project, party, funding, year and type of cost;
/// an existing line is changed.
#[derive(InputObject)]
pub struct BudgetLineSetInput {
    /// Project of the budget line.
    project: ID,
    /// Party that pays, on whose behalf the viewer acts.
    tenant: ID,
    /// Funding of the same project to which the line belongs; none = cost outside of any funding.
    funding: Option<ID>,
    /// Calendar year, within the eligible period of the funding or else the term of the project; without either from
    /// 1990 to 2100.
    year: i32,
    /// Type of cost; must be eligible under the programme of the funding.
    cost_type: CostType,
    /// Planned amount in EUR. If omitted an existing line keeps its value, a new one has 0.
    planned: Option<Decimal>,
    /// Amount spent in EUR. If omitted an existing line keeps its value, a new one has 0.
    actual: Option<Decimal>,
    /// Note, at most 1,000 characters. If omitted an existing line keeps its note; null clears it.
    note: MaybeUndefined<String>,
    /// Version of the budget line that the client last read. Required for an existing line, to be omitted for a new
    /// one; otherwise `STALE_VERSION`.
    version: Option<i32>,
}

/// Values of a new obligation, beyond those that follow from the rules of the programme.
#[derive(InputObject)]
pub struct ObligationCreateInput {
    /// Funding; the viewer acts on behalf of its recipient.
    funding: ID,
    /// Kind of the obligation.
    kind: ObligationKind,
    /// Title, at most 200 characters.
    title: String,
    /// Due date.
    due_on: Date,
    /// Note, at most 4,000 characters.
    note: Option<String>,
    /// Idempotency key, at most 128 bytes. A repeated call with the same key and input returns the same object and
    /// writes nothing; another input is refused with `IDEMPOTENCY_MISMATCH`.
    idempotency_key: Option<String>,
}

/// Fulfilment of an open obligation.
#[derive(InputObject)]
pub struct ObligationFulfilInput {
    /// Obligation to fulfil.
    id: ID,
    /// Version of the obligation that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Day of fulfilment, not in the future; default today in the party's time zone.
    on: Option<Date>,
    /// Amount called for in EUR, at most the part of the grant not yet called. Required for a call for funds, refused
    /// for any other kind.
    amount: Option<Decimal>,
    /// Document that proves the fulfilment; of the same party and project.
    document: Option<ID>,
    /// Note, at most 4,000 characters; if omitted the previous note remains.
    note: Option<String>,
}

/// Waiver of an open obligation.
#[derive(InputObject)]
pub struct ObligationWaiveInput {
    /// Obligation to waive.
    id: ID,
    /// Version of the obligation that the client last read; `STALE_VERSION` if it has changed since.
    version: i32,
    /// Reason, a single line of at most 4,000 characters; replaces the note of the obligation.
    note: String,
}

/// See the module.
#[derive(Default)]
pub struct FundingMutation;

#[Object]
impl FundingMutation {
    /// Creates a funding in state `PREPARED`. Requires `PROJECTS_WRITE` in the party that will apply.
    async fn funding_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new funding.")] input: FundingCreateInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let key = idempotency("fundingCreate", input.idempotency_key.clone(), &input);
        let wish = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let project = problems.take(NodeType::Project.parse(&input.project, "project"))?.unwrap_or_default();
            let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
            let programme = problems.take(NodeType::FundingProgramme.parse(&input.programme, "programme"))?;
            let wish = NewFunding {
                programme: programme.unwrap_or_default(),
                reference_number: input.reference_number,
                rate: problems.take(input.rate.rate("rate"))?.unwrap_or_default(),
                from: input.eligible_from.0,
                until: input.eligible_until.0,
                cost: problems.take(input.eligible_cost.cents("eligibleCost"))?.unwrap_or_default(),
                requested: problems.take(input.requested.cents("requested"))?.unwrap_or_default(),
                note: input.note,
            };
            problems.done()?;
            Ok((project, tenant, wish))
        };
        let done = match wish() {
            Ok((project, tenant, wish)) => service::create(op, project, tenant, wish, key).await,
            Err(error) => Err(error),
        };
        FundingPayload::made(op, done).await
    }

    /// Changes a funding. Requires `PROJECTS_WRITE` in the recipient.
    async fn funding_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the funding.")] input: FundingUpdateInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Funding.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return FundingPayload::refused(op, error),
        };
        let version = input.version;
        let done = match funding_change(input) {
            Ok(change) => service::update(op, id, version, change).await,
            Err(error) => Err(error),
        };
        FundingPayload::after_change(op, id, done).await
    }

    /// Moves a funding to another state. Approval creates the obligations that follow from the rules of the programme;
    /// withdrawal waives those still open. Requires `PROJECTS_WRITE` in the recipient.
    async fn funding_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Funding, state to enter and decision of the funder.")] input: FundingAdvanceInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Funding.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return FundingPayload::refused(op, error),
        };
        let granted = input.granted.map(|it| it.cents("granted")).transpose();
        let done = match granted {
            Ok(granted) => {
                let decision = FunderDecision {
                    granted,
                    decided_on: input.decided_on.map(|it| it.0),
                    reference_number: input.reference_number,
                };
                service::advance(op, id, input.version, input.state.into(), decision).await
            }
            Err(error) => Err(error),
        };
        FundingPayload::after_change(op, id, done).await
    }

    /// Sets the own share of a party in a funded cost. Requires `PROJECTS_WRITE` in that party.
    async fn own_share_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Funding, party and amount.")] input: OwnShareSetInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let wish = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let id = problems.take(NodeType::Funding.parse(&input.funding, "funding"))?.unwrap_or_default();
            let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
            let cents = problems.take(input.amount.cents("amount"))?.unwrap_or_default();
            problems.done()?;
            Ok((id, tenant, cents))
        };
        let done = match wish() {
            Ok((id, tenant, cents)) => service::set_own_share(op, id, tenant, cents).await,
            Err(error) => Err(error),
        };
        FundingPayload::made(op, done).await
    }

    /// Creates or changes the budget line of a party for one year and type of cost. Requires `PROJECTS_WRITE` in that
    /// party.
    async fn budget_line_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the budget line.")] input: BudgetLineSetInput,
    ) -> ApiResult<BudgetLinePayload> {
        let op = ctx.op()?;
        let wish = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let project = problems.take(NodeType::Project.parse(&input.project, "project"))?.unwrap_or_default();
            let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
            let funding = input.funding.map(|it| NodeType::Funding.parse(&it, "funding")).transpose();
            let funding = problems.take(funding)?.flatten();
            let planned = problems.take(input.planned.map(|it| it.cents("planned")).transpose())?.flatten();
            let actual = problems.take(input.actual.map(|it| it.cents("actual")).transpose())?.flatten();
            problems.done()?;
            let (year, cost_type) = (input.year, input.cost_type.into());
            let (note, version) = (optional(input.note), input.version);
            Ok((project, tenant, BudgetLineValues { funding, year, cost_type, planned, actual, note, version }))
        };
        let done = match wish() {
            Ok((project, tenant, wish)) => service::set_line(op, project, tenant, wish).await,
            Err(error) => Err(error),
        };
        BudgetLinePayload::made(op, done).await
    }

    /// Creates an obligation beyond those that follow from the rules of the programme. Requires `PROJECTS_WRITE` in the
    /// recipient.
    async fn obligation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new obligation.")] input: ObligationCreateInput,
    ) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        let key = idempotency("obligationCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Funding.parse(&input.funding, "funding") {
            Ok(funding) => {
                let wish = NewObligation {
                    kind: input.kind.into(),
                    title: input.title,
                    due_on: input.due_on.0,
                    note: input.note,
                };
                obligations::create(op, funding, wish, key).await
            }
            Err(error) => Err(error),
        };
        ObligationPayload::made(op, done).await
    }

    /// Marks an obligation as fulfilled, in time or late. Requires `PROJECTS_WRITE` in the party that owes it, even if
    /// the project is no longer visible to the viewer.
    async fn obligation_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Obligation and its fulfilment.")] input: ObligationFulfilInput,
    ) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Obligation.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ObligationPayload::refused(op, error),
        };
        let how = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let amount = problems.take(input.amount.map(|it| it.cents("amount")).transpose())?.flatten();
            let document = input.document.map(|it| NodeType::ProjectDocument.parse(&it, "document")).transpose();
            let document = problems.take(document)?.flatten();
            problems.done()?;
            Ok(Fulfilment { on: input.on.map(|it| it.0), amount, document, note: input.note })
        };
        let done = match how() {
            Ok(how) => obligations::fulfil(op, id, input.version, how).await,
            Err(error) => Err(error),
        };
        ObligationPayload::after_change(op, id, done).await
    }

    /// Marks an obligation as waived by the funder. Requires `PROJECTS_WRITE` in the party that owes it.
    async fn obligation_waive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Obligation to waive, and the reason.")] input: ObligationWaiveInput,
    ) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        match NodeType::Obligation.parse(&input.id, "id") {
            Ok(id) => {
                let done = obligations::waive(op, id, input.version, input.note).await;
                ObligationPayload::after_change(op, id, done).await
            }
            Err(error) => ObligationPayload::refused(op, error),
        }
    }
}

fn funding_change(input: FundingUpdateInput) -> ApiResult<FundingPatch> {
    let mut problems = Problems::default();
    let rate = match required(input.rate, "rate", &mut problems) {
        Some(rate) => problems.take(rate.rate("rate"))?,
        None => None,
    };
    let cost = match required(input.eligible_cost, "eligibleCost", &mut problems) {
        Some(cost) => problems.take(cost.cents("eligibleCost"))?,
        None => None,
    };
    let requested = match required(input.requested, "requested", &mut problems) {
        Some(requested) => problems.take(requested.cents("requested"))?,
        None => None,
    };
    let from = required(input.eligible_from, "eligibleFrom", &mut problems).map(|it| it.0);
    let until = required(input.eligible_until, "eligibleUntil", &mut problems).map(|it| it.0);
    problems.done()?;
    let (reference_number, note) = (optional(input.reference_number), optional(input.note));
    Ok(FundingPatch { reference_number, rate, from, until, cost, requested, note })
}
