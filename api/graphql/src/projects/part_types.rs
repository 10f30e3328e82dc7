//! API types of the parts of a project.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use domain::tenants::service::today_of;
use entities::{
    MilestoneStatus as Status, calendar_entry, indicator_measurement, learning_place, milestone, project_indicator,
    project_link, project_member, status_report, work_package, work_package_dependency,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;

use crate::access::abilities::{
    MilestoneAbilities, ProjectIndicatorAbilities, ProjectLinkAbilities, ProjectMemberAbilities, WorkPackageAbilities,
};
use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::datasets::types::Dataset;
use crate::money::Decimal;
use crate::node_row::node_object;
use crate::places::types::LearningPlace;
use crate::projects::enums::{MilestoneStatus, ProjectRole, TrafficLight, WorkStatus};
use crate::projects::types::Project;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

node_object!(WorkPackage, |row| Self(row), project_id);
node_object!(Milestone, |row| Self(row), project_id);
node_object!(StatusReport, |row| Self(row), project_id);
node_object!(ProjectMember, |row| Self(row), project_id);
node_object!(ProjectIndicator, |row| Self(row), project_id);
node_object!(ProjectLink, |row| Self(row), project_id);

/// Work package of a project.
pub struct WorkPackage(pub Arc<work_package::Model>);

/// Work package of a project. Only the responsible party may change it.
#[Object]
impl WorkPackage {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::WorkPackage.id(self.0.id).into()
    }

    /// Responsible party.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the work package; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Description of the work.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Progress.
    async fn status(&self) -> WorkStatus {
        self.0.status.into()
    }

    /// First day of work.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// Last day of work.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Global ids of the preceding work packages.
    async fn after_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ID>> {
        let rows = ctx.session().await?.group::<work_package_dependency::Entity>(self.0.project_id).await?;
        let of_this = rows.iter().filter(|it| it.work_package_id == self.0.id);
        Ok(of_this.map(|it| NodeType::WorkPackage.id(it.depends_on_id).into()).collect())
    }

    /// Actions open to the viewer on the work package.
    async fn viewer_can(&self) -> WorkPackageAbilities {
        WorkPackageAbilities(self.0.clone())
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

/// Milestone of a project.
pub struct Milestone(pub Arc<milestone::Model>);

/// Milestone of a project. Only the responsible party may change it. Its due date is an entry in that party's calendar
/// of the project.
#[Object]
impl Milestone {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Milestone.id(self.0.id).into()
    }

    /// Responsible party.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the milestone; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Global id of the work package to which the milestone belongs; null = none.
    async fn work_package_id(&self) -> Option<ID> {
        self.0.work_package_id.map(|it| NodeType::WorkPackage.id(it)).map(Into::into)
    }

    /// Global id of the calendar entry of the due date.
    async fn entry_id(&self) -> ID {
        NodeType::CalendarEntry.id(self.0.entry_id).into()
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Due date.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Status.
    async fn status(&self) -> MilestoneStatus {
        self.0.status.into()
    }

    /// Day on which the milestone was reached.
    async fn reached_on(&self) -> Option<Date> {
        self.0.reached_on.map(Date)
    }

    /// True if the milestone is open after its due date or was reached after it.
    async fn late(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let day = match (self.0.status, self.0.reached_on) {
            (Status::Reached, Some(day)) => day,
            (Status::Open, _) => today_of(&*ctx.session().await?, self.0.tenant_id).await?,
            _ => return Ok(false),
        };
        Ok(day > self.0.due_on)
    }

    /// Actions open to the viewer on the milestone.
    async fn viewer_can(&self) -> MilestoneAbilities {
        MilestoneAbilities(self.0.clone())
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

/// Status report of a party on a project.
pub struct StatusReport(pub Arc<status_report::Model>);

/// Status report of a party on a project. Reports cannot be changed; a later report supersedes an earlier one.
#[Object]
impl StatusReport {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::StatusReport.id(self.0.id).into()
    }

    /// Reporting party.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the report; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Overall status.
    async fn light(&self) -> TrafficLight {
        self.0.light.into()
    }

    /// Text of the report.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// First day of the reporting period.
    async fn period_from(&self) -> Date {
        Date(self.0.period_from)
    }

    /// Last day of the reporting period.
    async fn period_until(&self) -> Date {
        Date(self.0.period_until)
    }

    /// Name of the person who reported, as used by the party.
    async fn created_by(&self) -> &str {
        &self.0.reported_by
    }

    /// Instant of the report.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Member of a project team.
pub struct ProjectMember(pub Arc<project_member::Model>);

/// Member of a project team, working for one of the parties. Visible to the other parties only with the person's
/// consent.
#[Object]
impl ProjectMember {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectMember.id(self.0.id).into()
    }

    /// Party for which the person works.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name of the person.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Function of the person.
    async fn function(&self) -> Option<&str> {
        self.0.function.as_deref()
    }

    /// Role in the project.
    async fn role(&self) -> ProjectRole {
        self.0.role.into()
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// True if the person consented that the other parties see this record.
    async fn consent(&self) -> bool {
        self.0.consented
    }

    /// Actions open to the viewer on the member.
    async fn viewer_can(&self) -> ProjectMemberAbilities {
        ProjectMemberAbilities(self.0.clone())
    }
}

/// Indicator of a project.
pub struct ProjectIndicator(pub Arc<project_indicator::Model>);

/// Measured value of a project indicator.
#[derive(SimpleObject)]
pub struct IndicatorMeasurement {
    /// Reference date of the value.
    measured_on: Date,
    /// Measured value.
    value: Decimal,
    /// Note on the measurement, such as its method.
    note: Option<String>,
}

/// Indicator of a project: baseline, target and measured values.
#[Object]
impl ProjectIndicator {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectIndicator.id(self.0.id).into()
    }

    /// Responsible party.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Code in the catalogue of indicators; null = an indicator of this project only.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Title: the quantity measured.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Unit of the values.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// Baseline value.
    async fn baseline(&self) -> Option<Decimal> {
        self.0.baseline.map(|it| self.value(it))
    }

    /// Day of the baseline value.
    async fn baseline_on(&self) -> Option<Date> {
        self.0.baseline_on.map(Date)
    }

    /// Target value.
    async fn target(&self) -> Decimal {
        self.value(self.0.target)
    }

    /// Day by which the target should be reached.
    async fn target_on(&self) -> Option<Date> {
        self.0.target_on.map(Date)
    }

    /// Measured values, in chronological order.
    async fn measurements(&self, ctx: &Context<'_>) -> ApiResult<Vec<IndicatorMeasurement>> {
        let rows = ctx.session().await?.group::<indicator_measurement::Entity>(self.0.project_id).await?;
        let measurement = |it: &indicator_measurement::Model| IndicatorMeasurement {
            measured_on: Date(it.measured_on),
            value: self.value(it.value),
            note: it.note.clone(),
        };
        Ok(rows.iter().filter(|it| it.project_indicator_id == self.0.id).map(measurement).collect())
    }

    /// Actions open to the viewer on the indicator.
    async fn viewer_can(&self) -> ProjectIndicatorAbilities {
        ProjectIndicatorAbilities(self.0.clone())
    }

    /// Version number, raised by one with every change; updates must state it.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl ProjectIndicator {
    fn value(&self, units: i64) -> Decimal {
        Decimal::of(units, u32::try_from(self.0.decimals).unwrap_or_default())
    }
}

/// Link from a project to an object elsewhere.
pub struct ProjectLink(pub Arc<project_link::Model>);

/// Target of a project link. The type of a calendar entry follows the viewer's share level.
#[derive(Union)]
pub enum LinkTarget {
    /// Calendar entry with all fields.
    Entry(crate::calendars::entry_types::CalendarEntryFull),
    /// Calendar entry with its summary fields.
    Summary(crate::calendars::entry_types::CalendarEntrySummary),
    /// Calendar entry with its time only.
    Busy(crate::calendars::entry_types::CalendarEntryBusy),
    /// Dataset.
    Dataset(Dataset),
    /// Learning place.
    Place(LearningPlace),
}

/// Link from a project to a calendar entry, dataset or learning place. The link grants no access to its target.
#[Object]
impl ProjectLink {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectLink.id(self.0.id).into()
    }

    /// Party that created the link.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Target of the link, at the viewer's own level of access; null if not visible to the viewer.
    #[graphql(complexity = "10")]
    async fn target(&self, ctx: &Context<'_>) -> Option<ApiResult<LinkTarget>> {
        match ctx.session().await {
            Ok(session) => target(&session, &self.0).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Note on the link, such as its reason.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Actions open to the viewer on the link.
    async fn viewer_can(&self) -> ProjectLinkAbilities {
        ProjectLinkAbilities(self.0.clone())
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

async fn target(session: &Session, row: &project_link::Model) -> ApiResult<Option<LinkTarget>> {
    if let Some(id) = row.calendar_entry_id {
        return Ok(CalendarEntry::by_id(session, id).await?.map(|it| match it {
            CalendarEntry::Full(it) => LinkTarget::Entry(it),
            CalendarEntry::Summary(it) => LinkTarget::Summary(it),
            CalendarEntry::Busy(it) => LinkTarget::Busy(it),
        }));
    }
    if let Some(id) = row.dataset_id {
        return Ok(Dataset::by_id(session, id).await?.map(LinkTarget::Dataset));
    }
    let Some(id) = row.learning_place_id else { return Ok(None) };
    Ok(session.get::<learning_place::Entity>(id).await?.map(|it| LinkTarget::Place(LearningPlace(it))))
}

/// Reads ahead what links lead to.
///
/// # Errors
/// The database fails.
pub async fn preload_targets(session: &Session, rows: &[project_link::Model]) -> ApiResult<()> {
    session.load::<calendar_entry::Entity>(rows.iter().filter_map(|it| it.calendar_entry_id)).await?;
    session.load::<entities::dataset::Entity>(rows.iter().filter_map(|it| it.dataset_id)).await?;
    session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await
}
