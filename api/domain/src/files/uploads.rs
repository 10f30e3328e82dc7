//! Files on their way in: whoever has a ticket sends one file, once; what becomes of it is up to the domain.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::{TicketPurpose, file_ticket};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::secret::fingerprint;
use policy::Actor;
use sea_orm::{ColumnTrait, Condition, Set};
use store::{Session, Stats, Store};

use crate::files::folder::Folder;
use crate::files::tickets::{by_secret, own, row};

/// An upload that has been let in.
pub struct Receiving {
    /// In whose name it comes.
    pub actor: Actor,
    /// Its ticket.
    pub row: file_ticket::Model,
    /// Where the file goes.
    pub target: PathBuf,
    stored: String,
}

/// Lets an upload in: its ticket is used up by that, whatever comes then. None where there is no such ticket, it was used,
/// is over, or its person may not change the dataset or document any more; which of these is not told.
///
/// # Errors
/// The database fails, or the disk.
pub async fn receive(
    store: &Store,
    secret: &str,
    folder: &Folder,
    now: DateTime<Utc>,
    stats: Arc<Stats>,
) -> ApiResult<Option<Receiving>> {
    let Some(key) = by_secret(store, secret, TicketPurpose::Upload, now).await? else { return Ok(None) };
    let session = store.write(&key.actor, now, stats).await?;
    let Some(row) = row(&session, own(key.id)).await? else { return Ok(None) };
    let may = match (row.dataset_id, row.document_id) {
        (Some(dataset), _) => crate::datasets::import::uploads::may_send(&session, dataset).await?,
        (None, Some(document)) => crate::projects::documents::may_send(&session, document).await?,
        (None, None) => false,
    };
    if !may {
        return Ok(None);
    }
    let Some(grant) = session.access().grant_of_owner(row.tenant_id, row.person_id) else { return Ok(None) };
    let writer = session.writer(&grant).await?;
    let values = file_ticket::ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    let unused = own(row.id).add(file_ticket::Column::UsedAt.is_null());
    if writer.change::<file_ticket::Entity, _>(unused, values).await? == 0 {
        return Ok(None);
    }
    session.commit().await?;
    let stored = format!("uploads/{}", row.id);
    std::fs::create_dir_all(folder.0.join("uploads")).map_err(|error| ApiError::fault(format!("files: {error}")))?;
    Ok(Some(Receiving { actor: key.actor, row, target: folder.path(&stored), stored }))
}

impl Receiving {
    /// Notes what came.
    ///
    /// # Errors
    /// The database fails.
    pub async fn done(
        &self,
        store: &Store,
        bytes: u64,
        checksum: String,
        now: DateTime<Utc>,
        stats: Arc<Stats>,
    ) -> ApiResult<()> {
        let session = store.write(&self.actor, now, stats).await?;
        let grant = session.access().grant_of_owner(self.row.tenant_id, self.row.person_id);
        let grant = grant.ok_or_else(|| ApiError::fault("the person of an upload is gone"))?;
        let writer = session.writer(&grant).await?;
        let values = file_ticket::ActiveModel {
            bytes: Set(Some(i64::try_from(bytes).unwrap_or(i64::MAX))),
            checksum: Set(Some(checksum)),
            path: Set(Some(self.stored.clone())),
            ..Default::default()
        };
        writer.change::<file_ticket::Entity, _>(own(self.row.id), values).await?;
        session.commit().await
    }
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
