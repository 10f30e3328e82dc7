//! Other people's clients and suites against the real server.

use std::collections::BTreeMap;

use kernel::global_id::NodeType;
use serde_json::{Value, json};
use verbund_tests::{Case, Engine, Socket, TestApp, amount, cases, node};

use super::operations::{demo, interrupt};

pub fn cases() -> Vec<Case> {
    cases!["clients";
        the_audit_of_graphql_over_http_passes,
        random_documents_are_answered_as_graphql_js_does,
        graphql_ws_and_graphql_sse_hear_resume_and_fall_silent,
        a_browser_uses_the_explorer_and_asks_nobody_else,
        the_explorer_fits_phones_and_desktops_in_both_languages,
        five_hundred_sockets_take_little_memory,
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

/// Documents made from the schema, with mistakes: refused where graphql-js refuses them, else of the same shape.
async fn random_documents_are_answered_as_graphql_js_does(app: TestApp) {
    if !node::are_there() {
        return;
    }
    let mut ids: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let typed = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
    let known: Vec<_> =
        app.world.all("").filter(|(name, _)| !name.starts_with("secret.") && !name.starts_with("upload.")).collect();
    for some in known.chunks(50) {
        let asked: Vec<_> = some.iter().map(|it| it.1).collect();
        let nodes = app.actor("admin@ostallgaeu").send(typed, json!({ "ids": asked })).await.data();
        for (id, node) in asked.into_iter().zip(nodes["nodes"].as_array().expect("nodes")) {
            ids.entry(node["__typename"].as_str().unwrap_or("Hidden").to_owned()).or_default().push(id);
        }
    }
    let accounts = ["planner@ostallgaeu", "admin@ostallgaeu", "steward@kaufbeuren", "viewer@memmingen"];
    let tokens: Vec<_> = accounts.iter().map(|it| Some(app.token(it))).chain([None]).collect();
    let count = amount("VERBUND_DOCUMENTS").unwrap_or(200);
    let input = json!({
        "url": format!("{}/graphql", app.server().base), "sdl": graphql::schema::sdl(), "ids": ids, "tokens": tokens, "count": count,
        "seed": if app.engine == Engine::Postgres { 1 } else { 2 },
    });
    let seen = node::run("documents.mjs", &[], &input).await;
    assert_eq!(seen["differences"], json!([]), "{seen:#}");
    // Enough of each kind for the comparison to mean something.
    let share = |what: &str| seen[what].as_u64().expect("a number") * 100 / count;
    assert!(share("ran") > 25 && share("refused") > 15 && share("withNulls") > 5 && share("tooDear") < 10, "{seen}");
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

/// The address that a demo printed.
fn address(said: &[String]) -> String {
    let line = said
        .iter()
        .find_map(|it| it.strip_prefix("listening on "))
        .or_else(|| said.iter().find_map(|it| it.trim().strip_prefix("listening on ")));
    line.and_then(|it| it.split(' ').next()).unwrap_or_else(|| panic!("{said:?}")).to_owned()
}

async fn a_browser_uses_the_explorer_and_asks_nobody_else(app: TestApp) {
    if app.engine == Engine::Postgres || !node::has_browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (process, said) = demo(&folder.path().join("data")).await;
    let base = address(&said);
    let calendar = NodeType::Calendar.id(server::seed::calendar_id("kf-counselling"));
    let input = json!({ "planner": "planner@kaufbeuren", "calendar": calendar });
    let seen = node::run("explorer.mjs", &[&format!("{base}/")], &input).await;
    assert_eq!(seen["wrong"], json!([]), "{seen}");
    let host = base.trim_start_matches("http://");
    assert_eq!(seen["asked"], json!([host]), "no other host, and no socket elsewhere");
    assert_eq!(seen["accounts"], json!(server::seed::accounts().len() + 1), "each role account, and nobody");
    assert_eq!(seen["put"]["data"], json!({ "calendarEntryCreate": { "userErrors": [] } }), "{seen}");
    interrupt(process).await;
}

async fn the_explorer_fits_phones_and_desktops_in_both_languages(app: TestApp) {
    if app.engine == Engine::Postgres || !node::has_browser() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (process, said) = demo(&folder.path().join("data")).await;
    let calendar = NodeType::Calendar.id(server::seed::calendar_id("kf-counselling"));
    let input = json!({ "planner": "planner@kaufbeuren", "calendar": calendar });
    let seen = node::run("explorer_views.mjs", &[&format!("{}/", address(&said))], &input).await;
    interrupt(process).await;
    assert_eq!(seen["wrong"], json!([]), "{seen}");
    assert_eq!(seen["bounded"], json!([100, 249, 150]), "the latest hundred events");
    on_a_phone(&seen["phone"]);
    on_a_desktop(&seen["desktop"]);
    without_packages(&seen["plain"]);
}

/// A number that the browser measured.
fn measured(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Words that a page in German has not.
fn english_labels(controls: &Value) -> Vec<String> {
    const ENGLISH: [&str; 22] = [
        "the", "show", "hide", "open", "close", "query", "copy", "new", "execute", "stop", "history", "settings",
        "keys", "language", "docs", "merge", "prettify", "tab", "signed", "clear", "run", "answer",
    ];
    let labels = controls["labels"].as_array().expect("labels").iter().filter_map(Value::as_str);
    let is_english =
        |label: &&str| label.to_lowercase().split(|it: char| !it.is_alphabetic()).any(|word| ENGLISH.contains(&word));
    labels.filter(is_english).map(ToOwned::to_owned).collect()
}

fn on_a_phone(seen: &Value) {
    assert_eq!(seen["lang"], "de");
    assert_eq!(seen["overflow"], json!([0, 0]), "nothing is wider than the window");
    assert!(seen["cost"].as_str().is_some_and(|it| it.contains("in dieser Minute noch")), "{}", seen["cost"]);
    // Panes lie below each other, each as wide as the window but for its margins.
    let mut bottom = 0.0;
    for pane in seen["panes"].as_array().expect("panes") {
        let (y, height) = (measured(&pane["y"]), measured(&pane["height"]));
        assert!(y + 1.0 >= bottom && height >= 40.0 && measured(&pane["width"]) >= 350.0, "{}", seen["panes"]);
        bottom = y + height;
    }
    for part in ["small", "nameless"] {
        assert_eq!(seen["controls"][part], json!([]), "{part}");
    }
    assert_eq!((&seen["faint"], english_labels(&seen["controls"])), (&json!([]), vec![]));
    let drawer = &seen["drawer"];
    let covers = (measured(&drawer["covers"]["width"]), measured(&drawer["covers"]["height"]));
    assert_eq!(covers, (390.0, 844.0), "documentation covers the page");
    assert_eq!((&drawer["overflow"], &drawer["faint"], &drawer["behind"]), (&json!(0), &json!([]), &json!(true)));
    assert!(drawer["focus"].as_str().is_some_and(|it| it.contains("explorer-close")), "{drawer}");
    assert_eq!(drawer["after"]["focus"], "Dokumentation anzeigen", "the focus comes back");
    assert!(drawer["after"]["plugin"] == json!(false) && measured(&drawer["after"]["editor"]["width"]) > 350.0);
    let strip = (measured(&seen["strip"][0]), measured(&seen["strip"][1]));
    assert!(strip.0 > strip.1 && strip.1 <= 390.0, "the strip of tabs scrolls: {strip:?}");
    let last = (measured(&seen["last"]["x"]), measured(&seen["last"]["width"]));
    assert!(last.0 >= 0.0 && last.0 + last.1 <= 391.0, "the last tab can be reached: {last:?}");
    assert!(measured(&seen["variablesBox"]["x"]) >= 0.0 && measured(&seen["variablesBox"]["height"]) > 60.0);
    // What the account may do and for whom stands in the menu and below it, after a reload as well.
    assert_eq!(
        (&seen["option"], &seen["group"]),
        (&json!("planner@kaufbeuren: plant Kalender"), &json!("Stadt Kaufbeuren"))
    );
    assert_eq!(
        (&seen["kept"], &seen["says"]),
        (&json!("planner@kaufbeuren"), &json!("plant Kalender (Stadt Kaufbeuren)"))
    );
    let events = &seen["events"];
    let list: Vec<_> = events["list"].as_array().expect("events").iter().filter_map(Value::as_str).collect();
    assert_eq!(list.len(), 3, "{list:?}");
    for (line, words) in list.iter().zip(["CREATED · Zweiter Termin", "CREATED · Erster Termin", "READY"]) {
        assert!(line.ends_with(words) && line.starts_with(|it: char| it.is_ascii_digit()), "{line}");
    }
    assert!(events["earlier"].as_str().is_some_and(|it| it.contains("Erster Termin")), "{events}");
    assert_eq!(
        (&events["head"], &events["small"], &events["overflow"]),
        (&json!("Ereignisse (3)"), &json!([]), &json!(0))
    );
    assert_eq!(seen["english"]["lang"], "en");
    assert!(!english_labels(&seen["english"]).is_empty(), "labels change with the language");
}

fn on_a_desktop(seen: &Value) {
    assert_eq!((&seen["lang"], &seen["overflow"]), (&json!("en"), &json!(0)));
    let tabs = seen["tabs"].as_array().expect("tabs");
    assert_eq!(tabs.len(), server::app::examples().len());
    assert!(tabs.iter().all(|it| it["whole"] == json!(true)), "no tab is cut off: {tabs:?}");
    for part in ["covered", "nameless", "faint"] {
        assert_eq!(seen[part], json!([]), "{part}");
    }
    let links = seen["links"].as_array().expect("links");
    for link in ["/explorer/README.md", "/schema.graphql", "/catalog", "/public/places.geojson"] {
        assert!(links.contains(&json!(link)), "{link}");
    }
}

/// The page that is there where npm is not.
fn without_packages(seen: &Value) {
    assert_eq!((&seen["lang"], &seen["overflow"]), (&json!("de"), &json!(0)));
    assert!(seen["cost"].as_str().is_some_and(|it| it.contains("in dieser Minute noch")), "{}", seen["cost"]);
    assert_eq!(
        (&seen["kept"], &seen["says"]),
        (&json!("planner@kaufbeuren"), &json!("plant Kalender (Stadt Kaufbeuren)"))
    );
    let events: Vec<_> = seen["events"].as_array().expect("events").iter().filter_map(Value::as_str).collect();
    assert!(events.len() == 2 && events[0].ends_with("CREATED") && events[1].ends_with("READY"), "{events:?}");
    for part in ["small", "nameless"] {
        assert_eq!(seen["controls"][part], json!([]), "{part}");
    }
    assert_eq!(
        (english_labels(&seen["controls"]), &seen["cleared"], &seen["english"]),
        (vec![], &json!(true), &json!(true))
    );
}

/// Resident memory of a process, in KiB.
fn resident(process: u32) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).expect("its memory");
    line.split_whitespace().next().and_then(|it| it.parse().ok()).expect("a number")
}

async fn five_hundred_sockets_take_little_memory(app: TestApp) {
    if app.engine == Engine::Postgres {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (process, said) = demo(&folder.path().join("data")).await;
    let (base, id) = (address(&said), process.id().expect("it runs"));
    let calendar = NodeType::Calendar.id(server::seed::calendar_id("kf-counselling"));
    let query =
        "subscription($calendars: [ID!]!) { calendarEntryChanged(calendars: $calendars) { kind entry { id } } }";
    let open = async || {
        let mut socket = Socket::init(&base, None).await;
        socket.subscribe("1", query, json!({ "calendars": [calendar] })).await;
        assert_eq!(socket.event("1").await["calendarEntryChanged"]["kind"], "READY");
        socket
    };
    let mut sockets = vec![open().await];
    let before = resident(id);
    while sockets.len() < 501 {
        sockets.push(open().await);
    }
    let more = resident(id) - before;
    assert!(more < 100 * 1024, "500 sockets took {more} KiB");
    // Each of them is alive: all hear of a change.
    let token =
        said.iter().position(|it| it.starts_with("planner@kaufbeuren ")).map(|it| said[it + 1].trim().to_owned());
    let client = verbund_tests::Client::new(reqwest::Client::new(), format!("{base}/graphql"), token);
    let input = json!({
        "calendar": calendar, "title": "To all", "time": { "allDay": { "firstDay": "2027-05-03", "lastDay": "2027-05-03" } },
    });
    client.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    for socket in &mut sockets {
        assert_eq!(socket.event("1").await["calendarEntryChanged"]["kind"], "CREATED");
    }
    drop(sockets);
    interrupt(process).await;
}
