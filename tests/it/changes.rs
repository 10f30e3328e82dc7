//! Synchronisation: everything once, then what changes, tombstones only of what was in sight.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["changes";
        the_beginning_is_the_list_page_by_page,
        what_changes_is_told_at_the_level_of_the_viewer,
        a_tombstone_is_told_only_of_what_was_in_sight,
        dates_of_a_series_are_told_with_it,
        a_cursor_ends_with_the_rights_it_was_made_with,
        hidden_calendars_are_unknown,
        what_is_wrong_is_told_by_argument,
    ]
}

const QUERY: &str = "query($after: String, $calendars: [ID!], $first: Int) {
    calendarChanges(after: $after, calendars: $calendars, first: $first) { cursor hasMore nodes { entryId entry { __typename
        calendar { name } ... on CalendarEntrySummary { title status } ... on CalendarEntryFull { title status seriesDate } } } } }";

async fn page(client: &Client, since: &Value, calendars: &Value, first: i32) -> Value {
    let variables = json!({ "after": since, "calendars": calendars, "first": first });
    client.send(QUERY, variables).await.data()["calendarChanges"].clone()
}

/// Everything there is to tell, and the cursor after it.
async fn all(client: &Client, since: &Value, calendars: &Value) -> (BTreeMap<String, Value>, Value) {
    let (mut told, mut cursor) = (BTreeMap::new(), since.clone());
    loop {
        let page = page(client, &cursor, calendars, 3).await;
        for node in page["nodes"].as_array().expect("nodes") {
            told.insert(node["entryId"].as_str().expect("an id").to_owned(), node["entry"].clone());
        }
        cursor = page["cursor"].clone();
        if page["hasMore"] == false {
            return (told, cursor);
        }
    }
}

/// The same with the names of the world, and what it says of each: its type without the beginning, its title, or nothing.
async fn named(app: &TestApp, client: &Client, since: &mut Value) -> Vec<String> {
    let (told, cursor) = all(client, since, &Value::Null).await;
    *since = cursor;
    let name = |id: &str| app.world.all("entry.").find(|it| it.1 == id).map_or("new", |it| it.0).replace("entry.", "");
    let word = |entry: &Value| match entry["__typename"].as_str() {
        Some(kind) => format!("{} {}", kind.replace("CalendarEntry", ""), entry["title"].as_str().unwrap_or("-")),
        None => "gone".to_owned(),
    };
    let mut lines: Vec<_> = told.iter().map(|(id, entry)| format!("{}: {}", name(id), word(entry))).collect();
    lines.sort();
    lines
}

async fn the_beginning_is_the_list_page_by_page(app: TestApp) {
    for subject in [
        "planner@ostallgaeu",
        "planner@kaufbeuren",
        "counsellor@ostallgaeu",
        "integrator@memmingen",
        "admin@lindau",
        "",
    ] {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let (told, cursor) = all(&client, &Value::Null, &Value::Null).await;
        let list = r#"{ calendarEntries(first: 100, between: {start: "2027-01-01T00:00:00Z", end: "2028-01-01T00:00:00Z"}) {
            nodes { __typename id } } }"#;
        let data = client.ask(list).await.data();
        let list: BTreeMap<_, _> = data["calendarEntries"]["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .map(|it| (it["id"].as_str().expect("an id").to_owned(), it["__typename"].clone()))
            .collect();
        let own: BTreeMap<_, _> = told.into_iter().map(|(id, it)| (id, it["__typename"].clone())).collect();
        assert_eq!(own, list, "{subject}");
        let (none, again) = all(&client, &cursor, &Value::Null).await;
        assert_eq!((none.len(), &again), (0, &cursor), "{subject}");
    }
}

async fn what_changes_is_told_at_the_level_of_the_viewer(app: TestApp) {
    let (owner, partner) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"));
    let (mut own, mut theirs) = (Value::Null, Value::Null);
    named(&app, &owner, &mut own).await;
    named(&app, &partner, &mut theirs).await;
    for (name, title) in
        [("oal.counselling.day", "Day"), ("oal.orientation.fair", "Fair"), ("oal.office.meeting", "Meeting")]
    {
        let input = json!({ "id": app.world.id(&format!("entry.{name}")), "version": 1, "title": title });
        owner.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    }
    let input = json!({ "calendar": app.world.id("calendar.oal.public"), "title": "Hello", "time": { "allDay": { "firstDay": "2027-05-03" } } });
    owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let expected = [
        "new: Full Hello",
        "oal.counselling.day: Full Day",
        "oal.office.meeting: Full Meeting",
        "oal.orientation.fair: Full Fair",
    ];
    assert_eq!(named(&app, &owner, &mut own).await, expected);
    let expected = ["new: Full Hello", "oal.counselling.day: Summary Day", "oal.orientation.fair: Busy -"];
    assert_eq!(named(&app, &partner, &mut theirs).await, expected);
    // One of several changes of an entry is enough.
    for version in 2..6 {
        let input = json!({ "id": app.world.id("entry.oal.counselling.day"), "version": version, "title": format!("Day {version}") });
        owner.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    }
    assert_eq!(named(&app, &partner, &mut theirs).await, ["oal.counselling.day: Summary Day 5"]);
    assert_eq!(named(&app, &partner, &mut theirs).await, [""; 0]);
}

async fn a_tombstone_is_told_only_of_what_was_in_sight(app: TestApp) {
    let (owner, partner, anyone) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"), app.anonymous());
    let (mut own, mut theirs, mut public) = (Value::Null, Value::Null, Value::Null);
    named(&app, &owner, &mut own).await;
    named(&app, &partner, &mut theirs).await;
    named(&app, &anyone, &mut public).await;
    let change = async |name: &str, version: i32, more: Value| {
        let mut input = json!({ "id": app.world.id(&format!("entry.{name}")), "version": version });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        owner.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    };
    change("oal.counselling.day", 1, json!({ "confidentiality": "INTERNAL" })).await;
    change("oal.orientation.secret", 1, json!({ "title": "Hidden" })).await;
    change("oal.public.forum", 1, json!({ "confidentiality": "PARTNER" })).await;
    let cancel = json!({ "id": app.world.id("entry.oal.orientation.fair"), "version": 1 });
    owner.mutate("calendarEntryCancel", cancel, "calendarEntry { id }").await;
    let expected =
        ["oal.counselling.day: gone", "oal.orientation.fair: gone", "oal.public.forum: Full Title of oal.public.forum"];
    assert_eq!(named(&app, &partner, &mut theirs).await, expected);
    assert_eq!(named(&app, &anyone, &mut public).await, ["oal.public.forum: gone"]);
    assert_eq!(named(&app, &owner, &mut own).await.len(), 4, "whoever sees it sees it called off, and internal");
    // What goes on out of sight is not told, neither as a change nor as a tombstone.
    change("oal.counselling.day", 2, json!({ "title": "Hidden" })).await;
    change("oal.public.forum", 2, json!({ "title": "Among partners" })).await;
    assert_eq!(named(&app, &partner, &mut theirs).await, ["oal.public.forum: Full Among partners"]);
    assert_eq!(named(&app, &anyone, &mut public).await, [""; 0]);
    // And it comes back.
    change("oal.counselling.day", 3, json!({ "confidentiality": "PARTNER" })).await;
    assert_eq!(named(&app, &partner, &mut theirs).await, ["oal.counselling.day: Summary Hidden"]);
}

async fn dates_of_a_series_are_told_with_it(app: TestApp) {
    let (owner, partner) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"));
    let series = json!({ "calendar": app.world.id("calendar.oal.orientation"), "title": "Weekly",
        "recurrence": { "rule": "FREQ=WEEKLY;COUNT=4" }, "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } } });
    let made = owner.mutate("calendarEntryCreate", series, "calendarEntry { id }").await;
    let weekly = &made["calendarEntry"]["id"];
    let (mut own, mut theirs) = (Value::Null, Value::Null);
    named(&app, &owner, &mut own).await;
    named(&app, &partner, &mut theirs).await;
    let off = json!({ "id": weekly, "version": 1, "apply": "THIS", "occurrence": "2027-03-08T09:00" });
    owner.mutate("calendarEntryCancel", off, "calendarEntry { id }").await;
    assert_eq!(
        named(&app, &owner, &mut own).await,
        ["new: Full Weekly", "new: Full Weekly"],
        "the series and the date"
    );
    assert_eq!(named(&app, &partner, &mut theirs).await, ["new: Busy -"], "the series, which has one date less");
    // The rest becomes another series, and takes its changed date along.
    let later =
        json!({ "id": weekly, "version": 2, "apply": "THIS", "occurrence": "2027-03-22T09:00", "title": "Moved" });
    owner.mutate("calendarEntryUpdate", later, "calendarEntry { id }").await;
    let moved = named(&app, &owner, &mut own).await;
    assert_eq!(moved, ["new: Full Moved", "new: Full Weekly"]);
    let rest = json!({ "id": weekly, "version": 3, "apply": "THIS_AND_FOLLOWING", "occurrence": "2027-03-15T09:00", "title": "Anew" });
    owner.mutate("calendarEntryUpdate", rest, "calendarEntry { id }").await;
    let told = named(&app, &owner, &mut own).await;
    assert_eq!(told, ["new: Full Anew", "new: Full Moved", "new: Full Weekly"]);
}

async fn a_cursor_ends_with_the_rights_it_was_made_with(app: TestApp) {
    let partner = app.actor("planner@kaufbeuren");
    let refused = async |client: &Client, since: &Value| {
        let reply = client.send(QUERY, json!({ "after": since })).await;
        assert_eq!(reply.refusals(), ["BAD_USER_INPUT FULL_SYNC_REQUIRED after"], "{since}");
    };
    let (_, cursor) = all(&partner, &Value::Null, &Value::Null).await;
    let begun = page(&partner, &Value::Null, &Value::Null, 2).await["cursor"].clone();
    let end = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("shareEnd", end, "share { id }").await;
    refused(&partner, &cursor).await;
    refused(&partner, &begun).await;
    let mut anew = Value::Null;
    assert!(!named(&app, &partner, &mut anew).await.iter().any(|it| it.starts_with("oal.counselling")));
    // The calendar itself is another.
    let renamed = json!({ "id": app.world.id("calendar.oal.orientation"), "version": 1, "name": "Renamed" });
    app.actor("planner@ostallgaeu").mutate("calendarUpdate", renamed, "calendar { id }").await;
    refused(&partner, &anew).await;
    let (_, cursor) = all(&partner, &Value::Null, &Value::Null).await;
    let revoke = json!({ "id": app.world.id("role.planner@kaufbeuren"), "version": 1 });
    app.actor("admin@kaufbeuren").mutate("roleGrantRevoke", revoke, "roleGrant { id }").await;
    refused(&partner, &cursor).await;
    refused(&app.actor("viewer@kaufbeuren"), &cursor).await;
    for wrong in ["", "x", "AAAA", "eyJlIjoxfQ"] {
        refused(&partner, &json!(wrong)).await;
    }
}

async fn hidden_calendars_are_unknown(app: TestApp) {
    let partner = app.actor("planner@kaufbeuren");
    let seen = json!([app.world.id("calendar.oal.orientation"), app.world.id("calendar.oal.public")]);
    let (told, cursor) = all(&partner, &Value::Null, &seen).await;
    assert_eq!(told.len(), 3, "{told:?}");
    // The order in which they are named does not matter; which they are does.
    let turned = json!([seen[1], seen[0]]);
    assert_eq!(all(&partner, &cursor, &turned).await.1, cursor);
    let reply = partner.send(QUERY, json!({ "after": cursor, "calendars": [seen[0]] })).await;
    assert_eq!(reply.refusals(), ["BAD_USER_INPUT FULL_SYNC_REQUIRED after"]);
    for name in ["calendar.oal.office", "calendar.mm.plan"] {
        let ask = async |id: &str| {
            let reply = partner.send(QUERY, json!({ "calendars": [seen[0], id] })).await;
            (reply.refusals(), reply.text.replace(&reply.headers["x-request-id"], ""))
        };
        let hidden = ask(app.world.id(name)).await;
        assert_eq!(hidden.0, ["BAD_USER_INPUT NOT_FOUND calendars"]);
        assert_eq!(hidden, ask("cal_01h455vb4pex5vsknk084sn02q").await);
    }
}

async fn what_is_wrong_is_told_by_argument(app: TestApp) {
    let client = app.actor("planner@kaufbeuren");
    for (variables, refused) in [
        (json!({ "first": 0 }), "OUT_OF_RANGE first"),
        (json!({ "first": 101 }), "OUT_OF_RANGE first"),
        (json!({ "calendars": [] }), "REQUIRED calendars"),
        (json!({ "calendars": [app.world.id("tenant.lindau")] }), "INVALID calendars"),
    ] {
        assert_eq!(client.send(QUERY, variables).await.refusals(), [format!("BAD_USER_INPUT {refused}")]);
    }
}
