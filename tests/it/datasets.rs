//! Datasets: what they say, how they are found, and who may change them; the catalogue of indicators.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::demo::Demo;
use verbund_tests::tables_in::{draft_of_survey, published_survey, release_of_survey};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["datasets";
        a_dataset_says_what_it_was_given_and_forgets_what_is_cleared,
        bad_input_is_refused_with_every_reason,
        datasets_are_found_by_their_words,
        a_title_is_taken_once_in_an_authority,
        protection_is_checked_and_has_a_usual_measure,
        indicators_are_those_of_the_catalogue,
        what_stands_nowhere_cannot_be_compared,
        release_and_ticket_take_a_key,
        what_was_withdrawn_stays_so_when_shares_change,
        protection_stays_while_others_read,
        a_version_is_published_once_and_withdrawn_once,
        nothing_is_released_of_which_nothing_is_published_any_more,
        a_reading_by_a_share_is_on_record,
        the_demo_has_figures_for_everybody_and_rounded_ones_for_the_partner,
    ]
}

const ABOUT: &str = "dataset { id version title description keywords licence attribution region frequency language purpose legalBasis \
    retentionUntil landingPage contact { name email url } covers { firstDay lastDay } \
    provenance { collector source sourceUrl method derivedFrom } protection { method parameter dimensions exemptSource } }";

fn input(app: &TestApp) -> Value {
    json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "title": "Ausbildungsplätze", "description": "Angebot und Nachfrage",
        "keywords": ["Ausbildung", "Füssen"], "licence": "dl-by-de/2.0", "attribution": "Landkreis Ostallgäu",
        "region": "09777", "frequency": "ANNUAL", "purpose": "Monitoring", "legalBasis": "Vereinbarung",
        "retentionUntil": "2035-12-31", "landingPage": "https://example.org/ausbildung",
        "contact": { "name": "Bildungsbüro", "email": "buero@example.org" },
        "covers": { "firstDay": "2020-01-01", "lastDay": "2024-12-31" },
        "provenance": { "collector": "Agentur für Arbeit", "source": "Statistik", "sourceUrl": "https://example.org" },
        "protection": { "method": "ROUNDING", "dimensions": ["jahr"] },
    })
}

async fn a_dataset_says_what_it_was_given_and_forgets_what_is_cleared(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let made = steward.mutate("datasetCreate", input(&app), ABOUT).await["dataset"].clone();
    let expected = json!({
        "id": made["id"], "version": 1, "title": "Ausbildungsplätze", "description": "Angebot und Nachfrage",
        "keywords": ["Ausbildung", "Füssen"], "licence": "dl-by-de/2.0", "attribution": "Landkreis Ostallgäu",
        "region": "09777", "frequency": "ANNUAL", "language": "de", "purpose": "Monitoring",
        "legalBasis": "Vereinbarung", "retentionUntil": "2035-12-31", "landingPage": "https://example.org/ausbildung",
        "contact": { "name": "Bildungsbüro", "email": "buero@example.org", "url": null },
        "covers": { "firstDay": "2020-01-01", "lastDay": "2024-12-31" },
        "provenance": {
            "collector": "Agentur für Arbeit", "source": "Statistik", "sourceUrl": "https://example.org",
            "method": null, "derivedFrom": null,
        },
        "protection": { "method": "ROUNDING", "parameter": 5, "dimensions": ["jahr"], "exemptSource": null },
    });
    assert_eq!(made, expected);
    let change = json!({
        "id": made["id"], "version": 1, "description": null, "keywords": ["Lehre"], "frequency": null,
        "contact": { "url": "https://example.org/kontakt" }, "covers": null,
    });
    let changed = steward.mutate("datasetUpdate", change, ABOUT).await["dataset"].clone();
    let mut after = expected;
    (after["version"], after["description"], after["frequency"]) = (json!(2), Value::Null, Value::Null);
    after["keywords"] = json!(["Lehre"]);
    after["contact"] = json!({ "name": null, "email": null, "url": "https://example.org/kontakt" });
    after["covers"] = json!({ "firstDay": null, "lastDay": null });
    assert_eq!(changed, after);
}

async fn bad_input_is_refused_with_every_reason(app: TestApp) {
    let (steward, rows) = (app.actor("steward@ostallgaeu"), app.database.rows().await);
    let before = rows.dump().await;
    let mut wrong = input(&app);
    (wrong["title"], wrong["language"], wrong["region"]) = (json!(" "), json!("fr"), json!("99999"));
    wrong["licence"] = json!("all rights reserved");
    wrong["contact"] = json!({ "email": "nobody", "url": "ftp://example.org" });
    wrong["covers"] = json!({ "firstDay": "2024-01-01", "lastDay": "2023-01-01" });
    wrong["keywords"] = json!(["a".repeat(61)]);
    wrong["protection"] = json!({ "method": "ROUNDING", "parameter": 7 });
    let refused = steward.try_mutate("datasetCreate", wrong, ABOUT).await;
    let expected = [
        "REQUIRED title",
        "INVALID contact.url",
        "TOO_LONG keywords",
        "INVALID contact.email",
        "INVALID licence",
        "INVALID region",
        "OUT_OF_RANGE covers.lastDay",
        "INVALID language",
        "OUT_OF_RANGE protection.parameter",
    ];
    assert_eq!(said(&refused), expected);
    let message = |field: &str| {
        let errors = refused["userErrors"].as_array().expect("errors");
        errors.iter().find(|it| it["field"] == field).expect("an error")["message"].as_str().expect("text").to_owned()
    };
    assert!(message("licence").contains("all rights reserved") && message("licence").contains("dl-by-de/2.0"));
    assert!(message("region").contains("99999"));
    let mut unnamed = input(&app);
    unnamed["attribution"] = Value::Null;
    assert_eq!(said(&steward.try_mutate("datasetCreate", unnamed, ABOUT).await), ["REQUIRED attribution"]);
    assert_eq!(rows.dump().await, before);
}

async fn titles(client: &Client, filter: Value) -> Vec<String> {
    let query = "query($filter: DatasetFilter) { datasets(filter: $filter) { totalCount nodes { title } } }";
    let data = client.send(query, json!({ "filter": filter })).await.data();
    let nodes = data["datasets"]["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["datasets"]["totalCount"], nodes.len(), "what is counted is what is shown");
    nodes.iter().map(|it| it["title"].as_str().expect("a title").to_owned()).collect()
}

async fn datasets_are_found_by_their_words(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    steward.mutate("datasetCreate", input(&app), ABOUT).await;
    for text in ["ausbildungsplaetze", "nachfrage", "fuessen", "agentur FÜR", "statistik"] {
        assert_eq!(titles(&steward, json!({ "text": text })).await, ["Ausbildungsplätze"], "{text}");
    }
    assert_eq!(titles(&steward, json!({ "text": "%" })).await, Vec::<String>::new());
    let orientation = json!({ "fieldsOfWork": [app.world.id("field.orientation")] });
    assert_eq!(titles(&steward, orientation).await, ["Title of oal.leavers"]);
    // Hidden ones are not found by whatever word, and an unknown authority has none.
    for subject in ["admin@lindau", "steward@kaufbeuren"] {
        assert_eq!(titles(&app.actor(subject), json!({ "text": "ausbildung" })).await, Vec::<String>::new());
    }
    assert_eq!(titles(&app.anonymous(), json!({ "text": "title" })).await, Vec::<String>::new());
}

async fn a_title_is_taken_once_in_an_authority(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let made = steward.mutate("datasetCreate", input(&app), ABOUT).await["dataset"].clone();
    assert_eq!(said(&steward.try_mutate("datasetCreate", input(&app), ABOUT).await), ["NOT_UNIQUE title"]);
    let rename = json!({ "id": app.world.id("dataset.oal.survey"), "version": 1, "title": "Ausbildungsplätze" });
    assert_eq!(said(&steward.try_mutate("datasetUpdate", rename, ABOUT).await), ["NOT_UNIQUE title"]);
    // Another authority may use it, and learns nothing of the first.
    let mut theirs = input(&app);
    theirs["tenant"] = json!(app.world.id("tenant.kaufbeuren"));
    let other = app.actor("steward@kaufbeuren").mutate("datasetCreate", theirs, ABOUT).await;
    assert_ne!(other["dataset"]["id"], made["id"]);
}

async fn protection_is_checked_and_has_a_usual_measure(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let set = async |version: i32, protection: Value| {
        let input = json!({ "id": app.world.id("dataset.oal.leavers"), "version": version, "protection": protection });
        steward.try_mutate("datasetUpdate", input, "dataset { protection { method parameter } }").await
    };
    let usual = steward.send(
        "query($id: ID!) { node(id: $id) { ... on Dataset { protection { method parameter } } } }",
        json!({ "id": app.world.id("dataset.oal.leavers") }),
    );
    assert_eq!(usual.await.data()["node"]["protection"], json!({ "method": "MINIMUM_COUNT", "parameter": 3 }));
    for (wrong, expected) in [
        (json!({ "method": "EXEMPT" }), "REQUIRED protection.exemptSource"),
        (json!({ "method": "MINIMUM_COUNT", "parameter": 2 }), "OUT_OF_RANGE protection.parameter"),
        (json!({ "method": "SUPPRESSION", "parameter": -1 }), "OUT_OF_RANGE protection.parameter"),
    ] {
        assert_eq!(said(&set(1, wrong).await), [expected]);
    }
    let set = set(1, json!({ "method": "SUPPRESSION" })).await;
    assert_eq!(set["dataset"]["protection"], json!({ "method": "SUPPRESSION", "parameter": 3 }));
}

async fn indicators_are_those_of_the_catalogue(app: TestApp) {
    let query = r#"{ indicators(first: 100) { totalCount nodes { id code title definition formula unit edition source } }
        day: indicators(filter: {areas: ["Bildung"]}, first: 1) { totalCount } }"#;
    let data = app.anonymous().ask(query).await.data();
    assert_eq!((&data["indicators"]["totalCount"], &data["day"]["totalCount"]), (&json!(37), &json!(30)));
    let nodes = data["indicators"]["nodes"].as_array().expect("nodes");
    let leavers = nodes.iter().find(|it| it["code"] == "a_schul_oA").expect("an indicator");
    assert_eq!(leavers["definition"], "Schulentlassene ohne Hauptschulabschluss je 100 Schulentlassene");
    assert_eq!(leavers["unit"], "Prozent");
    assert!(leavers["source"].as_str().expect("a source").contains("dl-de/by-2-0"));
    let steward = app.actor("steward@ostallgaeu");
    let set = async |version: i32, places: Value| {
        let input = json!({ "id": app.world.id("dataset.oal.leavers"), "version": version, "indicators": places });
        steward.try_mutate("datasetIndicatorsSet", input, "dataset { version }").await
    };
    let unknown = json!([{ "code": "a_nothing", "measure": "x" }, { "code": "q_sch", "measure": " " }]);
    assert_eq!(said(&set(1, unknown).await), ["NOT_FOUND indicators.code", "REQUIRED indicators.measure"]);
    let twice = json!([{ "code": "q_sch", "measure": "x" }, { "code": "q_sch", "measure": "y" }]);
    assert_eq!(said(&set(1, twice).await), ["NOT_UNIQUE indicators.code"]);
    assert_eq!(set(1, json!([{ "code": "q_sch", "measure": "x" }])).await["dataset"]["version"], 2);
    assert_eq!(said(&set(1, json!([])).await), ["STALE_VERSION version"]);
    assert_eq!(set(2, json!([])).await["dataset"]["version"], 3);
}

async fn what_stands_nowhere_cannot_be_compared(app: TestApp) {
    let anyone = app.anonymous();
    let compare = async |code: &str, regions: Value, from: i32, until: i32| {
        let query = "query($code: String!, $regions: [String!]!, $between: YearRange!) {
            compareIndicator(code: $code, regions: $regions, between: $between) { series { region } warnings { code } } }";
        let between = json!({ "firstYear": from, "lastYear": until });
        anyone.send(query, json!({ "code": code, "regions": regions, "between": between })).await
    };
    let found = compare("q_sch", json!(["09777"]), 2010, 2012).await.data();
    assert_eq!(found["compareIndicator"], json!({ "series": [], "warnings": [{ "code": "NO_VALUES" }] }));
    for (code, regions, from, until) in [
        ("a_nothing", json!(["09777"]), 2010, 2012),
        ("q_sch", json!([]), 2010, 2012),
        ("q_sch", json!(vec!["09777"; 31]), 2010, 2012),
        ("q_sch", json!(["09777"]), 2012, 2010),
        ("q_sch", json!(["09777"]), 1800, 2012),
    ] {
        let refused = compare(code, regions, from, until).await;
        assert_eq!(refused.codes().len(), 1, "{code} {from} {until}");
    }
}

async fn release_and_ticket_take_a_key(app: TestApp) {
    let steward = app.actor("steward@ostallgaeu");
    let (draft, rows) = (published_survey(&app).await, app.database.rows().await);
    let mut proposal = release_of_survey(&app);
    proposal["idempotencyKey"] = json!("release");
    let first = steward.mutate("datasetReleasePropose", proposal.clone(), "datasetRelease { id state }").await;
    let ticket = json!({ "datasetVersion": draft, "format": "CSV", "idempotencyKey": "ticket" });
    let path = steward.mutate("datasetDownloadTicket", ticket.clone(), "downloadTicket { path }").await["downloadTicket"]["path"].clone();
    assert!(path.as_str().is_some_and(|it| it.starts_with("/downloads/vbd_")), "{path}");
    let after = rows.dump().await;
    assert_eq!(steward.mutate("datasetReleasePropose", proposal, "datasetRelease { id state }").await, first);
    let again = steward.mutate("datasetDownloadTicket", ticket, "downloadTicket { path }").await;
    assert_eq!(again["downloadTicket"]["path"], Value::Null, "the secret is told once");
    assert_eq!(rows.dump().await, after);
    // Who proposed it does not approve it.
    let approve = json!({ "id": first["datasetRelease"]["id"], "version": 1 });
    assert_eq!(said(&steward.try_mutate("datasetReleaseApprove", approve, "datasetRelease { id }").await).len(), 1);
}

async fn the_demo_has_figures_for_everybody_and_rounded_ones_for_the_partner(app: TestApp) {
    let demo = Demo::start(&app).await;
    let count = r#"{ datasets(first: 10) { totalCount nodes { access } } }"#;
    let anyone = demo.actor(None).ask(count).await.data()["datasets"].clone();
    assert_eq!(anyone["totalCount"], 3);
    let (planner, owner) = (demo.actor(Some("planner@kaufbeuren")), demo.actor(Some("steward@ostallgaeu")));
    assert_eq!(planner.ask(count).await.data()["datasets"]["totalCount"], 4);
    assert_eq!(demo.actor(Some("planner@unterallgaeu")).ask(count).await.data()["datasets"]["totalCount"], 3);
    let leavers = r#"{ datasets(filter: { text: "Schulentlassene nach Abschluss" }) { nodes { currentVersion {
        rows(columns: ["schulentlassene"], first: 1000, filter: { and: [
            { region: { column: "ags", is: { eq: "09777" } } },
            { text: { column: "abschluss", is: { eq: "ohne Hauptschulabschluss" } } } ] }) { rows protection { method } } } } } }"#;
    let told = async |client: &Client| {
        client.ask(leavers).await.data()["datasets"]["nodes"][0]["currentVersion"]["rows"].clone()
    };
    let mut exact: Vec<_> =
        told(&owner).await["rows"].as_array().expect("rows").iter().map(|it| it[0].as_i64()).collect();
    exact.sort();
    assert_eq!(exact, [Some(10), Some(16), Some(26)], "women, men, all");
    let rounded = told(&planner).await;
    assert_eq!(rounded["protection"]["method"], "ROUNDING");
    let mut rounded: Vec<_> = rounded["rows"].as_array().expect("rows").iter().map(|it| it[0].as_i64()).collect();
    rounded.sort();
    assert_eq!(rounded, [Some(10), Some(15), Some(25)], "the total is that of the rounded parts");
    let compare = r#"{ compareIndicator(code: "a_schul_oA", regions: ["09762", "09777", "09999"], between: { firstYear: 2015, lastYear: 2015 }) {
        series { region protected values { period value symbol } } warnings { code } } }"#;
    let compared = demo.actor(None).ask(compare).await.data()["compareIndicator"].clone();
    let line = |region: &str, value: &str| json!({ "region": region, "protected": false, "values": [{ "period": "2015", "value": value, "symbol": null }] });
    assert_eq!(compared["series"], json!([line("09762", "7.65"), line("09777", "2.07")]));
    assert_eq!(compared["warnings"], json!([{ "code": "NO_VALUES" }]));
}

async fn what_was_withdrawn_stays_so_when_shares_change(app: TestApp) {
    let (steward, admin) = (app.actor("steward@ostallgaeu"), app.actor("admin@ostallgaeu"));
    let (draft, dataset) = (published_survey(&app).await, app.world.id("dataset.oal.survey"));
    let release = steward.mutate("datasetReleasePropose", release_of_survey(&app), "datasetRelease { id }").await;
    let approve = json!({ "id": release["datasetRelease"]["id"], "version": 1 });
    admin.mutate("datasetReleaseApprove", approve, "datasetRelease { id }").await;
    let seen = async || {
        let query = "query($id: ID!) { node(id: $id) { ... on DatasetVersion { rows { rows } } } }";
        app.anonymous().send(query, json!({ "id": draft })).await.data()["node"].clone()
    };
    assert_eq!(seen().await["rows"]["rows"].as_array().map(Vec::len), Some(2), "everybody reads it");
    let query = "query($id: ID!) { node(id: $id) { ... on DatasetVersion { number } } }";
    let number = app.anonymous().send(query, json!({ "id": draft })).await.data()["node"]["number"].clone();
    let file = |suffix: &str| format!("/datasets/{dataset}/versions/{}.{suffix}", number.as_str().expect("a number"));
    assert_eq!(app.server().get(&file("csv")).await.0, 200);
    admin.mutate("datasetWithdraw", json!({ "id": dataset, "version": 3, "reason": "wrong" }), "dataset { id }").await;
    assert_eq!(seen().await, Value::Null);
    // Addresses that portals have stored say that it is gone; what nobody could fetch is as unknown.
    let unknown = format!("/datasets/dst_{}/versions/1.0.csv", "0".repeat(26));
    let unknown = app.server().get(&unknown).await;
    assert_eq!(unknown.0, 404);
    for suffix in ["csv", "jsonl", "xlsx"] {
        assert_eq!(app.server().get(&file(suffix)).await.0, 410, "{suffix}");
    }
    for never in [file("original"), format!("/datasets/{dataset}/versions/99.9.csv")] {
        assert_eq!(app.server().get(&never).await, unknown, "{never}");
    }
    // Another one of the authority is public, and older; both are meant by a share of everything.
    let rows = app.database.rows().await;
    let public = rows.id(entities::PUBLIC_SCOPE);
    let other = rows.id(verbund_tests::row_of(app.world.id("dataset.oal.leavers")));
    rows.run(&format!("UPDATE dataset SET access = 'PUBLIC', scope_id = {public} WHERE id = {other}")).await;
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.a"), "area": "DATASETS",
        "level": "FULL", "object": { "everything": true },
    });
    admin.mutate("shareCreate", input, "share { id }").await;
    assert_eq!(seen().await, Value::Null, "what was withdrawn is not opened by a share");
}

async fn protection_stays_while_others_read(app: TestApp) {
    let (steward, admin) = (app.actor("steward@ostallgaeu"), app.actor("admin@ostallgaeu"));
    let dataset = app.world.id("dataset.oal.leavers");
    let exempt = json!({ "method": "EXEMPT", "exemptSource": "https://example.org" });
    let update = json!({ "id": dataset, "version": 1, "contact": { "email": "a@b.example" }, "protection": exempt });
    steward.mutate("datasetUpdate", update, "dataset { id }").await;
    let open = json!({ "id": dataset, "version": 2, "access": "SHARED" });
    admin.mutate("datasetAccessChange", open, "dataset { id }").await;
    // Exact figures are out; to say now that they are rounded would be no more than words.
    let rounded = json!({ "id": dataset, "version": 3, "protection": { "method": "ROUNDING" } });
    let refused = steward.try_mutate("datasetUpdate", rounded, "dataset { id }").await;
    assert_eq!(said(&refused), ["DISCLOSURE protection"]);
    let same = json!({ "id": dataset, "version": 3, "protection": { "method": "EXEMPT", "exemptSource": "https://example.org" } });
    steward.mutate("datasetUpdate", same, "dataset { id }").await;
}

async fn a_reading_by_a_share_is_on_record(app: TestApp) {
    let demo = Demo::start(&app).await;
    let rows = demo.rows().await;
    let leavers = "SELECT count(*) FROM audit_event WHERE action = 'dataset.rows'";
    let read = r#"{ datasets(filter: { text: "Schulentlassene nach" }) { nodes { currentVersion { rows(first: 1) { rows } } } } }"#;
    demo.actor(Some("steward@ostallgaeu")).ask(read).await.data();
    demo.actor(None).ask(r#"{ datasets { nodes { currentVersion { rows(first: 1) { rows } } } } }"#).await.data();
    assert_eq!(rows.number(leavers).await, 0, "the owner's own reading, and that of public figures, leaves nothing");
    demo.actor(Some("planner@kaufbeuren")).ask(read).await.data();
    assert_eq!(rows.number(leavers).await, 1);
    let query = r#"{ auditEvents(filter: { actions: ["dataset.rows"] }, first: 5) {
        nodes { action tenant { slug } reader { slug } rows member { tenant { slug } } } } }"#;
    // Who it was is seen by the house of that person.
    let member = json!({ "tenant": { "slug": "kaufbeuren" } });
    for (auditor, member) in [("auditor@ostallgaeu", Value::Null), ("auditor@kaufbeuren", member)] {
        let seen = demo.actor(Some(auditor)).ask(query).await.data()["auditEvents"]["nodes"].clone();
        let expected = json!([{
            "action": "dataset.rows", "tenant": { "slug": "ostallgaeu" }, "reader": { "slug": "kaufbeuren" }, "rows": 1,
            "member": member,
        }]);
        assert_eq!(seen, expected, "{auditor}");
    }
    for other in ["planner@kaufbeuren", "admin@unterallgaeu"] {
        let seen = demo.actor(Some(other)).ask(query).await.data()["auditEvents"]["nodes"].clone();
        assert_eq!(seen, json!([]), "{other}");
    }
}

/// What may be done with a version in its state, as it says itself and as the mutations take it.
async fn a_version_is_published_once_and_withdrawn_once(app: TestApp) {
    let (admin, draft) = (app.actor("admin@ostallgaeu"), draft_of_survey(&app).await);
    let refused = async |mutation: &str, version: u32| {
        let mut input = json!({ "id": draft, "version": version });
        if mutation == "datasetVersionWithdraw" {
            input["reason"] = json!("Wrong");
        }
        assert_eq!(
            said(&admin.try_mutate(mutation, input, "__typename").await),
            ["ILLEGAL_TRANSITION id"],
            "{mutation}"
        );
    };
    let abilities = async || {
        let query =
            "query($id: ID!) { node(id: $id) { ... on DatasetVersion { state viewerCan { publish withdraw } } } }";
        let node = admin.send(query, json!({ "id": draft })).await.data()["node"].clone();
        (node["state"].clone(), node["viewerCan"]["publish"].clone(), node["viewerCan"]["withdraw"].clone())
    };
    assert_eq!(abilities().await, (json!("DRAFT"), json!(true), json!(false)));
    refused("datasetVersionWithdraw", 1).await;
    admin.mutate("datasetVersionPublish", json!({ "id": draft, "version": 1 }), "__typename").await;
    assert_eq!(abilities().await, (json!("PUBLISHED"), json!(false), json!(true)));
    refused("datasetVersionPublish", 2).await;
    let withdrawal = json!({ "id": draft, "version": 2, "reason": "Wrong" });
    admin.mutate("datasetVersionWithdraw", withdrawal, "__typename").await;
    assert_eq!(abilities().await, (json!("WITHDRAWN"), json!(false), json!(false)));
    refused("datasetVersionPublish", 3).await;
    refused("datasetVersionWithdraw", 3).await;
}

/// Between the proposal of a release and its approval the only version is withdrawn.
async fn nothing_is_released_of_which_nothing_is_published_any_more(app: TestApp) {
    let version = published_survey(&app).await;
    let (steward, admin) = (app.actor("steward@ostallgaeu"), app.actor("admin@ostallgaeu"));
    let made = steward.mutate("datasetReleasePropose", release_of_survey(&app), "datasetRelease { id }").await;
    let release = made["datasetRelease"]["id"].clone();
    let may = async || {
        let query = "query($id: ID!) { node(id: $id) { ... on DatasetRelease { viewerCan { approve } } } }";
        admin.send(query, json!({ "id": release })).await.data()["node"]["viewerCan"]["approve"].clone()
    };
    assert_eq!(may().await, json!(true));
    let withdrawal = json!({ "id": version, "version": 2, "reason": "Wrong" });
    admin.mutate("datasetVersionWithdraw", withdrawal, "__typename").await;
    assert_eq!(may().await, json!(false));
    let approval = json!({ "id": release, "version": 1 });
    assert_eq!(said(&admin.try_mutate("datasetReleaseApprove", approval, "__typename").await), ["CONFLICT id"]);
}
