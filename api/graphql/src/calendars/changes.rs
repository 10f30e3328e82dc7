//! Synchronisation: what changed in calendars since a cursor, with tombstones for what went out of sight.
//!
//! A cursor names an event of the outbox and carries a fingerprint of the rights with which it was made, and of the
//! calendars. While that is the same, whoever holds the cursor sees the same scopes as then, so every event in sight after
//! it is about an entry that it sees now, or could have seen since: only of these a tombstone is told, and it says no more
//! than the id. Rights that change move rows in and out of sight without an event for each of them, and show others at
//! another level; then the cursor leads nowhere any more, and everything is asked for anew. That says nothing about what is
//! hidden: it is the same whether a share ended, a role was taken back or a calendar was renamed.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::{Context, ID, Object, SimpleObject};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::calendars::entry_view::EntryView;
use domain::live::{newest, position_of};
use entities::{calendar, calendar_entry, outbox_event};
use kernel::error::{ApiError, ApiResult, Problem, UserErrorCode};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{MAX_PAGE, Session, page_cost};
use uuid::Uuid;

use crate::access::subscription::fingerprint;
use crate::calendars::entry_types::CalendarEntry;
use crate::calendars::query::preload;
use crate::calendars::subscription::{events, visible};
use crate::context::ContextExt;
use crate::lookahead::Selected;

/// State of a calendar entry that was created or changed, or tombstone of an entry no longer visible to the viewer.
#[derive(SimpleObject)]
pub struct CalendarEntryState {
    /// Global id of the entry.
    entry_id: ID,
    /// Entry in its current state, at the viewer's level of access; null if no longer visible to the viewer. Clients
    /// then discard their copy.
    entry: Option<CalendarEntry>,
}

/// Page of a synchronisation of calendar entries.
#[derive(SimpleObject)]
pub struct CalendarChanges {
    /// Entries of the page, each once.
    nodes: Vec<CalendarEntryState>,
    /// Cursor of the page; pass it as `after` to continue.
    cursor: String,
    /// True if more entries are available at present.
    has_more: bool,
}

/// See the module.
#[derive(Default)]
pub struct ChangesQuery;

#[Object]
impl ChangesQuery {
    /// Synchronises the entries of calendars. Without `after`, delivers all entries page by page; later calls deliver
    /// the changes after the cursor. A series and its changed occurrences are separate entries. `FULL_SYNC_REQUIRED` if
    /// the cursor has become invalid, as after a change of the viewer's rights or of a calendar: clients then start
    /// without `after` and discard every entry that is not delivered again.
    #[graphql(complexity = "page_cost(first, None, child_complexity)")]
    async fn calendar_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`cursor` of the previous page; default: start from the beginning.")] after: Option<String>,
        #[graphql(desc = "1 to 100 calendars; default: all visible to the viewer.")] calendars: Option<Vec<ID>>,
        #[graphql(desc = "Size of the page, 1 to 100; default 20.")] first: Option<i32>,
    ) -> ApiResult<CalendarChanges> {
        if let Some(first) = first.filter(|it| !(1..=MAX_PAGE).contains(it)) {
            let text = Text::new("out-of-range").with("value", first).with("min", 1).with("max", MAX_PAGE);
            return Err(Problem::at(UserErrorCode::OutOfRange, "first", text).into());
        }
        let session = ctx.session().await?;
        let calendars = chosen(&session, calendars).await?;
        let rights = rights(&session, &calendars).await?;
        let ids: Vec<_> = calendars.iter().map(|it| it.id).collect();
        let limit = u64::try_from(first.unwrap_or(store::DEFAULT_PAGE)).unwrap_or(1);
        let (ids, cursor, has_more) = match after {
            None => {
                // Before the entries: what changes meanwhile is delivered once more.
                let (event, _) = newest(&session, events(&session, &ids)).await?;
                snapshot(&session, &ids, ChangeCursor { event, rights, delivered: Some(Uuid::nil()) }, limit).await?
            }
            Some(after) => {
                let cursor = ChangeCursor::read(&after).filter(|it| it.rights == rights).ok_or_else(full_sync)?;
                match cursor.delivered {
                    Some(_) => snapshot(&session, &ids, cursor, limit).await?,
                    None => delta(&session, &ids, cursor, limit).await?.ok_or_else(full_sync)?,
                }
            }
        };
        session.load::<calendar_entry::Entity>(ids.iter().copied()).await?;
        let mut views = Vec::new();
        for id in &ids {
            let row = session.get::<calendar_entry::Entity>(*id).await?;
            views.push(row.and_then(|it| EntryView::of(&session, it)));
        }
        let shown: Vec<_> = views.iter().flatten().collect();
        preload(&Selected::within(ctx, &["entry"]), &session, &shown).await?;
        let nodes = ids.iter().zip(views).map(|(id, view)| CalendarEntryState {
            entry_id: NodeType::CalendarEntry.id(*id).into(),
            entry: view.map(CalendarEntry::from),
        });
        Ok(CalendarChanges { nodes: nodes.collect(), cursor: cursor.write(), has_more })
    }
}

fn full_sync() -> ApiError {
    Problem::at(UserErrorCode::FullSyncRequired, "after", Text::new("full-sync")).into()
}

/// The requested calendars, all of which must be visible; without a request all visible ones.
async fn chosen(session: &Session, calendars: Option<Vec<ID>>) -> ApiResult<Vec<calendar::Model>> {
    let Some(ids) = calendars else {
        return session.all(session.select::<calendar::Entity>().order_by_asc(calendar::Column::Id)).await;
    };
    let mut ids = NodeType::Calendar.parse_all(&ids, "calendars")?;
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, "calendars", Text::new("required")).into());
    }
    if visible(session, &ids).await?.len() < ids.len() {
        return Err(Problem::not_found("calendars").into());
    }
    let mut rows = Vec::new();
    for id in ids {
        rows.extend(session.get::<calendar::Entity>(id).await?.map(|it| (*it).clone()));
    }
    Ok(rows)
}

/// Position of a client in the changes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct ChangeCursor {
    /// The last event that it knows of.
    #[serde(rename = "e")]
    event: Uuid,
    /// Fingerprint of rights and calendars.
    #[serde(rename = "r")]
    rights: String,
    /// Last entry delivered, as long as the first full list is not complete.
    #[serde(rename = "t")]
    delivered: Option<Uuid>,
}

impl ChangeCursor {
    fn read(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }

    fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// The same while the same is seen of the same calendars. One statement.
async fn rights(session: &Session, calendars: &[calendar::Model]) -> ApiResult<String> {
    Ok(seal(&fingerprint(session).await?, calendars))
}

fn seal(access: &str, calendars: &[calendar::Model]) -> String {
    let mut digest = Sha256::new().chain_update(access);
    for calendar in calendars {
        digest.update(calendar.id);
        digest.update(calendar.scope_id);
        digest.update(calendar.version.to_be_bytes());
    }
    URL_SAFE_NO_PAD.encode(&digest.finalize()[..12])
}

/// Ids of entries, where to go on from, and whether there is more right now.
type ChangeStep = (Vec<Uuid>, ChangeCursor, bool);

/// The next entries in the order of their ids: what is created meanwhile comes later, or is delivered as a change.
async fn snapshot(
    session: &Session,
    calendars: &[Uuid],
    mut cursor: ChangeCursor,
    limit: u64,
) -> ApiResult<ChangeStep> {
    let select = session
        .select::<calendar_entry::Entity>()
        .filter(session.is_one_of(calendar_entry::Column::CalendarId, calendars))
        .filter(calendar_entry::Column::Id.gt(cursor.delivered.unwrap_or_default()))
        .order_by_asc(calendar_entry::Column::Id)
        .limit(limit);
    let ids: Vec<_> = session.all(select).await?.into_iter().map(|it| it.id).collect();
    let more = ids.len() as u64 == limit;
    cursor.delivered = ids.last().copied().filter(|_| more);
    Ok((ids, cursor, more))
}

/// Entries with events after the cursor; none where its event is not known.
async fn delta(
    session: &Session,
    calendars: &[Uuid],
    mut cursor: ChangeCursor,
    limit: u64,
) -> ApiResult<Option<ChangeStep>> {
    let Some(position) = position_of(session, cursor.event).await? else { return Ok(None) };
    let select = events(session, calendars)
        .filter(outbox_event::Column::Position.gt(position))
        .order_by_asc(outbox_event::Column::Position)
        .limit(limit);
    let events = session.all(select).await?;
    let more = events.len() as u64 == limit;
    cursor.event = events.last().map_or(cursor.event, |it| it.id);
    let mut known = BTreeSet::new();
    let ids = events.into_iter().map(|it| it.object_id).filter(|it| known.insert(*it)).collect();
    Ok(Some((ids, cursor, more)))
}

/// Where calendars are now, each as a cursor of its own. Two statements.
///
/// # Errors
/// The database fails.
pub async fn sync_tokens(session: &Session, calendars: &[calendar::Model]) -> ApiResult<Vec<String>> {
    let access = fingerprint(session).await?;
    let ids: Vec<_> = calendars.iter().map(|it| it.id).collect();
    let last = events(session, &ids)
        .select_only()
        .column_as(outbox_event::Column::Position.max(), "position")
        .group_by(outbox_event::Column::ParentId);
    let select = session
        .select::<outbox_event::Entity>()
        .filter(outbox_event::Column::Position.in_subquery(sea_orm::QueryTrait::into_query(last)));
    let last: BTreeMap<_, _> = session.all(select).await?.into_iter().map(|it| (it.parent_id, it.id)).collect();
    let sync_token = |it: &calendar::Model| {
        let event = last.get(&Some(it.id)).copied().unwrap_or_default();
        ChangeCursor { event, rights: seal(&access, std::slice::from_ref(it)), delivered: None }.write()
    };
    Ok(calendars.iter().map(sync_token).collect())
}

/// Ids of the entries of one calendar that changed since a cursor of [`sync_tokens`],
/// with where to go on from and whether there is more; none where the cursor leads nowhere any more.
///
/// # Errors
/// The database fails.
pub async fn changed_since(
    session: &Session,
    calendar: &calendar::Model,
    cursor: &str,
    limit: u64,
) -> ApiResult<Option<(Vec<Uuid>, String, bool)>> {
    let rights = rights(session, std::slice::from_ref(calendar)).await?;
    let Some(cursor) = ChangeCursor::read(cursor).filter(|it| it.rights == rights && it.delivered.is_none()) else {
        return Ok(None);
    };
    let step = delta(session, &[calendar.id], cursor, limit).await?;
    Ok(step.map(|(ids, cursor, more)| (ids, cursor.write(), more)))
}
