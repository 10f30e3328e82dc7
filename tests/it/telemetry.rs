//! What an operator sees from outside: metrics, traces.

use serde_json::json;
use verbund_tests::app::Server;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["telemetry";
        metrics_have_a_listener_of_their_own,
        every_answer_names_its_trace,
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
        r#"verbund_pool_connections{state="used"} 0"#,
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
