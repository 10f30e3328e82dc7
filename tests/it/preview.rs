//! What a change of an agreement would show and hide: asked, and compared with what happens then.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::client::unknown;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["preview";
        what_the_end_of_an_agreement_would_hide_is_what_it_hides,
        what_comes_into_force_and_other_terms_are_foreseen,
        nobody_but_those_who_manage_a_party_may_ask,
        objects_of_third_parties_are_not_told,
        what_cannot_be_is_named,
    ]
}

const PREVIEW: &str = "query($input: AgreementPreviewInput!, $type: PreviewedType!, $after: String, $first: Int) {
    previewAgreementChange(input: $input) { agreement { title state }
        counts { tenant { slug } party { slug } type effect count }
        objects(type: $type, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
            nodes { objectId type name tenant { slug } changes { party { slug } before after } } } } }";

async fn preview(client: &Client, input: &Value, kind: &str) -> Value {
    let variables = json!({ "input": input, "type": kind, "first": 100 });
    client.send(PREVIEW, variables).await.data()["previewAgreementChange"].clone()
}

fn asked(app: &TestApp, agreement: &str, slug: &str, change: Value) -> Value {
    json!({ "agreement": app.world.id(agreement), "tenant": app.world.id(&format!("tenant.{slug}")), "change": change })
}

fn end() -> Value {
    json!({ "step": "END" })
}

/// Counts in words: `ostallgaeu>kaufbeuren CALENDAR HIDDEN 2`.
fn counts(preview: &Value) -> Vec<String> {
    let word = |it: &Value| it.as_str().expect("a word").to_owned();
    let counts = preview["counts"].as_array().expect("counts").iter();
    counts
        .map(|it| {
            let (owner, party) = (word(&it["tenant"]["slug"]), word(&it["party"]["slug"]));
            format!("{owner}>{party} {} {} {}", word(&it["type"]), word(&it["effect"]), it["count"])
        })
        .collect()
}

/// Objects with what becomes of them, by id.
fn objects(preview: &Value) -> BTreeMap<String, Value> {
    let nodes = preview["objects"]["nodes"].as_array().expect("nodes");
    nodes.iter().map(|it| (it["objectId"].as_str().expect("an id").to_owned(), it["changes"].clone())).collect()
}

/// The entries of others that a client sees, with their level.
async fn foreign(client: &Client, own: &str) -> BTreeMap<String, &'static str> {
    let query = r#"{ calendarEntries(first: 100, between: {start: "2027-01-01T00:00:00Z", end: "2028-01-01T00:00:00Z"}) {
        nodes { __typename id tenant { slug } } } }"#;
    let data = client.ask(query).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes").clone();
    let level = |it: &Value| match it["__typename"].as_str() {
        Some("CalendarEntryBusy") => "BUSY",
        Some("CalendarEntrySummary") => "SUMMARY",
        _ => "FULL",
    };
    let of_others = nodes.iter().filter(|it| it["tenant"]["slug"] != own);
    of_others.map(|it| (it["id"].as_str().expect("an id").to_owned(), level(it))).collect()
}

async fn what_the_end_of_an_agreement_would_hide_is_what_it_hides(app: TestApp) {
    let (oal, kf) = (app.actor("admin@ostallgaeu"), app.actor("admin@kaufbeuren"));
    let before = (foreign(&kf, "kaufbeuren").await, foreign(&oal, "ostallgaeu").await);
    let from_oal = preview(&oal, &asked(&app, "agreement.a", "ostallgaeu", end()), "CALENDAR_ENTRY").await;
    let from_kf = preview(&kf, &asked(&app, "agreement.a", "kaufbeuren", end()), "CALENDAR_ENTRY").await;
    assert_eq!(from_oal["agreement"], json!({ "title": "Agreement A", "state": "ACTIVE" }));
    let lost = [
        "kaufbeuren>ostallgaeu CALENDAR HIDDEN 1",
        "kaufbeuren>ostallgaeu CALENDAR_ENTRY HIDDEN 1",
        "ostallgaeu>kaufbeuren CALENDAR HIDDEN 2",
        "ostallgaeu>kaufbeuren CALENDAR_ENTRY HIDDEN 3",
    ];
    // Each is told the same: its own that the other would lose, and the other's that it would lose.
    let (mut of_oal, mut of_kf) = (counts(&from_oal), counts(&from_kf));
    of_oal.sort();
    of_kf.sort();
    assert_eq!(of_oal, lost);
    assert_eq!(of_kf, lost);
    assert_eq!(from_oal["objects"]["totalCount"], 4);

    // A page at a time is the same list.
    let mut paged = BTreeMap::new();
    let mut after = Value::Null;
    loop {
        let input = asked(&app, "agreement.a", "ostallgaeu", end());
        let variables = json!({ "input": input, "type": "CALENDAR_ENTRY", "first": 1, "after": after });
        let page = oal.send(PREVIEW, variables).await.data()["previewAgreementChange"].clone();
        paged.extend(objects(&page));
        if page["objects"]["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["objects"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(paged, objects(&from_oal));

    let input = json!({ "id": app.world.id("agreement.a"), "tenant": app.world.id("tenant.ostallgaeu"), "version": 4, "reason": "Ende" });
    oal.mutate("agreementEnd", input, "agreement { state }").await;
    let after = (foreign(&kf, "kaufbeuren").await, foreign(&oal, "ostallgaeu").await);
    let gone = |before: &BTreeMap<String, &'static str>, after: &BTreeMap<String, &'static str>, party: &str| {
        let gone = before.iter().filter(|it| !after.contains_key(it.0));
        let told = |level: &str| json!([{ "party": { "slug": party }, "before": level, "after": null }]);
        gone.map(|(id, level)| (id.clone(), told(level))).collect::<BTreeMap<_, _>>()
    };
    let mut happened = gone(&before.0, &after.0, "kaufbeuren");
    happened.extend(gone(&before.1, &after.1, "ostallgaeu"));
    assert_eq!(objects(&from_oal), happened);
    assert_eq!(objects(&from_kf), happened);
    // What has ended cannot end again.
    let refused = oal
        .send(PREVIEW, json!({ "input": asked(&app, "agreement.a", "ostallgaeu", end()), "type": "CALENDAR" }))
        .await;
    assert_eq!(refused.refusals(), ["BAD_USER_INPUT ILLEGAL_TRANSITION change"]);
}

async fn what_comes_into_force_and_other_terms_are_foreseen(app: TestApp) {
    let oal = app.actor("admin@ostallgaeu");
    let terms = |terms: Value| asked(&app, "agreement.a", "ostallgaeu", json!({ "terms": terms }));
    let told = async |input: &Value| {
        let mut counts = counts(&preview(&oal, input, "CALENDAR").await);
        counts.retain(|it| it.contains(" CALENDAR "));
        counts
    };
    let both =
        ["kaufbeuren>ostallgaeu CALENDAR HIDDEN 1".to_owned(), "ostallgaeu>kaufbeuren CALENDAR HIDDEN 2".to_owned()];
    let sorted = |mut it: Vec<String>| {
        it.sort();
        it
    };
    assert_eq!(sorted(told(&terms(json!({ "areas": ["DATASETS"] }))).await), both);
    assert_eq!(told(&terms(json!({ "areas": ["CALENDARS"] }))).await, Vec::<String>::new());
    let only = json!({ "fieldsOfWork": [app.world.id("field.orientation")] });
    assert_eq!(
        sorted(told(&terms(only)).await),
        ["kaufbeuren>ostallgaeu CALENDAR HIDDEN 1", "ostallgaeu>kaufbeuren CALENDAR HIDDEN 1"]
    );
    assert_eq!(
        told(&terms(json!({ "fieldsOfWork": null }))).await,
        Vec::<String>::new(),
        "nothing waits for more fields"
    );
    // The last day counts on the day that is asked about.
    let last_day = json!({ "validUntil": "2027-06-30" });
    assert_eq!(told(&terms(last_day.clone())).await, Vec::<String>::new());
    let mut later = terms(last_day);
    later["effectiveOn"] = json!("2027-07-01");
    assert_eq!(sorted(told(&later).await), both);
    later["effectiveOn"] = json!("2027-06-30");
    assert_eq!(told(&later).await, Vec::<String>::new());
    let mut over = terms(json!({ "validUntil": null }));
    over["effectiveOn"] = json!("2028-01-01");
    let shown = told(&over).await;
    assert_eq!(shown, ["ostallgaeu>kaufbeuren CALENDAR VISIBLE 2"], "what others would show again is theirs to say");
    // One of both leaves: the same as its end.
    let leaves = asked(&app, "agreement.a", "ostallgaeu", json!({ "leaves": app.world.id("tenant.kaufbeuren") }));
    assert_eq!(sorted(told(&leaves).await), both);
    // The other agreement keeps what it shows: orientation is FULL there, for Memmingen.
    let other = asked(&app, "agreement.b", "ostallgaeu", end());
    let preview = preview(&oal, &other, "CALENDAR").await;
    let orientation = objects(&preview)[app.world.id("calendar.oal.orientation")].clone();
    assert_eq!(orientation, json!([{ "party": { "slug": "memmingen" }, "before": "FULL", "after": null }]));
    // What parties planned together stays seen by both when it ends, and goes with the one that leaves.
    let rounds = |preview: &Value| counts(preview).into_iter().filter(|it| it.contains("_ROUND ")).collect::<Vec<_>>();
    assert_eq!(rounds(&preview), Vec::<String>::new());
    let leaves = asked(&app, "agreement.b", "ostallgaeu", json!({ "leaves": app.world.id("tenant.ostallgaeu") }));
    let left = self::preview(&oal, &leaves, "COORDINATION_ROUND").await;
    assert_eq!(rounds(&left), ["memmingen>ostallgaeu COORDINATION_ROUND HIDDEN 1"]);
}

async fn nobody_but_those_who_manage_a_party_may_ask(app: TestApp) {
    let ask = async |client: &Client, agreement: &str, slug: &str| {
        let input = json!({
            "agreement": agreement, "tenant": app.world.id(&format!("tenant.{slug}")), "change": end(),
        });
        client.send(PREVIEW, json!({ "input": input, "type": "CALENDAR" })).await.refusals()
    };
    let id = app.world.id("agreement.a");
    assert_eq!(ask(&app.actor("admin@kaufbeuren"), id, "kaufbeuren").await, Vec::<String>::new());
    for subject in ["viewer@kaufbeuren", "planner@kaufbeuren", "auditor@kaufbeuren"] {
        assert_eq!(ask(&app.actor(subject), id, "kaufbeuren").await, ["BAD_USER_INPUT FORBIDDEN tenant"], "{subject}");
    }
    assert_eq!(ask(&app.actor("admin@kaufbeuren"), id, "ostallgaeu").await, ["BAD_USER_INPUT FORBIDDEN tenant"]);
    assert_eq!(ask(&app.actor("admin@kaufbeuren"), id, "lindau").await, ["BAD_USER_INPUT NOT_FOUND tenant"]);
    let other = unknown(id);
    for client in [app.anonymous(), app.actor("admin@lindau"), app.actor("admin@memmingen")] {
        let hidden = ask(&client, id, "memmingen").await;
        assert_eq!(hidden, ["BAD_USER_INPUT NOT_FOUND agreement"]);
        assert_eq!(hidden, ask(&client, &other, "memmingen").await);
    }
}

async fn objects_of_third_parties_are_not_told(app: TestApp) {
    // Three under one agreement; each shares a calendar with the others.
    let parties = ["kaufbeuren", "memmingen", "lindau"];
    let id = |slug: &str| app.world.id(&format!("tenant.{slug}")).to_owned();
    let input = json!({
        "tenant": id("kaufbeuren"), "parties": [id("memmingen"), id("lindau")], "title": "Agreement C",
        "areas": ["CALENDARS"], "validFrom": "2027-01-01",
    });
    let admin = |slug: &str| app.actor(&format!("admin@{slug}"));
    let made = admin("kaufbeuren").mutate("agreementDraft", input, "agreement { id }").await;
    let agreement = made["agreement"]["id"].clone();
    admin("kaufbeuren").mutate("agreementPropose", json!({ "id": agreement, "version": 1 }), "agreement { id }").await;
    for (at, slug) in parties.into_iter().enumerate() {
        let input = json!({ "id": agreement, "tenant": id(slug), "version": at + 2 });
        admin(slug).mutate("agreementSign", input, "agreement { id }").await;
    }
    for slug in parties {
        let input = json!({ "tenant": id(slug), "name": format!("Joint of {slug}"), "confidentiality": "PARTNER" });
        let made = app.actor(&format!("planner@{slug}")).mutate("calendarCreate", input, "calendar { id }").await;
        let share = json!({
            "tenant": id(slug), "agreement": agreement, "area": "CALENDARS", "level": "FULL",
            "object": { "calendar": made["calendar"]["id"] },
        });
        admin(slug).mutate("shareCreate", share, "share { id }").await;
    }
    for slug in parties {
        let input = json!({ "agreement": agreement, "tenant": id(slug), "change": end() });
        let preview = preview(&admin(slug), &input, "CALENDAR").await;
        let mut told = counts(&preview);
        told.sort();
        let mut expected = Vec::new();
        for other in parties.into_iter().filter(|it| *it != slug) {
            expected.push(format!("{other}>{slug} CALENDAR HIDDEN 1"));
            expected.push(format!("{slug}>{other} CALENDAR HIDDEN 1"));
        }
        expected.sort();
        assert_eq!(told, expected, "{slug}");
        assert_eq!(preview["objects"]["totalCount"], 3);
    }
    // If one leaves, the others are told of it only what is theirs or what they would lose themselves.
    let input = json!({ "agreement": agreement, "tenant": id("kaufbeuren"), "change": { "leaves": id("lindau") } });
    let mut told = counts(&preview(&admin("kaufbeuren"), &input, "CALENDAR").await);
    told.sort();
    assert_eq!(told, ["kaufbeuren>lindau CALENDAR HIDDEN 1", "lindau>kaufbeuren CALENDAR HIDDEN 1"]);
}

async fn what_cannot_be_is_named(app: TestApp) {
    let oal = app.actor("admin@ostallgaeu");
    let id = |name: &str| app.world.id(name).to_owned();
    for (change, refused) in [
        (json!({ "step": "ACTIVATE" }), "ILLEGAL_TRANSITION change"),
        (json!({ "leaves": id("tenant.lindau") }), "NOT_FOUND change.leaves"),
        (json!({ "leaves": id("agreement.a") }), "INVALID change.leaves"),
        (json!({ "terms": { "areas": [] } }), "REQUIRED change.terms.areas"),
        (json!({ "terms": { "validUntil": "2025-12-31" } }), "OUT_OF_RANGE change.terms.validUntil"),
        (
            json!({ "terms": { "fieldsOfWork": [unknown(&id("field.counselling"))] } }),
            "NOT_FOUND change.terms.fieldsOfWork",
        ),
    ] {
        let input = asked(&app, "agreement.a", "ostallgaeu", change.clone());
        let answer = oal.send(PREVIEW, json!({ "input": input, "type": "CALENDAR" })).await;
        assert_eq!(answer.refusals(), [format!("BAD_USER_INPUT {refused}")], "{change}");
    }
}
