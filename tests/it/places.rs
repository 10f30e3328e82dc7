//! Learning places: search and order, with the demo's real places.

use serde_json::{Value, json};
use verbund_tests::demo::Demo;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["places";
        places_are_found_however_their_names_are_typed,
        places_are_found_by_kind_and_region,
        walking_in_any_order_and_direction_gives_every_place_once,
        lists_are_sorted_as_people_sort_names,
        every_letter_is_sorted_alike_by_both_databases,
    ]
}

async fn found(client: &Client, filter: Value) -> Vec<String> {
    let query = "query($filter: LearningPlaceFilter) { learningPlaces(filter: $filter, first: 100) { totalCount nodes { key } } }";
    let data = client.send(query, json!({ "filter": filter })).await.data();
    let nodes = data["learningPlaces"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["learningPlaces"]["totalCount"], nodes.len());
    nodes.iter().map(|it| it["key"].as_str().expect("a key").to_owned()).collect()
}

async fn places_are_found_however_their_names_are_typed(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    for text in ["fuessen gymnasium", "Füssen Gymnasium", "GYMNASIUM FÜSSEN", "87629 gymnasium"] {
        assert_eq!(found(&anyone, json!({ "text": text })).await, ["oal-gymnasium-fuessen"], "{text}");
    }
    assert_eq!(found(&anyone, json!({ "text": "Fu\u{308}ssen Gymnasium" })).await, ["oal-gymnasium-fuessen"]);
    assert_eq!(found(&anyone, json!({ "text": "spiess" })).await, ["oal-meinrad-spiess-grundschule"]);
    assert_eq!(found(&anyone, json!({ "text": "%" })).await, Vec::<String>::new(), "% stands for itself");
    assert_eq!(found(&anyone, json!({ "text": "_" })).await, Vec::<String>::new(), "_ stands for itself");
}

async fn places_are_found_by_kind_and_region(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    assert_eq!(
        found(&anyone, json!({ "kinds": ["GRAMMAR_SCHOOL"], "regions": ["09762"] })).await,
        ["kf-jakob-brucker-gymnasium", "kf-marien-gymnasium"]
    );
    assert_eq!(found(&anyone, json!({ "regions": ["09762"] })).await.len(), 19);
    assert_eq!(found(&anyone, json!({ "regions": ["09777"] })).await.len(), 57, "a district with its municipalities");
    assert_eq!(
        found(&anyone, json!({ "regions": ["09777159"] })).await,
        ["oal-grundschule-pfronten", "oal-mittelschule-pfronten"]
    );
    let query = r#"{ learningPlaces(filter: {text: "thalhofen"}) { nodes { name city region { name kind } viewerCan { update }
        tenant { slug } origins { name source } } } }"#;
    let place = anyone.ask(query).await.data()["learningPlaces"]["nodes"][0].clone();
    assert_eq!(place["city"], "Marktoberdorf");
    assert_eq!(place["region"], json!({ "name": "Marktoberdorf", "kind": "TOWN" }));
    assert_eq!(place["origins"].as_array().map(Vec::len), Some(2), "what was merged stays traceable");
    assert_eq!(place["viewerCan"], json!({ "update": false }));
}

async fn walking_in_any_order_and_direction_gives_every_place_once(app: TestApp) {
    let demo = Demo::start(&app).await;
    let anyone = demo.actor(None);
    // Some places without a town, so that there are nulls among equal keys.
    let rows = demo.rows().await;
    rows.run("UPDATE learning_place SET city = NULL WHERE city IN ('Füssen', 'Pfronten')").await;
    for order in ["NAME", "CITY", "CITY_DESCENDING"] {
        let whole = walk(&anyone, order, "first", 100).await;
        assert_eq!(whole.len(), 76);
        let distinct: std::collections::BTreeSet<_> = whole.iter().collect();
        assert_eq!(distinct.len(), 76, "{order}");
        for size in [1, 7] {
            assert_eq!(walk(&anyone, order, "first", size).await, whole, "{order} forwards by {size}");
            let mut backwards = walk(&anyone, order, "last", size).await;
            backwards.reverse();
            assert_eq!(backwards, whole, "{order} backwards by {size}");
        }
    }
}

/// Names of calendars of the admin's authority, page by page, in both directions.
async fn calendars_by_name(app: &TestApp, names: &[&str]) -> [Vec<String>; 2] {
    let admin = app.actor("admin@memmingen");
    for name in names {
        let input = json!({ "tenant": app.world.id("tenant.memmingen"), "name": name });
        admin.mutate("calendarCreate", input, "calendar { id }").await;
    }
    let mut walks = [Vec::new(), Vec::new()];
    for (walk, (direction, cursor, more, edge)) in walks
        .iter_mut()
        .zip([("first", "after", "hasNextPage", "endCursor"), ("last", "before", "hasPreviousPage", "startCursor")])
    {
        let query = format!(
            "query($of: ID!, $at: String) {{ calendars(filter: {{tenants: [$of]}}, {direction}: 1, {cursor}: $at) {{
                nodes {{ name }} pageInfo {{ {more} {edge} }} }} }}"
        );
        let mut at = Value::Null;
        loop {
            let variables = json!({ "of": app.world.id("tenant.memmingen"), "at": at });
            let page = admin.send(&query, variables).await.data()["calendars"].clone();
            let name = page["nodes"][0]["name"].as_str().unwrap_or_default();
            walk.extend(names.iter().find(|it| **it == name).map(|it| (*it).to_owned()));
            if page["pageInfo"][more] == false {
                break;
            }
            at = page["pageInfo"][edge].clone();
        }
    }
    walks[1].reverse();
    walks
}

async fn lists_are_sorted_as_people_sort_names(app: TestApp) {
    let names = ["Zeppelinhaus", "apfelhof", "Ägidius", "École", "Straßen", "Strasse", "Zebra"];
    let expected = ["Ägidius", "apfelhof", "École", "Strasse", "Straßen", "Zebra", "Zeppelinhaus"];
    let [forwards, backwards] = calendars_by_name(&app, &names).await;
    assert_eq!(forwards, expected);
    assert_eq!(backwards, expected);
}

async fn every_letter_is_sorted_alike_by_both_databases(app: TestApp) {
    let letters = "aäÀáâãåāăąæcçćčdďđðeéèêëēėęěfgğhħiíìîïīįılłľnñńňoöóòôõøőœprřsśšşșßtťţțþuüúùûůűūyýÿzźżž–—„“”‚‘’«»";
    let cased = |at: usize, it: char| if at.is_multiple_of(2) { it.to_uppercase().to_string() } else { it.to_string() };
    let names: Vec<_> = letters.chars().enumerate().map(|(at, it)| format!("x{}m", cased(at, it))).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    names.push("xa\u{308}mm");
    let [forwards, backwards] = calendars_by_name(&app, &names).await;
    let keys: Vec<_> = forwards.iter().map(|it| kernel::name_order::key(it)).collect();
    assert!(keys.is_sorted(), "{forwards:?}");
    assert_eq!(forwards.len(), names.len());
    assert_eq!(backwards, forwards);
}

/// Keys of all places, page by page; from the end when `direction` is `last`.
async fn walk(client: &Client, order: &str, direction: &str, size: usize) -> Vec<String> {
    let (cursor, more, edge) = if direction == "first" {
        ("after", "hasNextPage", "endCursor")
    } else {
        ("before", "hasPreviousPage", "startCursor")
    };
    let query = format!(
        "query($at: String) {{ learningPlaces(orderBy: {order}, {direction}: {size}, {cursor}: $at) {{
            nodes {{ key }} pageInfo {{ {more} {edge} }} }} }}"
    );
    let (mut keys, mut at) = (Vec::new(), Value::Null);
    loop {
        let page = client.send(&query, json!({ "at": at })).await.data()["learningPlaces"].clone();
        let nodes = page["nodes"].as_array().expect("nodes").clone();
        let mut found: Vec<_> = nodes.iter().map(|it| it["key"].as_str().expect("a key").to_owned()).collect();
        if direction == "last" {
            found.reverse();
        }
        keys.extend(found);
        if page["pageInfo"][more] == false {
            return keys;
        }
        at = page["pageInfo"][edge].clone();
    }
}
