//! Entity tags (RFC 9110, section 8.8.3).

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

/// Strong tag of a body.
pub(super) fn strong(body: impl AsRef<[u8]>) -> String {
    let digest = Sha256::digest(body);
    let digits: String = digest[..12].iter().map(|it| format!("{it:02x}")).collect();
    format!("\"{digits}\"")
}

/// True if the client has the body with this tag: one of `If-None-Match`, by weak comparison, or any with `*` (section
/// 13.1.2).
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |it: &str| it.trim().trim_start_matches("W/") == tag;
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    lists.into_iter().any(|list| list.trim() == "*" || list.split(',').any(opaque))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn tags_are_compared_weakly_in_all_lists() {
        let tag = strong("a");
        let is_known = |lists: &[&str]| {
            let mut headers = HeaderMap::new();
            for list in lists {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_str(list).unwrap());
            }
            super::is_known(&headers, &tag)
        };
        assert!(is_known(&[&tag]) && is_known(&["*"]) && is_known(&[&format!("\"x\", W/{tag}")]));
        assert!(is_known(&["\"x\"", &tag]));
        assert!(!is_known(&[]) && !is_known(&["\"x\""]) && !is_known(&[&strong("b")]));
    }
}
