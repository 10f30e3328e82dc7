//! What an operator sees from outside: metrics, traces.

use futures_util::FutureExt as _;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use verbund_tests::app::Server;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["telemetry";
        metrics_have_a_listener_of_their_own,
        what_left_and_what_was_refused_is_counted,
        what_is_open_is_counted_while_it_is_open,
        every_answer_names_its_trace,
        spans_reach_the_collector,
        a_collector_that_is_away_disturbs_nobody,
    ]
}

async fn metrics_have_a_listener_of_their_own(app: TestApp) {
    assert_eq!(app.server().metrics, None, "off by default");
    let mut config = app.config.clone();
    config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
    config.metrics.operations = vec!["Known".to_owned()];
    let server = Server::start(config, app.clock.clone()).await.expect("a second server");
    let metrics = server.metrics.clone().expect("an address");
    let client = server.client(Some(app.token("viewer@ostallgaeu")));
    for query in [
        "query Known { viewer { signedIn } }",
        "query Invented { viewer { signedIn } }",
        "{ calendars { totalCount } }",
        "query Known {",
    ] {
        client.ask(query).await;
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        server.get(path).await;
    }
    let (status, kind, text) = server.get_from(&metrics, "/metrics").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        r#"verbund_requests_total{operation_type="query",operation="Known",outcome="ok"} 1"#,
        r#"verbund_requests_total{operation_type="query",operation="other",outcome="ok"} 1"#,
        r#"verbund_requests_total{operation_type="query",operation="",outcome="ok"} 1"#,
        r#"verbund_requests_total{operation_type="-",operation="",outcome="refused"} 2"#,
        r#"verbund_errors_total{code="GRAPHQL_PARSE_FAILED"} 1"#,
        r#"verbund_http_refused_total{status="404"} 1"#,
        r#"verbund_request_duration_seconds_bucket{operation="Known",le="+Inf"} 1"#,
        "verbund_live_sockets 0",
        "# TYPE verbund_database_seconds_total counter",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is missing:\n{text}");
    }
    assert!(!text.contains("Invented"), "clients cannot make series:\n{text}");
    let value = |name: &str| {
        let line = text.lines().find(|it| it.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"));
        line.rsplit(' ').next().and_then(|it| it.parse::<f64>().ok()).unwrap_or_else(|| panic!("{line}"))
    };
    assert!(value("verbund_statements_total ") > 0.0 && value("verbund_database_seconds_total ") > 0.0);
    // A connection goes back to its pool a moment after the answer.
    let connections = ["idle", "used"].map(|it| value(&format!("verbund_pool_connections{{state=\"{it}\"}}")));
    assert!(connections.iter().sum::<f64>() >= 1.0, "{connections:?}");
    assert!(value("verbund_resident_bytes ") > 1e6);
    assert_eq!(server.get_from(&metrics, "/healthz").await.0, 200);
    for path in ["/", "/graphql", "/readyz"] {
        assert_eq!(server.get_from(&metrics, path).await.0, 404, "{path}");
    }
    server.stop().await.expect("stopped");
    let address = metrics.trim_start_matches("http://").to_owned();
    // The listener goes with the tasks of the server; asking again and again needs no clock.
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

async fn what_left_and_what_was_refused_is_counted(app: TestApp) {
    let mut config = app.config.clone();
    config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
    config.http.server_timing = true;
    let server = Server::start(config, app.clock.clone()).await.expect("a second server");
    let http = reqwest::Client::new();
    let post = async |encoding: &str, accept: &str, query: &str| {
        let request = http.post(format!("{}/graphql", server.base)).header("content-type", "application/json");
        let request = request.header("accept-encoding", encoding).header("accept", accept);
        let response = request.body(json!({ "query": query }).to_string()).send().await.expect("the server answers");
        let headers = response.headers().clone();
        (headers, response.bytes().await.expect("a body").len())
    };
    let large = "{ __schema { types { name description } } }";
    let (headers, packed) = post("gzip", "*/*", large).await;
    assert_eq!(headers["content-encoding"], "gzip");
    let (_, plain) = post("identity", "*/*", large).await;
    let (_, events) = post("gzip", "text/event-stream", large).await;
    assert!(packed * 3 < plain && events > plain, "{packed} {plain} {events}");
    let file = http.get(format!("{}/public/calendars/{}.ics", server.base, app.world.id("calendar.oal.public")));
    let file = file.send().await.expect("the server answers").bytes().await.expect("a body").len();
    let head = http.head(format!("{}/schema.graphql", server.base)).send().await.expect("the server answers");
    assert_eq!(head.status(), 200);
    soon(&server, &format!("verbund_response_bytes_total {}", packed + plain + events + file)).await;
    // Refusals of rules come with 200; who looks at statuses does not see them.
    let viewer = server.client(Some(app.token("viewer@ostallgaeu")));
    let own = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Mine" });
    for _ in 0..3 {
        viewer.try_mutate("calendarCreate", own.clone(), "calendar { id }").await;
    }
    let nameless = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": " " });
    server.client(Some(app.token("admin@ostallgaeu"))).try_mutate("calendarCreate", nameless, "calendar { id }").await;
    viewer.ask("{ calendars(first: -1) { totalCount } }").await;
    for line in [
        r#"verbund_user_errors_total{code="FORBIDDEN"} 3"#,
        r#"verbund_user_errors_total{code="REQUIRED"} 1"#,
        r#"verbund_errors_total{code="BAD_USER_INPUT"} 1"#,
    ] {
        soon(&server, line).await;
    }
    // Many statements at once take no more time than the request.
    let lists = ["calendars", "tenants", "fieldsOfWork", "learningPlaces", "organisations", "educationOffers"];
    let query = lists.map(|it| format!("{it} {{ totalCount nodes {{ id }} }}")).join(" ");
    for _ in 0..5 {
        let started = std::time::Instant::now();
        let (headers, _) = post("identity", "*/*", &format!("{{ {query} }}")).await;
        let elapsed = started.elapsed().as_secs_f64() * 1_000.0;
        let timing = headers["server-timing"].to_str().expect("text").to_owned();
        let database = timing.split("dur=").nth(1).and_then(|it| it.split(';').next()).expect("a duration");
        assert!(database.parse::<f64>().expect("a number") <= elapsed, "{timing} in {elapsed} ms");
    }
    server.stop().await.expect("stopped");
}

/// Asks for metrics until a line is there; asking again and again needs no clock.
async fn until(server: &Server, line: &str) {
    let metrics = server.metrics.clone().expect("an address");
    while !server.get_from(&metrics, "/metrics").await.2.lines().any(|it| it == line) {
        tokio::task::yield_now().await;
    }
}

/// Asks for metrics a while for a line that must come.
async fn soon(server: &Server, line: &str) {
    let metrics = server.metrics.clone().expect("an address");
    let mut text = String::new();
    for _ in 0..2_000 {
        text = server.get_from(&metrics, "/metrics").await.2;
        if text.lines().any(|it| it == line) {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("{line} is missing:\n{text}");
}

async fn what_is_open_is_counted_while_it_is_open(app: TestApp) {
    let mut config = app.config.clone();
    config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
    let server = Server::start(config, app.clock.clone()).await.expect("a second server");
    let address = server.base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "GET /graphql/ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).await.expect("sent");
    until(&server, "verbund_live_sockets 1").await;
    drop(socket);
    until(&server, "verbund_live_sockets 0").await;
    let body = json!({
        "query": "subscription($in: [ID!]!) { calendarEntryChanged(calendars: $in) { kind } }",
        "variables": { "in": [app.world.id("calendar.oal.office")] },
    })
    .to_string();
    let events = reqwest::Client::new()
        .post(format!("{}/graphql/stream", server.base))
        .header("authorization", format!("Bearer {}", app.token("viewer@ostallgaeu")))
        .header("content-type", "application/json")
        .header("accept", "text/event-stream")
        .body(body);
    let stream = events.send().await.expect("the server answers");
    assert_eq!(stream.status(), 200);
    until(&server, "verbund_live_subscriptions 1").await;
    // Ready.
    until(&server, "verbund_live_events_total 1").await;
    drop(stream);
    until(&server, "verbund_live_subscriptions 0").await;
    server.stop().await.expect("stopped");
}

async fn every_answer_names_its_trace(app: TestApp) {
    let client = app.anonymous();
    let body = json!({ "query": "{ viewer { signedIn } }" }).to_string();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let reply = client.post(&body, &[("traceparent", &parent), ("tracestate", "a=b")]).await;
    let said: Vec<_> = reply.headers["traceresponse"].split('-').collect();
    assert_eq!((said.len(), said[0], said[1], said[3]), (4, "00", trace, "01"), "{said:?}");
    assert!(said[2].len() == 16 && said[2] != "00f067aa0ba902b7", "a span of our own: {said:?}");
    let mut seen = vec![trace.to_owned()];
    // Refused ones and forged headers, too, each in a trace of its own.
    for (body, parent) in [(body.as_str(), "00-0-0-0"), ("{", ""), ("", "\"'; DROP TABLE"), (body.as_str(), "00")] {
        let reply = client.post(body, &[("traceparent", parent), ("authorization", "Bearer forged")]).await;
        assert_eq!(reply.status, 401);
        let trace = reply.headers["traceresponse"].split('-').nth(1).expect("a trace").to_owned();
        assert!(trace.len() == 32 && !seen.contains(&trace), "{trace}");
        seen.push(trace);
    }
}

/// A server that sends spans to `collector`.
async fn traced(app: &TestApp, collector: &TcpListener, ratio: f64) -> Server {
    let mut config = app.config.clone();
    config.telemetry.otlp_endpoint = format!("http://{}/", collector.local_addr().expect("an address"));
    config.telemetry.sample_ratio = ratio;
    Server::start(config, app.clock.clone()).await.expect("a second server")
}

/// Takes one request and answers it: its first line and its body.
async fn collect(collector: TcpListener) -> (String, Vec<u8>) {
    let (stream, _) = collector.accept().await.expect("a connection");
    let mut stream = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    stream.read_line(&mut first).await.expect("a first line");
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("a header");
        match line.trim().to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().expect("a length"),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("a body");
    let answer =
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("closed");
    (first.trim().to_owned(), body)
}

/// Asks `server` as somebody with a trace; the trace and the server's span, in bytes.
async fn ask(server: &Server, app: &TestApp) -> [Vec<u8>; 2] {
    let client = server.client(Some(app.token("viewer@ostallgaeu")));
    let query = "query Places($text: String!) { learningPlaces(filter: { text: $text }) { totalCount } }";
    let body = json!({ "query": query, "variables": { "text": "Geheimnis" } }).to_string();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let reply = client.post(&body, &[("traceparent", &format!("00-{trace}-00f067aa0ba902b7-01"))]).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|it| u8::from_str_radix(&hex[2 * it..2 * it + 2], 16).expect("hex")).collect()
    };
    let span = reply.headers["traceresponse"].split('-').nth(2).map(bytes).expect("a span");
    [bytes(trace), span]
}

async fn spans_reach_the_collector(app: TestApp) {
    let collector = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    // The caller decides, whatever the share of our own.
    let server = traced(&app, &collector, 0.0).await;
    assert_eq!(server.client(None).ask("{ viewer { signedIn } }").await.status, 200);
    let [trace, span] = ask(&server, &app).await;
    let collected = tokio::spawn(collect(collector));
    server.stop().await.expect("stopped");
    let (first, body) = collected.await.expect("collected");
    assert_eq!(first, "POST /v1/traces HTTP/1.1");
    let has = |bytes: &[u8]| body.windows(bytes.len()).filter(|it| *it == bytes).count();
    assert_eq!((has(&trace), has(&span)), (1, 1), "the caller's trace, our span, and no other");
    assert_eq!(has(&0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()), 1, "the caller's span");
    for word in ["verbund.request_id", "query Places", "http.response.status_code", "graphql.operation.type"] {
        assert_eq!(has(word.as_bytes()), 1, "{word}");
    }
    for word in ["Geheimnis", "viewer", "ostallgaeu"] {
        assert_eq!(has(word.as_bytes()), 0, "{word}");
    }
}

async fn a_collector_that_is_away_disturbs_nobody(app: TestApp) {
    let collector = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let server = traced(&app, &collector, 0.0).await;
    assert_eq!(server.client(None).ask("{ viewer { signedIn } }").await.status, 200);
    server.stop().await.expect("stopped");
    assert!(collector.accept().now_or_never().is_none(), "nothing was recorded");
    let server = traced(&app, &collector, 1.0).await;
    drop(collector);
    ask(&server, &app).await;
    server.stop().await.expect("it stops although the last spans cannot be sent");
}
