//! The first run: what the demo shows to whom.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::demo::Demo;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["demo"; the_planner_sees_own_entries_in_full_and_the_partners_as_shared, every_role_account_signs_in]
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
    for account in verbund::seed::accounts() {
        let query = "{ viewer { signedIn name memberships { tenant { slug } roles { role } } } }";
        let viewer = demo.actor(Some(&account.subject)).ask(query).await.data()["viewer"].clone();
        assert_eq!(viewer["signedIn"], true);
        assert_eq!(viewer["name"], account.subject.as_str());
        assert_ne!(viewer["memberships"], json!([]), "{}", account.subject);
    }
    let anonymous = demo.actor(None).ask("{ viewer { signedIn name memberships { memberId } } }").await.data();
    assert_eq!(anonymous["viewer"], json!({ "signedIn": false, "name": null, "memberships": [] }));
}
