//! Tickets: secrets by which a browser or a program without a token sends or fetches one file in the name of a person.
//!
//! One to send is good for minutes, and until a file was accepted. One to fetch names what is asked for; whether there is
//! such a file for the person is judged when it is fetched, with facts of that moment. It is good for a while and not for
//! one use, so that a broken download can go on.

use chrono::{DateTime, TimeDelta, Utc};
use entities::{ScopeArea, TicketPurpose, file_ticket};
use kernel::error::{ApiError, ApiResult};
use kernel::secret::{SecretKind, fingerprint};
use policy::Actor;
use sea_orm::{ColumnTrait, Condition, QueryFilter};
use serde_json::{Value, json};
use store::scopes::Audience;
use store::{Session, Store, TicketKey, Writer, full};
use uuid::Uuid;

use crate::context::unit_of_work::{AuditReceipt, ChangeRecord, Claim, Idempotency, UnitOfWork};
use crate::files::settings::FileSettings;

/// How long a ticket to fetch a file is good.
const GOOD: TimeDelta = TimeDelta::minutes(15);

const fn kind(purpose: TicketPurpose) -> SecretKind {
    match purpose {
        TicketPurpose::Upload => SecretKind::Upload,
        TicketPurpose::Download => SecretKind::Download,
    }
}

/// A ticket that was made; the secret is told this once.
pub struct NewTicket {
    /// The secret; none where the mutation was repeated.
    pub secret: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// What comes of wishing for a ticket.
pub enum Drafted {
    /// One to complete and keep.
    New(Box<TicketDraft>),
    /// The mutation was repeated: the ticket is there.
    Done(NewTicket),
}

/// A ticket that is not stored yet: the domain fills in what it is for.
pub struct TicketDraft {
    /// Its row.
    pub row: file_ticket::Model,
    secret: String,
}

/// Drafts a ticket to send a file for what the writer may change.
///
/// # Errors
/// The key of the mutation is of another input, or the database fails.
pub async fn upload(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    file_name: String,
    files: &FileSettings,
    idempotency: Option<Idempotency>,
) -> ApiResult<Drafted> {
    let good = TimeDelta::minutes(i64::from(files.ticket_minutes));
    draft(mutation, writer, (TicketPurpose::Upload, good), file_name, idempotency).await
}

/// Drafts a ticket to fetch a file.
///
/// # Errors
/// The key of the mutation is of another input, or the database fails.
pub async fn download(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    file_name: String,
    idempotency: Option<Idempotency>,
) -> ApiResult<Drafted> {
    draft(mutation, writer, (TicketPurpose::Download, GOOD), file_name, idempotency).await
}

async fn draft(
    mutation: &UnitOfWork,
    writer: &Writer<'_>,
    (purpose, good): (TicketPurpose, TimeDelta),
    file_name: String,
    idempotency: Option<Idempotency>,
) -> ApiResult<Drafted> {
    let (tenant, person) = (writer.grant().tenant(), writer.grant().person());
    let person = person.ok_or_else(|| ApiError::fault("a ticket of nobody"))?;
    let expires_at = writer.now() + good;
    let id = match mutation.claim_idempotency_key(writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => {
            let made = row(mutation.session(), own(id)).await?;
            return Ok(Drafted::Done(NewTicket {
                secret: None,
                expires_at: made.map_or(expires_at, |it| it.expires_at),
            }));
        }
    };
    let secret = kind(purpose).make();
    let row = file_ticket::Model {
        id,
        tenant_id: tenant,
        // As with feeds: those who see the members of the authority see it, and its person. It is there since there are any.
        scope_id: Audience::private(tenant, ScopeArea::Members, None).id(),
        person_id: person,
        purpose,
        dataset_id: None,
        version_id: None,
        document_id: None,
        archive_id: None,
        format: None,
        secret_hash: fingerprint(&secret),
        file_name,
        bytes: None,
        checksum: None,
        path: None,
        expires_at,
        used_at: None,
        created_at: writer.now(),
    };
    Ok(Drafted::New(Box::new(TicketDraft { row, secret })))
}

impl TicketDraft {
    /// Stores the ticket; the mutation is still to be recorded and committed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn keep(self, writer: &Writer<'_>) -> ApiResult<NewTicket> {
        let expires_at = self.row.expires_at;
        writer.insert::<file_ticket::ActiveModel>(full(self.row)).await?;
        Ok(NewTicket { secret: Some(self.secret), expires_at })
    }

    /// Stores a ticket to fetch a file and records `of` what; the mutation is still to be committed.
    ///
    /// # Errors
    /// The database fails.
    pub async fn hand_out(
        self,
        mutation: &UnitOfWork,
        writer: &Writer<'_>,
        mut of: Value,
    ) -> ApiResult<(NewTicket, AuditReceipt)> {
        of["expiresAt"] = json!(self.row.expires_at);
        let change = ChangeRecord {
            object_type: "FileTicket",
            object_id: self.row.id,
            version: 1,
            scope: self.row.scope_id,
            topic: "file_ticket.created",
            parent: None,
            also: Default::default(),
            agreement: None,
            before: None,
            after: Some(of),
        };
        let made = self.keep(writer).await?;
        Ok((made, mutation.record(writer, change).await?))
    }
}

/// The authority that keeps a ticket to fetch a file of a scope: that in which the reader has the role through which a
/// share reaches it, else the owner.
pub fn keeper(session: &Session, scope: Uuid, owner: Uuid) -> Uuid {
    session.access().grant_of_reader(scope, owner).map_or(owner, |(_, _, reader)| reader)
}

/// A ticket to fetch a file whose secret somebody has.
pub struct Opened {
    /// In whose name it opens.
    pub actor: Actor,
    id: Uuid,
}

impl Opened {
    /// Its row; none where its person does not see it any more.
    ///
    /// # Errors
    /// The database fails.
    pub async fn row(&self, session: &Session) -> ApiResult<Option<file_ticket::Model>> {
        row(session, own(self.id)).await
    }
}

/// Finds a ticket to fetch a file by its secret; none where there is no such ticket or it is over.
///
/// # Errors
/// The database fails.
pub async fn open(store: &Store, secret: &str, now: DateTime<Utc>) -> ApiResult<Option<Opened>> {
    let key = by_secret(store, secret, TicketPurpose::Download, now).await?;
    Ok(key.map(|it| Opened { id: it.id, actor: it.actor }))
}

pub(super) async fn by_secret(
    store: &Store,
    secret: &str,
    purpose: TicketPurpose,
    now: DateTime<Utc>,
) -> ApiResult<Option<TicketKey>> {
    if !secret.starts_with(kind(purpose).prefix()) {
        return Ok(None);
    }
    let key = store.ticket_key(&fingerprint(secret)).await?;
    Ok(key.filter(|it| it.purpose == purpose && it.expires_at > now))
}

pub(super) fn own(id: Uuid) -> Condition {
    Condition::all().add(file_ticket::Column::Id.eq(id))
}

pub(super) async fn row(session: &Session, here: Condition) -> ApiResult<Option<file_ticket::Model>> {
    session.one(session.select::<file_ticket::Entity>().filter(here)).await
}
