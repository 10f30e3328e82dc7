//! What stands where, and what is in a calendar.

use std::collections::BTreeMap;

use async_graphql::ID;
use domain::calendars::feed::{FeedEntry, feed_entries};
use domain::feeds::open::OpenFeed;
use entities::calendar;
use graphql::calendars::changes::sync_tokens;
use icalendar::{Event, write};
use kernel::error::ApiResult;
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::http::caldav::props;
use crate::http::caldav::xml::Element;
use crate::http::etag;

/// A place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaldavPath {
    Root,
    Principal,
    Home,
    Calendar(Uuid),
    Entry(Uuid, Uuid),
}

impl CaldavPath {
    /// The place of a path, with or without the slash of collections.
    pub(super) fn of(path: &str) -> Option<Self> {
        let parts: Vec<_> = path.strip_prefix("/caldav")?.split('/').filter(|it| !it.is_empty()).collect();
        let id = |kind: NodeType, text: &str| kind.parse(&ID::from(text), "id").ok();
        Some(match parts.as_slice() {
            [] => Self::Root,
            ["principal"] => Self::Principal,
            ["calendars"] => Self::Home,
            ["calendars", calendar] => Self::Calendar(id(NodeType::Calendar, calendar)?),
            ["calendars", calendar, file] => {
                Self::Entry(id(NodeType::Calendar, calendar)?, id(NodeType::CalendarEntry, file.strip_suffix(".ics")?)?)
            }
            _ => return None,
        })
    }

    /// The place of an address in a request: a path, or a whole URL.
    pub(super) fn of_href(href: &str) -> Option<Self> {
        let href = href.trim();
        let path = match href.split_once("://") {
            Some((_, rest)) => &rest[rest.find('/')?..],
            None => href,
        };
        Self::of(path)
    }

    pub(super) fn path(&self) -> String {
        match self {
            Self::Root => "/caldav/".to_owned(),
            Self::Principal => "/caldav/principal/".to_owned(),
            Self::Home => "/caldav/calendars/".to_owned(),
            Self::Calendar(id) => format!("/caldav/calendars/{}/", NodeType::Calendar.id(*id)),
            Self::Entry(calendar, entry) => path_of(*calendar, *entry),
        }
    }
}

/// The path of an entry.
pub(super) fn path_of(calendar: Uuid, entry: Uuid) -> String {
    let entry = NodeType::CalendarEntry.id(entry);
    format!("{}{}.ics", CaldavPath::Calendar(calendar).path(), &*entry)
}

/// An entry, or a series with its changed dates, as a file.
pub(super) struct CaldavResource {
    pub(super) id: Uuid,
    /// The series first.
    pub(super) events: Vec<Event>,
    pub(super) body: String,
    pub(super) tag: String,
}

impl CaldavResource {
    fn of(id: Uuid, told: Vec<FeedEntry>) -> Self {
        let events: Vec<_> = told.into_iter().map(|it| it.event).collect();
        let body = write::resource(&events);
        Self { id, tag: etag::strong(&body), body, events }
    }

    /// Its properties; `file` is what is wanted of it.
    pub(super) fn props(&self, file: String) -> Vec<Element> {
        props::of_resource(self, file)
    }
}

/// A calendar of the feed with what is in it.
pub(super) struct Collection {
    pub(super) calendar: calendar::Model,
    /// Where it is now.
    pub(super) sync_token: String,
    /// Which resource tells of an entry.
    pub(super) of: BTreeMap<Uuid, Uuid>,
    pub(super) resources: Vec<CaldavResource>,
}

impl Collection {
    /// Reads a calendar of the feed; none where the feed has no such calendar in sight.
    pub(super) async fn read(feed: &OpenFeed, id: Uuid) -> ApiResult<Option<Self>> {
        Self::read_as(feed, id, true).await
    }

    /// The same, without what is in it where that is not wanted.
    pub(super) async fn read_as(feed: &OpenFeed, id: Uuid, whole: bool) -> ApiResult<Option<Self>> {
        let Some(calendar) = feed.calendars().await?.into_iter().find(|it| it.id == id) else { return Ok(None) };
        // Before the entries: what changes meanwhile is told once more.
        let sync_token = sync_tokens(&feed.session, std::slice::from_ref(&calendar)).await?.pop().unwrap_or_default();
        let mut of = BTreeMap::new();
        let mut files: BTreeMap<Uuid, Vec<FeedEntry>> = BTreeMap::new();
        if whole {
            for it in feed_entries(&feed.session, &[id], Some(feed.row.tenant_id)).await? {
                of.insert(it.id, it.resource);
                files.entry(it.resource).or_default().push(it);
            }
        }
        let resources = files.into_iter().map(|(id, mut told)| {
            // The series first.
            told.sort_by_key(|it| it.event.occurrence);
            CaldavResource::of(id, told)
        });
        Ok(Some(Self { resources: resources.collect(), calendar, sync_token, of }))
    }

    /// One file of a calendar, if it is in sight.
    pub(super) async fn resource(feed: &OpenFeed, calendar: Uuid, id: Uuid) -> ApiResult<Option<CaldavResource>> {
        let collection = Self::read(feed, calendar).await?;
        Ok(collection.and_then(|it| it.resources.into_iter().find(|it| it.id == id)))
    }

    pub(super) fn props(&self, feed: &OpenFeed) -> Vec<Element> {
        props::of_calendar(&feed.session, &self.calendar, &self.sync_token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_one_path() {
        let (calendar, entry) = (Uuid::from_u128(7), Uuid::from_u128(9));
        for place in [
            CaldavPath::Root,
            CaldavPath::Principal,
            CaldavPath::Home,
            CaldavPath::Calendar(calendar),
            CaldavPath::Entry(calendar, entry),
        ] {
            let path = place.path();
            assert_eq!(CaldavPath::of(&path), Some(place), "{path}");
            assert_eq!(CaldavPath::of_href(&format!("https://host.example:8443{path}")), Some(place), "{path}");
            assert_eq!(CaldavPath::of(path.trim_end_matches('/')), Some(place), "{path}");
        }
        for path in
            ["/", "/other/", "/caldav/x/", "/caldav/calendars/x/", "/caldav/calendars/../principal/", "https://host"]
        {
            assert_eq!(CaldavPath::of_href(path), None, "{path}");
        }
    }
}
