//! Mutations of documents of projects, their files, and archive copies.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use domain::files::tickets::NewTicket;
use domain::projects::{archive, documents};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, UserError, idempotency, payload};
use crate::projects::document_types::{ProjectArchive, ProjectDocument};
use crate::projects::inputs::{
    DocumentDownloadTicketInput, DocumentUploadTicketInput, ProjectArchiveCreateInput, ProjectDocumentCreateInput,
};
use crate::projects::values::{project_and_party, requested};

payload! {
    /// Payload of `projectDocumentCreate`.
    ProjectDocumentPayload {
        /// New project document; null after a refusal.
        project_document: ProjectDocument
    } by ProjectDocument::by_id
}

payload! {
    /// Payload of `projectArchiveCreate`.
    ProjectArchivePayload {
        /// New archive copy; null after a refusal.
        project_archive: ProjectArchive
    } by ProjectArchive::by_id
}

/// Payload of `documentUploadTicket`.
#[derive(SimpleObject, Default)]
pub struct DocumentUploadTicketPayload {
    /// Secret ticket, returned only once; null after a refusal or a repeated call. Upload the file with
    /// `PUT /uploads/<ticket>`; the file becomes a new version of the document at once.
    ticket: Option<String>,
    /// Instant at which the ticket expires.
    expires_at: Option<DateTime<Utc>>,
    /// Maximum size of the file in bytes.
    max_bytes: Option<i64>,
    /// Reasons for the refusal; empty on success.
    user_errors: Vec<UserError>,
}

/// Payload of `documentDownloadTicket`.
#[derive(SimpleObject, Default)]
pub struct DocumentDownloadTicketPayload {
    /// Path of the file on this server with a secret, returned only once; null after a refusal or a repeated call.
    /// Anybody with this path can download the file.
    path: Option<String>,
    /// Instant at which the path expires.
    expires_at: Option<DateTime<Utc>>,
    /// Reasons for the refusal; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct ProjectDocumentMutation;

#[Object]
impl ProjectDocumentMutation {
    /// Creates a project document without a file. Requires `PROJECTS_WRITE` in the owning party.
    async fn project_document_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Values of the new document.")] input: ProjectDocumentCreateInput,
    ) -> ApiResult<ProjectDocumentPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectDocumentCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (project, tenant) = project_and_party(&input.project, &input.tenant)?;
            documents::create(op, project, tenant, (input.title, input.kind.into()), key).await
        };
        ProjectDocumentPayload::created(op, work).await
    }

    /// Creates a ticket to upload a new version of a document; valid once and until it expires. Requires
    /// `PROJECTS_WRITE` in the party that owns the document.
    async fn document_upload_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Document and file name of the version.")] input: DocumentUploadTicketInput,
    ) -> ApiResult<DocumentUploadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("documentUploadTicket", input.idempotency_key.clone(), &input);
        let files = ctx.data_unchecked::<FileSettings>();
        let work = async {
            let id = NodeType::ProjectDocument.parse(&input.document, "document")?;
            documents::upload_ticket(op, id, &input.file_name, files, key).await
        };
        Ok(match work.await {
            Ok(NewTicket { secret, expires_at }) => DocumentUploadTicketPayload {
                ticket: secret,
                expires_at: Some(expires_at),
                max_bytes: i64::try_from((files.max_upload_mib << 20).min(documents::MAX_BYTES)).ok(),
                user_errors: Vec::new(),
            },
            Err(error) => {
                DocumentUploadTicketPayload { user_errors: UserError::sort(error, op)?, ..Default::default() }
            }
        })
    }

    /// Creates an address to download a file of a project without a token, valid for 15 minutes. The viewer's access is
    /// checked again at each download. Requires `PROJECTS_READ` in an authority, and a file visible to the viewer.
    async fn document_download_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "File to download.")] input: DocumentDownloadTicketInput,
    ) -> ApiResult<DocumentDownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("documentDownloadTicket", input.idempotency_key.clone(), &input);
        let folder = ctx.data_unchecked::<Folder>();
        let work = async { documents::download_ticket(op, requested(input.of)?, folder, key).await };
        Ok(match work.await {
            Ok(NewTicket { secret, expires_at }) => DocumentDownloadTicketPayload {
                path: secret.map(|it| format!("/downloads/{it}")),
                expires_at: Some(expires_at),
                user_errors: Vec::new(),
            },
            Err(error) => {
                DocumentDownloadTicketPayload { user_errors: UserError::sort(error, op)?, ..Default::default() }
            }
        })
    }

    /// Creates an archive copy of all data of a project visible to a party. Requires `PROJECTS_WRITE` in the party.
    async fn project_archive_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Project to copy and party that keeps the copy.")] input: ProjectArchiveCreateInput,
    ) -> ApiResult<ProjectArchivePayload> {
        let op = ctx.op()?;
        let key = idempotency("projectArchiveCreate", input.idempotency_key.clone(), &input);
        let work = async {
            let (project, tenant) = project_and_party(&input.project, &input.tenant)?;
            archive::create(op, project, tenant, key).await
        };
        ProjectArchivePayload::created(op, work).await
    }
}
