//! API types of money: programmes, fundings, budget lines.

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::funding::ledger::Ledger;
use domain::funding::rules::Rule;
use domain::funding::service;
use domain::rights::nodes;
use entities::{budget_line, funding, funding_programme, obligation, own_share, project, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::FundingAbilities;
use crate::context::ContextExt;
use crate::funding::obligation_types::Obligation;
use crate::lookahead::Selected;
use crate::money::{Decimal, Money};
use crate::node_row::{NodeRow, node_object};
use crate::projects::enums::{CostType, FundingState, ObligationKind};

use crate::projects::types::Project;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// A funding programme as its rules say it.
pub struct FundingProgramme(pub Arc<funding_programme::Model>);

node_object!(FundingProgramme, |row| Self(row));

/// Rule of a funding programme that creates obligations. Exactly one of the three intervals is set.
#[derive(SimpleObject)]
pub struct FundingRule {
    /// Kind of the obligation.
    kind: ObligationKind,
    /// Title of the obligation; number or year are appended where a rule creates several.
    title: String,
    /// Interval in months within the eligible period; the last obligation is due on the last day of the period.
    every_months: Option<u32>,
    /// Months after the end of each calendar year before the one in which the eligible period ends.
    after_each_year_months: Option<u32>,
    /// Months after the end of the eligible period.
    after_end_months: Option<u32>,
}

/// Funding programme with its rules, facts and their source. The notice of grant takes precedence.
#[Object]
impl FundingProgramme {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::FundingProgramme.id(self.0.id).into()
    }

    /// Stable key.
    async fn key(&self) -> &str {
        &self.0.key
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Name of the funder.
    async fn funder(&self) -> &str {
        &self.0.funder
    }

    /// First day of the programme; null = not known.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// Last day of the programme; null = not known.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Maximum funding rate, in per cent of the eligible cost; null = unlimited or not known.
    async fn max_rate(&self) -> Option<Decimal> {
        self.0.max_rate.map(|it| Decimal::of(i64::from(it), 2))
    }

    /// Eligible types of cost; empty = not known, every type is accepted.
    async fn cost_types(&self) -> ApiResult<Vec<CostType>> {
        let types: Vec<entities::CostType> = serde_json::from_value(self.0.cost_types.clone())?;
        Ok(types.into_iter().map(Into::into).collect())
    }

    /// Rules by which obligations of an approved funding arise.
    async fn rules(&self) -> ApiResult<Vec<FundingRule>> {
        let rules: Vec<Rule> = serde_json::from_value(self.0.rules.clone())?;
        let told = |it: Rule| FundingRule {
            kind: it.kind.into(),
            title: it.title,
            every_months: it.every_months,
            after_each_year_months: it.after_each_year_months,
            after_end_months: it.after_end_months,
        };
        Ok(rules.into_iter().map(told).collect())
    }

    /// Years of retention of all records after the proof of use; 0 = no retention.
    async fn retention_years(&self) -> i32 {
        self.0.retention_years
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Source of these facts.
    async fn source(&self) -> &str {
        &self.0.source
    }
}

/// Money of a programme for a project.
pub struct Funding(pub Arc<funding::Model>);

impl Funding {
    /// A funding by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<funding::Entity>(id).await?.map(Self))
    }

    async fn ledger(&self, ctx: &Context<'_>) -> ApiResult<Ledger> {
        service::ledger(&*ctx.session().await?, &self.0).await
    }
}

impl NodeRow for nodes::Funding {
    type Object = Funding;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Funding>> {
        Funding::by_id(session, id).await
    }

    async fn preload(session: &Session, rows: &[Arc<funding::Model>], selected: &Selected<'_, '_>) -> ApiResult<()> {
        let rows: Vec<_> = rows.iter().map(|it| (**it).clone()).collect();
        preload(session, &rows, |it| selected.node(it)).await
    }

    fn project(row: &funding::Model) -> Option<Uuid> {
        Some(row.project_id)
    }
}

/// Own share of a party in a funded cost.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct OwnShare {
    /// Amount.
    amount: Money,
    /// Share of the eligible cost, in per cent, rounded down to two decimal places.
    rate: Decimal,
    #[graphql(skip)]
    tenant: Uuid,
}

#[ComplexObject]
impl OwnShare {
    /// Party that pays.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }
}

/// Code of a discrepancy in the finances of a funding.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundingCheckCode {
    /// Grant and own shares below the eligible cost.
    NotFullyFinanced,
    /// Grant and own shares above the eligible cost.
    PaidMoreThanCost,
    /// Budget lines below the eligible cost.
    BudgetBelowCost,
    /// Budget lines above the eligible cost.
    BudgetAboveCost,
    /// Calls for funds above the amount spent.
    CalledMoreThanSpent,
}

/// Discrepancy in the finances of a funding.
#[derive(SimpleObject)]
pub struct FundingCheck {
    /// Code of the discrepancy.
    code: FundingCheckCode,
    /// Amount of the discrepancy.
    amount: Money,
}

/// Funding of a project under a programme. One party, the recipient, applies for and receives the grant.
#[Object]
impl Funding {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Funding.id(self.0.id).into()
    }

    /// Recipient: party that applies for and receives the grant.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Funded project; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Funding programme.
    async fn programme(&self, ctx: &Context<'_>) -> ApiResult<FundingProgramme> {
        let row = ctx.session().await?.get::<funding_programme::Entity>(self.0.programme_id).await?;
        row.map(FundingProgramme).ok_or_else(|| kernel::error::ApiError::fault("a programme is missing"))
    }

    /// Reference number of the funder ("Förderkennzeichen").
    async fn reference_number(&self) -> Option<&str> {
        self.0.reference_number.as_deref()
    }

    /// State of the funding.
    async fn state(&self) -> FundingState {
        self.0.state.into()
    }

    /// Funding rate: share of the eligible cost that the funder pays, in per cent.
    async fn rate(&self) -> Decimal {
        Decimal::of(i64::from(self.0.rate), 2)
    }

    /// First day of the eligible period.
    async fn eligible_from(&self) -> Date {
        Date(self.0.eligible_from)
    }

    /// Last day of the eligible period.
    async fn eligible_until(&self) -> Date {
        Date(self.0.eligible_until)
    }

    /// Eligible cost.
    async fn eligible_cost(&self) -> Money {
        Money::of(self.0.eligible_cost)
    }

    /// Requested grant.
    async fn requested(&self) -> Money {
        Money::of(self.0.requested)
    }

    /// Approved grant; null = not decided or rejected.
    async fn granted(&self) -> Option<Money> {
        self.0.granted.map(Money::of)
    }

    /// Day of the funder's decision.
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }

    /// Sum of the fulfilled calls for funds.
    async fn called(&self, ctx: &Context<'_>) -> ApiResult<Money> {
        Ok(Money::of(self.ledger(ctx).await?.called))
    }

    /// Own shares of the parties.
    async fn own_shares(&self, ctx: &Context<'_>) -> ApiResult<Vec<OwnShare>> {
        let session = ctx.session().await?;
        let rows = session.group::<own_share::Entity>(self.0.project_id).await?;
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
        let cost = i128::from(self.0.eligible_cost.max(1));
        let told = |it: &own_share::Model| OwnShare {
            amount: Money::of(it.amount),
            rate: Decimal::of(i64::try_from(i128::from(it.amount) * 10_000 / cost).unwrap_or_default(), 2),
            tenant: it.tenant_id,
        };
        Ok(rows.iter().filter(|it| it.funding_id == self.0.id && it.amount > 0).map(told).collect())
    }

    /// Financing gap: eligible cost less grant (until the decision the requested one) and own shares. Negative if more
    /// is financed than the cost.
    async fn gap(&self, ctx: &Context<'_>) -> ApiResult<Money> {
        Ok(Money::of(self.ledger(ctx).await?.gap()))
    }

    /// Discrepancies in the finances of the funding, as far as visible to the viewer.
    async fn checks(&self, ctx: &Context<'_>) -> ApiResult<Vec<FundingCheck>> {
        let session = ctx.session().await?;
        let ledger = service::ledger(&session, &self.0).await?;
        let lines = session.group::<budget_line::Entity>(self.0.project_id).await?;
        let of_this: Vec<_> = lines.iter().filter(|it| it.funding_id == Some(self.0.id)).collect();
        let planned: i64 = of_this.iter().map(|it| it.planned).sum();
        let actual: i64 = of_this.iter().map(|it| it.actual).sum();
        let all = [
            (FundingCheckCode::NotFullyFinanced, ledger.gap()),
            (FundingCheckCode::PaidMoreThanCost, -ledger.gap()),
            (FundingCheckCode::BudgetBelowCost, self.0.eligible_cost - planned),
            (FundingCheckCode::BudgetAboveCost, planned - self.0.eligible_cost),
            (FundingCheckCode::CalledMoreThanSpent, ledger.called - actual),
        ];
        let told = all.into_iter().filter(|(_, cents)| *cents > 0);
        Ok(told.map(|(code, cents)| FundingCheck { code, amount: Money::of(cents) }).collect())
    }

    /// Obligations, the earliest due date first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn obligations(&self, ctx: &Context<'_>) -> ApiResult<Vec<Obligation>> {
        let rows = ctx.session().await?.group::<obligation::Entity>(self.0.project_id).await?;
        let of_this = rows.iter().filter(|it| it.funding_id == self.0.id);
        Ok(of_this.map(|it| Obligation(Arc::new(it.clone()))).collect())
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Actions open to the viewer on the funding.
    async fn viewer_can(&self) -> FundingAbilities {
        FundingAbilities(self.0.clone())
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

/// Budget line of a party.
pub struct BudgetLine(pub Arc<budget_line::Model>);

node_object!(BudgetLine, |row| Self(row), project_id);

/// Budget line of a party: planned and actual amount of one year and type of cost.
#[Object]
impl BudgetLine {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::BudgetLine.id(self.0.id).into()
    }

    /// Party that pays.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the budget line; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Global id of the funding to which the line belongs; null = outside of any funding.
    async fn funding_id(&self) -> Option<ID> {
        self.0.funding_id.map(|it| NodeType::Funding.id(it)).map(Into::into)
    }

    /// Calendar year.
    async fn year(&self) -> i32 {
        self.0.year
    }

    /// Type of cost.
    async fn cost_type(&self) -> CostType {
        self.0.cost_type.into()
    }

    /// Planned amount.
    async fn planned(&self) -> Money {
        Money::of(self.0.planned)
    }

    /// Amount spent.
    async fn actual(&self) -> Money {
        Money::of(self.0.actual)
    }

    /// Note.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Reads ahead what was selected of fundings: a statement each, however many.
///
/// # Errors
/// The database fails.
pub async fn preload(session: &Session, rows: &[funding::Model], selected: impl Fn(&str) -> bool) -> ApiResult<()> {
    let projects = || rows.iter().map(|it| it.project_id);
    let any = |fields: &[&str]| fields.iter().any(|it| selected(it));
    if selected("programme") {
        session.load::<funding_programme::Entity>(rows.iter().map(|it| it.programme_id)).await?;
    }
    if selected("tenant") {
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    }
    if selected("project") {
        session.load::<project::Entity>(projects()).await?;
    }
    if any(&["ownShares", "gap", "called", "checks"]) {
        session.load_groups::<own_share::Entity>(projects()).await?;
        session.load_groups::<obligation::Entity>(projects()).await?;
    }
    if selected("ownShares") {
        let mut payers = Vec::new();
        for project in projects() {
            payers.extend(session.group::<own_share::Entity>(project).await?.iter().map(|it| it.tenant_id));
        }
        session.load::<tenant::Entity>(payers).await?;
    }
    if selected("obligations") {
        session.load_groups::<obligation::Entity>(projects()).await?;
    }
    if selected("checks") {
        session.load_groups::<budget_line::Entity>(projects()).await?;
    }
    Ok(())
}
