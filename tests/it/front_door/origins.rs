//! Which pages of other origins may use what, in a browser.

use reqwest::Method;
use serde_json::json;
use verbund_tests::TestApp;
use verbund_tests::app::Server;

use super::{ask, header, with};

pub async fn pages_of_named_origins_only_may_use_it(app: TestApp) {
    let server = with(&app, |it| it.http.cors_origins = vec!["https://kalender.example".to_owned()]).await;
    let good = json!({ "query": "{ __typename }" }).to_string();
    let preflight = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization,content-type"),
        ];
        let response = ask(&server, Method::OPTIONS, "/graphql", &headers, None).await;
        (header(&response, "access-control-allow-origin"), header(&response, "access-control-allow-headers"))
    };
    let (origin, headers) = preflight("https://kalender.example").await;
    assert_eq!(origin, "https://kalender.example");
    assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");
    assert_eq!(preflight("https://elsewhere.example").await.0, "");
    let post = async |more: &[(&str, &str)]| {
        let headers = [&[("content-type", "application/json")], more].concat();
        ask(&server, Method::POST, "/graphql", &headers, Some(&good)).await
    };
    let response = post(&[("origin", "https://kalender.example"), ("sec-fetch-site", "cross-site")]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "access-control-allow-origin"), "https://kalender.example");
    assert!(header(&response, "access-control-expose-headers").contains("ratelimit"));
    assert_eq!(header(&response, "access-control-allow-credentials"), "");
    assert!(header(&response, "vary").contains("origin"), "caches keep origins apart");
    for (what, headers) in [
        ("another origin", vec![("origin", "https://elsewhere.example")]),
        ("another site, as the browser says", vec![("sec-fetch-site", "cross-site")]),
        ("a page without an origin", vec![("origin", "null"), ("sec-fetch-site", "cross-site")]),
    ] {
        assert_eq!(post(&headers).await.status(), 403, "{what}");
    }
    let own = server.base.clone();
    assert_eq!(post(&[("origin", &own), ("sec-fetch-site", "same-origin")]).await.status(), 200);
    // A form cannot be made to look like a request.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let response = ask(&server, Method::POST, "/graphql", &[("content-type", kind)], Some(&good)).await;
        assert_eq!(response.status(), 415, "{kind}");
    }
}

pub async fn public_addresses_may_be_read_from_any_page(app: TestApp) {
    let page = [("origin", "https://karte.example")];
    for path in ["/catalog.ttl", "/public/places.geojson", "/public/offers.geojson", "/schema.graphql"] {
        let response = ask(app.server(), Method::GET, path, &page, None).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "access-control-allow-origin")),
            (200, "*".to_owned()),
            "{path}"
        );
        assert_eq!(header(&response, "access-control-allow-credentials"), "", "{path}");
        let headers = [
            page[0],
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", "range,if-none-match,baggage"),
        ];
        let preflight = ask(app.server(), Method::OPTIONS, path, &headers, None).await;
        assert!(header(&preflight, "access-control-allow-headers").contains("range"), "{path}");
    }
    assert_eq!(
        header(
            &ask(app.server(), Method::GET, "/graphql?query=%7B__typename%7D", &page, None).await,
            "access-control-allow-origin"
        ),
        ""
    );
}

pub async fn pages_of_this_machine_use_it_where_the_operator_says_so(app: TestApp) {
    let good = json!({ "query": "{ __typename }" }).to_string();
    let post = async |server: &Server, origin: &str| {
        let headers = [("content-type", "application/json"), ("origin", origin), ("sec-fetch-site", "cross-site")];
        ask(server, Method::POST, "/graphql", &headers, Some(&good)).await.status().as_u16()
    };
    let local = with(&app, |it| it.http.cors_local = true).await;
    let other = with(&app, |it| it.http.cors_local = false).await;
    for (origin, status) in [
        ("http://localhost:5173", 200),
        ("http://127.0.0.1:3000", 200),
        ("http://[::1]:8000", 200),
        ("http://localhost.example:80", 403),
        ("https://elsewhere.example", 403),
        ("null", 403),
    ] {
        assert_eq!(post(&local, origin).await, status, "{origin}");
        assert_eq!(post(&other, origin).await, 403, "{origin} without the setting");
    }
}
