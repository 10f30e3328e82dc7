//! A file that comes by a ticket: where it is written, and how the ticket is used up when it is accepted.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use entities::file_ticket;
use kernel::error::{ApiError, ApiResult};
use kernel::ids::new_id;
use policy::Actor;
use sea_orm::{ColumnTrait, Set};
use store::{Stats, Store, Writer};

use crate::files::folder::Folder;
use crate::files::tickets::own;

/// An upload that has been let in.
pub struct Receiving {
    /// In whose name it comes.
    pub actor: Actor,
    /// Its ticket.
    pub row: file_ticket::Model,
    /// Where the file is written while it comes: several may come by one ticket, and the first that is whole counts.
    pub part: PathBuf,
    target: PathBuf,
    stored: String,
}

impl Receiving {
    /// An upload by a ticket that is good.
    ///
    /// # Errors
    /// The disk fails.
    pub(super) fn new(actor: Actor, row: file_ticket::Model, folder: &Folder) -> ApiResult<Self> {
        let stored = format!("uploads/{}", row.id);
        std::fs::create_dir_all(folder.path("uploads")).map_err(disk)?;
        let part = folder.path(&format!("{stored}.{}.part", new_id()));
        Ok(Self { actor, row, part, target: folder.path(&stored), stored })
    }

    /// Uses the ticket up for the file that came whole, which the domain fetches later; false where another came first.
    ///
    /// # Errors
    /// The database fails, or the disk; then the ticket is as good as before.
    pub async fn accept(
        &self,
        store: &Store,
        (bytes, checksum): (u64, &str),
        now: DateTime<Utc>,
        stats: Arc<Stats>,
    ) -> ApiResult<bool> {
        let session = store.write(&self.actor, now, stats).await?;
        let grant = session.access().grant_of_owner(self.row.tenant_id, self.row.person_id);
        let grant = grant.ok_or_else(|| ApiError::fault("the person of an upload is gone"))?;
        let writer = session.writer(&grant).await?;
        if !use_up(&writer, &self.row, (bytes, checksum), Some(self.stored.clone())).await? {
            return Ok(false);
        }
        // Nobody else has the row now. Where the commit fails, the file is overwritten by the next one, or swept.
        std::fs::rename(&self.part, &self.target).map_err(disk)?;
        session.commit().await?;
        Ok(true)
    }
}

/// What came and was not kept goes, also where the sender hangs up. A file that was kept has another name.
impl Drop for Receiving {
    fn drop(&mut self) {
        match std::fs::remove_file(&self.part) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a refused upload could not be deleted");
            }
            _ => {}
        }
    }
}

/// Marks a ticket as used by a file; false where it is used already. `stored` is where the file waits, if it does.
pub(crate) async fn use_up(
    writer: &Writer<'_>,
    ticket: &file_ticket::Model,
    (bytes, checksum): (u64, &str),
    stored: Option<String>,
) -> ApiResult<bool> {
    let values = file_ticket::ActiveModel {
        used_at: Set(Some(writer.now())),
        bytes: Set(Some(i64::try_from(bytes).unwrap_or(i64::MAX))),
        checksum: Set(Some(checksum.to_owned())),
        path: Set(stored),
        ..Default::default()
    };
    let unused = own(ticket.id).add(file_ticket::Column::UsedAt.is_null());
    Ok(writer.change::<file_ticket::Entity, _>(unused, values).await? > 0)
}

fn disk(error: std::io::Error) -> ApiError {
    ApiError::fault(format!("files: {error}"))
}
