//! How much one caller may ask per minute, in points of complexity.

use std::num::NonZeroU32;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_graphql::{Value, value};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use graphql::meter::Charge;
use kernel::i18n::Text;

use crate::http::problem;

/// What every operation costs beside its fields: parsing, facts, a connection.
const BASE_POINTS: u32 = 10;

type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The points per minute of one kind of caller. Each replica counts for itself.
pub struct Budget {
    limiter: Option<Limiter>,
    points: u32,
}

impl Budget {
    /// A budget of `points` per minute and caller; 0 is no limit.
    pub fn new(points: u32) -> Self {
        let limiter = NonZeroU32::new(points).map(|points| {
            RateLimiter::dashmap(Quota::per_minute(points)).with_middleware::<StateInformationMiddleware>()
        });
        Self { limiter, points }
    }

    /// Forgets callers whose budget is full again; called once a minute, or the memory would grow with callers.
    pub fn forget_idle(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
        }
    }
}

/// What one operation takes from its caller's budget.
pub struct Spending {
    budget: Arc<Budget>,
    caller: String,
    outcome: OnceLock<RateOutcome>,
    requested: OnceLock<u32>,
}

/// How it went.
#[derive(Clone, Copy, Debug)]
enum RateOutcome {
    Left(u32),
    Wait(Duration),
}

impl Spending {
    /// An operation of `caller`, not charged yet.
    pub fn new(budget: Arc<Budget>, caller: String) -> Self {
        Self { budget, caller, outcome: OnceLock::new(), requested: OnceLock::new() }
    }

    /// What the operation cost, as `extensions.cost` tells it: `requested` points, of `limit` in a minute. What remains of
    /// them is in the header `RateLimit`, so that equal questions have equal answers. None where nothing was charged.
    pub fn cost(&self) -> Option<Value> {
        let requested = *self.requested.get()?;
        Some(match &self.budget.limiter {
            Some(_) => value!({ "requested": requested, "limit": (self.budget.points) }),
            None => value!({ "requested": requested }),
        })
    }

    /// How long to wait, when the budget is spent.
    pub fn wait(&self) -> Option<Duration> {
        match self.outcome.get() {
            Some(RateOutcome::Wait(time)) => Some(*time),
            _ => None,
        }
    }

    /// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), and `Retry-After` when spent.
    pub fn headers(&self, headers: &mut HeaderMap) {
        let (Some(outcome), points) = (self.outcome.get(), self.budget.points) else { return };
        let (left, seconds) = match outcome {
            // One point comes back every minute/points; a full budget is at most a minute away.
            RateOutcome::Left(left) => {
                (*left, (u64::from(points - (*left).min(points)) * 60).div_ceil(u64::from(points.max(1))))
            }
            RateOutcome::Wait(time) => (0, time.as_secs() + 1),
        };
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        };
        set("ratelimit-policy", format!("\"points\";q={points};w=60"));
        set("ratelimit", format!("\"points\";r={left};t={seconds}"));
        if matches!(outcome, RateOutcome::Wait(_)) {
            set("retry-after", seconds.to_string());
        }
    }
}

impl Charge for Spending {
    fn charge(&self, complexity: usize) -> bool {
        let points = u32::try_from(complexity).unwrap_or(u32::MAX).saturating_add(BASE_POINTS);
        self.requested.get_or_init(|| points);
        let Some(limiter) = &self.budget.limiter else { return true };
        let points = NonZeroU32::new(points.min(self.budget.points)).unwrap_or(NonZeroU32::MIN);
        let outcome = match limiter.check_key_n(&self.caller, points) {
            Ok(Ok(state)) => RateOutcome::Left(state.remaining_burst_capacity()),
            Ok(Err(not_until)) => RateOutcome::Wait(not_until.wait_time_from(DefaultClock::default().now())),
            // Points are never more than the budget.
            Err(_too_many) => RateOutcome::Wait(Duration::from_secs(60)),
        };
        let outcome = self.outcome.get_or_init(|| outcome);
        matches!(outcome, RateOutcome::Left(_))
    }
}

/// The answer to a request that its budget does not pay for.
pub(super) fn too_many_requests(spending: &Spending) -> Response {
    let seconds = spending.wait().map_or(60, |it| it.as_secs() + 1);
    let text = Text::new("http-too-many-requests").with("points", spending.budget.points).with("seconds", seconds);
    let mut response = problem(StatusCode::TOO_MANY_REQUESTS, text);
    spending.headers(response.headers_mut());
    response
}
