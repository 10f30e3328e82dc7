//! What the parts of a project have in common: each belongs to a party, has an audience, and leaves a trail when it is
//! made or changed.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities as e;
use entities::project;
use kernel::error::{ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::Grant;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, IntoActiveModel};
use serde_json::Value as Json;
use store::{ByKey, Owned, Session, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::unit_of_work::{AuditReceipt, ChangeRecord, UnitOfWork, at_version, stale};
use crate::rights::{self, Operation, Resource};

/// The one value of any part that must be unique in its authority: the number under which a funder knows a funding.
pub const REFERENCE: Unique =
    Unique { name: "funding_reference_key", columns: "funding.tenant_id, funding.reference_number" };

/// What every part has.
#[derive(Clone, Copy, Debug)]
pub struct PartFacts {
    /// The part.
    pub id: Uuid,
    /// Its owner.
    pub tenant: Uuid,
    /// Its audience.
    pub scope: Uuid,
    /// The project.
    pub project: Uuid,
}

/// A part of a project.
pub trait ProjectPart: ByKey<Key = Uuid, Of = Self> + Owned
where
    Self::Model: IntoActiveModel<Self::Written>,
{
    /// The row as it is written.
    type Written: ActiveModelTrait<Entity = Self> + ActiveModelBehavior + Send;
    /// Type in the schema.
    const TYPE: &'static str;
    /// Topic of the record of a new part.
    const CREATED: &'static str;
    /// Topic of the record of a change.
    const UPDATED: &'static str;
    /// Topic of the record of a removal.
    const REMOVED: &'static str;
    /// What it is.
    fn facts(row: &Self::Model) -> PartFacts;
    /// A part in the audit trail, and in the copy that a party keeps.
    fn audit_snapshot(row: &Self::Model) -> Json;
}

/// A part that is changed.
pub trait Versioned: ProjectPart
where
    Self::Model: IntoActiveModel<Self::Written>,
{
    /// The column of its version.
    const VERSION: Self::Column;
    /// Its version.
    fn version(row: &Self::Model) -> i32;
    /// Counts a change.
    fn touch(row: &mut Self::Model, version: i32, now: DateTime<Utc>);
}

macro_rules! parts {
    ($($table:ident $kind:literal $topic:literal: $row:ident => $snapshot:expr;)+) => {
        $(impl ProjectPart for e::$table::Entity {
            type Written = e::$table::ActiveModel;
            const TYPE: &'static str = $kind;
            const CREATED: &'static str = concat!($topic, ".created");
            const UPDATED: &'static str = concat!($topic, ".updated");
            const REMOVED: &'static str = concat!($topic, ".removed");
            fn facts(row: &e::$table::Model) -> PartFacts {
                PartFacts { id: row.id, tenant: row.tenant_id, scope: row.scope_id, project: row.project_id }
            }
            fn audit_snapshot($row: &e::$table::Model) -> Json {
                $snapshot
            }
        })+
    };
}

macro_rules! versioned {
    ($($table:ident),+ $(,)?) => {
        $(impl Versioned for e::$table::Entity {
            const VERSION: e::$table::Column = e::$table::Column::Version;
            fn version(row: &e::$table::Model) -> i32 {
                row.version
            }
            fn touch(row: &mut e::$table::Model, version: i32, now: DateTime<Utc>) {
                row.version = version.saturating_add(1);
                row.updated_at = now;
            }
        })+
    };
}

parts! {
    project_member "ProjectMember" "project_member": it => serde_json::json!({
        "tenant": it.tenant_id, "name": it.name, "function": it.function, "role": it.role, "email": it.email,
        "consented": it.consented,
    });
    work_package "WorkPackage" "work_package": it => serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "title": it.title, "description": it.description, "status": it.status,
        "startsOn": it.starts_on, "endsOn": it.ends_on,
    });
    milestone "Milestone" "milestone": it => serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "workPackage": it.work_package_id, "title": it.title, "dueOn": it.due_on,
        "status": it.status, "reachedOn": it.reached_on,
    });
    status_report "StatusReport" "status_report": it => serde_json::json!({
        "tenant": it.tenant_id, "light": it.light, "text": it.text, "periodFrom": it.period_from,
        "periodUntil": it.period_until, "reportedBy": it.reported_by, "createdAt": it.created_at,
    });
    project_indicator "ProjectIndicator" "project_indicator": it => serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "code": it.code, "title": it.title, "unit": it.unit,
        "decimals": it.decimals, "baseline": it.baseline, "baselineOn": it.baseline_on, "target": it.target,
        "targetOn": it.target_on,
    });
    indicator_measurement "ProjectIndicator" "indicator_measurement": it => serde_json::json!({
        "tenant": it.tenant_id, "indicator": it.project_indicator_id, "measuredOn": it.measured_on, "value": it.value,
        "note": it.note,
    });
    project_link "ProjectLink" "project_link": it => serde_json::json!({
        "tenant": it.tenant_id, "calendarEntry": it.calendar_entry_id, "dataset": it.dataset_id,
        "learningPlace": it.learning_place_id, "note": it.note,
    });
    project_document "ProjectDocument" "project_document": it => serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "title": it.title, "kind": it.kind, "latest": it.latest,
    });
    funding "Funding" "funding": it => serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "programme": it.programme_id, "referenceNumber": it.reference_number,
        "state": it.state, "rate": it.rate, "eligibleFrom": it.eligible_from, "eligibleUntil": it.eligible_until,
        "eligibleCost": it.eligible_cost, "requested": it.requested, "granted": it.granted,
        "decidedOn": it.decided_on, "note": it.note,
    });
    budget_line "BudgetLine" "budget_line": it => serde_json::json!({
        "tenant": it.tenant_id, "funding": it.funding_id, "year": it.year, "costType": it.cost_type,
        "planned": it.planned, "actual": it.actual, "note": it.note,
    });
    obligation "Obligation" "obligation": it => serde_json::json!({
        "tenant": it.tenant_id, "funding": it.funding_id, "kind": it.kind, "title": it.title, "dueOn": it.due_on,
        "state": it.state, "fulfilledOn": it.fulfilled_on, "amount": it.amount, "document": it.document_id,
        "note": it.note, "madeByRule": it.made_by_rule,
    });
    project_archive "ProjectArchive" "project_archive": it => serde_json::json!({
        "title": it.title, "agreement": it.agreement_id, "checksum": it.checksum, "takenBy": it.taken_by,
    });
}

versioned!(
    project_member,
    work_package,
    milestone,
    project_indicator,
    project_document,
    funding,
    budget_line,
    obligation
);

/// A part, its project, and the grant for an operation on the part.
///
/// # Errors
/// It is out of sight, belongs to a party in which a permission is missing, or its state forbids the operation.
pub async fn writable<P: ProjectPart + Resource>(
    session: &Session,
    id: Uuid,
    operation: Operation,
) -> ApiResult<(Grant, P::Model, Arc<project::Model>)>
where
    P::Model: IntoActiveModel<P::Written> + Clone,
{
    let (grant, row) = rights::find_for::<P>(session, id, operation, "id").await?;
    let project = rights::find_visible::<project::Entity>(session, P::facts(&row).project, "id").await?;
    Ok((grant, (*row).clone(), project))
}

/// Record of a change of a part.
pub fn change_record<P: ProjectPart>(
    row: &P::Model,
    topic: &'static str,
    version: i32,
    agreement: Option<Uuid>,
    before: Option<&P::Model>,
) -> ChangeRecord
where
    P::Model: IntoActiveModel<P::Written>,
{
    let facts = P::facts(row);
    ChangeRecord {
        object_type: P::TYPE,
        object_id: facts.id,
        version,
        scope: facts.scope,
        topic,
        parent: Some(facts.project),
        also: BTreeSet::new(),
        agreement,
        before: before.map(P::audit_snapshot),
        after: Some(P::audit_snapshot(row)),
    }
}

/// Writes a new part and its trail.
///
/// # Errors
/// The database fails.
pub async fn insert<P: ProjectPart>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: P::Model,
    project: &project::Model,
) -> ApiResult<AuditReceipt>
where
    P::Model: IntoActiveModel<P::Written> + Clone,
{
    writer.insert::<P::Written>(full(row.clone())).await?;
    mutation.record(writer, change_record::<P>(&row, P::CREATED, 1, project.agreement_id, None)).await
}

/// Writes a part that changed, if it still has the version that the client saw, and its trail.
///
/// # Errors
/// Somebody was faster, or the database fails.
pub async fn update<P: Versioned>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    rows: (&P::Model, P::Model),
    version: i32,
    agreement: Option<Uuid>,
) -> ApiResult<AuditReceipt>
where
    P::Model: IntoActiveModel<P::Written> + Clone,
{
    let change = save::<P>(writer, rows, version, agreement).await?;
    mutation.record(writer, change).await
}

/// The same without the trail, which the caller writes.
///
/// # Errors
/// Somebody was faster, or the database fails.
pub async fn save<P: Versioned>(
    writer: &Writer<'_>,
    (before, mut after): (&P::Model, P::Model),
    version: i32,
    agreement: Option<Uuid>,
) -> ApiResult<ChangeRecord>
where
    P::Model: IntoActiveModel<P::Written> + Clone,
{
    P::touch(&mut after, version, writer.now());
    let here = at_version(P::KEY, P::facts(&after).id, P::VERSION, version);
    match writer.change_unique::<P, P::Written>(here, full(after.clone()), REFERENCE).await {
        Ok(0) => return Err(stale(version)),
        Ok(_) => {}
        Err(WriteError::Taken) => {
            let text = Text::new("reference-taken");
            return Err(Problem::at(UserErrorCode::NotUnique, "referenceNumber", text).into());
        }
        Err(WriteError::Failed(error)) => return Err(error),
    }
    Ok(change_record::<P>(&after, P::UPDATED, P::version(&after), agreement, Some(before)))
}

/// Takes a part away; the trail keeps what it was.
///
/// # Errors
/// It is gone already, or the database fails.
pub async fn remove<P: ProjectPart>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: &P::Model,
    agreement: Option<Uuid>,
) -> ApiResult<AuditReceipt>
where
    P::Model: IntoActiveModel<P::Written> + Clone,
{
    let here = sea_orm::Condition::all().add(sea_orm::ColumnTrait::eq(&P::KEY, P::facts(row).id));
    if writer.delete::<P>(here).await? == 0 {
        return Err(Problem::not_found("id").into());
    }
    let mut change = change_record::<P>(row, P::REMOVED, 1, agreement, None);
    change.before = change.after.replace(serde_json::json!({ "removed": true }));
    mutation.record(writer, change).await
}
