//! The answer on the wire: media types, statuses, headers.
//!
//! Whoever names `application/json` gets the older rules: 200 for whatever is about the document. Everybody else gets
//! `application/graphql-response+json` and 4xx for what was not executed; what was executed comes as
//! `application/json` to those who named nothing, for clients that know nothing newer.

use std::sync::Arc;

use async_graphql::Response as GraphQlResponse;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::error::TopLevelCode;
use kernel::i18n::{Locale, Text};
use kernel::text::clip;
use serde_json::json;

use crate::http::graphql::ask::RequestRefusal;
use crate::http::headers::text;
use crate::http::rate::Spending;
use crate::telemetry::RequestFields;

/// What the client takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`.
    Modern,
    /// `application/json`, named as such.
    Legacy,
    /// Anything, or it did not say.
    Any,
    /// `text/event-stream`: answers and events as they come.
    Events,
}

impl Media {
    /// Reads `Accept`: the range with the highest weight that we can serve. None where nothing fits.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        let mut said = false;
        for value in headers.get_all(header::ACCEPT) {
            for range in value.to_str().unwrap_or_default().split(',') {
                let mut parts = range.split(';').map(str::trim);
                let name = parts.next().unwrap_or_default().to_ascii_lowercase();
                if name.is_empty() {
                    continue;
                }
                said = true;
                let weight = parts.find_map(|it| it.strip_prefix("q=")).map_or(1000, weight);
                let media = match name.as_str() {
                    "application/graphql-response+json" => Self::Modern,
                    "application/json" => Self::Legacy,
                    "text/event-stream" => Self::Events,
                    "*/*" | "application/*" => Self::Any,
                    _ => continue,
                };
                // Of equal weights the newer type wins, then what stands first.
                let better = match best {
                    None => true,
                    Some((other, kept)) => {
                        weight > other || (weight == other && media == Self::Modern && kept != media)
                    }
                };
                if weight > 0 && better {
                    best = Some((weight, media));
                }
            }
        }
        if said { best.map(|(_, media)| media) } else { Some(Self::Any) }
    }

    /// The status of an answer that was not executed because of its document.
    fn status(self, refused: StatusCode) -> StatusCode {
        if self == Self::Legacy && refused == StatusCode::BAD_REQUEST { StatusCode::OK } else { refused }
    }

    fn content_type(self, status: StatusCode) -> HeaderValue {
        let modern = self == Self::Modern || (self != Self::Legacy && status != StatusCode::OK);
        HeaderValue::from_static(if modern {
            "application/graphql-response+json; charset=utf-8"
        } else {
            "application/json; charset=utf-8"
        })
    }
}

/// Thousandths of a weight `0.125`.
fn weight(text: &str) -> u16 {
    let value: f32 = text.parse().unwrap_or(0.0);
    // Clamped before, so the cast keeps it.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    let thousandths = (value.clamp(0.0, 1.0) * 1000.0) as u16;
    thousandths
}

/// What comes of a request.
pub(super) enum ReplyOutcome {
    /// The executor answered.
    Answered(Box<GraphQlResponse>),
    /// It was refused before that.
    Refused(RequestRefusal),
}

/// Puts an outcome into a response.
pub(super) fn respond(
    media: Media,
    outcome: &ReplyOutcome,
    (request_id, locale): (&str, Locale),
    spending: Option<&Arc<Spending>>,
    fields: &mut RequestFields,
) -> Response {
    let (status, body) = match outcome {
        ReplyOutcome::Answered(response) => {
            fields.errors = codes(response);
            let status = if executed(response) { StatusCode::OK } else { media.status(StatusCode::BAD_REQUEST) };
            (status, body(response))
        }
        ReplyOutcome::Refused(refusal) => {
            refusal.code.name().clone_into(&mut fields.errors);
            // The older rules let only the document be wrong with 200; the request itself must be one.
            let status = match refusal.code {
                TopLevelCode::BadRequest | TopLevelCode::PersistedQueryNotSupported => refusal.status,
                _ => media.status(refusal.status),
            };
            (status, json!({ "errors": refusal.errors(request_id, locale) }).to_string())
        }
    };
    let mut response = (status, body).into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, media.content_type(status));
    if let Some(spending) = spending {
        spending.headers(head);
    }
    match outcome {
        ReplyOutcome::Answered(_) => finish(response, None),
        ReplyOutcome::Refused(refusal) => finish(response, Some(refusal)),
    }
}

/// Headers that every answer of the endpoint has; of a refusal also what it asks for.
pub(super) fn finish(mut response: Response, refusal: Option<&RequestRefusal>) -> Response {
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    head.append(header::VARY, HeaderValue::from_static("accept, accept-language, authorization"));
    if let Some(challenge) = refusal.and_then(RequestRefusal::challenge) {
        head.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

/// Whether a response was executed: then its errors, if any, have paths.
pub(super) fn executed(response: &GraphQlResponse) -> bool {
    response.errors.is_empty() || response.errors.iter().any(|it| !it.path.is_empty())
}

/// The body of an answer. A request that was not executed has no `data` key.
pub(super) fn body(response: &GraphQlResponse) -> String {
    let text = if executed(response) {
        serde_json::to_string(response)
    } else {
        serde_json::to_string(&json!({ "errors": response.errors }))
    };
    text.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written");
        r#"{"errors":[{"message":"Something went wrong on our side.","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}"#
            .to_owned()
    })
}

/// The codes of an answer's errors, separated by commas.
pub(super) fn codes(response: &GraphQlResponse) -> String {
    let mut codes = Vec::new();
    for error in &response.errors {
        let code = error.extensions.as_ref().and_then(|it| it.get("code"));
        if let Some(async_graphql::Value::String(code)) = code
            && !codes.contains(code)
        {
            codes.push(code.clone());
        }
    }
    codes.join(",")
}

/// Whether the body is said to be JSON, and plain.
pub(super) fn is_plain_json(headers: &HeaderMap) -> Result<(), RequestRefusal> {
    let unsupported = |text| RequestRefusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, TopLevelCode::BadRequest, text);
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case("application/json") {
        return Err(unsupported(Text::new("request-content-type")));
    }
    let charset = parts.find_map(|it| it.to_ascii_lowercase().strip_prefix("charset=").map(str::to_owned));
    if let Some(charset) = charset.filter(|it| !matches!(it.trim_matches('"'), "utf-8" | "utf8")) {
        return Err(unsupported(Text::new("request-charset").with("charset", clip(&charset, 40))));
    }
    match text(headers, header::CONTENT_ENCODING.as_str()) {
        None | Some("" | "identity") => Ok(()),
        Some(encoding) => Err(unsupported(Text::new("request-body-encoding").with("encoding", clip(encoding, 40)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn negotiated(accept: &[&'static str]) -> Option<Media> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(value));
        }
        Media::negotiate(&headers)
    }

    #[test]
    fn the_best_range_that_can_be_served_wins() {
        for (accept, media) in [
            (&[][..], Some(Media::Any)),
            (&["*/*"], Some(Media::Any)),
            (&["application/json"], Some(Media::Legacy)),
            (&["Application/GraphQL-Response+JSON; charset=utf-8"], Some(Media::Modern)),
            (&["application/json, application/graphql-response+json"], Some(Media::Modern)),
            (&["application/graphql-response+json;q=0.5, application/json"], Some(Media::Legacy)),
            (&["application/json;q=0", "*/*;q=0.1"], Some(Media::Any)),
            (&["text/event-stream"], Some(Media::Events)),
            (&["text/html", "application/*;q=0.8"], Some(Media::Any)),
            (&["text/html"], None),
            (&["application/json;q=0"], None),
            (&["application/json;q=x"], None),
        ] {
            assert_eq!(negotiated(accept), media, "{accept:?}");
        }
    }
}
