//! Values and changes that inputs ask for: ids of nodes are read, and all problems collected.

use async_graphql::ID;
use domain::projects::documents::ProjectFile;
use domain::projects::indicators::{IndicatorPatch, NewIndicator};
use domain::projects::links::Linked;
use domain::projects::members::NewMember;
use domain::projects::reports::NewReport;
use domain::projects::service::{NewProject, ProjectPatch};
use domain::projects::work::{MilestonePatch, NewMilestone, NewWorkPackage, WorkPackagePatch};
use kernel::error::{ApiResult, all};
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::patch::{PatchField, clearable_id, optional_id};
use crate::projects::inputs::{
    LinkTargetInput, MilestoneCreateInput, MilestoneUpdateInput, ProjectCreateInput, ProjectFileInput,
    ProjectIndicatorCreateInput, ProjectIndicatorUpdateInput, ProjectMemberAddInput, ProjectUpdateInput,
    StatusReportCreateInput, WorkPackageCreateInput, WorkPackageUpdateInput,
};

/// A project, and a party of it.
pub(super) fn project_and_party(project: &ID, tenant: &ID) -> ApiResult<(Uuid, Uuid)> {
    all((NodeType::Project.parse(project, "project"), NodeType::Tenant.parse(tenant, "tenant")))
}

/// Lead and values of a new project.
pub(super) fn project(input: ProjectCreateInput) -> ApiResult<(Uuid, NewProject)> {
    let (tenant, agreement, field, place) = all((
        NodeType::Tenant.parse(&input.tenant, "tenant"),
        optional_id(input.agreement.as_ref(), NodeType::Agreement, "agreement"),
        optional_id(input.field_of_work.as_ref(), NodeType::FieldOfWork, "fieldOfWork"),
        optional_id(input.place.as_ref(), NodeType::LearningPlace, "place"),
    ))?;
    let new = NewProject {
        title: input.title,
        summary: input.summary,
        agreement,
        field,
        confidentiality: input.confidentiality.into(),
        pillar: input.pillar.map(Into::into),
        audiences: input.audiences.unwrap_or_default().into_iter().map(Into::into).collect(),
        target_groups: input.target_groups.unwrap_or_default(),
        place,
        starts_on: input.starts_on.map(|it| it.0),
        ends_on: input.ends_on.map(|it| it.0),
    };
    Ok((tenant, new))
}

/// Changes to a project.
pub(super) fn project_patch(input: ProjectUpdateInput) -> ApiResult<ProjectPatch> {
    let (title, agreement, field, confidentiality, place) = all((
        input.title.required("title"),
        clearable_id(input.agreement, NodeType::Agreement, "agreement"),
        clearable_id(input.field_of_work, NodeType::FieldOfWork, "fieldOfWork"),
        input.confidentiality.required("confidentiality"),
        clearable_id(input.place, NodeType::LearningPlace, "place"),
    ))?;
    Ok(ProjectPatch {
        title,
        summary: input.summary.clearable(),
        agreement,
        field,
        confidentiality: confidentiality.map(Into::into),
        pillar: input.pillar.clearable().map(|it| it.map(Into::into)),
        audiences: input.audiences.defaulted().map(|it| it.into_iter().map(Into::into).collect()),
        target_groups: input.target_groups.defaulted(),
        place,
        starts_on: input.starts_on.clearable().map(|it| it.map(|it| it.0)),
        ends_on: input.ends_on.clearable().map(|it| it.map(|it| it.0)),
    })
}

/// Values of a new member of a project team.
pub(super) fn member(input: ProjectMemberAddInput) -> NewMember {
    NewMember {
        name: input.name,
        function: input.function,
        role: input.role.into(),
        email: input.email,
        consented: input.consent,
    }
}

/// Values of a new work package.
pub(super) fn work_package(input: WorkPackageCreateInput) -> ApiResult<NewWorkPackage> {
    let after = input.after.map(|it| NodeType::WorkPackage.parse_all(&it, "after")).transpose()?;
    Ok(NewWorkPackage {
        title: input.title,
        description: input.description,
        status: input.status.into(),
        starts_on: input.starts_on.map(|it| it.0),
        ends_on: input.ends_on.map(|it| it.0),
        after,
    })
}

/// Changes to a work package.
pub(super) fn work_package_patch(input: WorkPackageUpdateInput) -> ApiResult<WorkPackagePatch> {
    let (title, status, after) = all((
        input.title.required("title"),
        input.status.required("status"),
        input.after.defaulted().try_map(|it| NodeType::WorkPackage.parse_all(&it, "after")),
    ))?;
    Ok(WorkPackagePatch {
        title,
        description: input.description.clearable(),
        status: status.map(Into::into),
        starts_on: input.starts_on.clearable().map(|it| it.map(|it| it.0)),
        ends_on: input.ends_on.clearable().map(|it| it.map(|it| it.0)),
        after,
    })
}

/// Values of a new milestone.
pub(super) fn milestone(input: MilestoneCreateInput) -> ApiResult<NewMilestone> {
    Ok(NewMilestone {
        title: input.title,
        due_on: input.due_on.0,
        status: entities::MilestoneStatus::Open,
        reached_on: None,
        package: optional_id(input.work_package.as_ref(), NodeType::WorkPackage, "workPackage")?,
    })
}

/// Changes to a milestone.
pub(super) fn milestone_patch(input: MilestoneUpdateInput) -> ApiResult<MilestonePatch> {
    let (title, due_on, status, package) = all((
        input.title.required("title"),
        input.due_on.required("dueOn"),
        input.status.required("status"),
        clearable_id(input.work_package, NodeType::WorkPackage, "workPackage"),
    ))?;
    Ok(MilestonePatch {
        title,
        due_on: due_on.map(|it| it.0),
        status: status.map(Into::into),
        reached_on: input.reached_on.clearable().map(|it| it.map(|it| it.0)),
        package,
    })
}

/// Values of a new status report.
pub(super) fn report(input: StatusReportCreateInput) -> NewReport {
    NewReport { light: input.light.into(), text: input.text, from: input.period_from.0, until: input.period_until.0 }
}

/// Values of a new project indicator.
pub(super) fn indicator(input: ProjectIndicatorCreateInput) -> NewIndicator {
    NewIndicator {
        code: input.code,
        title: input.title,
        unit: input.unit,
        decimals: input.decimals,
        baseline: input.baseline.map(|it| it.0),
        baseline_on: input.baseline_on.map(|it| it.0),
        target: input.target.0,
        target_on: input.target_on.map(|it| it.0),
    }
}

/// Changes to a project indicator.
pub(super) fn indicator_patch(input: ProjectIndicatorUpdateInput) -> ApiResult<IndicatorPatch> {
    Ok(IndicatorPatch {
        baseline: input.baseline.clearable().map(|it| it.map(|it| it.0)),
        baseline_on: input.baseline_on.clearable().map(|it| it.map(|it| it.0)),
        target: input.target.required("target")?.map(|it| it.0),
        target_on: input.target_on.clearable().map(|it| it.map(|it| it.0)),
    })
}

/// Target of a new project link.
pub(super) fn linked(to: &LinkTargetInput) -> ApiResult<Linked> {
    Ok(match to {
        LinkTargetInput::CalendarEntry(id) => Linked::Entry(NodeType::CalendarEntry.parse(id, "to")?),
        LinkTargetInput::Dataset(id) => Linked::Dataset(NodeType::Dataset.parse(id, "to")?),
        LinkTargetInput::LearningPlace(id) => Linked::Place(NodeType::LearningPlace.parse(id, "to")?),
    })
}

/// File to download.
pub(super) fn requested(of: ProjectFileInput) -> ApiResult<ProjectFile> {
    Ok(match of {
        ProjectFileInput::Version(it) => {
            ProjectFile::Version(NodeType::ProjectDocument.parse(&it.document, "of")?, it.number)
        }
        ProjectFileInput::Archive(id) => ProjectFile::Archive(NodeType::ProjectArchive.parse(&id, "of")?),
        ProjectFileInput::File(it) => {
            ProjectFile::OfArchive(NodeType::ProjectArchive.parse(&it.archive, "of")?, it.checksum)
        }
    })
}
