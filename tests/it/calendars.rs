//! Calendars: made, changed, put away, narrowed and widened. Their entries and the list of entries are beside it.

mod agenda;
mod entries;
mod lists;
mod peers;
mod series;
mod times;

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    let own = cases!["calendars";
        a_calendar_is_made_with_its_defaults,
        a_calendar_keeps_what_it_was_made_with,
        a_name_is_unique_in_its_authority,
        a_change_leaves_what_it_does_not_name_and_clears_what_is_null,
        everything_wrong_with_a_calendar_is_told_at_once,
        a_calendar_that_was_put_away_keeps_its_entries_and_takes_no_more,
        narrowing_a_calendar_hides_and_narrows_its_entries_at_once,
        widening_a_calendar_widens_no_entry,
        only_its_owners_planners_change_a_calendar,
    ];
    [own, entries::cases(), times::cases(), lists::cases(), series::cases(), agenda::cases(), peers::cases()].concat()
}

const WHOLE: &str = "calendar { name description color confidentiality timeZone fieldOfWork { key } tenant { slug }
    archivedAt version createdAt updatedAt viewerLevel viewerCan { update createEntries share } }";

/// The id of a new calendar of Ostallgäu's.
async fn calendar(app: &TestApp, name: &str, field: Option<&str>, confidentiality: &str) -> String {
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": name, "confidentiality": confidentiality,
        "fieldOfWork": field.map(|it| app.world.id(&format!("field.{it}"))),
    });
    let made = app.actor("planner@ostallgaeu").mutate("calendarCreate", input, "calendar { id }").await;
    made["calendar"]["id"].as_str().expect("an id").to_owned()
}

/// A new entry, with more input than calendar, title and a day; its id.
async fn entry(app: &TestApp, calendar: &str, title: &str, more: Value) -> String {
    let mut input = json!({ "calendar": calendar, "title": title, "time": { "allDay": { "firstDay": "2027-04-01" } } });
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
    let planner = app.actor("planner@ostallgaeu");
    let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    made["calendarEntry"]["id"].as_str().expect("an id").to_owned()
}

/// How a client sees entries: `Full`, `Summary`, `Busy`, or `nothing`.
async fn sees(client: &Client, entries: &[&str]) -> Vec<String> {
    let data = client.send("query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", json!({ "ids": entries })).await;
    let data = data.data();
    let nodes = data["nodes"].as_array().expect("nodes").clone();
    let name = |it: &Value| it["__typename"].as_str().unwrap_or("nothing").replace("CalendarEntry", "");
    nodes.iter().map(name).collect()
}

async fn update(app: &TestApp, subject: &str, id: &str, version: i32, change: Value) -> Value {
    let mut input = json!({ "id": id, "version": version });
    input.as_object_mut().expect("an input").extend(change.as_object().cloned().unwrap_or_default());
    app.actor(subject).try_mutate("calendarUpdate", input, WHOLE).await
}

async fn a_calendar_is_made_with_its_defaults(app: TestApp) {
    let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "  Neu  " });
    let made = app.actor("planner@ostallgaeu").mutate("calendarCreate", input, WHOLE).await;
    let now = "2027-01-15T10:00:00+00:00";
    let expected = json!({
        "name": "Neu", "description": null, "color": null, "confidentiality": "INTERNAL", "timeZone": "Europe/Berlin",
        "fieldOfWork": null, "tenant": { "slug": "ostallgaeu" }, "archivedAt": null, "version": 1,
        "createdAt": now, "updatedAt": now, "viewerLevel": "FULL",
        "viewerCan": { "update": true, "createEntries": true, "share": false },
    });
    assert_eq!(made["calendar"], expected);
}

async fn a_calendar_keeps_what_it_was_made_with(app: TestApp) {
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "Neu", "description": "Zwei\nZeilen", "color": "#2A6F97",
        "timeZone": "America/New_York", "fieldOfWork": app.world.id("field.counselling"), "confidentiality": "PARTNER",
    });
    let made = app.actor("admin@ostallgaeu").mutate("calendarCreate", input, WHOLE).await["calendar"].clone();
    assert_eq!(made["description"], "Zwei\nZeilen");
    assert_eq!(made["color"], "#2a6f97");
    assert_eq!(made["timeZone"], "America/New_York");
    assert_eq!(made["fieldOfWork"], json!({ "key": "counselling" }));
    assert_eq!(made["confidentiality"], "PARTNER");
    assert_eq!(made["viewerCan"], json!({ "update": true, "createEntries": true, "share": true }));
}

async fn a_name_is_unique_in_its_authority(app: TestApp) {
    let input = |tenant: &str| json!({ "tenant": app.world.id(tenant), "name": " oal.office " });
    let planner = app.actor("planner@ostallgaeu");
    let taken = planner.try_mutate("calendarCreate", input("tenant.ostallgaeu"), "calendar { id }").await;
    assert_eq!(said(&taken), ["NOT_UNIQUE name"]);
    assert_eq!(taken["userErrors"][0]["message"], "oal.office is taken.");
    app.actor("planner@lindau").mutate("calendarCreate", input("tenant.lindau"), "calendar { id }").await;
    let id = app.world.id("calendar.oal.public");
    let renamed = update(&app, "planner@ostallgaeu", id, 1, json!({ "name": "oal.office" })).await;
    assert_eq!(said(&renamed), ["NOT_UNIQUE name"]);
    let renamed = update(&app, "planner@ostallgaeu", id, 1, json!({ "name": "oal.public" })).await;
    assert_eq!(renamed["calendar"]["version"], 2, "its own name is free for it");
}

async fn a_change_leaves_what_it_does_not_name_and_clears_what_is_null(app: TestApp) {
    let id = app.world.id("calendar.oal.office");
    let change = json!({ "description": "Dienstlich", "color": "#000000" });
    update(&app, "planner@ostallgaeu", id, 1, change).await;
    app.at("2027-01-15T11:00:00Z");
    let named = update(&app, "planner@ostallgaeu", id, 2, json!({ "name": "Büro" })).await["calendar"].clone();
    assert_eq!((&named["name"], &named["description"]), (&json!("Büro"), &json!("Dienstlich")));
    assert_eq!((&named["color"], &named["confidentiality"]), (&json!("#000000"), &json!("INTERNAL")));
    assert_eq!(named["createdAt"], "2027-01-15T10:00:00+00:00");
    assert_eq!((&named["updatedAt"], &named["version"]), (&json!("2027-01-15T11:00:00+00:00"), &json!(3)));
    let cleared = json!({ "description": null, "color": null });
    let cleared = update(&app, "planner@ostallgaeu", id, 3, cleared).await["calendar"].clone();
    assert_eq!((&cleared["description"], &cleared["color"]), (&Value::Null, &Value::Null));
    assert_eq!(cleared["name"], "Büro");
    let required = json!({ "name": null, "confidentiality": null });
    let required = update(&app, "planner@ostallgaeu", id, 4, required).await;
    assert_eq!(said(&required), ["REQUIRED name", "REQUIRED confidentiality"]);
}

async fn everything_wrong_with_a_calendar_is_told_at_once(app: TestApp) {
    let input = json!({
        "tenant": app.world.id("tenant.ostallgaeu"), "name": "n".repeat(121), "description": "d".repeat(4_001),
        "color": "#12345g", "fieldOfWork": "fow_00000000000000000000000000",
    });
    let made = app.actor("planner@ostallgaeu").try_mutate("calendarCreate", input, "calendar { id }").await;
    let expected = ["TOO_LONG name", "TOO_LONG description", "INVALID color", "NOT_FOUND fieldOfWork"];
    assert_eq!(said(&made), expected);
    let change = json!({ "name": " ", "description": "a\u{7}b", "color": "red" });
    let changed = update(&app, "planner@ostallgaeu", app.world.id("calendar.oal.office"), 1, change).await;
    assert_eq!(said(&changed), ["REQUIRED name", "INVALID description", "INVALID color"]);
}

async fn a_calendar_that_was_put_away_keeps_its_entries_and_takes_no_more(app: TestApp) {
    let id = app.world.id("calendar.oal.public");
    let (planner, partner) = (app.actor("planner@ostallgaeu"), app.actor("viewer@kaufbeuren"));
    let listed = async |all: bool| {
        let query = "query($all: Boolean!) { calendars(filter: {includeArchived: $all}, first: 100) { totalCount nodes { name } } }";
        let data = partner.send(query, json!({ "all": all })).await.data();
        data["calendars"].to_string().contains("oal.public")
    };
    let archive = async |version: i32, archived: bool| {
        let input = json!({ "id": id, "version": version, "archived": archived });
        planner.mutate("calendarArchive", input, WHOLE).await["calendar"].clone()
    };
    let away = archive(1, true).await;
    assert_eq!((&away["archivedAt"], &away["version"]), (&json!("2027-01-15T10:00:00+00:00"), &json!(2)));
    assert_eq!(away["viewerCan"], json!({ "update": true, "createEntries": false, "share": false }));
    assert_eq!((listed(false).await, listed(true).await), (false, true));
    let forum = app.world.id("entry.oal.public.forum");
    assert_eq!(sees(&partner, &[forum]).await, ["Full"]);
    let input = json!({ "calendar": id, "title": "Neu", "time": { "allDay": { "firstDay": "2027-04-01" } } });
    let refused = planner.try_mutate("calendarEntryCreate", input.clone(), "calendarEntry { id }").await;
    assert_eq!(said(&refused), ["CONFLICT calendar"]);
    app.at("2027-01-15T12:00:00Z");
    assert_eq!(archive(2, true).await["archivedAt"], "2027-01-15T10:00:00+00:00", "it was away already");
    assert_eq!(archive(3, false).await["archivedAt"], Value::Null);
    assert_eq!((listed(false).await, listed(true).await), (true, true));
    planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
}

/// The entries of the public calendar: public, for partners, internal.
const OF_PUBLIC: [&str; 3] = ["entry.oal.public.forum", "entry.oal.public.partner", "entry.oal.public.secret"];

async fn narrowing_a_calendar_hides_and_narrows_its_entries_at_once(app: TestApp) {
    let id = app.world.id("calendar.oal.public");
    let entries = OF_PUBLIC.map(|it| app.world.id(it));
    let clients = ["admin@lindau", "viewer@kaufbeuren", "viewer@memmingen", "viewer@ostallgaeu"];
    let [lindau, kaufbeuren, memmingen, own] = clients.map(|it| app.actor(it));
    let confidentiality = async || {
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on CalendarEntryFull { confidentiality } } }";
        let data = own.send(query, json!({ "ids": entries })).await.data();
        let nodes = data["nodes"].as_array().expect("nodes").clone();
        nodes.iter().map(|it| it["confidentiality"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(confidentiality().await, ["PUBLIC", "PARTNER", "INTERNAL"]);
    assert_eq!(sees(&lindau, &entries).await, ["Full", "nothing", "nothing"]);
    assert_eq!(sees(&kaufbeuren, &entries).await, ["Full", "Full", "nothing"]);

    update(&app, "planner@ostallgaeu", id, 1, json!({ "confidentiality": "PARTNER" })).await;
    assert_eq!(confidentiality().await, ["PARTNER", "PARTNER", "INTERNAL"]);
    assert_eq!(sees(&lindau, &entries).await, ["nothing"; 3]);
    assert_eq!(sees(&app.anonymous(), &[entries[0], id]).await, ["nothing"; 2]);
    assert_eq!(sees(&memmingen, &entries).await, ["nothing"; 3], "no share reaches them");
    assert_eq!(sees(&kaufbeuren, &entries).await, ["Full", "Full", "nothing"]);

    update(&app, "planner@ostallgaeu", id, 2, json!({ "confidentiality": "INTERNAL" })).await;
    assert_eq!(confidentiality().await, ["INTERNAL"; 3]);
    assert_eq!(sees(&kaufbeuren, &[entries[0], entries[1], id]).await, ["nothing"; 3]);
    assert_eq!(sees(&own, &entries).await, ["Full"; 3]);
}

async fn widening_a_calendar_widens_no_entry(app: TestApp) {
    let id = app.world.id("calendar.oal.counselling");
    let entries = [app.world.id("entry.oal.counselling.day"), app.world.id("entry.oal.counselling.secret")];
    let (lindau, kaufbeuren) = (app.actor("admin@lindau"), app.actor("viewer@kaufbeuren"));
    update(&app, "planner@ostallgaeu", id, 1, json!({ "confidentiality": "PUBLIC" })).await;
    assert_eq!(sees(&lindau, &[entries[0], entries[1], id]).await, ["nothing", "nothing", "Calendar"]);
    assert_eq!(sees(&kaufbeuren, &entries).await, ["Summary", "nothing"], "the share still reaches its entries");
    let new = entry(&app, id, "Offen", json!({})).await;
    assert_eq!(sees(&lindau, &[&new]).await, ["Full"], "a new one is as wide as the calendar");
    update(&app, "planner@ostallgaeu", id, 2, json!({ "confidentiality": "INTERNAL" })).await;
    update(&app, "planner@ostallgaeu", id, 3, json!({ "confidentiality": "PARTNER" })).await;
    assert_eq!(sees(&kaufbeuren, &[entries[0], &new, id]).await, ["nothing", "nothing", "Calendar"]);
}

async fn only_its_owners_planners_change_a_calendar(app: TestApp) {
    let world = |name: &str| app.world.id(&format!("calendar.{name}")).to_owned();
    for (subject, name, expected) in [
        ("planner@kaufbeuren", "oal.counselling", "FORBIDDEN id"),
        ("planner@kaufbeuren", "oal.newcomers", "NOT_FOUND id"),
        ("admin@lindau", "oal.public", "FORBIDDEN id"),
        ("viewer@ostallgaeu", "oal.office", "FORBIDDEN id"),
        ("auditor@ostallgaeu", "oal.office", "NOT_FOUND id"),
        ("counsellor@ostallgaeu", "oal.orientation", "NOT_FOUND id"),
    ] {
        let answer = update(&app, subject, &world(name), 1, json!({ "name": "Mine" })).await;
        assert_eq!(said(&answer), [expected], "{subject} {name}");
        assert_eq!(answer["calendar"], Value::Null);
    }
    let input = json!({ "id": world("oal.public"), "version": 1, "name": "Mine" });
    let answer = app.anonymous().try_mutate("calendarUpdate", input, "calendar { id }").await;
    assert_eq!(said(&answer), ["UNAUTHENTICATED -"]);
    for name in ["oal.counselling", "oal.public"] {
        let answer = update(&app, "counsellor@ostallgaeu", &world(name), 1, json!({ "color": "#ffffff" })).await;
        assert_eq!(answer["userErrors"], json!([]), "{name} is in the field of the role");
    }
}
