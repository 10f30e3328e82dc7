//! Files on their way in: whoever has a ticket sends one file. A ticket is good until a file was accepted; what is refused
//! on its way leaves it as it was. What becomes of the file is up to the domain.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::{TicketPurpose, file_ticket};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::secret::fingerprint;
use sea_orm::{ColumnTrait, Condition};
use store::{Session, Stats, Store};

use crate::files::folder::Folder;
use crate::files::receiving::Receiving;
use crate::files::tickets::{by_secret, own, row};

/// What a ticket to send a file comes to.
pub enum Admission {
    /// A file may come.
    Open(Box<Receiving>),
    /// A file has come by it.
    Used,
    /// There is no such ticket, it is over, or its person may not change the dataset or document any more; which of these
    /// is not told.
    Unknown,
}

/// Lets an upload in where its ticket is good. The ticket stays as it is.
///
/// # Errors
/// The database fails, or the disk.
pub async fn receive(
    store: &Store,
    secret: &str,
    folder: &Folder,
    now: DateTime<Utc>,
    stats: Arc<Stats>,
) -> ApiResult<Admission> {
    let Some(key) = by_secret(store, secret, TicketPurpose::Upload, now).await? else { return Ok(Admission::Unknown) };
    let session = store.read(&key.actor, now, stats).await?;
    let Some(row) = row(&session, own(key.id)).await? else { return Ok(Admission::Unknown) };
    let may = match (row.dataset_id, row.document_id) {
        (Some(dataset), _) => crate::datasets::import::uploads::may_send(&session, dataset).await?,
        (None, Some(document)) => crate::projects::documents::may_send(&session, document).await?,
        (None, None) => false,
    };
    let is_theirs = session.access().grant_of_owner(row.tenant_id, row.person_id).is_some();
    session.commit().await?;
    if !(may && is_theirs) {
        return Ok(Admission::Unknown);
    }
    if row.used_at.is_some() {
        return Ok(Admission::Used);
    }
    Ok(Admission::Open(Box::new(Receiving::new(key.actor, row, folder)?)))
}

/// A file that has come, as its ticket names it.
pub struct Upload {
    /// The ticket.
    pub row: file_ticket::Model,
    /// Where the file is.
    pub path: PathBuf,
}

/// The file that came with a ticket of the viewer's own.
///
/// # Errors
/// There is none, or it has not come yet.
pub async fn uploaded(session: &Session, folder: &Folder, secret: &str, field: &'static str) -> ApiResult<Upload> {
    let person = session.access().person().map(|it| it.id).unwrap_or_default();
    let here = Condition::all()
        .add(file_ticket::Column::SecretHash.eq(fingerprint(secret)))
        .add(file_ticket::Column::PersonId.eq(person))
        .add(file_ticket::Column::Purpose.eq(TicketPurpose::Upload));
    let row = row(session, here).await?.ok_or_else(|| ApiError::from(Problem::not_found(field)))?;
    file_of(folder, row, field)
}

/// The file of a ticket.
///
/// # Errors
/// It has not come, or is gone.
pub fn file_of(folder: &Folder, row: file_ticket::Model, field: &'static str) -> ApiResult<Upload> {
    let path = row.path.as_ref().map(|it| folder.path(it)).filter(|it| it.exists());
    match path {
        Some(path) => Ok(Upload { row, path }),
        None => Err(Problem::at(UserErrorCode::Conflict, field, Text::new("upload-is-not-there")).into()),
    }
}
