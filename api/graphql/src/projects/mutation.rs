//! Mutations of projects and their parts.

use async_graphql::{Context, Object};
use domain::projects::{indicators, links, members, partners, reports, service, work as plan};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::projects::inputs::{
    IndicatorMeasurementAddInput, MilestoneCreateInput, MilestoneUpdateInput, ProjectAdvanceInput, ProjectCreateInput,
    ProjectIndicatorCreateInput, ProjectIndicatorUpdateInput, ProjectLinkAddInput, ProjectLinkRemoveInput,
    ProjectMemberAddInput, ProjectMemberRemoveInput, ProjectPartnerAcceptInput, ProjectPartnerAddInput,
    ProjectPartnerRemoveInput, ProjectUpdateInput, StatusReportCreateInput, WorkPackageCreateInput,
    WorkPackageUpdateInput,
};
use crate::projects::part_types::{Milestone, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage};
use crate::projects::types::Project;
use crate::projects::values::{
    indicator, indicator_patch, linked, member, milestone, milestone_patch, project, project_and_party, project_patch,
    report, work_package, work_package_patch,
};

payload! {
    /// Payload of `projectCreate`, `projectUpdate`, `projectAdvance`, `projectPartnerAdd`, `projectPartnerAccept`,
    /// `projectPartnerRemove`, `projectMemberRemove` and `projectLinkRemove`.
    ProjectPayload {
        /// Project in its current state; null if no longer visible to the viewer, or after a refusal other than
        /// `STALE_VERSION`.
        project: Project
    } by Project::by_id
}

payload! {
    /// Payload of `workPackageCreate` and `workPackageUpdate`.
    WorkPackagePayload {
        /// Work package in its current state; null after a refusal other than `STALE_VERSION`.
        work_package: WorkPackage
    } by WorkPackage::by_id
}

payload! {
    /// Payload of `milestoneCreate` and `milestoneUpdate`.
    MilestonePayload {
        /// Milestone in its current state; null after a refusal other than `STALE_VERSION`.
        milestone: Milestone
    } by Milestone::by_id
}

payload! {
    /// Payload of `statusReportCreate`.
    StatusReportPayload {
        /// New status report; null after a refusal.
        status_report: StatusReport
    } by StatusReport::by_id
}

payload! {
    /// Payload of `projectMemberAdd` and `projectMemberRemove`.
    ProjectMemberPayload {
        /// Member of the project team in its current state; null after removal, and after a refusal.
        project_member: ProjectMember
    } by ProjectMember::by_id
}

payload! {
    /// Payload of `projectIndicatorCreate`, `projectIndicatorUpdate` and `indicatorMeasurementAdd`.
    ProjectIndicatorPayload {
        /// Project indicator in its current state; null after a refusal other than `STALE_VERSION`.
        project_indicator: ProjectIndicator
    } by ProjectIndicator::by_id
}

payload! {
    /// Payload of `projectLinkAdd` and `projectLinkRemove`.
    ProjectLinkPayload {
        /// Project link in its current state; null after removal, and after a refusal.
        project_link: ProjectLink
    } by ProjectLink::by_id
}

/// See the module.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Creates a project in phase `IDEA`. Requires `PROJECTS_WRITE` in the lead authority.
    async fn project_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new project.")] input: ProjectCreateInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (tenant, new) = project(input)?;
            service::create(op, tenant, new, key).await
        };
        ProjectPayload::created(op, work).await
    }

    /// Changes a project. Requires `PROJECTS_WRITE` in the lead authority.
    async fn project_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the project.")] input: ProjectUpdateInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let id = NodeType::Project.parse(&input.id, "id");
        let work = |id| async move { service::update(op, id, input.version, project_patch(input)?).await };
        ProjectPayload::changed(op, id, work).await
    }

    /// Moves a project to another phase. Requires `PROJECTS_WRITE` in the lead authority.
    async fn project_advance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Project and phase to enter.")] input: ProjectAdvanceInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let work = |id| service::advance(op, id, input.version, input.phase.into(), input.note);
        ProjectPayload::changed(op, NodeType::Project.parse(&input.id, "id"), work).await
    }

    /// Invites a party of the project's agreement as partner. The project and its parts are visible to the invited
    /// authority from then on. Requires `PROJECTS_WRITE` in the lead authority.
    async fn project_partner_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Project and authority to invite.")] input: ProjectPartnerAddInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectPartnerAdd", input.idempotency_key.clone(), &input);
        let ids = all((NodeType::Project.parse(&input.id, "id"), NodeType::Tenant.parse(&input.partner, "partner")));
        let id = ids.clone().map(|(id, _)| id);
        let work = |id| async move { partners::add(op, id, ids?.1, input.version, key).await };
        ProjectPayload::replaced(op, id, work).await
    }

    /// Accepts an invitation to a project. Requires `PROJECTS_WRITE` in the invited authority.
    async fn project_partner_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Invitation to accept.")] input: ProjectPartnerAcceptInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let ids = project_and_party(&input.id, &input.tenant);
        let id = ids.clone().map(|(id, _)| id);
        let work = |id| async move { partners::accept(op, id, ids?.1, input.version).await };
        ProjectPayload::changed(op, id, work).await
    }

    /// Ends the partnership of an authority in a project, or its invitation. Parts owned by the partner remain with the
    /// partner. An active partner that leaves on its own initiative keeps an archive copy of the project. Requires
    /// `PROJECTS_WRITE` in the lead or in the partner authority.
    async fn project_partner_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Partnership to end.")] input: ProjectPartnerRemoveInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let ids = all((
            NodeType::Project.parse(&input.id, "id"),
            NodeType::Tenant.parse(&input.partner, "partner"),
            NodeType::Tenant.parse(&input.tenant, "tenant"),
        ));
        let id = ids.clone().map(|(id, ..)| id);
        let work = |id| async move {
            let (_, partner, tenant) = ids?;
            partners::remove(op, id, partner, tenant, input.version, input.reason).await
        };
        ProjectPayload::changed(op, id, work).await
    }

    /// Adds a member to a project team. Requires `PROJECTS_WRITE` in the person's party.
    async fn project_member_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new member.")] input: ProjectMemberAddInput,
    ) -> ApiResult<ProjectMemberPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectMemberAdd", input.idempotency_key.clone(), &input);
        let work = async {
            let (project, tenant) = project_and_party(&input.project, &input.tenant)?;
            members::add_member(op, project, tenant, member(input), key).await
        };
        ProjectMemberPayload::created(op, work).await
    }

    /// Removes a member from a project team. Requires `PROJECTS_WRITE` in the person's party.
    async fn project_member_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Member to remove.")] input: ProjectMemberRemoveInput,
    ) -> ApiResult<ProjectMemberPayload> {
        let op = ctx.op()?;
        let work = |id| members::remove_member(op, id);
        ProjectMemberPayload::changed(op, NodeType::ProjectMember.parse(&input.id, "id"), work).await
    }

    /// Creates a work package. Requires `PROJECTS_WRITE` in the responsible party.
    async fn work_package_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new work package.")] input: WorkPackageCreateInput,
    ) -> ApiResult<WorkPackagePayload> {
        let op = ctx.op()?;
        let key = idempotency("workPackageCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let ids = project_and_party(&input.project, &input.tenant);
            let ((project, tenant), new) = all((ids, work_package(input)))?;
            plan::create(op, project, tenant, new, key).await
        };
        WorkPackagePayload::created(op, work).await
    }

    /// Changes a work package. Requires `PROJECTS_WRITE` in the responsible party.
    async fn work_package_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the work package.")] input: WorkPackageUpdateInput,
    ) -> ApiResult<WorkPackagePayload> {
        let op = ctx.op()?;
        let id = NodeType::WorkPackage.parse(&input.id, "id");
        let work = |id| async move { plan::update(op, id, input.version, work_package_patch(input)?).await };
        WorkPackagePayload::changed(op, id, work).await
    }

    /// Creates a milestone, with an entry in the party's calendar of the project. Requires `PROJECTS_WRITE` in the
    /// responsible party.
    async fn milestone_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new milestone.")] input: MilestoneCreateInput,
    ) -> ApiResult<MilestonePayload> {
        let op = ctx.op()?;
        let key = idempotency("milestoneCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let ids = project_and_party(&input.project, &input.tenant);
            let ((project, tenant), new) = all((ids, milestone(input)))?;
            plan::create_milestone(op, project, tenant, new, key).await
        };
        MilestonePayload::created(op, work).await
    }

    /// Changes a milestone and its calendar entry. Requires `PROJECTS_WRITE` in the responsible party.
    async fn milestone_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the milestone.")] input: MilestoneUpdateInput,
    ) -> ApiResult<MilestonePayload> {
        let op = ctx.op()?;
        let id = NodeType::Milestone.parse(&input.id, "id");
        let work = |id| async move { plan::update_milestone(op, id, input.version, milestone_patch(input)?).await };
        MilestonePayload::changed(op, id, work).await
    }

    /// Creates a status report. Requires `PROJECTS_WRITE` in the reporting party.
    async fn status_report_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new status report.")] input: StatusReportCreateInput,
    ) -> ApiResult<StatusReportPayload> {
        let op = ctx.op()?;
        let key = idempotency("statusReportCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (project, tenant) = project_and_party(&input.project, &input.tenant)?;
            reports::report(op, project, tenant, report(input), key).await
        };
        StatusReportPayload::created(op, work).await
    }

    /// Creates a project indicator. Requires `PROJECTS_WRITE` in the responsible party.
    async fn project_indicator_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new project indicator.")] input: ProjectIndicatorCreateInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectIndicatorCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (project, tenant) = project_and_party(&input.project, &input.tenant)?;
            indicators::add_indicator(op, project, tenant, indicator(input), key).await
        };
        ProjectIndicatorPayload::created(op, work).await
    }

    /// Changes baseline and target of a project indicator. Requires `PROJECTS_WRITE` in the responsible party.
    async fn project_indicator_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Changes to the project indicator.")] input: ProjectIndicatorUpdateInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let id = NodeType::ProjectIndicator.parse(&input.id, "id");
        let work =
            |id| async move { indicators::update_indicator(op, id, input.version, indicator_patch(input)?).await };
        ProjectIndicatorPayload::changed(op, id, work).await
    }

    /// Adds a measured value to a project indicator. Requires `PROJECTS_WRITE` in the responsible party of the
    /// indicator.
    async fn indicator_measurement_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new measurement.")] input: IndicatorMeasurementAddInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let key = idempotency("indicatorMeasurementAdd", input.idempotency_key.clone(), &input);
        let work = async {
            let id = NodeType::ProjectIndicator.parse(&input.indicator, "indicator")?;
            indicators::measure(op, id, input.measured_on.0, input.value.0, input.note, key).await
        };
        ProjectIndicatorPayload::created(op, work).await
    }

    /// Links an object visible to the viewer to a project. Requires `PROJECTS_WRITE` in the linking party.
    async fn project_link_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new link.")] input: ProjectLinkAddInput,
    ) -> ApiResult<ProjectLinkPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectLinkAdd", input.idempotency_key.clone(), &input);
        let work = async {
            let ids = project_and_party(&input.project, &input.tenant);
            let ((project, tenant), to) = all((ids, linked(&input.to)))?;
            links::link(op, project, tenant, to, input.note, key).await
        };
        ProjectLinkPayload::created(op, work).await
    }

    /// Removes a project link. Requires `PROJECTS_WRITE` in the party that created the link.
    async fn project_link_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Link to remove.")] input: ProjectLinkRemoveInput,
    ) -> ApiResult<ProjectLinkPayload> {
        let op = ctx.op()?;
        let work = |id| links::unlink(op, id);
        ProjectLinkPayload::changed(op, NodeType::ProjectLink.parse(&input.id, "id"), work).await
    }
}
