//! Mutations of documents of projects, their files, and archive copies.

use async_graphql::{Context, Object};
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use domain::projects::{archive, documents};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::context::ContextExt;
use crate::payload::{Payload, idempotency, payload};
use crate::projects::document_types::{ProjectArchive, ProjectDocument};
use crate::projects::inputs::{
    ProjectArchiveCreateInput, ProjectDocumentCreateInput, ProjectDocumentUploadTicketInput, ProjectDownloadTicketInput,
};
use crate::projects::values::{project_and_party, requested};
use crate::tickets::{DownloadTicketPayload, UploadTicketPayload};

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

    /// Creates a ticket to upload a new version of a document; valid until a file was accepted or it expires. Requires
    /// `PROJECTS_WRITE` in the party that owns the document.
    async fn project_document_upload_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Document and file name of the version.")] input: ProjectDocumentUploadTicketInput,
    ) -> ApiResult<UploadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectDocumentUploadTicket", input.idempotency_key.clone(), &input);
        let files = ctx.data_unchecked::<FileSettings>();
        let work = async {
            let id = NodeType::ProjectDocument.parse(&input.document, "document")?;
            documents::upload_ticket(op, id, &input.file_name, files, key).await
        };
        UploadTicketPayload::created(op, work, (files.max_upload_mib << 20).min(documents::MAX_BYTES)).await
    }

    /// Creates an address to download a file of a project without a token, valid for 15 minutes. The viewer's access is
    /// checked again at each download. Requires `PROJECTS_READ` in an authority, and a file visible to the viewer.
    async fn project_download_ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "File to download.")] input: ProjectDownloadTicketInput,
    ) -> ApiResult<DownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectDownloadTicket", input.idempotency_key.clone(), &input);
        let folder = ctx.data_unchecked::<Folder>();
        let work = async { documents::download_ticket(op, requested(input.of)?, folder, key).await };
        DownloadTicketPayload::created(op, work).await
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
