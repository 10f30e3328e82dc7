//! Deletion of rows that nothing else hangs on.

use kernel::error::ApiResult;
use serde_json::json;
use store::Owned;
use uuid::Uuid;

use crate::context::audited::{Audited, delete_row, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, UnitOfWork};
use crate::rights::{self, Operation, Resource};

/// Deletes a row that is still at `version`; the audit trail keeps its values. `mutation` and `topic` are the names of the
/// change in trail and outbox.
///
/// # Errors
/// `NOT_FOUND`, `UNAUTHENTICATED` or `FORBIDDEN` at `id`, what the state of the row answers, or `STALE_VERSION`.
pub async fn delete<E>(
    op: &Op,
    (mutation, topic): (&'static str, &'static str),
    id: Uuid,
    version: i32,
) -> ApiResult<()>
where
    E: Resource<Of = E> + Owned,
    E::Model: Audited,
{
    let work = UnitOfWork::begin(op, mutation).await?;
    let session = work.session();
    let (grant, before) = rights::find_for::<E>(session, id, Operation::Delete, "id").await?;
    let writer = session.writer(&grant).await?;
    delete_row::<E>(&writer, id, version).await?;
    let mut gone = (*before).clone();
    touch(&writer, &mut gone, version)?;
    let after = Some(json!({ "deleted": true }));
    let change = ChangeRecord { after, ..gone.change_record(topic, Some(&before)) };
    let recorded = work.record(&writer, change).await?;
    work.commit(recorded).await
}
