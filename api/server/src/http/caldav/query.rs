//! Queries of a calendar: the entries that meet conditions, and the times that are taken.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::DateTime;
use chrono_tz::Tz;
use domain::feeds::open::OpenFeed;
use graphql::calendars::busy::free_busy_within;
use icalendar::read::component::FileComponent;
use icalendar::write;
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use uuid::Uuid;

use crate::http::caldav::data::CalendarData;
use crate::http::caldav::filter::{CompFilter, FilterError, time_range};
use crate::http::caldav::props::PropfindSelection;
use crate::http::caldav::tree::{CaldavResource, Collection};
use crate::http::caldav::xml::{CALDAV, DAV, Element, empty};
use crate::http::caldav::{error, multistatus, report};
use crate::http::feeds::PRIVATE;

/// The entries that meet the conditions of a calendar-query (RFC 4791, 7.8): of all, of the one that is asked, or of none
/// where the calendar is asked but nothing in it.
pub(super) fn query(
    collection: &Collection,
    among: ReportedEntries,
    selection: &PropfindSelection,
    data: &CalendarData,
    root: &Element,
) -> Response {
    let filter = match CompFilter::of_query(root) {
        Ok(filter) => filter,
        Err(refused) => return refused.answer(),
    };
    let days = zone_of_days(collection, root);
    let meets = |it: &&CaldavResource| {
        let is_among = match among {
            ReportedEntries::All => true,
            ReportedEntries::Only(entry) => it.id == entry,
            ReportedEntries::Nothing => false,
        };
        is_among && FileComponent::read(&it.body).is_some_and(|file| filter.meets(&file, &it.events, days))
    };
    let found: Vec<_> = collection.resources.iter().filter(meets).collect();
    match data.of_all(&found, days) {
        Ok(files) => {
            let answers = found.iter().zip(files);
            multistatus(answers.map(|(it, file)| report::of(collection, selection, it, file)).collect(), None)
        }
        Err(too_many) => too_many.answer(),
    }
}

/// Which entries of a calendar a query is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReportedEntries {
    All,
    Only(Uuid),
    Nothing,
}

/// The zone on whose clock whole days begin: that of the request, or that of the calendar.
pub(super) fn zone_of_days(collection: &Collection, root: &Element) -> Tz {
    let named = root.child(CALDAV, "timezone").and_then(|it| FileComponent::read(it.text.trim()));
    let zone = named.as_ref().and_then(|it| it.components.iter().find(|it| it.name == "VTIMEZONE"));
    let name = zone.and_then(|it| it.properties.iter().find(|it| it.name == "TZID"));
    let asked = name.and_then(|it| it.text().trim().parse().ok());
    asked.or_else(|| collection.calendar.time_zone.parse().ok()).unwrap_or(Tz::UTC)
}

/// The times that a calendar takes (RFC 4791, 7.10). Ideas, cancelled entries and deadlines take none.
pub(super) async fn free_busy(feed: &OpenFeed, calendar: Uuid, root: &Element) -> ApiResult<Response> {
    let [range] = root.children.as_slice() else { return Ok(FilterError::Invalid.answer()) };
    let bounds = match time_range(range) {
        Ok(bounds) if range.is(CALDAV, "time-range") => bounds.from.zip(bounds.until),
        Ok(_) => None,
        Err(refused) => return Ok(refused.answer()),
    };
    let Some((from, until)) = bounds.filter(|it| it.0 >= DateTime::UNIX_EPOCH) else {
        return Ok(FilterError::Invalid.answer());
    };
    let uid = NodeType::Calendar.id(calendar).to_string();
    match free_busy_within(&feed.session, uid, &[calendar], from, until).await {
        Ok(answer) => {
            let headers = [(header::CONTENT_TYPE, write::MEDIA_TYPE), (header::CACHE_CONTROL, PRIVATE)];
            Ok((StatusCode::OK, headers, write::free_busy(&answer)).into_response())
        }
        // Too long, farther than dates of series are known, or too full.
        Err(ApiError::Problems(_)) => {
            Ok(error(StatusCode::INSUFFICIENT_STORAGE, empty(DAV, "number-of-matches-within-limits")))
        }
        Err(fault) => Err(fault),
    }
}
