//! The one way to change something: a transaction that leaves an audit row and an outbox event, and can be retried.
//!
//! `begin` → decide (a grant) → `claim_idempotency_key` the idempotency key → write → `record` → `commit`. Only a recorded mutation
//! can be committed; dropping it at any point undoes everything.
//!
//! Mutations that create an object claim the key themselves, with the id of the new object. For all others `begin` and
//! `commit` do it, by the [`MutationTerms`]: `begin` ends a repetition before anything is judged by a state that the first
//! call has changed; what the viewer sees of the object is judged anew.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entities::{RoundState, ScopeArea, audit_event, coordination_round, idempotency_record, outbox_event};
use kernel::error::{ApiError, ApiResult, NothingToDo, Problem, UserErrorCode};
use kernel::i18n::Text;
use kernel::ids::new_id;
use policy::Actor;
use sea_orm::{NotSet, Set};
use serde_json::Value as Json;
use store::scopes::Audience;
use store::{ChangeHint, Engine, Hub, Session, Signal, Writer};
use uuid::Uuid;

use crate::context::audited::Audited as _;
use crate::context::op::Op;

/// The longest idempotency key, in bytes.
const MAX_KEY: usize = 128;
/// Events of one insert: a database takes only so many values in a statement.
const EVENTS: usize = 1_000;

/// A client's key for a mutation, and the fingerprint of what was asked.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// The key.
    pub key: String,
    /// Fingerprint of mutation and input.
    pub fingerprint: String,
}

/// What a mutation is given beside the values of its service.
#[derive(Debug, Default)]
pub struct MutationTerms {
    /// The key of a mutation that does not create an object.
    pub idempotency: Option<Idempotency>,
    /// Whether no value is given that could change: then nothing is written, once everything else is judged.
    pub is_empty: bool,
}

/// What a claimed key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Go on, with this id for the new object.
    New(Uuid),
    /// Done before; this came of it.
    Done(Uuid),
}

/// What happened, for audit trail and outbox.
#[derive(Debug)]
pub struct ChangeRecord {
    /// Type of the object in the schema.
    pub object_type: &'static str,
    /// The object.
    pub object_id: Uuid,
    /// Its version after the change.
    pub version: i32,
    /// Its scope after the change.
    pub scope: Uuid,
    /// What subscribers are told: `calendar_entry.created`.
    pub topic: &'static str,
    /// What the object belongs to: the calendar of an entry.
    pub parent: Option<Uuid>,
    /// Scopes beside its own whose audience must learn of it: the one that it left, or those that a share opened.
    pub also: BTreeSet<Uuid>,
    /// The agreement it happened under.
    pub agreement: Option<Uuid>,
    /// State before.
    pub before: Option<Json>,
    /// State after.
    pub after: Option<Json>,
}

/// Proof that audit row and outbox event are written, with the acting authority and the recorded object.
#[must_use]
pub struct AuditReceipt {
    tenant: Uuid,
    object: Uuid,
}

/// A change under way.
pub struct UnitOfWork {
    name: &'static str,
    request_id: String,
    session: Session,
    /// Whom to tell after the commit; none where the database does that.
    hub: Option<Hub>,
    hints: std::sync::Mutex<Vec<ChangeHint>>,
    /// Account and key to keep with the commit.
    kept: Option<(Uuid, Idempotency)>,
    is_empty: bool,
}

impl UnitOfWork {
    /// Opens the transaction of mutation `name`, with facts of its own.
    ///
    /// # Errors
    /// The actor did not sign in, which is said before anything is read. There is nothing to do: a repetition. The key was
    /// used for something else, or is too long. The database cannot be reached.
    pub async fn begin(op: &Op, name: &'static str) -> ApiResult<Self> {
        if op.actor == Actor::Anonymous {
            return Err(Problem::sign_in().into());
        }
        op.finish().await?;
        let session = op.store.write(&op.actor, op.clock.now(), op.stats.clone()).await?;
        let hub = (op.store.engine() == Engine::Sqlite).then(|| op.store.hub().clone());
        let MutationTerms { idempotency, is_empty } = op.take_terms();
        let person = session.access().person().map(|it| it.id);
        let kept = person.zip(idempotency);
        if let Some((person, asked)) = &kept {
            check_key(&asked.key)?;
            if let Some(known) = session.lock_key(*person, &asked.key).await? {
                return Err(ApiError::nothing(NothingToDo::Repeated(answered(&known, asked)?)));
            }
        }
        let (request_id, hints) = (op.request_id.clone(), std::sync::Mutex::default());
        Ok(Self { name, request_id, session, hub, hints, kept, is_empty })
    }

    /// Name of the mutation.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Session in which lookups of this mutation read.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Claims the client's key, if there is one. A second sender waits until the first is done.
    ///
    /// # Errors
    /// The key was used for something else, or is too long.
    pub async fn claim_idempotency_key(
        &self,
        writer: &Writer<'_>,
        idempotency: Option<Idempotency>,
    ) -> ApiResult<Claim> {
        let id = new_id();
        let (Some(idempotency), Some(person)) = (idempotency, writer.grant().person()) else {
            return Ok(Claim::New(id));
        };
        check_key(&idempotency.key)?;
        let row = record_of(person, &idempotency, (writer.tenant(), id), writer.now());
        if writer.insert_new(row).await? {
            return Ok(Claim::New(id));
        }
        let known = writer
            .own_record(person, &idempotency.key)
            .await?
            .ok_or_else(|| ApiError::fault("an idempotency record that was in the way is gone"))?;
        answered(&known, &idempotency).map(Claim::Done)
    }

    /// Writes audit row and outbox event.
    ///
    /// # Errors
    /// The database fails.
    pub async fn record(&self, writer: &Writer<'_>, change: ChangeRecord) -> ApiResult<AuditReceipt> {
        self.record_all(writer, change, Vec::new()).await
    }

    /// Writes one audit row for a change of the whole, and an event for it and for each of its parts. Where entries of
    /// calendars changed, also records the coordination rounds that they took back from `AGREED`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn record_all(
        &self,
        writer: &Writer<'_>,
        change: ChangeRecord,
        parts: Vec<ChangeRecord>,
    ) -> ApiResult<AuditReceipt> {
        let receipt = AuditReceipt { tenant: writer.tenant(), object: change.object_id };
        let entries = matches!(change.object_type, "Calendar" | "CalendarEntry");
        self.write(writer, change, parts).await?;
        if entries {
            for row in writer.take_reopened_rounds().await? {
                let version = row.version.saturating_sub(1);
                let before = coordination_round::Model { state: RoundState::Agreed, version, ..row.clone() };
                let change = row.change_record("coordination_round.reopened", Some(&before));
                self.write(writer, change, Vec::new()).await?;
            }
        }
        Ok(receipt)
    }

    async fn write(&self, writer: &Writer<'_>, change: ChangeRecord, parts: Vec<ChangeRecord>) -> ApiResult<()> {
        let mut events = self.events(writer, &change);
        writer
            .insert(audit_event::ActiveModel {
                id: Set(new_id()),
                tenant_id: Set(writer.tenant()),
                scope_id: Set(Audience::private(writer.tenant(), ScopeArea::Audit, None).id()),
                person_id: Set(writer.grant().person()),
                action: Set(self.name.to_owned()),
                object_type: Set(change.object_type.to_owned()),
                object_id: Set(change.object_id),
                agreement_id: Set(change.agreement),
                before: Set(change.before),
                after: Set(change.after),
                request_id: Set(self.request_id.clone()),
                created_at: Set(writer.now()),
            })
            .await?;
        events.extend(parts.iter().flat_map(|it| self.events(writer, it)));
        for chunk in events.chunks(EVENTS) {
            writer.insert_all(chunk.to_vec()).await?;
        }
        Ok(())
    }

    /// Writes outbox events alone, for an object that changed along with the one that is recorded.
    ///
    /// # Errors
    /// The database fails.
    pub async fn publish_event(&self, writer: &Writer<'_>, change: &ChangeRecord) -> ApiResult<()> {
        writer.insert_all(self.events(writer, change)).await
    }

    /// The events of a change, announced after the commit.
    fn events(&self, writer: &Writer<'_>, change: &ChangeRecord) -> Vec<outbox_event::ActiveModel> {
        let event = |scope: Uuid, topic: String| outbox_event::ActiveModel {
            id: Set(new_id()),
            tenant_id: Set(writer.tenant()),
            scope_id: Set(scope),
            position: NotSet,
            parent_id: Set(change.parent),
            topic: Set(topic),
            object_type: Set(change.object_type.to_owned()),
            object_id: Set(change.object_id),
            object_version: Set(change.version),
            created_at: Set(writer.now()),
        };
        let also = change.also.iter().filter(|it| **it != change.scope);
        let mut events: Vec<_> = also.map(|scope| event(*scope, moved(change.topic))).collect();
        events.push(event(change.scope, change.topic.to_owned()));
        self.announce(ChangeHint { object_type: change.object_type.to_owned(), parent: change.parent });
        events
    }

    /// Keeps everything, and the key with the object that was recorded last.
    ///
    /// # Errors
    /// There is nothing to do: no value was given. The database fails. Nothing was kept then.
    pub async fn commit(self, recorded: AuditReceipt) -> ApiResult<()> {
        let Self { session, hub, hints, kept, is_empty, .. } = self;
        if is_empty {
            return Err(ApiError::nothing(NothingToDo::Unchanged));
        }
        if let Some((person, asked)) = kept {
            let object = (recorded.tenant, recorded.object);
            session.keep_key(record_of(person, &asked, object, session.now())).await?;
        }
        session.commit().await?;
        if let Some(hub) = hub {
            for hint in hints.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
                hub.notify(Signal::Changed(hint));
            }
        }
        Ok(())
    }

    fn announce(&self, hint: ChangeHint) {
        let mut hints = self.hints.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if hints.last() != Some(&hint) {
            hints.push(hint);
        }
    }
}

/// Refuses a key of no length, or of too much.
fn check_key(key: &str) -> ApiResult<()> {
    if key.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, "idempotencyKey", Text::new("required")).into());
    }
    if key.len() > MAX_KEY {
        let text = Text::new("too-long").with("max", MAX_KEY).with("length", key.len());
        return Err(Problem::at(UserErrorCode::TooLong, "idempotencyKey", text).into());
    }
    Ok(())
}

/// The object with which an earlier call of the same key and input answered.
fn answered(known: &idempotency_record::Model, asked: &Idempotency) -> ApiResult<Uuid> {
    if known.fingerprint == asked.fingerprint {
        return Ok(known.object_id);
    }
    let text = Text::new("idempotency-mismatch").with("key", &asked.key);
    Err(Problem::at(UserErrorCode::IdempotencyMismatch, "idempotencyKey", text).into())
}

/// The row of a key: who sent it, for which authority, and the object that came of it.
fn record_of(
    person: Uuid,
    asked: &Idempotency,
    (tenant, object): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> idempotency_record::ActiveModel {
    idempotency_record::ActiveModel {
        person_id: Set(person),
        key: Set(asked.key.clone()),
        tenant_id: Set(tenant),
        fingerprint: Set(asked.fingerprint.clone()),
        object_id: Set(object),
        created_at: Set(now),
    }
}

/// What other audiences are told: `calendar_entry.moved`.
fn moved(topic: &str) -> String {
    format!("{}.moved", topic.split('.').next().unwrap_or(topic))
}

/// Refusal of a change of a row that has another version: somebody was faster. No row ever has a version below 1.
pub fn stale(version: i32) -> ApiError {
    if version < 1 {
        let text = Text::new("version-below-one").with("version", version);
        return Problem::at(UserErrorCode::Invalid, "version", text).into();
    }
    let text = Text::new("stale-version").with("version", version);
    Problem::at(UserErrorCode::StaleVersion, "version", text).into()
}
