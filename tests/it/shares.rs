//! Shares: what an owner shows, to whom, how much, how long; and that taking it back works at once.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["shares";
        a_share_shows_its_level_at_once_and_its_end_hides_it_at_once,
        a_share_of_a_field_also_means_calendars_made_later,
        a_share_of_everything_also_means_calendars_made_later,
        a_share_of_everything_reaches_as_far_as_the_agreement,
        a_share_for_one_party_is_unknown_to_the_third,
        a_share_for_one_role_shows_its_calendar_to_that_role_only,
        a_share_lasts_from_its_first_day_through_its_last,
        what_the_agreement_does_not_cover_is_refused,
        what_cannot_be_shared_is_refused,
        everything_wrong_with_a_share_is_told_at_once,
        both_sides_list_shares_with_reason_and_end,
        the_highest_of_several_levels_wins,
        who_may_contribute_still_changes_nothing,
    ]
}

fn input(app: &TestApp, tenant: &str, agreement: &str, object: Value, level: &str) -> Value {
    json!({
        "tenant": app.world.id(&format!("tenant.{tenant}")), "agreement": agreement, "area": "CALENDARS",
        "object": object, "level": level,
    })
}

fn calendar(app: &TestApp, name: &str) -> Value {
    json!({ "calendar": app.world.id(&format!("calendar.{name}")) })
}

/// Makes a share of Ostallgäu's; its id.
async fn share(app: &TestApp, agreement: &str, object: Value, level: &str, more: Value) -> String {
    let mut input = input(app, "ostallgaeu", agreement, object, level);
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
    let made = app.actor("admin@ostallgaeu").mutate("shareCreate", input, "share { id }").await;
    made["share"]["id"].as_str().expect("an id").to_owned()
}

async fn end(app: &TestApp, id: &str) {
    let selection = "share { effective version }";
    let input = json!({ "id": id, "version": 1 });
    let ended = app.actor("admin@ostallgaeu").mutate("shareEnd", input, selection).await;
    assert_eq!(ended["share"], json!({ "effective": false, "version": 2 }));
}

/// How a client sees an entry: by its id and in the list alike.
async fn sees(client: &Client, entry: &str) -> String {
    let query = r#"query($id: ID!) { node(id: $id) { __typename id }
        calendarEntries(between: {start: "2027-01-01T00:00:00Z", end: "2027-06-01T00:00:00Z"}, first: 100) {
            nodes { __typename id } } }"#;
    let data = client.send(query, json!({ "id": entry })).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes");
    let listed = nodes.iter().find(|it| it["id"] == entry).cloned().unwrap_or_default();
    assert_eq!(data["node"], listed, "node and list agree");
    listed["__typename"].as_str().unwrap_or("nothing").replace("CalendarEntry", "")
}

/// Makes a calendar of Ostallgäu's with one entry; the entry's id.
async fn new_entry(app: &TestApp, name: &str, field: Option<&str>, confidentiality: &str) -> String {
    let planner = app.actor("planner@ostallgaeu");
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": name, "confidentiality": confidentiality,
        "fieldOfWork": field.map(|it| app.world.id(&format!("field.{it}"))),
    });
    let made = planner.mutate("calendarCreate", input, "calendar { id }").await;
    let input = json!({
        "calendar": made["calendar"]["id"], "title": name, "time": { "allDay": { "firstDay": "2027-04-01" } },
    });
    let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    made["calendarEntry"]["id"].as_str().expect("an id").to_owned()
}

/// An agreement of Ostallgäu's with `parties`, signed by all; its id.
async fn agreement(app: &TestApp, parties: &[&str]) -> String {
    let tenants: Vec<_> = parties.iter().map(|it| app.world.id(&format!("tenant.{it}"))).collect();
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "parties": tenants, "title": "Agreement C",
        "areas": ["CALENDARS"], "validFrom": "2026-01-01",
    });
    let admin = app.actor("admin@ostallgaeu");
    let made = admin.mutate("agreementDraft", input, "agreement { id }").await;
    let id = made["agreement"]["id"].as_str().expect("an id").to_owned();
    admin.mutate("agreementPropose", json!({ "id": id, "version": 1 }), "agreement { id }").await;
    for (index, party) in ["ostallgaeu"].iter().chain(parties).enumerate() {
        let input = json!({ "id": id, "tenant": app.world.id(&format!("tenant.{party}")), "version": index + 2 });
        app.actor(&format!("admin@{party}")).mutate("agreementSign", input, "agreement { id }").await;
    }
    id
}

async fn a_share_shows_its_level_at_once_and_its_end_hides_it_at_once(app: TestApp) {
    let (entry, b) = (app.world.id("entry.oal.counselling.day"), app.world.id("agreement.b"));
    let viewer = app.actor("viewer@memmingen");
    for (level, seen) in [("BUSY", "Busy"), ("SUMMARY", "Summary"), ("FULL", "Full"), ("CONTRIBUTE", "Full")] {
        assert_eq!(sees(&viewer, entry).await, "nothing", "before {level}");
        let id = share(&app, b, calendar(&app, "oal.counselling"), level, json!({})).await;
        assert_eq!(sees(&viewer, entry).await, seen);
        assert_eq!(sees(&viewer, app.world.id("entry.oal.counselling.secret")).await, "nothing", "{level}");
        assert_eq!(sees(&app.actor("admin@lindau"), entry).await, "nothing", "{level}");
        end(&app, &id).await;
    }
    assert_eq!(sees(&viewer, entry).await, "nothing");
    assert_eq!(sees(&app.actor("viewer@kaufbeuren"), entry).await, "Summary", "by the other agreement");
}

async fn a_share_of_a_field_also_means_calendars_made_later(app: TestApp) {
    let field = json!({ "fieldOfWork": app.world.id("field.counselling") });
    let id = share(&app, app.world.id("agreement.b"), field, "SUMMARY", json!({})).await;
    let viewer = app.actor("viewer@memmingen");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.counselling.day")).await, "Summary", "what was there");
    let later = new_entry(&app, "Later", Some("counselling"), "PARTNER").await;
    let other = new_entry(&app, "Other", Some("newcomers"), "PARTNER").await;
    let general = new_entry(&app, "General", None, "PARTNER").await;
    let internal = new_entry(&app, "Internal", Some("counselling"), "INTERNAL").await;
    assert_eq!(sees(&viewer, &later).await, "Summary");
    for hidden in [&other, &general, &internal] {
        assert_eq!(sees(&viewer, hidden).await, "nothing");
    }
    end(&app, &id).await;
    assert_eq!(sees(&viewer, &later).await, "nothing");
}

async fn a_share_of_everything_also_means_calendars_made_later(app: TestApp) {
    let everything = json!({ "everything": true });
    let id = share(&app, app.world.id("agreement.b"), everything, "BUSY", json!({})).await;
    let viewer = app.actor("viewer@memmingen");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.counselling.day")).await, "Busy", "what was there");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.orientation.fair")).await, "Full", "by its own share");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.office.meeting")).await, "nothing", "internal");
    let general = new_entry(&app, "General", None, "PARTNER").await;
    let internal = new_entry(&app, "Internal", None, "INTERNAL").await;
    assert_eq!(sees(&viewer, &general).await, "Busy");
    assert_eq!(sees(&viewer, &internal).await, "nothing");
    end(&app, &id).await;
    assert_eq!(sees(&viewer, &general).await, "nothing");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.orientation.fair")).await, "Full", "its own share stays");
}

async fn a_share_of_everything_reaches_as_far_as_the_agreement(app: TestApp) {
    // Agreement A covers counselling and orientation.
    share(&app, app.world.id("agreement.a"), json!({ "everything": true }), "FULL", json!({})).await;
    let viewer = app.actor("viewer@kaufbeuren");
    let covered = new_entry(&app, "Covered", Some("orientation"), "PARTNER").await;
    let general = new_entry(&app, "General", None, "PARTNER").await;
    assert_eq!(sees(&viewer, &covered).await, "Full");
    assert_eq!(sees(&viewer, &general).await, "nothing");
    assert_eq!(sees(&viewer, app.world.id("entry.oal.newcomers.workshop")).await, "nothing");
}

async fn a_share_for_one_party_is_unknown_to_the_third(app: TestApp) {
    let c = agreement(&app, &["kaufbeuren", "lindau"]).await;
    let grantee = json!({ "grantee": app.world.id("tenant.lindau") });
    let id = share(&app, &c, calendar(&app, "oal.newcomers"), "FULL", grantee).await;
    let entry = app.world.id("entry.oal.newcomers.workshop");
    let known = async |subject: &str, slug: &str| {
        let query = "query($id: ID!, $slug: String!) { node(id: $id) { id } tenant(slug: $slug) {
            incomingShares(first: 100) { nodes { id } } } ostallgaeu: tenant(slug: \"ostallgaeu\") {
            outgoingShares(first: 100) { nodes { id } } } }";
        let data = app.actor(subject).send(query, json!({ "id": id, "slug": slug })).await.data();
        let incoming = data["tenant"]["incomingShares"].to_string().contains(&id);
        let outgoing = data["ostallgaeu"]["outgoingShares"].to_string().contains(&id);
        (data["node"].is_object(), incoming, outgoing)
    };
    assert_eq!(sees(&app.actor("viewer@lindau"), entry).await, "Full");
    assert_eq!(known("viewer@lindau", "lindau").await, (true, true, true));
    for subject in ["viewer@kaufbeuren", "admin@kaufbeuren"] {
        assert_eq!(sees(&app.actor(subject), entry).await, "nothing", "{subject}");
        assert_eq!(known(subject, "kaufbeuren").await, (false, false, false), "{subject}");
        assert_eq!(known(subject, "lindau").await, (false, false, false), "{subject} asks about the grantee");
    }
    assert_eq!(known("viewer@ostallgaeu", "lindau").await, (true, true, true), "the owner sees all of it");
    // Without a grantee it reaches both.
    share(&app, &c, calendar(&app, "oal.newcomers"), "BUSY", json!({})).await;
    assert_eq!(sees(&app.actor("viewer@kaufbeuren"), entry).await, "Busy");
    assert_eq!(sees(&app.actor("viewer@lindau"), entry).await, "Full");
}

async fn a_share_for_one_role_shows_its_calendar_to_that_role_only(app: TestApp) {
    let role = json!({ "granteeRole": "PLANNER" });
    share(&app, app.world.id("agreement.b"), calendar(&app, "oal.counselling"), "SUMMARY", role).await;
    let entry = app.world.id("entry.oal.counselling.day");
    assert_eq!(sees(&app.actor("planner@memmingen"), entry).await, "Summary");
    for subject in ["viewer@memmingen", "admin@memmingen", "steward@memmingen", "integrator@memmingen"] {
        assert_eq!(sees(&app.actor(subject), entry).await, "nothing", "{subject}");
    }
}

async fn a_share_lasts_from_its_first_day_through_its_last(app: TestApp) {
    let dates = json!({ "validFrom": "2027-03-01", "validUntil": "2027-03-31" });
    let id = share(&app, app.world.id("agreement.b"), calendar(&app, "oal.counselling"), "BUSY", dates).await;
    // Berlin changes to summer time on 28 March.
    for (instant, seen, effective) in [
        ("2027-02-28T22:59:59Z", "nothing", false),
        ("2027-02-28T23:00:00Z", "Busy", true),
        ("2027-03-31T21:59:59Z", "Busy", true),
        ("2027-03-31T22:00:00Z", "nothing", false),
    ] {
        app.at(instant);
        let viewer = app.actor("viewer@memmingen");
        assert_eq!(sees(&viewer, app.world.id("entry.oal.counselling.day")).await, seen, "{instant}");
        let query = "query($id: ID!) { node(id: $id) { ... on Share { effective } }
            tenant(slug: \"memmingen\") { incomingShares(first: 100) { nodes { id } } } }";
        let data = viewer.send(query, json!({ "id": id })).await.data();
        assert_eq!(data["node"], json!({ "effective": effective }), "{instant}");
        assert_eq!(data["tenant"].to_string().contains(&id), effective, "{instant}");
    }
}

async fn refused(app: &TestApp, subject: &str, input: Value) -> Vec<String> {
    let payload = app.actor(subject).try_mutate("shareCreate", input, "share { id }").await;
    assert_eq!(payload["share"], Value::Null);
    said(&payload)
}

async fn what_the_agreement_does_not_cover_is_refused(app: TestApp) {
    let a = app.world.id("agreement.a");
    let newcomers = input(&app, "ostallgaeu", a, calendar(&app, "oal.newcomers"), "BUSY");
    assert_eq!(refused(&app, "admin@ostallgaeu", newcomers).await, ["NOT_COVERED calendar"]);
    let field = json!({ "fieldOfWork": app.world.id("field.newcomers") });
    let field = input(&app, "ostallgaeu", a, field, "BUSY");
    assert_eq!(refused(&app, "admin@ostallgaeu", field).await, ["NOT_COVERED fieldOfWork"]);
    let b = app.world.id("agreement.b");
    let mut area = input(&app, "ostallgaeu", b, json!({ "everything": true }), "FULL");
    area["area"] = json!("DATASETS");
    assert_eq!(refused(&app, "admin@ostallgaeu", area).await, ["NOT_COVERED area"]);
    for grantee in ["memmingen", "lindau", "ostallgaeu"] {
        let mut to = input(&app, "ostallgaeu", a, calendar(&app, "oal.counselling"), "BUSY");
        to["grantee"] = json!(app.world.id(&format!("tenant.{grantee}")));
        assert_eq!(refused(&app, "admin@ostallgaeu", to).await, ["NOT_COVERED grantee"], "{grantee}");
    }
    let other = input(&app, "kaufbeuren", app.world.id("agreement.b"), calendar(&app, "kf.counselling"), "BUSY");
    assert_eq!(refused(&app, "admin@kaufbeuren", other).await, ["NOT_FOUND agreement"], "not theirs");
}

async fn what_cannot_be_shared_is_refused(app: TestApp) {
    let (a, b) = (app.world.id("agreement.a"), app.world.id("agreement.b"));
    let office = input(&app, "ostallgaeu", b, calendar(&app, "oal.office"), "BUSY");
    assert_eq!(refused(&app, "admin@ostallgaeu", office).await, ["CONFLICT calendar"]);
    let visible = input(&app, "kaufbeuren", a, calendar(&app, "oal.counselling"), "BUSY");
    assert_eq!(refused(&app, "admin@kaufbeuren", visible).await, ["FORBIDDEN calendar"]);
    let hidden = input(&app, "kaufbeuren", a, calendar(&app, "oal.newcomers"), "BUSY");
    assert_eq!(refused(&app, "admin@kaufbeuren", hidden).await, ["NOT_FOUND calendar"]);
    let own = input(&app, "ostallgaeu", a, calendar(&app, "oal.counselling"), "BUSY");
    assert_eq!(refused(&app, "planner@ostallgaeu", own.clone()).await, ["FORBIDDEN calendar"]);
    assert_eq!(refused(&app, "admin@kaufbeuren", own).await, ["FORBIDDEN calendar"], "in the owner's name");
    let nothing = input(&app, "ostallgaeu", a, json!({ "everything": false }), "BUSY");
    assert_eq!(refused(&app, "admin@ostallgaeu", nothing).await, ["INVALID object.everything"]);
    let everything = input(&app, "ostallgaeu", a, json!({ "everything": true }), "BUSY");
    assert_eq!(refused(&app, "admin@kaufbeuren", everything).await, ["FORBIDDEN tenant"]);
}

async fn everything_wrong_with_a_share_is_told_at_once(app: TestApp) {
    let mut wrong = input(&app, "ostallgaeu", app.world.id("agreement.a"), calendar(&app, "oal.newcomers"), "BUSY");
    wrong["area"] = json!("DATASETS");
    wrong["grantee"] = json!(app.world.id("tenant.memmingen"));
    (wrong["validFrom"], wrong["validUntil"]) = (json!("2027-02-02"), json!("2027-02-01"));
    assert_eq!(
        refused(&app, "admin@ostallgaeu", wrong).await,
        [
            "NOT_COVERED grantee",
            "OUT_OF_RANGE validUntil",
            "OUT_OF_RANGE level",
            "INVALID area",
            "NOT_COVERED calendar",
        ]
    );
}

async fn both_sides_list_shares_with_reason_and_end(app: TestApp) {
    let query = "query($slug: String!, $ended: Boolean!) { tenant(slug: $slug) {
        incomingShares(filter: {includeEnded: $ended}) { totalCount nodes { reason } }
        outgoingShares(filter: {includeEnded: $ended}) { totalCount nodes { reason effective endedAt validUntil } } } }";
    let list = async |subject: &str, slug: &str, ended: bool| {
        let data = app.actor(subject).send(query, json!({ "slug": slug, "ended": ended })).await.data();
        data["tenant"].clone()
    };
    let names = |shares: &Value| {
        let nodes = shares["nodes"].as_array().expect("nodes").clone();
        assert_eq!(shares["totalCount"], json!(nodes.len()));
        let name = |it: &Value| it["reason"].as_str().expect("a reason").trim_start_matches("Reason of ").to_owned();
        nodes.iter().map(name).collect::<Vec<_>>()
    };
    let all = ["oal.counselling.a", "oal.orientation.a", "oal.orientation.b", "oal.newcomers.b", "oal.public.a"];
    let own = list("viewer@ostallgaeu", "ostallgaeu", false).await;
    assert_eq!(names(&own["outgoingShares"]), all);
    assert_eq!(names(&own["incomingShares"]), ["kf.counselling.a", "mm.plan.b"]);
    let to_a = ["oal.counselling.a", "oal.orientation.a", "oal.public.a"];
    let partner = list("viewer@kaufbeuren", "kaufbeuren", false).await;
    assert_eq!(names(&partner["incomingShares"]), to_a);
    let theirs = list("viewer@kaufbeuren", "ostallgaeu", false).await;
    assert_eq!(names(&theirs["outgoingShares"]), to_a, "as far as they reach the viewer");

    let dated = json!({ "reason": "dated", "validUntil": "2027-02-28" });
    share(&app, app.world.id("agreement.a"), calendar(&app, "oal.counselling"), "FULL", dated).await;
    end(&app, app.world.id("share.oal.orientation.a")).await;
    let now = list("viewer@kaufbeuren", "ostallgaeu", false).await;
    assert_eq!(names(&now["outgoingShares"]), ["oal.counselling.a", "oal.public.a", "dated"]);
    let last = json!({ "reason": "dated", "effective": true, "endedAt": null, "validUntil": "2027-02-28" });
    assert_eq!(now["outgoingShares"]["nodes"][2], last);
    let ever = list("viewer@kaufbeuren", "ostallgaeu", true).await;
    assert_eq!(names(&ever["outgoingShares"]), ["oal.counselling.a", "oal.orientation.a", "oal.public.a", "dated"]);
    let over = &ever["outgoingShares"]["nodes"][1];
    let at = "2027-01-15T10:00:00+00:00";
    let expected =
        json!({ "reason": "Reason of oal.orientation.a", "effective": false, "endedAt": at, "validUntil": null });
    assert_eq!(*over, expected);
    let auditor = list("integrator@kaufbeuren", "ostallgaeu", true).await;
    assert_eq!(names(&auditor["outgoingShares"]), Vec::<String>::new(), "who may not read agreements sees no shares");
}

async fn the_highest_of_several_levels_wins(app: TestApp) {
    let (entry, viewer) = (app.world.id("entry.oal.orientation.fair"), app.actor("viewer@kaufbeuren"));
    assert_eq!(sees(&viewer, entry).await, "Busy");
    let full = share(&app, app.world.id("agreement.a"), calendar(&app, "oal.orientation"), "FULL", json!({})).await;
    assert_eq!(sees(&viewer, entry).await, "Full");
    end(&app, &full).await;
    assert_eq!(sees(&viewer, entry).await, "Busy");
    let c = agreement(&app, &["kaufbeuren"]).await;
    let summary = share(&app, &c, calendar(&app, "oal.orientation"), "SUMMARY", json!({})).await;
    assert_eq!(sees(&viewer, entry).await, "Summary", "across two agreements");
    end(&app, app.world.id("share.oal.orientation.a")).await;
    assert_eq!(sees(&viewer, entry).await, "Summary", "the end of one leaves the other");
    end(&app, &summary).await;
    assert_eq!(sees(&viewer, entry).await, "nothing");
    assert_eq!(sees(&app.actor("viewer@memmingen"), entry).await, "Full", "which was another agreement's matter");
    let again = json!({ "id": summary, "version": 2 });
    let again = app.actor("admin@ostallgaeu").try_mutate("shareEnd", again, "share { id }").await;
    assert_eq!(said(&again), ["CONFLICT id"]);
    let partner = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1 });
    let partner = app.actor("admin@kaufbeuren").try_mutate("shareEnd", partner, "share { id }").await;
    assert_eq!(said(&partner), ["FORBIDDEN id"], "only the owner takes back");
}

async fn who_may_contribute_still_changes_nothing(app: TestApp) {
    let (entry, calendar) = (app.world.id("entry.oal.newcomers.workshop"), app.world.id("calendar.oal.newcomers"));
    for subject in ["planner@memmingen", "admin@memmingen"] {
        let client = app.actor(subject);
        let query =
            "query($a: ID!, $b: ID!) { a: node(id: $a) { ... on CalendarEntryFull { viewerCan { update cancel } } }
            b: node(id: $b) { ... on Calendar { viewerLevel viewerCan { update createEntries share } } } }";
        let can = client.send(query, json!({ "a": entry, "b": calendar })).await.data();
        let nothing = json!({ "update": false, "createEntries": false, "share": false });
        assert_eq!(can["a"], json!({ "viewerCan": { "update": false, "cancel": false } }), "{subject}");
        assert_eq!(can["b"], json!({ "viewerLevel": "CONTRIBUTE", "viewerCan": nothing }), "{subject}");
        let time = json!({ "allDay": { "firstDay": "2027-04-01" } });
        for (mutation, input, selection, expected) in [
            (
                "calendarEntryUpdate",
                json!({ "id": entry, "version": 1, "title": "Mine" }),
                "calendarEntry { id }",
                "id",
            ),
            ("calendarEntryCancel", json!({ "id": entry, "version": 1 }), "calendarEntry { id }", "id"),
            (
                "calendarEntryCreate",
                json!({ "calendar": calendar, "title": "Mine", "time": time }),
                "calendarEntry { id }",
                "calendar",
            ),
            ("calendarUpdate", json!({ "id": calendar, "version": 1, "name": "Mine" }), "calendar { id }", "id"),
            ("calendarArchive", json!({ "id": calendar, "version": 1 }), "calendar { id }", "id"),
        ] {
            let payload = client.try_mutate(mutation, input, selection).await;
            assert_eq!(said(&payload), [format!("FORBIDDEN {expected}")], "{subject} {mutation}");
        }
    }
}
