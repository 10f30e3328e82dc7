//! Tickets to fetch a file of a version.

use std::path::Path;
use std::sync::Arc;

use entities::{dataset_version, file_ticket};
use kernel::error::{ApiError, ApiResult, Problem};
use policy::{Permission, refused};
use serde_json::json;
use store::Session;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Idempotency, UnitOfWork};
use crate::datasets::files::made::Cache;
use crate::datasets::files::{FileForm, FileLookup, FileRequest, find};
use crate::files;
use crate::files::tickets::{Drafted, NewTicket, keeper};

/// Makes a ticket for a file of a version that the actor may have now.
pub async fn create(op: &Op, id: Uuid, form: FileForm, idempotency: Option<Idempotency>) -> ApiResult<NewTicket> {
    let mutation = UnitOfWork::begin(op, "datasetDownloadTicket").await?;
    let session = mutation.session();
    let unknown = || ApiError::from(Problem::not_found("datasetVersion"));
    let version = session.get::<dataset_version::Entity>(id).await?.ok_or_else(unknown)?;
    let request = FileRequest { dataset: version.dataset_id, major: version.major, minor: version.minor, form };
    // Nothing is made here: the folder of files does not matter.
    let scope = match find(session, &Cache::new(Path::new(""), String::new()), request).await? {
        FileLookup::Table(it) => it.content.scope_id,
        FileLookup::Original(_) => version.scope_id,
        FileLookup::Gone | FileLookup::Nothing => return Err(unknown()),
    };
    let granted = session.access().grant_of_member(Permission::DatasetsRead, keeper(session, scope, version.tenant_id));
    let (grant, _) = granted.map_err(|decision| refused(decision, "datasetVersion"))?;
    let writer = session.writer(&grant).await?;
    let name = format!("{}.{}.{}", version.major, version.minor, form.suffix());
    let mut draft = match files::tickets::download(&mutation, &writer, name, idempotency).await? {
        Drafted::New(draft) => draft,
        Drafted::Done(made) => return Ok(made),
    };
    draft.row.dataset_id = Some(version.dataset_id);
    draft.row.version_id = Some(version.id);
    draft.row.format = Some(form.suffix().to_owned());
    let of = json!({ "version": version.id, "format": form.suffix() });
    let (made, recorded) = draft.hand_out(&mutation, &writer, of).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// What a ticket opens; none where it is of something else, or out of sight.
///
/// # Errors
/// The database fails.
pub async fn of_ticket(session: &Arc<Session>, ticket: &file_ticket::Model) -> ApiResult<Option<FileRequest>> {
    let form = ticket.format.as_deref().and_then(FileForm::of);
    let version = match ticket.version_id {
        Some(id) => session.get::<dataset_version::Entity>(id).await?,
        None => None,
    };
    Ok(version.zip(form).map(|(it, form)| FileRequest {
        dataset: it.dataset_id,
        major: it.major,
        minor: it.minor,
        form,
    }))
}
