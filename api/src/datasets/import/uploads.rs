//! Files on their way in: a ticket, good once and for a short time, by which a person sends one file for one dataset.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;
use verbund_entities::{DataClass, ScopeArea, TicketPurpose, dataset, file_ticket};

use crate::auth::Actor;
use crate::config::Files;
use crate::context::{Claim, Idempotency, Mutation, Op, fingerprint, secret_text};
use crate::datasets::object_of;
use crate::datasets::service::{changed, writable};
use crate::error::{ApiError, ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;
use crate::policy::Action;
use crate::store::scopes::Audience;
use crate::store::{Session, Stats, Store, full};
use crate::text;

/// What the secret of an upload begins with.
pub const PREFIX: &str = "vbu_";
/// What was uploaded and not imported is deleted after this time.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where files are, below the folder of the configuration.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Where a stored path leads.
    pub fn path(&self, stored: &str) -> PathBuf {
        self.0.join(stored)
    }

    /// Keeps the file of a version beside those that go away, and says where.
    ///
    /// # Errors
    /// The disk fails.
    pub fn keep_original(&self, upload: &Path, version: Uuid) -> std::io::Result<String> {
        std::fs::create_dir_all(self.0.join("originals"))?;
        let stored = format!("originals/{version}");
        let target = self.path(&stored);
        // A link costs nothing; not every file system has them.
        if std::fs::hard_link(upload, &target).is_err() {
            std::fs::copy(upload, &target)?;
        }
        Ok(stored)
    }

    /// Deletes uploads that nobody imported for a day.
    #[expect(clippy::disallowed_methods, reason = "files have the time of the machine")]
    pub fn sweep(&self) {
        let now = SystemTime::now();
        let old = |it: &std::fs::DirEntry| {
            let changed = it.metadata().and_then(|it| it.modified()).unwrap_or(now);
            now.duration_since(changed).is_ok_and(|it| it > KEPT)
        };
        let Ok(entries) = std::fs::read_dir(self.0.join("uploads")) else { return };
        for entry in entries.flatten().filter(old) {
            if let Err(error) = std::fs::remove_file(entry.path()) {
                tracing::warn!(%error, "an old upload could not be deleted");
            }
        }
    }
}

/// A ticket that was made; the secret is told this once.
pub struct NewTicket {
    /// The secret; none where the mutation was repeated.
    pub secret: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Makes a ticket to send a file for a dataset.
///
/// # Errors
/// The dataset may not be changed, or takes no files.
pub async fn make_ticket(
    op: &Op,
    dataset: Uuid,
    file_name: &str,
    files: &Files,
    idempotency: Option<Idempotency>,
) -> ApiResult<NewTicket> {
    let file_name = text::line(file_name, "fileName", 200)?;
    let mutation = Mutation::begin(op, "datasetUploadTicket").await?;
    let session = mutation.session();
    let (grant, dataset) = writable(session, dataset, "dataset").await?;
    refuse_unit_data(&dataset, "dataset")?;
    let person = grant.person().ok_or_else(|| ApiError::fault("an upload of nobody"))?;
    let writer = session.writer(&grant).await?;
    let expires_at = writer.now() + TimeDelta::minutes(i64::from(files.ticket_minutes));
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => {
            let made = session.one(session.select::<file_ticket::Entity>().filter(own(id))).await?;
            return Ok(NewTicket { secret: None, expires_at: made.map_or(expires_at, |it| it.expires_at) });
        }
    };
    let secret = format!("{PREFIX}{}", secret_text());
    let row = file_ticket::Model {
        id,
        tenant_id: dataset.tenant_id,
        // As with feeds: those who see the members of the authority see it, and its person.
        scope_id: Audience::private(dataset.tenant_id, ScopeArea::Members, None).id(),
        person_id: person,
        purpose: TicketPurpose::Upload,
        dataset_id: Some(dataset.id),
        version_id: None,
        document_id: None,
        archive_id: None,
        format: None,
        secret_hash: fingerprint(&secret),
        file_name,
        bytes: None,
        checksum: None,
        path: None,
        expires_at,
        used_at: None,
        created_at: writer.now(),
    };
    writer.insert::<file_ticket::ActiveModel>(full(row.clone())).await?;
    let mut change = changed(&dataset, "dataset.upload_opened", None);
    change.after = Some(json!({ "fileName": row.file_name, "expiresAt": row.expires_at }));
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(NewTicket { secret: Some(secret), expires_at })
}

/// Refuses what must not come in at all.
///
/// # Errors
/// The dataset holds unit records of official statistics.
pub fn refuse_unit_data(dataset: &dataset::Model, field: &'static str) -> ApiResult<()> {
    if dataset.data_class == DataClass::OfficialUnitData {
        return Err(Problem::at(UserErrorCode::Disclosure, field, Text::new("unit-data-is-not-imported")).into());
    }
    Ok(())
}

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
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let Some(key) = store.ticket_key(&fingerprint(secret)).await? else { return Ok(None) };
    if key.purpose != TicketPurpose::Upload || key.expires_at <= now {
        return Ok(None);
    }
    let session = store.write(&key.actor, now, stats).await?;
    let Some(row) = session.one(session.select::<file_ticket::Entity>().filter(own(key.id))).await? else {
        return Ok(None);
    };
    let may = match (row.dataset_id, row.document_id) {
        (Some(id), _) => {
            let dataset = session.get::<dataset::Entity>(id).await?;
            dataset.is_some_and(|it| session.access().can(Action::Write, &object_of(&it)))
        }
        (None, Some(id)) => crate::projects::may_send(&session, id).await?,
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

fn own(id: Uuid) -> Condition {
    Condition::all().add(file_ticket::Column::Id.eq(id))
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
    let row = session.one(session.select::<file_ticket::Entity>().filter(here)).await?;
    let row = row.ok_or_else(|| ApiError::from(Problem::not_found(field)))?;
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
