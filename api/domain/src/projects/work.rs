//! The joint plan: work packages with what comes before them, and milestones. Each belongs to the party that answers for it;
//! nobody else changes it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    MilestoneStatus, ProjectCalendar, WorkStatus, milestone, project, work_package, work_package_dependency,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
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
use crate::projects::service::span;
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// What a work package shall be.
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

/// What shall change of a work package. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct WorkPackagePatch {
    /// Title.
    pub title: Option<String>,
    /// Description of the work.
    pub description: Option<Option<String>>,
    /// Progress.
    pub status: Option<WorkStatus>,
    /// First day.
    pub starts_on: Option<Option<NaiveDate>>,
    /// Last day.
    pub ends_on: Option<Option<NaiveDate>>,
    /// Work packages that come before it.
    pub after: Option<Vec<Uuid>>,
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
pub async fn update(op: &Op, id: Uuid, version: i32, change_of: WorkPackagePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "workPackageUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<work_package::Entity>(session, id, Operation::Update).await?;
    let wish = NewWorkPackage {
        title: change_of.title.unwrap_or_else(|| before.title.clone()),
        description: change_of.description.unwrap_or_else(|| before.description.clone()),
        status: change_of.status.unwrap_or(before.status),
        starts_on: change_of.starts_on.unwrap_or(before.starts_on),
        ends_on: change_of.ends_on.unwrap_or(before.ends_on),
        after: change_of.after,
    };
    let writer = session.writer(&grant).await?;
    // Two parties that make a circle together: the second must see what the first did.
    writer.lock_named(project.id).await?;
    let wish = checked(session, &project, Some(id), wish).await?;
    let row = work_package::Model {
        title: wish.title,
        description: wish.description,
        status: wish.status,
        starts_on: wish.starts_on,
        ends_on: wish.ends_on,
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
    if let Some(after) = wish.after {
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
    mut new: NewWorkPackage,
) -> ApiResult<NewWorkPackage> {
    let mut problems = Problems::default();
    new.title = problems.take(text::line(&new.title, "title", 200))?.unwrap_or_default();
    new.description = problems.take(text::optional(new.description, "description", 10_000))?.flatten();
    span(new.starts_on, new.ends_on, "endsOn", &mut problems);
    if let Some(after) = &new.after {
        let packages = session.group::<work_package::Entity>(project.id).await?;
        let mut before = Before::new();
        let known = session.group::<work_package_dependency::Entity>(project.id).await?;
        for it in known.iter().filter(|it| Some(it.work_package_id) != id) {
            before.entry(it.work_package_id).or_default().insert(it.depends_on_id);
        }
        for first in after {
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
        new.after = Some(after.iter().copied().collect::<BTreeSet<_>>().into_iter().collect());
    }
    problems.done()?;
    Ok(new)
}

/// What a milestone shall be.
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

/// What shall change of a milestone. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct MilestonePatch {
    /// Title.
    pub title: Option<String>,
    /// Due date.
    pub due_on: Option<NaiveDate>,
    /// Status.
    pub status: Option<MilestoneStatus>,
    /// Day on which the milestone was reached.
    pub reached_on: Option<Option<NaiveDate>>,
    /// Work package to which the milestone belongs.
    pub package: Option<Option<Uuid>>,
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
pub async fn update_milestone(op: &Op, id: Uuid, version: i32, change_of: MilestonePatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "milestoneUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<milestone::Entity>(session, id, Operation::Update).await?;
    let status = change_of.status.unwrap_or(before.status);
    // Reached without a word on when is reached today; what is not reached has no day.
    let reached_on = match (status, change_of.reached_on) {
        (MilestoneStatus::Reached, Some(day)) => day.or(before.reached_on),
        (MilestoneStatus::Reached, None) if before.reached_on.is_none() => {
            Some(today_of(session, before.tenant_id).await?)
        }
        (MilestoneStatus::Reached, None) => before.reached_on,
        (_, day) => day.flatten(),
    };
    let wish = NewMilestone {
        title: change_of.title.unwrap_or_else(|| before.title.clone()),
        due_on: change_of.due_on.unwrap_or(before.due_on),
        status,
        reached_on,
        package: change_of.package.unwrap_or(before.work_package_id),
    };
    let wish = checked_milestone(session, &project, wish).await?;
    let writer = session.writer(&grant).await?;
    let date = ProjectDate { title: &wish.title, day: wish.due_on, stands: wish.status != MilestoneStatus::Cancelled };
    calendar::follow(&mutation, &writer, before.entry_id, &date).await?;
    let row = milestone::Model {
        title: wish.title,
        due_on: wish.due_on,
        status: wish.status,
        reached_on: wish.reached_on,
        work_package_id: wish.package,
        ..before.clone()
    };
    let recorded =
        parts::update::<milestone::Entity>(&mutation, &writer, (&before, row), version, project.agreement_id).await?;
    mutation.commit(recorded).await
}

async fn checked_milestone(
    session: &Session,
    project: &project::Model,
    mut new: NewMilestone,
) -> ApiResult<NewMilestone> {
    let mut problems = Problems::default();
    new.title = problems.take(text::line(&new.title, "title", 200))?.unwrap_or_default();
    if let Some(package) = new.package
        && session.get::<work_package::Entity>(package).await?.is_none_or(|it| it.project_id != project.id)
    {
        problems.add(Problem::not_found("workPackage"));
    }
    if new.reached_on.is_some() && new.status != MilestoneStatus::Reached {
        problems.add(Problem::at(UserErrorCode::Invalid, "reachedOn", Text::new("not-reached")));
    }
    problems.done()?;
    Ok(new)
}
