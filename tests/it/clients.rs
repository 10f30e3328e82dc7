//! Other people's clients and suites against the real server.

use serde_json::{Value, json};
use verbund_tests::{Case, Engine, TestApp, cases, node};

pub fn cases() -> Vec<Case> {
    cases!["clients";
        the_audit_of_graphql_over_http_passes,
        graphql_ws_and_graphql_sse_hear_resume_and_fall_silent,
    ]
}

async fn the_audit_of_graphql_over_http_passes(app: TestApp) {
    if app.engine == Engine::Postgres || !node::are_there() {
        return;
    }
    let url = format!("{}/graphql", app.server().base);
    let results = node::run("audit.mjs", &[&url], &json!(null)).await;
    let results = results.as_array().expect("results");
    let failed: Vec<_> = results.iter().filter(|it| it["status"] != "ok").collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(results.len() > 55, "the suite ran: {}", results.len());
}

async fn graphql_ws_and_graphql_sse_hear_resume_and_fall_silent(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let input = json!({
        "base": app.server().base, "partner": app.token("planner@kaufbeuren"),
        "planner": app.token("planner@ostallgaeu"), "admin": app.token("admin@kaufbeuren"),
        "calendar": app.world.id("calendar.oal.counselling"), "role": app.world.id("role.planner@kaufbeuren"),
    });
    let told = node::run("live.mjs", &[], &input).await;
    for client in ["ws", "sse"] {
        let seen = &told[client];
        assert_eq!(seen["heard"], seen["expected"], "{client}: once each, in order");
        let slowest = seen["latencies"].as_array().expect("times").iter().filter_map(Value::as_f64).fold(0.0, f64::max);
        assert!(slowest < 1_000.0, "{client}: {seen}");
    }
    // Nothing came after the role was taken back but the word that it is over.
    for end in told["after"].as_array().expect("ends") {
        assert!(end["event"].is_null() && end["error"].as_str().is_some_and(|it| it.contains("NOT_FOUND")), "{told}");
    }
}
