//! `node` and `nodes`: any object by its global id, through the same policy as every list.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, Object};
use domain::planning::proposals::VisibleProposals;
use entities::{
    TenantStatus, agreement, annual_plan, budget_line, calendar, calendar_entry, coordination_round, data_request,
    dataset, dataset_import, dataset_release, dataset_version, education_offer, external_calendar, feed, field_of_work,
    funding, funding_programme, holiday, indicator, learning_place, member, merge_proposal, milestone, obligation,
    organisation, project, project_archive, project_document, project_indicator, project_link, project_member,
    role_grant, share, status_report, tenant, tenant_closure, work_package,
};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::{NodeType, at_most_100, parse};
use kernel::i18n::Text;
use store::Session;
use uuid::Uuid;

use crate::agreements::share_types::{Share, share_by_id};
use crate::agreements::types::{Agreement, agreement_by_id};
use crate::calendars::entry_types::{CalendarEntry, CalendarEntryBusy, CalendarEntryFull, CalendarEntrySummary};
use crate::calendars::external::types::ExternalCalendar;
use crate::calendars::types::Calendar;
use crate::context::ContextExt;
use crate::datasets::import::types::DatasetImport;
use crate::datasets::indicators::types::Indicator;
use crate::datasets::release_types::DatasetRelease;
use crate::datasets::request_types::DataRequest;
use crate::datasets::types::Dataset;
use crate::datasets::version_types::DatasetVersion;
use crate::feeds::types::Feed;
use crate::funding::obligation_types::Obligation;
use crate::funding::types::{BudgetLine, Funding, FundingProgramme};
use crate::holidays::closures::TenantClosure;
use crate::holidays::types::Holiday;
use crate::lookahead::Selected;
use crate::members::types::{Member, RoleGrant, member_by_id, role_grant_by_id};
use crate::offers::types::EducationOffer;
use crate::places::merges::types::MergeProposal;
use crate::places::organisations::types::Organisation;
use crate::places::types::LearningPlace;
use crate::planning::plan_types::AnnualPlan;
use crate::planning::proposal_types::ChangeProposal;
use crate::planning::round_types::CoordinationRound;
use crate::projects::document_types::{ProjectArchive, ProjectDocument};
use crate::projects::part_types::{Milestone, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage};
use crate::projects::types::Project;
use crate::tenants::types::{FieldOfWork, Tenant};

/// Object with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    /// An authority.
    Tenant(Tenant),
    /// A field of work.
    FieldOfWork(FieldOfWork),
    /// A member.
    Member(Member),
    /// A role grant.
    RoleGrant(RoleGrant),
    /// An agreement.
    Agreement(Agreement),
    /// A share.
    Share(Share),
    /// A calendar.
    Calendar(Calendar),
    /// External calendar.
    ExternalCalendar(ExternalCalendar),
    /// An entry, everything.
    CalendarEntryFull(CalendarEntryFull),
    /// An entry, its outline.
    CalendarEntrySummary(CalendarEntrySummary),
    /// An entry, only its time.
    CalendarEntryBusy(CalendarEntryBusy),
    /// Learning place.
    LearningPlace(LearningPlace),
    /// Organisation.
    Organisation(Organisation),
    /// A proposal that two places are the same.
    MergeProposal(MergeProposal),
    /// An education offer.
    EducationOffer(EducationOffer),
    /// A holiday.
    Holiday(Holiday),
    /// Days on which an office is closed.
    TenantClosure(TenantClosure),
    /// A feed.
    Feed(Feed),
    /// A plan.
    AnnualPlan(AnnualPlan),
    /// A round.
    CoordinationRound(CoordinationRound),
    /// A proposal.
    ChangeProposal(ChangeProposal),
    /// Dataset.
    Dataset(Dataset),
    /// A version of a dataset.
    DatasetVersion(DatasetVersion),
    /// The import of a file into a dataset.
    DatasetImport(DatasetImport),
    /// A release.
    DatasetRelease(DatasetRelease),
    /// A data request.
    DataRequest(DataRequest),
    /// An indicator.
    Indicator(Indicator),
    /// A project.
    Project(Project),
    /// A work package.
    WorkPackage(WorkPackage),
    /// A milestone.
    Milestone(Milestone),
    /// A status report.
    StatusReport(StatusReport),
    /// Somebody who works on a project.
    ProjectMember(ProjectMember),
    /// Project indicator.
    ProjectIndicator(ProjectIndicator),
    /// Project link.
    ProjectLink(ProjectLink),
    /// A document of a project.
    ProjectDocument(ProjectDocument),
    /// The copy of a project that a party keeps.
    ProjectArchive(ProjectArchive),
    /// A funding.
    Funding(Funding),
    /// A budget line.
    BudgetLine(BudgetLine),
    /// An obligation.
    Obligation(Obligation),
    /// A funding programme.
    FundingProgramme(FundingProgramme),
}

/// See the module.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Returns an object by its global id; null if there is none visible to the viewer.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the object.")] id: ID,
    ) -> Option<Result<Node, ApiError>> {
        find(ctx, &id).await.transpose()
    }

    /// Returns objects by their global ids, in the order of the ids; null for each id without an object visible to the
    /// viewer.
    #[graphql(complexity = "ids.len().saturating_mul(child_complexity).saturating_add(1)")]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global ids of the objects, at most 100.")] ids: Vec<ID>,
    ) -> ApiResult<Vec<Option<Node>>> {
        at_most_100(&ids, "ids")?;
        let session = ctx.session().await?;
        let mut parsed = Vec::new();
        for id in &ids {
            parsed.push(parse(id).ok_or_else(|| no_id(id, "ids"))?);
        }
        load_all(&session, &parsed).await?;
        preload(&session, &parsed, &Selected::plain(ctx)).await?;
        let mut nodes = Vec::new();
        for (kind, row) in parsed {
            nodes.push(by_type(&session, kind, row).await?);
        }
        Ok(nodes)
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> ApiResult<Option<Node>> {
    let (kind, row) = parse(id).ok_or_else(|| no_id(id, "id"))?;
    by_type(&*ctx.session().await?, kind, row).await
}

fn no_id(id: &ID, field: &'static str) -> ApiError {
    let value: String = id.chars().take(40).collect();
    Problem::at(UserErrorCode::Invalid, field, Text::new("no-id").with("value", value)).into()
}

async fn load_all(session: &Session, ids: &[(NodeType, Uuid)]) -> ApiResult<()> {
    let of = |kind| ids.iter().filter(move |(it, _)| *it == kind).map(|(_, row)| *row);
    session.load::<tenant::Entity>(of(NodeType::Tenant)).await?;
    session.load::<field_of_work::Entity>(of(NodeType::FieldOfWork)).await?;
    session.load::<member::Entity>(of(NodeType::Member)).await?;
    session.load::<role_grant::Entity>(of(NodeType::RoleGrant)).await?;
    session.load::<agreement::Entity>(of(NodeType::Agreement)).await?;
    session.load::<share::Entity>(of(NodeType::Share)).await?;
    session.load::<calendar::Entity>(of(NodeType::Calendar)).await?;
    session.load::<calendar_entry::Entity>(of(NodeType::CalendarEntry)).await?;
    session.load::<external_calendar::Entity>(of(NodeType::ExternalCalendar)).await?;
    session.load::<learning_place::Entity>(of(NodeType::LearningPlace)).await?;
    session.load::<organisation::Entity>(of(NodeType::Organisation)).await?;
    session.load::<merge_proposal::Entity>(of(NodeType::MergeProposal)).await?;
    session.load::<education_offer::Entity>(of(NodeType::EducationOffer)).await?;
    session.load::<holiday::Entity>(of(NodeType::Holiday)).await?;
    session.load::<tenant_closure::Entity>(of(NodeType::TenantClosure)).await?;
    session.load::<feed::Entity>(of(NodeType::Feed)).await?;
    session.load::<annual_plan::Entity>(of(NodeType::AnnualPlan)).await?;
    session.load::<coordination_round::Entity>(of(NodeType::CoordinationRound)).await?;
    session.load::<VisibleProposals>(of(NodeType::ChangeProposal)).await?;
    session.load::<dataset::Entity>(of(NodeType::Dataset)).await?;
    session.load::<dataset_import::Entity>(of(NodeType::DatasetImport)).await?;
    session.load::<dataset_version::Entity>(of(NodeType::DatasetVersion)).await?;
    session.load::<dataset_release::Entity>(of(NodeType::DatasetRelease)).await?;
    session.load::<data_request::Entity>(of(NodeType::DataRequest)).await?;
    session.load::<indicator::Entity>(of(NodeType::Indicator)).await?;
    session.load::<project::Entity>(of(NodeType::Project)).await?;
    session.load::<work_package::Entity>(of(NodeType::WorkPackage)).await?;
    session.load::<milestone::Entity>(of(NodeType::Milestone)).await?;
    session.load::<status_report::Entity>(of(NodeType::StatusReport)).await?;
    session.load::<project_member::Entity>(of(NodeType::ProjectMember)).await?;
    session.load::<project_indicator::Entity>(of(NodeType::ProjectIndicator)).await?;
    session.load::<project_link::Entity>(of(NodeType::ProjectLink)).await?;
    session.load::<project_document::Entity>(of(NodeType::ProjectDocument)).await?;
    session.load::<project_archive::Entity>(of(NodeType::ProjectArchive)).await?;
    session.load::<funding::Entity>(of(NodeType::Funding)).await?;
    session.load::<budget_line::Entity>(of(NodeType::BudgetLine)).await?;
    session.load::<obligation::Entity>(of(NodeType::Obligation)).await?;
    session.load::<funding_programme::Entity>(of(NodeType::FundingProgramme)).await?;
    Ok(())
}

/// The projects of parts that are loaded.
macro_rules! projects_of {
    ($session:ident, $of:ident, $($kind:ident: $table:ident),+ $(,)?) => {{
        let mut projects = Vec::new();
        $(for id in $of(NodeType::$kind) {
            projects.extend($session.get::<$table::Entity>(id).await?.map(|it| it.project_id));
        })+
        projects
    }};
}

/// What was selected below records of the directory, projects and their parts: one statement each, however many ids.
async fn preload(session: &Session, ids: &[(NodeType, Uuid)], selected: &Selected<'_, '_>) -> ApiResult<()> {
    let of = |kind| ids.iter().filter(move |(it, _)| *it == kind).map(|(_, row)| *row);
    let path = |it: &str| selected.node_path(it);
    crate::places::query::preload(session, &of(NodeType::LearningPlace).collect::<Vec<_>>(), &path).await?;
    crate::places::organisations::query::preload(session, &of(NodeType::Organisation).collect::<Vec<_>>(), &path)
        .await?;
    let mut rows = Vec::new();
    for id in of(NodeType::Project) {
        rows.extend(session.get::<project::Entity>(id).await?);
    }
    crate::projects::types::preload(session, &rows, |it| selected.node(it), |list, it| selected.node_child(list, it))
        .await?;
    let mut fundings = Vec::new();
    for id in of(NodeType::Funding) {
        fundings.extend(session.get::<funding::Entity>(id).await?.map(|it| (*it).clone()));
    }
    crate::funding::types::preload(session, &fundings, |it| selected.node(it)).await?;
    if selected.node("project") || selected.node("viewerCan") {
        let above = projects_of!(
            session, of,
            WorkPackage: work_package, Milestone: milestone, StatusReport: status_report, ProjectMember: project_member,
            ProjectIndicator: project_indicator, ProjectLink: project_link, ProjectDocument: project_document,
            ProjectArchive: project_archive, Funding: funding, BudgetLine: budget_line, Obligation: obligation,
        );
        session.load::<project::Entity>(above).await?;
    }
    Ok(())
}

/// A row of a type, if the viewer may know of it.
///
/// # Errors
/// The database fails.
pub async fn by_type(session: &Session, kind: NodeType, id: Uuid) -> ApiResult<Option<Node>> {
    Ok(match kind {
        NodeType::Tenant => session
            .get::<tenant::Entity>(id)
            .await?
            .filter(|it| it.status == TenantStatus::Active)
            .map(|it| Node::Tenant(Tenant(it))),
        NodeType::FieldOfWork => {
            session.get::<field_of_work::Entity>(id).await?.map(|it| Node::FieldOfWork(FieldOfWork(it)))
        }
        NodeType::Member => member_by_id(session, id).await?.map(Node::Member),
        NodeType::RoleGrant => role_grant_by_id(session, id).await?.map(Node::RoleGrant),
        NodeType::Agreement => agreement_by_id(session, id).await?.map(Node::Agreement),
        NodeType::Share => share_by_id(session, id).await?.map(Node::Share),
        NodeType::Calendar => Calendar::by_id(session, id).await?.map(Node::Calendar),
        NodeType::ExternalCalendar => ExternalCalendar::by_id(session, id).await?.map(Node::ExternalCalendar),
        NodeType::CalendarEntry => CalendarEntry::by_id(session, id).await?.map(|entry| match entry {
            CalendarEntry::Full(it) => Node::CalendarEntryFull(it),
            CalendarEntry::Summary(it) => Node::CalendarEntrySummary(it),
            CalendarEntry::Busy(it) => Node::CalendarEntryBusy(it),
        }),
        NodeType::LearningPlace => {
            session.get::<learning_place::Entity>(id).await?.map(|it: Arc<_>| Node::LearningPlace(LearningPlace(it)))
        }
        NodeType::Organisation => Organisation::by_id(session, id).await?.map(Node::Organisation),
        NodeType::MergeProposal => MergeProposal::by_id(session, id).await?.map(Node::MergeProposal),
        NodeType::EducationOffer => EducationOffer::by_id(session, id).await?.map(Node::EducationOffer),
        NodeType::Holiday => session.get::<holiday::Entity>(id).await?.map(|it| Node::Holiday(Holiday(it))),
        NodeType::TenantClosure => TenantClosure::by_id(session, id).await?.map(Node::TenantClosure),
        NodeType::Feed => Feed::by_id(session, id).await?.map(Node::Feed),
        NodeType::AnnualPlan => AnnualPlan::by_id(session, id).await?.map(Node::AnnualPlan),
        NodeType::CoordinationRound => CoordinationRound::by_id(session, id).await?.map(Node::CoordinationRound),
        NodeType::ChangeProposal => ChangeProposal::by_id(session, id).await?.map(Node::ChangeProposal),
        NodeType::Dataset => Dataset::by_id(session, id).await?.map(Node::Dataset),
        NodeType::DatasetImport => DatasetImport::by_id(session, id).await?.map(Node::DatasetImport),
        NodeType::DatasetVersion => DatasetVersion::by_id(session, id).await?.map(Node::DatasetVersion),
        NodeType::DatasetRelease => DatasetRelease::by_id(session, id).await?.map(Node::DatasetRelease),
        NodeType::DataRequest => DataRequest::by_id(session, id).await?.map(Node::DataRequest),
        NodeType::Indicator => session.get::<indicator::Entity>(id).await?.map(|it| Node::Indicator(Indicator(it))),
        NodeType::Project => Project::by_id(session, id).await?.map(Node::Project),
        NodeType::WorkPackage => WorkPackage::by_id(session, id).await?.map(Node::WorkPackage),
        NodeType::Milestone => Milestone::by_id(session, id).await?.map(Node::Milestone),
        NodeType::StatusReport => StatusReport::by_id(session, id).await?.map(Node::StatusReport),
        NodeType::ProjectMember => ProjectMember::by_id(session, id).await?.map(Node::ProjectMember),
        NodeType::ProjectIndicator => ProjectIndicator::by_id(session, id).await?.map(Node::ProjectIndicator),
        NodeType::ProjectLink => ProjectLink::by_id(session, id).await?.map(Node::ProjectLink),
        NodeType::ProjectDocument => ProjectDocument::by_id(session, id).await?.map(Node::ProjectDocument),
        NodeType::ProjectArchive => ProjectArchive::by_id(session, id).await?.map(Node::ProjectArchive),
        NodeType::Funding => Funding::by_id(session, id).await?.map(Node::Funding),
        NodeType::BudgetLine => BudgetLine::by_id(session, id).await?.map(Node::BudgetLine),
        NodeType::Obligation => Obligation::by_id(session, id).await?.map(Node::Obligation),
        NodeType::FundingProgramme => {
            session.get::<funding_programme::Entity>(id).await?.map(|it| Node::FundingProgramme(FundingProgramme(it)))
        }
    })
}
