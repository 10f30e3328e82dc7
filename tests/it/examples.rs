//! The examples of the README, which are the tabs of the explorer: each works as it stands against the demo.

use serde_json::{Value, json};
use server::app::{Example, examples};
use verbund_tests::demo::Demo;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["examples";
        every_example_works_as_the_planner,
        the_first_example_answers_everybody,
        the_readme_shows_the_examples,
        the_explorer_is_served_and_can_be_switched_off,
    ]
}

fn variables(example: &Example) -> Value {
    example.variables.as_deref().map_or(json!({}), |it| serde_json::from_str(it).expect("JSON"))
}

async fn every_example_works_as_the_planner(app: TestApp) {
    let demo = Demo::start(&app).await;
    let planner = demo.actor(Some("planner@kaufbeuren"));
    let examples = examples();
    assert!(examples.len() >= 7, "{}", examples.len());
    for example in &examples {
        if example.query.starts_with("subscription") {
            let mut events = demo.events("planner@kaufbeuren", &example.query, variables(example)).await;
            assert_eq!(events.event().await["calendarEntryChanged"]["kind"], "READY", "{}", example.name);
            continue;
        }
        let data = planner.send(&example.query, variables(example)).await.data();
        let told = data.as_object().expect("fields");
        for (field, value) in told {
            let rows = value.get("nodes").or_else(|| value.pointer("/incomingShares/nodes"));
            assert!(rows.is_none_or(|it| it.as_array().is_some_and(|it| !it.is_empty())), "{}: {field}", example.name);
            assert!(value.get("userErrors").is_none_or(|it| *it == json!([])), "{}: {value}", example.name);
            assert!(!value.is_null(), "{}: {field}", example.name);
        }
        // Nobody breaks it by not being signed in.
        let anonymous = demo.actor(None).send(&example.query, variables(example)).await;
        assert_eq!(anonymous.status, 200, "{}: {}", example.name, anonymous.text);
    }
}

async fn the_first_example_answers_everybody(app: TestApp) {
    let demo = Demo::start(&app).await;
    let examples = examples();
    let first = examples.first().expect("an example");
    assert_eq!(first.variables, None, "the page fills in the variables of the other tabs only");
    let data = demo.actor(None).send(&first.query, json!({})).await.data();
    for (field, value) in data.as_object().expect("fields") {
        assert!(value["nodes"].as_array().is_some_and(|it| !it.is_empty()), "{field}: {value}");
    }
}

async fn the_readme_shows_the_examples(_app: TestApp) {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("the README");
    for example in examples() {
        assert!(readme.contains(&format!("```graphql\n{}```\n", example.query)), "{}", example.name);
        let variables = example.variables.map(|it| format!("```json\n{it}```\n"));
        assert!(variables.is_none_or(|it| readme.contains(&it)), "variables of {}", example.name);
    }
    assert_eq!(readme.matches("```graphql\n").count(), examples().len(), "and no other");
}

async fn the_explorer_is_served_and_can_be_switched_off(app: TestApp) {
    let (status, kind, page) = app.server().get("/").await;
    assert_eq!((status, kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.contains("/explorer/") && !page.contains("http://") && !page.contains("https://"), "{page}");
    let reply = app.server().head_of("/").await;
    let policy = &reply["content-security-policy"];
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("blob:"), "{policy}");
    // Whatever the page names is there, and of the right kind.
    let named = page.split('"').filter(|it| it.starts_with("/explorer/"));
    for path in named {
        let (status, kind, _) = app.server().get(path).await;
        let right = ["text/javascript; charset=utf-8", "text/css; charset=utf-8"].contains(&kind.as_str());
        assert!(status == 200 && right, "{path}: {status} {kind}");
    }
    let (_, kind, settings) = app.server().get("/explorer/settings.json").await;
    let settings: Value = serde_json::from_str(&settings).expect("JSON");
    assert_eq!((kind.as_str(), &settings["accounts"]), ("application/json", &json!([])), "no tokens but in the demo");
    assert_eq!(settings["examples"].as_array().map(Vec::len), Some(examples().len()));
    let (status, kind, notice) = app.server().get("/explorer/NOTICE.txt").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    assert!(notice.contains("packages"), "{notice}");
    let (status, kind, readme) = app.server().get("/explorer/README.md").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    assert!(readme.starts_with("# Verbund\n"), "{readme}");
    for path in ["/explorer/../Cargo.toml", "/explorer/%2e%2e/index.html", "/explorer/nothing.js", "/explorer/"] {
        assert_eq!(app.server().get(path).await.0, 404, "{path}");
    }
    let mut config = app.config.clone();
    config.http.explorer = false;
    let server = verbund_tests::app::Server::start(config, app.clock.clone()).await.expect("a server");
    for path in ["/", "/explorer/settings.json", "/explorer/README.md", "/explorer/NOTICE.txt"] {
        assert_eq!(server.get(path).await.0, 404, "{path}");
    }
}
