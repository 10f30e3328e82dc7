//! Read-only CalDAV (RFC 4791, with RFC 6578): the calendars of a feed, for programs that synchronise. The secret of the
//! feed is the password; whoever has it sees what the feed shows, and changes nothing.
//!
//! ```text
//! /caldav/                             the way in
//! /caldav/principal/                   who it is
//! /caldav/calendars/                   its calendars
//! /caldav/calendars/<id>/              one of them
//! /caldav/calendars/<id>/<entry>.ics   an entry, or a series with its changed dates
//! ```

mod data;
mod filter;
mod props;
mod query;
mod report;
mod tree;
mod xml;

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::feeds::open::OpenFeed;
use graphql::calendars::changes::sync_tokens;
use http_body_util::LengthLimitError;
use icalendar::write;
use kernel::error::ApiResult;
use kernel::i18n::Text;
use store::Stats;

use crate::http::caldav::props::PropfindSelection;
use crate::http::caldav::tree::{CaldavPath, CaldavResource, Collection, path_of};
use crate::http::caldav::xml::{DAV, DEPTH, ELEMENTS, Element, empty, href, text, with};
use crate::http::conditional::Validators;
use crate::http::encoding::Unencoded;
use crate::http::feeds;
use crate::http::feeds::{PRIVATE, authenticate_feed, failed, with_request_fields};
use crate::http::headers::{ClientAddress, RequestId};
use crate::http::problem;
use crate::http::problems::{no_such_address, plain};
use crate::http::state::State;

const ALLOWED: &str = "OPTIONS, GET, HEAD, PROPFIND, REPORT";
const CLASSES: &str = "1, 3, access-control, calendar-access";

/// `/.well-known/caldav` (RFC 6764): where programs begin that know only the host.
pub(super) async fn well_known() -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, "/caldav/")]).into_response()
}

/// `PROPFIND /`: programs that know only the host and ask it directly are led to the same place.
pub(super) async fn root(Shared(state): Shared<Arc<State>>, method: Method, uri: Uri) -> Response {
    match method.as_str() {
        "PROPFIND" => well_known().await,
        _ if state.config.http.explorer => {
            (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD, PROPFIND")]).into_response()
        }
        _ => no_such_address(uri.path()),
    }
}

/// Everything below `/caldav/`.
pub(super) async fn answer(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let stats = Arc::<Stats>::default();
    let mut response = if head.method == Method::OPTIONS {
        ([(header::ALLOW, ALLOWED)], StatusCode::OK).into_response()
    } else {
        match authenticate_feed(
            &state,
            &request_id,
            address,
            password(&head.headers).as_deref().unwrap_or(""),
            stats.clone(),
        )
        .await
        {
            Ok(feed) => {
                let asked = CaldavRequest { method: head.method, path: head.uri.path(), headers: &head.headers };
                match serve(&state, feed, &asked, body, stats.clone()).await {
                    Ok(response) => response,
                    Err(error) => failed(&request_id, &error),
                }
            }
            Err(feeds::FeedAuthError::Unknown) => {
                let realm = HeaderValue::from_static("Basic realm=\"Verbund\", charset=\"UTF-8\"");
                let mut response = problem(StatusCode::UNAUTHORIZED, Text::new("http-feed-password"));
                response.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
                response
            }
            Err(feeds::FeedAuthError::Refused(response)) => *response,
        }
    };
    response.headers_mut().insert("dav", HeaderValue::from_static(CLASSES));
    with_request_fields(&state, response, "feed", &stats)
}

/// The password of HTTP Basic (RFC 7617); the name before it says nothing.
fn password(headers: &HeaderMap) -> Option<String> {
    let value = crate::http::headers::text(headers, header::AUTHORIZATION.as_str())?;
    let (scheme, code) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(code.trim()).ok()?).ok()?;
    pair.split_once(':').map(|it| it.1.to_owned())
}

/// What a program asks.
struct CaldavRequest<'a> {
    method: Method,
    path: &'a str,
    headers: &'a HeaderMap,
}

async fn serve(
    state: &State,
    feed: OpenFeed,
    request: &CaldavRequest<'_>,
    body: Body,
    stats: Arc<Stats>,
) -> ApiResult<Response> {
    let response = match request.method.as_str() {
        "GET" | "HEAD" => get(&feed, request).await?,
        "PROPFIND" => match document(state, body).await {
            Ok(document) => propfind(&feed, request, document.as_ref()).await?,
            Err(refused) => refused,
        },
        "REPORT" => match document(state, body).await {
            Ok(Some(document)) => report::answer(&feed, request, &document).await?,
            Ok(None) => problem(StatusCode::BAD_REQUEST, Text::new("http-report-empty")),
            Err(refused) => refused,
        },
        // Whatever would change something: nobody may here.
        _ => error(StatusCode::FORBIDDEN, empty(DAV, "need-privileges")),
    };
    feed.close(&state.store, stats).await?;
    Ok(response)
}

/// The body as XML; none where there is none.
async fn document(state: &State, body: Body) -> Result<Option<Element>, Response> {
    let limit = state.config.http.body_limit();
    let read = tokio::time::timeout(state.config.http.body_timeout(), axum::body::to_bytes(body, limit)).await;
    let bytes = match read {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if std::error::Error::source(&error).is_some_and(|it| it.is::<LengthLimitError>()) => {
            let text = Text::new("http-body-too-large").with("max", state.config.http.body_limit_kib);
            return Err(problem(StatusCode::PAYLOAD_TOO_LARGE, text));
        }
        Ok(Err(_broken)) => return Err(problem(StatusCode::BAD_REQUEST, Text::new("http-body-cut"))),
        Err(_slow) => {
            let text = Text::new("http-body-too-slow").with("seconds", state.config.http.body_timeout_seconds);
            return Err(problem(StatusCode::REQUEST_TIMEOUT, text));
        }
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let document = std::str::from_utf8(&bytes).ok().and_then(|it| Element::read(it.trim_start_matches('\u{feff}')));
    document.map(Some).ok_or_else(|| {
        let text = Text::new("http-no-xml").with("depth", DEPTH).with("elements", ELEMENTS);
        problem(StatusCode::BAD_REQUEST, text)
    })
}

/// An entry as a file.
async fn get(feed: &OpenFeed, request: &CaldavRequest<'_>) -> ApiResult<Response> {
    Ok(match CaldavPath::of(request.path) {
        Some(CaldavPath::Entry(calendar, entry)) => match Collection::resource(feed, calendar, entry).await? {
            Some(found) => {
                let validators = Validators { tag: found.tag, modified: None };
                let mut response = validators.answer(request.headers, write::MEDIA_TYPE, PRIVATE, found.body);
                // Its tag is also that of `getetag`.
                response.extensions_mut().insert(Unencoded);
                response
            }
            None => not_found(),
        },
        Some(CaldavPath::Root | CaldavPath::Principal | CaldavPath::Home) => {
            plain(request.headers, &Text::new("http-for-calendar-programs"))
        }
        Some(CaldavPath::Calendar(_)) | None => not_found(),
    })
}

async fn propfind(feed: &OpenFeed, request: &CaldavRequest<'_>, document: Option<&Element>) -> ApiResult<Response> {
    let Some(wanted) = PropfindSelection::of_propfind(document) else {
        return Ok(problem(StatusCode::BAD_REQUEST, Text::new("http-no-propfind")));
    };
    let deep = match crate::http::headers::text(request.headers, "depth") {
        Some("0") => false,
        Some("1") => true,
        // Without a word it is infinite, which nobody gets (RFC 4918, 9.1).
        _ => return Ok(error(StatusCode::FORBIDDEN, empty(DAV, "propfind-finite-depth"))),
    };
    let Some(place) = CaldavPath::of(request.path) else { return Ok(not_found()) };
    let mut responses = Vec::new();
    match place {
        CaldavPath::Root => {
            responses.push(wanted.answer(&CaldavPath::Root.path(), &props::of_place(&CaldavPath::Root)));
            if deep {
                for inner in [CaldavPath::Principal, CaldavPath::Home] {
                    responses.push(wanted.answer(&inner.path(), &props::of_place(&inner)));
                }
            }
        }
        CaldavPath::Principal => responses.push(wanted.answer(&place.path(), &props::of_place(&place))),
        CaldavPath::Home => {
            responses.push(wanted.answer(&place.path(), &props::of_place(&place)));
            if deep {
                let calendars = feed.calendars().await?;
                let sync_tokens = sync_tokens(&feed.session, &calendars).await?;
                for (calendar, sync_token) in calendars.iter().zip(sync_tokens) {
                    let path = CaldavPath::Calendar(calendar.id).path();
                    responses.push(wanted.answer(&path, &props::of_calendar(&feed.session, calendar, &sync_token)));
                }
            }
        }
        CaldavPath::Calendar(id) => {
            let Some(collection) = Collection::read_as(feed, id, deep).await? else { return Ok(not_found()) };
            responses.push(wanted.answer(&place.path(), &collection.props(feed)));
            let of_entry = |it: &CaldavResource| wanted.answer(&path_of(id, it.id), &it.props(it.body.clone()));
            responses.extend(collection.resources.iter().map(of_entry));
        }
        CaldavPath::Entry(calendar, entry) => {
            let Some(found) = Collection::resource(feed, calendar, entry).await? else { return Ok(not_found()) };
            responses.push(wanted.answer(&place.path(), &found.props(found.body.clone())));
        }
    }
    Ok(multistatus(responses, None))
}

/// Several answers in one, and for a synchronisation where to go on from.
fn multistatus(mut responses: Vec<Element>, sync_token: Option<String>) -> Response {
    responses.extend(sync_token.map(|it| text(DAV, "sync-token", it)));
    document_response(StatusCode::MULTI_STATUS, &with(DAV, "multistatus", responses))
}

/// The answer about something that is not there, within others.
fn gone(path: &str) -> Element {
    with(DAV, "response", [href(path), text(DAV, "status", "HTTP/1.1 404 Not Found")])
}

/// What was not fulfilled (RFC 4918, 16).
fn error(status: StatusCode, condition: Element) -> Response {
    document_response(status, &with(DAV, "error", [condition]))
}

fn document_response(status: StatusCode, document: &Element) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/xml; charset=utf-8"), (header::CACHE_CONTROL, PRIVATE)];
    (status, headers, document.document()).into_response()
}

fn not_found() -> Response {
    problem(StatusCode::NOT_FOUND, Text::new("http-no-calendar"))
}
