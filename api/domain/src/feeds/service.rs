//! Rules of feeds: everybody creates and revokes their own, limited to what they may see; who manages members may
//! revoke them too.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entities::{ScopeArea, ShareLevel, calendar, feed, tenant};
use kernel::error::{ApiError, ApiResult, Problem, Problems, UserErrorCode, all};
use kernel::i18n::Text;
use kernel::secret::{SecretKind, fingerprint};
use kernel::text;
use policy::{Permission, refused};
use sea_orm::{ColumnTrait, Condition, QueryFilter, Set};
use serde_json::{Value, json};
use store::scopes::Audience;
use store::{Session, full};
use uuid::Uuid;

use crate::context::op::Op;
use crate::context::unit_of_work::{ChangeRecord, Claim, Idempotency, UnitOfWork, at_version, stale};
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
    let recorded = mutation.record(&writer, change_record("feed.created", None, &row)).await?;
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
    if let Some(expires_at) = new.expires_at.filter(|it| *it <= session.now()) {
        let text = Text::new("over-already").with("value", expires_at);
        problems.add(Problem::at(UserErrorCode::OutOfRange, "expiresAt", text));
    }
    let (name, ()) = all((text::line(&new.name, "name", 120), problems.done()))?;
    Ok(name)
}

/// Revokes a feed: the next request with its secret is refused.
pub async fn revoke(op: &Op, id: Uuid, version: i32) -> ApiResult<()> {
    let mutation = UnitOfWork::begin(op, "feedRevoke").await?;
    let session = mutation.session();
    let (grant, before) = rights::find_for::<feed::Entity>(session, id, Operation::Revoke, "id").await?;
    let writer = session.writer(&grant).await?;
    let mut row = (*before).clone();
    row.revoked_at = Some(writer.now());
    row.version = version.saturating_add(1);
    let values = feed::ActiveModel {
        revoked_at: Set(row.revoked_at),
        version: Set(row.version),
        updated_at: Set(writer.now()),
        ..Default::default()
    };
    let here = at_version(feed::Column::Id, id, feed::Column::Version, version);
    if writer.change::<feed::Entity, _>(here, values).await? == 0 {
        return Err(stale(version));
    }
    let recorded = mutation.record(&writer, change_record("feed.revoked", Some(&before), &row)).await?;
    mutation.commit(recorded).await
}

fn change_record(topic: &'static str, before: Option<&feed::Model>, row: &feed::Model) -> ChangeRecord {
    // Neither the secret nor its fingerprint.
    let snapshot = |it: &feed::Model| -> Value {
        json!({
            "member": it.member_id, "name": it.name, "calendars": it.calendars, "level": it.level,
            "expiresAt": it.expires_at, "revokedAt": it.revoked_at,
        })
    };
    ChangeRecord {
        object_type: "Feed",
        object_id: row.id,
        version: row.version,
        scope: row.scope_id,
        topic,
        parent: None,
        also: BTreeSet::new(),
        agreement: None,
        before: before.map(snapshot),
        after: Some(snapshot(row)),
    }
}
