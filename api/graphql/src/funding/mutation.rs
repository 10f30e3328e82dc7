//! Mutations of fundings, own shares, budget lines and obligations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::funding::budget_lines::BudgetLineValues;
use domain::funding::obligations::{Fulfilment, NewObligation};
use domain::funding::service::{FunderDecision, FundingPatch, NewFunding};
use domain::funding::{budget_lines, obligations, service};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::funding::obligation_types::Obligation;
use crate::funding::types::{BudgetLine, Funding};
use crate::money::{Decimal, MoneyInput};
use crate::patch::{PatchField, optional_id};
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
        /// Budget line in its current state; null after a refusal other than `STALE_VERSION`.
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
    /// Reference number of the funder ("Förderkennzeichen"), if known, at most 60 characters; unique among the fundings of
    /// the authority that the viewer sees.
    reference_number: Option<String>,
    /// Funding rate: share of the eligible cost that the funder pays, in per cent with at most two decimal places
    /// (`"50"`). At most the maximum rate of the programme.
    rate: Decimal,
    /// First day of the eligible period; not before the programme starts.
    eligible_from: Date,
    /// Last day of the eligible period; not after the programme ends, at most 20 years after the first.
    eligible_until: Date,
    /// Eligible cost, 0 to 100,000,000,000.00.
    eligible_cost: MoneyInput,
    /// Requested grant; at most eligible cost times funding rate, rounded down to the cent.
    requested: MoneyInput,
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
    /// Reference number of the funder, at most 60 characters; unique among the fundings of the authority that the viewer
    /// sees.
    reference_number: MaybeUndefined<String>,
    /// Funding rate in per cent, at most the maximum rate of the programme. Only before the decision.
    rate: MaybeUndefined<Decimal>,
    /// First day of the eligible period. Only before the decision.
    eligible_from: MaybeUndefined<Date>,
    /// Last day of the eligible period. Not for a rejected or withdrawn funding. For an approved one, the open
    /// obligations made by rule are moved, added or waived accordingly.
    eligible_until: MaybeUndefined<Date>,
    /// Eligible cost. Only before the decision.
    eligible_cost: MaybeUndefined<MoneyInput>,
    /// Requested grant; at most eligible cost times funding rate, and together with the own shares at most the
    /// eligible cost. Only before the decision.
    requested: MaybeUndefined<MoneyInput>,
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
    /// Approved grant, at most the requested one. Required with `APPROVED`, refused with any other state.
    granted: Option<MoneyInput>,
    /// Day of the funder's decision, with `APPROVED` or `REJECTED`, refused with any other state; default today in the
    /// recipient's time zone.
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
    /// Amount; 0 removes the share. At most the financing gap that remains without this share.
    amount: MoneyInput,
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
    /// Planned amount. If omitted an existing line keeps its value, a new one has 0.
    planned: Option<MoneyInput>,
    /// Amount spent. If omitted an existing line keeps its value, a new one has 0.
    actual: Option<MoneyInput>,
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
    fulfilled_on: Option<Date>,
    /// Amount called for, at most the part of the grant not yet called. Required for a call for funds, refused
    /// for any other kind.
    amount: Option<MoneyInput>,
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
        let work = async {
            let (project, tenant, programme, rate, cost, requested) = all((
                NodeType::Project.parse(&input.project, "project"),
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                NodeType::FundingProgramme.parse(&input.programme, "programme"),
                input.rate.rate("rate"),
                input.eligible_cost.cents("eligibleCost"),
                input.requested.cents("requested"),
            ))?;
            let (reference_number, note) = (input.reference_number, input.note);
            let (from, until) = (input.eligible_from.0, input.eligible_until.0);
            let new = NewFunding { programme, reference_number, rate, from, until, cost, requested, note };
            service::create(op, project, tenant, new, key).await
        };
        FundingPayload::created(op, work).await
    }

    /// Changes a funding. Requires `PROJECTS_WRITE` in the recipient.
    async fn funding_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the funding.")] input: FundingUpdateInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let id = NodeType::Funding.parse(&input.id, "id");
        let work = |id| async move { service::update(op, id, input.version, funding_patch(input)?).await };
        FundingPayload::changed(op, id, work).await
    }

    /// Moves a funding to another state. Approval creates the obligations that follow from the rules of the programme;
    /// withdrawal waives those still open. Requires `PROJECTS_WRITE` in the recipient.
    async fn funding_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Funding, state to enter and decision of the funder.")] input: FundingAdvanceInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            let decision = FunderDecision {
                granted: input.granted.map(|it| it.cents("granted")).transpose()?,
                decided_on: input.decided_on.map(|it| it.0),
                reference_number: input.reference_number,
            };
            service::advance(op, id, input.version, input.state.into(), decision).await
        };
        FundingPayload::changed(op, NodeType::Funding.parse(&input.id, "id"), work).await
    }

    /// Sets the own share of a party in a funded cost. Requires `PROJECTS_WRITE` in that party.
    async fn own_share_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Funding, party and amount.")] input: OwnShareSetInput,
    ) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let work = async {
            let (id, tenant, cents) = all((
                NodeType::Funding.parse(&input.funding, "funding"),
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                input.amount.cents("amount"),
            ))?;
            service::set_own_share(op, id, tenant, cents).await
        };
        FundingPayload::created(op, work).await
    }

    /// Creates or changes the budget line of a party for one year and type of cost. Requires `PROJECTS_WRITE` in that
    /// party.
    async fn budget_line_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the budget line.")] input: BudgetLineSetInput,
    ) -> ApiResult<BudgetLinePayload> {
        let op = ctx.op()?;
        let work = async {
            let (project, tenant, funding, planned, actual) = all((
                NodeType::Project.parse(&input.project, "project"),
                NodeType::Tenant.parse(&input.tenant, "tenant"),
                optional_id(input.funding.as_ref(), NodeType::Funding, "funding"),
                input.planned.map(|it| it.cents("planned")).transpose(),
                input.actual.map(|it| it.cents("actual")).transpose(),
            ))?;
            let (year, cost_type) = (input.year, input.cost_type.into());
            let (note, version) = (input.note.clearable(), input.version);
            let values = BudgetLineValues { funding, year, cost_type, planned, actual, note, version };
            budget_lines::set_line(op, project, tenant, values).await
        };
        BudgetLinePayload::set(op, work).await
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
        let work = async {
            let funding = NodeType::Funding.parse(&input.funding, "funding")?;
            let (kind, due_on) = (input.kind.into(), input.due_on.0);
            let new = NewObligation { kind, title: input.title, due_on, note: input.note };
            obligations::create(op, funding, new, key).await
        };
        ObligationPayload::created(op, work).await
    }

    /// Marks an obligation as fulfilled, in time or late. Requires `PROJECTS_WRITE` in the party that owes it, even if
    /// the project is no longer visible to the viewer.
    async fn obligation_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Obligation and its fulfilment.")] input: ObligationFulfilInput,
    ) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        let work = |id| async move {
            let (amount, document) = all((
                input.amount.map(|it| it.cents("amount")).transpose(),
                optional_id(input.document.as_ref(), NodeType::ProjectDocument, "document"),
            ))?;
            let fulfilment = Fulfilment { on: input.fulfilled_on.map(|it| it.0), amount, document, note: input.note };
            obligations::fulfil(op, id, input.version, fulfilment).await
        };
        ObligationPayload::changed(op, NodeType::Obligation.parse(&input.id, "id"), work).await
    }

    /// Marks an obligation as waived by the funder. Requires `PROJECTS_WRITE` in the party that owes it.
    async fn obligation_waive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Obligation to waive, and the reason.")] input: ObligationWaiveInput,
    ) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        let work = |id| obligations::waive(op, id, input.version, input.note);
        ObligationPayload::changed(op, NodeType::Obligation.parse(&input.id, "id"), work).await
    }
}

fn funding_patch(input: FundingUpdateInput) -> ApiResult<FundingPatch> {
    let (rate, from, until, cost, requested) = all((
        input.rate.required("rate").and_then(|it| it.try_map(|it| it.rate("rate"))),
        input.eligible_from.required("eligibleFrom"),
        input.eligible_until.required("eligibleUntil"),
        input.eligible_cost.required("eligibleCost").and_then(|it| it.try_map(|it| it.cents("eligibleCost"))),
        input.requested.required("requested").and_then(|it| it.try_map(|it| it.cents("requested"))),
    ))?;
    Ok(FundingPatch {
        reference_number: input.reference_number.clearable(),
        rate,
        from: from.map(|it| it.0),
        until: until.map(|it| it.0),
        cost,
        requested,
        note: input.note.clearable(),
    })
}
