//! What becomes of versions. What a version holds never changes: it is published, withdrawn, or, while it is a draft,
//! dropped.

use entities::{Area, DatasetAccess, DatasetVersionState, dataset, dataset_version};
use kernel::error::{ApiError, ApiResult, Problem};
use kernel::text;
use policy::Grant;
use serde_json::{Value, json};
use store::Session;
use store::scopes::own_shares;
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::UnitOfWork;
use crate::datasets::audience::{rescope, scopes_of};
use crate::datasets::content;
use crate::datasets::indicators::service::of_columns;
use crate::rights::{self, Operation};

/// Publishes a draft: whom the dataset reaches sees it from now on. With a public dataset that also takes the right to
/// release datasets.
///
/// # Errors
/// It may not be changed, or is no draft.
pub async fn publish(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetVersionPublish").await?;
    let session = mutation.session();
    let (grant, dataset, before) = find_for(session, id, Operation::Publish).await?;
    let writer = session.writer(&grant).await?;
    let mut row = before.clone();
    row.state = DatasetVersionState::Published;
    row.published_at = Some(writer.now());
    step(mutation, &grant, &dataset, before, row, version, "dataset_version.published").await
}

/// Withdraws a published version, whose number is not used again.
///
/// # Errors
/// It may not be changed, or is not published.
pub async fn withdraw(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "datasetVersionWithdraw").await?;
    let session = mutation.session();
    let (grant, dataset, before) = find_for(session, id, Operation::Withdraw).await?;
    let writer = session.writer(&grant).await?;
    let mut row = before.clone();
    row.state = DatasetVersionState::Withdrawn;
    row.withdrawn_at = Some(writer.now());
    row.withdrawn_reason = Some(reason);
    step(mutation, &grant, &dataset, before, row, version, "dataset_version.withdrawn").await
}

/// A version with its dataset, and the grant for an operation on it.
async fn find_for(
    session: &Session,
    id: Uuid,
    operation: Operation,
) -> ApiResult<(Grant, dataset::Model, dataset_version::Model)> {
    let (grant, row) = rights::find_for::<dataset_version::Entity>(session, id, operation, "id").await?;
    let dataset = rights::find_visible::<dataset::Entity>(session, row.dataset_id, "id").await?;
    Ok((grant, (*dataset).clone(), (*row).clone()))
}

/// Refusal of a state that does not follow from the current one of a version.
pub(crate) fn illegal(row: &dataset_version::Model, wanted: DatasetVersionState) -> ApiError {
    let allowed: &[&str] = match row.state {
        DatasetVersionState::Draft => &["PUBLISHED"],
        DatasetVersionState::Published => &["WITHDRAWN"],
        DatasetVersionState::Withdrawn => &[],
    };
    Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), allowed.iter().copied()).into()
}

/// Writes the new state and the scopes that follow from it.
async fn step(
    mutation: UnitOfWork,
    grant: &Grant,
    dataset: &dataset::Model,
    before: dataset_version::Model,
    mut row: dataset_version::Model,
    version: i32,
    topic: &'static str,
) -> ApiResult<()> {
    let writer = mutation.session().writer(grant).await?;
    // A share that is made at the same time must see this version, or this must see the share.
    writer.lock_named(dataset.tenant_id).await?;
    if row.state == DatasetVersionState::Published && dataset.access != DatasetAccess::Internal {
        content::ensure_protected(mutation.session(), &writer, dataset, &row).await?;
    }
    let shares = own_shares(&writer, Area::Datasets).await?;
    let scopes = scopes_of(&writer, dataset, &shares).await?;
    row.scope_id = scopes.metadata_scope;
    save_row(&writer, &mut row, version).await?;
    if row.state == DatasetVersionState::Published {
        of_columns(&writer, dataset, &stored_columns(&row.columns)?).await?;
    }
    rescope(&writer, &[dataset], scopes).await?;
    let recorded = mutation.record(&writer, row.change_record(topic, Some(&before))).await?;
    mutation.commit(recorded).await
}

impl Audited for dataset_version::Model {
    const TYPE: &'static str = "DatasetVersion";

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.dataset_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "dataset": self.dataset_id, "number": number(self), "state": self.state, "rows": self.row_count,
            "checksum": self.checksum, "withdrawnReason": self.withdrawn_reason,
        })
    }
}

/// `MAJOR.MINOR`
pub fn number(row: &dataset_version::Model) -> String {
    format!("{}.{}", row.major, row.minor)
}

/// Columns stored with a version or a content.
///
/// # Errors
/// The stored value is invalid.
pub fn stored_columns(json: &serde_json::Value) -> ApiResult<Vec<tabular::model::Column>> {
    Ok(serde_json::from_value(json.clone())?)
}
