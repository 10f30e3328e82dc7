//! Rules of feeds: everybody creates and revokes their own, limited to what they may see; who manages members may
//! revoke them too.

use chrono::{DateTime, Utc};
use entities::{ScopeArea, ShareLevel, calendar, feed, tenant};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::patch::Patch;
use kernel::secret::{SecretKind, fingerprint};
use kernel::text;
use policy::{Permission, refused};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::Audience;
use store::{Session, full};
use uuid::Uuid;

use crate::context::audited::{AuditHead, Audited, save, save_row};
use crate::context::op::Op;
use crate::context::unit_of_work::{Claim, Idempotency, UnitOfWork};
use crate::rights::{self, Operation};

/// The most feeds of one person that are neither expired nor revoked.
const MAX: u64 = 50;

/// Values of a new feed.
#[derive(Clone, Debug)]
pub struct NewFeed {
    /// Authority through which the person subscribes.
    pub tenant: Uuid,
    /// Name.
    pub name: String,
    /// Calendars; none = all.
    pub calendars: Option<Vec<Uuid>>,
    /// Highest level of access.
    pub level: ShareLevel,
    /// Instant of expiry.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Creates a feed. The secret is returned only here; a repeated mutation with the same key returns the feed alone.
pub async fn create(op: &Op, new: NewFeed, idempotency: Option<Idempotency>) -> ApiResult<(Uuid, Option<String>)> {
    let mutation = UnitOfWork::begin(op, "feedCreate").await?;
    let session = mutation.session();
    if session.get::<tenant::Entity>(new.tenant).await?.is_none() {
        return Err(Problem::not_found("tenant").into());
    }
    let granted = session.access().grant_of_member(Permission::CalendarsRead, new.tenant);
    let (grant, member) = granted.map_err(|decision| refused(decision, "tenant"))?;
    let person = grant.person().ok_or_else(|| ApiError::fault("a member without an account"))?;
    let name = check(session, &new).await?;
    let writer = session.writer(&grant).await?;
    let id = match mutation.claim_idempotency_key(&writer, idempotency).await? {
        Claim::New(id) => id,
        Claim::Done(id) => return Ok((id, None)),
    };
    // Two at once must each see the other when they are counted.
    writer.lock_named(person).await?;
    let live = Condition::any().add(feed::Column::ExpiresAt.is_null()).add(feed::Column::ExpiresAt.gt(writer.now()));
    let own = session
        .select::<feed::Entity>()
        .filter(feed::Column::PersonId.eq(person))
        .filter(feed::Column::RevokedAt.is_null())
        .filter(live);
    if session.count(own).await? >= MAX {
        let text = Text::new("too-many-feeds").with("max", MAX);
        return Err(Problem::whole(UserErrorCode::LimitReached, text).into());
    }
    let secret = SecretKind::Feed.make();
    let row = feed::Model {
        id,
        tenant_id: new.tenant,
        // That of the members of the authority: it is there since there are any.
        scope_id: Audience::private(new.tenant, ScopeArea::Members, None).id(),
        member_id: member,
        person_id: person,
        name,
        calendars: new.calendars.map(|it| json!(it)),
        level: new.level.min(ShareLevel::Full),
        secret_hash: fingerprint(&secret),
        expires_at: new.expires_at,
        last_used_at: None,
        revoked_at: None,
        version: 1,
        created_at: writer.now(),
        updated_at: writer.now(),
    };
    writer.insert::<feed::ActiveModel>(full(row.clone())).await?;
    let recorded = mutation.record(&writer, row.change_record("feed.created", None)).await?;
    mutation.commit(recorded).await?;
    Ok((id, Some(secret)))
}

/// The name as it is stored.
async fn check(session: &Session, new: &NewFeed) -> ApiResult<String> {
    let mut problems = Problems::default();
    if let Some(calendars) = &new.calendars {
        if calendars.is_empty() {
            problems.add(Problem::at(UserErrorCode::Required, "calendars", Text::new("required")));
        }
        session.load::<calendar::Entity>(calendars.iter().copied()).await?;
        for id in calendars {
            if session.get::<calendar::Entity>(*id).await?.is_none() {
                problems.add(Problem::not_found("calendars"));
            }
        }
    }
    let (name, (), _) =
        all((text::line(&new.name, "name", 120), problems.done(), check_expiry(session, new.expires_at)))?;
    Ok(name)
}

fn check_expiry(session: &Session, expires_at: Option<DateTime<Utc>>) -> ApiResult<Option<DateTime<Utc>>> {
    if let Some(expires_at) = expires_at.filter(|it| *it <= session.now()) {
        let text = Text::new("over-already").with("value", expires_at);
        return Err(Problem::at(UserErrorCode::OutOfRange, "expiresAt", text).into());
    }
    Ok(expires_at)
}

/// Changes name and expiry of a feed, which keeps its secret.
pub async fn update(
    op: &Op,
    id: Uuid,
    version: i32,
    name: Patch<String>,
    expires_at: Patch<Option<DateTime<Utc>>>,
) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "feedUpdate").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<feed::Entity>(session, id, Operation::Update, "id").await?;
    let name = name.try_map(|it| text::line(it, "name", 120));
    let (name, expires_at) = all((name, expires_at.try_map(|it| check_expiry(session, it))))?;
    let mut row = (*before).clone();
    (row.name, row.expires_at) = (name.or(row.name), expires_at.or(row.expires_at));
    let writer = session.writer(&grant).await?;
    save_row(&writer, &mut row, version).await?;
    let recorded = mutation.record(&writer, row.change_record("feed.updated", Some(&before))).await?;
    mutation.commit(recorded).await
}

/// Revokes a feed: the next request with its secret is refused.
pub async fn revoke(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "feedRevoke").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<feed::Entity>(session, id, Operation::Revoke, "id").await?;
    let writer = session.writer(&grant).await?;
    let row = feed::Model { revoked_at: Some(writer.now()), version: version.saturating_add(1), ..(*before).clone() };
    let values = feed::ActiveModel { id: Set(id), revoked_at: Set(row.revoked_at), ..Default::default() };
    save::<feed::Entity>(&writer, values, version).await?;
    let recorded = mutation.record(&writer, row.change_record("feed.revoked", Some(&before))).await?;
    mutation.commit(recorded).await
}

impl Audited for feed::Model {
    const TYPE: &'static str = "Feed";

    fn audit_head(&self) -> AuditHead {
        AuditHead { id: self.id, version: self.version, scope: self.scope_id, parent: None, agreement: None }
    }

    fn audit_snapshot(&self) -> Value {
        // Neither the secret nor its fingerprint.
        json!({
            "member": self.member_id, "name": self.name, "calendars": self.calendars, "level": self.level,
            "expiresAt": self.expires_at, "revokedAt": self.revoked_at,
        })
    }
}
