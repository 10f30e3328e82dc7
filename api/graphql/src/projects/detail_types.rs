//! API types of what belongs to a project and has no id: partnerships, phases entered, totals.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use kernel::error::ApiResult;
use uuid::Uuid;

use crate::money::Money;
use crate::projects::enums::{PartnerState, ProjectPhase};
use crate::tenants::types::{Tenant, tenant_of};

/// Partnership of an authority in the project of another.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ProjectPartner {
    /// State of the partnership.
    pub(super) state: PartnerState,
    /// Name of the person who invited the partner, as used by the lead; null if the parts of the project are not
    /// visible to the viewer.
    pub(super) invited_by: Option<String>,
    /// Name of the person who accepted, as used by the partner; null before, or if the parts of the project are not
    /// visible to the viewer.
    pub(super) joined_by: Option<String>,
    /// Instant of acceptance; null before, or if the parts of the project are not visible to the viewer.
    pub(super) joined_at: Option<DateTime<Utc>>,
    /// Instant at which the partnership ended; null before, or if the parts of the project are not visible to the
    /// viewer.
    pub(super) ended_at: Option<DateTime<Utc>>,
    /// Reason for the end of the partnership; null before, or if the parts of the project are not visible to the
    /// viewer.
    pub(super) end_reason: Option<String>,
    /// Version number, raised by one with every change; acceptance and removal must state it.
    pub(super) version: i32,
    #[graphql(skip)]
    pub(super) tenant: Uuid,
}

#[ComplexObject]
impl ProjectPartner {
    /// Partner authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.tenant).await
    }
}

/// Phase entered by a project.
#[derive(SimpleObject)]
pub struct ProjectStep {
    /// Phase entered.
    pub(super) phase: ProjectPhase,
    /// Note on the step.
    pub(super) note: Option<String>,
    /// Name of the person responsible for the step, as used by the lead.
    pub(super) entered_by: String,
    /// Instant of the step.
    pub(super) entered_at: DateTime<Utc>,
}

/// Totals of the fundings and budget lines of a project that are visible to the viewer.
#[derive(SimpleObject)]
pub struct ProjectFinances {
    /// Sum of the eligible cost of all fundings.
    pub(super) eligible_cost: Money,
    /// Sum of the requested grants.
    pub(super) requested: Money,
    /// Sum of the approved grants.
    pub(super) granted: Money,
    /// Sum of the fulfilled calls for funds.
    pub(super) called: Money,
    /// Sum of the parties' own shares.
    pub(super) own_shares: Money,
    /// Sum of the financing gaps of all fundings: eligible cost less grant and own shares. Negative if more is financed
    /// than the cost.
    pub(super) gap: Money,
    /// Sum of the planned amounts of the budget lines.
    pub(super) planned: Money,
    /// Sum of the actual amounts of the budget lines.
    pub(super) actual: Money,
    /// Planned and actual amounts by calendar year, ascending.
    pub(super) by_year: Vec<YearOfProject>,
}

/// Planned and actual amounts of one calendar year.
#[derive(SimpleObject)]
pub struct YearOfProject {
    /// Calendar year, within the eligible period of the funding or else the term of the project; without either from
    /// 1990 to 2100.
    pub(super) year: i32,
    /// Planned amount.
    pub(super) planned: Money,
    /// Amount spent.
    pub(super) actual: Money,
}
