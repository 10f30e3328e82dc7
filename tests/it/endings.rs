//! What ends is gone with the next request: an agreement, a share, a role, a day.

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["endings";
        the_end_of_an_agreement_closes_every_share_under_it,
        a_revoked_role_sees_and_does_nothing_more,
        an_agreement_lasts_until_midnight_on_the_owners_clock,
        a_role_lasts_until_midnight_on_the_authoritys_clock,
        a_share_that_is_taken_back_is_gone,
    ]
}

/// Names of the foreign entries that a client sees in February.
async fn foreign(app: &TestApp, client: &Client, own: &str) -> Vec<String> {
    let query = r#"{ calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}, first: 100) {
        nodes { id tenant { slug } } } }"#;
    let data = client.ask(query).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes").clone();
    let name = |id: &Value| app.world.all("entry.").find(|(_, it)| id == it).expect("an entry").0.to_owned();
    nodes.iter().filter(|it| it["tenant"]["slug"] != own).map(|it| name(&it["id"])).collect()
}

async fn incoming(client: &Client, slug: &str) -> usize {
    let query =
        "query($slug: String!) { tenant(slug: $slug) { incomingShares(first: 100) { totalCount nodes { id } } } }";
    let data = client.send(query, json!({ "slug": slug })).await.data();
    let shares = &data["tenant"]["incomingShares"];
    assert_eq!(shares["totalCount"], shares["nodes"].as_array().expect("nodes").len());
    shares["nodes"].as_array().expect("nodes").len()
}

const SHARED: [&str; 4] =
    ["entry.oal.counselling.day", "entry.oal.orientation.fair", "entry.oal.public.forum", "entry.oal.public.partner"];
const PUBLIC: [&str; 1] = ["entry.oal.public.forum"];

async fn the_end_of_an_agreement_closes_every_share_under_it(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    assert_eq!(foreign(&app, &planner, "kaufbeuren").await, SHARED);
    assert_eq!(incoming(&planner, "kaufbeuren").await, 3);
    let memmingen = foreign(&app, &app.actor("viewer@memmingen"), "memmingen").await;

    // Either party may end it.
    let id = app.world.id("agreement.a");
    let input =
        json!({ "id": id, "tenant": app.world.id("tenant.kaufbeuren"), "version": 4, "reason": "Ende der Förderung" });
    let ended = app.actor("admin@kaufbeuren").mutate("agreementEnd", input, "agreement { state endReason }").await;
    assert_eq!(ended["agreement"], json!({ "state": "ENDED", "endReason": "Ende der Förderung" }));

    assert_eq!(foreign(&app, &planner, "kaufbeuren").await, PUBLIC);
    assert_eq!(incoming(&planner, "kaufbeuren").await, 0);
    let node = "query($id: ID!) { node(id: $id) { id } }";
    for hidden in ["entry.oal.counselling.day", "calendar.oal.counselling", "calendar.oal.orientation"] {
        let answer = planner.send(node, json!({ "id": app.world.id(hidden) })).await.data();
        assert_eq!(answer, json!({ "node": null }), "{hidden}");
    }
    // The other agreement is not touched, and both sides still see what it was.
    assert_eq!(foreign(&app, &app.actor("viewer@memmingen"), "memmingen").await, memmingen);
    for party in ["viewer@kaufbeuren", "viewer@ostallgaeu"] {
        let query = "query($id: ID!) { node(id: $id) { ... on Agreement { state } } }";
        let answer = app.actor(party).send(query, json!({ "id": id })).await.data();
        assert_eq!(answer, json!({ "node": { "state": "ENDED" } }), "{party}");
    }
}

async fn a_revoked_role_sees_and_does_nothing_more(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let calendar = app.world.id("calendar.kf.counselling");
    let entry = json!({
        "calendar": calendar, "title": "Beratungstag",
        "time": { "allDay": { "firstDay": "2027-04-01" } },
    });
    planner.mutate("calendarEntryCreate", entry.clone(), "calendarEntry { id }").await;

    let input = json!({ "id": app.world.id("role.planner@kaufbeuren"), "version": 1 });
    app.actor("admin@kaufbeuren").mutate("roleGrantRevoke", input, "roleGrant { revokedAt }").await;

    let february = r#"{ calendarEntries(between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}) { nodes { id } } }"#;
    let seen = planner.ask(february).await.data();
    assert_eq!(seen["calendarEntries"]["nodes"], json!([{ "id": app.world.id("entry.oal.public.forum") }]));
    let refused = planner.try_mutate("calendarEntryCreate", entry, "calendarEntry { id }").await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_FOUND");
    let viewer = planner.ask("{ viewer { signedIn memberships { memberId } } }").await.data();
    assert_eq!(viewer["viewer"], json!({ "signedIn": true, "memberships": [] }));
}

async fn an_agreement_lasts_until_midnight_on_the_owners_clock(app: TestApp) {
    // Tokens are good for a year from when they are made.
    let planner = |app: &TestApp| app.actor("planner@kaufbeuren");
    app.at("2027-12-31T22:59:59Z");
    assert_eq!(foreign(&app, &planner(&app), "kaufbeuren").await, SHARED);
    assert_eq!(incoming(&planner(&app), "kaufbeuren").await, 3);
    app.at("2027-12-31T23:00:00Z");
    assert_eq!(foreign(&app, &planner(&app), "kaufbeuren").await, PUBLIC);
    assert_eq!(incoming(&planner(&app), "kaufbeuren").await, 0);
}

async fn a_role_lasts_until_midnight_on_the_authoritys_clock(app: TestApp) {
    let input = json!({
        "tenant": app.world.id("tenant.kaufbeuren"), "to": { "member": app.world.id("member.auditor@kaufbeuren") },
        "role": "VIEWER", "validFrom": "2027-01-16", "validUntil": "2027-07-31",
    });
    app.actor("admin@kaufbeuren").mutate("roleGrantCreate", input, "roleGrant { id }").await;
    let sees = async |instant: &str| {
        app.at(instant);
        let id = app.world.id("calendar.kf.counselling");
        let auditor = app.actor("auditor@kaufbeuren");
        let answer = auditor.send("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
        !answer.data()["node"].is_null()
    };
    assert!(!sees("2027-01-15T22:59:59Z").await, "it begins at midnight in Berlin");
    assert!(sees("2027-01-15T23:00:00Z").await);
    assert!(sees("2027-07-31T21:59:59Z").await, "it ends at midnight in Berlin, in summer");
    assert!(!sees("2027-07-31T22:00:00Z").await);
}

async fn a_share_that_is_taken_back_is_gone(app: TestApp) {
    let input = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1, "reason": "Irrtum" });
    let ended = app.actor("admin@ostallgaeu").mutate("shareEnd", input, "share { effective endedAt }").await;
    assert_eq!(ended["share"], json!({ "effective": false, "endedAt": "2027-01-15T10:00:00+00:00" }));
    let left = foreign(&app, &app.actor("planner@kaufbeuren"), "kaufbeuren").await;
    assert_eq!(left, SHARED[1..]);
}
