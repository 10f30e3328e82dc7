//! How inputs become wishes: the names of nodes are read, everything wrong is told at once.

use async_graphql::{ID, MaybeUndefined};
use domain::projects::documents::ProjectFile;
use domain::projects::indicators::{IndicatorPatch, NewIndicator};
use domain::projects::links::Linked;
use domain::projects::members::NewMember;
use domain::projects::reports::NewReport;
use domain::projects::service::{NewProject, ProjectPatch};
use domain::projects::work::{MilestonePatch, NewMilestone, NewWorkPackage, WorkPackagePatch};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::calendars::entry_input::{optional, required};
use crate::projects::inputs::{
    DownloadedInput, LinkTargetInput, MilestoneCreateInput, MilestoneUpdateInput, ProjectCreateInput,
    ProjectIndicatorCreateInput, ProjectIndicatorUpdateInput, ProjectMemberAddInput, ProjectUpdateInput,
    StatusReportCreateInput, WorkPackageCreateInput, WorkPackageUpdateInput,
};

/// A project, and a party of it.
pub(super) fn project_and_party(project: &ID, tenant: &ID) -> ApiResult<(Uuid, Uuid)> {
    let mut problems = Problems::default();
    let project = problems.take(NodeType::Project.parse(project, "project"))?.unwrap_or_default();
    let tenant = problems.take(NodeType::Tenant.parse(tenant, "tenant"))?.unwrap_or_default();
    problems.done()?;
    Ok((project, tenant))
}

fn parsed_id(id: Option<ID>, kind: NodeType, field: &'static str, problems: &mut Problems) -> ApiResult<Option<Uuid>> {
    match id {
        Some(id) => problems.take(kind.parse(&id, field)),
        None => Ok(None),
    }
}

fn patched_id(
    id: MaybeUndefined<ID>,
    kind: NodeType,
    field: &'static str,
    problems: &mut Problems,
) -> ApiResult<Option<Option<Uuid>>> {
    Ok(match optional(id) {
        Some(Some(id)) => problems.take(kind.parse(&id, field))?.map(Some),
        Some(None) => Some(None),
        None => None,
    })
}

/// The project that is wished for, and its lead.
pub(super) fn project(input: ProjectCreateInput) -> ApiResult<(Uuid, NewProject)> {
    let mut problems = Problems::default();
    let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
    let wish = NewProject {
        title: input.title,
        summary: input.summary,
        agreement: parsed_id(input.agreement, NodeType::Agreement, "agreement", &mut problems)?,
        field: parsed_id(input.field_of_work, NodeType::FieldOfWork, "fieldOfWork", &mut problems)?,
        confidentiality: input.confidentiality.into(),
        pillar: input.pillar.map(Into::into),
        audiences: input.audiences.unwrap_or_default().into_iter().map(Into::into).collect(),
        target_groups: input.target_groups.unwrap_or_default(),
        place: parsed_id(input.place, NodeType::LearningPlace, "place", &mut problems)?,
        starts_on: input.starts_on.map(|it| it.0),
        ends_on: input.ends_on.map(|it| it.0),
    };
    problems.done()?;
    Ok((tenant, wish))
}

/// What shall change of a project.
pub(super) fn project_change(input: ProjectUpdateInput) -> ApiResult<ProjectPatch> {
    let mut problems = Problems::default();
    let change = ProjectPatch {
        title: required(input.title, "title", &mut problems),
        summary: optional(input.summary),
        agreement: patched_id(input.agreement, NodeType::Agreement, "agreement", &mut problems)?,
        field: patched_id(input.field_of_work, NodeType::FieldOfWork, "fieldOfWork", &mut problems)?,
        confidentiality: required(input.confidentiality, "confidentiality", &mut problems).map(Into::into),
        pillar: optional(input.pillar).map(|it| it.map(Into::into)),
        audiences: optional(input.audiences).map(|it| it.unwrap_or_default().into_iter().map(Into::into).collect()),
        target_groups: optional(input.target_groups).map(Option::unwrap_or_default),
        place: patched_id(input.place, NodeType::LearningPlace, "place", &mut problems)?,
        starts_on: optional(input.starts_on).map(|it| it.map(|it| it.0)),
        ends_on: optional(input.ends_on).map(|it| it.map(|it| it.0)),
    };
    problems.done()?;
    Ok(change)
}

/// The member that is wished for.
pub(super) fn member(input: ProjectMemberAddInput) -> NewMember {
    NewMember {
        name: input.name,
        function: input.function,
        role: input.role.into(),
        email: input.email,
        consented: input.consented,
    }
}

/// The work package that is wished for.
pub(super) fn work(input: WorkPackageCreateInput) -> ApiResult<NewWorkPackage> {
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

/// What shall change of a work package.
pub(super) fn work_change(input: WorkPackageUpdateInput) -> ApiResult<WorkPackagePatch> {
    let mut problems = Problems::default();
    let title = required(input.title, "title", &mut problems);
    let status = required(input.status, "status", &mut problems).map(Into::into);
    let after = match optional(input.after) {
        Some(ids) => problems.take(NodeType::WorkPackage.parse_all(&ids.unwrap_or_default(), "after"))?,
        None => None,
    };
    problems.done()?;
    Ok(WorkPackagePatch {
        title,
        description: optional(input.description),
        status,
        starts_on: optional(input.starts_on).map(|it| it.map(|it| it.0)),
        ends_on: optional(input.ends_on).map(|it| it.map(|it| it.0)),
        after,
    })
}

/// The milestone that is wished for.
pub(super) fn milestone(input: MilestoneCreateInput) -> ApiResult<NewMilestone> {
    let package = input.work_package.map(|it| NodeType::WorkPackage.parse(&it, "workPackage")).transpose()?;
    Ok(NewMilestone {
        title: input.title,
        due_on: input.due_on.0,
        status: entities::MilestoneStatus::Open,
        reached_on: None,
        package,
    })
}

/// What shall change of a milestone.
pub(super) fn milestone_change(input: MilestoneUpdateInput) -> ApiResult<MilestonePatch> {
    let mut problems = Problems::default();
    let change = MilestonePatch {
        title: required(input.title, "title", &mut problems),
        due_on: required(input.due_on, "dueOn", &mut problems).map(|it| it.0),
        status: required(input.status, "status", &mut problems).map(Into::into),
        reached_on: optional(input.reached_on).map(|it| it.map(|it| it.0)),
        package: patched_id(input.work_package, NodeType::WorkPackage, "workPackage", &mut problems)?,
    };
    problems.done()?;
    Ok(change)
}

/// The report.
pub(super) fn report(input: StatusReportCreateInput) -> NewReport {
    NewReport { light: input.light.into(), text: input.text, from: input.period_from.0, until: input.period_until.0 }
}

/// The indicator that is wished for.
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

/// What shall change of an indicator.
pub(super) fn indicator_change(input: ProjectIndicatorUpdateInput) -> ApiResult<IndicatorPatch> {
    let mut problems = Problems::default();
    let target = required(input.target, "target", &mut problems);
    problems.done()?;
    Ok(IndicatorPatch {
        baseline: optional(input.baseline).map(|it| it.map(|it| it.0)),
        baseline_on: optional(input.baseline_on).map(|it| it.map(|it| it.0)),
        target: target.map(|it| it.0),
        target_on: optional(input.target_on).map(|it| it.map(|it| it.0)),
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

/// Which file is wanted.
pub(super) fn wanted(of: DownloadedInput) -> ApiResult<ProjectFile> {
    Ok(match of {
        DownloadedInput::Version(it) => {
            ProjectFile::Version(NodeType::ProjectDocument.parse(&it.document, "of")?, it.number)
        }
        DownloadedInput::Archive(id) => ProjectFile::Archive(NodeType::ProjectArchive.parse(&id, "of")?),
        DownloadedInput::File(it) => {
            ProjectFile::OfArchive(NodeType::ProjectArchive.parse(&it.archive, "of")?, it.checksum)
        }
    })
}
