//! Rules of projects themselves: made and changed by the lead, and taken from phase to phase.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    Area, Audience, Confidentiality, Pillar, ProjectPhase, ScopeArea, agreement, field_of_work, funding,
    learning_place, project, project_member, project_partner, project_step,
};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::{Action, Object};
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::{Audience as Readers, own_shares};
use store::{Session, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::agreements::service::parties_of;
use crate::calendars::entry_values::kept_audiences;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
use crate::members::acting_name;
use crate::projects::project_access::{assign_scopes, private};
use crate::projects::{calendar, phases};
use crate::rights::{self, Operation};

const TITLE: Unique = Unique { name: "project_title_key", columns: "project.tenant_id, project.title" };

/// What a project shall be.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: Option<String>,
    /// The agreement that partners take part under.
    pub agreement: Option<Uuid>,
    /// Field of work.
    pub field: Option<Uuid>,
    /// How far the project itself goes.
    pub confidentiality: Confidentiality,
    /// Pillar of the education region.
    pub pillar: Option<Pillar>,
    /// Audiences, from the closed set.
    pub audiences: BTreeSet<Audience>,
    /// Target groups in free text.
    pub target_groups: Vec<String>,
    /// Where most of it happens.
    pub place: Option<Uuid>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
}

/// What shall change of a project. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct ProjectPatch {
    /// Title.
    pub title: Option<String>,
    /// Summary.
    pub summary: Option<Option<String>>,
    /// The agreement; not with partners.
    pub agreement: Option<Option<Uuid>>,
    /// Field of work; not with partners.
    pub field: Option<Option<Uuid>>,
    /// How far the project itself goes.
    pub confidentiality: Option<Confidentiality>,
    /// Pillar.
    pub pillar: Option<Option<Pillar>>,
    /// Audiences, from the closed set.
    pub audiences: Option<BTreeSet<Audience>>,
    /// Target groups in free text.
    pub target_groups: Option<Vec<String>>,
    /// Where most of it happens.
    pub place: Option<Option<Uuid>>,
    /// First day.
    pub starts_on: Option<Option<NaiveDate>>,
    /// Last day.
    pub ends_on: Option<Option<NaiveDate>>,
}

/// Makes a project: an idea of the authority that will lead it.
pub async fn create(op: &Op, tenant: Uuid, new: NewProject, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "projectCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<project::Entity>(session, tenant, new.field).await?;
    let new = check(session, tenant, new).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let mut row = row_of(&writer, new, id);
    writer.lock_named(tenant).await?;
    let shares = own_shares(&writer, Area::Projects).await?;
    assign_scopes(&writer, &mut row, &[], &shares).await?;
    match writer.insert_unique::<project::ActiveModel>(full(row.clone()), TITLE).await {
        Ok(()) => {}
        Err(error) => return Err(title_taken(error, &row.title)),
    }
    step(session, &writer, &row, None).await?;
    let recorded = mutation.record(&writer, change_record(&row, "project.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// The row of a new project, private until its scopes are known.
fn row_of(writer: &Writer<'_>, new: NewProject, id: Uuid) -> project::Model {
    let private = Readers::private(writer.tenant(), ScopeArea::Projects, new.field).id();
    let mut row = project::Model {
        id,
        tenant_id: writer.tenant(),
        scope_id: private,
        inner_scope_id: private,
        agreement_id: new.agreement,
        field_of_work_id: new.field,
        title: new.title,
        summary: new.summary,
        search_text: String::new(),
        phase: ProjectPhase::Idea,
        confidentiality: new.confidentiality,
        pillar: new.pillar,
        audiences: kept_audiences(&new.audiences),
        target_groups: lines(&new.target_groups),
        place_id: new.place,
        starts_on: new.starts_on,
        ends_on: new.ends_on,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    row.search_text = searched(&row);
    row
}

fn searched(row: &project::Model) -> String {
    text::fold(&[Some(row.title.as_str()), row.summary.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn lines(lines: &[String]) -> Option<String> {
    Some(lines.join("\n")).filter(|it| !it.is_empty())
}

async fn check(session: &Session, tenant: Uuid, mut new: NewProject) -> ApiResult<NewProject> {
    let mut problems = Problems::default();
    new.title = problems.take(text::line(&new.title, "title", 200))?.unwrap_or_default();
    new.summary = problems.take(text::optional(new.summary, "summary", 10_000))?.flatten();
    let groups = std::mem::take(&mut new.target_groups);
    kernel::global_id::at_most_100(&groups, "targetGroups")?;
    for group in groups {
        new.target_groups.extend(problems.take(text::line(&group, "targetGroups", 200))?);
    }
    if let Some(id) = new.agreement {
        let known = session.get::<agreement::Entity>(id).await?.is_some();
        if !known || !parties_of(session, id).await?.contains(&tenant) {
            problems.add(Problem::not_found("agreement"));
        }
    }
    if let Some(id) = new.field
        && session.get::<field_of_work::Entity>(id).await?.is_none()
    {
        problems.add(Problem::not_found("fieldOfWork"));
    }
    if let Some(id) = new.place
        && session.get::<learning_place::Entity>(id).await?.is_none()
    {
        problems.add(Problem::not_found("place"));
    }
    span(new.starts_on, new.ends_on, "endsOn", &mut problems);
    problems.done()?;
    Ok(new)
}

/// Refuses a last day before the first.
pub fn span(from: Option<NaiveDate>, until: Option<NaiveDate>, field: &'static str, problems: &mut Problems) {
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        let text = Text::new("ends-before-start").with("from", from).with("until", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, field, text));
    }
}

/// Changes a project, for the lead.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: ProjectPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<project::Entity>(session, id, Operation::Update, "id").await?;
    let wish = NewProject {
        title: patch.title.unwrap_or_else(|| before.title.clone()),
        summary: patch.summary.unwrap_or_else(|| before.summary.clone()),
        agreement: patch.agreement.unwrap_or(before.agreement_id),
        field: patch.field.unwrap_or(before.field_of_work_id),
        confidentiality: patch.confidentiality.unwrap_or(before.confidentiality),
        pillar: patch.pillar.unwrap_or(before.pillar),
        audiences: patch
            .audiences
            .unwrap_or_else(|| crate::calendars::entry_values::read_audiences(before.audiences.as_deref())),
        target_groups: patch.target_groups.unwrap_or_else(|| {
            before.target_groups.as_deref().map(|it| it.lines().map(str::to_owned).collect()).unwrap_or_default()
        }),
        place: patch.place.unwrap_or(before.place_id),
        starts_on: patch.starts_on.unwrap_or(before.starts_on),
        ends_on: patch.ends_on.unwrap_or(before.ends_on),
    };
    let wish = check(session, before.tenant_id, wish).await?;
    let partners = session.group::<project_partner::Entity>(id).await?;
    let mut problems = Problems::default();
    // What partners brought in names agreement and field of work by itself.
    for (changes, field) in
        [(wish.agreement != before.agreement_id, "agreement"), (wish.field != before.field_of_work_id, "fieldOfWork")]
    {
        if changes && !partners.is_empty() {
            problems.add(Problem::at(UserErrorCode::Conflict, field, Text::new("project-has-partners")));
        }
    }
    if wish.field != before.field_of_work_id {
        let object = Object::new_in(ScopeArea::Projects, before.tenant_id, wish.field);
        session.authorize(Action::Write, &object, "fieldOfWork")?;
    }
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let mut row = project::Model {
        id,
        phase: before.phase,
        version: version.saturating_add(1),
        created_at: before.created_at,
        ..row_of(&writer, wish, id)
    };
    writer.lock_named(row.tenant_id).await?;
    let shares = own_shares(&writer, Area::Projects).await?;
    assign_scopes(&writer, &mut row, &partners, &shares).await?;
    save(&writer, &row, version).await?;
    if row.field_of_work_id != before.field_of_work_id {
        rescope_people(&writer, &row).await?;
    }
    if row.title != before.title {
        calendar::rename(session, &writer, &row).await?;
    }
    let mut patch = change_record(&row, "project.updated", Some(&before));
    patch.also.insert(before.scope_id);
    let recorded = mutation.record(&writer, patch).await?;
    mutation.commit(recorded).await
}

/// Moves whoever agreed to nothing into the field of work in which the project is now; a trigger moves everything else. There
/// are no partners where the field of work changes, so they are the lead's.
async fn rescope_people(writer: &Writer<'_>, project: &project::Model) -> ApiResult<()> {
    let here = Condition::all()
        .add(project_member::Column::ProjectId.eq(project.id))
        .add(project_member::Column::Consented.eq(false));
    let scope = private(writer, project.field_of_work_id).await?;
    let moved = project_member::ActiveModel { scope_id: Set(scope), ..Default::default() };
    writer.change::<project_member::Entity, _>(here, moved).await?;
    Ok(())
}

/// Writes a project that changed, if it still has the version that the client saw.
///
/// # Errors
/// Somebody was faster, or the title is taken.
pub async fn save(writer: &Writer<'_>, row: &project::Model, version: i32) -> ApiResult<()> {
    let here = at_version(project::Column::Id, row.id, project::Column::Version, version);
    match writer.change_unique::<project::Entity, project::ActiveModel>(here, full(row.clone()), TITLE).await {
        Ok(0) => Err(stale(version)),
        Ok(_) => Ok(()),
        Err(error) => Err(title_taken(error, &row.title)),
    }
}

fn title_taken(error: WriteError, title: &str) -> ApiError {
    match error {
        WriteError::Taken => {
            Problem::at(UserErrorCode::NotUnique, "title", Text::new("taken").with("value", title)).into()
        }
        WriteError::Failed(error) => error,
    }
}

/// Takes a project into another phase, for the lead.
pub async fn advance(op: &Op, id: Uuid, version: i32, phase: ProjectPhase, note: Option<String>) -> ApiResult<()> {
    let note = text::optional(note, "note", 1_000)?;
    let mutation = UnitOfWork::begin(op, "projectAdvance").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<project::Entity>(session, id, Operation::Advance, "id").await?;
    let allowed = phases::next(before.phase);
    if !allowed.contains(&phase) {
        let allowed = allowed.iter().map(|it| it.as_str());
        return Err(Problem::illegal_transition("phase", before.phase.as_str(), phase.as_str(), allowed).into());
    }
    if let Some(problem) = unfounded(session, &before, phase).await? {
        return Err(problem.into());
    }
    let writer = session.writer(&grant).await?;
    let row =
        project::Model { phase, version: version.saturating_add(1), updated_at: writer.now(), ..(*before).clone() };
    save(&writer, &row, version).await?;
    step(session, &writer, &row, note).await?;
    let recorded = mutation.record(&writer, change_record(&row, "project.advanced", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// A phase that says something of fundings that they do not say.
async fn unfounded(session: &Session, row: &project::Model, phase: ProjectPhase) -> ApiResult<Option<Problem>> {
    use entities::FundingState as State;
    let (wanted, key) = match phase {
        ProjectPhase::Applied => (State::Applied, "no-application"),
        ProjectPhase::Approved => (State::Approved, "no-approval"),
        _ => return Ok(None),
    };
    let fundings = session.group::<funding::Entity>(row.id).await?;
    let founded = fundings.iter().any(|it| it.state == wanted || it.state == State::Approved);
    let text = match key {
        "no-application" => Text::new("no-application"),
        _ => Text::new("no-approval"),
    };
    Ok((!founded).then(|| Problem::at(UserErrorCode::Conflict, "phase", text)))
}

/// Keeps that a project entered its phase.
async fn step(session: &Session, writer: &Writer<'_>, row: &project::Model, note: Option<String>) -> ApiResult<()> {
    let made = project_step::Model {
        id: new_id(),
        tenant_id: row.tenant_id,
        scope_id: row.inner_scope_id,
        project_id: row.id,
        phase: row.phase,
        note,
        entered_by: acting_name(session, row.tenant_id).await?,
        created_at: writer.now(),
    };
    writer.insert::<project_step::ActiveModel>(full(made)).await
}

/// What is told of a project.
pub fn change_record(row: &project::Model, topic: &'static str, before: Option<&project::Model>) -> ChangeRecord {
    ChangeRecord {
        object_type: "Project",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: Some(row.id),
        also: BTreeSet::new(),
        agreement: row.agreement_id,
        before: before.map(audit_snapshot),
        after: Some(audit_snapshot(row)),
    }
}

/// A project in the audit trail, and in the copy that a party keeps.
pub fn audit_snapshot(row: &project::Model) -> Value {
    json!({
        "title": row.title, "summary": row.summary, "lead": row.tenant_id, "agreement": row.agreement_id,
        "fieldOfWork": row.field_of_work_id, "phase": row.phase, "confidentiality": row.confidentiality,
        "pillar": row.pillar, "audiences": row.audiences, "targetGroups": row.target_groups, "place": row.place_id,
        "startsOn": row.starts_on, "endsOn": row.ends_on,
    })
}
