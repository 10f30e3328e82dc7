//! The entries that a file may mean, found with few statements however long it is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use entities::{calendar_entry, learning_place};
use icalendar::read::{ReadEvent, read};
use icalendar::{CalendarFeed, write};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, QueryFilter};
use uuid::Uuid;

use crate::calendars::entry_view::EntryView;
use crate::calendars::feed::event;
use crate::calendars::import::plan::MissingEntries;
use crate::calendars::series::EditContext;

/// UIDs of one statement.
const CHUNK: usize = 1_000;

/// Entries of the calendar.
#[derive(Default)]
pub(super) struct ImportState {
    /// All of them.
    pub(super) rows: HashMap<Uuid, calendar_entry::Model>,
    /// Single entries and series, by UID.
    pub(super) by_uid: HashMap<String, Uuid>,
    /// Changed dates by their series and the start it gave them.
    pub(super) dates: HashMap<(Uuid, NaiveDateTime), Uuid>,
    /// What each would say in a file.
    pub(super) stored_events: HashMap<Uuid, ReadEvent>,
}

impl ImportState {
    /// Looks for the entries of these UIDs, or for all of the calendar.
    pub(super) async fn load(
        context: &EditContext<'_>,
        uids: &BTreeSet<String>,
        missing: MissingEntries,
    ) -> ApiResult<Self> {
        use calendar_entry::Column as C;
        let session = context.session;
        let here = || session.select::<calendar_entry::Entity>().filter(C::CalendarId.eq(context.calendar.id));
        let mut rows = Vec::new();
        if missing == MissingEntries::IsCancelled {
            rows = session.all(here()).await?;
        } else {
            let uids: Vec<_> = uids.iter().map(String::as_str).collect();
            for chunk in uids.chunks(CHUNK) {
                let foreign = here().filter(C::SeriesId.is_null()).filter(C::Uid.is_in(chunk.iter().copied()));
                rows.extend(session.all(foreign).await?);
                let own: Vec<_> = chunk.iter().filter_map(|it| Uuid::parse_str(it).ok()).collect();
                if !own.is_empty() {
                    rows.extend(session.all(here().filter(session.is_one_of(C::Id, &own))).await?);
                }
            }
            let series: Vec<_> = rows.iter().filter(|it| it.expanded_until.is_some()).map(|it| it.id).collect();
            for chunk in series.chunks(CHUNK) {
                rows.extend(session.all(here().filter(session.is_one_of(C::SeriesId, chunk))).await?);
            }
        }
        session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await?;
        let mut known = Self::default();
        for row in rows {
            match (row.series_id, row.series_date) {
                (Some(series), Some(date)) => {
                    known.dates.insert((series, date), row.id);
                    // It may also stand for itself, where its series was not exported.
                    known.by_uid.insert(row.id.to_string(), row.id);
                }
                _ => {
                    known.by_uid.insert(uid(&row), row.id);
                }
            }
            known.rows.insert(row.id, row);
        }
        known.stored_events = known.stored_events(context).await?;
        Ok(known)
    }

    /// What the entries say in a file: written and read back, so that what makes no difference there makes none here.
    async fn stored_events(&self, context: &EditContext<'_>) -> ApiResult<HashMap<Uuid, ReadEvent>> {
        let (mut events, mut ids) = (Vec::new(), HashMap::new());
        for row in self.rows.values() {
            let at = match row.learning_place_id {
                Some(id) => context.session.get::<learning_place::Entity>(id).await?,
                None => None,
            };
            let series = row.series_id.and_then(|it| self.rows.get(&it));
            let uid = uid(series.unwrap_or(row));
            let date = row.series_date.filter(|_| series.is_some());
            ids.insert((uid.clone(), date), row.id);
            let view = EntryView::whole(Arc::new(row.clone()));
            events.push(event(&view, uid, date, at.as_ref().map(|it| it.name.as_str())));
        }
        let refresh = TimeDelta::hours(1);
        let feed = CalendarFeed { name: String::new(), description: None, color: None, refresh, events };
        let zone = context.calendar.time_zone.parse().unwrap_or(Tz::UTC);
        let read_back = read(write::feed(&feed).as_bytes(), None, zone).events.into_iter();
        Ok(read_back.filter_map(|it| Some((*ids.get(&(it.uid.clone(), it.occurrence))?, it))).collect())
    }
}

/// The UID under which an entry is known to others.
pub(super) fn uid(row: &calendar_entry::Model) -> String {
    row.uid.clone().unwrap_or_else(|| row.id.to_string())
}
