//! What the parts of a project have in common: each belongs to a party, has an audience, and leaves a trail when it is
//! made or changed.

use std::sync::Arc;

use entities as e;
use entities::project;
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use policy::Grant;
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::Value as Json;
use store::{ByKey, Owned, Session, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, at_version, touch};
use crate::context::unit_of_work::{AuditReceipt, ChangeRecord, UnitOfWork, stale};
use crate::rights::{self, Operation, Resource};

/// The one value of any part that must be unique in its project: the number under which a funder knows a funding. Among
/// fundings of other projects that the actor sees it is unique as well.
pub const REFERENCE: Unique = Unique {
    name: "funding_reference_key",
    columns: "funding.tenant_id, funding.project_id, funding.reference_number",
};

/// Why a part was not written whose reference number may be taken.
pub fn reference_taken(error: WriteError) -> ApiError {
    match error {
        WriteError::Taken => {
            Problem::at(UserErrorCode::NotUnique, "referenceNumber", Text::new("reference-taken")).into()
        }
        WriteError::Failed(error) => error,
    }
}

/// Refuses a new reference number that another funding of the acting authority has, as far as the actor sees it.
///
/// # Errors
/// `NOT_UNIQUE` at `referenceNumber`; the database fails.
pub async fn check_reference(
    writer: &Writer<'_>,
    before: Option<&e::funding::Model>,
    row: &e::funding::Model,
) -> ApiResult<()> {
    let Some(number) = &row.reference_number else { return Ok(()) };
    if before.is_some_and(|it| it.reference_number.as_ref() == Some(number)) {
        return Ok(());
    }
    let others = sea_orm::Condition::all()
        .add(sea_orm::ColumnTrait::eq(&e::funding::Column::ReferenceNumber, number.as_str()))
        .add(sea_orm::ColumnTrait::ne(&e::funding::Column::Id, row.id));
    if writer.sees::<e::funding::Entity>(others).await? { Err(reference_taken(WriteError::Taken)) } else { Ok(()) }
}

/// A part of a project.
pub trait ProjectPart:
    ByKey<Key = Uuid, Of = Self> + Owned<Model: Audited + IntoActiveModel<<Self as EntityTrait>::ActiveModel>>
{
    /// Topic of the record of a new part.
    const CREATED: &'static str;
    /// Topic of the record of a change.
    const UPDATED: &'static str;
    /// Topic of the record of a removal.
    const REMOVED: &'static str;
    /// Project of a part.
    fn project(row: &Self::Model) -> Uuid;
}

macro_rules! parts {
    ($($table:ident $kind:literal $topic:literal: $row:ident => $version:expr, $snapshot:expr;)+) => {
        $(impl ProjectPart for e::$table::Entity {
            const CREATED: &'static str = concat!($topic, ".created");
            const UPDATED: &'static str = concat!($topic, ".updated");
            const REMOVED: &'static str = concat!($topic, ".removed");
            fn project(row: &e::$table::Model) -> Uuid {
                row.project_id
            }
        }

        impl Audited for e::$table::Model {
            const TYPE: &'static str = $kind;

            fn audit_head(&self) -> AuditHead {
                let $row = self;
                let parent = Some($row.project_id);
                AuditHead { id: $row.id, version: $version, scope: $row.scope_id, parent, agreement: None }
            }

            fn audit_snapshot(&self) -> Json {
                let $row = self;
                $snapshot
            }
        })+
    };
}

parts! {
    project_member "ProjectMember" "project_member": it => it.version, serde_json::json!({
        "tenant": it.tenant_id, "name": it.name, "function": it.function, "role": it.role, "email": it.email,
        "consented": it.consented,
    });
    work_package "WorkPackage" "work_package": it => it.version, serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "title": it.title, "description": it.description, "status": it.status,
        "startsOn": it.starts_on, "endsOn": it.ends_on,
    });
    milestone "Milestone" "milestone": it => it.version, serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "workPackage": it.work_package_id, "title": it.title, "dueOn": it.due_on,
        "status": it.status, "reachedOn": it.reached_on,
    });
    status_report "StatusReport" "status_report": it => 1, serde_json::json!({
        "tenant": it.tenant_id, "light": it.light, "text": it.text, "periodFrom": it.period_from,
        "periodUntil": it.period_until, "reportedBy": it.reported_by, "createdAt": it.created_at,
    });
    project_indicator "ProjectIndicator" "project_indicator": it => it.version, serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "code": it.code, "title": it.title, "unit": it.unit,
        "decimals": it.decimals, "baseline": it.baseline, "baselineOn": it.baseline_on, "target": it.target,
        "targetOn": it.target_on,
    });
    indicator_measurement "ProjectIndicator" "indicator_measurement": it => 1, serde_json::json!({
        "tenant": it.tenant_id, "indicator": it.project_indicator_id, "measuredOn": it.measured_on, "value": it.value,
        "note": it.note,
    });
    project_link "ProjectLink" "project_link": it => 1, serde_json::json!({
        "tenant": it.tenant_id, "calendarEntry": it.calendar_entry_id, "dataset": it.dataset_id,
        "learningPlace": it.learning_place_id, "note": it.note,
    });
    project_document "ProjectDocument" "project_document": it => it.version, serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "title": it.title, "kind": it.kind, "latest": it.latest,
    });
    funding "Funding" "funding": it => it.version, serde_json::json!({
        "id": it.id, "tenant": it.tenant_id, "programme": it.programme_id, "referenceNumber": it.reference_number,
        "state": it.state, "rate": it.rate, "eligibleFrom": it.eligible_from, "eligibleUntil": it.eligible_until,
        "eligibleCost": it.eligible_cost, "requested": it.requested, "granted": it.granted,
        "decidedOn": it.decided_on, "note": it.note,
    });
    budget_line "BudgetLine" "budget_line": it => it.version, serde_json::json!({
        "tenant": it.tenant_id, "funding": it.funding_id, "year": it.year, "costType": it.cost_type,
        "planned": it.planned, "actual": it.actual, "note": it.note,
    });
    obligation "Obligation" "obligation": it => it.version, serde_json::json!({
        "tenant": it.tenant_id, "funding": it.funding_id, "kind": it.kind, "title": it.title, "dueOn": it.due_on,
        "state": it.state, "fulfilledOn": it.fulfilled_on, "amount": it.amount, "document": it.document_id,
        "note": it.note, "madeByRule": it.made_by_rule,
    });
    project_archive "ProjectArchive" "project_archive": it => 1, serde_json::json!({
        "title": it.title, "agreement": it.agreement_id, "checksum": it.checksum, "takenBy": it.taken_by,
    });
}

/// A part, its project, and the grant for an operation on the part.
///
/// # Errors
/// It is out of sight, belongs to a party in which a permission is missing, or its state forbids the operation.
pub async fn writable<P: ProjectPart + Resource>(
    session: &Session,
    id: Uuid,
    operation: Operation,
) -> ApiResult<(Grant, P::Model, Arc<project::Model>)> {
    let (grant, row) = rights::find_for::<P>(session, id, operation, "id").await?;
    let project = rights::find_visible::<project::Entity>(session, P::project(&row), "id").await?;
    Ok((grant, (*row).clone(), project))
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
) -> ApiResult<AuditReceipt> {
    writer.insert::<P::ActiveModel>(full(row.clone())).await?;
    let agreement = project.agreement_id;
    mutation.record(writer, ChangeRecord { agreement, ..row.change_record(P::CREATED, None) }).await
}

/// Writes a part that changed, if it still has the version that the client saw, and its trail.
///
/// # Errors
/// Somebody was faster, or the database fails.
pub async fn update<P: ProjectPart>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    rows: (&P::Model, P::Model),
    version: i32,
    agreement: Option<Uuid>,
) -> ApiResult<AuditReceipt> {
    let change = save::<P>(writer, rows, version, agreement).await?;
    mutation.record(writer, change).await
}

/// Writes a part as [`update`], without the trail, which the caller writes.
///
/// # Errors
/// Somebody was faster, or the database fails.
pub async fn save<P: ProjectPart>(
    writer: &Writer<'_>,
    (before, mut after): (&P::Model, P::Model),
    version: i32,
    agreement: Option<Uuid>,
) -> ApiResult<ChangeRecord> {
    touch(writer, &mut after, version)?;
    let (here, values) = at_version::<P>(writer, full(after.clone()), version)?;
    if writer.change_unique::<P, _>(here, values, REFERENCE).await.map_err(reference_taken)? == 0 {
        return Err(stale(version));
    }
    Ok(ChangeRecord { agreement, ..after.change_record(P::UPDATED, Some(before)) })
}

/// Deletes a part; the trail keeps its values.
///
/// # Errors
/// It is gone already, or the database fails.
pub async fn remove<P: ProjectPart>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: &P::Model,
    agreement: Option<Uuid>,
) -> ApiResult<AuditReceipt> {
    let here = sea_orm::Condition::all().add(sea_orm::ColumnTrait::eq(&P::KEY, P::key(row)));
    if writer.delete::<P>(here).await? == 0 {
        return Err(Problem::not_found("id").into());
    }
    let after = Some(serde_json::json!({ "removed": true }));
    let change = ChangeRecord { version: 1, agreement, after, ..row.change_record(P::REMOVED, Some(row)) };
    mutation.record(writer, change).await
}
