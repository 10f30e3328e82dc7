//! What each level shows of an entry, at every door: one table, equal for all of them.
//!
//! Three calendars of Kaufbeuren are shared with Ostallgäu, one at each level, each with an entry in which every field is
//! filled with a marker of its own. Every door is asked for the entries, and exactly the markers come out that the table
//! lets through.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use verbund_tests::{Case, Client, Rows, TestApp, cases};

use crate::feeds::get;
use crate::planning::{Offices, conflicts, when};
use crate::subscriptions::feed;

pub fn cases() -> Vec<Case> {
    cases!["views";
        every_door_lets_out_what_the_level_shows,
        a_deadline_takes_no_time_at_any_door,
        a_filter_leaves_out_what_is_seen_below_its_field,
        a_conflict_is_made_of_visible_fields,
        a_comparison_looks_at_every_visible_field,
        the_description_of_a_calendar_is_hidden_at_busy,
    ]
}

const LEVELS: [&str; 3] = ["BUSY", "SUMMARY", "FULL"];

/// The least level that shows a field, and the doors that carry the field: GraphQL, iCalendar (feeds and CalDAV),
/// JSCalendar.
struct Field {
    name: &'static str,
    min: &'static str,
    doors: &'static [Door],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    GraphQl,
    ICalendar,
    JsCalendar,
}

use Door::{GraphQl, ICalendar, JsCalendar};

const EVERYWHERE: &[Door] = &[GraphQl, ICalendar, JsCalendar];
const EXCHANGED: &[Door] = &[ICalendar, JsCalendar];
const ASKED: &[Door] = &[GraphQl];

const fn field(name: &'static str, min: &'static str, doors: &'static [Door]) -> Field {
    Field { name, min, doors }
}

/// The table.
const FIELDS: [Field; 20] = [
    field("start", "BUSY", EVERYWHERE),
    field("title", "SUMMARY", EVERYWHERE),
    field("status", "SUMMARY", EVERYWHERE),
    field("uid", "SUMMARY", EXCHANGED),
    field("kind", "SUMMARY", ASKED),
    field("fieldOfWork", "SUMMARY", ASKED),
    field("description", "FULL", EVERYWHERE),
    field("place", "FULL", EVERYWHERE),
    field("location", "FULL", EVERYWHERE),
    field("organiser", "FULL", EVERYWHERE),
    field("responsibleOffice", "FULL", EVERYWHERE),
    field("targetGroups", "FULL", EVERYWHERE),
    field("registrationUrl", "FULL", EVERYWHERE),
    field("confidentiality", "FULL", ASKED),
    field("speakers", "FULL", ASKED),
    field("audiences", "FULL", ASKED),
    field("pillar", "FULL", ASKED),
    field("cost", "FULL", ASKED),
    field("cancelReason", "FULL", ASKED),
    field("source", "FULL", ASKED),
];

fn rank(level: &str) -> usize {
    LEVELS.iter().position(|it| *it == level).expect("a level")
}

/// What may come out of a door at a level, by the table.
fn shown(door: Door, level: &str) -> BTreeSet<&'static str> {
    let fields = FIELDS.iter().filter(|it| it.doors.contains(&door) && rank(it.min) <= rank(level));
    fields.map(|it| it.name).collect()
}

/// How a field reads in the entry of a level, in every spelling of the doors.
fn markers(name: &str, level: &str) -> Vec<String> {
    let words: &[&str] = match name {
        "start" => &[
            "2027-03-09T09:00",
            "20270309T090000",
            "2027-06-08T09:00",
            "20270608T090000",
            "2027-10-05T09:00",
            "20271005T090000",
        ],
        "status" => &["TENTATIVE", "\"tentative\""],
        "kind" => &["CONFERENCE"],
        "fieldOfWork" => &["\"orientation\""],
        "confidentiality" => &["\"PARTNER\""],
        "audiences" => &["NEWCOMERS"],
        "pillar" => &["CIVIL_SOCIETY"],
        _ => return vec![format!("marker-{name}-{level}").to_lowercase()],
    };
    words.iter().map(|it| (*it).to_owned()).collect()
}

/// Which fields a text lets out.
fn found(text: &str, level: &str) -> BTreeSet<&'static str> {
    // Long lines of iCalendar are folded.
    let text = text.replace("\r\n ", "");
    let names = FIELDS.iter().map(|it| it.name);
    names.filter(|name| markers(name, level).iter().any(|it| text.contains(it.as_str()))).collect()
}

struct World<'a> {
    offices: Offices<'a>,
    calendars: BTreeMap<&'static str, String>,
    entries: BTreeMap<&'static str, String>,
    places: BTreeMap<&'static str, String>,
}

/// The day of the entry of a level: far enough from each other that none collides with another.
fn day(level: &str) -> &'static str {
    ["2027-03-09", "2027-06-08", "2027-10-05"][rank(level)]
}

fn time(level: &str) -> String {
    format!("{0}T09:00/{0}T11:00", day(level))
}

/// What a planner writes into the entry of a level.
fn written(level: &str, place: &str) -> Value {
    let word = |name: &str| format!("marker-{name}-{level}").to_lowercase();
    json!({
        "title": word("title"), "description": word("description"), "kind": "CONFERENCE", "status": "TENTATIVE",
        "confidentiality": "PARTNER", "place": place, "location": word("location"), "organiser": word("organiser"),
        "speakers": [word("speakers")], "responsibleOffice": word("responsibleOffice"), "audiences": ["NEWCOMERS"],
        "targetGroups": [word("targetGroups")], "pillar": "CIVIL_SOCIETY", "cost": word("cost"),
        "registrationUrl": format!("https://a.example/{}", word("registrationUrl")), "time": when(&time(level)),
    })
}

impl<'a> World<'a> {
    async fn build(app: &'a TestApp) -> Self {
        let offices = Offices::open(app).await;
        let (mut calendars, mut entries, mut places) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let rows: Rows = app.database.rows().await;
        for level in LEVELS {
            let input = json!({
                "tenant": offices.tenant("kaufbeuren"), "name": format!("Calendar {level}"), "confidentiality": "PARTNER",
                "fieldOfWork": app.world.id("field.orientation"), "description": format!("marker-calendar-{level}"),
            });
            let made = offices.kf.mutate("calendarCreate", input, "calendar { id }").await;
            let calendar = made["calendar"]["id"].as_str().expect("an id").to_owned();
            let input = json!({
                "tenant": offices.tenant("kaufbeuren"), "agreement": app.world.id("agreement.a"), "area": "CALENDARS",
                "object": { "calendar": calendar }, "level": level,
            });
            app.actor("admin@kaufbeuren").mutate("shareCreate", input, "share { id }").await;
            let input = json!({
                "tenant": offices.tenant("kaufbeuren"), "name": format!("marker-place-{level}").to_lowercase(),
                "kind": "LIBRARY", "visibility": "PUBLIC", "latitude": 47.1 + rank(level) as f64, "longitude": 10.62,
            });
            let steward = app.actor("steward@kaufbeuren");
            let made = steward.mutate("learningPlaceCreate", input, "learningPlace { id }").await;
            let place = made["learningPlace"]["id"].as_str().expect("an id").to_owned();
            let mut input = written(level, &place);
            input["calendar"] = json!(calendar);
            let made = offices.kf.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
            let entry = made["calendarEntry"]["id"].as_str().expect("an id").to_owned();
            let word = |name: &str| format!("marker-{name}-{level}").to_lowercase();
            // What no planner writes: it comes from an import, a seed, a cancellation.
            rows.run(&format!(
                "UPDATE calendar_entry SET uid = '{}', source = '{}', cancel_reason = '{}' WHERE title = '{}'",
                word("uid"),
                word("source"),
                word("cancelReason"),
                word("title"),
            ))
            .await;
            calendars.insert(level, calendar);
            entries.insert(level, entry);
            places.insert(level, place);
        }
        Self { offices, calendars, entries, places }
    }

    fn viewer(&self) -> &Client {
        &self.offices.oal
    }
}

const ENTRY: &str = "__typename id startLocal
    ... on CalendarEntrySummary { title kind status fieldOfWork { key } recurrence { rule } }
    ... on CalendarEntryFull { title kind status fieldOfWork { key } recurrence { rule } description confidentiality
        place { name } location organiser speakers responsibleOffice audiences pillar cost targetGroups registrationUrl
        cancelReason source acknowledgements { reason } }";

/// Every object below a value that is an entry with this id.
fn entries_in(value: &Value, id: &str) -> Vec<Value> {
    match value {
        Value::Object(fields) if fields.get("id").is_some_and(|it| it == id) && fields.contains_key("startLocal") => {
            vec![value.clone()]
        }
        Value::Object(fields) => fields.values().flat_map(|it| entries_in(it, id)).collect(),
        Value::Array(items) => items.iter().flat_map(|it| entries_in(it, id)).collect(),
        _ => Vec::new(),
    }
}

async fn every_door_lets_out_what_the_level_shows(app: TestApp) {
    let world = World::build(&app).await;
    let viewer = world.viewer();
    let year = "between: {start: \"2027-01-01T00:00:00Z\", end: \"2028-01-01T00:00:00Z\"}";
    let calendars = json!(world.calendars.values().collect::<Vec<_>>());
    for (door, query) in [
        ("calendarEntries", format!("{{ calendarEntries({year}, first: 100) {{ nodes {{ {ENTRY} }} }} }}")),
        ("agenda", format!("{{ agenda({year}, first: 100) {{ nodes {{ entry {{ {ENTRY} }} }} }} }}")),
        (
            "calendarChanges",
            format!("{{ calendarChanges(calendars: {calendars}, first: 100) {{ nodes {{ entry {{ {ENTRY} }} }} }} }}"),
        ),
        (
            "nodes",
            format!(
                "{{ nodes(ids: {}) {{ ... on CalendarEntry {{ {ENTRY} }} }} }}",
                json!(world.entries.values().collect::<Vec<_>>())
            ),
        ),
    ] {
        let data = viewer.ask(&query).await.data();
        for (level, id) in &world.entries {
            let told = entries_in(&data, id);
            assert_eq!(told.len(), 1, "{door} {level}");
            assert_eq!(found(&told[0].to_string(), level), shown(GraphQl, level), "{door} {level}: {}", told[0]);
        }
    }
    // A feed of each calendar, and the same over CalDAV.
    for (level, calendar) in &world.calendars {
        let secret = feed(&app, "planner@ostallgaeu", json!({ "calendars": [calendar], "name": level })).await;
        for (ending, door) in [("ics", ICalendar), ("json", JsCalendar)] {
            let (status, _, text) = get(app.server(), &format!("/feeds/{secret}.{ending}"), &[]).await;
            assert_eq!((status, found(&text, level)), (200, shown(door, level)), "{ending} {level}: {text}");
            let purpose = text.contains(&format!("marker-calendar-{level}"));
            assert_eq!(purpose, *level != "BUSY", "{ending} {level}: the description of the calendar");
        }
        let text = report(&app, &secret, calendar).await;
        assert_eq!(found(&text, level), shown(ICalendar, level), "CalDAV {level}: {text}");
        let (_, _, text) = get(app.server(), &format!("/feeds/{secret}.ifb"), &[]).await;
        let tentative = text.contains("BUSY-TENTATIVE");
        assert_eq!(tentative, *level != "BUSY", "free/busy {level}: {text}");
        assert!(!text.contains("marker-"), "free/busy {level}: {text}");
    }
    let query =
        format!("query($tenants: [ID!]!) {{ freeBusy(tenants: $tenants, {year}) {{ start kind tenant {{ slug }} }} }}");
    let data = viewer.send(&query, json!({ "tenants": [world.offices.tenant("kaufbeuren")] })).await.data();
    for level in LEVELS {
        let kind = data["freeBusy"]
            .as_array()
            .expect("intervals")
            .iter()
            .find(|it| it["start"].to_string().contains(day(level)));
        let expected = if level == "BUSY" { "BUSY" } else { "BUSY_TENTATIVE" };
        assert_eq!(kind.expect("an interval")["kind"], expected, "freeBusy {level}");
    }
    // Why something is seen names no word of it.
    for (level, entry) in &world.entries {
        let query = "query($id: ID!) { explainAccess(node: $id) { allowed level rule } }";
        let data = viewer.send(query, json!({ "id": entry })).await.data();
        assert_eq!(data["explainAccess"]["level"], *level);
        assert!(!data.to_string().contains("marker-"), "explainAccess {level}: {data}");
    }
}

async fn a_deadline_takes_no_time_at_any_door(app: TestApp) {
    let world = World::build(&app).await;
    let year = "between: {start: \"2027-01-01T00:00:00Z\", end: \"2028-01-01T00:00:00Z\"}";
    let tenants = json!([world.offices.tenant("kaufbeuren")]);
    for level in LEVELS {
        let (calendar, entry) = (&world.calendars[level], &world.entries[level]);
        let secret = feed(&app, "planner@ostallgaeu", json!({ "calendars": [calendar], "name": level })).await;
        let seen = async || {
            let query = format!(
                "query($id: ID!, $calendars: [ID!]) {{ node(id: $id) {{ id }}
                calendarEntries(filter: {{calendars: $calendars}}, {year}) {{ totalCount nodes {{ id }} }}
                agenda(filter: {{calendars: $calendars}}, {year}) {{ totalCount nodes {{ entry {{ id }} }} }} }}"
            );
            let data = world.viewer().send(&query, json!({ "id": entry, "calendars": [calendar] })).await.data();
            let lists =
                [&data["calendarEntries"], &data["agenda"]].map(|it| it["totalCount"].as_i64().expect("a count"));
            let ics = get(app.server(), &format!("/feeds/{secret}.ics"), &[]).await.2;
            let files = report(&app, &secret, calendar).await;
            let busy = get(app.server(), &format!("/feeds/{secret}.ifb"), &[]).await.2;
            let query = format!("query($tenants: [ID!]!) {{ freeBusy(tenants: $tenants, {year}) {{ start }} }}");
            let data = [data, world.viewer().send(&query, json!({ "tenants": tenants })).await.data()];
            let taken = data[1]["freeBusy"].to_string().contains(day(level));
            let events = [ics.matches("BEGIN:VEVENT").count(), files.matches("BEGIN:VEVENT").count()];
            let free = ics.contains("TRANSP:TRANSPARENT");
            (lists, !data[0]["node"].is_null(), events, free, busy.contains("FREEBUSY;"), taken)
        };
        assert_eq!(seen().await, ([1, 1], true, [1, 1], false, true, true), "{level}: an event");
        let deadline = json!({ "id": entry, "version": 1, "kind": "DEADLINE" });
        world.offices.kf.mutate("calendarEntryUpdate", deadline, "calendarEntry { id }").await;
        let expected = match level {
            "BUSY" => ([0, 0], false, [0, 0], false, false, false),
            _ => ([1, 1], true, [1, 1], true, false, false),
        };
        assert_eq!(seen().await, expected, "{level}: a deadline");
        let event = json!({ "id": entry, "version": 2, "kind": "CONFERENCE" });
        world.offices.kf.mutate("calendarEntryUpdate", event, "calendarEntry { id }").await;
        assert_eq!(seen().await, ([1, 1], true, [1, 1], false, true, true), "{level}: an event again");
    }
}

/// The answer to a CalDAV query for everything in a calendar.
async fn report(app: &TestApp, secret: &str, calendar: &str) -> String {
    let body = "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop><C:calendar-data/></D:prop>\
                <C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter></C:calendar-query>";
    let request = reqwest::Client::new()
        .request(
            Method::from_bytes(b"REPORT").expect("a method"),
            format!("{}/caldav/calendars/{calendar}/", app.server().base),
        )
        .basic_auth("anybody", Some(secret))
        .header("depth", "1")
        .body(body);
    request
        .send()
        .await
        .expect("an answer")
        .text()
        .await
        .expect("text")
        .replace("&#13;\n ", "")
        .replace("&#xD;\n ", "")
        .replace("\n ", "")
}

async fn a_filter_leaves_out_what_is_seen_below_its_field(app: TestApp) {
    let world = World::build(&app).await;
    let year = json!({ "start": "2027-01-01T00:00:00Z", "end": "2028-01-01T00:00:00Z" });
    let filters = [
        ("BUSY", json!({})),
        ("SUMMARY", json!({ "text": "marker-title" })),
        ("SUMMARY", json!({ "kinds": ["CONFERENCE"] })),
        ("SUMMARY", json!({ "statuses": ["TENTATIVE"] })),
        ("SUMMARY", json!({ "fieldsOfWork": [app.world.id("field.orientation")] })),
        ("FULL", json!({ "places": world.places.values().collect::<Vec<_>>() })),
        ("FULL", json!({ "audiences": ["NEWCOMERS"] })),
        ("FULL", json!({ "pillars": ["CIVIL_SOCIETY"] })),
        ("FULL", json!({ "pillars": ["CIVIL_SOCIETY"], "kinds": ["CONFERENCE"] })),
    ];
    for (min, mut filter) in filters {
        let expected: BTreeSet<_> =
            world.entries.iter().filter(|it| rank(it.0) >= rank(min)).map(|it| it.1.as_str()).collect();
        filter["calendars"] = json!(world.calendars.values().collect::<Vec<_>>());
        let variables = json!({ "between": year, "filter": filter });
        let query = "query($between: DateTimeRange!, $filter: CalendarEntryFilter) {
            calendarEntries(between: $between, filter: $filter, first: 100) { totalCount nodes { id } }
            agenda(between: $between, filter: $filter, first: 100) { totalCount nodes { entry { id } } } }";
        let data = world.viewer().send(query, variables).await.data();
        let ids = |list: &str, path: &str| -> Vec<String> {
            let nodes = data[list]["nodes"].as_array().expect("nodes");
            nodes.iter().map(|it| it.pointer(path).and_then(Value::as_str).expect("an id").to_owned()).collect()
        };
        for ids in [ids("calendarEntries", "/id"), ids("agenda", "/entry/id")] {
            assert_eq!(ids.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{filter}");
        }
        assert_eq!(data["calendarEntries"]["totalCount"], expected.len(), "{filter}");
        assert_eq!(data["agenda"]["totalCount"], expected.len(), "{filter}");
    }
}

/// Rules of conflicts, and the least level that shows the fields they are made of.
const RULES: [(&str, &str); 5] = [
    ("DUPLICATE_TOPIC", "SUMMARY"),
    ("SAME_AUDIENCE", "FULL"),
    ("SAME_ORGANISER", "FULL"),
    ("SAME_PLACE", "FULL"),
    ("SAME_SPEAKER", "FULL"),
];

async fn a_conflict_is_made_of_visible_fields(app: TestApp) {
    let world = World::build(&app).await;
    for (level, entry) in &world.entries {
        let mut same = written(level, &world.places[level]);
        same["calendar"] = json!(world.offices.oal_calendar);
        world.viewer().mutate("calendarEntryCreate", same, "calendarEntry { id }").await;
        let told = conflicts(world.viewer(), json!({ "entry": entry })).await;
        let rules: BTreeSet<_> = told.iter().map(|it| it["rule"].as_str().expect("a rule")).collect();
        let expected: BTreeSet<_> = RULES.iter().filter(|it| rank(it.1) <= rank(level)).map(|it| it.0).collect();
        assert_eq!(rules, expected, "{level}");
    }
}

/// Another value for each field, the least level that shows it, and the kind of difference that it makes.
fn changes(app: &TestApp, level: &str) -> Vec<(&'static str, &'static str, Value)> {
    let time = format!("{0}T10:00/{0}T12:00", day(level));
    vec![
        ("MOVED", "BUSY", json!({ "time": when(&time) })),
        ("CHANGED", "SUMMARY", json!({ "title": format!("Another title {level}") })),
        ("CHANGED", "SUMMARY", json!({ "kind": "FAIR" })),
        ("CHANGED", "SUMMARY", json!({ "status": "CONFIRMED" })),
        ("CHANGED", "FULL", json!({ "description": "Another" })),
        ("CHANGED", "FULL", json!({ "place": app.world.id("place.kf.library") })),
        ("CHANGED", "FULL", json!({ "location": "Another" })),
        ("CHANGED", "FULL", json!({ "organiser": "Another" })),
        ("CHANGED", "FULL", json!({ "speakers": ["Another"] })),
        ("CHANGED", "FULL", json!({ "responsibleOffice": "Another" })),
        ("CHANGED", "FULL", json!({ "audiences": ["ADULTS"] })),
        ("CHANGED", "FULL", json!({ "targetGroups": ["Another"] })),
        ("CHANGED", "FULL", json!({ "pillar": "NETWORKING" })),
        ("CHANGED", "FULL", json!({ "cost": "Another" })),
        ("CHANGED", "FULL", json!({ "registrationUrl": "https://b.example/" })),
    ]
}

async fn a_comparison_looks_at_every_visible_field(app: TestApp) {
    let world = World::build(&app).await;
    // An entry that takes place has no reason for a cancellation; a change would take it away.
    app.database.rows().await.run("UPDATE calendar_entry SET cancel_reason = NULL").await;
    let offices = &world.offices;
    let input = json!({
        "tenant": offices.tenant("kaufbeuren"), "year": 2027, "title": "2027",
        "calendars": world.calendars.values().collect::<Vec<_>>(),
    });
    let made = offices.kf.mutate("annualPlanCreate", input, "annualPlan { id }").await;
    let plan = made["annualPlan"]["id"].as_str().expect("an id").to_owned();
    let round = offices.round().await;
    offices.submit("kf", &plan, &round).await;
    let query = "query($id: ID!) { node(id: $id) { ... on AnnualPlan { snapshots { key } } } }";
    let data = offices.oal.send(query, json!({ "id": plan })).await.data();
    let key = data["node"]["snapshots"][0]["key"].clone();
    let query = format!(
        "query($plan: ID!, $snapshot: ID!) {{ annualPlanComparison(plan: $plan, snapshot: $snapshot, first: 5) {{
         nodes {{ kind titleBefore startBefore entry {{ {ENTRY} }} }} }} }}"
    );
    let compared = async || {
        let data = world.viewer().send(&query, json!({ "plan": plan, "snapshot": key })).await.data();
        let nodes = data["annualPlanComparison"]["nodes"].as_array().expect("nodes").clone();
        let of = |id: &String| nodes.iter().find(|it| it["entry"]["id"] == id.as_str()).expect("the entry").clone();
        world.entries.iter().map(|(level, id)| (*level, of(id))).collect::<BTreeMap<_, _>>()
    };
    let mut versions: BTreeMap<&str, i64> = LEVELS.into_iter().map(|it| (it, 1)).collect();
    let mut update = async |level: &'static str, change: &Value| {
        let version = versions.get_mut(level).expect("a level");
        let mut input = json!({ "id": world.entries[level], "version": *version });
        input.as_object_mut().expect("an input").extend(change.as_object().expect("a change").clone());
        offices.kf.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
        *version += 1;
    };
    for (level, told) in compared().await {
        assert_eq!(told["kind"], "KEPT", "{level}: nothing has changed");
        let title = if level == "BUSY" { Value::Null } else { json!(format!("marker-title-{level}").to_lowercase()) };
        assert_eq!(told["titleBefore"], title, "{level}");
        let mut expected = shown(GraphQl, level);
        expected.remove("cancelReason");
        assert_eq!(found(&told["entry"].to_string(), level), expected, "comparison {level}: {told}");
    }
    for index in 0..changes(&app, "FULL").len() {
        let mut before = Vec::new();
        for level in LEVELS {
            let (_, _, change) = changes(&app, level).remove(index);
            let old = written(level, &world.places[level]);
            let fields = change.as_object().expect("a change").keys();
            before.push((level, fields.map(|it| (it.clone(), old[it].clone())).collect::<Value>()));
            update(level, &change).await;
        }
        for (level, told) in compared().await {
            let (kind, min, change) = changes(&app, level).remove(index);
            let expected = if rank(min) <= rank(level) { kind } else { "KEPT" };
            assert_eq!(told["kind"], expected, "{level} {change}");
        }
        for (level, change) in before {
            update(level, &change).await;
        }
        assert!(compared().await.values().all(|it| it["kind"] == "KEPT"), "as it was again: {index}");
    }
}

async fn the_description_of_a_calendar_is_hidden_at_busy(app: TestApp) {
    let world = World::build(&app).await;
    let query = "query($id: ID!) { node(id: $id) { ... on Calendar { name description viewerLevel } } }";
    for (level, calendar) in &world.calendars {
        let told = world.viewer().send(query, json!({ "id": calendar })).await.data()["node"].clone();
        assert_eq!((&told["name"], &told["viewerLevel"]), (&json!(format!("Calendar {level}")), &json!(level)));
        let description = if *level == "BUSY" { Value::Null } else { json!(format!("marker-calendar-{level}")) };
        assert_eq!(told["description"], description, "{level}");
        let own = world.offices.kf.send(query, json!({ "id": calendar })).await.data()["node"].clone();
        assert_eq!(own["description"], format!("marker-calendar-{level}"), "the owner at {level}");
    }
}
