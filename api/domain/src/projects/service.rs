//! Rules of projects themselves: made and changed by the lead, and taken from phase to phase.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    Area, Audience, Confidentiality, Pillar, ProjectPhase, ScopeArea, agreement, field_of_work, funding,
    learning_place, project, project_member, project_partner, project_step,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::global_id::at_most_100;
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::patch::Patch;
use kernel::text;
use policy::{Action, Object};
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::{Audience as Readers, own_shares};
use store::{ByKey, Session, Unique, Writer, full};
use uuid::Uuid;

use crate::agreements::service::parties_of;
use crate::calendars::entry_values::{kept_audiences, read_audiences};
use crate::context::audited::{AuditHead, Audited, check_free, save_unique, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::projects::project_access::{assign_scopes, private};
use crate::projects::{calendar, phases};
use crate::rights::{self, Operation};

const TITLE: Unique = Unique { name: "project_title_key", columns: "index 'project_title_key'" };

/// Values of a new project.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: Option<String>,
    /// Agreement under which partners take part.
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

/// Changes to a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectPatch {
    /// Title.
    pub title: Patch<String>,
    /// Summary.
    pub summary: Patch<Option<String>>,
    /// Agreement; not with partners.
    pub agreement: Patch<Option<Uuid>>,
    /// Field of work; not with partners.
    pub field: Patch<Option<Uuid>>,
    /// How far the project itself goes.
    pub confidentiality: Patch<Confidentiality>,
    /// Pillar.
    pub pillar: Patch<Option<Pillar>>,
    /// Audiences, from the closed set.
    pub audiences: Patch<BTreeSet<Audience>>,
    /// Target groups in free text.
    pub target_groups: Patch<Vec<String>>,
    /// Where most of it happens.
    pub place: Patch<Option<Uuid>>,
    /// First day.
    pub starts_on: Patch<Option<NaiveDate>>,
    /// Last day.
    pub ends_on: Patch<Option<NaiveDate>>,
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
    check_title(&writer, &row).await?;
    match writer.insert_unique::<project::ActiveModel>(full(row.clone()), TITLE).await {
        Ok(()) => {}
        Err(error) => return Err(error.taken("title", &row.title)),
    }
    step(session, &writer, &row, None).await?;
    let recorded = mutation.record(&writer, row.change_record("project.created", None)).await?;
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

async fn check(session: &Session, tenant: Uuid, new: NewProject) -> ApiResult<NewProject> {
    at_most_100(&new.target_groups, "targetGroups")?;
    let (title, summary, target_groups, (), (), (), ()) = all((
        text::line(&new.title, "title", 200),
        text::optional(new.summary, "summary", 10_000),
        checked_target_groups(&new.target_groups),
        check_agreement(session, tenant, new.agreement).await,
        check_reference::<field_of_work::Entity>(session, new.field, "fieldOfWork").await,
        check_reference::<learning_place::Entity>(session, new.place, "place").await,
        check_span(new.starts_on, new.ends_on, "endsOn"),
    ))?;
    Ok(NewProject { title, summary, target_groups, ..new })
}

fn checked_target_groups(groups: &[String]) -> ApiResult<Vec<String>> {
    let mut problems = Problems::default();
    let mut checked = Vec::new();
    for group in groups {
        checked.extend(problems.take(text::line(group, "targetGroups", 200))?);
    }
    problems.done()?;
    Ok(checked)
}

/// Refuses an agreement that does not bind the lead.
async fn check_agreement(session: &Session, lead: Uuid, agreement: Option<Uuid>) -> ApiResult<()> {
    check_reference::<agreement::Entity>(session, agreement, "agreement").await?;
    match agreement {
        Some(id) if !parties_of(session, id).await?.contains(&lead) => Err(Problem::not_found("agreement").into()),
        _ => Ok(()),
    }
}

/// Refuses a reference to an object that the actor does not see.
async fn check_reference<E>(session: &Session, id: Option<Uuid>, field: &'static str) -> ApiResult<()>
where
    E: ByKey<Key = Uuid>,
{
    match id {
        Some(id) if session.get::<E>(id).await?.is_none() => Err(Problem::not_found(field).into()),
        _ => Ok(()),
    }
}

/// Refuses a last day before the first.
///
/// # Errors
/// `OUT_OF_RANGE` at `field`, which names the last day.
pub fn check_span(from: Option<NaiveDate>, until: Option<NaiveDate>, field: &'static str) -> ApiResult<()> {
    match (from, until) {
        (Some(from), Some(until)) if from > until => {
            let text = Text::new("ends-before-start").with("from", from).with("until", until);
            Err(Problem::at(UserErrorCode::OutOfRange, field, text).into())
        }
        _ => Ok(()),
    }
}

/// Changes a project, for the lead.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: ProjectPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<project::Entity>(session, id, Operation::Update, "id").await?;
    let target_groups = before.target_groups.iter().flat_map(|it| it.lines()).map(str::to_owned).collect();
    let new = NewProject {
        title: patch.title.or_clone(&before.title),
        summary: patch.summary.or_clone(&before.summary),
        agreement: patch.agreement.or(before.agreement_id),
        field: patch.field.or(before.field_of_work_id),
        confidentiality: patch.confidentiality.or(before.confidentiality),
        pillar: patch.pillar.or(before.pillar),
        audiences: patch.audiences.or(read_audiences(before.audiences.as_deref())),
        target_groups: patch.target_groups.or(target_groups),
        place: patch.place.or(before.place_id),
        starts_on: patch.starts_on.or(before.starts_on),
        ends_on: patch.ends_on.or(before.ends_on),
    };
    let new = check(session, before.tenant_id, new).await?;
    let partners = session.group::<project_partner::Entity>(id).await?;
    let mut problems = Problems::default();
    // What partners brought in names agreement and field of work by itself.
    for (changes, field) in
        [(new.agreement != before.agreement_id, "agreement"), (new.field != before.field_of_work_id, "fieldOfWork")]
    {
        if changes && !partners.is_empty() {
            problems.add(Problem::at(UserErrorCode::Conflict, field, Text::new("project-has-partners")));
        }
    }
    if new.field != before.field_of_work_id {
        let object = Object::new_in(ScopeArea::Projects, before.tenant_id, new.field);
        session.authorize(Action::Write, &object, "fieldOfWork")?;
    }
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let mut row = project::Model { id, phase: before.phase, created_at: before.created_at, ..row_of(&writer, new, id) };
    writer.lock_named(row.tenant_id).await?;
    let shares = own_shares(&writer, Area::Projects).await?;
    assign_scopes(&writer, &mut row, &partners, &shares).await?;
    if row.title != before.title {
        check_title(&writer, &row).await?;
    }
    save(&writer, &mut row, version).await?;
    if row.field_of_work_id != before.field_of_work_id {
        rescope_people(&writer, &row).await?;
    }
    if row.title != before.title {
        calendar::rename(session, &writer, &row).await?;
    }
    let recorded = mutation.record(&writer, row.change_record("project.updated", Some(&before))).await?;
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

/// Refuses the title of another project in sight.
async fn check_title(writer: &Writer<'_>, row: &project::Model) -> ApiResult<()> {
    let (id, title) = ((project::Column::Id, row.id), (project::Column::Title, row.title.as_str()));
    check_free::<project::Entity>(writer, id, title, "title").await
}

/// Writes a project that changed, if it still has the version that the client saw.
///
/// # Errors
/// Somebody was faster, or the title is taken.
pub async fn save(writer: &Writer<'_>, row: &mut project::Model, version: i32) -> ApiResult<()> {
    touch(writer, row, version)?;
    save_unique::<project::Entity>(writer, full(row.clone()), version, TITLE, ("title", &row.title)).await
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
    let mut row = project::Model { phase, ..(*before).clone() };
    save(&writer, &mut row, version).await?;
    step(session, &writer, &row, note).await?;
    let recorded = mutation.record(&writer, row.change_record("project.advanced", Some(&before))).await?;
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
        entered_by: acting_name(session, row.tenant_id),
        created_at: writer.now(),
    };
    writer.insert::<project_step::ActiveModel>(full(made)).await
}

impl Audited for project::Model {
    const TYPE: &'static str = "Project";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.id);
        let agreement = self.agreement_id;
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "title": self.title, "summary": self.summary, "lead": self.tenant_id, "agreement": self.agreement_id,
            "fieldOfWork": self.field_of_work_id, "phase": self.phase, "confidentiality": self.confidentiality,
            "pillar": self.pillar, "audiences": self.audiences, "targetGroups": self.target_groups,
            "place": self.place_id, "startsOn": self.starts_on, "endsOn": self.ends_on,
        })
    }
}
