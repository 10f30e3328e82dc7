//! API types of the documents and copies of a project.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entities::{document_version, project_archive, project_document};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use store::Session;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::projects::enums::DocumentKind;
use crate::projects::part_types::{PartAbilities, abilities, by_id};
use crate::projects::types::Project;
use crate::tenants::types::{Tenant, tenant_of};

by_id!(ProjectDocument: project_document, ProjectArchive: project_archive);

/// A document of a project.
pub struct ProjectDocument(pub Arc<project_document::Model>);

/// A version of a document.
#[derive(SimpleObject)]
pub struct DocumentVersion {
    /// From 1 on.
    number: i32,
    /// Name of the file.
    file_name: String,
    /// Its media type.
    media_type: String,
    /// Its size in bytes.
    bytes: i64,
    /// SHA-256 of what it holds.
    checksum: String,
    /// Who sent it, by the name the party uses.
    uploaded_by: String,
    /// When.
    created_at: DateTime<Utc>,
}

/// A document of a project, in versions. Files are sent by `documentUploadTicket` and fetched by `documentDownloadTicket`.
#[Object]
impl ProjectDocument {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectDocument.id(self.0.id).into()
    }

    /// The party that keeps it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project; null where it is out of the viewer's sight.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What kind of document.
    async fn kind(&self) -> DocumentKind {
        self.0.kind.into()
    }

    /// Its versions, the newest first.
    async fn versions(&self, ctx: &Context<'_>) -> ApiResult<Vec<DocumentVersion>> {
        let rows = ctx.session().await?.group::<document_version::Entity>(self.0.id).await?;
        let told = |it: &document_version::Model| DocumentVersion {
            number: it.number,
            file_name: it.file_name.clone(),
            media_type: it.media_type.clone(),
            bytes: it.bytes,
            checksum: it.checksum.clone(),
            uploaded_by: it.uploaded_by.clone(),
            created_at: it.created_at,
        };
        Ok(rows.iter().rev().map(told).collect())
    }

    /// What the viewer may do with it.
    async fn viewer_can(&self, ctx: &Context<'_>) -> ApiResult<PartAbilities> {
        abilities(ctx, self.0.tenant_id, self.0.scope_id, self.0.project_id).await
    }

    /// Grows by one with every change; updates must name it.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// The copy of a project that a party keeps.
pub struct ProjectArchive(pub Arc<project_archive::Model>);

/// The copy of a project that a party keeps: everything that it saw. It stays when agreement or partnership end.
#[Object]
impl ProjectArchive {
    /// Global id.
    pub async fn id(&self) -> ID {
        NodeType::ProjectArchive.id(self.0.id).into()
    }

    /// The party that keeps it.
    async fn tenant(&self, ctx: &Context<'_>) -> ApiResult<Tenant> {
        tenant_of(ctx, self.0.tenant_id).await
    }

    /// The project; null where it is out of the viewer's sight by now.
    async fn project(&self, ctx: &Context<'_>) -> Option<ApiResult<Project>> {
        Project::of(ctx, self.0.project_id).await
    }

    /// Title of the project when the copy was taken.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// SHA-256 of the copy.
    async fn checksum(&self) -> &str {
        &self.0.checksum
    }

    /// The copy: JSON with everything that the party saw, and from where. Also to be fetched by `documentDownloadTicket`.
    #[graphql(complexity = "100")]
    async fn content(&self) -> &str {
        &self.0.content
    }

    /// Who took it, by the name the party uses.
    async fn taken_by(&self) -> &str {
        &self.0.taken_by
    }

    /// When.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }
}
