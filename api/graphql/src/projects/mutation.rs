//! Mutations of projects and their parts.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::files::folder::Folder;
use domain::files::settings::FileSettings;
use domain::files::tickets::NewTicket;
use domain::projects::{archive, around, documents, partners, service, work as plan};
use kernel::error::{ApiResult, Problems};
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::payload::{Payload, UserError, idempotency, payload};
use crate::projects::document_types::{ProjectArchive, ProjectDocument};
use crate::projects::inputs::{
    DocumentDownloadTicketInput, DocumentUploadTicketInput, IndicatorMeasurementAddInput, MilestoneCreateInput,
    MilestoneUpdateInput, ProjectAdvanceInput, ProjectArchiveCreateInput, ProjectCreateInput,
    ProjectDocumentCreateInput, ProjectIndicatorCreateInput, ProjectIndicatorUpdateInput, ProjectLinkAddInput,
    ProjectLinkRemoveInput, ProjectMemberAddInput, ProjectMemberRemoveInput, ProjectPartnerAcceptInput,
    ProjectPartnerAddInput, ProjectPartnerRemoveInput, ProjectUpdateInput, StatusReportCreateInput,
    WorkPackageCreateInput, WorkPackageUpdateInput,
};
use crate::projects::part_types::{Milestone, ProjectIndicator, ProjectLink, ProjectMember, StatusReport, WorkPackage};
use crate::projects::types::Project;
use crate::projects::wishes::{
    indicator, indicator_change, linked, member, milestone, milestone_change, project, project_and_party,
    project_change, report, wanted, work, work_change,
};

payload! {
    /// Outcome of every mutation of a project.
    ProjectPayload {
        /// The project; null where it went out of the viewer's sight.
        project: Project
    } by Project::by_id
}

payload! {
    /// Outcome of every mutation of a work package.
    WorkPackagePayload {
        /// The work package.
        work_package: WorkPackage
    } by WorkPackage::by_id
}

payload! {
    /// Outcome of every mutation of a milestone.
    MilestonePayload {
        /// The milestone.
        milestone: Milestone
    } by Milestone::by_id
}

payload! {
    /// Outcome of a status report.
    StatusReportPayload {
        /// The report.
        status_report: StatusReport
    } by StatusReport::by_id
}

payload! {
    /// Outcome of putting somebody down for a project.
    ProjectMemberPayload {
        /// Who.
        project_member: ProjectMember
    } by ProjectMember::by_id
}

payload! {
    /// Outcome of every mutation of an indicator of a project.
    ProjectIndicatorPayload {
        /// The indicator.
        project_indicator: ProjectIndicator
    } by ProjectIndicator::by_id
}

payload! {
    /// Outcome of linking something.
    ProjectLinkPayload {
        /// The link.
        project_link: ProjectLink
    } by ProjectLink::by_id
}

payload! {
    /// Outcome of opening a document.
    ProjectDocumentPayload {
        /// The document.
        project_document: ProjectDocument
    } by ProjectDocument::by_id
}

payload! {
    /// Outcome of taking a copy.
    ProjectArchivePayload {
        /// The copy.
        project_archive: ProjectArchive
    } by ProjectArchive::by_id
}

/// A ticket to send a file.
#[derive(SimpleObject, Default)]
pub struct DocumentUploadTicketPayload {
    /// The ticket, told this once. `PUT` the file to `/uploads/<ticket>`; it becomes a version of the document at once.
    ticket: Option<String>,
    /// Until when it is good.
    expires_at: Option<DateTime<Utc>>,
    /// The largest file, in bytes.
    max_bytes: Option<i64>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

/// A ticket to fetch a file.
#[derive(SimpleObject, Default)]
pub struct DocumentDownloadTicketPayload {
    /// Where the file is, told this once; below the address of this server. Whoever has it can fetch the file.
    path: Option<String>,
    /// Until when.
    expires_at: Option<DateTime<Utc>>,
    /// What was refused; empty on success.
    user_errors: Vec<UserError>,
}

/// See the module.
#[derive(Default)]
pub struct ProjectMutation;

#[Object]
impl ProjectMutation {
    /// Makes a project: an idea. Takes `PROJECTS_WRITE` in the authority that leads.
    async fn project_create(&self, ctx: &Context<'_>, input: ProjectCreateInput) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectCreate", input.idempotency_key.clone(), &input);
        let done = match project(input) {
            Ok((tenant, wish)) => service::create(op, tenant, wish, key).await,
            Err(error) => Err(error),
        };
        ProjectPayload::made(op, done).await
    }

    /// Changes a project. Takes `PROJECTS_WRITE` in the lead.
    async fn project_update(&self, ctx: &Context<'_>, input: ProjectUpdateInput) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let id = match NodeType::Project.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ProjectPayload::refused(op, error),
        };
        let version = input.version;
        let done = match project_change(input) {
            Ok(change) => service::update(op, id, version, change).await,
            Err(error) => Err(error),
        };
        ProjectPayload::changed(op, id, done).await
    }

    /// Takes a project to another phase. Takes `PROJECTS_WRITE` in the lead.
    async fn project_advance(&self, ctx: &Context<'_>, input: ProjectAdvanceInput) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        match NodeType::Project.parse(&input.id, "id") {
            Ok(id) => {
                let done = service::advance(op, id, input.version, input.phase.into(), input.note).await;
                ProjectPayload::changed(op, id, done).await
            }
            Err(error) => ProjectPayload::refused(op, error),
        }
    }

    /// Asks a party of the project's agreement to take part; it sees the project and its parts from now on. Takes
    /// `PROJECTS_WRITE` in the lead.
    async fn project_partner_add(&self, ctx: &Context<'_>, input: ProjectPartnerAddInput) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectPartnerAdd", input.idempotency_key.clone(), &input);
        let ids = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let id = problems.take(NodeType::Project.parse(&input.id, "id"))?.unwrap_or_default();
            let partner = problems.take(NodeType::Tenant.parse(&input.partner, "partner"))?.unwrap_or_default();
            problems.done()?;
            Ok((id, partner))
        };
        let done = match ids() {
            Ok((id, partner)) => partners::add(op, id, partner, input.version, key).await,
            Err(error) => Err(error),
        };
        ProjectPayload::made(op, done).await
    }

    /// Takes part in a project. Takes `PROJECTS_WRITE` in the authority that was asked.
    async fn project_partner_accept(
        &self,
        ctx: &Context<'_>,
        input: ProjectPartnerAcceptInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let (id, tenant) = match project_and_party(&input.id, &input.tenant) {
            Ok(ids) => ids,
            Err(error) => return ProjectPayload::refused(op, error),
        };
        let done = partners::accept(op, id, tenant, input.version).await;
        ProjectPayload::changed(op, id, done).await
    }

    /// Ends the part of a partner. What is the partner's own stays with it; a partner that leaves by itself keeps a copy of
    /// what it saw. Takes `PROJECTS_WRITE` in the lead, or in the partner.
    async fn project_partner_remove(
        &self,
        ctx: &Context<'_>,
        input: ProjectPartnerRemoveInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let ids = || -> ApiResult<_> {
            let mut problems = Problems::default();
            let id = problems.take(NodeType::Project.parse(&input.id, "id"))?.unwrap_or_default();
            let partner = problems.take(NodeType::Tenant.parse(&input.partner, "partner"))?.unwrap_or_default();
            let tenant = problems.take(NodeType::Tenant.parse(&input.tenant, "tenant"))?.unwrap_or_default();
            problems.done()?;
            Ok((id, partner, tenant))
        };
        let (id, partner, tenant) = match ids() {
            Ok(ids) => ids,
            Err(error) => return ProjectPayload::refused(op, error),
        };
        let done = partners::remove(op, id, partner, tenant, input.version, input.reason).await;
        ProjectPayload::changed(op, id, done).await
    }

    /// Puts somebody down for a project. Takes `PROJECTS_WRITE` in the party.
    async fn project_member_add(
        &self,
        ctx: &Context<'_>,
        input: ProjectMemberAddInput,
    ) -> ApiResult<ProjectMemberPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectMemberAdd", input.idempotency_key.clone(), &input);
        let done = match project_and_party(&input.project, &input.tenant) {
            Ok((project, tenant)) => around::add_member(op, project, tenant, member(input), key).await,
            Err(error) => Err(error),
        };
        ProjectMemberPayload::made(op, done).await
    }

    /// Takes somebody off a project. Takes `PROJECTS_WRITE` in the party.
    async fn project_member_remove(
        &self,
        ctx: &Context<'_>,
        input: ProjectMemberRemoveInput,
    ) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let done = match NodeType::ProjectMember.parse(&input.id, "id") {
            Ok(id) => around::remove_member(op, id).await,
            Err(error) => Err(error),
        };
        ProjectPayload::made(op, done).await
    }

    /// Adds a work package. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn work_package_create(
        &self,
        ctx: &Context<'_>,
        input: WorkPackageCreateInput,
    ) -> ApiResult<WorkPackagePayload> {
        let op = ctx.op()?;
        let key = idempotency("workPackageCreate", input.idempotency_key.clone(), &input);
        let ids = project_and_party(&input.project, &input.tenant);
        let done = match (ids, work(input)) {
            (Ok((project, tenant)), Ok(wish)) => plan::create(op, project, tenant, wish, key).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        WorkPackagePayload::made(op, done).await
    }

    /// Changes a work package. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn work_package_update(
        &self,
        ctx: &Context<'_>,
        input: WorkPackageUpdateInput,
    ) -> ApiResult<WorkPackagePayload> {
        let op = ctx.op()?;
        let id = match NodeType::WorkPackage.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return WorkPackagePayload::refused(op, error),
        };
        let version = input.version;
        let done = match work_change(input) {
            Ok(change) => plan::update(op, id, version, change).await,
            Err(error) => Err(error),
        };
        WorkPackagePayload::changed(op, id, done).await
    }

    /// Adds a milestone. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn milestone_create(&self, ctx: &Context<'_>, input: MilestoneCreateInput) -> ApiResult<MilestonePayload> {
        let op = ctx.op()?;
        let key = idempotency("milestoneCreate", input.idempotency_key.clone(), &input);
        let ids = project_and_party(&input.project, &input.tenant);
        let done = match (ids, milestone(input)) {
            (Ok((project, tenant)), Ok(wish)) => plan::create_milestone(op, project, tenant, wish, key).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        MilestonePayload::made(op, done).await
    }

    /// Changes a milestone. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn milestone_update(&self, ctx: &Context<'_>, input: MilestoneUpdateInput) -> ApiResult<MilestonePayload> {
        let op = ctx.op()?;
        let id = match NodeType::Milestone.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return MilestonePayload::refused(op, error),
        };
        let version = input.version;
        let done = match milestone_change(input) {
            Ok(change) => plan::update_milestone(op, id, version, change).await,
            Err(error) => Err(error),
        };
        MilestonePayload::changed(op, id, done).await
    }

    /// Reports how a project stands. Takes `PROJECTS_WRITE` in the party that reports.
    async fn status_report_create(
        &self,
        ctx: &Context<'_>,
        input: StatusReportCreateInput,
    ) -> ApiResult<StatusReportPayload> {
        let op = ctx.op()?;
        let key = idempotency("statusReportCreate", input.idempotency_key.clone(), &input);
        let done = match project_and_party(&input.project, &input.tenant) {
            Ok((project, tenant)) => around::report(op, project, tenant, report(input), key).await,
            Err(error) => Err(error),
        };
        StatusReportPayload::made(op, done).await
    }

    /// Says what a project wants to move. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn project_indicator_create(
        &self,
        ctx: &Context<'_>,
        input: ProjectIndicatorCreateInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectIndicatorCreate", input.idempotency_key.clone(), &input);
        let done = match project_and_party(&input.project, &input.tenant) {
            Ok((project, tenant)) => around::add_indicator(op, project, tenant, indicator(input), key).await,
            Err(error) => Err(error),
        };
        ProjectIndicatorPayload::made(op, done).await
    }

    /// Changes what an indicator begins with and aims at. Takes `PROJECTS_WRITE` in the party that answers for it.
    async fn project_indicator_update(
        &self,
        ctx: &Context<'_>,
        input: ProjectIndicatorUpdateInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let id = match NodeType::ProjectIndicator.parse(&input.id, "id") {
            Ok(id) => id,
            Err(error) => return ProjectIndicatorPayload::refused(op, error),
        };
        let version = input.version;
        let done = match indicator_change(input) {
            Ok(change) => around::update_indicator(op, id, version, change).await,
            Err(error) => Err(error),
        };
        ProjectIndicatorPayload::changed(op, id, done).await
    }

    /// Notes a measured value. Takes `PROJECTS_WRITE` in the party that answers for the indicator.
    async fn indicator_measurement_add(
        &self,
        ctx: &Context<'_>,
        input: IndicatorMeasurementAddInput,
    ) -> ApiResult<ProjectIndicatorPayload> {
        let op = ctx.op()?;
        let key = idempotency("indicatorMeasurementAdd", input.idempotency_key.clone(), &input);
        let done = match NodeType::ProjectIndicator.parse(&input.indicator, "indicator") {
            Ok(id) => around::measure(op, id, input.measured_on.0, input.value.0, input.note, key).await,
            Err(error) => Err(error),
        };
        ProjectIndicatorPayload::made(op, done).await
    }

    /// Links something that the viewer sees. Takes `PROJECTS_WRITE` in the party.
    async fn project_link_add(&self, ctx: &Context<'_>, input: ProjectLinkAddInput) -> ApiResult<ProjectLinkPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectLinkAdd", input.idempotency_key.clone(), &input);
        let ids = project_and_party(&input.project, &input.tenant);
        let done = match (ids, linked(&input.to)) {
            (Ok((project, tenant)), Ok(to)) => around::link(op, project, tenant, to, input.note, key).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        ProjectLinkPayload::made(op, done).await
    }

    /// Takes a link away. Takes `PROJECTS_WRITE` in the party that linked it.
    async fn project_link_remove(&self, ctx: &Context<'_>, input: ProjectLinkRemoveInput) -> ApiResult<ProjectPayload> {
        let op = ctx.op()?;
        let done = match NodeType::ProjectLink.parse(&input.id, "id") {
            Ok(id) => around::unlink(op, id).await,
            Err(error) => Err(error),
        };
        ProjectPayload::made(op, done).await
    }

    /// Opens a document. Takes `PROJECTS_WRITE` in the party that keeps it.
    async fn project_document_create(
        &self,
        ctx: &Context<'_>,
        input: ProjectDocumentCreateInput,
    ) -> ApiResult<ProjectDocumentPayload> {
        let op = ctx.op()?;
        let key = idempotency("projectDocumentCreate", input.idempotency_key.clone(), &input);
        let done = match project_and_party(&input.project, &input.tenant) {
            Ok((project, tenant)) => {
                documents::create(op, project, tenant, (input.title, input.kind.into()), key).await
            }
            Err(error) => Err(error),
        };
        ProjectDocumentPayload::made(op, done).await
    }

    /// Makes a ticket to send a new version of a document, good once and for a short time. Takes `PROJECTS_WRITE` in the party
    /// that keeps it.
    async fn document_upload_ticket(
        &self,
        ctx: &Context<'_>,
        input: DocumentUploadTicketInput,
    ) -> ApiResult<DocumentUploadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("documentUploadTicket", input.idempotency_key.clone(), &input);
        let files = ctx.data_unchecked::<FileSettings>();
        let done = match NodeType::ProjectDocument.parse(&input.document, "document") {
            Ok(id) => documents::upload_ticket(op, id, &input.file_name, files, key).await,
            Err(error) => Err(error),
        };
        Ok(match done {
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

    /// Makes an address by which a file of a project is fetched for 15 minutes without a token, with the rights that the viewer
    /// then has. Takes `PROJECTS_READ` in an authority, and a file that is in sight.
    async fn document_download_ticket(
        &self,
        ctx: &Context<'_>,
        input: DocumentDownloadTicketInput,
    ) -> ApiResult<DocumentDownloadTicketPayload> {
        let op = ctx.op()?;
        let key = idempotency("documentDownloadTicket", input.idempotency_key.clone(), &input);
        let done = match wanted(input.of) {
            Ok(wanted) => documents::download_ticket(op, wanted, ctx.data_unchecked::<Folder>(), key).await,
            Err(error) => Err(error),
        };
        Ok(match done {
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

    /// Takes a copy of everything that a party sees of a project. Takes `PROJECTS_WRITE` in the party.
    async fn project_archive_create(
        &self,
        ctx: &Context<'_>,
        input: ProjectArchiveCreateInput,
    ) -> ApiResult<ProjectArchivePayload> {
        let op = ctx.op()?;
        let key = idempotency("projectArchiveCreate", input.idempotency_key.clone(), &input);
        let ids: ApiResult<(Uuid, Uuid)> = project_and_party(&input.project, &input.tenant);
        let done = match ids {
            Ok((project, tenant)) => archive::create(op, project, tenant, key).await,
            Err(error) => Err(error),
        };
        ProjectArchivePayload::made(op, done).await
    }
}
