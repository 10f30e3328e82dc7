//! The life of an agreement: drafted by one authority, proposed to the parties, signed by each, ended by any.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    AgreementState, Area, ScopeArea, TenantStatus, agreement, agreement_field, agreement_party, agreement_signature,
    field_of_work, tenant,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use policy::{Action, NotInForce, Object};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ScopeShare, ensure};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// The most parties of one agreement.
const MAX_PARTIES: usize = 50;

/// Values of a new cooperation agreement.
#[derive(Clone, Debug)]
pub struct NewAgreement {
    /// The drafting authority.
    pub tenant: Uuid,
    /// Other parties.
    pub parties: Vec<Uuid>,
    /// Title of the document.
    pub title: String,
    /// SHA-256 of the document.
    pub document_hash: Option<String>,
    /// Areas it covers.
    pub areas: BTreeSet<Area>,
    /// Only these fields of work; none = all.
    pub fields: Option<Vec<Uuid>>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_until: Option<NaiveDate>,
}

/// Drafts an agreement. Only the drafting authority knows it until it is proposed.
pub async fn draft(op: &Op, mut draft: NewAgreement, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "agreementDraft").await?;
    let session = mutation.session();
    if session.get::<tenant::Entity>(draft.tenant).await?.is_none() {
        return Err(Problem::not_found("tenant").into());
    }
    let object = Object::new_in(ScopeArea::Agreements, draft.tenant, None);
    let grant = session.authorize(Action::Write, &object, "tenant")?;
    check(session, &mut draft).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = rows_of_draft(&writer, &draft, id).await?;
    let recorded = mutation.record(&writer, row.change_record("agreement.drafted", None)).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

async fn check(session: &Session, draft: &mut NewAgreement) -> ApiResult<()> {
    let mut problems = Problems::default();
    if let Some(title) = problems.take(text::line(&draft.title, "title", 300))? {
        draft.title = title;
    }
    if let Some(hash) = &draft.document_hash
        && (hash.len() != 64 || !hash.bytes().all(|it| it.is_ascii_digit() || (b'a'..=b'f').contains(&it)))
    {
        problems.add(Problem::at(UserErrorCode::Invalid, "documentHash", Text::new("no-sha256")));
    }
    if draft.areas.is_empty() {
        problems.add(Problem::at(UserErrorCode::Required, "areas", Text::new("required")));
    }
    if let Some(until) = draft.valid_until.filter(|it| *it < draft.valid_from) {
        let text = Text::new("ends-before-start").with("from", draft.valid_from).with("until", until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "validUntil", text));
    }
    draft.parties.retain(|it| *it != draft.tenant);
    draft.parties.sort_unstable();
    draft.parties.dedup();
    if draft.parties.is_empty() {
        problems.add(Problem::at(UserErrorCode::Required, "parties", Text::new("other-party-required")));
    } else if draft.parties.len() >= MAX_PARTIES {
        let text = Text::new("list-too-long").with("length", draft.parties.len()).with("max", MAX_PARTIES - 1);
        problems.add(Problem::at(UserErrorCode::LimitReached, "parties", text));
    } else {
        session.load::<tenant::Entity>(draft.parties.iter().copied()).await?;
        for party in &draft.parties {
            let known = session.get::<tenant::Entity>(*party).await?;
            if known.is_none_or(|it| it.status != TenantStatus::Active) {
                problems.add(Problem::not_found("parties"));
            }
        }
    }
    if let Some(fields) = &mut draft.fields {
        fields.sort_unstable();
        fields.dedup();
        if fields.is_empty() {
            problems.add(Problem::at(UserErrorCode::Required, "fieldsOfWork", Text::new("required")));
        }
        session.load::<field_of_work::Entity>(fields.iter().copied()).await?;
        for field in fields {
            if session.get::<field_of_work::Entity>(*field).await?.is_none() {
                problems.add(Problem::not_found("fieldsOfWork"));
            }
        }
    }
    problems.done()
}

/// Writes the rows of a draft. The caller has checked it.
pub async fn rows_of_draft(writer: &Writer<'_>, draft: &NewAgreement, id: Uuid) -> ApiResult<agreement::Model> {
    let scope = ensure(writer, &Audience::private(draft.tenant, ScopeArea::Agreements, None)).await?;
    let row = agreement::Model {
        id,
        tenant_id: draft.tenant,
        scope_id: scope,
        title: draft.title.clone(),
        document_hash: draft.document_hash.clone(),
        covers_calendars: draft.areas.contains(&Area::Calendars),
        covers_projects: draft.areas.contains(&Area::Projects),
        covers_datasets: draft.areas.contains(&Area::Datasets),
        all_fields: draft.fields.is_none(),
        valid_from: draft.valid_from,
        valid_until: draft.valid_until,
        state: AgreementState::Draft,
        end_reason: None,
        ended_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert(full(row.clone())).await?;
    let parties = draft.parties.iter().chain([&draft.tenant]).map(|party| agreement_party::ActiveModel {
        agreement_id: Set(id),
        tenant_id: Set(*party),
        scope_id: Set(scope),
    });
    writer.insert_all(parties.collect()).await?;
    let fields = draft.fields.iter().flatten().map(|field| agreement_field::ActiveModel {
        agreement_id: Set(id),
        field_of_work_id: Set(*field),
        tenant_id: Set(draft.tenant),
        scope_id: Set(scope),
    });
    writer.insert_all(fields.collect()).await?;
    Ok(row)
}

/// Shows a draft to its parties, for them to sign.
pub async fn propose(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "agreementPropose").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<agreement::Entity>(session, id, Operation::Propose, "id").await?;
    let writer = session.writer(&grant).await?;
    let scope = rescope(&writer, &row).await?;
    let values =
        agreement::ActiveModel { scope_id: Set(scope), state: Set(AgreementState::Proposed), ..Default::default() };
    let after = change(&writer, &row, version, values).await?;
    let recorded = mutation.record(&writer, after.change_record("agreement.proposed", Some(&row))).await?;
    mutation.commit(recorded).await
}

/// Who sees a proposed agreement: its parties.
async fn rescope(writer: &Writer<'_>, row: &agreement::Model) -> ApiResult<Uuid> {
    let audience = Audience::Owned {
        tenant: row.tenant_id,
        area: ScopeArea::Agreements,
        field: None,
        scope_shares: BTreeSet::from([ScopeShare::to_parties(row.id)]),
    };
    let scope = ensure(writer, &audience).await?;
    show_to_parties(writer, row.id, scope).await?;
    Ok(scope)
}

/// Moves the rows of an agreement to the scope of its parties.
pub async fn show_to_parties(writer: &Writer<'_>, id: Uuid, scope: Uuid) -> ApiResult<()> {
    let row = agreement::ActiveModel { scope_id: Set(scope), ..Default::default() };
    let here = Condition::all().add(agreement::Column::Id.eq(id));
    writer.change::<agreement::Entity, _>(here, row).await?;
    let party = agreement_party::ActiveModel { scope_id: Set(scope), ..Default::default() };
    let parties = Condition::all().add(agreement_party::Column::AgreementId.eq(id));
    writer.change::<agreement_party::Entity, _>(parties, party).await?;
    let field = agreement_field::ActiveModel { scope_id: Set(scope), ..Default::default() };
    let fields = Condition::all().add(agreement_field::Column::AgreementId.eq(id));
    writer.change::<agreement_field::Entity, _>(fields, field).await?;
    Ok(())
}

/// Signs for one party. The last signature makes the agreement active. For each party another person signs.
pub async fn sign(op: &Op, id: Uuid, party: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "agreementSign").await?;
    let session = mutation.session();
    let (grant, row) =
        rights::find_for_party::<agreement::Entity>(session, (id, "id"), Operation::Sign, (party, "tenant")).await?;
    let parties = parties_of(session, id).await?;
    let writer = session.writer(&grant).await?;
    // Two parties that sign at the same moment: the second must count the first.
    writer.lock_named(id).await?;
    may_sign(session, id, party).await?;
    let signed: BTreeSet<_> = signatures(session, id).await?.into_iter().map(|it| it.tenant_id).collect();
    writer
        .insert(agreement_signature::ActiveModel {
            agreement_id: Set(id),
            tenant_id: Set(party),
            scope_id: Set(row.scope_id),
            signed_by: Set(acting_name(session, party)),
            signer_id: Set(writer.grant().person()),
            signed_at: Set(writer.now()),
        })
        .await?;
    let complete = parties.iter().all(|it| *it == party || signed.contains(it));
    let state = if complete { AgreementState::Active } else { AgreementState::Proposed };
    let values = agreement::ActiveModel { state: Set(state), ..Default::default() };
    let after = change(&writer, &row, version, values).await?;
    let topic = if complete { "agreement.activated" } else { "agreement.signed" };
    let recorded = mutation.record(&writer, after.change_record(topic, Some(&row))).await?;
    mutation.commit(recorded).await
}

/// Ends an agreement for all parties. Every share under it is without effect from the next request on.
pub async fn end(op: &Op, id: Uuid, party: Uuid, version: i32, reason: String) -> ApiResult<()> {
    let reason = text::line(&reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "agreementEnd").await?;
    let session = mutation.session();
    let (grant, row) =
        rights::find_for_party::<agreement::Entity>(session, (id, "id"), Operation::End, (party, "tenant")).await?;
    let writer = session.writer(&grant).await?;
    let values = agreement::ActiveModel {
        state: Set(AgreementState::Ended),
        end_reason: Set(Some(reason)),
        ended_at: Set(Some(writer.now())),
        ..Default::default()
    };
    // What the party takes part in goes out of its sight: it keeps a copy.
    crate::projects::archive::keep_all(session, &writer, id).await?;
    let after = change(&writer, &row, version, values).await?;
    let recorded = mutation.record(&writer, after.change_record("agreement.ended", Some(&row))).await?;
    mutation.commit(recorded).await
}

async fn signatures(session: &Session, id: Uuid) -> ApiResult<Vec<agreement_signature::Model>> {
    let signed =
        session.select::<agreement_signature::Entity>().filter(agreement_signature::Column::AgreementId.eq(id));
    session.all(signed).await
}

/// Refuses a second signature of a party, and one by the account that has signed for another party.
///
/// # Errors
/// `CONFLICT` at `tenant`; the database fails.
pub(crate) async fn may_sign(session: &Session, id: Uuid, party: Uuid) -> ApiResult<()> {
    let signatures = signatures(session, id).await?;
    let actor = session.access().person().map(|it| it.id);
    let key = if signatures.iter().any(|it| it.tenant_id == party) {
        "signed-already"
    } else if signatures.iter().any(|it| it.signer_id.is_some() && it.signer_id == actor) {
        "signed-by-same-person"
    } else {
        return Ok(());
    };
    Err(Problem::at(UserErrorCode::Conflict, "tenant", Text::new(key)).into())
}

/// The authorities that an agreement binds, as far as the actor may know it.
///
/// # Errors
/// The database fails.
pub async fn parties_of(session: &Session, id: Uuid) -> ApiResult<BTreeSet<Uuid>> {
    Ok(session.group::<agreement_party::Entity>(id).await?.iter().map(|it| it.tenant_id).collect())
}

/// Where each state leads.
const fn next(state: AgreementState) -> &'static [AgreementState] {
    match state {
        AgreementState::Draft => &[AgreementState::Proposed, AgreementState::Ended],
        AgreementState::Proposed => &[AgreementState::Active, AgreementState::Ended],
        AgreementState::Active => &[AgreementState::Ended],
        AgreementState::Ended => &[],
    }
}

/// Refuses a step that does not follow from the state.
pub(crate) fn leads_to(row: &agreement::Model, wanted: AgreementState) -> ApiResult<()> {
    if next(row.state).contains(&wanted) {
        return Ok(());
    }
    let allowed = next(row.state).iter().map(|it| it.as_str());
    Err(Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), allowed).into())
}

/// Refuses an agreement that is not active or not valid today, in the zone of its drafter.
///
/// # Errors
/// `AGREEMENT_NOT_ACTIVE` at `agreement`; the database fails.
pub async fn in_force(session: &Session, row: &agreement::Model) -> ApiResult<()> {
    let day = today_of(session, row.tenant_id).await?;
    let text = match policy::in_force(row.state, row.valid_from, row.valid_until, day) {
        Ok(()) => return Ok(()),
        Err(NotInForce::State) => Text::new("agreement-not-active").with("state", row.state.as_str()),
        Err(NotInForce::Day) => Text::new("agreement-not-valid-today").with("day", day),
    };
    Err(Problem::at(UserErrorCode::AgreementNotActive, "agreement", text).into())
}

/// What keeps an agreement from being lived by in an area.
pub fn obstacles(agreement: &agreement::Model, area: Area) -> Vec<Problem> {
    let mut problems = Vec::new();
    if agreement.state != AgreementState::Active {
        let text = Text::new("agreement-not-active").with("state", agreement.state.as_str());
        problems.push(Problem::at(UserErrorCode::AgreementNotActive, "agreement", text));
    }
    let covered = match area {
        Area::Calendars => agreement.covers_calendars,
        Area::Projects => agreement.covers_projects,
        Area::Datasets => agreement.covers_datasets,
    };
    if !covered {
        let text = Text::new("area-not-covered").with("area", area.as_str());
        problems.push(Problem::at(UserErrorCode::NotCovered, "area", text));
    }
    problems
}

/// Applies `values` to the agreement at that version and tells how it stands then.
async fn change(
    writer: &Writer<'_>,
    row: &agreement::Model,
    version: i32,
    values: agreement::ActiveModel,
) -> ApiResult<agreement::Model> {
    let written = agreement::ActiveModel { id: Set(row.id), ..values.clone() };
    save::<agreement::Entity>(writer, written, version).await?;
    let mut after = row.clone();
    after.version = version.saturating_add(1);
    if let Set(state) = values.state {
        after.state = state;
    }
    if let Set(scope) = values.scope_id {
        after.scope_id = scope;
    }
    if let Set(reason) = values.end_reason {
        after.end_reason = reason;
    }
    Ok(after)
}

impl Audited for agreement::Model {
    const TYPE: &'static str = "Agreement";

    fn audit_head(&self) -> AuditHead {
        let agreement = Some(self.id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "title": self.title, "state": self.state, "validFrom": self.valid_from, "validUntil": self.valid_until,
            "calendars": self.covers_calendars, "projects": self.covers_projects, "datasets": self.covers_datasets,
            "endReason": self.end_reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_but_the_last_leads_to_the_end_and_none_leads_back() {
        for state in AgreementState::ALL {
            assert_eq!(next(*state).contains(&AgreementState::Ended), *state != AgreementState::Ended);
            assert!(next(*state).iter().all(|it| it > state));
        }
    }
}
