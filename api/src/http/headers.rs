//! Reading request headers.

use axum::http::HeaderMap;

/// Names a request in errors, audit rows and log.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

/// The value of a header, if it is there and plain text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}
