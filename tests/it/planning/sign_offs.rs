//! What a change of an entry does to sign-offs, and how a plan differs from what was signed.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::live::Socket;
use verbund_tests::{Case, Client, TestApp, cases};

use super::conflicts::reshare;
use super::{Offices, ROUND, plan_in, round_of, when};

pub fn cases() -> Vec<Case> {
    cases!["planning::sign_offs";
        a_change_takes_every_sign_off_back_until_the_publication,
        who_follows_an_agreed_round_learns_that_it_is_open_again,
        a_published_plan_says_that_it_differs,
        a_comparison_names_every_field_that_changed,
    ]
}

/// Both parties sign; the round as it is then.
async fn agree(app: &TestApp, offices: &Offices<'_>, round: &str) -> Value {
    for slug in ["ostallgaeu", "kaufbeuren"] {
        let version = round_of(&offices.oal, round).await["version"].clone();
        let input = json!({ "id": round, "tenant": offices.tenant(slug), "version": version });
        app.actor(&format!("admin@{slug}")).mutate("coordinationRoundSignOff", input, ROUND).await;
    }
    let agreed = round_of(&offices.oal, round).await;
    assert_eq!(agreed["state"], "AGREED");
    agreed
}

/// Changes an entry as its owner, at the version that it has.
async fn change(client: &Client, mutation: &str, entry: &str, more: Value) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { version } } }";
    let version = client.send(query, json!({ "id": entry })).await.data()["node"]["version"].clone();
    let mut input = json!({ "id": entry, "version": version });
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
    client.mutate(mutation, input, "calendarEntry { id }").await
}

async fn a_change_takes_every_sign_off_back_until_the_publication(app: TestApp) {
    let offices = Offices::open(&app).await;
    let (kf, rows) = (&offices.kf, app.database.rows().await);
    let day = async |title: &str, time: &str| offices.entry("kf", title, time, json!({})).await;
    let changed = day("Geändert", "2027-06-01").await;
    let cancelled = day("Fällt aus", "2027-06-02").await;
    let hidden = day("Wird intern", "2027-06-03").await;
    let away = day("Ins nächste Jahr", "2027-06-04").await;
    let weekly = json!({ "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" } });
    let series = offices.entry("kf", "Reihe", "2027-07-06T09:00/2027-07-06T10:00", weekly.clone()).await;
    let single = offices.entry("kf", "Keine Reihe mehr", "2027-08-03T09:00/2027-08-03T10:00", weekly).await;
    let inner = offices.entry("kf", "Intern", "2027-06-05", json!({ "confidentiality": "INTERNAL" })).await;
    let round = offices.in_coordination().await;
    let date = json!({ "apply": "THIS", "occurrence": "2027-07-13T09:00" });
    let ways: [(&str, &str, &str, Value); 7] = [
        ("calendarEntryUpdate", "its place", changed.as_str(), json!({ "location": "Rathaus" })),
        ("calendarEntryCancel", "that it takes place", cancelled.as_str(), json!({})),
        ("calendarEntryUpdate", "who sees it", hidden.as_str(), json!({ "confidentiality": "INTERNAL" })),
        ("calendarEntryUpdate", "its year", away.as_str(), json!({ "time": when("2028-06-04") })),
        ("calendarEntryCancel", "a date of a series", series.as_str(), date),
        (
            "calendarEntryUpdate",
            "its recurrence",
            single.as_str(),
            json!({ "recurrence": null, "time": when("2028-08-03") }),
        ),
        ("calendarEntryCreate", "a new entry", "", json!({})),
    ];
    for (mutation, what, entry, more) in ways {
        let agreed = agree(&app, &offices, &round).await;
        // What stays in the authority changes nothing for the others.
        change(kf, "calendarEntryUpdate", &inner, json!({ "description": what })).await;
        assert_eq!(round_of(&offices.oal, &round).await, agreed, "{what}");
        if entry.is_empty() {
            day("Neu", "2027-09-01").await;
        } else {
            change(kf, mutation, entry, more).await;
        }
        let open = round_of(&offices.oal, &round).await;
        assert_eq!(open["state"], "IN_COORDINATION", "{what}");
        assert_eq!(open["version"].as_i64(), agreed["version"].as_i64().map(|it| it + 1), "{what}");
        for slug in ["ostallgaeu", "kaufbeuren"] {
            assert_eq!(plan_in(&open, slug)["signedBy"], json!(null), "{what}");
        }
        // It is recorded with who did it, and nobody publishes what is not agreed any more.
        let sql = "SELECT a.action, p.subject, CAST(a.before AS text), CAST(a.after AS text) FROM audit_event a \
                   JOIN person p ON p.id = a.person_id WHERE a.object_type = 'CoordinationRound' ORDER BY a.id DESC LIMIT 1";
        let row = rows.texts(sql).await.remove(0);
        assert_eq!(row[..2], [mutation, "planner@kaufbeuren"], "{what}");
        assert!(row[2].contains("AGREED") && row[3].contains("IN_COORDINATION"), "{what}: {row:?}");
        let sql =
            "SELECT topic FROM outbox_event WHERE object_type = 'CoordinationRound' ORDER BY position DESC LIMIT 1";
        assert_eq!(rows.list(sql).await, ["coordination_round.reopened"], "{what}");
        let publish =
            |version: &Value| json!({ "id": round, "tenant": offices.tenant("kaufbeuren"), "version": version });
        let refused = kf.try_mutate("coordinationRoundPublish", publish(&agreed["version"]), ROUND).await;
        assert_eq!(said(&refused), ["ILLEGAL_TRANSITION id"], "{what}");
    }
    // A calendar that becomes narrower takes its entries out of the partner's sight.
    agree(&app, &offices, &round).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Calendar { version } } }";
    let version = kf.send(query, json!({ "id": offices.kf_calendar })).await.data()["node"]["version"].clone();
    let input = json!({ "id": offices.kf_calendar, "version": version, "confidentiality": "INTERNAL" });
    kf.mutate("calendarUpdate", input, "calendar { id }").await;
    let open = round_of(&offices.oal, &round).await;
    assert_eq!((&open["state"], &plan_in(&open, "ostallgaeu")["signedBy"]), (&json!("IN_COORDINATION"), &json!(null)));
    assert_eq!(rows.number("SELECT count(*) FROM coordination_round WHERE reopened_by IS NOT NULL").await, 0);
}

async fn who_follows_an_agreed_round_learns_that_it_is_open_again(app: TestApp) {
    let offices = Offices::open(&app).await;
    let entry = offices.entry("kf", "Messe", "2027-06-01", json!({})).await;
    let round = offices.in_coordination().await;
    agree(&app, &offices, &round).await;
    let mut socket = Socket::init(&app.server().base, Some(&app.token("viewer@ostallgaeu"))).await;
    let watch = "subscription($id: ID!) { coordinationRoundChanged(id: $id) { kind round { state } entryId } }";
    socket.subscribe("1", watch, json!({ "id": round })).await;
    assert_eq!(socket.event("1").await["coordinationRoundChanged"]["kind"], "READY");
    change(&offices.kf, "calendarEntryUpdate", &entry, json!({ "location": "Rathaus" })).await;
    let first = socket.event("1").await["coordinationRoundChanged"].clone();
    assert_eq!((&first["kind"], &first["entryId"]), (&json!("ENTRY"), &json!(entry)));
    let second = socket.event("1").await["coordinationRoundChanged"].clone();
    assert_eq!((&second["kind"], &second["round"]["state"]), (&json!("ROUND"), &json!("IN_COORDINATION")));
}

/// Steps and keys of the snapshots of a plan, the newest first.
async fn snapshots(client: &Client, plan: &Value) -> Vec<(String, Value)> {
    let query = "query($id: ID!) { node(id: $id) { ... on AnnualPlan { snapshots { key step } } } }";
    let data = client.send(query, json!({ "id": plan })).await.data();
    let all = data["node"]["snapshots"].as_array().expect("snapshots").clone();
    all.iter().map(|it| (it["step"].as_str().expect("a step").to_owned(), it["key"].clone())).collect()
}

/// Differences of a plan to a snapshot that somebody sees: kind, title, changed fields.
async fn differences(client: &Client, plan: &Value, snapshot: &Value) -> Vec<(String, Value)> {
    let query =
        "query($plan: ID!, $snapshot: ID!) { annualPlanComparison(plan: $plan, snapshot: $snapshot, first: 100) {
        nodes { kind titleBefore changedFields entry { ... on CalendarEntryFull { title } } } } }";
    let data = client.send(query, json!({ "plan": plan, "snapshot": snapshot })).await.data();
    let line = |it: &Value| {
        let title = it["titleBefore"].as_str().or(it["entry"]["title"].as_str()).unwrap_or("-");
        (format!("{} {title}", it["kind"].as_str().expect("a kind")), it["changedFields"].clone())
    };
    data["annualPlanComparison"]["nodes"].as_array().expect("nodes").iter().map(line).collect()
}

async fn a_published_plan_says_that_it_differs(app: TestApp) {
    let offices = Offices::open(&app).await;
    let (oal, kf, anyone) = (&offices.oal, &offices.kf, app.anonymous());
    let inner = offices.entry("kf", "Intern", "2027-06-01", json!({ "confidentiality": "INTERNAL" })).await;
    let shown = offices.entry("kf", "Für Partner", "2027-06-02", json!({})).await;
    let public = offices.entry("kf", "Für alle", "2027-06-03", json!({ "confidentiality": "PUBLIC" })).await;
    let round = offices.in_coordination().await;
    let agreed = agree(&app, &offices, &round).await;
    let input = json!({ "id": round, "tenant": offices.tenant("kaufbeuren"), "version": agreed["version"] });
    kf.mutate("coordinationRoundPublish", input, ROUND).await;
    // What was signed is kept as it is published, of both plans.
    let published = round_of(oal, &round).await;
    let plan = plan_in(&published, "kaufbeuren")["plan"]["id"].clone();
    for (client, slug) in [(oal, "ostallgaeu"), (oal, "kaufbeuren"), (kf, "ostallgaeu"), (kf, "kaufbeuren")] {
        let all = snapshots(client, &plan_in(&published, slug)["plan"]["id"]).await;
        let steps: Vec<_> = all.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(steps, ["PUBLISHED", "AGREED", "SUBMITTED"], "{slug}");
    }
    let key = snapshots(oal, &plan).await[0].1.clone();
    let kept = |title: &str| (format!("KEPT {title}"), json!([]));
    assert_eq!(differences(oal, &plan, &key).await, [kept("Für Partner"), kept("Für alle")]);
    let told = async |client: &Client| {
        let round = round_of(client, &round).await;
        let of = |it: &Value| !it["changedSincePublicationAt"].is_null();
        (of(&round), of(plan_in(&round, "kaufbeuren")), of(plan_in(&round, "ostallgaeu")))
    };
    change(kf, "calendarEntryUpdate", &inner, json!({ "location": "Rathaus" })).await;
    assert_eq!(told(oal).await, (false, false, false), "what stays in the authority");
    change(kf, "calendarEntryUpdate", &shown, json!({ "location": "Rathaus" })).await;
    assert_eq!(told(oal).await, (true, true, false));
    assert_eq!(told(&anyone).await, (false, false, false), "nobody else learns that something for partners changed");
    change(kf, "calendarEntryUpdate", &public, json!({ "speakers": ["Frau Muster"] })).await;
    assert_eq!(told(&anyone).await, (true, true, false));
    // It stays what it is: published, signed, and the snapshot tells what differs.
    let still = round_of(oal, &round).await;
    assert_eq!(still["state"], "PUBLISHED");
    assert_eq!(plan_in(&still, "kaufbeuren")["signedBy"], "admin@kaufbeuren");
    let expected =
        [("CHANGED Für Partner".to_owned(), json!(["LOCATION"])), ("CHANGED Für alle".to_owned(), json!(["SPEAKERS"]))];
    assert_eq!(differences(oal, &plan, &key).await, expected);
}

async fn a_comparison_names_every_field_that_changed(app: TestApp) {
    let offices = Offices::open(&app).await;
    let place = app.world.id("place.oal.library");
    let fields: [(&str, &str, Value); 17] = [
        ("title", "TITLE", json!("Anders")),
        ("kind", "KIND", json!("FAIR")),
        ("status", "STATUS", json!("TENTATIVE")),
        ("description", "DESCRIPTION", json!("Neu.")),
        ("confidentiality", "CONFIDENTIALITY", json!("PUBLIC")),
        ("place", "PLACE", json!(place)),
        ("location", "LOCATION", json!("Rathaus")),
        ("organiser", "ORGANISER", json!("Amt")),
        ("speakers", "SPEAKERS", json!(["Frau Muster"])),
        ("responsibleOffice", "RESPONSIBLE_OFFICE", json!("Bildungsbüro")),
        ("audiences", "AUDIENCES", json!(["PUPILS"])),
        ("pillar", "PILLAR", json!("TRANSITIONS")),
        ("cost", "COST", json!("5 Euro")),
        ("targetGroups", "TARGET_GROUPS", json!(["Eltern"])),
        ("registrationUrl", "REGISTRATION_URL", json!("https://example.org/anmeldung")),
        ("time", "TIME", when("2027-03-30T09:00/2027-03-30T11:00")),
        ("recurrence", "RECURRENCE", json!({ "rule": "FREQ=WEEKLY;COUNT=2" })),
    ];
    let mut entries = Vec::new();
    for (index, (field, ..)) in fields.iter().enumerate() {
        let day = format!("2027-03-{:02}", index + 1);
        let time = format!("{day}T09:00/{day}T10:00");
        entries.push(offices.entry("kf", field, &time, json!({})).await);
    }
    let round = offices.in_coordination().await;
    for ((field, _, value), entry) in fields.iter().zip(&entries) {
        change(&offices.kf, "calendarEntryUpdate", entry, json!({ (*field): value })).await;
    }
    let plan = plan_in(&round_of(&offices.oal, &round).await, "kaufbeuren")["plan"]["id"].clone();
    let key = snapshots(&offices.oal, &plan).await[0].1.clone();
    let expected = |shown: &dyn Fn(&str) -> bool| {
        let line = |(field, name, _): &(&str, &str, Value)| match *name {
            "TIME" => (format!("MOVED {field}"), json!(["START", "END"])),
            "RECURRENCE" => (format!("MOVED {field}"), json!(["RECURRENCE"])),
            name if shown(name) => (format!("CHANGED {field}"), json!([name])),
            _ => (format!("KEPT {field}"), json!([])),
        };
        let mut lines: Vec<_> = fields.iter().map(line).collect();
        lines.sort_by_key(|it| it.0.clone());
        lines
    };
    let found = async |client: &Client| {
        let mut lines = differences(client, &plan, &key).await;
        lines.sort_by_key(|it| it.0.clone());
        lines
    };
    assert_eq!(found(&offices.kf).await, expected(&|_| true));
    assert_eq!(found(&offices.oal).await, expected(&|_| true));
    // At a lower level, only what that level shows; what became public is seen by everybody.
    reshare(&app, &offices, &offices.kf_share, Some("SUMMARY")).await;
    let lower = found(&offices.oal).await;
    let partly: Vec<_> = expected(&|it| ["TITLE", "KIND", "STATUS", "CONFIDENTIALITY"].contains(&it));
    assert_eq!(lower, partly);
}
