//! Status reports of projects, by party.

use chrono::NaiveDate;
use entities::{TrafficLight, project, status_report};
use kernel::error::{ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::text;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::projects::parts::insert;
use crate::projects::project_access::{check_part_limit, party_grant};
use crate::projects::service::check_span;
use crate::rights;

/// Values of a new status report.
#[derive(Clone, Debug)]
pub struct NewReport {
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
    new: NewReport,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "statusReportCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<status_report::Entity>(project.id).await?.len(), "project")?;
    let (text, ()) = all((required_text(new.text), check_span(Some(new.from), Some(new.until), "periodUntil")))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = status_report::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        light: new.light,
        text,
        period_from: new.from,
        period_until: new.until,
        reported_by: acting_name(session, tenant),
        created_at: writer.now(),
    };
    let recorded = insert::<status_report::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

fn required_text(text: String) -> ApiResult<String> {
    let text = text::optional(Some(text), "text", 10_000)?;
    text.ok_or_else(|| Problem::at(UserErrorCode::Required, "text", Text::new("required")).into())
}
