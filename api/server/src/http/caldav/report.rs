//! Reports on a calendar: a choice of entries, those that are named, and those that changed.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::feeds::open::OpenFeed;
use entities::calendar_entry;
use graphql::calendars::busy::series_within;
use graphql::calendars::changes::changed_since;
use kernel::error::ApiResult;
use kernel::i18n::Text;
use uuid::Uuid;

use crate::http::caldav::props::{PropfindSelection, TOKEN};
use crate::http::caldav::tree::{CaldavPath, CaldavResource, Collection, path_of};
use crate::http::caldav::xml::{CALDAV, DAV, Element, empty};
use crate::http::caldav::{error, gone, multistatus, not_found};
use crate::http::problem;
use crate::http::problems::repeated;

/// The most changes that are looked through at once.
const MOST: u64 = 5_000;

pub(super) async fn answer(feed: &OpenFeed, path: &str, root: &Element) -> ApiResult<Response> {
    let known = [(CALDAV, "calendar-query"), (CALDAV, "calendar-multiget"), (DAV, "sync-collection")];
    if !known.iter().any(|(space, name)| root.is(space, name)) {
        return Ok(error(StatusCode::FORBIDDEN, empty(DAV, "supported-report")));
    }
    let calendar = match CaldavPath::of(path) {
        Some(CaldavPath::Calendar(calendar) | CaldavPath::Entry(calendar, _)) => calendar,
        Some(CaldavPath::Root | CaldavPath::Principal | CaldavPath::Home) => {
            return Ok(error(StatusCode::FORBIDDEN, empty(DAV, "supported-report")));
        }
        None => return Ok(not_found()),
    };
    let Some(collection) = Collection::read(feed, calendar).await? else { return Ok(not_found()) };
    let wanted = PropfindSelection::of_report(root);
    match root.name.as_str() {
        "calendar-multiget" => Ok(multiget(&collection, &wanted, root)),
        "calendar-query" => query(feed, &collection, &wanted, root).await,
        _ => sync(feed, &collection, &wanted, root).await,
    }
}

fn of(collection: &Collection, selection: &PropfindSelection, resource: &CaldavResource) -> Element {
    selection.answer(&path_of(collection.calendar.id, resource.id), &resource.props())
}

/// The entries that the request names (RFC 4791, 7.9).
fn multiget(collection: &Collection, selection: &PropfindSelection, root: &Element) -> Response {
    let named = root.children.iter().filter(|it| it.is(DAV, "href"));
    let answers = named.map(|href| {
        let found = match CaldavPath::of_href(&href.text) {
            Some(CaldavPath::Entry(calendar, entry)) if calendar == collection.calendar.id => {
                collection.resources.iter().find(|it| it.id == entry)
            }
            _ => None,
        };
        found.map_or_else(|| gone(href.text.trim()), |it| of(collection, selection, it))
    });
    multistatus(answers.collect(), None)
}

/// The entries that meet a condition (RFC 4791, 7.8).
async fn query(
    feed: &OpenFeed,
    collection: &Collection,
    selection: &PropfindSelection,
    root: &Element,
) -> ApiResult<Response> {
    let Some(filter) = CompFilter::read(root) else {
        return Ok(error(StatusCode::FORBIDDEN, empty(CALDAV, "supported-filter")));
    };
    if filter.nothing {
        return Ok(multistatus(Vec::new(), None));
    }
    let series: Vec<_> =
        collection.resources.iter().filter(|it| it.materialized_until.is_some()).map(|it| it.id).collect();
    let within = if filter.from.is_some() || filter.until.is_some() {
        series_within(&feed.session, &series, filter.from, filter.until).await?
    } else {
        series.into_iter().collect()
    };
    let meets = |it: &&CaldavResource| {
        let uid = filter.uid.as_ref().is_none_or(|uid| it.uid.to_lowercase().contains(uid));
        // Beyond what is known of a series it may have a date.
        let unknown = it.materialized_until.is_some_and(|known| filter.until.is_none_or(|until| until > known));
        uid && (within.contains(&it.id) || unknown || it.spans.iter().any(|span| filter.overlaps(*span)))
    };
    let answers = collection.resources.iter().filter(meets).map(|it| of(collection, selection, it));
    Ok(multistatus(answers.collect(), None))
}

/// A condition: of events, in a window, with a text in their UID. Others are not taken.
#[derive(Debug, Default, PartialEq, Eq)]
struct CompFilter {
    nothing: bool,
    from: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    uid: Option<String>,
}

impl CompFilter {
    fn read(root: &Element) -> Option<Self> {
        let calendar = root.child(CALDAV, "filter")?.child(CALDAV, "comp-filter")?;
        if calendar.attribute("name") != Some("VCALENDAR") {
            return None;
        }
        let mut filter = Self::default();
        for inner in &calendar.children {
            if !inner.is(CALDAV, "comp-filter") || inner.child(CALDAV, "is-not-defined").is_some() {
                return None;
            }
            if inner.attribute("name") != Some("VEVENT") {
                // To-dos and journals: there are none.
                filter.nothing = true;
                continue;
            }
            for condition in &inner.children {
                filter.add(condition)?;
            }
        }
        Some(filter)
    }

    fn add(&mut self, condition: &Element) -> Option<()> {
        if condition.is(CALDAV, "time-range") {
            let at = |name| match condition.attribute(name) {
                Some(text) => NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok().map(|it| Some(it.and_utc())),
                None => Some(None),
            };
            (self.from, self.until) = (at("start")?, at("end")?);
            return Some(());
        }
        if !condition.is(CALDAV, "prop-filter") || condition.attribute("name") != Some("UID") {
            return None;
        }
        let text = condition.child(CALDAV, "text-match")?;
        if text.attribute("negate-condition") == Some("yes") {
            return None;
        }
        self.uid = Some(text.text.to_lowercase());
        Some(())
    }

    fn overlaps(&self, (starts, ends): (DateTime<Utc>, DateTime<Utc>)) -> bool {
        self.from.is_none_or(|it| ends > it) && self.until.is_none_or(|it| starts < it)
    }
}

/// What changed since a token (RFC 6578, 3.2); all there is, where there is none yet.
async fn sync(
    feed: &OpenFeed,
    collection: &Collection,
    selection: &PropfindSelection,
    root: &Element,
) -> ApiResult<Response> {
    if root.child(DAV, "sync-level").is_some_and(|it| !matches!(it.text.trim(), "1" | "infinite")) {
        return Ok(problem(StatusCode::BAD_REQUEST, Text::new("http-sync-level")));
    }
    let max = match root.child(DAV, "limit").and_then(|it| it.child(DAV, "nresults")) {
        Some(limit) => match limit.text.trim().parse::<usize>() {
            Ok(limit) => limit,
            Err(_) => {
                let text = Text::new("http-sync-limit").with("value", repeated(limit.text.trim()));
                return Ok(problem(StatusCode::BAD_REQUEST, text));
            }
        },
        None => usize::MAX,
    };
    let token = root.child(DAV, "sync-token").map(|it| it.text.trim()).unwrap_or_default();
    let id = collection.calendar.id;
    let (answers, sync_token): (Vec<_>, _) = if token.is_empty() {
        (collection.resources.iter().map(|it| of(collection, selection, it)).collect(), collection.sync_token.clone())
    } else {
        let cursor = token.strip_prefix(TOKEN).unwrap_or_default();
        // With more changes than that, everything anew is cheaper for both.
        let Some((entries, sync_token, false)) =
            changed_since(&feed.session, &collection.calendar, cursor, MOST).await?
        else {
            return Ok(error(StatusCode::FORBIDDEN, empty(DAV, "valid-sync-token")));
        };
        let files = files_of(feed, collection, &entries).await?;
        let answers = files.iter().map(|file| match collection.resources.iter().find(|it| it.id == *file) {
            Some(resource) => of(collection, selection, resource),
            None => gone(&path_of(id, *file)),
        });
        (answers.collect(), sync_token)
    };
    if answers.len() > max {
        return Ok(error(StatusCode::INSUFFICIENT_STORAGE, empty(DAV, "number-of-matches-within-limits")));
    }
    Ok(multistatus(answers, Some(format!("{TOKEN}{sync_token}"))))
}

/// The files that tell, or told, of entries. One that is not told was a file of its own, if it was ever told, unless it is
/// a date of a series.
async fn files_of(feed: &OpenFeed, collection: &Collection, entries: &[Uuid]) -> ApiResult<BTreeSet<Uuid>> {
    let untold = entries.iter().filter(|it| !collection.of.contains_key(it)).copied();
    feed.session.load::<calendar_entry::Entity>(untold).await?;
    let mut files = BTreeSet::new();
    for id in entries {
        let file = match collection.of.get(id) {
            Some(file) => *file,
            None => feed.session.get::<calendar_entry::Entity>(*id).await?.and_then(|it| it.series_id).unwrap_or(*id),
        };
        files.insert(file);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(inside: &str) -> Option<CompFilter> {
        let document = format!(
            "<C:calendar-query xmlns:C='{CALDAV}'><C:filter><C:comp-filter name='VCALENDAR'>{inside}</C:comp-filter>\
             </C:filter></C:calendar-query>"
        );
        CompFilter::read(&Element::read(&document).unwrap())
    }

    #[test]
    fn filters_are_taken_or_refused() {
        assert_eq!(filter(""), Some(CompFilter::default()));
        let window = "<C:comp-filter name='VEVENT'><C:time-range start='20270201T000000Z'/></C:comp-filter>";
        let from = "2027-02-01T00:00:00Z".parse().ok();
        assert_eq!(filter(window), Some(CompFilter { from, ..CompFilter::default() }));
        assert!(filter("<C:comp-filter name='VTODO'/>").unwrap().nothing);
        let uid = "<C:comp-filter name='VEVENT'><C:prop-filter name='UID'><C:text-match>AB</C:text-match></C:prop-filter></C:comp-filter>";
        assert_eq!(filter(uid).unwrap().uid.as_deref(), Some("ab"));
        for wrong in [
            "<C:comp-filter name='VEVENT'><C:time-range start='yesterday'/></C:comp-filter>",
            "<C:comp-filter name='VEVENT'><C:prop-filter name='SUMMARY'><C:text-match>x</C:text-match></C:prop-filter></C:comp-filter>",
            "<C:comp-filter name='VEVENT'><C:is-not-defined/></C:comp-filter>",
        ] {
            assert_eq!(filter(wrong), None, "{wrong}");
        }
    }
}
