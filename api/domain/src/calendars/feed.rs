//! Calendars as other programs subscribe to it. The level holds here as everywhere: what is seen as BUSY has no words.

use std::collections::{HashMap, HashSet};

use calendar_time::recurrence::Recurrence;
use calendar_time::time::{EntryTime, instant};
use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, Utc};
use entities::{EntryStatus, ShareLevel, calendar, calendar_entry, calendar_occurrence, learning_place};
use icalendar::{Class, Event, Feed, Recurrence as Repeats, Status, Texts, When};
use kernel::error::ApiResult;
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use store::Session;
use uuid::Uuid;

/// How often programs should come again.
const REFRESH: TimeDelta = TimeDelta::hours(1);
/// How far back entries are told, in months; series are told whole.
const BACK: u32 = 12;
/// The most entries of a feed; the latest win.
const MOST: u64 = 5_000;

/// An entry as a feed tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The entry.
    pub id: Uuid,
    /// What stands in one file of a calendar server: the series of a changed date, or the entry itself.
    pub resource: Uuid,
    /// The calendar.
    pub calendar: Uuid,
    /// Its first date as instants.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    /// Up to when its dates are known, if it is a series.
    pub known_until: Option<DateTime<Utc>>,
    /// What is told of it.
    pub event: Event,
}

/// The feed of a calendar with what the session sees of it; none where it sees no such calendar. At most four statements.
///
/// # Errors
/// The database fails.
pub async fn feed(session: &Session, id: Uuid) -> ApiResult<Option<Feed>> {
    let Some(calendar) = session.get::<calendar::Entity>(id).await? else { return Ok(None) };
    let events = told(session, &[id]).await?;
    Ok(Some(feed_of(session, &calendar.name, std::slice::from_ref(&*calendar), events)))
}

/// Puts entries of calendars into one feed. Only that of a single calendar has its colour, and its description where more
/// of it is seen than that time is taken.
pub fn feed_of(session: &Session, name: &str, calendars: &[calendar::Model], told: Vec<Told>) -> Feed {
    let only = if let [only] = calendars { Some(only) } else { None };
    let level = only.and_then(|it| session.access().sight(it.scope_id)).map(|it| it.level);
    let described = only.filter(|_| level.is_some_and(|it| it > ShareLevel::Busy));
    Feed {
        name: name.to_owned(),
        description: described.and_then(|it| it.description.clone()),
        color: only.and_then(|it| it.color.clone()),
        refresh: REFRESH,
        events: told.into_iter().map(|it| it.event).collect(),
    }
}

/// What the session sees of the entries of calendars, by start: the last year, and what is to come. Three statements at
/// most.
///
/// # Errors
/// The database fails.
pub async fn told(session: &Session, calendars: &[Uuid]) -> ApiResult<Vec<Told>> {
    let since = session.now().checked_sub_months(Months::new(BACK)).unwrap_or_else(|| session.now());
    let recent = Condition::any()
        .add(calendar_entry::Column::EndsAt.gt(since))
        .add(calendar_entry::Column::ExpandedUntil.is_not_null())
        .add(calendar_entry::Column::SeriesId.is_not_null());
    let select = session
        .select::<calendar_entry::Entity>()
        .filter(session.is_one_of(calendar_entry::Column::CalendarId, calendars))
        .filter(recent)
        .order_by_desc(calendar_entry::Column::StartsAt)
        .order_by_desc(calendar_entry::Column::Id)
        .limit(MOST);
    let mut rows = session.all(select).await?;
    // Who learns only that time is taken learns nothing of what takes none.
    rows.retain(|it| it.status.takes_time() || level_of(session, it) > ShareLevel::Busy);
    rows.reverse();
    let full = rows.iter().filter(|it| level_of(session, it) >= ShareLevel::Full);
    session.load::<learning_place::Entity>(full.filter_map(|it| it.learning_place_id)).await?;
    let gone = gone(session, &rows, since).await?;
    let uids: HashMap<Uuid, String> = rows.iter().map(|it| (it.id, uid(session, it))).collect();
    let mut told = Vec::new();
    for row in &rows {
        // A date whose series is not told stands for itself: it may be wider than its series.
        let series = row.series_id.and_then(|it| Some((it, uids.get(&it)?)));
        let uid = series.map_or_else(|| uid(session, row), |it| it.1.clone());
        let place = match row.learning_place_id.filter(|_| level_of(session, row) >= ShareLevel::Full) {
            Some(place) => session.get::<learning_place::Entity>(place).await?,
            None => None,
        };
        let date = row.series_date.filter(|_| series.is_some());
        let mut event = event(row, level_of(session, row), uid, date, place.as_ref().map(|it| it.name.as_str()));
        if let (Some(recurrence), Some(gone)) = (&mut event.recurrence, gone.get(&row.id)) {
            recurrence.except.extend(gone);
        }
        let resource = series.map_or(row.id, |it| it.0);
        told.push(Told {
            id: row.id,
            resource,
            calendar: row.calendar_id,
            span: (row.starts_at, row.ends_at),
            known_until: row.expanded_until,
            event,
        });
    }
    Ok(told)
}

/// Dates that the rules of series still give, but that are called off or changed where the session does not see it. They
/// are left out of the series, as the agenda leaves them out.
async fn gone(
    session: &Session,
    rows: &[calendar_entry::Model],
    since: DateTime<Utc>,
) -> ApiResult<HashMap<Uuid, Vec<NaiveDateTime>>> {
    let series: Vec<_> = rows.iter().filter(|it| it.expanded_until.is_some()).collect();
    if series.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = series.iter().map(|it| it.id).collect();
    let select = session
        .select::<calendar_occurrence::Entity>()
        .filter(session.is_one_of(calendar_occurrence::Column::EntryId, &ids))
        .filter(calendar_occurrence::Column::StartsAt.gte(since));
    let own = session.all(select).await?.into_iter().map(|it| (it.entry_id, it.starts_local));
    let changed = rows.iter().filter_map(|it| it.series_id.zip(it.series_date));
    let there: HashSet<(Uuid, NaiveDateTime)> = own.chain(changed).collect();
    let mut gone = HashMap::new();
    for row in series {
        let Some(until) = row.expanded_until else { continue };
        let time = EntryTime::of(row);
        let dates = Recurrence::of(row).dates(time.starts_local, until.with_timezone(&time.zone).naive_local())?;
        let missing =
            dates.into_iter().filter(|it| instant(*it, time.zone) >= since && !there.contains(&(row.id, *it)));
        gone.insert(row.id, missing.collect());
    }
    Ok(gone)
}

fn level_of(session: &Session, row: &calendar_entry::Model) -> ShareLevel {
    session.access().sight(row.scope_id).map_or(ShareLevel::Busy, |it| it.level)
}

/// The same for ever: that of the calendar it was imported from, or its own id. Only the latter tells nothing.
fn uid(session: &Session, row: &calendar_entry::Model) -> String {
    let foreign = row.uid.clone().filter(|_| level_of(session, row) > ShareLevel::Busy);
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
