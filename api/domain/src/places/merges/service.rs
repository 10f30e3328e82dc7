//! Proposals that two records are the same. Whoever keeps one of them proposes; only the owner of the record that
//! would give way accepts. Nothing is merged by itself, and nothing is lost: the record is marked, and that can be undone.

use std::collections::BTreeSet;

use entities::{MergeProposalState as State, ScopeArea, agreement, merge_proposal};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::text;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value, json};
use store::scopes::{Audience, ScopeShare, ensure};
use store::{Session, WriteError, Writer, full};
use uuid::Uuid;

use crate::agreements::service::{in_force, parties_of};
use crate::context::audited::{AuditHead, Audited, at_version, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork, stale};
use crate::members::acting_name;
use crate::places::merges::records::{MergeRecord, RecordKind, RecordPair};
use crate::rights::{self, Operation};

/// One merge at a time, so that no two records ever stand for each other.
const MERGING: Uuid = uuid::uuid!("6d657267-6520-8f70-8c61-636573000000");

/// Values of a new merge proposal.
#[derive(Clone, Debug)]
pub struct NewMergeProposal {
    /// Proposing authority.
    pub tenant: Uuid,
    /// Records to merge.
    pub pair: RecordPair,
    /// Agreement of the owners of both records; none where one owner has both.
    pub agreement: Option<Uuid>,
    /// Reason for the proposal.
    pub message: Option<String>,
}

/// Creates a merge proposal.
///
/// # Errors
/// Something is out of sight, merged already, or was turned down before; the database fails.
pub async fn create(op: &Op, new: NewMergeProposal, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "mergeProposalCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<merge_proposal::Entity>(session, new.tenant, None).await?;
    let writer = session.writer(&grant).await?;
    // First of all: what came of it before may be answered by now, and then it could not be proposed any more.
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let pair = new.pair;
    let (duplicate, survivor, message) = all((
        MergeRecord::standing(session, (pair.kind, pair.duplicate), "duplicate").await,
        MergeRecord::standing(session, (pair.kind, pair.survivor), "survivor").await,
        text::optional(new.message.clone(), "message", 1_000),
    ))?;
    if pair.duplicate == pair.survivor {
        return Err(Problem::at(UserErrorCode::Invalid, "survivor", Text::new("merge-itself")).into());
    }
    let to = match (duplicate.tenant() == new.tenant, survivor.tenant() == new.tenant) {
        (true, _) => survivor.tenant(),
        (false, true) => duplicate.tenant(),
        (false, false) => {
            return Err(Problem::at(UserErrorCode::Invalid, "duplicate", Text::new("merge-of-others")).into());
        }
    };
    let agreement = bound(session, &new, to).await?;
    let proposed_by = acting_name(session, new.tenant);
    not_again(session, &new).await?;
    let of = |kind, id| (pair.kind == kind).then_some(id);
    let row = merge_proposal::Model {
        id,
        tenant_id: new.tenant,
        to_tenant_id: to,
        scope_id: ensure(&writer, &audience(new.tenant, to, agreement)).await?,
        agreement_id: agreement,
        duplicate_place_id: of(RecordKind::LearningPlace, pair.duplicate),
        duplicate_organisation_id: of(RecordKind::Organisation, pair.duplicate),
        duplicate_tenant_id: duplicate.tenant(),
        survivor_place_id: of(RecordKind::LearningPlace, pair.survivor),
        survivor_organisation_id: of(RecordKind::Organisation, pair.survivor),
        message,
        state: State::Open,
        proposed_by,
        answered_by: None,
        answered_tenant_id: None,
        answered_at: None,
        reason: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    match writer.insert_unique::<merge_proposal::ActiveModel>(full(row.clone()), pair.open_once()).await {
        Ok(()) => {}
        Err(WriteError::Taken) => return Err(open_already()),
        Err(WriteError::Failed(error)) => return Err(error),
    }
    let recorded = mutation.record(&writer, row.change_record("merge_proposal.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Who sees a proposal: those who see the agreements of both owners; of one owner, those who see its places.
fn audience(tenant: Uuid, to: Uuid, agreement: Option<Uuid>) -> Audience {
    match agreement {
        None => Audience::private(tenant, ScopeArea::Places, None),
        Some(agreement) => {
            let scope_share = ScopeShare { grantee: Some(to), ..ScopeShare::to_parties(agreement) };
            Audience::Owned {
                tenant,
                area: ScopeArea::Agreements,
                field: None,
                scope_shares: BTreeSet::from([scope_share]),
            }
        }
    }
}

/// The agreement under which two authorities talk about their records: any that is in force.
async fn bound(session: &Session, new: &NewMergeProposal, to: Uuid) -> ApiResult<Option<Uuid>> {
    if to == new.tenant {
        return Ok(None);
    }
    let Some(id) = new.agreement else {
        return Err(Problem::at(UserErrorCode::Required, "agreement", Text::new("merge-needs-agreement")).into());
    };
    let Some(row) = session.get::<agreement::Entity>(id).await? else {
        return Err(Problem::not_found("agreement").into());
    };
    let parties = parties_of(session, id).await?;
    if !parties.contains(&new.tenant) {
        return Err(Problem::not_found("agreement").into());
    }
    if !parties.contains(&to) {
        return Err(Problem::at(UserErrorCode::NotCovered, "agreement", Text::new("no-other-party")).into());
    }
    in_force(session, &row).await?;
    Ok(Some(id))
}

/// Refuses a second proposal for the pair while one is open, or after the other side declined one.
async fn not_again(session: &Session, new: &NewMergeProposal) -> ApiResult<()> {
    for row in session.all(session.select::<merge_proposal::Entity>().filter(new.pair.either_way())).await? {
        match row.state {
            State::Open => return Err(open_already()),
            State::Declined if row.to_tenant_id == row.tenant_id || row.answered_tenant_id != Some(new.tenant) => {
                let text = Text::new("merge-declined").with("reason", row.reason.unwrap_or_default());
                return Err(Problem::at(UserErrorCode::Conflict, "duplicate", text).into());
            }
            State::Declined | State::Accepted | State::Withdrawn => {}
        }
    }
    Ok(())
}

fn open_already() -> ApiError {
    Problem::at(UserErrorCode::Conflict, "duplicate", Text::new("merge-open")).into()
}

/// Accepts a merge proposal and merges, by the owner of the record that gives way.
///
/// # Errors
/// It is answered already, or the records are not as they were.
pub async fn accept(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "mergeProposalAccept").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<merge_proposal::Entity>(session, id, Operation::Accept, "id").await?;
    let by = acting_name(session, row.duplicate_tenant_id);
    let writer = session.writer(&grant).await?;
    writer.lock_named(MERGING).await?;
    let pair = RecordPair::of(&row);
    let [duplicate, survivor] = pair.records().map(|it| MergeRecord::standing(session, it, "id"));
    let duplicate = match (duplicate.await, survivor.await) {
        (Ok(duplicate), Ok(_)) => duplicate,
        (Err(fault @ ApiError::Fault(_)), _) | (_, Err(fault @ ApiError::Fault(_))) => return Err(fault),
        (Err(_), _) | (_, Err(_)) => return Err(records_changed()),
    };
    let row = answer(&writer, (*row).clone(), version, State::Accepted, &by, None).await?;
    let merged = duplicate.merge(&mutation, &writer, pair.survivor, &by).await?;
    // What is recorded last lets the transaction be kept.
    let _merged = merged.ok_or_else(records_changed)?;
    let recorded = mutation.record(&writer, row.change_record("merge_proposal.answered", None)).await?;
    mutation.commit(recorded).await
}

fn records_changed() -> ApiError {
    Problem::at(UserErrorCode::Conflict, "id", Text::new("merge-records-changed")).into()
}

/// Declines a proposal, by the other side; between two records of one authority, by that authority.
///
/// # Errors
/// It is answered already.
pub async fn decline(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "mergeProposalDecline").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<merge_proposal::Entity>(session, id, Operation::Decline, "id").await?;
    let by = acting_name(session, row.to_tenant_id);
    let writer = session.writer(&grant).await?;
    let row = answer(&writer, (*row).clone(), version, State::Declined, &by, Some(reason)).await?;
    let recorded = mutation.record(&writer, row.change_record("merge_proposal.answered", None)).await?;
    mutation.commit(recorded).await
}

/// Withdraws a proposal, by the authority that made it.
///
/// # Errors
/// It is answered already.
pub async fn withdraw(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "mergeProposalWithdraw").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<merge_proposal::Entity>(session, id, Operation::Withdraw, "id").await?;
    let by = acting_name(session, row.tenant_id);
    let writer = session.writer(&grant).await?;
    let row = answer(&writer, (*row).clone(), version, State::Withdrawn, &by, None).await?;
    let recorded = mutation.record(&writer, row.change_record("merge_proposal.answered", None)).await?;
    mutation.commit(recorded).await
}

async fn answer(
    writer: &Writer<'_>,
    mut row: merge_proposal::Model,
    version: i32,
    state: State,
    by: &str,
    reason: Option<String>,
) -> ApiResult<merge_proposal::Model> {
    row.state = state;
    row.answered_by = Some(by.to_owned());
    row.answered_tenant_id = Some(writer.tenant());
    row.answered_at = Some(writer.now());
    row.reason = reason;
    touch(writer, &mut row, version)?;
    let (here, values) = at_version::<merge_proposal::Entity>(writer, full(row.clone()), version)?;
    let here = here.add(merge_proposal::Column::State.eq(State::Open));
    match writer.change::<merge_proposal::Entity, _>(here, values).await? {
        0 => Err(stale(version)),
        _ => Ok(row),
    }
}

impl Audited for merge_proposal::Model {
    const TYPE: &'static str = "MergeProposal";

    fn audit_head(&self) -> AuditHead {
        let agreement = self.agreement_id;
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        let pair = RecordPair::of(self);
        json!({
            "from": self.tenant_id, "to": self.to_tenant_id, "duplicate": pair.kind.node().id(pair.duplicate),
            "survivor": pair.kind.node().id(pair.survivor),
            "message": self.message, "state": self.state, "reason": self.reason,
        })
    }
}
