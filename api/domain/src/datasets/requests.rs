//! Data requests of one authority to another: with a purpose, and answered by a share or with a reason. Visible to both
//! authorities only.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{Area, DataRequestState, ScopeArea, ShareLevel, agreement, data_request, dataset};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use serde_json::{Value, json};
use store::scopes::{Audience, ScopeShare, ensure};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::agreements::service::{obstacles, parties_of};
use crate::agreements::shares;
use crate::agreements::shares::NewShare;
use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::rights::{self, Operation};

/// Values of a new data request.
#[derive(Clone, Debug)]
pub struct NewDataRequest {
    /// Requesting authority.
    pub tenant: Uuid,
    /// Addressed authority.
    pub to: Uuid,
    /// Agreement of both authorities.
    pub agreement: Uuid,
    /// Dataset; none = described in `about` only.
    pub dataset: Option<Uuid>,
    /// Description of the requested data.
    pub about: String,
    /// Purpose of the processing.
    pub purpose: String,
    /// Legal basis of the processing.
    pub legal_basis: String,
    /// Requested share level.
    pub level: ShareLevel,
    /// Last day of the share.
    pub until: Option<NaiveDate>,
}

/// Asks another authority.
///
/// # Errors
/// The agreement does not bind both for data, or something is out of sight.
pub async fn create(op: &Op, new: NewDataRequest, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "dataRequestCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<data_request::Entity>(session, new.tenant, None).await?;
    let Some(agreement) = session.get::<agreement::Entity>(new.agreement).await? else {
        return Err(Problem::not_found("agreement").into());
    };
    let parties = parties_of(session, agreement.id).await?;
    if !parties.contains(&new.tenant) {
        return Err(Problem::not_found("agreement").into());
    }
    let ((), about, purpose, legal_basis) = all((
        check(session, &new, &agreement, parties.contains(&new.to)).await,
        text::line(&new.about, "about", 1_000),
        text::line(&new.purpose, "purpose", 1_000),
        text::line(&new.legal_basis, "legalBasis", 1_000),
    ))?;
    let asked_by = acting_name(session, new.tenant);
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let scope_share = ScopeShare { grantee: Some(new.to), ..ScopeShare::to_parties(new.agreement) };
    let both = Audience::Owned {
        tenant: new.tenant,
        area: ScopeArea::Agreements,
        field: None,
        scope_shares: BTreeSet::from([scope_share]),
    };
    let row = data_request::Model {
        id,
        tenant_id: new.tenant,
        to_tenant_id: new.to,
        scope_id: ensure(&writer, &both).await?,
        agreement_id: new.agreement,
        dataset_id: new.dataset,
        about,
        purpose,
        legal_basis,
        level: new.level,
        until: new.until,
        state: DataRequestState::Open,
        asked_by,
        answer: None,
        answered_by: None,
        answered_at: None,
        share_id: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("data_request.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Whether the agreement covers the request, and the addressed authority has the dataset.
async fn check(session: &Session, new: &NewDataRequest, agreement: &agreement::Model, to_party: bool) -> ApiResult<()> {
    let mut problems = Problems::default();
    for problem in obstacles(agreement, Area::Datasets) {
        problems.add(problem);
    }
    if new.to == new.tenant {
        problems.add(Problem::at(UserErrorCode::Invalid, "to", Text::new("request-own")));
    } else if !to_party {
        problems.add(Problem::at(UserErrorCode::NotCovered, "to", Text::new("no-other-party")));
    }
    if let Some(id) = new.dataset
        && session.get::<dataset::Entity>(id).await?.is_none_or(|it| it.tenant_id != new.to)
    {
        problems.add(Problem::not_found("dataset"));
    }
    if new.level == ShareLevel::Busy {
        problems.add(Problem::at(UserErrorCode::OutOfRange, "level", Text::new("no-busy-of-datasets")));
    }
    problems.done()
}

/// Values of the share that a granted request gets, where they differ from the requested ones.
#[derive(Clone, Debug, Default)]
pub struct Gift {
    /// Dataset; required where the request names none.
    pub dataset: Option<Uuid>,
    /// Share level.
    pub level: Option<ShareLevel>,
    /// Last day of the share.
    pub until: Option<NaiveDate>,
    /// Remark for the requesting authority.
    pub answer: Option<String>,
}

/// Grants a request: a share for the authority that asked, with level and expiry.
///
/// # Errors
/// It is decided already, or the share cannot be made.
pub async fn grant(op: &Op, id: Uuid, version: i32, gift: Gift) -> ApiResult<()> {
    let answer = text::optional(gift.answer, "answer", 1_000)?;
    let mutation = UnitOfWork::begin(op, "dataRequestGrant").await?;
    let session = mutation.session();
    let (to, row) = rights::find_for::<data_request::Entity>(session, id, Operation::Grant, "id").await?;
    let mut row = (*row).clone();
    let Some(dataset) = gift.dataset.or(row.dataset_id) else {
        return Err(Problem::at(UserErrorCode::Required, "dataset", Text::new("request-names-no-dataset")).into());
    };
    let new = NewShare {
        tenant: row.to_tenant_id,
        agreement: row.agreement_id,
        area: Area::Datasets,
        calendar: None,
        dataset: Some(dataset),
        project: None,
        field: None,
        grantee: Some(row.tenant_id),
        grantee_role: None,
        level: gift.level.unwrap_or(row.level),
        valid_from: None,
        valid_until: gift.until.or(row.until),
        reason: Some(row.purpose.clone()),
    };
    shares::authorize(session, &new).await?;
    shares::check(session, &new).await?;
    let name = acting_name(session, row.to_tenant_id);
    let writer = session.writer(&to).await?;
    let (share, _) = shares::make(session, &writer, &new, new_id()).await?;
    row.dataset_id = Some(dataset);
    row.share_id = Some(share.id);
    row.answer = answer;
    answered(&mut row, DataRequestState::Granted, name, &writer);
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("data_request.granted", None)).await?;
    mutation.commit(recorded).await
}

/// Refuses a request.
///
/// # Errors
/// It is decided already.
pub async fn refuse(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "dataRequestRefuse").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<data_request::Entity>(session, id, Operation::Refuse, "id").await?;
    let mut row = (*row).clone();
    let name = acting_name(session, row.to_tenant_id);
    let writer = session.writer(&grant).await?;
    row.answer = Some(reason);
    answered(&mut row, DataRequestState::Refused, name, &writer);
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("data_request.refused", None)).await?;
    mutation.commit(recorded).await
}

/// Takes a request back.
///
/// # Errors
/// It is decided already.
pub async fn withdraw(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "dataRequestWithdraw").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<data_request::Entity>(session, id, Operation::Withdraw, "id").await?;
    let mut row = (*row).clone();
    let writer = session.writer(&grant).await?;
    row.state = DataRequestState::Withdrawn;
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("data_request.withdrawn", None)).await?;
    mutation.commit(recorded).await
}

fn answered(row: &mut data_request::Model, state: DataRequestState, name: String, writer: &Writer<'_>) {
    row.state = state;
    row.answered_by = Some(name);
    row.answered_at = Some(writer.now());
}

impl Audited for data_request::Model {
    const TYPE: &'static str = "DataRequest";

    fn audit_head(&self) -> AuditHead {
        let parent = self.dataset_id;
        let agreement = Some(self.agreement_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "from": self.tenant_id, "to": self.to_tenant_id, "dataset": self.dataset_id, "about": self.about,
            "purpose": self.purpose, "legalBasis": self.legal_basis, "level": self.level, "until": self.until,
            "state": self.state, "answer": self.answer, "share": self.share_id,
        })
    }
}
