//! What was public once and is not any more. Its addresses, which others may have stored, say that it is gone; what never
//! was public is as unknown.

use entities::{PUBLIC_SCOPE, calendar, dataset, dataset_version, former_publication};
use kernel::error::ApiResult;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use store::{Session, Writer, full};
use uuid::Uuid;

/// Notes that a calendar ceases to be public.
///
/// # Errors
/// The database fails.
pub(crate) async fn end_of_calendar(writer: &Writer<'_>, row: &calendar::Model) -> ApiResult<()> {
    let ended = former_publication::Model { calendar_id: Some(row.id), ..ended(writer, row.tenant_id) };
    writer.insert_missing::<former_publication::ActiveModel>(vec![full(ended)]).await?;
    Ok(())
}

/// Notes that a dataset ceases to be public, with those of its versions that were public with it.
///
/// # Errors
/// The database fails.
pub(crate) async fn end_of_dataset(
    writer: &Writer<'_>,
    row: &dataset::Model,
    versions: &[dataset_version::Model],
) -> ApiResult<()> {
    let ended = versions.iter().filter(|it| was_public(row, it)).map(|it| former_publication::Model {
        dataset_id: Some(row.id),
        major: Some(it.major),
        minor: Some(it.minor),
        ..ended(writer, row.tenant_id)
    });
    writer.insert_missing::<former_publication::ActiveModel>(ended.map(full).collect()).await?;
    Ok(())
}

/// Whether a version was published at some time while its dataset was public.
pub(crate) fn was_public(dataset: &dataset::Model, version: &dataset_version::Model) -> bool {
    let Some(since) = dataset.published_at else { return false };
    version.published_at.is_some() && version.withdrawn_at.is_none_or(|it| it >= since)
}

fn ended(writer: &Writer<'_>, tenant: Uuid) -> former_publication::Model {
    former_publication::Model {
        id: new_id(),
        tenant_id: tenant,
        scope_id: PUBLIC_SCOPE,
        calendar_id: None,
        dataset_id: None,
        major: None,
        minor: None,
        created_at: writer.now(),
    }
}

/// Whether a calendar was public once.
///
/// # Errors
/// The database fails.
pub async fn of_calendar(session: &Session, id: Uuid) -> ApiResult<bool> {
    is_there(session, Condition::all().add(former_publication::Column::CalendarId.eq(id))).await
}

/// Whether a version of a dataset was public once.
///
/// # Errors
/// The database fails.
pub async fn of_version(session: &Session, dataset: Uuid, (major, minor): (i32, i32)) -> ApiResult<bool> {
    use former_publication::Column as C;
    let here = Condition::all().add(C::DatasetId.eq(dataset)).add(C::Major.eq(major)).add(C::Minor.eq(minor));
    is_there(session, here).await
}

async fn is_there(session: &Session, here: Condition) -> ApiResult<bool> {
    let select = session.select::<former_publication::Entity>().filter(here);
    Ok(session.one(select).await?.is_some())
}
