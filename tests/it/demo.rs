//! The first run: what the demo shows to whom.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::demo::Demo;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["demo";
        the_planner_sees_own_entries_in_full_and_the_partners_as_shared,
        every_role_account_signs_in,
        both_offices_are_in_the_middle_of_their_coordination,
    ]
}

const MARCH: &str = r#"{ calendarEntries(between: {start: "2027-03-01T00:00:00Z", end: "2027-04-01T00:00:00Z"}, first: 100) {
    nodes { __typename id tenant { slug } calendar { name } ... on CalendarEntryFull { title confidentiality } } } }"#;

async fn march(client: &Client) -> Vec<Value> {
    client.ask(MARCH).await.data()["calendarEntries"]["nodes"].as_array().expect("nodes").clone()
}

async fn the_planner_sees_own_entries_in_full_and_the_partners_as_shared(app: TestApp) {
    let demo = Demo::start(&app).await;
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for entry in march(&demo.actor(Some("planner@kaufbeuren"))).await {
        let tenant = entry["tenant"]["slug"].as_str().expect("a slug");
        let kind = entry["__typename"].as_str().expect("a type").replace("CalendarEntry", "");
        *counts.entry(format!("{tenant} {kind} {}", entry["confidentiality"].as_str().unwrap_or("-"))).or_default() +=
            1;
    }
    let expected = [
        ("kaufbeuren Full INTERNAL", 5),
        ("kaufbeuren Full PARTNER", 9),
        ("kaufbeuren Full PUBLIC", 2),
        ("ostallgaeu Busy -", 2),
        ("ostallgaeu Full PUBLIC", 3),
        ("ostallgaeu Summary -", 3),
    ];
    let expected: BTreeMap<_, _> = expected.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
    assert_eq!(counts, expected);

    // The same ids through `node`: to the outsider, what is hidden is what does not exist.
    let outsider = demo.actor(Some("admin@unterallgaeu"));
    let unknown = "cen_01h455vb4pex5vsknk084sn02q";
    let node = "query($id: ID!) { node(id: $id) { __typename id } }";
    let nothing = outsider.send(node, json!({ "id": unknown })).await;
    let mut hidden = 0;
    for entry in march(&demo.actor(Some("planner@ostallgaeu"))).await {
        let answer = outsider.send(node, json!({ "id": entry["id"] })).await;
        if entry["confidentiality"] != "PUBLIC" {
            assert_eq!((answer.status, &answer.text), (nothing.status, &nothing.text), "{entry}");
            hidden += 1;
        }
    }
    assert_eq!(hidden, 20);
}

async fn every_role_account_signs_in(app: TestApp) {
    let demo = Demo::start(&app).await;
    for account in server::seed::accounts() {
        let query = "{ viewer { signedIn name memberships { tenant { slug } roles { role } } } }";
        let viewer = demo.actor(Some(&account.subject)).ask(query).await.data()["viewer"].clone();
        assert_eq!(viewer["signedIn"], true);
        assert_eq!(viewer["name"], account.subject.as_str());
        assert_ne!(viewer["memberships"], json!([]), "{}", account.subject);
    }
    let anonymous = demo.actor(None).ask("{ viewer { signedIn name memberships { memberId } } }").await.data();
    assert_eq!(anonymous["viewer"], json!({ "signedIn": false, "name": null, "memberships": [] }));
}

async fn both_offices_are_in_the_middle_of_their_coordination(app: TestApp) {
    let demo = Demo::start(&app).await;
    let query = "{ coordinationRounds { nodes { id year state plans { tenant { slug } plan { title state } } } } }";
    for subject in ["planner@kaufbeuren", "planner@ostallgaeu"] {
        let client = demo.actor(Some(subject));
        let round = client.ask(query).await.data()["coordinationRounds"]["nodes"][0].clone();
        assert_eq!((&round["year"], &round["state"]), (&json!(2027), &json!("IN_COORDINATION")));
        assert_eq!(round["plans"].as_array().map(Vec::len), Some(2));
        let query = "query($round: ID!) { conflicts(of: {round: $round}, first: 100) { totalCount nodes { rule severity
            sides { start entry { __typename tenant { slug } ... on CalendarEntryFull { title }
            ... on CalendarEntrySummary { title } } } nonWorkingDay { name } } }
            changeProposals(round: $round) { nodes { message state viewerCan { accept } } }
            coordinationComments(round: $round) { nodes { text createdBy } } }";
        let data = client.send(query, json!({ "round": round["id"] })).await.data();
        let conflicts = data["conflicts"]["nodes"].as_array().expect("conflicts");
        let has = |rule: &str| conflicts.iter().any(|it| it["rule"] == rule);
        // Each sees as much of the other's entries as is shared: Ostallgäu's orientation in full, Kaufbeuren's as busy.
        assert_eq!(has("SAME_PLACE"), subject == "planner@kaufbeuren", "{subject}: {conflicts:#?}");
        assert!(has("SAME_AUDIENCE"), "{subject}: {conflicts:#?}");
        assert!(has("SCHOOL_HOLIDAY"), "{subject}: {conflicts:#?}");
        let answers = subject == "planner@ostallgaeu";
        assert_eq!(data["changeProposals"]["nodes"][0]["viewerCan"]["accept"], answers);
        assert_eq!(data["coordinationComments"]["nodes"][0]["createdBy"], "planner@kaufbeuren");
    }
    let outsider = demo.actor(Some("planner@unterallgaeu")).ask(query).await.data();
    assert_eq!(outsider["coordinationRounds"]["nodes"], json!([]));
    let (status, kind, feed) = demo.feed().await;
    assert_eq!((status, kind.as_str()), (200, "text/calendar; charset=utf-8"));
    assert!(feed.contains("SUMMARY:Berufsinformationsabend") && feed.contains("SUMMARY:Abend der Ausbildungsberufe"));
}
