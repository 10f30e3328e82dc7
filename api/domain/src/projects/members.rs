//! Members of project teams. Each belongs to the party that added it.

use entities::{ProjectRole, project, project_member};
use kernel::error::{ApiResult, all};
use kernel::text;
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::projects::parts::{insert, remove, writable};
use crate::projects::project_access::{check_part_limit, party_grant, party_scope, private};
use crate::rights;
use crate::rights::Operation;

/// Values of a new member of a project team.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Name.
    pub name: String,
    /// Function of the person.
    pub function: Option<String>,
    /// Role in the project.
    pub role: ProjectRole,
    /// E-mail address.
    pub email: Option<String>,
    /// True if the person consented that the other parties see the record.
    pub consented: bool,
}

/// Adds a member for a party. Without the person's consent the other parties do not see the record.
pub async fn add_member(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    new: NewMember,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "projectMemberAdd").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<project_member::Entity>(project.id).await?.len(), "project")?;
    let (name, function, email) = all((
        text::line(&new.name, "name", 200),
        text::optional(new.function, "function", 200),
        text::email_address(new.email, "email", 320),
    ))?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let scope = if new.consented {
        party_scope(&writer, &project).await?
    } else {
        private(&writer, project.field_of_work_id).await?
    };
    let row = project_member::Model {
        id,
        tenant_id: tenant,
        scope_id: scope,
        project_id: project.id,
        name,
        function,
        role: new.role,
        email,
        consented: new.consented,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    let recorded = insert::<project_member::Entity>(&mutation, &writer, row, &project).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Removes a member from a project team.
pub async fn remove_member(op: &Op, id: Uuid) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "projectMemberRemove").await?;
    let session = mutation.session();
    let (grant, row, project) = writable::<project_member::Entity>(session, id, Operation::Remove).await?;
    let writer = session.writer(&grant).await?;
    let recorded = remove::<project_member::Entity>(&mutation, &writer, &row, project.agreement_id).await?;
    mutation.commit(recorded).await
}
