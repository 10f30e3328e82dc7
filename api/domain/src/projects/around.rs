//! What stands around the plan of a project: people, reports, indicators with their values, links. Each belongs to the
//! party that added it.

use chrono::NaiveDate;
use entities::{
    ProjectRole, TrafficLight, calendar_entry, dataset, indicator_measurement, learning_place, project,
    project_indicator, project_link, project_member, status_report,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::money::{Decimal, MAX_DECIMALS};
use kernel::text;
use uuid::Uuid;

use crate::context::mutation::{Claim, Idempotency, Mutation};
use crate::context::op::Op;
use crate::members::acting_name;
use crate::projects::circle::{house, party_grant, private, room};
use crate::projects::parts::{insert, remove, update as change, writable};
use crate::projects::service::span;
use crate::rights::{self, Operation};

/// Values of a new member of a project team.
#[derive(Clone, Debug)]
pub struct MemberWish {
    /// Name.
    pub name: String,
    /// Function of the person.
    pub function: Option<String>,
    /// Role in the project.
    pub role: ProjectRole,
    /// E-mail address.
    pub email: Option<String>,
    /// True if the person consented that the other parties see the record.
    pub consented: bool,
}

/// Puts somebody down for a party. Without the person's consent the other parties do not see it.
pub async fn add_member(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    wish: MemberWish,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "projectMemberAdd").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    room(session.group::<project_member::Entity>(project.id).await?.len(), "project")?;
    let mut problems = Problems::default();
    let name = problems.take(text::line(&wish.name, "name", 200))?.unwrap_or_default();
    let function = problems.take(text::optional(wish.function, "function", 200))?.flatten();
    let email = problems.take(text::optional(wish.email, "email", 320))?.flatten();
    if let Some(address) = email.as_deref().filter(|it| !it.contains('@') || it.contains(char::is_whitespace)) {
        problems.add(Problem::at(UserErrorCode::Invalid, "email", Text::new("no-email").with("value", address)));
    }
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let scope = if wish.consented {
        house(&writer, &project).await?
    } else {
        private(&writer, project.field_of_work_id).await?
    };
    let row = project_member::Model {
        id,
        tenant_id: tenant,
        scope_id: scope,
        project_id: project.id,
        name,
        function,
        role: wish.role,
        email,
        consented: wish.consented,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<project_member::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Takes somebody off a project.
pub async fn remove_member(op: &Op, id: Uuid) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "projectMemberRemove").await?;
    let session = mutation.session();
    let (grant, row, project) = writable::<project_member::Entity>(session, id, Operation::Remove).await?;
    let writer = session.writer(&grant).await?;
    let recorded = remove::<project_member::Entity>(&mutation, &writer, &row, project.agreement_id).await?;
    mutation.commit(recorded).await?;
    Ok(project.id)
}

/// Values of a new status report.
#[derive(Clone, Debug)]
pub struct ReportWish {
    /// Overall status.
    pub light: TrafficLight,
    /// Text of the report.
    pub text: String,
    /// First day of the reporting period.
    pub from: NaiveDate,
    /// Last day of the reporting period.
    pub until: NaiveDate,
}

/// Reports for a party how a project stands. Reports are not changed; the next one is newer.
pub async fn report(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    wish: ReportWish,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "statusReportCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    room(session.group::<status_report::Entity>(project.id).await?.len(), "project")?;
    let mut problems = Problems::default();
    let told = problems.take(text::optional(Some(wish.text), "text", 10_000))?.flatten();
    if told.is_none() {
        problems.add(Problem::at(UserErrorCode::Required, "text", Text::new("required")));
    }
    span(Some(wish.from), Some(wish.until), "periodUntil", &mut problems);
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = status_report::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        light: wish.light,
        text: told.unwrap_or_default(),
        period_from: wish.from,
        period_until: wish.until,
        reported_by: acting_name(session, tenant).await?,
        created_at: writer.now(),
    };
    let recorded = insert::<status_report::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Values of a new project indicator.
#[derive(Clone, Debug)]
pub struct IndicatorWish {
    /// Code in the catalogue.
    pub code: Option<String>,
    /// Title: the quantity measured.
    pub title: String,
    /// Unit.
    pub unit: Option<String>,
    /// Decimal places.
    pub decimals: i32,
    /// Baseline value.
    pub baseline: Option<Decimal>,
    /// Day of the baseline value.
    pub baseline_on: Option<NaiveDate>,
    /// Target value.
    pub target: Decimal,
    /// Day by which the target should be reached.
    pub target_on: Option<NaiveDate>,
}

/// Adds an indicator for a party.
pub async fn add_indicator(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    wish: IndicatorWish,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "projectIndicatorCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    room(session.group::<project_indicator::Entity>(project.id).await?.len(), "project")?;
    let mut problems = Problems::default();
    let title = problems.take(text::line(&wish.title, "title", 200))?.unwrap_or_default();
    let unit = problems.take(text::optional(wish.unit, "unit", 60))?.flatten();
    let places = u32::try_from(wish.decimals).unwrap_or(u32::MAX);
    if places > MAX_DECIMALS {
        let text = Text::new("out-of-range").with("value", wish.decimals).with("min", 0).with("max", MAX_DECIMALS);
        return Err(Problem::at(UserErrorCode::OutOfRange, "decimals", text).into());
    }
    if let Some(code) = &wish.code
        && !known(session, code).await?
    {
        problems.add(Problem::not_found("code"));
    }
    let baseline = match wish.baseline {
        Some(value) => problems.take(units(value, places, "baseline"))?,
        None => None,
    };
    let target = problems.take(units(wish.target, places, "target"))?.unwrap_or_default();
    problems.done()?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = project_indicator::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        code: wish.code,
        title,
        unit,
        decimals: wish.decimals,
        baseline,
        baseline_on: wish.baseline_on,
        target,
        target_on: wish.target_on,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<project_indicator::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

async fn known(session: &store::Session, code: &str) -> ApiResult<bool> {
    use sea_orm::{ColumnTrait as _, QueryFilter as _};
    let select = session.reference::<entities::indicator::Entity>();
    let select = select.filter(entities::indicator::Column::Code.eq(code));
    Ok(session.one(select).await?.is_some())
}

/// A number in units of the last of `places`.
fn units(value: Decimal, places: u32, field: &'static str) -> ApiResult<i64> {
    value.units(places).ok_or_else(|| {
        let text = Text::new("too-many-decimals").with("value", value).with("max", places);
        Problem::at(UserErrorCode::Invalid, field, text).into()
    })
}

/// What shall change of an indicator. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct IndicatorChange {
    /// Baseline value.
    pub baseline: Option<Option<Decimal>>,
    /// Day of the baseline value.
    pub baseline_on: Option<Option<NaiveDate>>,
    /// Target value.
    pub target: Option<Decimal>,
    /// Day by which the target should be reached.
    pub target_on: Option<Option<NaiveDate>>,
}

/// Changes what an indicator begins with and aims at.
pub async fn update_indicator(op: &Op, id: Uuid, version: i32, wish: IndicatorChange) -> ApiResult<()> {
    let mutation = Mutation::begin(op, "projectIndicatorUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<project_indicator::Entity>(session, id, Operation::Update).await?;
    let places = u32::try_from(before.decimals).unwrap_or_default();
    let mut problems = Problems::default();
    let mut row = before.clone();
    if let Some(value) = wish.baseline {
        row.baseline = match value {
            Some(value) => problems.take(units(value, places, "baseline"))?,
            None => None,
        };
    }
    if let Some(value) = wish.target {
        row.target = problems.take(units(value, places, "target"))?.unwrap_or_default();
    }
    problems.done()?;
    row.baseline_on = wish.baseline_on.unwrap_or(before.baseline_on);
    row.target_on = wish.target_on.unwrap_or(before.target_on);
    let writer = session.writer(&grant).await?;
    let recorded =
        change::<project_indicator::Entity>(&mutation, &writer, (&before, row), version, project.agreement_id).await?;
    mutation.commit(recorded).await
}

/// Notes a measured value, for any party of the project. Returns the indicator.
pub async fn measure(
    op: &Op,
    indicator: Uuid,
    day: NaiveDate,
    value: Decimal,
    note: Option<String>,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let note = text::optional(note, "note", 1_000)?;
    let mutation = Mutation::begin(op, "indicatorMeasurementAdd").await?;
    let session = mutation.session();
    let found = writable::<project_indicator::Entity>(session, indicator, Operation::Measure).await;
    let (grant, of, project) = found.map_err(|error| error.about("indicator"))?;
    room(session.group::<indicator_measurement::Entity>(project.id).await?.len(), "indicator")?;
    let value = units(value, u32::try_from(of.decimals).unwrap_or_default(), "value")?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(_) => return Ok(indicator),
    };
    let row = indicator_measurement::Model {
        id,
        tenant_id: of.tenant_id,
        scope_id: of.scope_id,
        project_id: project.id,
        project_indicator_id: indicator,
        measured_on: day,
        value,
        note,
        created_at: writer.now(),
    };
    let recorded = insert::<indicator_measurement::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(indicator)
}

/// Target of a new project link.
#[derive(Clone, Copy, Debug)]
pub enum Linked {
    /// A calendar entry.
    Entry(Uuid),
    /// A dataset.
    Dataset(Uuid),
    /// A learning place.
    Place(Uuid),
}

/// Links something that the actor sees, for a party. Others see the link, and what it leads to only with rights of their own.
pub async fn link(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    to: Linked,
    note: Option<String>,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let note = text::optional(note, "note", 1_000)?;
    let mutation = Mutation::begin(op, "projectLinkAdd").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    room(session.group::<project_link::Entity>(project.id).await?.len(), "project")?;
    let there = match to {
        Linked::Entry(id) => session.get::<calendar_entry::Entity>(id).await?.is_some(),
        Linked::Dataset(id) => session.get::<dataset::Entity>(id).await?.is_some(),
        Linked::Place(id) => session.get::<learning_place::Entity>(id).await?.is_some(),
    };
    if !there {
        return Err(Problem::not_found("to").into());
    }
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let (mut entry, mut dataset, mut place) = (None, None, None);
    match to {
        Linked::Entry(id) => entry = Some(id),
        Linked::Dataset(id) => dataset = Some(id),
        Linked::Place(id) => place = Some(id),
    }
    let row = project_link::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        calendar_entry_id: entry,
        dataset_id: dataset,
        learning_place_id: place,
        note,
        created_at: writer.now(),
    };
    let recorded = insert::<project_link::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Takes a link away.
pub async fn unlink(op: &Op, id: Uuid) -> ApiResult<Uuid> {
    let mutation = Mutation::begin(op, "projectLinkRemove").await?;
    let session = mutation.session();
    let (grant, row, project) = writable::<project_link::Entity>(session, id, Operation::Remove).await?;
    let writer = session.writer(&grant).await?;
    let recorded = remove::<project_link::Entity>(&mutation, &writer, &row, project.agreement_id).await?;
    mutation.commit(recorded).await?;
    Ok(project.id)
}
