//! Mutations of fundings, own shares, budget lines and obligations.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use domain::funding::obligations::{Fulfilment, ObligationWish};
use domain::funding::service::{Decision, FundingChange, FundingWish, LineWish};
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
    /// Outcome of every mutation of a funding.
    FundingPayload {
        /// The funding.
        funding: Funding
    } by Funding::by_id
}

payload! {
    /// Outcome of setting a budget line.
    BudgetLinePayload {
        /// The budget line.
        budget_line: BudgetLine
    } by BudgetLine::by_id
}

payload! {
    /// Outcome of every mutation of an obligation.
    ObligationPayload {
        /// The obligation.
        obligation: Obligation
    } by Obligation::by_id
}

/// A funding to prepare.
#[derive(InputObject)]
pub struct FundingCreateInput {
    /// The project.
    project: ID,
    /// The party that applies, for which one acts.
    tenant: ID,
    /// The programme.
    programme: ID,
    /// Reference number of the funder, if it is known.
    reference_number: Option<String>,
    /// Share of the eligible cost that the funder pays, in per cent: `"50"`.
    rate: Decimal,
    /// First day on which cost is eligible.
    eligible_from: Date,
    /// Last day on which cost is eligible.
    eligible_until: Date,
    /// Eligible cost.
    eligible_cost: Decimal,
    /// What is asked for; at most the share of the cost, rounded down to the cent.
    requested: Decimal,
    /// What else is to know.
    note: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// What shall change of a funding. What is left out stays as it is.
#[derive(InputObject)]
pub struct FundingUpdateInput {
    /// The funding.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Reference number of the funder.
    reference_number: MaybeUndefined<String>,
    /// Share of the eligible cost, in per cent; until it is decided.
    rate: MaybeUndefined<Decimal>,
    /// First day on which cost is eligible; until it is decided.
    eligible_from: MaybeUndefined<Date>,
    /// Last day on which cost is eligible; once it is approved, open obligations move with it.
    eligible_until: MaybeUndefined<Date>,
    /// Eligible cost; until it is decided.
    eligible_cost: MaybeUndefined<Decimal>,
    /// What is asked for; until it is decided.
    requested: MaybeUndefined<Decimal>,
    /// What else is to know.
    note: MaybeUndefined<String>,
}

/// A step of a funding.
#[derive(InputObject)]
pub struct FundingAdvanceInput {
    /// The funding.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Where it shall stand.
    state: FundingState,
    /// What was granted; required with the approval, at most what was asked for.
    granted: Option<Decimal>,
    /// When the funder decided; today where left out.
    decided_on: Option<Date>,
    /// Reference number under which the funder decided.
    reference_number: Option<String>,
}

/// What a party itself pays of a funded cost.
#[derive(InputObject)]
pub struct OwnShareSetInput {
    /// The funding.
    funding: ID,
    /// The party, for which one acts.
    tenant: ID,
    /// How much; zero takes it back. At most what nobody pays yet.
    amount: Decimal,
}

/// A budget line to set: there is one for each party, funding, year and type of cost.
#[derive(InputObject)]
pub struct BudgetLineSetInput {
    /// The project.
    project: ID,
    /// The party that pays, for which one acts.
    tenant: ID,
    /// The funding that it is part of.
    funding: Option<ID>,
    /// Calendar year.
    year: i32,
    /// What it is spent on.
    cost_type: CostType,
    /// Planned; left out = as it is, or zero.
    planned: Option<Decimal>,
    /// Spent; left out = as it is, or zero.
    actual: Option<Decimal>,
    /// What is meant.
    note: MaybeUndefined<String>,
    /// The version that the client saw; required where there is such a line.
    version: Option<i32>,
}

/// An obligation that no rule knows.
#[derive(InputObject)]
pub struct ObligationCreateInput {
    /// The funding; one acts for its recipient.
    funding: ID,
    /// What it is.
    kind: ObligationKind,
    /// In words.
    title: String,
    /// Last day.
    due_on: Date,
    /// What else is to know.
    note: Option<String>,
    /// Sending the same input with the same key again gives the same answer and does nothing more.
    idempotency_key: Option<String>,
}

/// An obligation that is met.
#[derive(InputObject)]
pub struct ObligationFulfilInput {
    /// The obligation.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// When it was met; today where left out.
    on: Option<Date>,
    /// What was called for; required of calls for funds, at most what is left of the grant.
    amount: Option<Decimal>,
    /// The document of the same party that proves it.
    document: Option<ID>,
    /// What is said about it.
    note: Option<String>,
}

/// An obligation that is not asked for any more.
#[derive(InputObject)]
pub struct ObligationWaiveInput {
    /// The obligation.
    id: ID,
    /// The version that the client saw.
    version: i32,
    /// Why.
    note: String,
}

/// See the module.
#[derive(Default)]
pub struct FundingMutation;

#[Object]
impl FundingMutation {
    /// Prepares a funding for the party that will apply. Takes `PROJECTS_WRITE` there.
    async fn funding_create(&self, ctx: &Context<'_>, input: FundingCreateInput) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let key = idempotency("fundingCreate", input.idempotency_key.clone(), &input);
        let wish = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let project = problems.take(NodeType::Project.parse(&input.project, "project"))?.unwrap_or_default();
            let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
            let programme = problems.take(NodeType::FundingProgramme.parse(&input.programme, "programme"))?;
            let wish = FundingWish {
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

    /// Changes a funding. Takes `PROJECTS_WRITE` in the recipient.
    async fn funding_update(&self, ctx: &Context<'_>, input: FundingUpdateInput) -> ApiResult<FundingPayload> {
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
        FundingPayload::changed(op, id, done).await
    }

    /// Takes a funding to another state. With the approval the obligations of its programme begin. Takes `PROJECTS_WRITE` in
    /// the recipient.
    async fn funding_advance(&self, ctx: &Context<'_>, input: FundingAdvanceInput) -> ApiResult<FundingPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Funding.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return FundingPayload::refused(op, error),
        };
        let granted = input.granted.map(|it| it.cents("granted")).transpose();
        let done = match granted {
            Ok(granted) => {
                let decision = Decision {
                    granted,
                    decided_on: input.decided_on.map(|it| it.0),
                    reference_number: input.reference_number,
                };
                service::advance(op, id, input.version, input.state.into(), decision).await
            }
            Err(error) => Err(error),
        };
        FundingPayload::changed(op, id, done).await
    }

    /// Sets what a party itself pays of a funded cost. Takes `PROJECTS_WRITE` in that party.
    async fn own_share_set(&self, ctx: &Context<'_>, input: OwnShareSetInput) -> ApiResult<FundingPayload> {
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

    /// Sets what a party plans and spends in one year on one type of cost. Takes `PROJECTS_WRITE` in that party.
    async fn budget_line_set(&self, ctx: &Context<'_>, input: BudgetLineSetInput) -> ApiResult<BudgetLinePayload> {
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
            Ok((project, tenant, LineWish { funding, year, cost_type, planned, actual, note, version }))
        };
        let done = match wish() {
            Ok((project, tenant, wish)) => service::set_line(op, project, tenant, wish).await,
            Err(error) => Err(error),
        };
        BudgetLinePayload::made(op, done).await
    }

    /// Adds an obligation that no rule knows. Takes `PROJECTS_WRITE` in the recipient.
    async fn obligation_create(&self, ctx: &Context<'_>, input: ObligationCreateInput) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        let key = idempotency("obligationCreate", input.idempotency_key.clone(), &input);
        let done = match NodeType::Funding.parse(&input.funding, "funding") {
            Ok(funding) => {
                let wish = ObligationWish {
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

    /// Meets an obligation, in time or late. Takes `PROJECTS_WRITE` in the party that owes it, whether or not the project is
    /// still in sight.
    async fn obligation_fulfil(&self, ctx: &Context<'_>, input: ObligationFulfilInput) -> ApiResult<ObligationPayload> {
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
        ObligationPayload::changed(op, id, done).await
    }

    /// Notes that the funder does not ask for an obligation any more. Takes `PROJECTS_WRITE` in the party that owed it.
    async fn obligation_waive(&self, ctx: &Context<'_>, input: ObligationWaiveInput) -> ApiResult<ObligationPayload> {
        let op = ctx.op()?;
        match NodeType::Obligation.parse(&input.id, "id") {
            Ok(id) => {
                let done = obligations::waive(op, id, input.version, input.note).await;
                ObligationPayload::changed(op, id, done).await
            }
            Err(error) => ObligationPayload::refused(op, error),
        }
    }
}

fn funding_change(input: FundingUpdateInput) -> ApiResult<FundingChange> {
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
    Ok(FundingChange { reference_number, rate, from, until, cost, requested, note })
}
