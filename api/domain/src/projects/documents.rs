//! Documents of a project: files in versions, sent and fetched by ticket. A file lies below the folder of files under the
//! SHA-256 of what it holds, so that the same file is there once, and a copy of a project names its files by that.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use entities::{DocumentKind, document_version, file_ticket, project, project_archive, project_document};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::{Permission, refused};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use store::{Session, full};
use uuid::Uuid;

use crate::context::audited::Audited as _;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::files;
use crate::files::folder::Folder;
use crate::files::receiving::{Receiving, use_up};
use crate::files::settings::FileSettings;
use crate::files::tickets::{Drafted, NewTicket, keeper};
use crate::members::acting_name;
use crate::projects::archive::has_file;
use crate::projects::file_kinds;
use crate::projects::file_kinds::FileKind;
use crate::projects::parts::{insert, update, writable};
use crate::projects::project_access::{check_part_limit, party_grant, party_scope};
use crate::rights::{self, Operation};

/// Where files of documents are, below the folder of files.
pub const DOCUMENTS: &str = "documents";
/// The largest document.
pub const MAX_BYTES: u64 = 50 << 20;

/// Opens a document for a party; its files come by ticket.
pub async fn create(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    (title, kind): (String, DocumentKind),
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let title = text::line(&title, "title", 200)?;
    let mutation = UnitOfWork::begin(op, "projectDocumentCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<project_document::Entity>(project.id).await?.len(), "project")?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = project_document::Model {
        id,
        tenant_id: tenant,
        scope_id: party_scope(&writer, &project).await?,
        project_id: project.id,
        field_of_work_id: project.field_of_work_id,
        title,
        kind,
        latest: 0,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<project_document::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Makes a ticket to send a new version of a document.
pub async fn upload_ticket(
    op: &Op,
    document: Uuid,
    file_name: &str,
    settings: &FileSettings,
    idempotency: Option<Idempotency>,
) -> ApiResult<NewTicket> {
    let file_name = text::file_name(file_name, "fileName", 200)?;
    let Some(kind) = file_kinds::of(&file_name) else {
        let text = Text::new("no-kind-of-document").with("value", &file_name).with("known", file_kinds::known());
        return Err(Problem::at(UserErrorCode::Invalid, "fileName", text).into());
    };
    let mutation = UnitOfWork::begin(op, "projectDocumentUploadTicket").await?;
    let session = mutation.session();
    let (grant, row, project) = writable::<project_document::Entity>(session, document, Operation::Update)
        .await
        .map_err(|error| error.about("document"))?;
    let writer = session.writer(&grant).await?;
    let mut draft = match files::tickets::upload(&mutation, &writer, file_name, settings, idempotency).await? {
        Drafted::New(draft) => draft,
        Drafted::Done(made) => return Ok(made),
    };
    draft.row.document_id = Some(row.id);
    draft.row.format = Some(kind.media_type.to_owned());
    let change = ChangeRecord {
        agreement: project.agreement_id,
        after: Some(json!({ "fileName": draft.row.file_name, "expiresAt": draft.row.expires_at })),
        ..row.change_record("project_document.upload_opened", None)
    };
    let made = draft.keep(&writer).await?;
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// Whether the actor may send a file for a document now.
///
/// # Errors
/// The database fails.
pub async fn may_send(session: &Session, document: Uuid) -> ApiResult<bool> {
    let Some(row) = session.get::<project_document::Entity>(document).await? else { return Ok(false) };
    rights::may::<project_document::Entity>(session, &row, Operation::Update).await
}

/// Why a file that came is not kept.
pub enum UploadRefusal {
    /// It is not what its name says.
    NotWhatItSays,
    /// The person may not change the document any more.
    OutOfReach,
    /// Another file came by the ticket first.
    Used,
}

/// Makes a version of a document from a file that came whole, and uses its ticket up with it.
///
/// # Errors
/// The database fails, or the disk; then the ticket is as good as before.
pub async fn arrived(
    op: &Op,
    folder: &Folder,
    receiving: &Receiving,
    (bytes, checksum): (u64, &str),
) -> ApiResult<Result<(), UploadRefusal>> {
    let disk = |error: std::io::Error| ApiError::fault(format!("files: {error}"));
    let ticket = &receiving.row;
    let Some(document) = ticket.document_id else { return Ok(Err(UploadRefusal::OutOfReach)) };
    let kind = file_kinds::of(&ticket.file_name);
    if !kind.is_some_and(|it| looks_like(it, &receiving.part)) {
        return Ok(Err(UploadRefusal::NotWhatItSays));
    }
    let mutation = UnitOfWork::begin(op, "documentUpload").await?;
    let session = mutation.session();
    let (grant, before, project) =
        match writable::<project_document::Entity>(session, document, Operation::Update).await {
            Ok(document) => document,
            Err(ApiError::Problems(_)) => return Ok(Err(UploadRefusal::OutOfReach)),
            Err(fault @ ApiError::Fault(_)) => return Err(fault),
        };
    let writer = session.writer(&grant).await?;
    // Two files at once become two versions, where each has a ticket of its own.
    writer.lock_named(document).await?;
    if !use_up(&writer, ticket, (bytes, checksum), None).await? {
        return Ok(Err(UploadRefusal::Used));
    }
    let select = session.select::<project_document::Entity>().filter(project_document::Column::Id.eq(document));
    let now_there = session.one(select).await?.unwrap_or_else(|| before.clone());
    let number = now_there.latest.saturating_add(1);
    let target = stored(folder, checksum);
    std::fs::create_dir_all(folder.path(DOCUMENTS)).map_err(disk)?;
    std::fs::rename(&receiving.part, &target).map_err(disk)?;
    let made = document_version::Model {
        id: new_id(),
        tenant_id: before.tenant_id,
        scope_id: before.scope_id,
        document_id: document,
        number,
        file_name: ticket.file_name.clone(),
        media_type: ticket.format.clone().unwrap_or_default(),
        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        checksum: checksum.to_owned(),
        uploaded_by: acting_name(session, before.tenant_id),
        created_at: writer.now(),
    };
    writer.insert::<document_version::ActiveModel>(full(made)).await?;
    let version = now_there.version;
    let after = project_document::Model { latest: number, ..now_there };
    let recorded =
        update::<project_document::Entity>(&mutation, &writer, (&before, after), version, project.agreement_id).await?;
    mutation.commit(recorded).await?;
    Ok(Ok(()))
}

fn looks_like(kind: &FileKind, path: &std::path::Path) -> bool {
    use std::io::Read as _;
    let mut head = Vec::new();
    let Ok(file) = std::fs::File::open(path) else { return false };
    file.take(4_096).read_to_end(&mut head).is_ok() && kind.looks_like(&head)
}

fn stored(folder: &Folder, checksum: &str) -> PathBuf {
    folder.path(&format!("{DOCUMENTS}/{checksum}"))
}

/// What shall be fetched.
#[derive(Clone, Debug)]
pub enum ProjectFile {
    /// A version of a document.
    Version(Uuid, i32),
    /// A copy of a project itself.
    Archive(Uuid),
    /// A file that a copy of a project names.
    OfArchive(Uuid, String),
}

/// A file for the actor.
pub struct File {
    /// Where it is; none = the text itself.
    pub path: Option<PathBuf>,
    /// The text of a copy.
    pub content: Option<String>,
    /// Its SHA-256.
    pub checksum: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    scope: Uuid,
    tenant: Uuid,
}

/// Finds a file that the actor may have; none where there is none, or none in sight.
///
/// # Errors
/// The database fails.
pub async fn find(session: &Session, folder: &Folder, wanted: &ProjectFile) -> ApiResult<Option<File>> {
    match wanted {
        ProjectFile::Version(document, number) => {
            let versions = session.group::<document_version::Entity>(*document).await?;
            Ok(versions.iter().find(|it| it.number == *number).map(|it| File {
                path: Some(stored(folder, &it.checksum)),
                content: None,
                checksum: it.checksum.clone(),
                name: it.file_name.clone(),
                media_type: it.media_type.clone(),
                created_at: it.created_at,
                scope: it.scope_id,
                tenant: it.tenant_id,
            }))
        }
        ProjectFile::Archive(id) => Ok(session.get::<project_archive::Entity>(*id).await?.map(|it| File {
            path: None,
            content: Some(it.content.clone()),
            checksum: it.checksum.clone(),
            name: format!("{}.json", it.title),
            media_type: "application/json".to_owned(),
            created_at: it.created_at,
            scope: it.scope_id,
            tenant: it.tenant_id,
        })),
        ProjectFile::OfArchive(id, checksum) => {
            let Some(row) = session.get::<project_archive::Entity>(*id).await? else { return Ok(None) };
            Ok(has_file(&row, checksum).map(|(name, media_type)| File {
                path: Some(stored(folder, checksum)),
                content: None,
                checksum: checksum.clone(),
                name,
                media_type,
                created_at: row.created_at,
                scope: row.scope_id,
                tenant: row.tenant_id,
            }))
        }
    }
}

/// Makes a ticket to fetch a file; whether there still is such a file for the person is judged when it is fetched.
pub async fn download_ticket(
    op: &Op,
    wanted: ProjectFile,
    folder: &Folder,
    idempotency: Option<Idempotency>,
) -> ApiResult<NewTicket> {
    let mutation = UnitOfWork::begin(op, "projectDownloadTicket").await?;
    let session = mutation.session();
    let file = find(session, folder, &wanted).await?.ok_or_else(|| ApiError::from(Problem::not_found("of")))?;
    let granted = session.access().grant_of_member(Permission::ProjectsRead, keeper(session, file.scope, file.tenant));
    let (grant, _) = granted.map_err(|decision| refused(decision, "of"))?;
    let writer = session.writer(&grant).await?;
    let mut draft = match files::tickets::download(&mutation, &writer, file.name, idempotency).await? {
        Drafted::New(draft) => draft,
        Drafted::Done(made) => return Ok(made),
    };
    match wanted {
        ProjectFile::Version(document, number) => {
            draft.row.document_id = Some(document);
            draft.row.format = Some(number.to_string());
        }
        ProjectFile::Archive(archive) => draft.row.archive_id = Some(archive),
        ProjectFile::OfArchive(archive, checksum) => {
            draft.row.archive_id = Some(archive);
            draft.row.format = Some(checksum);
        }
    }
    let of = json!({ "document": draft.row.document_id, "archive": draft.row.archive_id, "of": draft.row.format });
    let (made, recorded) = draft.hand_out(&mutation, &writer, of).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// What a ticket is for; none where it is of something else.
pub fn of_ticket(ticket: &file_ticket::Model) -> Option<ProjectFile> {
    match (ticket.document_id, ticket.archive_id, &ticket.format) {
        (Some(document), _, Some(number)) => number.parse().ok().map(|it| ProjectFile::Version(document, it)),
        (_, Some(archive), None) => Some(ProjectFile::Archive(archive)),
        (_, Some(archive), Some(checksum)) => Some(ProjectFile::OfArchive(archive, checksum.clone())),
        _ => None,
    }
}
