//! API types of the documents and copies of a project.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entities::{document_version, project_archive, project_document};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;

use crate::access::abilities::ProjectDocumentAbilities;
use crate::context::ContextExt;
use crate::node_row::node_object;
use crate::projects::enums::DocumentKind;
use crate::projects::types::Project;
use crate::tenants::types::{Tenant, tenant_of};

node_object!(ProjectDocument, |row| Self(row), project_id);
node_object!(ProjectArchive, |row| Self(row), project_id);

/// Document of a project.
pub struct ProjectDocument(pub Arc<project_document::Model>);

/// Version of a project document.
#[derive(SimpleObject)]
pub struct DocumentVersion {
    /// Version number, from 1.
    number: i32,
    /// File name.
    file_name: String,
    /// Media type of the file.
    media_type: String,
    /// Size of the file in bytes.
    bytes: i64,
    /// SHA-256 checksum of the file, lower-case hex.
    checksum: String,
    /// Name of the person who uploaded the file, as used by the party.
    created_by: String,
    /// Instant of upload.
    created_at: DateTime<Utc>,
}

/// Document of a project, in versions. Files are uploaded with a ticket of `projectDocumentUploadTicket` and downloaded with
/// one of `projectDownloadTicket`.
#[Object]
impl ProjectDocument {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectDocument.id(self.0.id).into()
    }

    /// Party that owns the document.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the document; null if not visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title, unique in the owning authority.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// Kind of the document.
    async fn kind(&self) -> DocumentKind {
        self.0.kind.into()
    }

    /// Versions, the newest first.
    async fn versions(&self, ctx: &Context<'_>) -> ApiResult<Vec<DocumentVersion>> {
        let rows = ctx.session().await?.group::<document_version::Entity>(self.0.id).await?;
        let version = |it: &document_version::Model| DocumentVersion {
            number: it.number,
            file_name: it.file_name.clone(),
            media_type: it.media_type.clone(),
            bytes: it.bytes,
            checksum: it.checksum.clone(),
            created_by: it.uploaded_by.clone(),
            created_at: it.created_at,
        };
        Ok(rows.iter().rev().map(version).collect())
    }

    /// Actions open to the viewer on the document.
    async fn viewer_can(&self) -> ProjectDocumentAbilities {
        ProjectDocumentAbilities(self.0.clone())
    }

    /// Version number of the record, raised by one with every change.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// Instant of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// Instant of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Archive copy of a project.
pub struct ProjectArchive(pub Arc<project_archive::Model>);

/// Archive copy of a project, kept by a party: all data visible to that party when the copy was made. Survives the end
/// of the agreement and of the partnership.
#[Object]
impl ProjectArchive {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectArchive.id(self.0.id).into()
    }

    /// Party that keeps the copy.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// Project of the copy; null if no longer visible to the viewer.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title of the project at the time of the copy.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// SHA-256 checksum of the copy, lower-case hex.
    async fn checksum(&self) -> &str {
        &self.0.checksum
    }

    /// Copy as JSON: all data visible to the party, with their provenance. Amounts are in cents. Also available for
    /// download with `projectDownloadTicket`.
    #[graphql(complexity = "100")]
    async fn content(&self) -> &str {
        &self.0.content
    }

    /// Name of the person who made the copy, as used by the party.
    async fn created_by(&self) -> &str {
        &self.0.taken_by
    }

    /// Instant of the copy.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
