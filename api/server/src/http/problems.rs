//! Refusals outside GraphQL: problems after RFC 9457, in the language of the reader.
//!
//! A handler refuses before the language is known to it: [`problem`] writes English and leaves the text in the extensions
//! of the response. [`localize`], outside of all handlers and layers, writes the body anew in the language of
//! `Accept-Language`. What layers and extractors of the framework refuse by a bare status or a line of plain text gets
//! its words there as well.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kernel::i18n::{Locale, Text};
use kernel::text::clip;

use crate::http::headers::{RequestId, text};

/// RFC 9457.
const MEDIA: &str = "application/problem+json";
/// The address of the socket.
const SOCKET: &str = "/graphql/ws";
/// The most characters of what a refusal repeats of its request.
const MAX_REPEATED: usize = 100;

/// The text of a refusal, kept until the language of the reader is known.
#[derive(Clone)]
struct ProblemText(Text);

/// A refusal outside GraphQL.
pub(super) fn problem(status: StatusCode, text: Text) -> Response {
    let mut response = (status, body(status, &text.render(Locale::En), Locale::En)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
    response.extensions_mut().insert(ProblemText(text));
    response
}

/// Where nothing is.
pub(super) fn no_such_address(path: &str) -> Response {
    let path = kernel::secret::mask(path);
    problem(StatusCode::NOT_FOUND, Text::new("http-no-such-address").with("path", repeated(&path)))
}

/// Where nothing is that everybody may see. Which addresses there are is said by `form`.
pub(super) fn nothing_public(form: &str) -> Response {
    problem(StatusCode::NOT_FOUND, Text::new("http-nothing-public").with("form", form))
}

/// The answer to a secret that opens nothing; the reason is not told. `mutations` make new ones.
pub(super) fn no_such_link(mutations: &str) -> Response {
    problem(StatusCode::NOT_FOUND, Text::new("http-no-such-link").with("mutations", mutations))
}

/// The answer where the server fails for now.
pub(super) fn not_now(request_id: &str) -> Response {
    problem(StatusCode::SERVICE_UNAVAILABLE, Text::new("http-not-now").with("request", request_id))
}

/// A query string that gives one of the `known` parameters twice.
pub(super) fn parameter_twice(uri: &Uri, known: &[&str]) -> Response {
    let mut seen = Vec::new();
    let names = uri.query().unwrap_or_default().split('&').map(|it| it.split_once('=').map_or(it, |(name, _)| name));
    let mut twice = known.first().copied().unwrap_or_default();
    for name in names.filter(|it| known.contains(it)) {
        if seen.contains(&name) {
            twice = name;
            break;
        }
        seen.push(name);
    }
    let text = Text::new("http-parameter-twice").with("parameter", twice).with("known", known.join(", "));
    problem(StatusCode::BAD_REQUEST, text)
}

/// What a refusal repeats of its request, cut where it is long.
pub(super) fn repeated(value: &str) -> String {
    clip(value, MAX_REPEATED)
}

/// Words that are no refusal, in the language of the reader.
pub(super) fn plain(headers: &HeaderMap, words: &Text) -> Response {
    let locale = locale_of(headers);
    let mut response = format!("{}\n", words.render(locale)).into_response();
    in_language(response.headers_mut(), locale);
    response
}

/// Puts refusals into the language of the reader.
pub(super) async fn localize(request: Request, next: Next) -> Response {
    let summary = RequestSummary::of(&request);
    summary.localized(next.run(request).await)
}

/// What the words of a refusal depend on beside the response.
struct RequestSummary {
    locale: Locale,
    method: Method,
    uri: Uri,
    origin: Option<HeaderValue>,
    request_id: Option<RequestId>,
}

impl RequestSummary {
    fn of(request: &Request) -> Self {
        Self {
            locale: locale_of(request.headers()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            origin: request.headers().get(header::ORIGIN).cloned(),
            request_id: request.extensions().get().cloned(),
        }
    }

    fn localized(&self, mut response: Response) -> Response {
        let kept = response.extensions_mut().remove::<ProblemText>().map(|it| it.0);
        let Some(text) = kept.or_else(|| self.text_of(&response)) else { return response };
        let body = body(response.status(), &text.render(self.locale), self.locale);
        let head = response.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        head.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        // What was there may have been compressed on its way.
        head.remove(header::CONTENT_ENCODING);
        in_language(head, self.locale);
        // Only the head of the answer is asked for.
        *response.body_mut() = if self.method == Method::HEAD { Body::empty() } else { Body::from(body) };
        response
    }

    /// The text of a refusal of the framework: a bare status, or a line of plain text. None where it is no such.
    fn text_of(&self, response: &Response) -> Option<Text> {
        let status = response.status();
        let media = text(response.headers(), header::CONTENT_TYPE.as_str());
        if !(status.is_client_error() || status.is_server_error())
            || media.is_some_and(|it| !it.starts_with("text/plain"))
        {
            return None;
        }
        let allowed = text(response.headers(), header::ALLOW.as_str());
        Some(match (status, allowed) {
            (StatusCode::METHOD_NOT_ALLOWED, Some(allowed)) => Text::new("http-method")
                .with("method", repeated(self.method.as_str()))
                .with("allowed", allowed.split(',').map(str::trim).collect::<Vec<_>>().join(", ")),
            (StatusCode::BAD_REQUEST | StatusCode::METHOD_NOT_ALLOWED | StatusCode::UPGRADE_REQUIRED, _)
                if self.uri.path() == SOCKET =>
            {
                Text::new("http-no-websocket")
            }
            (StatusCode::BAD_REQUEST, _) => Text::new("http-unreadable-address"),
            (StatusCode::FORBIDDEN, _) => {
                let origin = self.origin.as_ref().and_then(|it| it.to_str().ok()).unwrap_or("null");
                Text::new("http-other-origin").with("origin", repeated(origin))
            }
            (status, _) if status.is_server_error() => {
                Text::new("internal").with("request", self.request_id.as_ref().map_or("-", |it| it.0.as_str()))
            }
            _ => return None,
        })
    }
}

fn locale_of(headers: &HeaderMap) -> Locale {
    Locale::negotiate(text(headers, header::ACCEPT_LANGUAGE.as_str()))
}

/// Says in which language an answer is, and that others would get it in another.
fn in_language(headers: &mut HeaderMap, locale: Locale) {
    let language = match locale {
        Locale::De => "de",
        Locale::En => "en",
    };
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language));
    let mut varies =
        headers.get_all(header::VARY).iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    let covers = |it: &str| it.trim() == "*" || it.trim().eq_ignore_ascii_case("accept-language");
    if !varies.any(covers) {
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
}

fn body(status: StatusCode, detail: &str, locale: Locale) -> String {
    let title = title(status).map(|it| it.render(locale));
    let title = title.unwrap_or_else(|| status.canonical_reason().unwrap_or_default().to_owned());
    serde_json::json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
    })
    .to_string()
}

/// The name of a status; none of those that are not used here.
fn title(status: StatusCode) -> Option<Text> {
    Some(match status {
        StatusCode::BAD_REQUEST => Text::new("http-title-400"),
        StatusCode::UNAUTHORIZED => Text::new("http-title-401"),
        StatusCode::FORBIDDEN => Text::new("http-title-403"),
        StatusCode::NOT_FOUND => Text::new("http-title-404"),
        StatusCode::METHOD_NOT_ALLOWED => Text::new("http-title-405"),
        StatusCode::NOT_ACCEPTABLE => Text::new("http-title-406"),
        StatusCode::REQUEST_TIMEOUT => Text::new("http-title-408"),
        StatusCode::GONE => Text::new("http-title-410"),
        StatusCode::PRECONDITION_FAILED => Text::new("http-title-412"),
        StatusCode::PAYLOAD_TOO_LARGE => Text::new("http-title-413"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Text::new("http-title-415"),
        StatusCode::RANGE_NOT_SATISFIABLE => Text::new("http-title-416"),
        StatusCode::UNPROCESSABLE_ENTITY => Text::new("http-title-422"),
        StatusCode::UPGRADE_REQUIRED => Text::new("http-title-426"),
        StatusCode::TOO_MANY_REQUESTS => Text::new("http-title-429"),
        StatusCode::INTERNAL_SERVER_ERROR => Text::new("http-title-500"),
        StatusCode::SERVICE_UNAVAILABLE => Text::new("http-title-503"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::to_bytes;
    use axum::middleware::from_fn;
    use axum::routing::{any, get};
    use serde_json::json;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;
    use tower_http::compression::CompressionLayer;

    use super::*;

    /// The layers in the order of the server, around a few routes.
    fn router() -> Router {
        let inner: Router = Router::new()
            .route("/page", get(|| async { "no refusal" }))
            .route("/gone", get(|| async { problem(StatusCode::GONE, Text::new("http-withdrawn")) }))
            .route("/varies", get(|| async { ([(header::VARY, "accept, Accept-Language")], nothing_public("/x")) }))
            .route("/bare", any(|| async { StatusCode::FORBIDDEN }))
            .route("/words", any(|| async { (StatusCode::BAD_REQUEST, "Invalid UTF-8 in `file`") }))
            .route("/broken", any(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .route("/json", any(|| async { (StatusCode::FORBIDDEN, axum::Json(1)) }))
            .fallback(|uri: Uri| async move { no_such_address(uri.path()) })
            .layer(CompressionLayer::new())
            .layer(CatchPanicLayer::new());
        Router::new().fallback_service(inner).layer(from_fn(localize))
    }

    async fn ask(
        method: Method,
        path: &str,
        headers: &[(&'static str, &'static str)],
    ) -> (StatusCode, HeaderMap, String) {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_static(value));
        }
        request.extensions_mut().insert(RequestId("r-1".to_owned()));
        let (head, body) = router().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1 << 16).await.unwrap();
        (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    fn detail(body: &str) -> String {
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        body["detail"].as_str().unwrap().to_owned()
    }

    fn values(headers: &HeaderMap, name: &str) -> String {
        headers.get_all(name).iter().map(|it| it.to_str().unwrap()).collect::<Vec<_>>().join(", ")
    }

    #[tokio::test]
    async fn the_language_is_that_of_the_reader_and_english_otherwise() {
        let withdrawn = Text::new("http-withdrawn");
        for (headers, language, locale) in [
            (&[("accept-language", "de-AT, en;q=0.5")][..], "de", Locale::De),
            (&[("accept-language", "fr")], "en", Locale::En),
            (&[], "en", Locale::En),
        ] {
            let (status, head, body) = ask(Method::GET, "/gone", headers).await;
            assert_eq!((status, values(&head, "content-type").as_str()), (StatusCode::GONE, MEDIA));
            assert_eq!(
                (values(&head, "content-language").as_str(), detail(&body)),
                (language, withdrawn.render(locale))
            );
            assert_eq!(values(&head, "content-length"), body.len().to_string());
            assert_eq!(values(&head, "vary").matches("accept-language").count(), 1, "{head:?}");
        }
        let (_, _, body) = ask(Method::GET, "/gone", &[("accept-language", "de")]).await;
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&body["title"], &body["status"]), (&json!("Nicht mehr vorhanden"), &json!(410)));
    }

    #[tokio::test]
    async fn the_language_is_named_once_in_vary() {
        let (_, head, _) = ask(Method::GET, "/varies", &[]).await;
        assert_eq!(values(&head, "vary").to_ascii_lowercase().matches("accept-language").count(), 1, "{head:?}");
    }

    #[tokio::test]
    async fn what_was_compressed_is_sent_plain_and_by_its_length() {
        let headers = [("accept-language", "de"), ("accept-encoding", "gzip")];
        let (_, head, body) = ask(Method::GET, "/gone", &headers).await;
        assert_eq!(
            (values(&head, "content-encoding"), values(&head, "content-length")),
            (String::new(), body.len().to_string())
        );
        assert!(detail(&body).contains("zurückgezogen"), "{body}");
        let (status, head, body) = ask(Method::HEAD, "/gone", &headers).await;
        assert_eq!((status, body.as_str()), (StatusCode::GONE, ""));
        assert_ne!(values(&head, "content-length"), "0");
    }

    #[tokio::test]
    async fn what_the_framework_refuses_gets_words() {
        let german = [("accept-language", "de"), ("origin", "https://elsewhere.example")];
        for (method, path, status, words) in [
            (Method::POST, "/gone", 405, "möglich: GET, HEAD"),
            (Method::GET, "/bare", 403, "https://elsewhere.example"),
            (Method::GET, "/words", 400, "%C3%BC"),
            (Method::GET, "/broken", 500, "r-1"),
            (Method::GET, "/feeds/vbf_secret.ics", 404, "/feeds/… "),
        ] {
            let (found, head, body) = ask(method, path, &german).await;
            assert_eq!((found.as_u16(), values(&head, "content-language").as_str()), (status, "de"), "{path}");
            assert!(detail(&body).contains(words), "{path}: {body}");
            assert_eq!(values(&head, "content-length"), body.len().to_string(), "{path}");
        }
    }

    #[tokio::test]
    async fn other_answers_stay_as_they_are() {
        for (path, status, content) in [("/page", 200, "no refusal"), ("/json", 403, "1")] {
            let (found, head, body) = ask(Method::GET, path, &[("accept-language", "de")]).await;
            assert_eq!((found.as_u16(), body.as_str()), (status, content), "{path}");
            assert_eq!(values(&head, "content-language"), "", "{path}");
        }
    }

    #[test]
    fn titles_are_those_of_their_status_in_english_and_german_otherwise() {
        let mut known = 0;
        for status in (400..600).filter_map(|it| StatusCode::from_u16(it).ok()) {
            let Some(title) = title(status) else { continue };
            assert_eq!(Some(title.render(Locale::En).as_str()), status.canonical_reason());
            assert_ne!(title.render(Locale::De), title.render(Locale::En), "{status}");
            known += 1;
        }
        assert_eq!(known, 17);
    }

    #[test]
    fn the_parameter_that_comes_twice_is_named() {
        let said = |address: &str| {
            let response = parameter_twice(&address.parse().unwrap(), &["tenant", "kind"]);
            response.extensions().get::<ProblemText>().unwrap().0.render(Locale::De)
        };
        assert!(said("/x?a=1&a=2&tenant=t&kind=A&kind=B").starts_with("kind:"));
        assert!(said("/x?tenant=a&tenant=b").starts_with("tenant:"));
    }
}
