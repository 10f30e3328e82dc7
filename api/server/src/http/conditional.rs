//! Conditional requests (RFC 9110, section 13), the same at every door.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDateTime, Utc};
use kernel::i18n::Text;

use crate::http::etag;
use crate::http::headers::text;
use crate::http::problem;
use crate::http::ranges::set;

/// What clients compare of a representation.
#[derive(Clone, Debug)]
pub(super) struct Validators {
    /// Strong entity tag of the bytes as they are without a content coding.
    pub(super) tag: String,
    /// When it was last changed; none where that is not known.
    pub(super) modified: Option<DateTime<Utc>>,
}

/// What the conditions of a request come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PreconditionOutcome {
    Send,
    NotModified,
    Failed,
}

impl Validators {
    /// The validators of a body.
    pub(super) fn of(body: impl AsRef<[u8]>, modified: Option<DateTime<Utc>>) -> Self {
        Self { tag: etag::strong(body), modified }
    }

    /// The validators of bytes by their SHA-256 in hex.
    pub(super) fn of_checksum(sha256: &str, modified: Option<DateTime<Utc>>) -> Self {
        Self { tag: format!("\"{}\"", sha256.get(..32).unwrap_or(sha256)), modified }
    }

    /// The order of section 13.2.2: what says most is asked first, and dates only where there are no tags.
    fn judge(&self, headers: &HeaderMap) -> PreconditionOutcome {
        // Seconds are all that a date can say.
        let modified = self.modified.map(|it| it.timestamp());
        let since = |name: HeaderName| text(headers, name.as_str()).and_then(date).zip(modified);
        let has = |name: HeaderName| headers.contains_key(name);
        if has(header::IF_MATCH) {
            if !tags(headers, header::IF_MATCH).any(|it| it == "*" || it == self.tag) {
                return PreconditionOutcome::Failed;
            }
        } else if since(header::IF_UNMODIFIED_SINCE).is_some_and(|(since, modified)| modified > since) {
            return PreconditionOutcome::Failed;
        }
        let is_known = if has(header::IF_NONE_MATCH) {
            tags(headers, header::IF_NONE_MATCH).any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == self.tag)
        } else {
            since(header::IF_MODIFIED_SINCE).is_some_and(|(since, modified)| modified <= since)
        };
        if is_known { PreconditionOutcome::NotModified } else { PreconditionOutcome::Send }
    }

    /// The answer to a request whose conditions leave nothing to send; none where the representation is to be sent.
    pub(super) fn instead(&self, headers: &HeaderMap) -> Option<Response> {
        match self.judge(headers) {
            PreconditionOutcome::Send => None,
            PreconditionOutcome::NotModified => Some(StatusCode::NOT_MODIFIED.into_response()),
            PreconditionOutcome::Failed => {
                Some(problem(StatusCode::PRECONDITION_FAILED, Text::new("http-precondition")))
            }
        }
    }

    /// Whether a part of this fits to the part that the client has (section 13.1.5): by strong comparison. Dates are never
    /// exact enough.
    pub(super) fn fits_range(&self, headers: &HeaderMap) -> bool {
        text(headers, header::IF_RANGE.as_str()).is_none_or(|it| it.trim() == self.tag)
    }

    /// Tells the validators with an answer.
    pub(super) fn set(&self, response: &mut Response) {
        set(response, header::ETAG, &self.tag);
        if let Some(modified) = self.modified {
            set(response, header::LAST_MODIFIED, &modified.format("%a, %d %b %Y %H:%M:%S GMT").to_string());
        }
    }

    /// Answers with a body, or with what its conditions ask instead.
    pub(super) fn answer(&self, headers: &HeaderMap, media: &str, caching: &str, body: impl Into<Body>) -> Response {
        let mut response = self.instead(headers).unwrap_or_else(|| body.into().into_response());
        // A refusal has a type of its own.
        if !response.status().is_client_error() {
            set(&mut response, header::CONTENT_TYPE, media);
            set(&mut response, header::CACHE_CONTROL, caching);
            self.set(&mut response);
        }
        response
    }
}

/// The tags of a list header, in all its lines.
fn tags(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    headers.get_all(name).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(',')).map(str::trim)
}

/// Seconds of an HTTP date in one of its three forms (section 5.6.7); none of another text, which is ignored.
fn date(value: &str) -> Option<i64> {
    let value = value.trim();
    let old = |format| NaiveDateTime::parse_from_str(value, format).ok().map(|it| it.and_utc().timestamp());
    DateTime::parse_from_rfc2822(value)
        .ok()
        .map(|it| it.timestamp())
        .or_else(|| old("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| old("%a %b %e %H:%M:%S %Y"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const BEFORE: &str = "Thu, 14 Jan 2027 10:00:00 GMT";
    const EXACT: &str = "Fri, 15 Jan 2027 10:00:00 GMT";
    const AFTER: &str = "Sat, 16 Jan 2027 10:00:00 GMT";

    fn judged(conditions: &[(&'static str, &str)]) -> PreconditionOutcome {
        let mut headers = HeaderMap::new();
        for (name, value) in conditions {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let modified = "2027-01-15T10:00:00.5Z".parse().unwrap();
        Validators { tag: "\"a\"".to_owned(), modified: Some(modified) }.judge(&headers)
    }

    #[test]
    fn conditions_are_judged_in_their_order() {
        use PreconditionOutcome::{Failed, NotModified, Send};
        for (conditions, outcome) in [
            (&[][..], Send),
            (&[("if-none-match", "\"a\"")], NotModified),
            (&[("if-none-match", "\"x\", W/\"a\"")], NotModified),
            (&[("if-none-match", "\"x\""), ("if-none-match", "\"a\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"x\"")], Send),
            (&[("if-none-match", "a")], Send),
            (&[("if-modified-since", EXACT)], NotModified),
            (&[("if-modified-since", AFTER)], NotModified),
            (&[("if-modified-since", BEFORE)], Send),
            (&[("if-modified-since", "yesterday")], Send),
            (&[("if-modified-since", "Friday, 15-Jan-27 10:00:00 GMT")], NotModified),
            (&[("if-modified-since", "Fri Jan 15 10:00:00 2027")], NotModified),
            // Tags say more than dates.
            (&[("if-none-match", "\"x\""), ("if-modified-since", AFTER)], Send),
            (&[("if-match", "\"a\"")], Send),
            (&[("if-match", "*")], Send),
            (&[("if-match", "\"x\", \"a\"")], Send),
            (&[("if-match", "\"x\"")], Failed),
            (&[("if-match", "W/\"a\"")], Failed),
            (&[("if-unmodified-since", BEFORE)], Failed),
            (&[("if-unmodified-since", EXACT)], Send),
            (&[("if-match", "\"a\""), ("if-unmodified-since", BEFORE)], Send),
            (&[("if-match", "\"x\""), ("if-none-match", "\"a\"")], Failed),
            (&[("if-match", "\"a\""), ("if-none-match", "\"a\"")], NotModified),
        ] {
            assert_eq!(judged(conditions), outcome, "{conditions:?}");
        }
    }

    #[test]
    fn without_a_date_dates_say_nothing() {
        let mut headers = HeaderMap::new();
        for name in ["if-modified-since", "if-unmodified-since"] {
            headers.insert(name, HeaderValue::from_static(AFTER));
        }
        assert_eq!(Validators::of("a", None).judge(&headers), PreconditionOutcome::Send);
    }
}
