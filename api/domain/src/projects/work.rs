//! The joint plan: work packages with what comes before them, and milestones. Each belongs to the party that answers for it;
//! nobody else changes it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    MilestoneStatus, ProjectCalendar, WorkStatus, milestone, project, work_package, work_package_dependency,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::text;
use sea_orm::{ColumnTrait, Condition};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::projects::calendar;
use crate::projects::calendar::ProjectDate;
use crate::projects::dependencies::{Before, find_cycle};
use crate::projects::parts;
use crate::projects::parts::{insert, writable};
use crate::projects::project_access::{check_part_limit, party_grant};
use crate::projects::service::check_span;
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// Values of a new work package.
#[derive(Clone, Debug)]
pub struct NewWorkPackage {
    /// Title.
    pub title: String,
    /// Description of the work.
    pub description: Option<String>,
    /// Progress.
    pub status: WorkStatus,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Work packages that come before it; none = as they are.
    pub after: Option<Vec<Uuid>>,
}

/// Changes to a work package.
#[derive(Clone, Debug, Default)]
pub struct WorkPackagePatch {
    /// Title.
    pub title: Patch<String>,
    /// Description of the work.
    pub description: Patch<Option<String>>,
    /// Progress.
    pub status: Patch<WorkStatus>,
    /// First day.
    pub starts_on: Patch<Option<NaiveDate>>,
    /// Last day.
    pub ends_on: Patch<Option<NaiveDate>>,
    /// Work packages that come before it.
    pub after: Patch<Vec<Uuid>>,
}

/// Adds a work package for a party.
pub async fn create(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    new: NewWorkPackage,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "workPackageCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<work_package::Entity>(project.id).await?.len(), "project")?;
    let new = checked(session, &project, None, new).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = work_package::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        title: new.title,
        description: new.description,
        status: new.status,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<work_package::Entity>(&mutation, &writer, row.clone(), &project).await?;
    depend(&writer, &row, new.after.unwrap_or_default()).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes a work package, for the party that answers for it.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: WorkPackagePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "workPackageUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<work_package::Entity>(session, id, Operation::Update).await?;
    let new = NewWorkPackage {
        title: patch.title.or_clone(&before.title),
        description: patch.description.or_clone(&before.description),
        status: patch.status.or(before.status),
        starts_on: patch.starts_on.or(before.starts_on),
        ends_on: patch.ends_on.or(before.ends_on),
        after: patch.after.set(),
    };
    let writer = session.writer(&grant).await?;
    // Two parties that make a circle together: the second must see what the first did.
    writer.lock_named(project.id).await?;
    let new = checked(session, &project, Some(id), new).await?;
    let row = work_package::Model {
        title: new.title,
        description: new.description,
        status: new.status,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        ..before.clone()
    };
    let recorded = parts::update::<work_package::Entity>(
        &mutation,
        &writer,
        (&before, row.clone()),
        version,
        project.agreement_id,
    )
    .await?;
    if let Some(after) = new.after {
        let here = Condition::all().add(work_package_dependency::Column::WorkPackageId.eq(id));
        writer.delete::<work_package_dependency::Entity>(here).await?;
        depend(&writer, &row, after).await?;
    }
    mutation.commit(recorded).await
}

async fn depend(writer: &Writer<'_>, row: &work_package::Model, after: Vec<Uuid>) -> ApiResult<()> {
    let rows = after.into_iter().map(|first| {
        full::<_, work_package_dependency::ActiveModel>(work_package_dependency::Model {
            work_package_id: row.id,
            depends_on_id: first,
            tenant_id: row.tenant_id,
            scope_id: row.scope_id,
            project_id: row.project_id,
        })
    });
    writer.insert_all(rows.collect()).await
}

async fn checked(
    session: &Session,
    project: &project::Model,
    id: Option<Uuid>,
    new: NewWorkPackage,
) -> ApiResult<NewWorkPackage> {
    let (title, description, (), after) = all((
        text::line(&new.title, "title", 200),
        text::optional(new.description, "description", 10_000),
        check_span(new.starts_on, new.ends_on, "endsOn"),
        checked_dependencies(session, project, id, new.after).await,
    ))?;
    Ok(NewWorkPackage { title, description, after, ..new })
}

/// The work packages that come before one, each once.
async fn checked_dependencies(
    session: &Session,
    project: &project::Model,
    id: Option<Uuid>,
    after: Option<Vec<Uuid>>,
) -> ApiResult<Option<Vec<Uuid>>> {
    let Some(after) = after else { return Ok(None) };
    let mut problems = Problems::default();
    let packages = session.group::<work_package::Entity>(project.id).await?;
    let mut before = Before::new();
    let known = session.group::<work_package_dependency::Entity>(project.id).await?;
    for it in known.iter().filter(|it| Some(it.work_package_id) != id) {
        before.entry(it.work_package_id).or_default().insert(it.depends_on_id);
    }
    for first in &after {
        if !packages.iter().any(|it| it.id == *first) {
            problems.add(Problem::not_found("after"));
        } else if let Some(cycle) = id.and_then(|id| find_cycle(&before, id, *first)) {
            let titles: Vec<_> = cycle
                .iter()
                .filter_map(|it| packages.iter().find(|row| row.id == *it))
                .map(|it| it.title.as_str())
                .collect();
            let text = Text::new("dependency-circle").with("way", titles.join(" → "));
            problems.add(Problem::at(UserErrorCode::Conflict, "after", text));
        }
    }
    problems.done()?;
    Ok(Some(after.into_iter().collect::<BTreeSet<_>>().into_iter().collect()))
}

/// Values of a new milestone.
#[derive(Clone, Debug)]
pub struct NewMilestone {
    /// Title.
    pub title: String,
    /// Due date.
    pub due_on: NaiveDate,
    /// Status.
    pub status: MilestoneStatus,
    /// Day on which the milestone was reached.
    pub reached_on: Option<NaiveDate>,
    /// Work package to which the milestone belongs.
    pub package: Option<Uuid>,
}

/// Changes to a milestone.
#[derive(Clone, Debug, Default)]
pub struct MilestonePatch {
    /// Title.
    pub title: Patch<String>,
    /// Due date.
    pub due_on: Patch<NaiveDate>,
    /// Status.
    pub status: Patch<MilestoneStatus>,
    /// Day on which the milestone was reached.
    pub reached_on: Patch<Option<NaiveDate>>,
    /// Work package to which the milestone belongs.
    pub package: Patch<Option<Uuid>>,
}

/// Adds a milestone for a party; its day stands in the party's calendar for the project.
pub async fn create_milestone(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    new: NewMilestone,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "milestoneCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<milestone::Entity>(project.id).await?.len(), "project")?;
    let new = checked_milestone(session, &project, new).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let date = ProjectDate { title: &new.title, day: new.due_on, stands: new.status != MilestoneStatus::Cancelled };
    let entry = calendar::show(&mutation, &writer, &project, ProjectCalendar::Plan, &date).await?;
    let row = milestone::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        work_package_id: new.package,
        title: new.title,
        due_on: new.due_on,
        status: new.status,
        reached_on: new.reached_on,
        entry_id: entry,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<milestone::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Changes a milestone, for the party that answers for it.
pub async fn update_milestone(op: &Op, id: Uuid, version: i32, patch: MilestonePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "milestoneUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<milestone::Entity>(session, id, Operation::Update).await?;
    let status = patch.status.or(before.status);
    // Reached without a day is reached today; a milestone that is not reached has no day.
    let reached_on = match (status, patch.reached_on) {
        (MilestoneStatus::Reached, Patch::Set(day)) => day.or(before.reached_on),
        (MilestoneStatus::Reached, Patch::Keep) if before.reached_on.is_none() => {
            Some(today_of(session, before.tenant_id).await?)
        }
        (MilestoneStatus::Reached, Patch::Keep) => before.reached_on,
        (_, day) => day.or(None),
    };
    let new = NewMilestone {
        title: patch.title.or_clone(&before.title),
        due_on: patch.due_on.or(before.due_on),
        status,
        reached_on,
        package: patch.package.or(before.work_package_id),
    };
    let new = checked_milestone(session, &project, new).await?;
    let writer = session.writer(&grant).await?;
    let date = ProjectDate { title: &new.title, day: new.due_on, stands: new.status != MilestoneStatus::Cancelled };
    calendar::follow(&mutation, &writer, before.entry_id, &date).await?;
    let row = milestone::Model {
        title: new.title,
        due_on: new.due_on,
        status: new.status,
        reached_on: new.reached_on,
        work_package_id: new.package,
        ..before.clone()
    };
    let recorded =
        parts::update::<milestone::Entity>(&mutation, &writer, (&before, row), version, project.agreement_id).await?;
    mutation.commit(recorded).await
}

async fn checked_milestone(session: &Session, project: &project::Model, new: NewMilestone) -> ApiResult<NewMilestone> {
    let mut problems = Problems::default();
    if let Some(package) = new.package
        && session.get::<work_package::Entity>(package).await?.is_none_or(|it| it.project_id != project.id)
    {
        problems.add(Problem::not_found("workPackage"));
    }
    if new.reached_on.is_some() && new.status != MilestoneStatus::Reached {
        problems.add(Problem::at(UserErrorCode::Invalid, "reachedOn", Text::new("not-reached")));
    }
    let (title, ()) = all((text::line(&new.title, "title", 200), problems.done()))?;
    Ok(NewMilestone { title, ..new })
}
