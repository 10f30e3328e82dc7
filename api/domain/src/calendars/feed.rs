//! Calendars as other programs subscribe to it. The level holds here as everywhere: what is seen as BUSY has no words but
//! that its time is taken, and by which authority. Whoever does not see in full what an entry says does not see when, or
//! how often, it was changed either.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::{EntryTime, instant};
use chrono::{DateTime, Months, NaiveDateTime, TimeDelta, Utc};
use entities::{EntryStatus, calendar, calendar_entry, calendar_occurrence, learning_place, tenant};
use icalendar::{CalendarFeed, Class, Event, Recurrence as Repeats, Status, Texts, When};
use kernel::error::ApiResult;
use kernel::i18n::{Locale, Text};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QueryOrder, QuerySelect};
use store::Session;
use uuid::Uuid;

use crate::calendars::entry_view::{EntryDetails, EntryOutline, EntryView, calendar_description};

/// How often programs should come again.
const REFRESH: TimeDelta = TimeDelta::hours(1);
/// How far back entries are exported, in months; series are exported whole.
const BACK: u32 = 12;
/// The most entries of a feed; the latest win.
const MAX: u64 = 5_000;

/// An entry of a feed.
#[derive(Clone, Debug)]
pub struct FeedEntry {
    /// The entry.
    pub id: Uuid,
    /// What stands in one file of a calendar server: the series of a changed date, or the entry itself.
    pub resource: Uuid,
    /// The calendar.
    pub calendar: Uuid,
    /// Its first date as instants.
    pub span: (DateTime<Utc>, DateTime<Utc>),
    /// Up to when its dates are known, if it is a series.
    pub materialized_until: Option<DateTime<Utc>>,
    /// The entry as an event.
    pub event: Event,
}

/// The feed of a calendar with what the session sees of it; none where it sees no such calendar. At most five statements.
///
/// # Errors
/// The database fails.
pub async fn feed(session: &Session, id: Uuid) -> ApiResult<Option<CalendarFeed>> {
    let Some(calendar) = session.get::<calendar::Entity>(id).await? else { return Ok(None) };
    let events = feed_entries(session, &[id], None).await?;
    Ok(Some(feed_of(session, &calendar.name, std::slice::from_ref(&*calendar), events)))
}

/// Puts entries of calendars into one feed. Only that of a single calendar has its colour, and its description where more
/// of it is seen than that time is taken.
pub fn feed_of(session: &Session, name: &str, calendars: &[calendar::Model], entries: Vec<FeedEntry>) -> CalendarFeed {
    let only = if let [only] = calendars { Some(only) } else { None };
    CalendarFeed {
        name: name.to_owned(),
        description: only.and_then(|it| calendar_description(session, it)).map(str::to_owned),
        color: only.and_then(|it| it.color.clone()),
        refresh: REFRESH,
        events: entries.into_iter().map(|it| it.event).collect(),
    }
}

/// What the session sees of the entries of calendars, by start: the last year, and what is to come. The few words that are
/// not of the entries are in the language of the authority `reader`, or of their owner. Four statements at most.
///
/// # Errors
/// The database fails.
pub async fn feed_entries(session: &Session, calendars: &[Uuid], reader: Option<Uuid>) -> ApiResult<Vec<FeedEntry>> {
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
        .limit(MAX);
    let rows = session.all(select).await?.into_iter().rev();
    let views: Vec<_> = rows.filter_map(|row| EntryView::of(session, Arc::new(row))).collect();
    let place_of = |view: &EntryView| view.details().and_then(EntryDetails::place);
    session.load::<learning_place::Entity>(views.iter().filter_map(place_of)).await?;
    session.load::<tenant::Entity>(views.iter().map(|it| it.times().tenant_id()).chain(reader)).await?;
    let gone = gone(session, &views, since).await?;
    let uids: HashMap<Uuid, String> = views.iter().map(|it| (it.times().id(), it.uid())).collect();
    let mut entries = Vec::new();
    for view in &views {
        let times = view.times();
        // A date whose series is not exported stands for itself: it may be wider than its series.
        let series = times.series().and_then(|it| Some((it, uids.get(&it.0)?)));
        let uid = series.map_or_else(|| view.uid(), |it| it.1.clone());
        let place = match place_of(view) {
            Some(place) => session.get::<learning_place::Entity>(place).await?,
            None => None,
        };
        let date = series.map(|it| it.0.1);
        let mut event = event(view, uid, date, place.as_ref().map(|it| it.name.as_str()));
        if view.outline().is_none() {
            event.label = Some(busy_label(session, times.tenant_id(), reader).await?);
        }
        if let (Some(recurrence), Some(gone)) = (&mut event.recurrence, gone.get(&times.id())) {
            recurrence.exdate.extend(gone);
        }
        entries.push(FeedEntry {
            id: times.id(),
            resource: series.map_or_else(|| times.id(), |it| it.0.0),
            calendar: times.calendar_id(),
            span: (times.starts_at(), times.ends_at()),
            materialized_until: times.materialized_until(),
            event,
        });
    }
    Ok(entries)
}

/// What an entry is called of which only the time is seen: that it is taken, and by whom.
async fn busy_label(session: &Session, owner: Uuid, reader: Option<Uuid>) -> ApiResult<String> {
    let owner = session.get::<tenant::Entity>(owner).await?;
    let reader = match reader {
        Some(reader) => session.get::<tenant::Entity>(reader).await?,
        None => None,
    };
    let language = reader.as_ref().or(owner.as_ref()).map(|it| it.locale.as_str());
    let authority = owner.as_ref().map(|it| it.legal_name.as_str()).unwrap_or_default();
    Ok(Text::new("busy-by").with("authority", authority).render(Locale::negotiate(language)))
}

/// When, and how often, an entry was changed, where all of it is seen. Else the instant of its id, which everybody sees:
/// programs want one (DTSTAMP of RFC 5545).
fn revision(view: &EntryView) -> (DateTime<Utc>, Option<DateTime<Utc>>, i32) {
    if let Some(details) = view.details() {
        let changed = details.updated_at();
        return (changed, Some(changed), details.version().saturating_sub(1));
    }
    let of_id = view.times().id().get_timestamp().map(|it| it.to_unix());
    let made = of_id.and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos));
    (made.unwrap_or(DateTime::UNIX_EPOCH), None, 0)
}

/// Dates that the rules of series still give, but that are called off or changed where the session does not see it. They
/// are left out of the series, as the agenda leaves them out.
async fn gone(
    session: &Session,
    views: &[EntryView],
    since: DateTime<Utc>,
) -> ApiResult<HashMap<Uuid, Vec<NaiveDateTime>>> {
    let series: Vec<_> = views.iter().filter(|it| it.times().materialized_until().is_some()).collect();
    if series.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = series.iter().map(|it| it.times().id()).collect();
    let select = session
        .select::<calendar_occurrence::Entity>()
        .filter(session.is_one_of(calendar_occurrence::Column::EntryId, &ids))
        .filter(calendar_occurrence::Column::StartsAt.gte(since));
    let own = session.all(select).await?.into_iter().map(|it| (it.entry_id, it.starts_local));
    let changed = views.iter().filter_map(|it| it.times().series());
    let there: HashSet<(Uuid, NaiveDateTime)> = own.chain(changed).collect();
    let mut gone = HashMap::new();
    for times in series.into_iter().map(EntryView::times) {
        let Some(until) = times.materialized_until() else { continue };
        let (id, time) = (times.id(), times.time());
        let dates = times.recurrence().dates(time.starts_local, until.with_timezone(&time.zone).naive_local());
        let missing = dates.into_iter().filter(|it| instant(*it, time.zone) >= since && !there.contains(&(id, *it)));
        gone.insert(id, missing.collect());
    }
    Ok(gone)
}

/// An entry as an event, with what its view shows.
pub(super) fn event(view: &EntryView, uid: String, series_date: Option<NaiveDateTime>, place: Option<&str>) -> Event {
    let (times, outline) = (view.times(), view.outline());
    let EntryTime { all_day, starts_local, ends_local, zone } = times.time();
    let repeats = || {
        let RecurrenceSet { rule, rdate, exdate } = times.recurrence();
        Repeats { rule, rdate: rdate.into_iter().collect(), exdate: exdate.into_iter().collect() }
    };
    let texts = |outline: &EntryOutline| {
        let title = Some(outline.title().to_owned());
        let Some(details) = view.details() else { return Texts { title, ..Texts::default() } };
        let location: Vec<_> = place.into_iter().chain(details.location()).collect();
        let text = |text: Option<&str>| text.map(str::to_owned);
        Texts {
            title,
            description: text(details.description()),
            location: (!location.is_empty()).then(|| location.join(", ")),
            organiser: text(details.organiser()),
            categories: details.target_groups().iter().flat_map(|it| it.lines()).map(str::to_owned).collect(),
            url: text(details.registration_url()),
            contact: text(details.responsible_office()),
        }
    };
    let (stamp, last_modified, sequence) = revision(view);
    Event {
        uid,
        stamp,
        last_modified,
        sequence,
        time: if all_day {
            When::Days { first: starts_local.date(), last_exclusive: ends_local.date() }
        } else {
            When::Clock { starts_local, ends_local, zone }
        },
        recurrence: times.materialized_until().is_some().then(repeats),
        occurrence: series_date,
        status: outline.map(|it| match it.status() {
            EntryStatus::Idea | EntryStatus::Tentative => Status::Tentative,
            EntryStatus::Confirmed => Status::Confirmed,
            EntryStatus::Cancelled => Status::Cancelled,
        }),
        transparent: !view.takes_time(),
        class: if outline.is_some() { Class::Public } else { Class::Confidential },
        texts: outline.map(texts),
        label: None,
    }
}
