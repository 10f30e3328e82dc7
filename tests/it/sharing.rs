//! How figures come before others, and what of it others see: releases, requests, and every door to a hidden dataset.

use serde_json::{Value, json};
use verbund_tests::client::{said, unknown};
use verbund_tests::tables_in::{published_survey, release_of_survey};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["sharing";
        every_door_answers_hidden_and_unknown_alike,
        what_is_hidden_changes_no_list,
        requests_are_seen_by_both_sides_and_nobody_else,
        a_request_is_answered_by_a_share_as_wide_and_long_as_was_granted,
        a_request_is_answered_once,
        releases_are_the_owners_and_take_four_eyes,
    ]
}

const OF_REQUEST: &str = "dataRequest { id version state }";

/// What hangs on a dataset that only the Landkreis sees: by name, the global id.
struct Hidden {
    dataset: String,
    version: String,
    import: String,
    release: String,
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// The survey of the Landkreis with published figures, an indicator, and a proposed release; not shared.
async fn hidden(app: &TestApp) -> Hidden {
    let (steward, dataset) = (app.actor("steward@ostallgaeu"), app.world.id("dataset.oal.survey").to_owned());
    let version = text(&published_survey(app).await);
    let places = json!({ "id": dataset, "version": 2, "indicators": [{ "code": "q_sch", "measure": "answers" }] });
    steward.mutate("datasetIndicatorsSet", places, "dataset { id }").await;
    let query = "query($id: ID!) { datasetImports(dataset: $id) { nodes { id } } }";
    let imports = steward.send(query, json!({ "id": dataset })).await.data();
    let release = steward.mutate("datasetReleasePropose", release_of_survey(app), "datasetRelease { id }").await;
    Hidden {
        version,
        import: text(&imports["datasetImports"]["nodes"][0]["id"]),
        release: text(&release["datasetRelease"]["id"]),
        dataset,
    }
}

/// Kaufbeuren asks for the survey: the id of the request.
async fn request(app: &TestApp) -> String {
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "to": app.world.id("tenant.ostallgaeu"),
        "agreement": app.world.id("agreement.a"), "about": "Survey", "purpose": "Planning",
        "legalBasis": "Agreement A", "level": "FULL",
    });
    let made = app.actor("steward@kaufbeuren").mutate("dataRequestCreate", input, OF_REQUEST).await;
    text(&made["dataRequest"]["id"])
}

/// An answer without what must differ: the id that was asked for, and that of the request.
async fn answer(client: &Client, query: &str, id: &str) -> (u16, String) {
    let reply = client.send(query, json!({ "id": id })).await;
    let request = reply.headers.get("x-request-id").cloned().unwrap_or_default();
    (reply.status, reply.text.replace(id, "ID").replace(&request, "REQUEST"))
}

async fn every_door_answers_hidden_and_unknown_alike(app: TestApp) {
    let Hidden { dataset, version, import, release } = hidden(&app).await;
    let request = request(&app).await;
    let figures = r#"query($id: ID!) { node(id: $id) { id ... on DatasetVersion { number
        rows(first: 1) { rows totalCount } aggregate(measures: [{ column: "answers", function: SUM }]) { rows } } } }"#;
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    let nodes = "query($id: ID!) { nodes(ids: [$id]) { id } }";
    let explained = "query($id: ID!) { explainAccess(node: $id, action: READ) { allowed missing } }";
    let audit = "query($id: ID!) { auditEvents(filter: { objects: [$id] }) { nodes { action } } }";
    let of_dataset =
        |field: &str| format!("query($id: ID!) {{ {field}(dataset: $id) {{ totalCount nodes {{ id }} }} }}");
    let lists = ["datasetVersions", "datasetReleases", "datasetImports"].map(of_dataset);
    let mutations: [(&str, &str, Value); 13] = [
        (&dataset, "datasetUpdate", json!({ "version": 3, "title": "New" })),
        (&dataset, "datasetAccessChange", json!({ "version": 3, "access": "SHARED" })),
        (&dataset, "datasetWithdraw", json!({ "version": 3, "reason": "No" })),
        (&dataset, "datasetIndicatorsSet", json!({ "version": 3, "indicators": [] })),
        (&version, "datasetVersionPublish", json!({ "version": 2 })),
        (&version, "datasetVersionWithdraw", json!({ "version": 2, "reason": "No" })),
        (&import, "datasetImportCancel", json!({ "version": 1 })),
        (&release, "datasetReleaseApprove", json!({ "version": 1 })),
        (&release, "datasetReleaseDecline", json!({ "version": 1, "reason": "No" })),
        (&request, "dataRequestGrant", json!({ "version": 1, "dataset": dataset })),
        (&request, "dataRequestRefuse", json!({ "version": 1, "reason": "No" })),
        (&request, "dataRequestWithdraw", json!({ "version": 1 })),
        (&version, "datasetDownloadTicket", json!({ "format": "CSV" })),
    ];
    // There is something to hide.
    for id in [&dataset, &version, &import, &release, &request] {
        let seen = app.actor("admin@ostallgaeu").send(node, json!({ "id": id })).await.data();
        assert_eq!(seen["node"]["id"], json!(id));
    }
    // A party of the agreement, an authority without one, and somebody without an account.
    for subject in ["steward@kaufbeuren", "admin@lindau", ""] {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let asks = subject == "steward@kaufbeuren";
        for id in [&dataset, &version, &import, &release, &request].into_iter().filter(|it| !asks || **it != request) {
            let other = unknown(id);
            let doors = [figures, node, nodes, explained, audit].into_iter();
            for door in doors.chain(lists.iter().map(String::as_str).filter(|_| id == &dataset)) {
                assert_eq!(answer(&client, door, id).await, answer(&client, door, &other).await, "{subject}: {door}");
            }
        }
        for (id, mutation, more) in &mutations {
            if subject.is_empty() || (asks && *id == request) {
                continue;
            }
            let send = async |id: &str| {
                let field = if *mutation == "datasetDownloadTicket" { "datasetVersion" } else { "id" };
                let mut input = more.clone();
                input[field] = json!(id);
                let payload = client.try_mutate(mutation, input, "__typename").await;
                payload.to_string().replace(id, "ID")
            };
            let refused = send(id).await;
            assert!(refused.contains("NOT_FOUND"), "{subject} {mutation}: {refused}");
            assert_eq!(refused, send(&unknown(id)).await, "{subject} {mutation}");
        }
    }
    // What the one who is asked may give: hidden and unknown datasets are refused alike.
    let give = async |dataset: &str| {
        let input = json!({ "id": request, "version": 1, "dataset": dataset });
        let payload = app.actor("admin@ostallgaeu").try_mutate("dataRequestGrant", input, OF_REQUEST).await;
        assert_ne!(said(&payload), [""; 0]);
        payload.to_string().replace(dataset, "ID")
    };
    let theirs = app.world.id("dataset.kf.care");
    assert_eq!(give(theirs).await, give(&unknown(theirs)).await);
    // By plain HTTP.
    for path in ["/datasets/ID/versions/1.0.csv", "/datasets/ID/versions/1.0.parquet", "/catalog/datasets/ID.ttl"] {
        let told = async |id: &str| app.server().get(&path.replace("ID", id)).await;
        let (hidden, nothing) = (told(&dataset).await, told(&unknown(&dataset)).await);
        assert_eq!((hidden.0, &hidden), (404, &nothing), "{path}");
    }
}

async fn what_is_hidden_changes_no_list(app: TestApp) {
    let doors = [
        r#"{ datasets(filter: { text: "survey" }) { totalCount nodes { id } } }"#,
        "{ datasets(first: 100, orderBy: UPDATED_AT_DESCENDING) { totalCount nodes { id currentVersion { id } } } }",
        r#"{ compareIndicator(code: "q_sch", regions: ["09777", "09762"], between: { firstYear: 2020, lastYear: 2030 })
            { series { region values { value } } warnings { code } } }"#,
        "{ auditEvents(first: 100) { nodes { action objectId } } }",
        "{ dataRequests(first: 100) { totalCount nodes { id } } }",
    ];
    let told = async |subject: &str| {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let mut told = Vec::new();
        for door in doors {
            let reply = client.ask(door).await;
            let request = reply.headers.get("x-request-id").cloned().unwrap_or_default();
            told.push(reply.text.replace(&request, "REQUEST"));
        }
        told.push(app.server().get("/catalog.ttl").await.2);
        told
    };
    let subjects = ["viewer@kaufbeuren", "auditor@kaufbeuren", "admin@lindau", ""];
    let (mut before, owner) = (Vec::new(), told("admin@ostallgaeu").await);
    for subject in subjects {
        before.push(told(subject).await);
    }
    hidden(&app).await;
    let changed: Vec<_> =
        told("admin@ostallgaeu").await.iter().zip(&owner).map(|(now, before)| now != before).collect();
    assert_eq!(changed, [false, true, true, true, false, false], "its owner sees it");
    for (subject, before) in subjects.into_iter().zip(before) {
        assert_eq!(told(subject).await, before, "{subject:?}");
    }
}

async fn requests_are_seen_by_both_sides_and_nobody_else(app: TestApp) {
    let request = request(&app).await;
    let query =
        "{ dataRequests { totalCount nodes { id about purpose legalBasis level state tenant { slug } to { slug } } } }";
    let seen = json!({ "totalCount": 1, "nodes": [{
        "id": request, "about": "Survey", "purpose": "Planning", "legalBasis": "Agreement A", "level": "FULL",
        "state": "OPEN", "tenant": { "slug": "kaufbeuren" }, "to": { "slug": "ostallgaeu" },
    }] });
    for subject in ["steward@kaufbeuren", "admin@ostallgaeu"] {
        assert_eq!(app.actor(subject).ask(query).await.data()["dataRequests"], seen, "{subject}");
    }
    for client in [app.actor("admin@lindau"), app.actor("planner@memmingen"), app.anonymous()] {
        assert_eq!(client.ask(query).await.data()["dataRequests"]["totalCount"], 0);
    }
}

async fn a_request_is_answered_by_a_share_as_wide_and_long_as_was_granted(app: TestApp) {
    let (admin, asking) = (app.actor("admin@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let dataset = app.world.id("dataset.oal.leavers");
    let contact = json!({ "id": dataset, "version": 1, "contact": { "email": "a@b.example" } });
    app.actor("steward@ostallgaeu").mutate("datasetUpdate", contact, "dataset { id }").await;
    let open = json!({ "id": dataset, "version": 2, "access": "SHARED" });
    admin.mutate("datasetAccessChange", open, "dataset { id }").await;
    let request = request(&app).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Dataset { viewerLevel } } }";
    let seen = async || asking.send(query, json!({ "id": dataset })).await.data()["node"].clone();
    assert_eq!(seen().await, Value::Null);
    let input = json!({
        "id": request, "version": 1, "dataset": dataset, "level": "SUMMARY", "validUntil": "2027-06-30", "answer": "Its outline.",
    });
    let shown = "dataRequest { state answer share { level validUntil grantee { slug } } }";
    let granted = admin.mutate("dataRequestGrant", input, shown).await;
    let share = json!({ "level": "SUMMARY", "validUntil": "2027-06-30", "grantee": { "slug": "kaufbeuren" } });
    let expected = json!({ "state": "GRANTED", "answer": "Its outline.", "share": share });
    assert_eq!(granted["dataRequest"], expected);
    assert_eq!(seen().await, json!({ "viewerLevel": "SUMMARY" }), "less than was asked for");
    app.at("2027-07-01T12:00:00Z");
    assert_eq!(seen().await, Value::Null, "the share is over");
}

async fn a_request_is_answered_once(app: TestApp) {
    let (admin, asking) = (app.actor("admin@ostallgaeu"), app.actor("steward@kaufbeuren"));
    let request = request(&app).await;
    let with = |more: Value| {
        let mut input = json!({ "id": request, "version": 1 });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    // Who asks does not answer, and who is asked does not take back; both see it, so they are told.
    let own = asking.try_mutate("dataRequestRefuse", with(json!({ "reason": "No" })), OF_REQUEST).await;
    assert_eq!(said(&own), ["FORBIDDEN id"]);
    assert_eq!(said(&admin.try_mutate("dataRequestWithdraw", with(json!({})), OF_REQUEST).await), ["FORBIDDEN id"]);
    let silent = admin.try_mutate("dataRequestRefuse", with(json!({ "reason": " " })), OF_REQUEST).await;
    assert_eq!(said(&silent), ["REQUIRED reason"]);
    let nothing = admin.try_mutate("dataRequestGrant", with(json!({})), OF_REQUEST).await;
    assert_eq!(said(&nothing), ["REQUIRED dataset"], "it names none");
    admin.mutate("dataRequestRefuse", with(json!({ "reason": "Too detailed." })), OF_REQUEST).await;
    let query = "{ dataRequests { nodes { state answer answeredBy version } } }";
    let told = asking.ask(query).await.data()["dataRequests"]["nodes"][0].clone();
    assert_eq!((&told["state"], &told["answer"]), (&json!("REFUSED"), &json!("Too detailed.")));
    let again = json!({ "id": request, "version": 2 });
    assert_eq!(said(&asking.try_mutate("dataRequestWithdraw", again, OF_REQUEST).await), ["CONFLICT id"]);
    assert_eq!(asking.ask(query).await.data()["dataRequests"]["nodes"][0], told);
}

async fn releases_are_the_owners_and_take_four_eyes(app: TestApp) {
    let Hidden { dataset, release, .. } = hidden(&app).await;
    let (steward, admin) = (app.actor("steward@ostallgaeu"), app.actor("admin@ostallgaeu"));
    let mut lacking = release_of_survey(&app);
    lacking["checklist"]["disclosure"] = json!(false);
    let refused = steward.try_mutate("datasetReleasePropose", lacking, "datasetRelease { id }").await;
    assert!(!said(&refused).is_empty() && refused.to_string().contains("disclosure"), "{refused}");
    let twice = steward.try_mutate("datasetReleasePropose", release_of_survey(&app), "datasetRelease { id }").await;
    assert!(!said(&twice).is_empty(), "one at a time");
    let approve = json!({ "id": release, "version": 1 });
    let own = steward.try_mutate("datasetReleaseApprove", approve.clone(), "datasetRelease { id }").await;
    assert_eq!(said(&own).len(), 1, "{own}");
    let anyone = "query($id: ID!) { node(id: $id) { ... on Dataset { access } } }";
    let public = async || app.anonymous().send(anyone, json!({ "id": dataset })).await.data()["node"].clone();
    assert_eq!(public().await, Value::Null);
    let decided = admin.mutate("datasetReleaseApprove", approve, "datasetRelease { state decidedBy createdBy }").await;
    assert_eq!(decided["datasetRelease"]["state"], "APPROVED");
    assert_ne!(decided["datasetRelease"]["decidedBy"], decided["datasetRelease"]["createdBy"]);
    assert_eq!(public().await, json!({ "access": "PUBLIC" }));
    // How it came about stays with the owner.
    let query = "query($id: ID!) { datasetReleases(dataset: $id) { totalCount } }";
    for (client, count) in [(steward, 1), (app.actor("steward@kaufbeuren"), 0), (app.anonymous(), 0)] {
        let seen = client.send(query, json!({ "id": dataset })).await.data();
        assert_eq!(seen["datasetReleases"]["totalCount"], count);
    }
}
