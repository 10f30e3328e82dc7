//! What a party owes its funder: made by the rules of the programme when a funding is approved, or by hand; met with
//! evidence, in time or late. Obligations stay with the party that owes them, also when the project is out of its sight.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entities::{
    FundingState, ObligationKind, ObligationState, ProjectCalendar, funding, funding_programme, obligation, project,
    project_document,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use kernel::text;
use policy::Action;
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::audited::{Audited as _, at_version, touch};
use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::funding::ledger::Ledger;
use crate::funding::rules::{Planned, Rule, planned, reminder};
use crate::funding::service::{amount, ledger};
use crate::projects::calendar;
use crate::projects::calendar::ProjectDate;
use crate::projects::parts;
use crate::projects::parts::{ProjectPart, writable};
use crate::projects::project_access::check_part_limit;
use crate::rights::{self, Operation, Resource as _};
use crate::tenants::service::today_of;

/// Makes obligations of a funding be those that the rules of its programme ask for: new ones are added, open ones move, those
/// that are not asked for any more are waived. What was met stays. What changed is told along with the funding.
pub(super) async fn follow_rules(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    project: &project::Model,
    row: &funding::Model,
) -> ApiResult<Vec<ChangeRecord>> {
    let session = mutation.session();
    let Some(programme) = session.get::<funding_programme::Entity>(row.programme_id).await? else {
        return Ok(Vec::new());
    };
    let rules: Vec<Rule> = serde_json::from_value(programme.rules.clone())?;
    let asked = match row.state {
        FundingState::Approved => planned(&rules, row.eligible_from, row.eligible_until, programme.retention_years),
        _ => Vec::new(),
    };
    let known: Vec<_> = session
        .group::<obligation::Entity>(project.id)
        .await?
        .iter()
        .filter(|it| it.funding_id == row.id && it.made_by_rule)
        .cloned()
        .collect();
    let titles: BTreeSet<_> = known.iter().map(|it| (it.kind, it.title.clone())).collect();
    let mut changes = Vec::new();
    for one in asked.iter().filter(|it| !titles.contains(&(it.kind, it.title.clone()))) {
        let made = write(mutation, writer, (project, row), one, None, (new_id(), true)).await?;
        changes.push(made.change_record(<obligation::Entity as ProjectPart>::CREATED, None));
    }
    for before in known.into_iter().filter(|it| it.state == ObligationState::Open) {
        let mut after = before.clone();
        match asked.iter().find(|it| it.kind == before.kind && it.title == before.title) {
            Some(one) if one.due_on == before.due_on => continue,
            Some(one) => {
                after.due_on = one.due_on;
                after.remind_on = reminder(one.due_on, today_of(session, row.tenant_id).await?);
            }
            None => {
                after.state = ObligationState::Waived;
                after.remind_on = None;
            }
        }
        show(mutation, writer, &after).await?;
        touch(writer, &mut after, before.version)?;
        let (here, values) = at_version::<obligation::Entity>(writer, full(after.clone()), before.version)?;
        writer.change::<obligation::Entity, _>(here, values).await?;
        changes.push(after.change_record(<obligation::Entity as ProjectPart>::UPDATED, Some(&before)));
    }
    Ok(changes)
}

/// Writes a new obligation and its day in the calendar of the party.
async fn write(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (project, of): (&project::Model, &funding::Model),
    one: &Planned,
    note: Option<String>,
    (id, made_by_rule): (Uuid, bool),
) -> ApiResult<obligation::Model> {
    let date = ProjectDate { title: &one.title, day: one.due_on, stands: true };
    let entry = calendar::show(mutation, writer, project, ProjectCalendar::Deadlines, &date).await?;
    let row = obligation::Model {
        id,
        tenant_id: of.tenant_id,
        scope_id: of.scope_id,
        project_id: of.project_id,
        funding_id: of.id,
        field_of_work_id: of.field_of_work_id,
        kind: one.kind,
        title: one.title.clone(),
        due_on: one.due_on,
        state: ObligationState::Open,
        fulfilled_on: None,
        amount: None,
        document_id: None,
        note,
        made_by_rule,
        remind_on: reminder(one.due_on, today_of(mutation.session(), of.tenant_id).await?),
        entry_id: entry,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert::<obligation::ActiveModel>(full(row.clone())).await?;
    Ok(row)
}

/// The entry of an obligation says what the obligation says now.
async fn show(mutation: &UnitOfWork, writer: &Writer<'_>, row: &obligation::Model) -> ApiResult<()> {
    let date = ProjectDate { title: &row.title, day: row.due_on, stands: row.state != ObligationState::Waived };
    calendar::follow(mutation, writer, row.entry_id, &date).await
}

/// An obligation to add by hand.
#[derive(Clone, Debug)]
pub struct NewObligation {
    /// Kind of the obligation.
    pub kind: ObligationKind,
    /// Title.
    pub title: String,
    /// Due date.
    pub due_on: NaiveDate,
    /// Note.
    pub note: Option<String>,
}

/// Adds an obligation that no rule knows, for the party that receives the funding.
pub async fn create(op: &Op, of: Uuid, new: NewObligation, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "obligationCreate").await?;
    let session = mutation.session();
    let found = writable::<funding::Entity>(session, of, Operation::CreateObligations).await;
    let (grant, row, project) = found.map_err(|error| error.about("funding"))?;
    let mut problems = Problems::default();
    let title = problems.take(text::line(&new.title, "title", 200))?.unwrap_or_default();
    let note = problems.take(text::optional(new.note, "note", 4_000))?.flatten();
    problems.done()?;
    check_part_limit(session.group::<obligation::Entity>(project.id).await?.len(), "funding")?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let one = Planned { kind: new.kind, title, due_on: new.due_on };
    let made = write(&mutation, &writer, (&project, &row), &one, note, (id, false)).await?;
    let created = <obligation::Entity as ProjectPart>::CREATED;
    let change = ChangeRecord { agreement: project.agreement_id, ..made.change_record(created, None) };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// The agreement under which an obligation came about, where its project is still in sight.
async fn agreement_of(session: &Session, row: &obligation::Model) -> ApiResult<Option<Uuid>> {
    Ok(session.get::<project::Entity>(row.project_id).await?.and_then(|it| it.agreement_id))
}

/// How an obligation was met.
#[derive(Clone, Debug, Default)]
pub struct Fulfilment {
    /// When; today where left out.
    pub on: Option<NaiveDate>,
    /// What was called for, in cents.
    pub amount: Option<i64>,
    /// The document that proves it.
    pub document: Option<Uuid>,
    /// Note.
    pub note: Option<String>,
}

/// Meets an obligation, in time or late.
pub async fn fulfil(op: &Op, id: Uuid, version: i32, how: Fulfilment) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "obligationFulfil").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<obligation::Entity>(session, id, Operation::Fulfil, "id").await?;
    let writer = session.writer(&grant).await?;
    let day = today_of(session, before.tenant_id).await?;
    let mut problems = Problems::default();
    let note = problems.take(text::optional(how.note, "note", 4_000))?.flatten();
    if let Some(on) = how.on.filter(|it| *it > day) {
        let text = Text::new("still-to-come").with("value", on);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "fulfilledOn", text));
    }
    if let Some(document) = how.document {
        let found = session.get::<project_document::Entity>(document).await?;
        if found.is_none_or(|it| it.tenant_id != before.tenant_id || it.project_id != before.project_id) {
            problems.add(Problem::not_found("document"));
        }
    }
    match (before.kind, how.amount) {
        (ObligationKind::CallForFunds, None) => {
            problems.add(Problem::at(UserErrorCode::Required, "amount", Text::new("required")));
        }
        (ObligationKind::CallForFunds, Some(cents)) => {
            // Two calls at once: the second must see the first.
            writer.lock_named(before.funding_id).await?;
            let left = match session.get::<funding::Entity>(before.funding_id).await? {
                Some(row) => ledger(session, &row).await?.left(),
                None => Ledger::default().left(),
            };
            if cents > left {
                let text = Text::new("called-more-than-granted").with("value", amount(cents)).with("max", amount(left));
                problems.add(Problem::at(UserErrorCode::OutOfRange, "amount", text));
            }
        }
        (_, Some(_)) => {
            problems.add(Problem::at(UserErrorCode::Invalid, "amount", Text::new("amount-only-of-calls")));
        }
        (_, None) => {}
    }
    problems.done()?;
    let agreement = agreement_of(session, &before).await?;
    let row = obligation::Model {
        state: ObligationState::Fulfilled,
        fulfilled_on: Some(how.on.unwrap_or(day)),
        amount: how.amount,
        document_id: how.document,
        note: note.or_else(|| before.note.clone()),
        remind_on: None,
        ..(*before).clone()
    };
    let recorded = parts::update::<obligation::Entity>(&mutation, &writer, (&before, row), version, agreement).await?;
    mutation.commit(recorded).await
}

/// Notes that the funder does not ask for an obligation any more.
pub async fn waive(op: &Op, id: Uuid, version: i32, note: String) -> ApiResult<()> {
    let note = text::line(&note, "note", 4_000)?;
    let mutation = UnitOfWork::begin(op, "obligationWaive").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<obligation::Entity>(session, id, Operation::Waive, "id").await?;
    let agreement = agreement_of(session, &before).await?;
    let writer = session.writer(&grant).await?;
    let row =
        obligation::Model { state: ObligationState::Waived, note: Some(note), remind_on: None, ..(*before).clone() };
    show(&mutation, &writer, &row).await?;
    let recorded = parts::update::<obligation::Entity>(&mutation, &writer, (&before, row), version, agreement).await?;
    mutation.commit(recorded).await
}

/// Reminds of an obligation: an event for everybody who sees it, and the day of the next one.
///
/// # Errors
/// The database fails.
pub(super) async fn remind(op: &Op, id: Uuid) -> ApiResult<bool> {
    let mutation = UnitOfWork::begin(op, "obligationRemind").await?;
    let session = mutation.session();
    let Some(row) = session.get::<obligation::Entity>(id).await? else { return Ok(false) };
    let Ok(grant) = session.authorize(Action::Write, &obligation::Entity::object(&row), "id") else { return Ok(false) };
    let writer = session.writer(&grant).await?;
    let day = today_of(session, row.tenant_id).await?;
    // The look is for the whole earth, and another replica may have reminded.
    if row.remind_on.is_none_or(|it| it > day) {
        return Ok(false);
    }
    let after = obligation::Model { remind_on: reminder(row.due_on, day), ..(*row).clone() };
    // Whoever moves the day reminds: another replica finds it moved.
    let here = sea_orm::Condition::all()
        .add(sea_orm::ColumnTrait::eq(&obligation::Column::Id, id))
        .add(sea_orm::ColumnTrait::eq(&obligation::Column::RemindOn, row.remind_on));
    if writer.change::<obligation::Entity, obligation::ActiveModel>(here, full(after.clone())).await? == 0 {
        return Ok(false);
    }
    let recorded = mutation.record(&writer, after.change_record("obligation.due", None)).await?;
    mutation.commit(recorded).await?;
    Ok(true)
}
