//! Tickets: secrets by which a browser or a program without a token fetches one file in the name of a person.
//!
//! A ticket names a version and a form; whether there is such a file for the person is judged when it is fetched, with
//! facts of that moment. It is good for a while and not for one use, so that a broken download can go on.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;
use verbund_entities::{ScopeArea, TicketPurpose, dataset_version, file_ticket};

use super::{Asked, Form, Found, find, made::Cache};
use crate::auth::Actor;
use crate::context::{Change, Claim, Idempotency, Mutation, Op, fingerprint, secret_text};
use crate::error::{ApiError, ApiResult, Problem};
use crate::policy::{Because, Permission};
use crate::store::scopes::Audience;
use crate::store::{Session, Store, full};

/// What a secret begins with, so that people and scanners recognise one.
const PREFIX: &str = "vbd_";
/// How long a ticket is good.
const GOOD: TimeDelta = TimeDelta::minutes(15);

/// A ticket that was made.
pub(super) struct Ticket {
    /// Told this once.
    pub secret: Option<String>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Makes a ticket for a file of a version that the actor may have now.
pub(super) async fn create(op: &Op, id: Uuid, form: Form, idempotency: Option<Idempotency>) -> ApiResult<Ticket> {
    let mutation = Mutation::begin(op, "datasetDownloadTicket").await?;
    let session = mutation.session();
    let unknown = || ApiError::from(Problem::not_found("version"));
    let version = session.get::<dataset_version::Entity>(id).await?.ok_or_else(unknown)?;
    let asked = Asked { dataset: version.dataset_id, major: version.major, minor: version.minor, form };
    // Nothing is made here: the folder of files does not matter.
    let found = find(session, &Cache::new(std::path::Path::new(""), String::new()), asked).await?;
    let because = match &found {
        Found::Table(it) => session.access().sight(it.content.scope_id),
        Found::Original(_) => session.access().sight(version.scope_id),
        Found::Gone | Found::Nothing => return Err(unknown()),
    };
    // The authority for which somebody reads keeps the ticket.
    let tenant = match because.map(|it| &it.because) {
        Some(Because::Role { tenant, .. } | Because::Share { tenant, .. }) => *tenant,
        _ => session.access().roles().first().map_or(version.tenant_id, |it| it.tenant),
    };
    let granted = session.access().grant_of_member(Permission::DatasetsRead, tenant);
    let (grant, _) = granted.map_err(|refused| ApiError::refused(refused, "version"))?;
    let person = grant.person().ok_or_else(|| ApiError::fault("a member without an account"))?;
    let writer = session.writer(&grant).await?;
    let expires_at = writer.now() + GOOD;
    let id = match mutation.claim(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => {
            let made =
                session.one(session.select::<file_ticket::Entity>().filter(file_ticket::Column::Id.eq(id))).await?;
            return Ok(Ticket { secret: None, expires_at: made.map_or(expires_at, |it| it.expires_at) });
        }
    };
    let secret = format!("{PREFIX}{}", secret_text());
    let row = file_ticket::Model {
        id,
        tenant_id: tenant,
        // That of the members of the authority: it is there since there are any.
        scope_id: Audience::private(tenant, ScopeArea::Members, None).id(),
        person_id: person,
        purpose: TicketPurpose::Download,
        dataset_id: Some(version.dataset_id),
        version_id: Some(version.id),
        document_id: None,
        archive_id: None,
        format: Some(form.suffix().to_owned()),
        secret_hash: fingerprint(&secret),
        file_name: format!("{}.{}.{}", version.major, version.minor, form.suffix()),
        bytes: None,
        checksum: None,
        path: None,
        expires_at,
        used_at: None,
        created_at: writer.now(),
    };
    writer.insert::<file_ticket::ActiveModel>(full(row.clone())).await?;
    let change = Change {
        object_type: "FileTicket",
        object_id: id,
        version: 1,
        scope: row.scope_id,
        topic: "file_ticket.created",
        parent: None,
        also: Default::default(),
        agreement: None,
        before: None,
        after: Some(json!({ "version": row.version_id, "format": row.format, "expiresAt": expires_at })),
    };
    let recorded = mutation.record(&writer, change).await?;
    mutation.commit(recorded).await?;
    Ok(Ticket { secret: Some(secret), expires_at })
}

/// A ticket whose secret somebody has.
pub struct Opened {
    /// The ticket.
    pub id: Uuid,
    /// In whose name it opens.
    pub actor: Actor,
}

/// Finds a ticket by its secret; none where there is no such ticket or it is over.
///
/// # Errors
/// The database fails.
pub async fn open(
    store: &Store,
    secret: &str,
    purpose: TicketPurpose,
    now: DateTime<Utc>,
) -> ApiResult<Option<Opened>> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    let key = store.ticket_key(&fingerprint(secret)).await?;
    Ok(key.filter(|it| it.purpose == purpose && it.expires_at > now).map(|it| Opened { id: it.id, actor: it.actor }))
}

impl Opened {
    /// What the ticket opens.
    ///
    /// # Errors
    /// The database fails.
    pub async fn asked(&self, session: &Arc<Session>) -> ApiResult<Option<Asked>> {
        let select = session.select::<file_ticket::Entity>().filter(file_ticket::Column::Id.eq(self.id));
        let Some(row) = session.one(select).await? else { return Ok(None) };
        let form = row.format.as_deref().and_then(Form::of);
        let version = match row.version_id {
            Some(id) => session.get::<dataset_version::Entity>(id).await?,
            None => None,
        };
        Ok(version.zip(form).map(|(it, form)| Asked { dataset: it.dataset_id, major: it.major, minor: it.minor, form }))
    }
}
