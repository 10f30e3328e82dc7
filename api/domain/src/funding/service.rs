//! Rules of fundings and own shares: each belongs to the party that applies or pays, and nobody else
//! writes it.

use chrono::{Datelike as _, NaiveDate};
use entities::{
    FundingState, ObligationKind, ObligationState, funding, funding_programme, obligation, own_share, project,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::money::{CENTS, Decimal};
use kernel::patch::Patch;
use kernel::text;
use sea_orm::{ColumnTrait, Condition};
use serde_json::json;
use store::{Session, full};
use uuid::Uuid;

use crate::context::audited::Audited as _;
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::funding::ledger::{Ledger, share_of};
use crate::funding::obligations;
use crate::projects::parts::{ProjectPart, REFERENCE, check_reference, reference_taken, save, writable};
use crate::projects::project_access::{check_part_limit, party_grant, party_scope};
use crate::rights::{self, Operation};
use crate::tenants::service::today_of;

/// Values of a new funding.
#[derive(Clone, Debug)]
pub struct NewFunding {
    /// Funding programme.
    pub programme: Uuid,
    /// Reference number of the funder.
    pub reference_number: Option<String>,
    /// Share of the eligible cost, in hundredths of a per cent.
    pub rate: i32,
    /// First eligible day.
    pub from: NaiveDate,
    /// Last eligible day.
    pub until: NaiveDate,
    /// Eligible cost, in cents.
    pub cost: i64,
    /// What is asked for, in cents.
    pub requested: i64,
    /// Note.
    pub note: Option<String>,
}

/// What shall change of a funding. The outer option is "leave as it is".
#[derive(Clone, Debug, Default)]
pub struct FundingPatch {
    /// Reference number of the funder.
    pub reference_number: Patch<Option<String>>,
    /// Share of the eligible cost.
    pub rate: Patch<i32>,
    /// First eligible day.
    pub from: Patch<NaiveDate>,
    /// Last eligible day.
    pub until: Patch<NaiveDate>,
    /// Eligible cost, in cents.
    pub cost: Patch<i64>,
    /// Requested grant, in cents.
    pub requested: Patch<i64>,
    /// Note.
    pub note: Patch<Option<String>>,
}

/// Prepares a funding for the party that will apply.
pub async fn create(
    op: &Op,
    project: Uuid,
    tenant: Uuid,
    new: NewFunding,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "fundingCreate").await?;
    let session = mutation.session();
    let project = rights::find_visible::<project::Entity>(session, project, "project").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    check_part_limit(session.group::<funding::Entity>(project.id).await?.len(), "project")?;
    let new = checked(session, new, 0).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = funding::Model {
        id,
        tenant_id: tenant,
        scope_id: party_scope(&writer, &project).await?,
        project_id: project.id,
        field_of_work_id: project.field_of_work_id,
        programme_id: new.programme,
        reference_number: new.reference_number,
        state: FundingState::Prepared,
        rate: new.rate,
        eligible_from: new.from,
        eligible_until: new.until,
        eligible_cost: new.cost,
        requested: new.requested,
        granted: None,
        decided_on: None,
        note: new.note,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    check_reference(&writer, None, &row).await?;
    writer.insert_unique::<funding::ActiveModel>(full(row.clone()), REFERENCE).await.map_err(reference_taken)?;
    let created = <funding::Entity as ProjectPart>::CREATED;
    let change = ChangeRecord { agreement: project.agreement_id, ..row.change_record(created, None) };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// A wish that programme and arithmetic allow, beside what the parties pay themselves.
async fn checked(session: &Session, mut new: NewFunding, own: i64) -> ApiResult<NewFunding> {
    let mut problems = Problems::default();
    let number = std::mem::take(&mut new.reference_number);
    new.reference_number = problems.take(text::optional(number, "referenceNumber", 60))?.flatten();
    new.note = problems.take(text::optional(new.note, "note", 4_000))?.flatten();
    let Some(programme) = session.get::<funding_programme::Entity>(new.programme).await? else {
        problems.add(Problem::not_found("programme"));
        problems.done()?;
        return Ok(new);
    };
    if let Some(max) = programme.max_rate.filter(|it| new.rate > *it) {
        let text = Text::new("above-rate-of-programme")
            .with("value", rate(new.rate))
            .with("max", rate(max))
            .with("programme", &programme.name);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "rate", text));
    }
    if new.from > new.until {
        let text = Text::new("ends-before-start").with("from", new.from).with("until", new.until);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "eligibleUntil", text));
    }
    if new.until.year().saturating_sub(new.from.year()) > 20 {
        let text = Text::new("period-too-long").with("max", 20);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "eligibleUntil", text));
    }
    if let Some(first) = programme.starts_on.filter(|it| new.from < *it) {
        let text = Text::new("before-programme").with("value", new.from).with("first", first);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "eligibleFrom", text));
    }
    if let Some(last) = programme.ends_on.filter(|it| new.until > *it) {
        let text = Text::new("after-programme").with("value", new.until).with("last", last);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "eligibleUntil", text));
    }
    let max = share_of(new.cost, new.rate);
    if new.requested > max {
        let text = Text::new("above-share")
            .with("value", amount(new.requested))
            .with("max", amount(max))
            .with("rate", rate(new.rate))
            .with("cost", amount(new.cost));
        problems.add(Problem::at(UserErrorCode::OutOfRange, "requested", text));
    } else if new.requested.saturating_add(own) > new.cost {
        let text = Text::new("paid-more-than-cost")
            .with("value", amount(new.requested.saturating_add(own)))
            .with("cost", amount(new.cost));
        problems.add(Problem::at(UserErrorCode::OutOfRange, "requested", text));
    }
    problems.done()?;
    Ok(new)
}

/// An amount in words.
pub(super) fn amount(cents: i64) -> String {
    Decimal::of(cents, CENTS).to_string()
}

/// A rate in words.
pub(super) fn rate(rate: i32) -> String {
    Decimal::of(i64::from(rate), 2).to_string()
}

/// A funding as its parts stand, as far as the actor sees them.
///
/// # Errors
/// The database fails.
pub async fn ledger(session: &Session, row: &funding::Model) -> ApiResult<Ledger> {
    let shares = session.group::<own_share::Entity>(row.project_id).await?;
    let obligations = session.group::<obligation::Entity>(row.project_id).await?;
    let own = shares.iter().filter(|it| it.funding_id == row.id).map(|it| it.amount).sum();
    let called = obligations
        .iter()
        .filter(|it| it.funding_id == row.id && it.kind == ObligationKind::CallForFunds)
        .filter(|it| it.state == ObligationState::Fulfilled)
        .filter_map(|it| it.amount)
        .sum();
    let (cost, rate, requested, granted) = (row.eligible_cost, row.rate, row.requested, row.granted);
    Ok(Ledger { cost, rate, requested, granted, own, called })
}

/// Changes a funding, for the party that applies: everything as long as it is not decided, then only the number, the note
/// and, where the funder lets it run longer, its last day; obligations move with that.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: FundingPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "fundingUpdate").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<funding::Entity>(session, id, Operation::Update).await?;
    let decided = matches!(before.state, FundingState::Approved | FundingState::Rejected | FundingState::Withdrawn);
    if decided {
        for (given, field) in [
            (patch.rate.is_set(), "rate"),
            (patch.from.is_set(), "eligibleFrom"),
            (patch.cost.is_set(), "eligibleCost"),
            (patch.requested.is_set(), "requested"),
            (patch.until.is_set() && before.state != FundingState::Approved, "eligibleUntil"),
        ] {
            if given {
                let text = Text::new("funding-decided").with("state", before.state.as_str());
                return Err(Problem::at(UserErrorCode::Conflict, field, text).into());
            }
        }
    }
    let asked = NewFunding {
        programme: before.programme_id,
        reference_number: patch.reference_number.or_clone(&before.reference_number),
        rate: patch.rate.or(before.rate),
        from: patch.from.or(before.eligible_from),
        until: patch.until.or(before.eligible_until),
        cost: patch.cost.or(before.eligible_cost),
        requested: patch.requested.or(before.requested),
        note: patch.note.or_clone(&before.note),
    };
    let own = if decided { 0 } else { ledger(session, &before).await?.own };
    let asked = checked(session, asked, own).await?;
    let writer = session.writer(&grant).await?;
    let row = funding::Model {
        reference_number: asked.reference_number,
        rate: asked.rate,
        eligible_from: asked.from,
        eligible_until: asked.until,
        eligible_cost: asked.cost,
        requested: asked.requested,
        note: asked.note,
        ..before.clone()
    };
    check_reference(&writer, Some(&before), &row).await?;
    let longer = before.state == FundingState::Approved && row.eligible_until != before.eligible_until;
    let change = save::<funding::Entity>(&writer, (&before, row.clone()), version, project.agreement_id).await?;
    let parts = match longer {
        true => obligations::follow_rules(&mutation, &writer, &project, &row).await?,
        false => Vec::new(),
    };
    let recorded = mutation.record_all(&writer, change, parts).await?;
    mutation.commit(recorded).await
}

/// Where a state of a funding leads.
pub const fn next(state: FundingState) -> &'static [FundingState] {
    use FundingState as S;
    match state {
        S::Prepared => &[S::Applied, S::Withdrawn],
        S::Applied => &[S::Prepared, S::Approved, S::Rejected, S::Withdrawn],
        S::Approved => &[S::Withdrawn],
        S::Rejected => &[S::Prepared],
        S::Withdrawn => &[],
    }
}

/// What the funder decided.
#[derive(Clone, Debug, Default)]
pub struct FunderDecision {
    /// What was granted, in cents.
    pub granted: Option<i64>,
    /// Day of the decision.
    pub decided_on: Option<NaiveDate>,
    /// Under which number.
    pub reference_number: Option<String>,
}

/// Takes a funding to another state; with the approval its obligations begin.
pub async fn advance(op: &Op, id: Uuid, version: i32, state: FundingState, decision: FunderDecision) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "fundingAdvance").await?;
    let session = mutation.session();
    let (grant, before, project) = writable::<funding::Entity>(session, id, Operation::Advance).await?;
    let allowed = next(before.state);
    if !allowed.contains(&state) {
        let allowed = allowed.iter().map(|it| it.as_str());
        return Err(Problem::illegal_transition("state", before.state.as_str(), state.as_str(), allowed).into());
    }
    let mut problems = Problems::default();
    let number = problems.take(text::optional(decision.reference_number, "referenceNumber", 60))?.flatten();
    let mut row = funding::Model { state, ..before.clone() };
    match (state, decision.granted) {
        (FundingState::Approved, None) => {
            problems.add(Problem::at(UserErrorCode::Required, "granted", Text::new("required")));
        }
        (FundingState::Approved, Some(granted)) if granted > before.requested => {
            let text = Text::new("granted-more-than-requested")
                .with("value", amount(granted))
                .with("max", amount(before.requested));
            problems.add(Problem::at(UserErrorCode::OutOfRange, "granted", text));
        }
        (FundingState::Approved, granted) => row.granted = granted,
        (_, Some(_)) => {
            let text = Text::new("granted-without-approval").with("state", state.as_str());
            problems.add(Problem::at(UserErrorCode::Invalid, "granted", text));
        }
        (_, None) => {}
    }
    if matches!(state, FundingState::Approved | FundingState::Rejected) {
        row.decided_on = match decision.decided_on {
            Some(day) => Some(day),
            None => Some(today_of(session, row.tenant_id).await?),
        };
    } else if decision.decided_on.is_some() {
        let text = Text::new("decided-without-decision").with("state", state.as_str());
        problems.add(Problem::at(UserErrorCode::Invalid, "decidedOn", text));
    }
    problems.done()?;
    if number.is_some() {
        row.reference_number = number;
    }
    let writer = session.writer(&grant).await?;
    check_reference(&writer, Some(&before), &row).await?;
    let change = save::<funding::Entity>(&writer, (&before, row.clone()), version, project.agreement_id).await?;
    let parts = match state {
        FundingState::Approved | FundingState::Withdrawn => {
            obligations::follow_rules(&mutation, &writer, &project, &row).await?
        }
        _ => Vec::new(),
    };
    let recorded = mutation.record_all(&writer, change, parts).await?;
    mutation.commit(recorded).await
}

/// What a party itself pays of a funded cost; zero takes it back.
pub async fn set_own_share(op: &Op, id: Uuid, tenant: Uuid, cents: i64) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "ownShareSet").await?;
    let session = mutation.session();
    let row = rights::find_visible::<funding::Entity>(session, id, "funding").await?;
    let project = rights::find_visible::<project::Entity>(session, row.project_id, "funding").await?;
    let grant = party_grant(session, &project, tenant, "tenant").await?;
    let writer = session.writer(&grant).await?;
    writer.lock_named(id).await?;
    let shares = session.group::<own_share::Entity>(project.id).await?;
    let known = shares.iter().find(|it| it.funding_id == id && it.tenant_id == tenant).cloned();
    if known.as_ref().is_some_and(|it| it.amount == cents) {
        return Ok(id);
    }
    let ledger = ledger(session, &row).await?;
    let free = ledger.gap().saturating_add(known.as_ref().map_or(0, |it| it.amount));
    if cents > free {
        let text = Text::new("above-gap").with("value", amount(cents)).with("max", amount(free.max(0)));
        return Err(Problem::at(UserErrorCode::OutOfRange, "amount", text).into());
    }
    let made = own_share::Model {
        funding_id: id,
        tenant_id: tenant,
        scope_id: project.inner_scope_id,
        project_id: project.id,
        amount: cents,
        version: known.as_ref().map_or(1, |it| it.version.saturating_add(1)),
        created_at: known.as_ref().map_or(writer.now(), |it| it.created_at),
        updated_at: writer.now(),
    };
    match &known {
        Some(_) => {
            let here =
                Condition::all().add(own_share::Column::FundingId.eq(id)).add(own_share::Column::TenantId.eq(tenant));
            writer.change::<own_share::Entity, own_share::ActiveModel>(here, full(made.clone())).await?;
        }
        None => writer.insert::<own_share::ActiveModel>(full(made.clone())).await?,
    }
    let snapshot = |it: &own_share::Model| json!({ "funding": id, "tenant": tenant, "amount": it.amount });
    let change = ChangeRecord {
        object_type: funding::Model::TYPE,
        object_id: id,
        version: row.version,
        scope: project.inner_scope_id,
        topic: "funding.own_share_set",
        parent: Some(project.id),
        also: Default::default(),
        agreement: project.agreement_id,
        before: known.as_ref().map(snapshot),
        after: Some(snapshot(&made)),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}
