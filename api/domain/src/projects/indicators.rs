//! Indicators of projects and their measured values. Each belongs to the party that added it.

use chrono::NaiveDate;
use entities::{indicator_measurement, project, project_indicator};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::money::{Decimal, MAX_DECIMALS};
use kernel::patch::Patch;
use kernel::text;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::projects::parts;
use crate::projects::parts::{insert, writable};
use crate::projects::project_access::{check_part_limit, party_grant};
use crate::rights;
use crate::rights::Operation;

/// Values of a new project indicator.
#[derive(Clone, Debug)]
pub struct NewIndicator {
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
    new: NewIndicator,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "projectIndicatorCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<project_indicator::Entity>(project.id).await?.len(), "project")?;
    let places = u32::try_from(new.decimals).unwrap_or(u32::MAX);
    if places > MAX_DECIMALS {
        let text = Text::new("out-of-range").with("value", new.decimals).with("min", 0).with("max", MAX_DECIMALS);
        return Err(Problem::at(UserErrorCode::OutOfRange, "decimals", text).into());
    }
    let (title, unit, (), baseline, target) = all((
        text::line(&new.title, "title", 200),
        text::optional(new.unit, "unit", 60),
        check_code(session, new.code.as_deref()).await,
        new.baseline.map(|it| units(it, places, "baseline")).transpose(),
        units(new.target, places, "target"),
    ))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = project_indicator::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        code: new.code,
        title,
        unit,
        decimals: new.decimals,
        baseline,
        baseline_on: new.baseline_on,
        target,
        target_on: new.target_on,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<project_indicator::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Refuses a code that is not in the catalogue.
async fn check_code(session: &store::Session, code: Option<&str>) -> ApiResult<()> {
    use sea_orm::{ColumnTrait as _, QueryFilter as _};
    let Some(code) = code else { return Ok(()) };
    let select = session.reference::<entities::indicator::Entity>();
    let select = select.filter(entities::indicator::Column::Code.eq(code));
    session.one(select).await?.map(|_| ()).ok_or_else(|| Problem::not_found("code").into())
}

/// A number in units of the last of `places`.
fn units(value: Decimal, places: u32, field: &'static str) -> ApiResult<i64> {
    value.units(places).ok_or_else(|| {
        let text = Text::new("too-many-decimals").with("value", value).with("max", places);
        Problem::at(UserErrorCode::Invalid, field, text).into()
    })
}

/// Changes to a project indicator.
#[derive(Clone, Debug, Default)]
pub struct IndicatorPatch {
    /// Baseline value.
    pub baseline: Patch<Option<Decimal>>,
    /// Day of the baseline value.
    pub baseline_on: Patch<Option<NaiveDate>>,
    /// Target value.
    pub target: Patch<Decimal>,
    /// Day by which the target should be reached.
    pub target_on: Patch<Option<NaiveDate>>,
}

/// Changes baseline and target of an indicator.
pub async fn update_indicator(op: &Op, id: Uuid, version: i32, patch: IndicatorPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectIndicatorUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<project_indicator::Entity>(session, id, Operation::Update).await?;
    let places = u32::try_from(before.decimals).unwrap_or_default();
    let (baseline, target) = all((
        patch.baseline.try_map(|it| it.map(|it| units(it, places, "baseline")).transpose()),
        patch.target.try_map(|it| units(it, places, "target")),
    ))?;
    let row = project_indicator::Model {
        baseline: baseline.or(before.baseline),
        baseline_on: patch.baseline_on.or(before.baseline_on),
        target: target.or(before.target),
        target_on: patch.target_on.or(before.target_on),
        ..before.clone()
    };
    let writer = session.writer(&grant).await?;
    let recorded =
        parts::update::<project_indicator::Entity>(&mutation, &writer, (&before, row), version, project.agreement_id)
            .await?;
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
    let mutation = UnitOfWork::begin(op, "indicatorMeasurementAdd").await?;
    let session = mutation.session();
    let (grant, of, project) = writable::<project_indicator::Entity>(session, indicator, Operation::Measure)
        .await
        .map_err(|error| error.about("indicator"))?;
    check_part_limit(session.group::<indicator_measurement::Entity>(project.id).await?.len(), "indicator")?;
    let value = units(value, u32::try_from(of.decimals).unwrap_or_default(), "value")?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
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
