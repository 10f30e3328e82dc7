//! Content codings (RFC 9110, sections 8.4 and 12.5.3): gzip, or none, and what that means for entity tags.
//!
//! An answer that is compressed on its way has other bytes than its strong tag says (section 8.8.3): its tag becomes a
//! weak one. Conditions of clients compare weakly, so that either tag is known; parts of a file are of its bytes, and a
//! weak tag opens none.

use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::predicate::SizeAbove;
use tower_http::compression::{CompressionLayer, Predicate};

/// Marks an answer that is sent as it is: its tag is told elsewhere as well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unencoded;

/// Answers of fewer bytes are not compressed.
const SMALL: u64 = 32;

/// Compresses what becomes smaller by that.
pub(super) fn compression(quality: CompressionLevel) -> CompressionLayer<impl Predicate> {
    let is_sent_whole = |status: StatusCode, _: Version, headers: &HeaderMap, extensions: &Extensions| {
        status != StatusCode::PARTIAL_CONTENT && is_compressible(headers, extensions)
    };
    CompressionLayer::new().quality(quality).compress_when(SizeAbove::new(SMALL).and(is_sent_whole))
}

/// Whether answers of this type are compressed: texts, but for streams of events. Workbooks, Parquet, PDF and images are
/// compressed already.
fn is_compressible(headers: &HeaderMap, extensions: &Extensions) -> bool {
    let media = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    let is_text = match media {
        "text/event-stream" => false,
        "application/json" | "application/jsonl" | "application/xml" | "image/svg+xml" | "font/ttf" => true,
        other => other.starts_with("text/") || other.ends_with("+json") || other.ends_with("+xml"),
    };
    is_text && extensions.get::<Unencoded>().is_none()
}

/// Decides on the coding for the layers inside, and gives tags and headers the form that follows from it.
pub(super) async fn negotiate(mut request: Request, next: Next) -> Response {
    let gzip = wants_gzip(request.headers());
    let head = request.headers_mut();
    // Nobody is refused for what there is not: then it is sent as it is.
    head.remove(header::ACCEPT_ENCODING);
    if gzip {
        head.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    }
    let mut response = next.run(request).await;
    let is_compressible = is_compressible(response.headers(), response.extensions());
    let is_not_modified = response.status() == StatusCode::NOT_MODIFIED;
    let head = response.headers_mut();
    let is_weak = head.contains_key(header::CONTENT_ENCODING) || (is_not_modified && gzip && is_compressible);
    if is_weak && let Some(tag) = head.get(header::ETAG).and_then(weakened) {
        head.insert(header::ETAG, tag);
    }
    if is_compressible && head.contains_key(header::ETAG) {
        varies_by_encoding(head);
    }
    if is_not_modified {
        // What describes a body that is not sent (section 15.4.5).
        for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::ACCEPT_RANGES, header::LINK] {
            head.remove(name);
        }
    }
    response
}

/// Whether a client takes gzip, and prefers nothing else that there is.
fn wants_gzip(headers: &HeaderMap) -> bool {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|it| it.to_str().ok());
    for part in values.flat_map(|it| it.split(',')) {
        let mut pieces = part.split(';').map(str::trim);
        let coding = pieces.next().unwrap_or_default().to_ascii_lowercase();
        let weight = pieces.find_map(|it| it.strip_prefix("q=").or_else(|| it.strip_prefix("Q=")));
        let weight = weight.map_or(1.0, |it| it.parse::<f32>().unwrap_or_default());
        match coding.as_str() {
            "gzip" | "x-gzip" => gzip = Some(weight),
            "identity" => identity = Some(weight),
            "*" => any = Some(weight),
            _ => {}
        }
    }
    let gzip = gzip.or(any).unwrap_or_default();
    gzip > 0.0 && gzip >= identity.unwrap_or_default()
}

/// The weak form of a strong tag; none of one that is weak.
fn weakened(tag: &HeaderValue) -> Option<HeaderValue> {
    let tag = tag.to_str().ok().filter(|it| !it.starts_with("W/"))?;
    HeaderValue::from_str(&format!("W/{tag}")).ok()
}

fn varies_by_encoding(headers: &mut HeaderMap) {
    let mut varies =
        headers.get_all(header::VARY).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    if !varies.any(|it| it.trim() == "*" || it.trim().eq_ignore_ascii_case("accept-encoding")) {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_wanted() {
        for (accept, gzip) in [
            (&[][..], false),
            (&["gzip"], true),
            (&["GZIP;q=0.5"], true),
            (&["br, gzip, deflate"], true),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["gzip;q=0, *"], false),
            (&["identity, gzip;q=0.5"], false),
            (&["identity;q=0.5, gzip"], true),
            (&["br"], false),
            (&["br;q=1, identity;q=0"], false),
            (&["deflate", "gzip"], true),
            (&["gzip;q=x"], false),
            (&[""], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in accept {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(wants_gzip(&headers), gzip, "{accept:?}");
        }
    }

    #[test]
    fn texts_are_compressed_and_what_is_packed_already_is_not() {
        let mut extensions = Extensions::new();
        for (media, is_text) in [
            ("text/csv; charset=utf-8; header=present", true),
            ("application/jsonl", true),
            ("application/csvm+json", true),
            ("application/rdf+xml; charset=utf-8", true),
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false),
            ("application/vnd.apache.parquet", false),
            ("application/octet-stream", false),
            ("text/event-stream", false),
            ("image/png", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
            assert_eq!(is_compressible(&headers, &extensions), is_text, "{media}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar"));
        extensions.insert(Unencoded);
        assert!(!is_compressible(&headers, &extensions));
    }

    #[test]
    fn a_tag_becomes_weak_once() {
        let weak = weakened(&HeaderValue::from_static("\"a\"")).unwrap();
        assert_eq!(weak, "W/\"a\"");
        assert_eq!(weakened(&weak), None);
    }
}
