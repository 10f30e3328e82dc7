//! Rows whose changes are recorded in audit trail and outbox.

use std::collections::BTreeSet;
use std::str::FromStr;

use kernel::error::{ApiError, ApiResult};
use sea_orm::{ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, ModelTrait, Value};
use serde_json::Value as Json;
use store::{Owned, Unique, WriteError, Writer, full};
use uuid::Uuid;

use crate::context::unit_of_work::{ChangeRecord, stale};

/// Values that the record of every change has.
#[derive(Clone, Copy, Debug)]
pub struct AuditHead {
    /// Id of the object.
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

    /// Values that the record of every change has.
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

/// Writes the set columns of a row that is still at `version`, with the next version and the time of the change.
///
/// # Errors
/// `STALE_VERSION` where somebody was faster; the database fails.
pub async fn save<E>(writer: &Writer<'_>, row: E::ActiveModel, version: i32) -> ApiResult<()>
where
    E: Owned,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let (here, row) = at_version::<E>(writer, row, version)?;
    if writer.change::<E, _>(here, row).await? == 0 { Err(stale(version)) } else { Ok(()) }
}

/// Writes every column of a row that is still at `version`; the row given has the next version afterwards.
///
/// # Errors
/// As [`save`].
pub async fn save_row<M>(writer: &Writer<'_>, row: &mut M, version: i32) -> ApiResult<()>
where
    M: ModelTrait<Entity: Owned<Model = M>> + IntoActiveModel<<<M as ModelTrait>::Entity as EntityTrait>::ActiveModel>,
{
    touch(writer, row, version)?;
    save::<M::Entity>(writer, full(row.clone()), version).await
}

/// Writes as [`save`] a row with a value that is unique; `taken` is the input field of the value, and the value.
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
    E: Owned,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    let (here, row) = at_version::<E>(writer, row, version)?;
    match writer.change_unique::<E, _>(here, row, unique).await {
        Ok(0) => Err(stale(version)),
        Ok(_) => Ok(()),
        Err(error) => Err(error.taken(taken.0, taken.1)),
    }
}

/// Refuses a name that another row of the acting authority has, as far as the actor sees it. The constraint of the database
/// is narrower, within what whoever writes a row can see: a refusal must not tell of rows out of sight.
///
/// # Errors
/// `NOT_UNIQUE` at `field`; the database fails.
pub async fn check_free<E: Owned>(
    writer: &Writer<'_>,
    (id_column, id): (E::Column, Uuid),
    (name_column, name): (E::Column, &str),
    field: &'static str,
) -> ApiResult<()> {
    let others = Condition::all().add(name_column.eq(name)).add(id_column.ne(id));
    if writer.sees::<E>(others).await? { Err(WriteError::Taken.taken(field, name)) } else { Ok(()) }
}

/// Deletes a row that is still at `version`.
///
/// # Errors
/// As [`save`].
pub async fn delete_row<E: Owned>(writer: &Writer<'_>, id: Uuid, version: i32) -> ApiResult<()> {
    if writer.delete::<E>(read_at::<E>(id, version)?).await? == 0 { Err(stale(version)) } else { Ok(()) }
}

/// Gives a row the version after `version` and the time of the change.
///
/// # Errors
/// The table has no such columns.
pub fn touch<M: ModelTrait>(writer: &Writer<'_>, row: &mut M, version: i32) -> ApiResult<()> {
    row.set(column::<M::Entity>("version")?, version.saturating_add(1).into());
    row.set(column::<M::Entity>("updated_at")?, writer.now().into());
    Ok(())
}

/// Condition that a row is still at `version`, and its values with the next version; the id is not among the values.
pub(crate) fn at_version<E: Owned>(
    writer: &Writer<'_>,
    mut row: E::ActiveModel,
    version: i32,
) -> ApiResult<(Condition, E::ActiveModel)> {
    let id =
        row.take(column::<E>("id")?).into_value().ok_or_else(|| ApiError::fault("a row without an id is saved"))?;
    row.set(column::<E>("version")?, version.saturating_add(1).into());
    row.set(column::<E>("updated_at")?, writer.now().into());
    Ok((read_at::<E>(id, version)?, row))
}

/// Condition that the row with an id is still at `version`.
fn read_at<E: EntityTrait>(id: impl Into<Value>, version: i32) -> ApiResult<Condition> {
    let (id_column, version_column) = (column::<E>("id")?, column::<E>("version")?);
    Ok(Condition::all().add(id_column.eq(id)).add(version_column.eq(version)))
}

/// Column of a table by its name.
fn column<E: EntityTrait>(name: &str) -> ApiResult<E::Column> {
    E::Column::from_str(name).map_err(|_| ApiError::fault(format!("no column {name}")))
}
