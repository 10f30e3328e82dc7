//! Links from projects to calendar entries, datasets and learning places. Each belongs to the party that added it.

use entities::{calendar_entry, dataset, learning_place, project, project_link};
use kernel::error::{ApiResult, Problem};
use kernel::text;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::projects::parts::{insert, remove, writable};
use crate::projects::project_access::{check_part_limit, party_grant};
use crate::rights;
use crate::rights::Operation;

/// Target of a new project link.
#[derive(Clone, Copy, Debug)]
pub enum Linked {
    /// A calendar entry.
    Entry(Uuid),
    /// A dataset.
    Dataset(Uuid),
    /// A learning place.
    Place(Uuid),
}

/// Links something that the actor sees, for a party. Others see the link, and what it leads to only with rights of their own.
pub async fn link(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    to: Linked,
    note: Option<String>,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let note = text::optional(note, "note", 1_000)?;
    let mutation = UnitOfWork::begin(op, "projectLinkAdd").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<project_link::Entity>(project.id).await?.len(), "project")?;
    let there = match to {
        Linked::Entry(id) => session.get::<calendar_entry::Entity>(id).await?.is_some(),
        Linked::Dataset(id) => session.get::<dataset::Entity>(id).await?.is_some(),
        Linked::Place(id) => session.get::<learning_place::Entity>(id).await?.is_some(),
    };
    if !there {
        return Err(Problem::not_found("to").into());
    }
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let (mut entry, mut dataset, mut place) = (None, None, None);
    match to {
        Linked::Entry(id) => entry = Some(id),
        Linked::Dataset(id) => dataset = Some(id),
        Linked::Place(id) => place = Some(id),
    }
    let row = project_link::Model {
        id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        calendar_entry_id: entry,
        dataset_id: dataset,
        learning_place_id: place,
        note,
        created_at: writer.now(),
    };
    let recorded = insert::<project_link::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Takes a link away.
pub async fn unlink(op: &Op, id: Uuid) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectLinkRemove").await?;
    let session = mutation.session();
    let (grant, row, project) = writable::<project_link::Entity>(session, id, Operation::Remove).await?;
    let writer = session.writer(&grant).await?;
    let recorded = remove::<project_link::Entity>(&mutation, &writer, &row, project.agreement_id).await?;
    mutation.commit(recorded).await
}
