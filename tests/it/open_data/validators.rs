//! Conditions, codings and parts at every door that sends a representation, by one table (RFC 9110).

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;
use verbund_tests::app::Server;
use verbund_tests::{Case, TestApp, cases};

use super::dataset;
use crate::feeds::{address, header};

pub fn cases() -> Vec<Case> {
    cases!["open_data"; every_door_keeps_to_the_rules_of_conditional_requests]
}

/// What a client got.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        header(&self.headers, name)
    }

    /// On which headers the answer depends.
    fn varies(&self) -> BTreeSet<String> {
        let values = self.headers.get_all("vary").iter().filter_map(|it| it.to_str().ok());
        values.flat_map(|it| it.split(',')).map(|it| it.trim().to_ascii_lowercase()).collect()
    }
}

/// An address, whether what it sends is compressed, and whether parts of it are sent.
struct Door {
    path: String,
    is_text: bool,
    has_parts: bool,
}

async fn doors(app: &TestApp) -> Vec<Door> {
    let id = dataset(app, "Offen", 400, true).await;
    let planner = app.actor("planner@ostallgaeu");
    let feed = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Alle", "level": "FULL" });
    let feed = planner.mutate("feedCreate", feed, "secret").await;
    let viewer = app.actor("viewer@kaufbeuren");
    let query = "query($id: ID!) { datasetVersions(dataset: $id) { nodes { id } } }";
    let version = viewer.send(query, json!({ "id": id })).await.data()["datasetVersions"]["nodes"][0]["id"].clone();
    let ticket = json!({ "datasetVersion": version, "format": "CSV" });
    let ticket = viewer.mutate("datasetDownloadTicket", ticket, "downloadTicket { path }").await;
    let text = |path: String| Door { path, is_text: true, has_parts: false };
    let calendar = address(app, "oal.public");
    let mut doors: Vec<_> = [
        "/".to_owned(),
        "/schema.graphql".to_owned(),
        calendar.clone(),
        calendar.replace(".ics", ".json"),
        calendar.replace(".ics", ".ifb"),
        format!("/feeds/{}.ics", feed["secret"].as_str().expect("a secret")),
        "/public/places.geojson".to_owned(),
        "/public/offers.geojson".to_owned(),
        "/catalog".to_owned(),
        "/catalog.jsonld".to_owned(),
        format!("/catalog/datasets/{id}.rdf"),
    ]
    .map(text)
    .into();
    let file = |suffix: &str| format!("/datasets/{id}/versions/1.0.{suffix}");
    let files = [("csv", true), ("jsonl", true), ("csv-metadata.json", true), ("xlsx", false), ("parquet", false)];
    doors.extend(files.map(|(suffix, is_text)| Door { path: file(suffix), is_text, has_parts: true }));
    let path = ticket["downloadTicket"]["path"].as_str().expect("a path").to_owned();
    doors.push(Door { path, is_text: true, has_parts: true });
    doors
}

async fn every_door_keeps_to_the_rules_of_conditional_requests(app: TestApp) {
    const LONG_AGO: &str = "Thu, 01 Jan 2015 00:00:00 GMT";
    let http = reqwest::Client::new();
    let mut config = app.config.clone();
    config.graphql.anonymous_points_per_minute = 100_000_000;
    config.graphql.points_per_minute = 100_000_000;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    for Door { path, is_text, has_parts } in doors(&app).await {
        let ask = async |method: Method, headers: &[(&'static str, &str)]| {
            let mut request = http.request(method, format!("{}{path}", server.base));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let response = request.send().await.expect("an answer");
            let (status, headers) = (response.status(), response.headers().clone());
            Got { status, headers, body: response.bytes().await.expect("a body").to_vec() }
        };
        let get = async |headers: &[(&'static str, &str)]| ask(Method::GET, headers).await;
        let plain = get(&[]).await;
        // The explorer may not be built in.
        if path == "/" && plain.status == 404 {
            continue;
        }
        let (tag, length) = (plain.header("etag").to_owned(), plain.body.len().to_string());
        assert_eq!((plain.status.as_u16(), plain.header("content-length")), (200, length.as_str()), "{path}");
        assert!(tag.starts_with('"') && tag.len() > 10 && plain.header("content-encoding").is_empty(), "{path}: {tag}");
        assert!(!plain.header("cache-control").is_empty(), "{path}");
        assert_eq!(plain.varies().contains("accept-encoding"), is_text, "{path}: {:?}", plain.varies());
        let head = ask(Method::HEAD, &[]).await;
        assert_eq!(
            (head.status.as_u16(), head.header("etag"), head.header("content-length"), head.body.len()),
            (200, tag.as_str(), length.as_str(), 0),
            "HEAD {path}"
        );

        // Two representations have two strong tags, or a weak one.
        let weak = format!("W/{tag}");
        let packed = get(&[("accept-encoding", "gzip")]).await;
        let (coding, of_packed) = if is_text { ("gzip", weak.as_str()) } else { ("", tag.as_str()) };
        assert_eq!((packed.header("content-encoding"), packed.header("etag")), (coding, of_packed), "{path}");
        assert_eq!(packed.header("content-type"), plain.header("content-type"), "{path}");
        let head = ask(Method::HEAD, &[("accept-encoding", "gzip")]).await;
        assert_eq!((head.header("content-encoding"), head.header("etag")), (coding, of_packed), "HEAD {path}");
        for nothing in ["identity;q=0", "*;q=0", "br"] {
            let sent = get(&[("accept-encoding", nothing)]).await;
            assert_eq!((sent.status.as_u16(), sent.header("etag")), (200, tag.as_str()), "{path} {nothing}");
        }

        // What is known is not sent again; the answer is that of the representation which would have been sent.
        for known in [tag.clone(), weak.clone(), format!("\"x\", {weak}"), "*".to_owned()] {
            for (encoding, told) in [("identity", tag.as_str()), ("gzip", of_packed)] {
                for method in [Method::GET, Method::HEAD] {
                    let headers = [("if-none-match", known.as_str()), ("accept-encoding", encoding)];
                    let same = ask(method, &headers).await;
                    let found = (same.status.as_u16(), same.header("etag"), same.body.len());
                    assert_eq!(found, (304, told, 0), "{path} {known} {encoding}");
                    assert_eq!(same.header("cache-control"), plain.header("cache-control"), "{path}");
                    assert_eq!(same.varies(), plain.varies(), "{path}");
                    assert_eq!((same.header("content-type"), same.header("content-encoding")), ("", ""), "{path}");
                }
            }
        }
        for (name, value, status) in [
            ("if-none-match", "\"x\"", 200),
            ("if-match", tag.as_str(), 200),
            ("if-match", "*", 200),
            ("if-match", "\"x\"", 412),
            ("if-match", weak.as_str(), 412),
        ] {
            let sent = get(&[(name, value)]).await;
            assert_eq!(sent.status.as_u16(), status, "{path} {name}: {value}");
            let kind = sent.header("content-type");
            assert_eq!(kind == "application/problem+json", status == 412, "{path} {name}: {value}: {kind}");
        }
        let date = plain.header("last-modified");
        assert!(!has_parts || !date.is_empty(), "{path} has a date");
        if !date.is_empty() {
            for (name, value, status) in [
                ("if-modified-since", date, 304),
                ("if-modified-since", LONG_AGO, 200),
                ("if-modified-since", "soon", 200),
                ("if-unmodified-since", date, 200),
                ("if-unmodified-since", LONG_AGO, 412),
            ] {
                assert_eq!(get(&[(name, value)]).await.status.as_u16(), status, "{path} {name}: {value}");
            }
            // Tags say more than dates.
            let both = [("if-none-match", "\"x\""), ("if-modified-since", date)];
            assert_eq!(get(&both).await.status, 200, "{path}");
        }

        // Parts are of the bytes without a coding, and fit to those only.
        assert_eq!(plain.header("accept-ranges"), if has_parts { "bytes" } else { "" }, "{path}");
        for (if_range, is_part) in
            [(None, true), (Some(tag.as_str()), true), (Some(weak.as_str()), false), (Some(LONG_AGO), false)]
        {
            let mut headers = vec![("range", "bytes=2-11"), ("accept-encoding", "gzip")];
            headers.extend(if_range.map(|it| ("if-range", it)));
            let got = get(&headers).await;
            if is_part && has_parts {
                assert_eq!((got.status.as_u16(), got.header("content-encoding")), (206, ""), "{path} {if_range:?}");
                assert_eq!((got.header("etag"), got.body.as_slice()), (tag.as_str(), &plain.body[2..12]), "{path}");
            } else {
                assert_eq!((got.status.as_u16(), got.header("content-encoding")), (200, coding), "{path} {if_range:?}");
            }
        }
    }
}
