//! The copy of a project that a party keeps: everything it saw, in one text, with what it was taken from. It stays when the
//! agreement or the partnership ends.

use entities as e;
use entities::{document_version, own_share, project, project_archive, project_partner, project_step, tenant};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use kernel::ids::new_id;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use store::{ByParent, Session, Writer, full};
use uuid::Uuid;

use crate::context::audited::Audited;
use crate::context::op::Op;
use crate::context::references::with_global_ids;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::projects::partners;
use crate::projects::parts::ProjectPart;
use crate::projects::project_access::{is_party, party_grant, private};
use crate::rights;

/// Name and edition of the form of a copy.
const FORM: &str = "verbund-project/2";

/// Takes a copy for a party.
pub async fn create(op: &Op, id: Uuid, tenant: Uuid, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "projectArchiveCreate").await?;
    let session = mutation.session();
    let row = rights::find_visible::<project::Entity>(session, id, "project").await?;
    let grant = party_grant(session, &row, tenant, "tenant").await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let made = write(session, &writer, &row, id).await?;
    let created = <project_archive::Entity as ProjectPart>::CREATED;
    let change = ChangeRecord { agreement: row.agreement_id, ..made.change_record(created, None) };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Takes a copy along with another change of the acting party.
///
/// # Errors
/// The database fails.
pub async fn keep(session: &Session, writer: &Writer<'_>, row: &project::Model) -> ApiResult<()> {
    write(session, writer, row, new_id()).await?;
    Ok(())
}

/// Takes copies of all projects that others lead under an agreement and the acting party takes part in.
///
/// # Errors
/// The database fails.
pub async fn keep_all(session: &Session, writer: &Writer<'_>, agreement: Uuid) -> ApiResult<()> {
    let select = session
        .select::<project::Entity>()
        .filter(project::Column::AgreementId.eq(agreement))
        .filter(project::Column::TenantId.ne(writer.tenant()));
    for row in session.all(select).await? {
        if is_party(session, &row, writer.tenant()).await? && session.access().visibility(row.inner_scope_id).is_some()
        {
            keep(session, writer, &row).await?;
        }
    }
    Ok(())
}

async fn write(
    session: &Session,
    writer: &Writer<'_>,
    row: &project::Model,
    id: Uuid,
) -> ApiResult<project_archive::Model> {
    let taken_by = acting_name(session, writer.tenant());
    let content = content(session, writer, row, &taken_by).await?;
    let digest = Sha256::digest(content.as_bytes());
    let made = project_archive::Model {
        id,
        tenant_id: writer.tenant(),
        scope_id: private(writer, row.field_of_work_id).await?,
        project_id: row.id,
        field_of_work_id: row.field_of_work_id,
        title: row.title.clone(),
        agreement_id: row.agreement_id,
        checksum: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        content,
        taken_by,
        created_at: writer.now(),
    };
    writer.insert::<project_archive::ActiveModel>(full(made.clone())).await?;
    Ok(made)
}

/// The copy, as the session sees the project.
async fn content(session: &Session, writer: &Writer<'_>, row: &project::Model, taken_by: &str) -> ApiResult<String> {
    let partners_of = session.group::<project_partner::Entity>(row.id).await?;
    let mut tenants: Vec<_> = partners_of.iter().map(|it| it.tenant_id).collect();
    tenants.extend([row.tenant_id, writer.tenant()]);
    session.load::<tenant::Entity>(tenants.iter().copied()).await?;
    let mut names = Map::new();
    for id in tenants {
        if let Some(it) = session.get::<tenant::Entity>(id).await? {
            names.insert(NodeType::Tenant.id(id).into(), json!(it.legal_name));
        }
    }
    let steps = session.group::<project_step::Entity>(row.id).await?;
    let steps: Vec<_> = steps
        .iter()
        .map(|it| json!({ "phase": it.phase, "note": it.note, "enteredBy": it.entered_by, "enteredAt": it.created_at }))
        .collect();
    let own_shares = session.group::<own_share::Entity>(row.id).await?;
    let own_shares: Vec<_> = own_shares
        .iter()
        .map(|it| json!({ "funding": it.funding_id, "tenant": it.tenant_id, "amount": it.amount }))
        .collect();
    let documents = session.group::<e::project_document::Entity>(row.id).await?;
    session.load_groups::<document_version::Entity>(documents.iter().map(|it| it.id)).await?;
    let mut files = Vec::new();
    for document in documents.iter() {
        let versions = session.group::<document_version::Entity>(document.id).await?;
        let mut snapshot = document.audit_snapshot();
        snapshot["versions"] = versions.iter().map(version).collect();
        files.push(snapshot);
    }
    let copy = json!({
        "form": FORM,
        "provenance": {
            "project": row.id, "version": row.version, "agreement": row.agreement_id, "takenFor": writer.tenant(),
            "takenBy": taken_by, "takenAt": writer.now(),
            "says": "Everything of the project that this party saw when the copy was taken. Amounts are in cents.",
        },
        "authorities": names,
        "project": row.audit_snapshot(),
        "partners": partners_of.iter().map(partners::audit_snapshot).collect::<Vec<_>>(),
        "phases": steps,
        "members": snapshots_of::<e::project_member::Entity>(session, row.id).await?,
        "workPackages": snapshots_of::<e::work_package::Entity>(session, row.id).await?,
        "dependencies": session.group::<e::work_package_dependency::Entity>(row.id).await?.iter()
            .map(|it| json!({ "workPackage": it.work_package_id, "dependsOn": it.depends_on_id })).collect::<Vec<_>>(),
        "milestones": snapshots_of::<e::milestone::Entity>(session, row.id).await?,
        "statusReports": snapshots_of::<e::status_report::Entity>(session, row.id).await?,
        "indicators": snapshots_of::<e::project_indicator::Entity>(session, row.id).await?,
        "measurements": snapshots_of::<e::indicator_measurement::Entity>(session, row.id).await?,
        "links": snapshots_of::<e::project_link::Entity>(session, row.id).await?,
        "documents": files,
        "fundings": snapshots_of::<e::funding::Entity>(session, row.id).await?,
        "ownShares": own_shares,
        "budgetLines": snapshots_of::<e::budget_line::Entity>(session, row.id).await?,
        "obligations": snapshots_of::<e::obligation::Entity>(session, row.id).await?,
    });
    Ok(serde_json::to_string_pretty(&with_global_ids(Some(NodeType::Project), None, &copy))?)
}

async fn snapshots_of<P>(session: &Session, project: Uuid) -> ApiResult<Vec<Value>>
where
    P: ProjectPart + ByParent<Of = P>,
    P::Model: Send + Sync,
{
    Ok(session.group::<P>(project).await?.iter().map(Audited::audit_snapshot).collect())
}

fn version(row: &document_version::Model) -> Value {
    json!({
        "number": row.number, "fileName": row.file_name, "mediaType": row.media_type, "bytes": row.bytes,
        "sha256": row.checksum, "uploadedBy": row.uploaded_by, "uploadedAt": row.created_at,
    })
}

/// The checksums of the files that a copy names.
pub fn files_of_copy(content: &str) -> Vec<String> {
    let Ok(copy) = serde_json::from_str::<Value>(content) else { return Vec::new() };
    let documents = copy["documents"].as_array().into_iter().flatten();
    let versions = documents.flat_map(|it| it["versions"].as_array().into_iter().flatten());
    versions.filter_map(|it| it["sha256"].as_str().map(str::to_owned)).collect()
}

/// Whether a copy names a file with this checksum.
pub fn has_file(row: &project_archive::Model, checksum: &str) -> Option<(String, String)> {
    let copy: Value = serde_json::from_str(&row.content).ok()?;
    let documents = copy["documents"].as_array()?;
    let versions = documents.iter().flat_map(|it| it["versions"].as_array().into_iter().flatten());
    let version = versions.into_iter().find(|it| it["sha256"] == checksum)?;
    Some((version["fileName"].as_str()?.to_owned(), version["mediaType"].as_str()?.to_owned()))
}
