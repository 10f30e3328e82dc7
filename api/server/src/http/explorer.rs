//! The explorer: pages within the binary, and what they ask for. No other host is asked for anything.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::i18n::{Locale, Text};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::http::conditional::Validators;
use crate::http::headers::text;
use crate::http::problems::{no_such_address, problem};
use crate::http::state::State;

/// What the build script left.
#[derive(RustEmbed)]
#[folder = "$OUT_DIR/explorer"]
struct Pages;

/// The queries of the README, each a tab.
#[derive(RustEmbed)]
#[folder = "../examples"]
struct Examples;

/// What the pages link to as an introduction.
const README: &str = include_str!("../../../../README.md");

/// What a page of ours may do. Styles of the editor are set by its script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    font-src 'self' data:; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A role account of the demo.
#[derive(Clone, Debug, Serialize)]
pub struct DemoAccount {
    /// `planner@kaufbeuren`.
    pub subject: String,
    /// What the account may do.
    pub says: BothLanguages,
    /// Names of its authorities.
    pub authorities: Vec<String>,
    /// Its bearer token.
    pub token: String,
}

/// Words in each language, for pages that change between them.
#[derive(Clone, Debug, Serialize)]
pub struct BothLanguages {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

impl From<&Text> for BothLanguages {
    fn from(text: &Text) -> Self {
        Self { de: text.render(Locale::De), en: text.render(Locale::En) }
    }
}

/// An example query.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// The document.
    pub query: String,
    /// Values of its variables, as JSON.
    pub variables: Option<String>,
}

#[derive(Serialize)]
struct Settings<'a> {
    endpoint: &'static str,
    subscriptions: &'static str,
    examples: Vec<Example>,
    accounts: &'a [DemoAccount],
}

/// The examples, in their order.
pub fn examples() -> Vec<Example> {
    let read = |name: &str| Examples::get(name).map(|it| String::from_utf8_lossy(&it.data).into_owned());
    let mut names: Vec<_> = Examples::iter().filter(|it| it.ends_with(".graphql")).collect();
    names.sort_unstable();
    let example = |file: std::borrow::Cow<'static, str>| {
        let stem = file.trim_end_matches(".graphql");
        let name = stem.split_once('-').map_or(stem, |(_, name)| name).replace('-', " ");
        Some(Example { name, query: read(&file)?, variables: read(&format!("{stem}.json")) })
    };
    names.into_iter().filter_map(example).collect()
}

/// `GET /`.
pub(super) async fn page(headers: HeaderMap) -> Response {
    file("index.html", &headers)
}

/// `GET /explorer/…`.
pub(super) async fn asset(Path(path): Path<String>, headers: HeaderMap) -> Response {
    file(&path, &headers)
}

/// `GET /explorer/README.md`.
pub(super) async fn readme() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], README).into_response()
}

/// The way to the explorer for a browser whose address line holds that of the API: it asks for a page (`text/html`), and
/// for no query. None for everybody else.
pub(super) fn lead(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Response> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if !reads || uri.query().is_some_and(|it| !it.is_empty()) || !takes_pages(headers) {
        return None;
    }
    Some(([(header::VARY, "accept")], Redirect::to("/")).into_response())
}

/// Whether `Accept` names pages. What programs send (`*/*`, JSON) does not.
fn takes_pages(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|it| it.to_str().ok());
    values.flat_map(|it| it.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("text/html"));
        let refused = parts.filter_map(|it| it.strip_prefix("q=")).any(|it| it.parse::<f32>() == Ok(0.0));
        named && !refused
    })
}

/// `GET /explorer/settings.json`. The tokens of the demo are for pages of this machine: under another name, which anybody may
/// let mean this machine, there is no answer.
pub(super) async fn settings(Shared(state): Shared<Arc<State>>, uri: Uri, headers: HeaderMap) -> Response {
    let host = uri.authority().map(|it| it.as_str()).or_else(|| text(&headers, header::HOST.as_str()));
    if !state.demo_accounts.is_empty() && !host.is_some_and(is_loopback) {
        return problem(StatusCode::FORBIDDEN, Text::new("http-this-machine-only"));
    }
    let settings = Settings {
        endpoint: "/graphql",
        subscriptions: "/graphql/ws",
        examples: examples(),
        accounts: &state.demo_accounts,
    };
    let mut response = axum::Json(settings).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Whether a host with its port, as requests name it, is this machine.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_end_matches('.');
    name.eq_ignore_ascii_case("localhost")
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn file(path: &str, headers: &HeaderMap) -> Response {
    let Some(found) = Pages::get(path) else {
        return no_such_address(&format!("/explorer/{path}"));
    };
    let sha256: String = found.metadata.sha256_hash().iter().map(|it| format!("{it:02x}")).collect();
    // The names of assets change with what is in them.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let validators = Validators::of_checksum(&sha256, None);
    let mut response = validators.answer(headers, content_type(path), keep, found.data);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_and_addresses_of_this_machine_are_loopback() {
        for here in
            ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.8.8.8", "[::1]", "[::1]:8080", "localhost.:80"]
        {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in [
            "rebind.example:8080",
            "localhost.example",
            "127.0.0.1.example",
            "10.0.0.1",
            "192.168.1.2:8080",
            "0.0.0.0",
            "[::]",
            "[2001:db8::1]:80",
            "",
            "user@localhost.example",
        ] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }

    fn led(method: &Method, address: &str, accept: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.extend(accept.map(|it| (header::ACCEPT, HeaderValue::from_static(it))));
        lead(method, &address.parse().unwrap(), &headers).is_some()
    }

    #[test]
    fn only_a_browser_without_a_query_is_led_to_the_explorer() {
        let browser = Some("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8");
        assert!(led(&Method::GET, "/graphql", browser) && led(&Method::HEAD, "/graphql", browser));
        assert!(led(&Method::GET, "/graphql?", browser));
        assert!(led(&Method::GET, "/graphql", Some("application/xml, Text/HTML;q=0.5")));
        for (method, address, accept) in [
            (Method::POST, "/graphql", browser),
            (Method::GET, "/graphql?query=%7B__typename%7D", browser),
            (Method::GET, "/graphql", None),
            (Method::GET, "/graphql", Some("*/*")),
            (Method::GET, "/graphql", Some("application/json, text/event-stream")),
            (Method::GET, "/graphql", Some("text/html;q=0, */*")),
        ] {
            assert!(!led(&method, address, accept), "{method} {address} {accept:?}");
        }
    }
}
