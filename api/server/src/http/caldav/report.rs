//! Reports on a calendar: those entries that are named, and those that changed; for others see `query`.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use domain::feeds::open::OpenFeed;
use entities::calendar_entry;
use graphql::calendars::changes::changed_since;
use kernel::error::ApiResult;
use kernel::i18n::Text;
use uuid::Uuid;

use crate::http::caldav::data::CalendarData;
use crate::http::caldav::props::{PropfindSelection, TOKEN};
use crate::http::caldav::query::{ReportedEntries, free_busy, query, zone_of_days};
use crate::http::caldav::tree::{CaldavPath, CaldavResource, Collection, path_of};
use crate::http::caldav::xml::{CALDAV, DAV, Element, empty};
use crate::http::caldav::{CaldavRequest, error, gone, multistatus, not_found};
use crate::http::problem;
use crate::http::problems::repeated;

/// The most changes that are looked through at once.
const MOST: u64 = 5_000;
/// The reports of calendars.
const REPORTS: [(&str, &str); 4] =
    [(CALDAV, "calendar-query"), (CALDAV, "calendar-multiget"), (CALDAV, "free-busy-query"), (DAV, "sync-collection")];

pub(super) async fn answer(feed: &OpenFeed, request: &CaldavRequest<'_>, root: &Element) -> ApiResult<Response> {
    let unsupported = || error(StatusCode::FORBIDDEN, empty(DAV, "supported-report"));
    if !REPORTS.iter().any(|(space, name)| root.is(space, name)) {
        return Ok(unsupported());
    }
    let (calendar, entry) = match CaldavPath::of(request.path) {
        Some(CaldavPath::Calendar(calendar)) => (calendar, None),
        Some(CaldavPath::Entry(calendar, entry)) => (calendar, Some(entry)),
        Some(CaldavPath::Root | CaldavPath::Principal | CaldavPath::Home) => return Ok(unsupported()),
        None => return Ok(not_found()),
    };
    // Busy times are read without the entries.
    let whole = root.name != "free-busy-query";
    let Some(collection) = Collection::read_as(feed, calendar, whole).await? else { return Ok(not_found()) };
    if entry.is_some_and(|entry| collection.resources.iter().all(|it| it.id != entry)) {
        return Ok(not_found());
    }
    let wanted = PropfindSelection::of_report(root);
    let data = match CalendarData::of_report(root) {
        Ok(data) => data,
        Err(refused) => return Ok(*refused),
    };
    let is_deep = matches!(crate::http::headers::text(request.headers, "depth"), Some("1" | "infinity"));
    match (root.name.as_str(), entry) {
        ("calendar-multiget", _) => Ok(multiget(&collection, &wanted, &data, root)),
        ("calendar-query", _) => {
            // Without a word only what is asked itself is meant (RFC 4791, 7.8), and a calendar is no entry.
            let among = match entry {
                Some(entry) => ReportedEntries::Only(entry),
                None if is_deep => ReportedEntries::All,
                None => ReportedEntries::Nothing,
            };
            Ok(query(&collection, among, &wanted, &data, root))
        }
        ("free-busy-query", None) => free_busy(feed, calendar, root).await,
        ("sync-collection", None) => sync(feed, &collection, &wanted, &data, root).await,
        _ => Ok(unsupported()),
    }
}

/// The answer about an entry, of whose file this is wanted.
pub(super) fn of(
    collection: &Collection,
    selection: &PropfindSelection,
    resource: &CaldavResource,
    file: String,
) -> Element {
    selection.answer(&path_of(collection.calendar.id, resource.id), &resource.props(file))
}

/// The entries that the request names (RFC 4791, 7.9).
fn multiget(collection: &Collection, selection: &PropfindSelection, data: &CalendarData, root: &Element) -> Response {
    let named: Vec<_> = root.children.iter().filter(|it| it.is(DAV, "href")).collect();
    let resource = |href: &Element| match CaldavPath::of_href(&href.text) {
        Some(CaldavPath::Entry(calendar, entry)) if calendar == collection.calendar.id => {
            collection.resources.iter().find(|it| it.id == entry)
        }
        _ => None,
    };
    let found: Vec<_> = named.iter().filter_map(|it| resource(it)).collect();
    let mut files = match data.of_all(&found, zone_of_days(collection, root)) {
        Ok(files) => files.into_iter(),
        Err(too_many) => return too_many.answer(),
    };
    let answers = named.iter().map(|href| match (resource(href), href.text.trim()) {
        (Some(it), _) => of(collection, selection, it, files.next().unwrap_or_default()),
        (None, path) => gone(path),
    });
    multistatus(answers.collect(), None)
}

/// What changed since a token (RFC 6578, 3.2); all there is, where there is none yet.
async fn sync(
    feed: &OpenFeed,
    collection: &Collection,
    selection: &PropfindSelection,
    data: &CalendarData,
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
    let days = zone_of_days(collection, root);
    let (shown, gone_paths, sync_token): (Vec<_>, Vec<_>, _) = if token.is_empty() {
        (collection.resources.iter().collect(), Vec::new(), collection.sync_token.clone())
    } else {
        let cursor = token.strip_prefix(TOKEN).unwrap_or_default();
        // With more changes than that, everything anew is cheaper for both.
        let Some((entries, sync_token, false)) =
            changed_since(&feed.session, &collection.calendar, cursor, MOST).await?
        else {
            return Ok(error(StatusCode::FORBIDDEN, empty(DAV, "valid-sync-token")));
        };
        let files = files_of(feed, collection, &entries).await?;
        let is_there = |file: &Uuid| collection.resources.iter().any(|it| it.id == *file);
        let shown = collection.resources.iter().filter(|it| files.contains(&it.id)).collect();
        let gone_paths = files.iter().filter(|it| !is_there(it)).map(|it| path_of(id, *it)).collect();
        (shown, gone_paths, sync_token)
    };
    if shown.len() + gone_paths.len() > max {
        return Ok(error(StatusCode::INSUFFICIENT_STORAGE, empty(DAV, "number-of-matches-within-limits")));
    }
    let files = match data.of_all(&shown, days) {
        Ok(files) => files,
        Err(too_many) => return Ok(too_many.answer()),
    };
    let mut answers: Vec<_> = shown.iter().zip(files).map(|(it, file)| of(collection, selection, it, file)).collect();
    answers.extend(gone_paths.iter().map(|it| gone(it)));
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
