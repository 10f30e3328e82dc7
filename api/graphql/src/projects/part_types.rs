//! API types of the parts of a project.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use domain::tenants::service::today_of;
use entities::{
    MilestoneStatus as Status, ScopeArea, calendar_entry, indicator_measurement, learning_place, milestone,
    project_indicator, project_link, project_member, status_report, work_package, work_package_dependency,
};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use policy::{Action, Object as PolicyObject};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_types::CalendarEntry;
use crate::context::ContextExt;
use crate::datasets::types::Dataset;
use crate::money::Decimal;
use crate::places::types::LearningPlace;
use crate::projects::enums::{MilestoneStatus, ProjectRole, TrafficLight, WorkStatus};
use crate::projects::types::Project;
use crate::scalars::Date;
use crate::tenants::types::{Tenant, tenant_of};

/// What the viewer may do with a part of a project.
#[derive(SimpleObject)]
pub struct PartAbilities {
    /// Change it: only the party that it belongs to.
    pub update: bool,
}

macro_rules! by_id {
    ($($name:ident: $table:ident),+ $(,)?) => {
        $(impl $name {
            /// By its row, if the viewer may see it.
            ///
            /// # Errors
            /// The database fails.
            pub async fn by_id(session: &Session, id: Uuid) -> ApiResult<Option<Self>> {
                Ok(session.get::<$table::Entity>(id).await?.map(Self))
            }
        })+
    };
}

pub(super) use by_id;

by_id!(
    WorkPackage: work_package,
    Milestone: milestone,
    StatusReport: status_report,
    ProjectMember: project_member,
    ProjectIndicator: project_indicator,
    ProjectLink: project_link,
);

/// What a party does with a part of its own; the project decides on the field of work, and must be in sight.
///
/// # Errors
/// The database fails.
pub async fn abilities(ctx: &Context<'_>, tenant: Uuid, scope: Uuid, project: Uuid) -> ApiResult<PartAbilities> {
    let session = ctx.session().await?;
    let Some(project) = session.get::<entities::project::Entity>(project).await? else {
        return Ok(PartAbilities { update: false });
    };
    let object = PolicyObject::row(ScopeArea::Projects, tenant, scope, project.field_of_work_id);
    Ok(PartAbilities { update: session.access().can(Action::Write, &object) })
}

/// A work package.
pub struct WorkPackage(pub Arc<work_package::Model>);

/// A work package: one party answers for it, and only that one changes it.
#[Object]
impl WorkPackage {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::WorkPackage.id(self.0.id).into()
    }

    /// The party that answers for it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What is to be done.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// How far it is.
    async fn status(&self) -> WorkStatus {
        self.0.status.into()
    }

    /// First day.
    async fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// Last day.
    async fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// Global ids of the work packages that come before it.
    async fn after_ids(&self, ctx: &Context<'_>) -> ApiResult<Vec<ID>> {
        let rows = ctx.session().await?.group::<work_package_dependency::Entity>(self.0.project_id).await?;
        let of_this = rows.iter().filter(|it| it.work_package_id == self.0.id);
        Ok(of_this.map(|it| NodeType::WorkPackage.id(it.depends_on_id).into()).collect())
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        abilities(ctx, self.0.tenant_id, self.0.scope_id, self.0.project_id).await
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// A milestone.
pub struct Milestone(pub Arc<milestone::Model>);

/// A milestone: one party answers for it, and only that one changes it. Its day stands in that party's calendar for the
/// project.
#[Object]
impl Milestone {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::Milestone.id(self.0.id).into()
    }

    /// The party that answers for it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Global id of the work package that it belongs to.
    async fn work_package_id(&self) -> Option<ID> {
        self.0.work_package_id.map(|it| NodeType::WorkPackage.id(it)).map(Into::into)
    }

    /// Global id of its entry in the calendar.
    async fn entry_id(&self) -> ID {
        NodeType::CalendarEntry.id(self.0.entry_id).into()
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// When it shall be reached.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Whether it is.
    async fn status(&self) -> MilestoneStatus {
        self.0.status.into()
    }

    /// When it was reached.
    async fn reached_on(&self) -> Option<Date> {
        self.0.reached_on.map(Date)
    }

    /// Open after its day, or reached after it.
    async fn late(&self, ctx: &Context<'_>) -> ApiResult<bool> {
        let day = match (self.0.status, self.0.reached_on) {
            (Status::Reached, Some(day)) => day,
            (Status::Open, _) => today_of(&*ctx.session().await?, self.0.tenant_id).await?,
            _ => return Ok(false),
        };
        Ok(day > self.0.due_on)
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        abilities(ctx, self.0.tenant_id, self.0.scope_id, self.0.project_id).await
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// How a party says that a project stands.
pub struct StatusReport(pub Arc<status_report::Model>);

/// How a party says that a project stands. Reports are not changed; the next one is newer.
#[Object]
impl StatusReport {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::StatusReport.id(self.0.id).into()
    }

    /// The party that reports.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// In one word.
    async fn light(&self) -> TrafficLight {
        self.0.light.into()
    }

    /// In more words.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// First day that it is about.
    async fn period_from(&self) -> Date {
        Date(self.0.period_from)
    }

    /// Last day that it is about.
    async fn period_until(&self) -> Date {
        Date(self.0.period_until)
    }

    /// Who reported, by the name the party uses.
    async fn reported_by(&self) -> &str {
        &self.0.reported_by
    }

    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}

/// Somebody who works on a project.
pub struct ProjectMember(pub Arc<project_member::Model>);

/// Somebody who works on a project for one of its parties. The other parties see it only with the person's consent.
#[Object]
impl ProjectMember {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectMember.id(self.0.id).into()
    }

    /// The party.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the person does.
    async fn function(&self) -> Option<&str> {
        self.0.function.as_deref()
    }

    /// Part in the project.
    async fn role(&self) -> ProjectRole {
        self.0.role.into()
    }

    /// Address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The person agreed that the other parties see this.
    async fn consented(&self) -> bool {
        self.0.consented
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        abilities(ctx, self.0.tenant_id, self.0.scope_id, self.0.project_id).await
    }
}

/// What a project wants to move.
pub struct ProjectIndicator(pub Arc<project_indicator::Model>);

/// A measured value.
#[derive(SimpleObject)]
pub struct IndicatorMeasurement {
    /// Of which day.
    measured_on: Date,
    /// The value.
    value: Decimal,
    /// How it was measured.
    note: Option<String>,
}

/// What a project wants to move: where it begins, what it aims at, what was measured.
#[Object]
impl ProjectIndicator {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectIndicator.id(self.0.id).into()
    }

    /// The party that answers for it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Code in the catalogue of indicators; null = one of its own.
    async fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What is counted.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Unit.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// Value before.
    async fn baseline(&self) -> Option<Decimal> {
        self.0.baseline.map(|it| self.value(it))
    }

    /// Of which day.
    async fn baseline_on(&self) -> Option<Date> {
        self.0.baseline_on.map(Date)
    }

    /// Value that is aimed at.
    async fn target(&self) -> Decimal {
        self.value(self.0.target)
    }

    /// By when.
    async fn target_on(&self) -> Option<Date> {
        self.0.target_on.map(Date)
    }

    /// What was measured, the earliest first.
    async fn measurements(&self, ctx: &Context<'_>) -> ApiResult<Vec<IndicatorMeasurement>> {
        let rows = ctx.session().await?.group::<indicator_measurement::Entity>(self.0.project_id).await?;
        let told = |it: &indicator_measurement::Model| IndicatorMeasurement {
            measured_on: Date(it.measured_on),
            value: self.value(it.value),
            note: it.note.clone(),
        };
        Ok(rows.iter().filter(|it| it.project_indicator_id == self.0.id).map(told).collect())
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        abilities(ctx, self.0.tenant_id, self.0.scope_id, self.0.project_id).await
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

impl ProjectIndicator {
    fn value(&self, units: i64) -> Decimal {
        Decimal::of(units, u32::try_from(self.0.decimals).unwrap_or_default())
    }
}

/// Something elsewhere that belongs to a project.
pub struct ProjectLink(pub Arc<project_link::Model>);

/// What a link leads to.
#[derive(Union)]
pub enum LinkTarget {
    /// A calendar entry, everything.
    Entry(crate::calendars::entry_types::CalendarEntryFull),
    /// A calendar entry, its outline.
    Summary(crate::calendars::entry_types::CalendarEntrySummary),
    /// A calendar entry, only its time.
    Busy(crate::calendars::entry_types::CalendarEntryBusy),
    /// A dataset.
    Dataset(Dataset),
    /// A learning place.
    Place(LearningPlace),
}

/// Something elsewhere that belongs to a project.
#[Object]
impl ProjectLink {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectLink.id(self.0.id).into()
    }

    /// The party that linked it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// What it leads to, at the viewer's level; null where the viewer may not see it.
    #[graphql(complexity = "10")]
    async fn target(&self, ctx: &Context<'_>) -> Option<ApiResult<LinkTarget>> {
        match ctx.session().await {
            Ok(session) => target(&session, &self.0).await.transpose(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Why.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// When it was linked.
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
pub async fn read_ahead_targets(session: &Session, rows: &[project_link::Model]) -> ApiResult<()> {
    session.load::<calendar_entry::Entity>(rows.iter().filter_map(|it| it.calendar_entry_id)).await?;
    session.load::<entities::dataset::Entity>(rows.iter().filter_map(|it| it.dataset_id)).await?;
    session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await
}
