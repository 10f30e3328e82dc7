//! Proposals: what a party would like another to change of an entry. The owner accepts, declines or counters; the other
//! side answers a counter-proposal in the same way. Only the owner's yes changes the entry.

use std::sync::Arc;

use calendar_time::time::EntryTime;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use entities::{
    EntryStatus, ProposalState, RoundState, annual_plan_calendar, calendar, calendar_entry, change_proposal,
    coordination_round, learning_place, round_plan,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::Grant;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, QueryTrait, Select};
use serde_json::{Value, json};
use store::{ByKey, Session, Writer, full};
use uuid::Uuid;

use crate::calendars::entry_service::{cancel_in, update_in};
use crate::calendars::entry_values::{EntryPatch, NewTime};
use crate::calendars::entry_view::in_full;
use crate::calendars::series::Apply;
use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{AuditReceipt, ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::rights::{self, Operation};

/// Proposed change of an entry.
#[derive(Clone, Debug, Default)]
pub struct Proposed {
    /// The date of a series that is meant.
    pub occurrence: Option<NaiveDateTime>,
    /// Another time.
    pub time: Option<NewTime>,
    /// Another learning place.
    pub place: Option<Uuid>,
    /// Another place in words.
    pub location: Option<String>,
    /// Call it off.
    pub call_off: bool,
    /// Why.
    pub message: String,
    /// By when an answer is wanted.
    pub answer_until: Option<NaiveDate>,
}

/// Proposals that the actor may see: of entries in its sight, those that one of its authorities makes or must answer, and
/// all where it sees everything of the entry.
pub fn visible(session: &Session) -> Select<change_proposal::Entity> {
    use calendar_entry::Column as Entry;
    let seen = || session.select::<calendar_entry::Entity>().select_only().column(Entry::Id);
    let fully = seen().filter(in_full::<calendar_entry::Entity>(session));
    let mine: Vec<_> = session.access().roles().iter().map(|it| it.tenant).collect();
    let any = Condition::any()
        .add(session.is_one_of(change_proposal::Column::TenantId, &mine))
        .add(session.is_one_of(change_proposal::Column::ToTenantId, &mine))
        .add(change_proposal::Column::EntryId.in_subquery(fully.into_query()));
    session
        .select::<change_proposal::Entity>()
        .filter(change_proposal::Column::EntryId.in_subquery(seen().into_query()))
        .filter(any)
}

/// Proposals by id, as every list has them.
pub enum VisibleProposals {}

impl ByKey for VisibleProposals {
    type Of = change_proposal::Entity;
    type Key = Uuid;
    const KEY: change_proposal::Column = change_proposal::Column::Id;
    fn key(row: &change_proposal::Model) -> Uuid {
        row.id
    }
    fn select(session: &Session) -> Select<change_proposal::Entity> {
        visible(session)
    }
}

/// Proposes a change of a partner's entry, for a party.
pub async fn create(
    op: &Op,
    id: Uuid,
    tenant: Uuid,
    entry: Uuid,
    proposed: Proposed,
    idempotency: Option<Idempotency>,
) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "changeProposalCreate").await?;
    let session = mutation.session();
    let party = (tenant, "tenant");
    let (grant, row) =
        rights::find_for_party::<coordination_round::Entity>(session, (id, "round"), Operation::TakePart, party)
            .await?;
    in_coordination(&row, "round")?;
    let entry = entry_of(session, &row, entry).await?;
    if entry.tenant_id == tenant {
        return Err(Problem::at(UserErrorCode::Invalid, "entry", Text::new("own-entry")).into());
    }
    rights::judge_party::<calendar_entry::Entity>(session, (&entry, "entry"), Operation::Contribute, party).await?;
    let writer = session.writer(&grant).await?;
    let made = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let sides = (tenant, entry.tenant_id);
    let recorded = insert(&mutation, &writer, (&row, &entry), sides, (made, None), proposed).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// Only while the parties coordinate is there something to propose.
fn in_coordination(row: &coordination_round::Model, field: &'static str) -> ApiResult<()> {
    if row.state == RoundState::InCoordination {
        return Ok(());
    }
    let text = Text::new("round-not-in-coordination").with("state", row.state.as_str());
    Err(Problem::at(UserErrorCode::Conflict, field, text).into())
}

/// An entry of the plans of a round, in the actor's sight.
pub(super) async fn entry_of(
    session: &Session,
    row: &coordination_round::Model,
    entry: Uuid,
) -> ApiResult<calendar_entry::Model> {
    let plans = session.select::<round_plan::Entity>().filter(round_plan::Column::RoundId.eq(row.id));
    let plans = plans.select_only().column(round_plan::Column::PlanId).into_query();
    let calendars = session
        .select::<annual_plan_calendar::Entity>()
        .filter(annual_plan_calendar::Column::PlanId.in_subquery(plans))
        .select_only()
        .column(annual_plan_calendar::Column::CalendarId)
        .into_query();
    let select = session
        .select::<calendar_entry::Entity>()
        .filter(calendar_entry::Column::Id.eq(entry))
        .filter(calendar_entry::Column::CalendarId.in_subquery(calendars));
    session.one(select).await?.ok_or_else(|| Problem::not_found("entry").into())
}

/// Checks what is proposed and writes it.
async fn insert(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (row, entry): (&coordination_round::Model, &calendar_entry::Model),
    (from, to): (Uuid, Uuid),
    (id, counters): (Uuid, Option<Uuid>),
    proposed: Proposed,
) -> ApiResult<AuditReceipt> {
    let session = mutation.session();
    let Some(calendar) = session.get::<calendar::Entity>(entry.calendar_id).await? else {
        return Err(Problem::not_found("entry").into());
    };
    let location = text::optional(proposed.location, "change.location", 300);
    let time = proposed.time.as_ref().map(|it| in_zone_of(entry, it, &calendar)).transpose();
    let mut problems = Problems::default();
    if let Some(place) = proposed.place
        && session.get::<learning_place::Entity>(place).await?.is_none()
    {
        problems.add(Problem::not_found("change.place"));
    }
    let changes = proposed.time.is_some() || proposed.place.is_some() || matches!(location, Ok(Some(_)));
    if changes == proposed.call_off {
        problems.add(Problem::at(UserErrorCode::Invalid, "change", Text::new("change-or-call-off")));
    }
    if let Some(date) = proposed.occurrence
        && entry.expanded_until.is_none()
    {
        let text = Text::new("no-series").with("value", date);
        problems.add(Problem::at(UserErrorCode::Invalid, "change.occurrence", text));
    }
    let (message, location, (), time, ()) = all((
        text::line(&proposed.message, "message", 1_000),
        location,
        check_not_cancelled(entry),
        time.map_err(|it| it.within("change")),
        problems.done(),
    ))?;
    let made = change_proposal::Model {
        id,
        tenant_id: from,
        to_tenant_id: to,
        scope_id: row.scope_id,
        round_id: row.id,
        entry_id: entry.id,
        counters_id: counters,
        state: ProposalState::Open,
        occurrence: proposed.occurrence,
        all_day: time.as_ref().map(|it| it.all_day),
        starts_local: time.as_ref().map(|it| it.starts_local),
        ends_local: time.as_ref().map(|it| it.ends_local),
        place_id: proposed.place,
        location,
        call_off: proposed.call_off,
        message,
        answer_until: proposed.answer_until,
        proposed_by: acting_name(session, from),
        answer: None,
        answered_by: None,
        answered_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert::<change_proposal::ActiveModel>(full(made.clone())).await?;
    mutation.record(writer, record_in_round(&made, row, "change_proposal.created", None)).await
}

fn check_not_cancelled(entry: &calendar_entry::Model) -> ApiResult<()> {
    if entry.status == EntryStatus::Cancelled {
        return Err(Problem::at(UserErrorCode::Conflict, "entry", Text::new("entry-cancelled")).into());
    }
    Ok(())
}

/// A proposed time on the clock of the entry, whatever zone it was written in.
fn in_zone_of(entry: &calendar_entry::Model, time: &NewTime, calendar: &calendar::Model) -> ApiResult<EntryTime> {
    let zone = EntryTime::of(entry).zone;
    let NewTime::Timed { start, end, zone: requested } = time else { return time.in_calendar(calendar) };
    let time = EntryTime::timed(*start, *end, requested.unwrap_or(zone))?;
    let local = |instant: DateTime<Utc>| instant.with_timezone(&zone).naive_local();
    Ok(EntryTime { starts_local: local(time.starts_at()), ends_local: local(time.ends_at()), zone, ..time })
}

/// A proposal to answer, its round and entry.
struct OpenProposal {
    grant: Grant,
    row: Arc<change_proposal::Model>,
    round: Arc<coordination_round::Model>,
    entry: Arc<calendar_entry::Model>,
}

async fn open_proposal(session: &Session, id: Uuid, operation: Operation) -> ApiResult<OpenProposal> {
    let (grant, row) = rights::find_for::<VisibleProposals>(session, id, operation, "id").await?;
    let round = rights::find_visible::<coordination_round::Entity>(session, row.round_id, "id").await?;
    let entry = rights::find_visible::<calendar_entry::Entity>(session, row.entry_id, "id").await?;
    Ok(OpenProposal { grant, row, round, entry })
}

/// Says yes. The owner's yes changes the entry; a partner's yes to the owner's offer leaves that to the owner.
pub async fn accept(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "changeProposalAccept").await?;
    let session = mutation.session();
    let OpenProposal { grant, row, round, entry } = open_proposal(session, id, Operation::Accept).await?;
    let acting = grant.tenant();
    let by_owner = acting == entry.tenant_id;
    let wanted = if by_owner { ProposalState::Accepted } else { ProposalState::Agreed };
    let writer = session.writer(&grant).await?;
    if by_owner {
        // What is recorded last lets the transaction be kept.
        let _applied = apply(&mutation, &entry, &row).await?;
    }
    let recorded = answer(&mutation, &writer, (&round, &row), (wanted, acting), version, None).await?;
    mutation.commit(recorded).await
}

/// Changes the entry as proposed.
async fn apply(
    mutation: &UnitOfWork,
    entry: &calendar_entry::Model,
    row: &change_proposal::Model,
) -> ApiResult<AuditReceipt> {
    let part = row.occurrence.map_or(Apply::All, Apply::This);
    if row.call_off {
        let (_, recorded) = cancel_in(mutation, entry.id, entry.version, part, Some(row.message.clone())).await?;
        return Ok(recorded);
    }
    let time = row.starts_local.zip(row.ends_local).map(|(start, end)| match row.all_day {
        Some(true) => NewTime::AllDay { first: start.date(), last: end.date().pred_opt().unwrap_or(end.date()) },
        Some(false) | None => NewTime::Timed { start, end, zone: entry.time_zone.parse().ok() },
    });
    let patch = EntryPatch {
        time: time.into(),
        place: row.place_id.map(Some).into(),
        location: row.location.clone().map(Some).into(),
        ..EntryPatch::default()
    };
    let (_, recorded) = update_in(mutation, entry.id, entry.version, part, patch).await?;
    Ok(recorded)
}

/// Says no, with a reason.
pub async fn decline(op: &Op, id: Uuid, version: i32, reason: &str) -> ApiResult<()> {
    let reason = text::line(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "changeProposalDecline").await?;
    let session = mutation.session();
    let OpenProposal { grant, row, round, .. } = open_proposal(session, id, Operation::Decline).await?;
    let acting = grant.tenant();
    let writer = session.writer(&grant).await?;
    let recorded =
        answer(&mutation, &writer, (&round, &row), (ProposalState::Declined, acting), version, Some(reason)).await?;
    mutation.commit(recorded).await
}

/// Takes a proposal back, by the party that made it.
pub async fn withdraw(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "changeProposalWithdraw").await?;
    let session = mutation.session();
    let OpenProposal { grant, row, round, .. } = open_proposal(session, id, Operation::Withdraw).await?;
    let writer = session.writer(&grant).await?;
    let recorded =
        answer(&mutation, &writer, (&round, &row), (ProposalState::Withdrawn, row.tenant_id), version, None).await?;
    mutation.commit(recorded).await
}

/// Answers with another proposal; tells which.
pub async fn counter(op: &Op, id: Uuid, version: i32, proposed: Proposed) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "changeProposalCounter").await?;
    let session = mutation.session();
    let OpenProposal { grant, row, round, entry } = open_proposal(session, id, Operation::Counter).await?;
    let writer = session.writer(&grant).await?;
    let state = (ProposalState::Countered, row.to_tenant_id);
    let _answered = answer(&mutation, &writer, (&round, &row), state, version, None).await?;
    let made = new_id();
    let proposed = Proposed { occurrence: proposed.occurrence.or(row.occurrence), ..proposed };
    let sides = (row.to_tenant_id, row.tenant_id);
    let recorded = insert(&mutation, &writer, (&round, &entry), sides, (made, Some(row.id)), proposed).await?;
    mutation.commit(recorded).await?;
    Ok(made)
}

/// Where each state leads.
const fn next(state: ProposalState) -> &'static [ProposalState] {
    use ProposalState as State;
    match state {
        State::Open => &[State::Agreed, State::Accepted, State::Declined, State::Countered, State::Withdrawn],
        State::Agreed => &[State::Accepted, State::Declined, State::Withdrawn],
        State::Accepted | State::Declined | State::Countered | State::Withdrawn => &[],
    }
}

/// Refuses a step that does not follow from the state.
pub(crate) fn leads_to(row: &change_proposal::Model, wanted: ProposalState) -> ApiResult<()> {
    if next(row.state).contains(&wanted) {
        return Ok(());
    }
    let allowed = next(row.state).iter().map(|it| it.as_str());
    Err(Problem::illegal_transition("id", row.state.as_str(), wanted.as_str(), allowed).into())
}

async fn answer(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (round, row): (&coordination_round::Model, &change_proposal::Model),
    (state, acting): (ProposalState, Uuid),
    version: i32,
    reason: Option<String>,
) -> ApiResult<AuditReceipt> {
    let mut after = change_proposal::Model {
        state,
        answer: reason,
        answered_by: Some(acting_name(mutation.session(), acting)),
        answered_at: Some(writer.now()),
        ..row.clone()
    };
    save_row(writer, &mut after, version).await?;
    mutation.record(writer, record_in_round(&after, round, "change_proposal.answered", Some(row))).await
}

/// Record of a change of a proposal, under the agreement of its round.
fn record_in_round(
    row: &change_proposal::Model,
    round: &coordination_round::Model,
    topic: &'static str,
    before: Option<&change_proposal::Model>,
) -> ChangeRecord {
    ChangeRecord { agreement: Some(round.agreement_id), ..row.change_record(topic, before) }
}

impl Audited for change_proposal::Model {
    const TYPE: &'static str = "ChangeProposal";

    fn audit_head(&self) -> AuditHead {
        let parent = Some(self.round_id);
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        json!({
            "round": self.round_id, "entry": self.entry_id, "state": self.state, "start": self.starts_local,
            "end": self.ends_local, "place": self.place_id, "location": self.location, "callOff": self.call_off,
            "message": self.message, "answer": self.answer,
        })
    }
}
