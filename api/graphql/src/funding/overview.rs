//! What is planned and spent, added up by the database along the dimensions that are asked for: every budget line in the
//! viewer's sight counts once.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entities::{ShareLevel, budget_line, funding, funding_programme, project, tenant};
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Func};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait as _, FromQueryResult, JoinType, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    RelationDef, Select,
};
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::funding::types::FundingProgramme;
use crate::holidays::query::YearRange;
use crate::money::Money;
use crate::projects::enums::CostType;
use crate::projects::types::Project;
use crate::tenants::types::{Tenant, tenant_of};

/// The most rows of one overview.
const MAX: u64 = 1_000;

/// Dimension of a financial overview.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FinancialDimension {
    /// Project.
    Project,
    /// Party that pays.
    Tenant,
    /// Calendar year.
    Year,
    /// Funding programme; budget lines outside of any funding form a group of their own.
    Programme,
    /// Type of cost.
    CostType,
}

/// Filter of `financialOverview`. All given conditions must hold; list conditions take at most 100 values.
#[derive(InputObject, Default)]
pub struct FinancialFilter {
    /// Only budget lines of these projects.
    projects: Option<Vec<ID>>,
    /// Only budget lines of these parties.
    tenants: Option<Vec<ID>>,
    /// Only budget lines of these calendar years.
    between: Option<YearRange>,
    /// Only budget lines of fundings under these programmes.
    programmes: Option<Vec<ID>>,
}

/// Sum of budget lines for one combination of the requested dimensions.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct FinancialSum {
    /// Calendar year; null unless `YEAR` is a requested dimension.
    year: Option<i32>,
    /// Type of cost; null unless `COST_TYPE` is a requested dimension.
    cost_type: Option<CostType>,
    /// Sum of the planned amounts.
    planned: Money,
    /// Sum of the amounts spent.
    actual: Money,
    /// Number of budget lines in the sum.
    lines: i64,
    #[graphql(skip)]
    project: Option<Uuid>,
    #[graphql(skip)]
    tenant: Option<Uuid>,
    #[graphql(skip)]
    programme: Option<Uuid>,
}

#[async_graphql::ComplexObject]
impl FinancialSum {
    /// Project; null unless `PROJECT` is a requested dimension, and for a project no longer visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        let id = self.project?;
        match ctx.session().await {
            Ok(session) => Project::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Party that pays; null unless `TENANT` is a requested dimension.
    async fn tenant(&self, ctx: &Context<'_>) -> Option<ApiResult<Tenant>> {
        Some(tenant_of(ctx, self.tenant?).await)
    }

    /// Funding programme; null unless `PROGRAMME` is a requested dimension, and for budget lines without a funding
    /// visible to the viewer.
    async fn programme(&self, ctx: &Context<'_>) -> Option<ApiResult<FundingProgramme>> {
        let id = self.programme?;
        match ctx.session().await {
            Ok(session) => {
                let row = session.get::<funding_programme::Entity>(id).await.transpose()?;
                Some(row.map(FundingProgramme))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// A row of the answer; a dimension that was not asked for is not in it.
struct OverviewRow {
    project: Option<Uuid>,
    tenant: Option<Uuid>,
    year: Option<i32>,
    programme: Option<Uuid>,
    cost_type: Option<entities::CostType>,
    planned: i64,
    actual: i64,
    lines: i64,
}

impl FromQueryResult for OverviewRow {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            project: row.try_get(prefix, "project").ok(),
            tenant: row.try_get(prefix, "tenant").ok(),
            year: row.try_get(prefix, "year").ok(),
            programme: row.try_get(prefix, "programme").ok(),
            cost_type: row.try_get(prefix, "cost_type").ok(),
            // The sum of nothing is null.
            planned: row.try_get::<Option<i64>>(prefix, "planned")?.unwrap_or_default(),
            actual: row.try_get::<Option<i64>>(prefix, "actual")?.unwrap_or_default(),
            lines: row.try_get(prefix, "lines")?,
        })
    }
}

/// See the module.
#[derive(Default)]
pub struct OverviewQuery;

#[Object]
impl OverviewQuery {
    /// Sums up planned and actual amounts of the budget lines visible to the viewer, by the requested dimensions and in
    /// their order. At most 1,000 sums; `LIMIT_REACHED` beyond.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn financial_overview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Dimensions of the sums; if omitted, one total sum.")] by: Option<Vec<FinancialDimension>>,
        #[graphql(desc = "Restricts the budget lines.")] filter: Option<FinancialFilter>,
    ) -> ApiResult<Vec<FinancialSum>> {
        let mut by = by.unwrap_or_default();
        by.sort_unstable();
        by.dedup();
        let session = ctx.session().await?;
        let mut select =
            session.select::<budget_line::Entity>().select_only().join(JoinType::LeftJoin, to_funding(&session));
        let filter = filter.unwrap_or_default();
        if let Some(ids) = filter.projects {
            let ids = NodeType::Project.parse_all(&ids, "filter.projects")?;
            select = select.filter(session.is_one_of(budget_line::Column::ProjectId, &ids));
        }
        if let Some(ids) = filter.tenants {
            let ids = NodeType::Tenant.parse_all(&ids, "filter.tenants")?;
            select = select.filter(session.is_one_of(budget_line::Column::TenantId, &ids));
        }
        if let Some(between) = filter.between {
            between.check("filter.between.lastYear")?;
            select = select.filter(budget_line::Column::Year.between(between.first_year, between.last_year));
        }
        if let Some(ids) = filter.programmes {
            let ids = NodeType::FundingProgramme.parse_all(&ids, "filter.programmes")?;
            select = select.filter(session.is_one_of(funding::Column::ProgrammeId, &ids));
        }
        for dimension in &by {
            select = match dimension {
                FinancialDimension::Project => along(select, budget_line::Column::ProjectId, "project"),
                FinancialDimension::Tenant => along(select, budget_line::Column::TenantId, "tenant"),
                FinancialDimension::Year => along(select, budget_line::Column::Year, "year"),
                FinancialDimension::Programme => along(select, funding::Column::ProgrammeId, "programme"),
                FinancialDimension::CostType => along(select, budget_line::Column::CostType, "cost_type"),
            };
        }
        let sum = |column: budget_line::Column| {
            let sum = Func::sum(Expr::col((budget_line::Entity, column)));
            Expr::expr(sum).cast_as(Alias::new("bigint"))
        };
        select = select
            .expr_as(sum(budget_line::Column::Planned), "planned")
            .expr_as(sum(budget_line::Column::Actual), "actual")
            .expr_as(Func::count(Expr::col((budget_line::Entity, budget_line::Column::Id))), "lines")
            .limit(MAX + 1);
        let rows: Vec<OverviewRow> = session.grouped(select).await?;
        if rows.len() as u64 > MAX {
            let text = Text::new("too-many-sums").with("max", MAX);
            return Err(Problem::at(UserErrorCode::LimitReached, "by", text).into());
        }
        session.load::<tenant::Entity>(rows.iter().filter_map(|it| it.tenant)).await?;
        session.load::<project::Entity>(rows.iter().filter_map(|it| it.project)).await?;
        session.load::<funding_programme::Entity>(rows.iter().filter_map(|it| it.programme)).await?;
        let mut projects = Vec::new();
        for id in rows.iter().filter_map(|it| it.project) {
            projects.extend(session.get::<project::Entity>(id).await?);
        }
        let look = ctx.look_ahead();
        let of_projects = |field: &str| look.field("project").field(field).exists();
        crate::projects::types::preload(&session, &projects, of_projects, |_, _| true).await?;
        Ok(rows.into_iter().map(FinancialSum::from).collect())
    }
}

/// The same, added up along a column as well.
fn along<C: ColumnTrait>(select: Select<budget_line::Entity>, column: C, name: &str) -> Select<budget_line::Entity> {
    select.column_as(column, name).group_by(column).order_by_asc(column)
}

/// The funding of a line, as far as the viewer sees it: row-level security would hide it just so.
fn to_funding(session: &Session) -> RelationDef {
    let seen = session.seen_from::<funding::Entity>(ShareLevel::Busy);
    let to: RelationDef = budget_line::Entity::belongs_to(funding::Entity)
        .from(budget_line::Column::FundingId)
        .to(funding::Column::Id)
        .into();
    to.on_condition(move |_, _| sea_orm::Condition::all().add(seen.clone()))
}

impl From<OverviewRow> for FinancialSum {
    fn from(row: OverviewRow) -> Self {
        Self {
            year: row.year,
            cost_type: row.cost_type.map(Into::into),
            planned: Money::of(row.planned),
            actual: Money::of(row.actual),
            lines: row.lines,
            project: row.project,
            tenant: row.tenant,
            programme: row.programme,
        }
    }
}
