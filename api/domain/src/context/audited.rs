//! Rows whose changes are recorded in audit trail and outbox.

use std::collections::BTreeSet;
use std::str::FromStr;

use kernel::error::{ApiError, ApiResult};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, IntoActiveModel};
use serde_json::Value as Json;
use store::{ByKey, Owned, Unique, Writer};
use uuid::Uuid;

use crate::context::unit_of_work::{ChangeRecord, stale};

/// What the record of every change has.
#[derive(Clone, Copy, Debug)]
pub struct AuditHead {
    /// The object.
    pub id: Uuid,
    /// Version after the change.
    pub version: i32,
    /// Audience after the change.
    pub scope: Uuid,
    /// The object to which this one belongs: the calendar of an entry.
    pub parent: Option<Uuid>,
    /// The agreement under which the change happened.
    pub agreement: Option<Uuid>,
}

/// A row whose changes are recorded.
pub trait Audited: Sized {
    /// Type of the object in the schema.
    const TYPE: &'static str;
    /// Whether the audience that the row leaves by a change learns of it.
    const TELLS_FORMER_AUDIENCE: bool = false;

    /// What the record of every change has.
    fn audit_head(&self) -> AuditHead;

    /// The row in the audit trail.
    fn audit_snapshot(&self) -> Json;

    /// The record of a change to this row; `before` is the row before it, none where the trail does not keep that.
    fn change_record(&self, topic: &'static str, before: Option<&Self>) -> ChangeRecord {
        let AuditHead { id, version, scope, parent, agreement } = self.audit_head();
        let former = before.filter(|_| Self::TELLS_FORMER_AUDIENCE);
        ChangeRecord {
            object_type: Self::TYPE,
            object_id: id,
            version,
            scope,
            topic,
            parent,
            also: former.map(|it| it.audit_head().scope).into_iter().collect::<BTreeSet<_>>(),
            agreement,
            before: before.map(Self::audit_snapshot),
            after: Some(self.audit_snapshot()),
        }
    }
}

/// Writes a row that is still at `version`, and raises its version by one.
///
/// # Errors
/// `STALE_VERSION` where somebody was faster; the database fails.
pub async fn save<E>(writer: &Writer<'_>, row: E::ActiveModel, version: i32) -> ApiResult<()>
where
    E: ByKey<Key = Uuid, Of = E> + Owned,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let (here, row) = at_version::<E>(writer, row, version)?;
    if writer.change::<E, _>(here, row).await? == 0 { Err(stale(version)) } else { Ok(()) }
}

/// The same with a value that is unique; `taken` is the input field that has it, and the value.
///
/// # Errors
/// As [`save`]; `NOT_UNIQUE` at the field.
pub async fn save_unique<E>(
    writer: &Writer<'_>,
    row: E::ActiveModel,
    version: i32,
    unique: Unique,
    taken: (&'static str, &str),
) -> ApiResult<()>
where
    E: ByKey<Key = Uuid, Of = E> + Owned,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let (here, row) = at_version::<E>(writer, row, version)?;
    match writer.change_unique::<E, _>(here, row, unique).await {
        Ok(0) => Err(stale(version)),
        Ok(_) => Ok(()),
        Err(error) => Err(error.taken(taken.0, taken.1)),
    }
}

/// The condition that the row is still at `version`, and the row with the next version.
fn at_version<E>(writer: &Writer<'_>, mut row: E::ActiveModel, version: i32) -> ApiResult<(Condition, E::ActiveModel)>
where
    E: ByKey<Key = Uuid, Of = E> + Owned,
{
    let column = |name: &str| E::Column::from_str(name).map_err(|_| ApiError::fault(format!("no column {name}")));
    let id = row.get(E::KEY).into_value().ok_or_else(|| ApiError::fault("a row without an id is saved"))?;
    let (version_column, updated) = (column("version")?, column("updated_at")?);
    row.set(version_column, version.saturating_add(1).into());
    row.set(updated, writer.now().into());
    Ok((Condition::all().add(E::KEY.eq(id)).add(version_column.eq(version)), row))
}
