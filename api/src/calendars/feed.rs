//! A calendar as other programs subscribe to it. The level holds here as everywhere: what is seen as BUSY has no words.

use std::collections::HashMap;

use chrono::{Months, NaiveDateTime, TimeDelta};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;
use verbund_entities::{EntryStatus, ShareLevel, calendar, calendar_entry, learning_place};

use super::recurrence::Recurrence;
use super::time::EntryTime;
use crate::error::ApiResult;
use crate::ics::{Class, Event, Feed, Recurrence as Repeats, Status, Texts, When};
use crate::store::Session;

/// How often programs should come again.
const REFRESH: TimeDelta = TimeDelta::hours(1);
/// How far back entries are told, in months; series are told whole.
const BACK: u32 = 12;
/// The most entries of a feed; the latest win.
const MOST: u64 = 5_000;

/// The feed of a calendar with what the session sees of it; none where it sees no such calendar. Three statements.
///
/// # Errors
/// The database fails.
pub async fn feed(session: &Session, id: Uuid) -> ApiResult<Option<Feed>> {
    let Some(calendar) = session.get::<calendar::Entity>(id).await? else { return Ok(None) };
    let since = session.now().checked_sub_months(Months::new(BACK)).unwrap_or_else(|| session.now());
    let recent = Condition::any()
        .add(calendar_entry::Column::EndsAt.gt(since))
        .add(calendar_entry::Column::ExpandedUntil.is_not_null())
        .add(calendar_entry::Column::SeriesId.is_not_null());
    let select = session
        .select::<calendar_entry::Entity>()
        .filter(calendar_entry::Column::CalendarId.eq(id))
        .filter(recent)
        .order_by_desc(calendar_entry::Column::StartsAt)
        .order_by_desc(calendar_entry::Column::Id)
        .limit(MOST);
    let mut rows = session.all(select).await?;
    rows.reverse();
    session.load::<learning_place::Entity>(rows.iter().filter_map(|it| it.learning_place_id)).await?;
    let uids: HashMap<Uuid, String> = rows.iter().map(|it| (it.id, uid(session, it))).collect();
    let mut events = Vec::new();
    for row in &rows {
        let place = match row.learning_place_id {
            Some(place) => session.get::<learning_place::Entity>(place).await?,
            None => None,
        };
        // A date whose series is not told stands for itself: it may be wider than its series.
        let series = row.series_id.and_then(|it| uids.get(&it));
        let uid = series.cloned().unwrap_or_else(|| uid(session, row));
        let date = row.series_date.filter(|_| series.is_some());
        let Some(sight) = session.access().sight(row.scope_id) else { continue };
        events.push(event(row, sight.level, uid, date, place.as_ref().map(|it| it.name.as_str())));
    }
    Ok(Some(Feed {
        name: calendar.name.clone(),
        description: calendar.description.clone(),
        color: calendar.color.clone(),
        refresh: REFRESH,
        events,
    }))
}

/// The same for ever: that of the calendar it was imported from, or its own id. Only the latter tells nothing.
fn uid(session: &Session, row: &calendar_entry::Model) -> String {
    let level = session.access().sight(row.scope_id).map_or(ShareLevel::Busy, |it| it.level);
    let foreign = row.uid.clone().filter(|_| level > ShareLevel::Busy);
    foreign.unwrap_or_else(|| row.id.to_string())
}

/// An entry as an event, as much of it as a level shows.
pub(super) fn event(
    row: &calendar_entry::Model,
    level: ShareLevel,
    uid: String,
    series_date: Option<NaiveDateTime>,
    place: Option<&str>,
) -> Event {
    let time = EntryTime::of(row);
    let (starts_local, ends_local, zone) = (time.starts_local, time.ends_local, time.zone);
    let repeats = || {
        let Recurrence { rule, extra, except } = Recurrence::of(row);
        Repeats { rule, extra: extra.into_iter().collect(), except: except.into_iter().collect() }
    };
    let words = |level| match level {
        ShareLevel::Busy => None,
        ShareLevel::Summary => Some(Texts { title: Some(row.title.clone()), ..Texts::default() }),
        ShareLevel::Full | ShareLevel::Contribute => {
            let location: Vec<_> = place.into_iter().chain(row.location.as_deref()).collect();
            Some(Texts {
                title: Some(row.title.clone()),
                description: row.description.clone(),
                location: (!location.is_empty()).then(|| location.join(", ")),
                organiser: row.organiser.clone(),
                categories: row.target_groups.iter().flat_map(|it| it.lines()).map(str::to_owned).collect(),
                url: row.registration_url.clone(),
                contact: row.responsible_office.clone(),
            })
        }
    };
    Event {
        uid,
        stamp: row.updated_at,
        last_modified: Some(row.updated_at),
        sequence: row.version.saturating_sub(1),
        time: if row.all_day {
            When::Days { first: starts_local.date(), last_exclusive: ends_local.date() }
        } else {
            When::Clock { starts_local, ends_local, zone }
        },
        recurrence: row.expanded_until.is_some().then(repeats),
        occurrence: series_date,
        status: Some(match row.status {
            EntryStatus::Idea | EntryStatus::Tentative => Status::Tentative,
            EntryStatus::Confirmed => Status::Confirmed,
            EntryStatus::Cancelled => Status::Cancelled,
        }),
        transparent: !row.status.takes_time(),
        class: Class::Public,
        texts: words(level),
    }
}
