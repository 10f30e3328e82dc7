//! What every HTTP client meets first: media types, statuses, methods, origins, headers, budgets, slow and large requests.

mod origins;

use std::time::Instant;

use origins::{
    pages_of_named_origins_only_may_use_it, pages_of_this_machine_use_it_where_the_operator_says_so,
    public_addresses_may_be_read_from_any_page,
};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use server::config::Config;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use verbund_tests::app::Server;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["front_door";
        accept_decides_media_type_and_status,
        queries_may_come_by_get_and_nothing_else,
        browsers_are_led_to_the_explorer,
        pages_of_named_origins_only_may_use_it,
        public_addresses_may_be_read_from_any_page,
        pages_of_this_machine_use_it_where_the_operator_says_so,
        every_answer_carries_the_headers_that_protect_browsers,
        refusals_are_in_the_language_of_the_reader,
        large_answers_are_compressed_and_streams_are_not,
        requests_beyond_what_it_can_do_are_sent_away_at_once,
        budgets_are_spent_by_points_and_told,
        introspection_can_be_for_those_who_signed_in,
        slow_and_broken_requests_are_ended,
        who_hangs_up_leaves_no_transaction_behind,
    ]
}

async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Response {
    let mut request = reqwest::Client::new().request(method, format!("{}{path}", server.base));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"));
    }
    request = request.headers(map);
    if let Some(body) = body {
        request = request.body(body.to_owned());
    }
    request.send().await.expect("the server answers")
}

fn header(response: &Response, name: &str) -> String {
    let values = response.headers().get_all(name).iter().map(|it| it.to_str().unwrap_or_default());
    values.collect::<Vec<_>>().join(", ")
}

async fn with(app: &TestApp, change: impl FnOnce(&mut Config)) -> Server {
    let mut config = app.config.clone();
    change(&mut config);
    Server::start(config, app.clock.clone()).await.expect("a server")
}

async fn accept_decides_media_type_and_status(app: TestApp) {
    const MODERN: &str = "application/graphql-response+json; charset=utf-8";
    const LEGACY: &str = "application/json; charset=utf-8";
    let good = json!({ "query": "{ __typename }" }).to_string();
    let invalid = json!({ "query": "{ nothing }" }).to_string();
    let unparsable = json!({ "query": "{" }).to_string();
    let failing = json!({ "query": "{ calendars(first: -1) { totalCount } }" }).to_string();
    for (accept, body, status, kind) in [
        (Some("application/graphql-response+json"), good.as_str(), 200, MODERN),
        (Some("application/json"), &good, 200, LEGACY),
        (Some("*/*"), &good, 200, LEGACY),
        (None, &good, 200, LEGACY),
        (Some("application/graphql-response+json, application/json;q=0.9"), &good, 200, MODERN),
        (Some("text/html, */*;q=0.1"), &good, 200, LEGACY),
        (Some("application/graphql-response+json"), &invalid, 400, MODERN),
        (Some("application/json"), &invalid, 200, LEGACY),
        (None, &invalid, 400, MODERN),
        (Some("application/graphql-response+json"), &unparsable, 400, MODERN),
        (Some("application/json"), &unparsable, 200, LEGACY),
        (Some("application/json"), "{", 400, LEGACY),
        (Some("application/json"), "{}", 400, LEGACY),
        (Some("application/graphql-response+json"), &failing, 200, MODERN),
        (Some("text/html"), &good, 406, MODERN),
        (Some("application/json;q=0"), &good, 406, MODERN),
    ] {
        let mut headers = vec![("content-type", "application/json")];
        // The client adds one of its own where none is given.
        headers.push(("accept", accept.unwrap_or("*/*")));
        let response = ask(app.server(), Method::POST, "/graphql", &headers, Some(body)).await;
        let found = (response.status().as_u16(), header(&response, "content-type"));
        assert_eq!(found, (status, kind.to_owned()), "{accept:?} {body}");
        let body: Value = response.json().await.expect("JSON");
        let executed = body["errors"].is_null() || body["errors"][0].get("path").is_some();
        assert_eq!(body.get("data").is_some(), executed, "{body}");
    }
}

async fn queries_may_come_by_get_and_nothing_else(app: TestApp) {
    let get = |path: &'static str| ask(app.server(), Method::GET, path, &[], None);
    let response = get(
        "/graphql?query=query%20Q(%24n%3A%20Int)%20%7B%20calendars(first%3A%20%24n)%20%7B%20totalCount%20%7D%20%7D\
        &variables=%7B%22n%22%3A%201%7D&operationName=Q&extensions=%7B%7D&more=1",
    )
    .await;
    assert_eq!(response.status(), 200);
    let body: Value = response.json().await.expect("JSON");
    assert!(body["data"]["calendars"]["totalCount"].as_u64() > Some(0), "{body}");
    let response = get("/graphql?query=mutation%20%7B%20__typename%20%7D").await;
    assert_eq!((response.status().as_u16(), header(&response, "allow").as_str()), (405, "POST"));
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    // Which of several it is decides, not whether there is one.
    let both = "query%20A%20%7B%20__typename%20%7D%20mutation%20B%20%7B%20__typename%20%7D";
    for (name, status) in [("A", 200), ("B", 405), ("C", 400)] {
        let path = format!("/graphql?query={both}&operationName={name}");
        assert_eq!(ask(app.server(), Method::GET, &path, &[], None).await.status(), status, "{name}");
    }
    for wrong in [
        "/graphql",
        "/graphql?query=",
        "/graphql?query=%7B__typename%7D&variables=x",
        "/graphql?query=%7B__typename%7D&variables=%5B%5D",
        "/graphql?query=%7B__typename%7D&extensions=1",
        "/graphql?query=%7B__typename%7D&query=%7B__typename%7D",
        "/graphql?query=%FF",
    ] {
        assert_eq!(get(wrong).await.status(), 400, "{wrong}");
    }
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        assert_eq!(ask(app.server(), method, "/graphql", &[], Some("{}")).await.status(), 405);
    }
}

async fn browsers_are_led_to_the_explorer(app: TestApp) {
    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8";
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let get = async |server: &Server, path: &str, accept: &str| {
        client.get(format!("{}{path}", server.base)).header("accept", accept).send().await.expect("an answer")
    };
    for path in ["/graphql", "/graphql/"] {
        let response = get(app.server(), path, BROWSER).await;
        assert_eq!((response.status().as_u16(), header(&response, "location").as_str()), (303, "/"), "{path}");
        assert!(header(&response, "vary").contains("accept"), "{path}");
        // Programs, and links with a query, meet the API.
        assert_eq!(get(app.server(), path, "*/*").await.status(), 400, "{path}");
        let query = format!("{path}?query=%7B__typename%7D");
        assert_eq!(get(app.server(), &query, BROWSER).await.status(), 200, "{query}");
        let body = json!({ "query": "{ __typename }" }).to_string();
        let headers = [("content-type", "application/json")];
        let response = ask(app.server(), Method::POST, path, &headers, Some(&body)).await;
        assert_eq!(response.status(), 200, "{path}");
        let body: Value = response.json().await.expect("JSON");
        assert_eq!(body["data"]["__typename"], "Query", "{path}");
    }
    let without = with(&app, |it| it.http.explorer = false).await;
    assert_eq!(get(&without, "/graphql", BROWSER).await.status(), 400, "there is nowhere to lead to");
}

async fn every_answer_carries_the_headers_that_protect_browsers(app: TestApp) {
    let body = json!({ "query": "{ __typename }" }).to_string();
    let json = [("content-type", "application/json")];
    for response in [
        ask(app.server(), Method::POST, "/graphql", &json, Some(&body)).await,
        ask(app.server(), Method::POST, "/graphql", &json, Some("{")).await,
        ask(app.server(), Method::POST, "/graphql", &[("authorization", "Bearer x")], Some(&body)).await,
        ask(app.server(), Method::GET, "/", &[], None).await,
        ask(app.server(), Method::GET, "/nothing", &[], None).await,
        ask(app.server(), Method::GET, "/healthz", &[], None).await,
    ] {
        let url = response.url().clone();
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(header(&response, name), value, "{url} {name}");
        }
        assert!(header(&response, "content-security-policy").contains("frame-ancestors 'none'"), "{url}");
        assert!(
            !header(&response, "x-request-id").is_empty() && !header(&response, "traceresponse").is_empty(),
            "{url}"
        );
        assert_eq!(header(&response, "server"), "", "{url}");
    }
    let response = ask(app.server(), Method::POST, "/graphql", &json, Some(&body)).await;
    assert_eq!(header(&response, "cache-control"), "private, no-store");
}

async fn refusals_are_in_the_language_of_the_reader(app: TestApp) {
    const ENGLISH: [&str; 16] = [
        "the", "there", "this", "is", "not", "of", "and", "no", "found", "must", "with", "allowed", "address",
        "request", "try", "again",
    ];
    let none: &[(&str, &str)] = &[];
    let image: &[(&str, &str)] = &[("accept", "image/png")];
    let elsewhere: &[(&str, &str)] = &[("origin", "https://elsewhere.example"), ("sec-fetch-site", "cross-site")];
    for (method, path, headers, status, words) in [
        (Method::GET, "/nothing", none, 404, "/nothing"),
        (Method::GET, "/explorer/nothing.js", none, 404, "/explorer/nothing.js"),
        (Method::DELETE, "/graphql", none, 405, "POST"),
        (Method::POST, "/graphql", elsewhere, 403, "https://elsewhere.example"),
        (Method::GET, "/graphql/ws", none, 400, "graphql-transport-ws"),
        (Method::PUT, "/healthz", none, 405, "GET, HEAD"),
        (Method::GET, "/public/calendars/nothing.ics", none, 404, ".ifb"),
        (Method::GET, "/public/calendars/%FF.ics", none, 400, "%C3%BC"),
        (Method::GET, "/public/rounds/nothing.ics", none, 404, "rnd_"),
        (Method::GET, "/public/places.geojson?kind=CASTLE", none, 400, "kind: „CASTLE“"),
        (Method::GET, "/public/places.geojson?tenant=nowhere", none, 404, "tenant: "),
        (Method::GET, "/public/places.geojson?after=cal_x", none, 400, "lpl_"),
        (Method::GET, "/public/offers.geojson?topic=NOTHING", none, 400, "topic: „NOTHING“"),
        (Method::GET, "/public/offers.geojson?topic=MUSIC&topic=MUSIC", none, 400, "topic: "),
        (Method::GET, "/feeds/vbf_nothing.ics", none, 404, "feedCreate"),
        (Method::GET, "/catalog?page=x", none, 404, "page: „x“"),
        (Method::GET, "/catalog?page=4711", none, 404, "page: "),
        (Method::GET, "/catalog", image, 406, "text/turtle"),
        (Method::POST, "/catalog", none, 405, "GET, HEAD"),
        (Method::GET, "/catalog/datasets/nothing.ttl", none, 404, ".jsonld"),
        (Method::GET, "/datasets/nothing/versions/1.0.csv", none, 404, "parquet"),
        (Method::PUT, "/uploads/nothing", none, 404, "datasetUploadTicket"),
        (Method::GET, "/downloads/nothing", none, 404, "projectDownloadTicket"),
        (Method::POST, "/downloads/nothing", none, 405, "GET, HEAD"),
        (Method::GET, "/caldav/", none, 401, "vbf_"),
    ] {
        let headers = [&[("accept-language", "de, en;q=0.5")], headers].concat();
        let response = ask(app.server(), method.clone(), path, &headers, None).await;
        let what = format!("{method} {path}");
        let found =
            (response.status().as_u16(), header(&response, "content-type"), header(&response, "content-language"));
        assert_eq!(found, (status, "application/problem+json".to_owned(), "de".to_owned()), "{what}");
        assert_eq!(header(&response, "vary").to_ascii_lowercase().matches("accept-language").count(), 1, "{what}");
        let length = header(&response, "content-length");
        let body = response.text().await.expect("a body");
        assert_eq!(length, body.len().to_string(), "{what}");
        let problem: Value = serde_json::from_str(&body).expect("a problem");
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(words), "{what}: {detail}");
        // Members of closed sets are English everywhere.
        let said = format!("{} {detail}", problem["title"]);
        let said = said.split_whitespace().filter(|it| !it.contains('_')).collect::<Vec<_>>().join(" ").to_lowercase();
        let english: Vec<_> = said.split(|it: char| !it.is_alphabetic()).filter(|it| ENGLISH.contains(it)).collect();
        assert!(english.is_empty(), "{what}: {english:?} in {detail}");
    }
    let response = ask(app.server(), Method::GET, "/nothing", &[], None).await;
    assert_eq!(header(&response, "content-language"), "en");
    assert!(response.text().await.expect("a body").contains("There is nothing at /nothing."));
}

async fn large_answers_are_compressed_and_streams_are_not(app: TestApp) {
    let query =
        json!({ "query": "{ __schema { types { name description fields { name description } } } }" }).to_string();
    let headers = [("content-type", "application/json"), ("accept-encoding", "gzip")];
    let response = ask(app.server(), Method::POST, "/graphql", &headers, Some(&query)).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-encoding").as_str()), (200, "gzip"));
    let packed = response.bytes().await.expect("a body").len();
    let plain = ask(app.server(), Method::POST, "/graphql", &headers[..1], Some(&query)).await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert!(packed * 3 < plain.bytes().await.expect("a body").len(), "{packed}");
    let headers = [headers[0], headers[1], ("accept", "text/event-stream")];
    let stream = ask(app.server(), Method::POST, "/graphql", &headers, Some(&query)).await;
    assert_eq!(
        (header(&stream, "content-type").as_str(), header(&stream, "content-encoding").as_str()),
        ("text/event-stream", "")
    );
    // What comes packed is not unpacked: no bomb gets in.
    let bomb = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let response = ask(app.server(), Method::POST, "/graphql", &bomb, Some("\u{1f}\u{8b}")).await;
    assert_eq!(response.status(), 415);
}

/// A request that is being worked on, because its body is still awaited.
async fn half(server: &Server) -> TcpStream {
    let address = server.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\
         expect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 25];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

async fn requests_beyond_what_it_can_do_are_sent_away_at_once(app: TestApp) {
    let server = with(&app, |it| it.http.max_concurrent_requests = 2).await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    let (mut one, _two) = (half(&server).await, half(&server).await);
    let post = || ask(&server, Method::POST, "/graphql", &[("content-type", "application/json")], Some(&body));
    let refused = post().await;
    assert_eq!((refused.status().as_u16(), header(&refused, "retry-after").as_str()), (503, "1"));
    assert_eq!(server.get("/healthz").await.0, 200, "probes are no work");
    one.write_all(b"{\"query\": \"{__typename}\"}  ").await.expect("sent");
    let mut answer = [0; 15];
    one.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    assert_eq!(post().await.status(), 200, "there is room again");
}

async fn budgets_are_spent_by_points_and_told(app: TestApp) {
    let server = with(&app, |it| {
        it.graphql.points_per_minute = 100;
        it.graphql.anonymous_points_per_minute = 25;
        it.http.client_address_header = "x-forwarded-for".to_owned();
    })
    .await;
    let post = async |token: Option<&str>, query: &str, address: &str| {
        let bearer = token.map(|it| format!("Bearer {it}"));
        let mut headers = vec![("content-type", "application/json"), ("x-forwarded-for", address)];
        headers.extend(bearer.as_deref().map(|it| ("authorization", it)));
        let body = json!({ "query": query }).to_string();
        ask(&server, Method::POST, "/graphql", &headers, Some(&body)).await
    };
    let (viewer, planner) = (app.token("viewer@ostallgaeu"), app.token("planner@ostallgaeu"));
    let first = post(Some(&viewer), "{ viewer { name } }", "192.0.2.1").await;
    assert_eq!(header(&first, "ratelimit-policy"), "\"points\";q=100;w=60");
    assert_eq!(header(&first, "ratelimit"), "\"points\";r=88;t=8", "10 for the request, 2 for its fields");
    let large = post(Some(&viewer), "{ calendars(first: 40) { nodes { id name } } }", "192.0.2.1").await;
    assert_eq!((large.status().as_u16(), header(&large, "ratelimit").starts_with("\"points\";r=0;")), (429, true));
    let wait: u64 = header(&large, "retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    let body: Value = large.json().await.expect("JSON");
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    assert!(body.get("data").is_none(), "{body}");
    // Nothing of it was done, and somebody else is not concerned.
    assert_eq!(post(Some(&viewer), "{ viewer { name } }", "192.0.2.1").await.status(), 200);
    assert_eq!(post(Some(&planner), "{ viewer { name } }", "192.0.2.1").await.status(), 200);
    // Others are counted by their address, which the proxy says.
    assert_eq!(post(None, "{ viewer { signedIn } }", "192.0.2.1").await.status(), 200);
    assert_eq!(post(None, "{ viewer { signedIn } }", "192.0.2.1").await.status(), 200);
    assert_eq!(post(None, "{ viewer { signedIn } }", "192.0.2.1").await.status(), 429);
    assert_eq!(
        post(None, "{ viewer { signedIn } }", "198.51.100.9, 192.0.2.1").await.status(),
        429,
        "the last one counts"
    );
    assert_eq!(post(None, "{ viewer { signedIn } }", "192.0.2.2").await.status(), 200);
    // On a socket the same budget holds.
    let mut socket = verbund_tests::Socket::init(&server.base, Some(&viewer)).await;
    socket.subscribe("1", "{ calendars(first: 40) { nodes { id name } } }", json!({})).await;
    let told = socket.receive().await;
    assert_eq!(told["payload"][0]["extensions"]["code"], "RATE_LIMITED", "{told}");
}

async fn introspection_can_be_for_those_who_signed_in(app: TestApp) {
    let server = with(&app, |it| it.graphql.introspection = graphql_documents::limits::Introspection::SignedIn).await;
    let (anonymous, viewer) = (server.client(None), server.client(Some(app.token("viewer@ostallgaeu"))));
    for query in [
        "{ __schema { queryType { name } } }",
        "{ ...F } fragment F on Query { ... { __type(name: \"Query\") { name } } }",
    ] {
        let refused = anonymous.ask(query).await;
        assert_eq!((refused.status, refused.codes()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{query}");
        assert_eq!(viewer.ask(query).await.status, 200);
    }
    assert_eq!(anonymous.ask("{ __typename viewer { __typename } }").await.status, 200);
    let response = ask(&server, Method::GET, "/schema.graphql", &[], None).await;
    // No token was wrong: none was sent (RFC 6750, section 3.1).
    let asked = (response.status().as_u16(), header(&response, "www-authenticate"));
    assert_eq!(asked, (401, "Bearer realm=\"verbund\"".to_owned()));
    let response = reqwest::Client::new().get(format!("{}/schema.graphql", server.base));
    let response = response.bearer_auth(app.token("viewer@ostallgaeu")).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
}

async fn slow_and_broken_requests_are_ended(app: TestApp) {
    let server = with(&app, |it| {
        it.http.head_timeout_seconds = 1;
        it.http.body_timeout_seconds = 1;
    })
    .await;
    let address = server.base.trim_start_matches("http://").to_owned();
    let since = Instant::now();
    // A head that never ends, byte by byte, and many of them.
    let drip = async || {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: x\r\nx-slow: ").await.expect("sent");
        let (mut reading, mut writing) = stream.into_split();
        let writing = tokio::spawn(async move {
            let mut pace = tokio::time::interval(std::time::Duration::from_millis(100));
            while writing.write_all(b"a").await.is_ok() {
                pace.tick().await;
            }
        });
        let mut answer = Vec::new();
        let _cut = reading.read_to_end(&mut answer).await;
        writing.abort();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
    };
    let slow_body = async {
        let mut stream = half(&server).await;
        stream.write_all(b"{").await.expect("sent");
        let mut answer = String::new();
        let _cut = stream.read_to_string(&mut answer).await;
        assert!(answer.starts_with("HTTP/1.1 408 Request Timeout"), "{answer}");
        assert!(answer.contains("BAD_REQUEST"), "{answer}");
    };
    let many = futures_util::future::join_all((0..50).map(|_| drip()));
    tokio::join!(many, slow_body, async {
        // Meanwhile others are served.
        assert_eq!(server.client(None).ask("{ __typename }").await.status, 200);
    });
    assert!(since.elapsed().as_secs() < 8, "{:?}", since.elapsed());
    for (what, bytes, status) in [
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), Some("400")),
        (
            "a head of 40 KiB",
            format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(40_000)).into_bytes(),
            Some("431"),
        ),
        (
            "100 headers",
            format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(100)).into_bytes(),
            Some("431"),
        ),
        (
            "a body with two lengths",
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_vec(),
            Some("400"),
        ),
        (
            "gone halfway",
            b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"
                .to_vec(),
            None,
        ),
    ] {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(&bytes).await.expect("sent");
        if status.is_none() {
            drop(stream);
            continue;
        }
        let mut answer = Vec::new();
        let _cut = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer);
        assert!(status.is_none_or(|it| answer.starts_with(&format!("HTTP/1.1 {it}"))), "{what}: {answer}");
    }
    assert_eq!(server.client(None).ask("{ __typename }").await.status, 200);
}

async fn who_hangs_up_leaves_no_transaction_behind(app: TestApp) {
    // One connection to the database, so that whatever is left behind meets the next one who asks.
    let server = with(&app, |it| it.database.max_connections = 1).await;
    let planner = server.client(Some(app.token("planner@ostallgaeu")));
    let calendar = app.world.id("calendar.oal.office");
    let mut version = 1;
    for turns in 0..250 {
        let mut hasty = Box::pin(planner.ask("{ viewer { name } calendars { totalCount } }"));
        for _ in 0..turns {
            if futures_util::poll!(&mut hasty).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(hasty);
        if turns % 5 == 0 {
            let input = json!({ "id": calendar, "version": version, "description": format!("after {turns}") });
            let told = planner.try_mutate("calendarUpdate", input, "calendar { version }").await;
            assert_eq!(told["userErrors"], json!([]), "after {turns} turns");
            version += 1;
        }
    }
}
