//! Reading request headers, and the headers that every answer has.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::telemetry::RequestFields;

/// Names a request in errors, audit rows and log.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClientAddress(pub(super) IpAddr);

/// The value of a header, if it is there and plain text.
pub(super) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

/// The address of the client: the peer's, or what the proxy in front says in the header that the operator named. Of a
/// list only the last counts: that one the proxy itself has seen.
pub(super) fn client_address(peer: SocketAddr, headers: &HeaderMap, trusted: &str) -> IpAddr {
    let last = (!trusted.is_empty()).then(|| headers.get_all(trusted).iter().next_back()).flatten();
    last.and_then(|it| it.to_str().ok())
        .and_then(|it| it.rsplit(',').next())
        .and_then(|it| it.trim().parse().ok())
        .unwrap_or_else(|| peer.ip())
}

/// Tells what a request cost in the database, where the operator wishes that.
pub(super) fn timing(wished: bool, fields: &RequestFields, headers: &mut HeaderMap) {
    let millis = fields.database.as_secs_f64() * 1_000.0;
    let timing = format!("db;dur={millis:.3};desc=\"{} statements\"", fields.statements);
    if let (true, Ok(timing)) = (wished, HeaderValue::from_str(&timing)) {
        headers.insert("server-timing", timing);
    }
}

/// What keeps browsers from doing more with an answer than they should.
pub(super) fn secure(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        // A page of ours has a policy of its own.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_header_and_its_last_address_count() {
        let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.7, 203.0.113.9"));
        assert_eq!(client_address(peer, &headers, ""), peer.ip());
        assert_eq!(client_address(peer, &headers, "x-forwarded-for").to_string(), "203.0.113.9");
        assert_eq!(client_address(peer, &headers, "x-real-ip"), peer.ip());
        headers.insert("x-forwarded-for", HeaderValue::from_static("unknown"));
        assert_eq!(client_address(peer, &headers, "x-forwarded-for"), peer.ip());
    }
}
