//! The protocol of the socket: every close code, every cap.

use serde_json::json;
use server::auth::TokenRequest;
use verbund_tests::app::Server;
use verbund_tests::{Case, Socket, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["sockets";
        queries_mutations_and_pings_are_answered,
        every_violation_has_its_close_code,
        the_header_of_the_opening_request_signs_in_as_well,
        an_operation_that_was_completed_is_silent,
        operations_and_sockets_are_bounded,
        pages_of_other_origins_are_turned_away,
        a_socket_ends_with_its_token,
    ]
}

const PROTOCOL: Option<&str> = Some("graphql-transport-ws");

/// A subscription that says nothing after its first event.
const WATCH: &str = "subscription { viewerAccessChanged { kind } }";

async fn queries_mutations_and_pings_are_answered(app: TestApp) {
    let token = app.token("planner@ostallgaeu");
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    assert_eq!(socket.protocol.as_deref(), PROTOCOL);
    socket.send(json!({ "type": "ping", "payload": { "at": 7 } })).await;
    assert_eq!(socket.receive().await, json!({ "type": "pong", "payload": { "at": 7 } }));
    socket.send(json!({ "type": "pong" })).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await, json!({ "type": "pong" }));
    socket.subscribe("q", "{ viewer { name } }", json!({})).await;
    assert_eq!(socket.event("q").await, json!({ "viewer": { "name": "planner@ostallgaeu" } }));
    assert_eq!(socket.receive().await, json!({ "id": "q", "type": "complete" }));
    // An id is free again after its end.
    let mutation =
        "mutation($input: CalendarUpdateInput!) { calendarUpdate(input: $input) { calendar { description } } }";
    let input = json!({ "id": app.world.id("calendar.oal.office"), "version": 1, "description": "by socket" });
    socket.subscribe("q", mutation, json!({ "input": input })).await;
    assert_eq!(socket.event("q").await["calendarUpdate"]["calendar"]["description"], "by socket");
    assert_eq!(socket.receive().await, json!({ "id": "q", "type": "complete" }));
    for (query, code) in [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        (&format!("{{ nodes(ids: {}) {{ id }} }}", "[".repeat(100)), "COST_EXCEEDED"),
    ] {
        socket.subscribe("w", query, json!({})).await;
        let told = socket.receive().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!("w")), "{told}");
        assert_eq!(told["payload"][0]["extensions"]["code"], code, "{told}");
    }
}

async fn every_violation_has_its_close_code(app: TestApp) {
    let base = &app.server().base;
    let init = || json!({ "type": "connection_init" });
    let subscribe = |id: &str| json!({ "id": id, "type": "subscribe", "payload": { "query": WATCH } });
    let token = app.token("viewer@ostallgaeu");
    let known = || json!({ "type": "connection_init", "payload": { "authorization": format!("bearer {token}") } });
    let violations: Vec<(&str, Vec<String>, u16)> = vec![
        ("no JSON", vec!["{".to_owned()], 4400),
        ("no message", vec!["[]".to_owned()], 4400),
        ("an unknown type", vec![json!({ "type": "start" }).to_string()], 4400),
        ("no type", vec![json!({ "id": "1" }).to_string()], 4400),
        ("a payload that is a list", vec![json!({ "type": "connection_init", "payload": [] }).to_string()], 4400),
        (
            "no id",
            vec![init().to_string(), json!({ "type": "subscribe", "payload": { "query": WATCH } }).to_string()],
            4400,
        ),
        ("an empty id", vec![init().to_string(), subscribe("").to_string()], 4400),
        ("a long id", vec![init().to_string(), subscribe(&"i".repeat(129)).to_string()], 4400),
        ("no payload", vec![init().to_string(), json!({ "id": "1", "type": "subscribe" }).to_string()], 4400),
        ("a message for clients", vec![json!({ "type": "connection_ack" }).to_string()], 4400),
        ("subscribe before init", vec![subscribe("1").to_string()], 4401),
        (
            "a bad token",
            vec![json!({ "type": "connection_init", "payload": { "Authorization": "Bearer x" } }).to_string()],
            4403,
        ),
        (
            "a token that is none",
            vec![json!({ "type": "connection_init", "payload": { "Authorization": 7 } }).to_string()],
            4403,
        ),
        ("init twice", vec![init().to_string(), init().to_string()], 4429),
        ("an id twice", vec![known().to_string(), subscribe("1").to_string(), subscribe("1").to_string()], 4409),
        ("too large", vec![json!({ "type": "ping", "payload": { "x": "x".repeat(300 * 1024) } }).to_string()], 1009),
    ];
    for (what, messages, code) in violations {
        let mut socket = Socket::open(base, PROTOCOL, &[]).await.expect("a socket");
        for message in messages {
            socket.send_text(message).await;
        }
        assert_eq!(socket.closed().await.0, code, "{what}");
    }
    let mut binary = Socket::open(base, PROTOCOL, &[]).await.expect("a socket");
    binary.send_bytes(init().to_string().into_bytes()).await;
    assert_eq!(binary.closed().await.0, 4400);
    let mut unspoken = Socket::open(base, None, &[]).await.expect("a socket");
    assert_eq!(unspoken.closed().await.0, 4406);

    let mut config = app.config.clone();
    config.live.init_timeout_seconds = 1;
    let hasty = Server::start(config, app.clock.clone()).await.expect("a server");
    let mut silent = Socket::open(&hasty.base, PROTOCOL, &[]).await.expect("a socket");
    assert_eq!(silent.closed().await.0, 4408);
    let mut in_time = Socket::init(&hasty.base, None).await;
    in_time.subscribe("1", "{ __typename }", json!({})).await;
    assert_eq!(in_time.event("1").await, json!({ "__typename": "Query" }));
}

async fn the_header_of_the_opening_request_signs_in_as_well(app: TestApp) {
    let bearer = format!("Bearer {}", app.token("viewer@ostallgaeu"));
    let mut socket = Socket::open(&app.server().base, PROTOCOL, &[("authorization", &bearer)]).await.expect("a socket");
    socket.send(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.receive().await["type"], "connection_ack");
    socket.subscribe("1", "{ viewer { name } }", json!({})).await;
    assert_eq!(socket.event("1").await["viewer"]["name"], "viewer@ostallgaeu");
}

async fn an_operation_that_was_completed_is_silent(app: TestApp) {
    let token = app.token("viewer@ostallgaeu");
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    socket.subscribe("1", WATCH, json!({})).await;
    socket.event("1").await;
    socket.send(json!({ "id": "1", "type": "complete" })).await;
    socket.send(json!({ "id": "unknown", "type": "complete" })).await;
    // The mutation goes another way and could overtake the word: the answer says that it was read.
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.receive().await, json!({ "type": "pong" }));
    let input = json!({ "id": app.world.id("role.viewer@ostallgaeu"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("roleGrantRevoke", input, "roleGrant { id }").await;
    socket.subscribe("1", "{ viewer { memberships { roles { role } } } }", json!({})).await;
    assert_eq!(socket.event("1").await, json!({ "viewer": { "memberships": [] } }), "the next word is of the new one");
}

async fn operations_and_sockets_are_bounded(app: TestApp) {
    let mut config = app.config.clone();
    config.live.max_subscriptions = 3;
    config.live.max_sockets = 2;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let token = app.token("viewer@ostallgaeu");
    let mut first = Socket::init(&server.base, Some(&token)).await;
    for id in ["1", "2", "3"] {
        first.subscribe(id, WATCH, json!({})).await;
        first.event(id).await;
    }
    first.subscribe("4", WATCH, json!({})).await;
    let told = first.receive().await;
    assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!("4")));
    assert_eq!(told["payload"][0]["extensions"]["code"], "COST_EXCEEDED");
    first.send(json!({ "id": "2", "type": "complete" })).await;
    first.subscribe("4", WATCH, json!({})).await;
    assert_eq!(first.event("4").await["viewerAccessChanged"]["kind"], "READY");
    let second = Socket::init(&server.base, None).await;
    assert_eq!(Socket::open(&server.base, PROTOCOL, &[]).await.err(), Some(503));
    drop(second);
    // The place is free as soon as the server has seen that it is.
    while Socket::open(&server.base, PROTOCOL, &[]).await.is_err() {
        tokio::task::yield_now().await;
    }
}

async fn pages_of_other_origins_are_turned_away(app: TestApp) {
    let mut config = app.config.clone();
    config.http.cors_origins = vec!["https://kalender.example".to_owned()];
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    for (origin, status) in [
        (server.base.as_str(), None),
        ("https://kalender.example", None),
        ("https://kalender.example.evil", Some(403)),
        ("http://kalender.example", Some(403)),
        ("null", Some(403)),
    ] {
        let opened = Socket::open(&server.base, PROTOCOL, &[("origin", origin)]).await;
        assert_eq!(opened.err(), status, "{origin}");
    }
}

async fn a_socket_ends_with_its_token(app: TestApp) {
    let issuer = server::app::local_issuer(&app.config).expect("the issuer");
    // A minute is the tolerance between clocks; one second is left.
    let request = TokenRequest { subject: "viewer@ostallgaeu".to_owned(), lifetime: chrono::Duration::seconds(-59) };
    let token = issuer.token(&request, app.clock.now()).expect("a token");
    let mut socket = Socket::init(&app.server().base, Some(&token)).await;
    socket.subscribe("1", WATCH, json!({})).await;
    assert_eq!(socket.event("1").await, json!({ "viewerAccessChanged": { "kind": "READY" } }));
    assert_eq!(socket.closed().await, (4403, "The access token has expired".to_owned()));
}
