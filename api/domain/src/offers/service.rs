//! Rules of education offers: DRAFT → PUBLISHED → WITHDRAWN, and back to PUBLISHED. What is published is public, and so
//! must be the provider and the place that it names.

use std::collections::BTreeSet;

use entities::{
    DirectorySubject, EducationOfferState as State, PUBLIC_SCOPE, ScopeArea, education_offer, education_offer_date,
    learning_place, organisation,
};
use kernel::error::{ApiResult, Problem, Problems, UserErrorCode};
use kernel::i18n::Text;
use kernel::text;
use policy::Grant;
use sea_orm::{ColumnTrait, Condition, Set};
use serde_json::{Value, json};
use store::scopes::{Audience, ensure};
use store::{Session, Writer, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::members::acting_name;
use crate::offers::values::{OfferPatch, OfferValues};
use crate::places::record::{DirectoryRow, record_changed, record_created};
use crate::rights::{self, Operation};

/// Where a new offer stands.
#[derive(Clone, Copy, Debug)]
pub struct NewOfferState {
    /// Its id.
    pub id: Uuid,
    /// Its state.
    pub state: State,
}

/// Creates an offer, as a draft.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn create(op: &Op, owner: Uuid, new: OfferValues, idempotency: Option<Idempotency>) -> ApiResult<Uuid> {
    let mutation = UnitOfWork::begin(op, "educationOfferCreate").await?;
    let session = mutation.session();
    let (grant, _) = rights::create_in::<education_offer::Entity>(session, owner, None).await?;
    let new = new.checked(session, owner, None).await?;
    let by = acting_name(session, owner);
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok(id),
    };
    let row = insert(&writer, NewOfferState { id, state: State::Draft }, &new).await?;
    let snapshot = new.audit_snapshot();
    let recorded = record_created(&mutation, &writer, &row, &by, "education_offer.created", snapshot).await?;
    mutation.commit(recorded).await?;
    Ok(id)
}

/// Writes the rows of a new offer, which was checked.
///
/// # Errors
/// The database fails.
pub async fn insert(
    writer: &Writer<'_>,
    placed: NewOfferState,
    new: &OfferValues,
) -> ApiResult<education_offer::Model> {
    let scope = ensure(writer, &audience(writer.tenant(), placed.state)).await?;
    let row = new.onto(education_offer::Model {
        id: placed.id,
        tenant_id: writer.tenant(),
        scope_id: scope,
        state: placed.state,
        published_at: (placed.state == State::Published).then(|| writer.now()),
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
        ..education_offer::Model::default()
    });
    writer.insert::<education_offer::ActiveModel>(full(row.clone())).await?;
    put_dates(writer, &row, &BTreeSet::new(), &new.dates).await?;
    Ok(row)
}

/// Changes an offer, which keeps its state.
///
/// # Errors
/// The input is refused, or the database fails.
pub async fn update(op: &Op, id: Uuid, version: i32, patch: OfferPatch) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "educationOfferUpdate").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<education_offer::Entity>(session, id, Operation::Update, "id").await?;
    let dates = session.group::<education_offer_date::Entity>(id).await?;
    let before = OfferValues::of(&row, dates.iter().map(|it| it.calendar_entry_id).collect());
    let values = patch.applied(&before).checked(session, row.tenant_id, Some(&before)).await?;
    let mut after = values.onto((*row).clone());
    if row.state == State::Published {
        publishable(session, &after).await?;
    }
    let by = acting_name(session, row.tenant_id);
    let writer = session.writer(&grant).await?;
    save_row(&writer, &mut after, version).await?;
    put_dates(&writer, &after, &before.dates, &values.dates).await?;
    let snapshots = (before.audit_snapshot(), values.audit_snapshot());
    let recorded =
        record_changed(&mutation, &writer, (&*row, &after), &by, "education_offer.updated", snapshots).await?;
    mutation.commit(recorded).await
}

/// Shows an offer to everybody.
///
/// # Errors
/// It is published already, or names what is not public; the database fails.
pub async fn publish(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "educationOfferPublish").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<education_offer::Entity>(session, id, Operation::Publish, "id").await?;
    let (published_at, withdraw_reason) = (Some(session.now()), None);
    let after = education_offer::Model { state: State::Published, published_at, withdraw_reason, ..(*row).clone() };
    step(mutation, grant, &row, after, version, "education_offer.published").await
}

/// Takes an offer back: its authority alone sees it from now on.
///
/// # Errors
/// It is not published; the database fails.
pub async fn withdraw(op: &Op, id: Uuid, version: i32, reason: Option<String>) -> ApiResult<()> {
    let reason = text::optional(reason, "reason", 1_000)?;
    let mutation = UnitOfWork::begin(op, "educationOfferWithdraw").await?;
    let session = mutation.session();
    let (grant, row) = rights::find_for::<education_offer::Entity>(session, id, Operation::Withdraw, "id").await?;
    let after = education_offer::Model { state: State::Withdrawn, withdraw_reason: reason, ..(*row).clone() };
    step(mutation, grant, &row, after, version, "education_offer.withdrawn").await
}

/// Moves an offer and its dates into the scope of its new state.
async fn step(
    mutation: UnitOfWork,
    grant: Grant,
    row: &education_offer::Model,
    mut after: education_offer::Model,
    version: i32,
    topic: &'static str,
) -> ApiResult<()> {
    let by = acting_name(mutation.session(), row.tenant_id);
    let writer = mutation.session().writer(&grant).await?;
    let scope = ensure(&writer, &audience(row.tenant_id, after.state)).await?;
    after.scope_id = scope;
    save_row(&writer, &mut after, version).await?;
    let here = Condition::all().add(education_offer_date::Column::OfferId.eq(row.id));
    let moved = education_offer_date::ActiveModel { scope_id: Set(scope), ..Default::default() };
    writer.change::<education_offer_date::Entity, _>(here, moved).await?;
    let snapshot = |it: &education_offer::Model| json!({ "state": it.state, "withdrawReason": it.withdraw_reason });
    let snapshots = (snapshot(row), snapshot(&after));
    let recorded = record_changed(&mutation, &writer, (row, &after), &by, topic, snapshots).await?;
    mutation.commit(recorded).await
}

/// Who sees an offer in a state.
fn audience(tenant: Uuid, state: State) -> Audience {
    match state {
        State::Published => Audience::Public,
        State::Draft | State::Withdrawn => Audience::private(tenant, ScopeArea::Places, None),
    }
}

/// Refuses a step that does not follow from the state.
pub(crate) fn leads_to(state: State, wanted: State) -> ApiResult<()> {
    let allowed: &[State] = match state {
        State::Draft | State::Withdrawn => &[State::Published],
        State::Published => &[State::Withdrawn],
    };
    if allowed.contains(&wanted) {
        return Ok(());
    }
    let allowed = allowed.iter().map(|it| it.as_str());
    Err(Problem::illegal_transition("id", state.as_str(), wanted.as_str(), allowed).into())
}

/// What a public offer names is public too.
pub(crate) async fn publishable(session: &Session, row: &education_offer::Model) -> ApiResult<()> {
    let mut problems = Problems::default();
    if let Some(id) = row.organisation_id {
        let found = session.get::<organisation::Entity>(id).await?;
        if found.is_none_or(|it| it.scope_id != PUBLIC_SCOPE) {
            problems.add(Problem::at(UserErrorCode::Conflict, "provider", Text::new("provider-not-public")));
        }
    }
    if let Some(id) = row.learning_place_id {
        let found = session.get::<learning_place::Entity>(id).await?;
        if found.is_none_or(|it| it.scope_id != PUBLIC_SCOPE) {
            problems.add(Problem::at(UserErrorCode::Conflict, "place", Text::new("place-not-public")));
        }
    }
    problems.done()
}

/// Puts dates in the place of those that were there.
async fn put_dates(
    writer: &Writer<'_>,
    of: &education_offer::Model,
    before: &BTreeSet<Uuid>,
    after: &BTreeSet<Uuid>,
) -> ApiResult<()> {
    use education_offer_date::Column as C;
    let gone: Vec<_> = before.difference(after).copied().collect();
    if !gone.is_empty() {
        let here = Condition::all().add(C::OfferId.eq(of.id)).add(C::CalendarEntryId.is_in(gone));
        writer.delete::<education_offer_date::Entity>(here).await?;
    }
    let new = after.difference(before).map(|entry| {
        full::<_, education_offer_date::ActiveModel>(education_offer_date::Model {
            offer_id: of.id,
            calendar_entry_id: *entry,
            tenant_id: of.tenant_id,
            scope_id: of.scope_id,
        })
    });
    writer.insert_all(new.collect()).await
}

impl Audited for education_offer::Model {
    const TYPE: &'static str = "EducationOffer";
    const TELLS_FORMER_AUDIENCE: bool = true;

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    /// Columns of the offer; its dates are rows of their own.
    fn audit_snapshot(&self) -> Value {
        Value::Object(OfferValues::of(self, BTreeSet::new()).snapshot())
    }
}

impl DirectoryRow for education_offer::Model {
    const SUBJECT: DirectorySubject = DirectorySubject::EducationOffer;
}
