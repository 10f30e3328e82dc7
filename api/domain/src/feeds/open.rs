//! From a secret to what its subscriber may see at this moment.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entities::{calendar, feed};
use kernel::error::ApiResult;
use kernel::secret::{SecretKind, fingerprint};
use policy::Actor;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use store::{Session, Stats, Store};
use uuid::Uuid;

/// How exactly the last use is kept.
const USED: TimeDelta = TimeDelta::hours(1);
/// The most calendars of a feed of everything.
const MAX: u64 = 500;

/// A feed whose secret somebody has.
pub struct OpenFeed {
    /// Reads what the subscriber may see now, at the level of the feed.
    pub session: Session,
    /// The feed.
    pub row: Arc<feed::Model>,
    actor: Actor,
}

/// Opens a feed by its secret, with facts of this moment. None where there is no such feed, it was taken back, it is
/// over, or its subscriber has no role in the authority any more; which of these is not told.
///
/// # Errors
/// The database fails.
pub async fn open(store: &Store, secret: &str, now: DateTime<Utc>, stats: Arc<Stats>) -> ApiResult<Option<OpenFeed>> {
    if !secret.starts_with(SecretKind::Feed.prefix()) {
        return Ok(None);
    }
    let Some(key) = store.feed_key(&fingerprint(secret)).await? else { return Ok(None) };
    if key.expires_at.is_some_and(|it| it <= now) {
        return Ok(None);
    }
    let session = store.read(&key.actor, now, stats).await?;
    if session.access().roles().is_empty() {
        return Ok(None);
    }
    let row = session.get::<feed::Entity>(key.id).await?;
    Ok(row.filter(|it| it.revoked_at.is_none()).map(|row| OpenFeed { session, row, actor: key.actor }))
}

impl OpenFeed {
    /// The calendars of the feed that are in sight now, by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn calendars(&self) -> ApiResult<Vec<calendar::Model>> {
        let select = self.session.select::<calendar::Entity>();
        let select = match selected(&self.row) {
            Some(ids) => select.filter(self.session.is_one_of(calendar::Column::Id, &ids)),
            None => select.filter(calendar::Column::ArchivedAt.is_null()),
        };
        let by_name = self.session.sorted_by::<calendar::Entity>(calendar::Column::Name);
        let select = select.order_by_asc(by_name).order_by_asc(calendar::Column::Id).limit(MAX);
        self.session.all(select).await
    }

    /// Ends reading, and notes the use where the last one is an hour ago. That is no change of the feed: its version
    /// stays, and neither trail nor subscribers are told.
    ///
    /// # Errors
    /// The database fails.
    pub async fn close(self, store: &Store, stats: Arc<Stats>) -> ApiResult<()> {
        let Self { session, row, actor } = self;
        let now = session.now();
        session.commit().await?;
        if row.last_used_at.is_some_and(|it| now - it < USED) {
            return Ok(());
        }
        let session = store.write(&actor, now, stats).await?;
        if let Some(grant) = session.access().grant_of_owner(row.tenant_id, row.person_id) {
            let writer = session.writer(&grant).await?;
            let values = feed::ActiveModel { last_used_at: Set(Some(now)), ..Default::default() };
            writer.change::<feed::Entity, _>(feed::Column::Id.eq(row.id), values).await?;
        }
        session.commit().await
    }
}

/// The calendars that a feed names; none = all.
pub fn selected(row: &feed::Model) -> Option<Vec<Uuid>> {
    row.calendars.clone().map(|it| serde_json::from_value(it).unwrap_or_default())
}
