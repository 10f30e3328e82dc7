//! API type of projects.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use domain::calendars::entry_values::read_audiences;
use domain::funding::ledger::{LedgerLine, sums};
use domain::funding::service::ledger;
use domain::projects::phases;
use domain::rights::nodes;
use entities::{
    agreement, budget_line, document_version, field_of_work, funding, indicator_measurement, milestone, obligation,
    own_share, project, project_document, project_indicator, project_link, project_member, project_partner,
    project_step, status_report, tenant, work_package, work_package_dependency,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::access::abilities::ProjectAbilities;
use crate::context::ContextExt;
use crate::enums::{Audience, Confidentiality, Pillar};
use crate::funding::obligation_types::Obligation;
use crate::funding::types::{BudgetLine, Funding};
use crate::lookahead::Selected;
use crate::money::Money;
use crate::node_row::NodeRow;
use crate::places::types::LearningPlace;
use crate::projects::detail_types::{ProjectFinances, ProjectPartner, ProjectStep, YearOfProject};
use crate::projects::document_types::ProjectDocument;
use crate::projects::enums::{ProjectPhase, TrafficLight};
use crate::projects::part_types::{
    Milestone, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage, preload_targets,
};
use crate::scalars::Date;
use crate::tenants::types::{FieldOfWork, Tenant, field_by_id, tenant_of};

/// Project of a lead authority, with partner authorities under a cooperation agreement.
pub struct Project(pub Arc<project::Model>);

impl Project {
    /// A project by its row, if the viewer may see it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
        Ok(session.get::<project::Entity>(id).await?.map(Self))
    }

    /// The project of a part; none where it is out of sight.
    pub async fn of(ctx: &Context<'_>, id: Uuid) -> Option<ApiResult<Self>> {
        match ctx.session().await {
            Ok(session) => Self::by_id(&session, id).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }
}

impl NodeRow for nodes::Project {
    type Object = Project;

    async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Project>> {
        Project::by_id(session, id).await
    }

    async fn preload(session: &Session, rows: &[Arc<project::Model>], selected: &Selected<'_, '_>) -> ApiResult<()> {
        preload(session, rows, |it| selected.node(it), |list, it| selected.node_child(list, it)).await
    }
}

/// Project of a lead authority, with partner authorities under a cooperation agreement. Lead and active partners are
/// the parties of the project. Parts of the project are visible to the parties, to invited authorities and, with a
/// share of level `FULL`, to the partners it reaches; for all other viewers their lists are empty.
#[Object]
impl Project {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Project.id(self.0.id).into()
    }

    /// Lead authority.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Global id of the cooperation agreement under which partners take part; null if there is none, or none visible to
    /// the viewer.
    async fn agreement_id(&self, ctx: &Context<'_>) -> Option<ApiResult<ID>> {
        let id = self.0.agreement_id?;
        match ctx.session().await {
            Ok(session) => {
                let row = session.get::<agreement::Entity>(id).await.transpose()?;
                Some(row.map(|_| NodeType::Agreement.id(id).into()))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Summary.
    async fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// Current phase.
    async fn phase(&self) -> ProjectPhase {
        self.0.phase.into()
    }

    /// Phases that may follow the current one.
    async fn next_phases(&self) -> Vec<ProjectPhase> {
        phases::next(self.0.phase).iter().map(|it| (*it).into()).collect()
    }

    /// Field of work; null = general.
    async fn field_of_work(&self, ctx: &Context<'_>) -> Option<ApiResult<FieldOfWork>> {
        field_by_id(ctx, self.0.field_of_work_id).await.transpose()
    }

    /// Pillar of the education region.
    async fn pillar(&self) -> Option<Pillar> {
        self.0.pillar.map(Into::into)
    }

    /// Audiences, from the closed set.
    async fn audiences(&self) -> Vec<Audience> {
        read_audiences(self.0.audiences.as_deref()).into_iter().map(Into::into).collect()
    }

    /// Target groups in free text.
    async fn target_groups(&self) -> Vec<&str> {
        self.0.target_groups.as_deref().map(|it| it.lines().collect()).unwrap_or_default()
    }

    /// Learning place of most activities; null if there is none, or none visible to the viewer.
    async fn place(&self, ctx: &Context<'_>) -> Option<ApiResult<LearningPlace>> {
        let id = self.0.place_id?;
        match ctx.session().await {
            Ok(session) => {
                let row = session.get::<entities::learning_place::Entity>(id).await.transpose()?;
                Some(row.map(LearningPlace))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// First day of the project.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// Last day of the project.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Visibility of the project beyond lead and partners.
    async fn confidentiality(&self) -> Confidentiality {
        self.0.confidentiality.into()
    }

    /// Partnerships of the project. Viewers outside the project see the active ones only; lead and partners also see
    /// invitations and ended partnerships.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn partners(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectPartner>> {
        let session = ctx.session().await?;
        let rows = session.group::<project_partner::Entity>(self.0.id).await?;
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
        // Names of people are for those inside.
        let inside = session.access().visibility(self.0.inner_scope_id).is_some();
        Ok(rows
            .iter()
            .map(|it| ProjectPartner {
                state: it.state.into(),
                invited_by: inside.then(|| it.invited_by.clone()),
                joined_by: it.joined_by.clone().filter(|_| inside),
                joined_at: it.joined_at.filter(|_| inside),
                ended_at: it.ended_at.filter(|_| inside),
                end_reason: it.end_reason.clone().filter(|_| inside),
                version: it.version,
                tenant: it.tenant_id,
            })
            .collect())
    }

    /// Phases entered so far, in chronological order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn steps(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectStep>> {
        let rows = ctx.session().await?.group::<project_step::Entity>(self.0.id).await?;
        let step = |it: &project_step::Model| ProjectStep {
            phase: it.phase.into(),
            note: it.note.clone(),
            entered_by: it.entered_by.clone(),
            entered_at: it.created_at,
        };
        Ok(rows.iter().map(step).collect())
    }

    /// Members of the project team.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn members(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectMember>> {
        let rows = ctx.session().await?.group::<project_member::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| ProjectMember(Arc::new(it.clone()))).collect())
    }

    /// Work packages, in the order of creation.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn work_packages(&self, ctx: &Context<'_>) -> ApiResult<Vec<WorkPackage>> {
        let rows = ctx.session().await?.group::<work_package::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| WorkPackage(Arc::new(it.clone()))).collect())
    }

    /// Milestones, by due date.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn milestones(&self, ctx: &Context<'_>) -> ApiResult<Vec<Milestone>> {
        let rows = ctx.session().await?.group::<milestone::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| Milestone(Arc::new(it.clone()))).collect())
    }

    /// Status reports, the latest period first.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn status_reports(&self, ctx: &Context<'_>) -> ApiResult<Vec<StatusReport>> {
        let rows = ctx.session().await?.group::<status_report::Entity>(self.0.id).await?;
        Ok(rows.iter().rev().map(|it| StatusReport(Arc::new(it.clone()))).collect())
    }

    /// Overall status by the latest status report; null if there is no report visible to the viewer.
    async fn light(&self, ctx: &Context<'_>) -> ApiResult<Option<TrafficLight>> {
        let rows = ctx.session().await?.group::<status_report::Entity>(self.0.id).await?;
        Ok(rows.last().map(|it| it.light.into()))
    }

    /// Project indicators: baselines, targets and measurements.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn indicators(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectIndicator>> {
        let rows = ctx.session().await?.group::<project_indicator::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| ProjectIndicator(Arc::new(it.clone()))).collect())
    }

    /// Links to calendar entries, datasets and learning places.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn links(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectLink>> {
        let rows = ctx.session().await?.group::<project_link::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| ProjectLink(Arc::new(it.clone()))).collect())
    }

    /// Documents. The lead sees those of all parties, a partner its own and those of the lead.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn documents(&self, ctx: &Context<'_>) -> ApiResult<Vec<ProjectDocument>> {
        let rows = ctx.session().await?.group::<project_document::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| ProjectDocument(Arc::new(it.clone()))).collect())
    }

    /// Fundings. The lead sees those of all parties, a partner its own and those of the lead.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn fundings(&self, ctx: &Context<'_>) -> ApiResult<Vec<Funding>> {
        let rows = ctx.session().await?.group::<funding::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| Funding(Arc::new(it.clone()))).collect())
    }

    /// Budget lines, the earliest year first. The lead sees those of all parties, a partner its own and those of the
    /// lead.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn budget_lines(&self, ctx: &Context<'_>) -> ApiResult<Vec<BudgetLine>> {
        let rows = ctx.session().await?.group::<budget_line::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| BudgetLine(Arc::new(it.clone()))).collect())
    }

    /// Obligations, the earliest due date first. The lead sees those of all parties, a partner its own and those of the
    /// lead.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn obligations(&self, ctx: &Context<'_>) -> ApiResult<Vec<Obligation>> {
        let rows = ctx.session().await?.group::<obligation::Entity>(self.0.id).await?;
        Ok(rows.iter().map(|it| Obligation(Arc::new(it.clone()))).collect())
    }

    /// Totals of the fundings and budget lines visible to the viewer.
    async fn finances(&self, ctx: &Context<'_>) -> ApiResult<ProjectFinances> {
        let session = ctx.session().await?;
        let fundings = session.group::<funding::Entity>(self.0.id).await?;
        let lines = session.group::<budget_line::Entity>(self.0.id).await?;
        let lines: Vec<LedgerLine> = lines.iter().map(LedgerLine::from).collect();
        let total = sums(&lines, |_| ()).remove(&()).unwrap_or_default();
        let (mut cost, mut requested, mut granted, mut called, mut own, mut gap) = (0, 0, 0, 0, 0, 0_i64);
        for row in fundings.iter() {
            let ledger = ledger(&session, row).await?;
            cost += ledger.cost;
            requested += ledger.requested;
            granted += ledger.granted.unwrap_or(0);
            called += ledger.called;
            own += ledger.own;
            gap = gap.saturating_add(ledger.gap());
        }
        Ok(ProjectFinances {
            eligible_cost: Money::of(cost),
            requested: Money::of(requested),
            granted: Money::of(granted),
            called: Money::of(called),
            own_shares: Money::of(own),
            gap: Money::of(gap),
            planned: Money::of(total.planned),
            actual: Money::of(total.actual),
            by_year: sums(&lines, |it| it.year)
                .into_iter()
                .map(|(year, it)| YearOfProject { year, planned: Money::of(it.planned), actual: Money::of(it.actual) })
                .collect(),
        })
    }

    /// Actions open to the viewer on the project.
    async fn viewer_can(&self) -> ProjectAbilities {
        ProjectAbilities(self.0.clone())
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

/// The parts that tell the party that they belong to.
const OF_PARTIES: [&str; 11] = [
    "partners",
    "members",
    "workPackages",
    "milestones",
    "statusReports",
    "indicators",
    "links",
    "documents",
    "fundings",
    "budgetLines",
    "obligations",
];

/// Reads ahead what was selected of projects: a statement each, however many. `child` tells what was selected of a list.
///
/// # Errors
/// The database fails.
pub async fn preload(
    session: &Session,
    rows: &[Arc<project::Model>],
    selected: impl Fn(&str) -> bool,
    child: impl Fn(&str, &str) -> bool,
) -> ApiResult<()> {
    let ids = || rows.iter().map(|it| it.id);
    let any = |fields: &[&str]| fields.iter().any(|it| selected(it));
    if selected("agreementId") {
        session.load::<agreement::Entity>(rows.iter().filter_map(|it| it.agreement_id)).await?;
    }
    if selected("fieldOfWork") {
        session.load::<field_of_work::Entity>(rows.iter().filter_map(|it| it.field_of_work_id)).await?;
    }
    if selected("place") {
        let ids: Vec<_> = rows.iter().filter_map(|it| it.place_id).collect();
        session.load::<entities::learning_place::Entity>(ids).await?;
    }
    if selected("steps") {
        session.load_groups::<project_step::Entity>(ids()).await?;
    }
    if selected("members") {
        session.load_groups::<project_member::Entity>(ids()).await?;
    }
    if selected("workPackages") {
        session.load_groups::<work_package::Entity>(ids()).await?;
        session.load_groups::<work_package_dependency::Entity>(ids()).await?;
    }
    if selected("milestones") {
        session.load_groups::<milestone::Entity>(ids()).await?;
    }
    if any(&["statusReports", "light"]) {
        session.load_groups::<status_report::Entity>(ids()).await?;
    }
    if selected("indicators") {
        session.load_groups::<project_indicator::Entity>(ids()).await?;
        session.load_groups::<indicator_measurement::Entity>(ids()).await?;
    }
    if selected("links") {
        session.load_groups::<project_link::Entity>(ids()).await?;
        if child("links", "target") {
            let mut links = Vec::new();
            for id in ids() {
                links.extend(session.group::<project_link::Entity>(id).await?.iter().cloned());
            }
            preload_targets(session, &links).await?;
        }
    }
    if selected("documents") {
        session.load_groups::<project_document::Entity>(ids()).await?;
        if child("documents", "versions") {
            let mut documents = Vec::new();
            for id in ids() {
                documents.extend(session.group::<project_document::Entity>(id).await?.iter().map(|it| it.id));
            }
            session.load_groups::<document_version::Entity>(documents).await?;
        }
    }
    if any(&["fundings", "finances"]) {
        session.load_groups::<funding::Entity>(ids()).await?;
    }
    if selected("finances") {
        session.load_groups::<own_share::Entity>(ids()).await?;
    }
    if any(&["budgetLines", "finances"]) {
        session.load_groups::<budget_line::Entity>(ids()).await?;
    }
    if any(&["obligations", "finances"]) {
        session.load_groups::<obligation::Entity>(ids()).await?;
    }
    if selected("fundings") {
        let mut fundings = Vec::new();
        for id in ids() {
            fundings.extend(session.group::<funding::Entity>(id).await?.iter().cloned());
        }
        crate::funding::types::preload(session, &fundings, |field| child("fundings", field)).await?;
    }
    // A part decides with its project.
    let of_part = |field: &str| OF_PARTIES.iter().any(|part| selected(part) && child(part, field));
    if of_part("viewerCan") || of_part("project") {
        session.load::<project::Entity>(ids()).await?;
    }
    if any(&["partners", "viewerCan"]) || of_part("tenant") || of_part("late") {
        parties(session, rows).await?;
    } else if selected("tenant") {
        session.load::<tenant::Entity>(rows.iter().map(|it| it.tenant_id)).await?;
    }
    Ok(())
}

/// The authorities of projects: parts belong to their parties.
async fn parties(session: &Session, rows: &[Arc<project::Model>]) -> ApiResult<()> {
    let mut tenants: Vec<Uuid> = rows.iter().map(|it| it.tenant_id).collect();
    session.load_groups::<project_partner::Entity>(rows.iter().map(|it| it.id)).await?;
    for row in rows {
        tenants.extend(session.group::<project_partner::Entity>(row.id).await?.iter().map(|it| it.tenant_id));
    }
    session.load::<tenant::Entity>(tenants).await
}
