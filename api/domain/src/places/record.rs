//! Changes of places, organisations and offers: written, kept in the history and recorded in one way.

use chrono::{DateTime, Utc};
use entities::{DirectorySubject, learning_place, organisation};
use kernel::error::{ApiResult, UserErrorCode};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use store::{ByKey, Owned, Writer};
use uuid::Uuid;

use crate::context::audited::{Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{AuditReceipt, ChangeRecord, UnitOfWork};
use crate::members::acting_name;
use crate::places::revisions;
use crate::places::revisions::Revision;
use crate::rights::{self, Operation, Resource};

/// A row of which the directory keeps the history.
pub trait DirectoryRow: Audited {
    /// Kind of the record in the history.
    const SUBJECT: DirectorySubject;
}

/// A row that can be archived, and merged into another.
pub trait MergeableRow: DirectoryRow {
    /// Authority that owns the record.
    fn owner(&self) -> Uuid;
    /// Sets the instant of archiving; none restores the record.
    fn set_archived(&mut self, at: Option<DateTime<Utc>>);
    /// Sets the mark of a merge; none takes the mark away.
    fn set_merged(&mut self, mark: Option<MergeMark>);
    /// Archiving in audit trail and history.
    fn archive_snapshot(&self) -> Value;
    /// Mark of a merge in audit trail and history.
    fn merge_snapshot(&self) -> Value;
}

/// Mark of a record that was merged into another.
#[derive(Clone, Debug)]
pub struct MergeMark {
    /// Record that remains.
    pub into: Uuid,
    /// Instant of the merge.
    pub at: DateTime<Utc>,
    /// Name of the person who merged.
    pub by: String,
}

/// A table of records that can be archived and merged.
pub trait MergeableTable:
    Resource + ByKey<Of = Self> + Owned<Model: MergeableRow + IntoActiveModel<<Self as EntityTrait>::ActiveModel>>
{
    /// Topic of the record of archiving.
    const ARCHIVED: &'static str;
    /// Topic of the record of a merge.
    const MERGED: &'static str;
    /// Topic of the record of a merge that is undone.
    const UNMERGED: &'static str;
}

macro_rules! mergeable {
    ($($table:ident $topic:literal);+ $(;)?) => {
        $(impl MergeableRow for $table::Model {
            fn owner(&self) -> Uuid {
                self.tenant_id
            }
            fn set_archived(&mut self, at: Option<DateTime<Utc>>) {
                self.archived_at = at;
            }
            fn set_merged(&mut self, mark: Option<MergeMark>) {
                self.merged_into_id = mark.as_ref().map(|it| it.into);
                self.merged_at = mark.as_ref().map(|it| it.at);
                self.merged_by = mark.map(|it| it.by);
            }
            fn archive_snapshot(&self) -> Value {
                json!({ "archivedAt": self.archived_at })
            }
            fn merge_snapshot(&self) -> Value {
                json!({ "mergedInto": self.merged_into_id, "mergedAt": self.merged_at, "mergedBy": self.merged_by })
            }
        }

        impl MergeableTable for $table::Entity {
            const ARCHIVED: &'static str = concat!($topic, ".archived");
            const MERGED: &'static str = concat!($topic, ".merged");
            const UNMERGED: &'static str = concat!($topic, ".unmerged");
        })+
    };
}

mergeable! {
    learning_place "learning_place";
    organisation "organisation";
}

/// Records a new row, with its snapshot, in history and audit trail. `by` is the name of the acting person.
///
/// # Errors
/// The database fails.
pub async fn record_created<R: DirectoryRow>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: &R,
    by: &str,
    topic: &'static str,
    snapshot: Value,
) -> ApiResult<AuditReceipt> {
    keep_revision(mutation, writer, row, by, (None, &snapshot)).await?;
    mutation.record(writer, ChangeRecord { after: Some(snapshot), ..row.change_record(topic, None) }).await
}

/// Records a row that was changed, with the snapshots before and after, in history and audit trail. `by` is the name of
/// the acting person.
///
/// # Errors
/// The database fails.
pub async fn record_changed<R: DirectoryRow>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (former, row): (&R, &R),
    by: &str,
    topic: &'static str,
    (before, after): (Value, Value),
) -> ApiResult<AuditReceipt> {
    keep_revision(mutation, writer, row, by, (Some(&before), &after)).await?;
    let change = ChangeRecord { before: Some(before), after: Some(after), ..row.change_record(topic, Some(former)) };
    mutation.record(writer, change).await
}

/// Keeps a change in the history, under the name of the mutation.
async fn keep_revision<R: DirectoryRow>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: &R,
    by: &str,
    (before, after): (Option<&Value>, &Value),
) -> ApiResult<()> {
    let head = row.audit_head();
    let (subject, object, version, action) = (R::SUBJECT, head.id, head.version, mutation.name());
    revisions::keep(writer, Revision { subject, object, version, action, by, before, after }).await
}

/// Archives a record or restores it, in the mutation `name`.
///
/// # Errors
/// It may not be changed; the database fails.
pub async fn archive<E: MergeableTable>(
    op: &Op,
    name: &'static str,
    id: Uuid,
    version: i32,
    archived: bool,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, name).await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<E>(session, id, Operation::Archive, "id").await?;
    let by = acting_name(session, row.owner());
    let writer = session.writer(&grant).await?;
    let mut after: E::Model = (*row).clone();
    after.set_archived(archived.then(|| writer.now()));
    save_row(&writer, &mut after, version).await?;
    let snapshots = (row.archive_snapshot(), after.archive_snapshot());
    let recorded = record_changed(&mutation, &writer, (&*row, &after), &by, E::ARCHIVED, snapshots).await?;
    mutation.commit(recorded).await
}

/// Undoes the merge of a record into another, in the mutation `name`.
///
/// # Errors
/// It is not merged, or may not be changed; the database fails.
pub async fn unmerge<E: MergeableTable>(op: &Op, name: &'static str, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, name).await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<E>(session, id, Operation::Unmerge, "id").await?;
    let by = acting_name(session, row.owner());
    let writer = session.writer(&grant).await?;
    let mut after: E::Model = (*row).clone();
    after.set_merged(None);
    save_row(&writer, &mut after, version).await?;
    let snapshots = (row.merge_snapshot(), after.merge_snapshot());
    let recorded = record_changed(&mutation, &writer, (&*row, &after), &by, E::UNMERGED, snapshots).await?;
    mutation.commit(recorded).await
}

/// Marks a record as another record of `survivor`, in a mutation that is under way: nothing of it is moved or lost. None
/// where somebody else changed the record meanwhile.
///
/// # Errors
/// The database fails.
pub async fn merge<E: MergeableTable>(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    row: &E::Model,
    survivor: Uuid,
    by: &str,
) -> ApiResult<Option<AuditReceipt>> {
    let version = row.audit_head().version;
    let mut after: E::Model = row.clone();
    after.set_merged(Some(MergeMark { into: survivor, at: writer.now(), by: by.to_owned() }));
    match save_row(writer, &mut after, version).await {
        Ok(()) => {}
        Err(error) if error.is(UserErrorCode::StaleVersion) => return Ok(None),
        Err(error) => return Err(error),
    }
    let snapshots = (row.merge_snapshot(), after.merge_snapshot());
    Ok(Some(record_changed(mutation, writer, (row, &after), by, E::MERGED, snapshots).await?))
}
