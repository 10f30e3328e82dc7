//! How datasets come before others: partners after the authority's own look, the public after four eyes.

use entities::{
    Area, DataClass, DatasetAccess, DatasetReleaseState, DatasetVersionState, ProtectionMethod, ScopeArea, dataset,
    dataset_release, dataset_version,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure, own_shares};
use store::{Session, Writer, full};
use tabular::licence::Licence;
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::datasets::audience::{rescope, scopes_of};
use crate::datasets::content;
use crate::datasets::service::save;
use crate::former_publications;
use crate::members::acting_name;
use crate::rights::datasets::is_own;
use crate::rights::{self, Operation};

/// Opens a dataset to partners, as far as shares reach, or closes it again.
///
/// # Errors
/// It lacks what partners must know, its figures cannot be protected, or it is public.
pub async fn change_access(op: &Op, id: Uuid, version: i32, access: DatasetAccess) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetAccessChange").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset::Entity>(session, id, Operation::ChangeAccess, "id").await?;
    let allowed: &[&str] = match before.access {
        DatasetAccess::Internal => &["SHARED"],
        DatasetAccess::Shared => &["INTERNAL"],
        DatasetAccess::Public => &[],
    };
    if !allowed.contains(&access.as_str()) {
        let (from, to) = (before.access.as_str(), access.as_str());
        return Err(Problem::illegal_transition("access", from, to, allowed.iter().copied()).into());
    }
    if access == DatasetAccess::Shared {
        may_leave(&before, false)?;
    }
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    row.access = access;
    step(session, &writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset.access_changed", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Values of a new release proposal.
#[derive(Clone, Debug)]
pub struct ReleaseProposal {
    /// Dataset.
    pub dataset: Uuid,
    /// Confirmed items of the checklist, by name.
    pub checklist: Value,
}

/// Proposes to release a dataset to the public.
///
/// # Errors
/// It may not be public, lacks something, or is proposed already.
pub async fn propose(op: &Op, proposal: ReleaseProposal, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "datasetReleasePropose").await?;
    let session = mutation.session();
    let (grant, dataset) =
        rights::find_for::<dataset::Entity>(session, proposal.dataset, Operation::ProposeRelease, "dataset").await?;
    let name = acting_name(session, dataset.tenant_id);
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let open = session
        .select::<dataset_release::Entity>()
        .filter(dataset_release::Column::DatasetId.eq(dataset.id))
        .filter(dataset_release::Column::State.eq(DatasetReleaseState::Proposed));
    if session.one(open).await?.is_some() {
        return Err(Problem::at(UserErrorCode::Conflict, "dataset", Text::new("release-proposed-already")).into());
    }
    let Some(proposer_id) = grant.person() else {
        return Err(Problem::at(UserErrorCode::Unauthenticated, "dataset", Text::new("unauthenticated")).into());
    };
    let private = Audience::private(dataset.tenant_id, ScopeArea::Datasets, dataset.field_of_work_id);
    let row = dataset_release::Model {
        id,
        tenant_id: dataset.tenant_id,
        scope_id: ensure(&writer, &private).await?,
        dataset_id: dataset.id,
        state: DatasetReleaseState::Proposed,
        checklist: proposal.checklist,
        proposed_by: name,
        proposer_id,
        decided_by: None,
        decided_at: None,
        reason: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset_release.proposed", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Refuses the proposal of a release while the dataset is public, lacks something or has nothing published.
///
/// # Errors
/// What is missing; the database fails.
pub(crate) async fn may_be_proposed(session: &Session, row: &dataset::Model) -> ApiResult<()> {
    if row.access == DatasetAccess::Public && row.withdrawn_at.is_none() {
        return Err(Problem::illegal_transition("id", "PUBLIC", "PUBLIC", []).into());
    }
    may_be_public(session, row).await
}

/// Refuses to open a dataset to everybody that lacks something or has nothing published.
///
/// # Errors
/// What is missing; the database fails.
pub(crate) async fn may_be_public(session: &Session, row: &dataset::Model) -> ApiResult<()> {
    may_leave(row, true)?;
    let versions = session.group::<dataset_version::Entity>(row.id).await?;
    if !versions.iter().any(|it| it.state == DatasetVersionState::Published) {
        return Err(Problem::at(UserErrorCode::Conflict, "id", Text::new("nothing-published")).into());
    }
    Ok(())
}

/// Approves a release proposal, which makes the dataset public.
///
/// # Errors
/// It is decided already, the same person proposed it, or the dataset may not be public any more.
pub async fn approve(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "datasetReleaseApprove").await?;
    let session = mutation.session();
    let (grant, release) = rights::find_for::<dataset_release::Entity>(session, id, Operation::Approve, "id").await?;
    let mut release = (*release).clone();
    let dataset = rights::find_visible::<dataset::Entity>(session, release.dataset_id, "id").await?;
    let mut dataset = (*dataset).clone();
    let name = acting_name(session, release.tenant_id);
    let writer = session.writer(&grant).await?;
    release.state = DatasetReleaseState::Approved;
    decided(&mut release, &writer, name);
    save_row(&writer, &mut release, version).await?;
    dataset.access = DatasetAccess::Public;
    dataset.published_at = Some(writer.now());
    (dataset.withdrawn_at, dataset.withdrawn_reason) = (None, None);
    let read_at = dataset.version;
    step(session, &writer, &mut dataset, read_at).await?;
    mutation.publish_event(&writer, &dataset.change_record("dataset.released", None)).await?;
    let recorded = mutation.record(&writer, release.change_record("dataset_release.approved", None)).await?;
    mutation.commit(recorded).await
}

/// Declines a release proposal; withdraws it, where the viewer made it.
///
/// # Errors
/// It is decided already.
pub async fn decline(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "datasetReleaseDecline").await?;
    let session = mutation.session();
    let release = rights::find_visible::<dataset_release::Entity>(session, id, "id").await?;
    let is_own = is_own(session, &release);
    let operation = if is_own { Operation::Withdraw } else { Operation::Decline };
    let grant = rights::judge::<dataset_release::Entity>(session, &release, operation, "id").await?;
    let mut release = (*release).clone();
    let name = acting_name(session, release.tenant_id);
    let writer = session.writer(&grant).await?;
    release.state = if is_own { DatasetReleaseState::Withdrawn } else { DatasetReleaseState::Declined };
    release.reason = Some(reason);
    decided(&mut release, &writer, name);
    save_row(&writer, &mut release, version).await?;
    let recorded = mutation.record(&writer, release.change_record("dataset_release.declined", None)).await?;
    mutation.commit(recorded).await
}

/// Withdraws a public dataset, of which a public row remains.
///
/// # Errors
/// It is not public.
pub async fn withdraw(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "datasetWithdraw").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<dataset::Entity>(session, id, Operation::Withdraw, "id").await?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    row.withdrawn_at = Some(writer.now());
    row.withdrawn_reason = Some(reason);
    let versions = session.group::<dataset_version::Entity>(row.id).await?;
    former_publications::end_of_dataset(&writer, &before, &versions).await?;
    step(session, &writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("dataset.withdrawn", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Refuses that others get a dataset while values are missing that they need, or its class of data forbids it.
fn may_leave(row: &dataset::Model, to_everybody: bool) -> ApiResult<()> {
    let mut problems = Problems::default();
    let mut required = |given: bool, field: &'static str| {
        if !given {
            problems.add(Problem::at(UserErrorCode::Required, field, Text::new("needed-to-leave")));
        }
    };
    required(row.contact_email.is_some() || row.contact_url.is_some(), "contact");
    required(row.purpose.is_some(), "purpose");
    required(row.legal_basis.is_some(), "legalBasis");
    if to_everybody {
        let licence = row.licence.as_deref().and_then(Licence::of);
        required(licence.is_some(), "licence");
        let named = row.attribution.is_some() || !licence.is_some_and(|it| it.needs_attribution());
        required(named, "attribution");
        required(row.description.is_some(), "description");
    }
    let refused = match row.data_class {
        DataClass::OfficialUnitData => Some(Text::new("unit-data-stay")),
        DataClass::Personal if to_everybody => Some(Text::new("personal-never-public")),
        DataClass::Personal if row.protection_method == ProtectionMethod::Exempt => {
            Some(Text::new("personal-never-exempt"))
        }
        DataClass::Personal | DataClass::Aggregated => None,
    };
    if let Some(text) = refused {
        problems.add(Problem::at(UserErrorCode::Disclosure, "dataClass", text));
    }
    problems.done()
}

/// Writes a dataset that was read at `version`, with whatever figures of it may be seen now, and moves everything there.
async fn step(session: &Session, writer: &Writer<'_>, row: &mut dataset::Model, version: i32) -> ApiResult<()> {
    // A share or a version that is made at the same time must see this, or this must see it.
    writer.lock_named(row.tenant_id).await?;
    let leaves = row.access != DatasetAccess::Internal && row.withdrawn_at.is_none();
    if leaves && row.protection_method != ProtectionMethod::Exempt {
        row.protection_fixed_at = row.protection_fixed_at.or(Some(writer.now()));
    }
    let shares = own_shares(writer, Area::Datasets).await?;
    let scopes = scopes_of(writer, row, &shares).await?;
    row.scope_id = scopes.dataset_scope;
    save(writer, row, version).await?;
    if leaves {
        let versions = session.group::<dataset_version::Entity>(row.id).await?;
        for version in versions.iter().filter(|it| it.state == DatasetVersionState::Published) {
            content::ensure_protected(session, writer, row, version).await?;
        }
    }
    rescope(writer, &[row], scopes).await
}

fn decided(row: &mut dataset_release::Model, writer: &Writer<'_>, name: String) {
    row.decided_by = Some(name);
    row.decided_at = Some(writer.now());
}

impl Audited for dataset_release::Model {
    const TYPE: &'static str = "DatasetRelease";

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.dataset_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "dataset": self.dataset_id, "state": self.state, "checklist": self.checklist,
            "proposedBy": self.proposed_by, "decidedBy": self.decided_by, "reason": self.reason,
        })
    }
}
