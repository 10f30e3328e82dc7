//! Calendars for programs that subscribe: what everybody may see, and by a secret what its subscriber may see.

use std::sync::Arc;

use async_graphql::ID;
use axum::Extension;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use domain::calendars::feed::{feed_entries, feed_of};
use domain::feeds::open::{OpenFeed, open};
use domain::former_publications;
use domain::planning::published::{JointCalendar, joint};
use entities::calendar;
use graphql::calendars::busy::free_busy;
use graphql::meter::Charge as _;
use icalendar::{CalendarFeed, json, write};
use kernel::error::{ApiError, ApiResult};
use kernel::global_id::NodeType;
use kernel::i18n::Text;
use policy::Actor;
use store::{Session, Stats};
use uuid::Uuid;

use crate::http::conditional::Validators;
use crate::http::headers::{ClientAddress, RequestId};
use crate::http::problem;
use crate::http::problems::{no_such_link, not_now, nothing_public};
use crate::http::rate::{Spending, too_many_requests};
use crate::http::state::State;
use crate::telemetry::RequestFields;

/// Points that one answer takes from a budget, and that a wrong secret takes from that of its address.
const POINTS: usize = 100;
/// How long caches may keep what is public without asking, in seconds.
const PUBLIC: &str = "public, max-age=300";
/// What a secret shows is for its program alone, and is asked for each time: rights may be gone.
pub(super) const PRIVATE: &str = "private, no-cache";

/// In which form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FeedFormat {
    ICalendar,
    JsCalendar,
    FreeBusy,
}

impl FeedFormat {
    /// The name without its ending, and the form that the ending asks for.
    fn of(file: &str) -> Option<(&str, Self)> {
        let (name, ending) = file.rsplit_once('.')?;
        let form = match ending {
            "ics" => Self::ICalendar,
            "json" => Self::JsCalendar,
            "ifb" => Self::FreeBusy,
            _ => return None,
        };
        Some((name, form))
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::ICalendar | Self::FreeBusy => write::MEDIA_TYPE,
            Self::JsCalendar => json::MEDIA_TYPE,
        }
    }

    /// What a session sees of calendars, as text.
    /// `reader` is the authority for whose members it is, if it is for anybody in particular.
    async fn render(
        self,
        session: &Session,
        uid: Uuid,
        name: &str,
        calendars: &[calendar::Model],
        reader: Option<Uuid>,
    ) -> ApiResult<String> {
        let ids: Vec<_> = calendars.iter().map(|it| it.id).collect();
        if self == Self::FreeBusy {
            return Ok(write::free_busy(&free_busy(session, uid.to_string(), &ids).await?));
        }
        Ok(self.written(&feed_of(session, name, calendars, feed_entries(session, &ids, reader).await?), uid))
    }

    /// A feed as text.
    fn written(self, feed: &CalendarFeed, uid: Uuid) -> String {
        match self {
            Self::ICalendar | Self::FreeBusy => write::feed(feed),
            Self::JsCalendar => json::group(feed, &uid.to_string()),
        }
    }
}

/// `GET /public/calendars/<id>.ics`, also `.json` and `.ifb`. What is hidden looks like what does not exist; what was public
/// once is gone.
pub(super) async fn public_calendar(
    shared: Shared<Arc<State>>,
    request_id: Extension<RequestId>,
    address: Extension<ClientAddress>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let addresses = "/public/calendars/cal_….ics, .json, .ifb";
    public((shared, request_id, address), &file, addresses, &headers, async |session, name, form| {
        let Ok(id) = NodeType::Calendar.parse(&ID::from(name), "calendar") else { return Ok(PublicFeed::Nothing) };
        Ok(match session.get::<calendar::Entity>(id).await? {
            Some(calendar) => {
                let only = std::slice::from_ref(&*calendar);
                PublicFeed::Text(form.render(session, id, &calendar.name, only, None).await?)
            }
            None if former_publications::of_calendar(session, id).await? => PublicFeed::Gone,
            None => PublicFeed::Nothing,
        })
    })
    .await
}

/// `GET /public/rounds/<id>.ics`, also `.json`: the joint calendar of a published round.
pub(super) async fn public_round(
    shared: Shared<Arc<State>>,
    request_id: Extension<RequestId>,
    address: Extension<ClientAddress>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let addresses = "/public/rounds/rnd_….ics, .json";
    public((shared, request_id, address), &file, addresses, &headers, async |session, name, form| {
        let Ok(id) = NodeType::CoordinationRound.parse(&ID::from(name), "round") else {
            return Ok(PublicFeed::Nothing);
        };
        if form == FeedFormat::FreeBusy {
            return Ok(PublicFeed::Nothing);
        }
        Ok(match joint(session, id).await? {
            Some(JointCalendar { name, calendars, entries }) => {
                PublicFeed::Text(form.written(&feed_of(session, &name, &calendars, entries), id))
            }
            None => PublicFeed::Nothing,
        })
    })
    .await
}

/// What there is at a public address.
enum PublicFeed {
    Text(String),
    /// It was public once.
    Gone,
    Nothing,
}

/// Answers with what everybody may see, from the budget of the address. `addresses` are those there may be.
async fn public(
    (Shared(state), Extension(RequestId(request_id)), Extension(ClientAddress(address))): (
        Shared<Arc<State>>,
        Extension<RequestId>,
        Extension<ClientAddress>,
    ),
    file: &str,
    addresses: &str,
    headers: &HeaderMap,
    render: impl AsyncFnOnce(&Session, &str, FeedFormat) -> ApiResult<PublicFeed>,
) -> Response {
    let spending = Spending::new(state.anonymous_budget.clone(), address.to_string());
    if !spending.charge(POINTS) {
        return too_many_requests(&spending);
    }
    let Some((name, form)) = FeedFormat::of(file) else { return nothing_public(addresses) };
    let stats = Arc::<Stats>::default();
    let body = async {
        let session = state.store.read(&Actor::Anonymous, state.clock.now(), stats.clone()).await?;
        let body = render(&session, name, form).await?;
        session.commit().await?;
        Ok(body)
    };
    let response = match body.await {
        Ok(PublicFeed::Text(body)) => Validators::of(&body, None).answer(headers, form.media_type(), PUBLIC, body),
        Ok(PublicFeed::Gone) => problem(StatusCode::GONE, Text::new("http-calendar-withdrawn")),
        Ok(PublicFeed::Nothing) => nothing_public(addresses),
        Err(error) => failed(&request_id, &error),
    };
    with_request_fields(&state, response, "anonymous", &stats)
}

/// `GET /feeds/<secret>.ics`, also `.json` and `.ifb`: what the subscriber may see at this moment. A secret that is
/// unknown, taken back or over finds nothing, and which of these is not told.
pub(super) async fn secret_feed(
    Shared(state): Shared<Arc<State>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    let stats = Arc::<Stats>::default();
    let named = FeedFormat::of(&file);
    let opened = match named {
        Some((secret, _)) => authenticate_feed(&state, &request_id, address, secret, stats.clone()).await,
        None => authenticate_feed(&state, &request_id, address, "", stats.clone()).await,
    };
    let response = match (opened, named) {
        (Ok(feed), Some((_, form))) => match secret(&state, feed, form, stats.clone()).await {
            Ok(body) => Validators::of(&body, None).answer(&headers, form.media_type(), PRIVATE, body),
            Err(error) => failed(&request_id, &error),
        },
        (Err(FeedAuthError::Refused(response)), _) => *response,
        (Err(FeedAuthError::Unknown), _) | (Ok(_), None) => no_such_link("feedCreate"),
    };
    with_request_fields(&state, response, "feed", &stats)
}

async fn secret(state: &State, feed: OpenFeed, form: FeedFormat, stats: Arc<Stats>) -> ApiResult<String> {
    let calendars = feed.calendars().await?;
    let body = form.render(&feed.session, feed.row.id, &feed.row.name, &calendars, Some(feed.row.tenant_id)).await?;
    feed.close(&state.store, stats).await?;
    Ok(body)
}

/// Why the feed of a secret does not open.
pub(super) enum FeedAuthError {
    /// There is none.
    Unknown,
    /// For another reason.
    Refused(Box<Response>),
}

/// Opens the feed of a secret and charges for it: guesses to the address they come from, the rest to the feed.
///
/// # Errors
/// Why not.
pub(super) async fn authenticate_feed(
    state: &State,
    request_id: &str,
    address: std::net::IpAddr,
    secret: &str,
    stats: Arc<Stats>,
) -> Result<OpenFeed, FeedAuthError> {
    let refused = |response| FeedAuthError::Refused(Box::new(response));
    let guessing = Spending::new(state.anonymous_budget.clone(), address.to_string());
    if !guessing.charge(0) {
        return Err(refused(too_many_requests(&guessing)));
    }
    match open(&state.store, secret, state.clock.now(), stats).await {
        Ok(Some(feed)) => {
            let spending = Spending::new(state.signed_in_budget.clone(), format!("feed {}", feed.row.id));
            if spending.charge(POINTS) { Ok(feed) } else { Err(refused(too_many_requests(&spending))) }
        }
        Ok(None) => {
            let guess = Spending::new(state.anonymous_budget.clone(), address.to_string());
            Err(if guess.charge(POINTS) { FeedAuthError::Unknown } else { refused(too_many_requests(&guess)) })
        }
        Err(error) => Err(refused(failed(request_id, &error))),
    }
}

pub(super) fn failed(request_id: &str, error: &ApiError) -> Response {
    tracing::error!(request_id, fault = domain::operator::render(error), "a calendar could not be told");
    not_now(request_id)
}

/// Notes for the request line who asked and what it cost.
pub(super) fn with_request_fields(
    state: &State,
    mut response: Response,
    actor: &'static str,
    stats: &Stats,
) -> Response {
    let fields =
        RequestFields { actor, statements: stats.statements(), database: stats.time(), ..RequestFields::default() };
    crate::http::headers::timing(state.config.http.server_timing, &fields, response.headers_mut());
    response.extensions_mut().insert(fields);
    response
}
