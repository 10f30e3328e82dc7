//! The list of entries: windows, filters, pages.

use serde_json::{Value, json};
use verbund_tests::pages::List;
use verbund_tests::{Case, Client, TestApp, cases};

use super::{calendar, entry};

pub fn cases() -> Vec<Case> {
    cases!["calendars::lists";
        a_window_holds_what_overlaps_it_at_either_edge,
        a_window_holds_what_began_a_year_before_and_still_runs,
        a_window_has_an_end_after_its_start_and_five_years_at_most,
        filters_narrow_the_list,
        a_filter_on_what_is_hidden_leaves_out_what_is_hidden,
        a_title_is_found_however_it_is_typed,
        a_walk_in_pages_meets_each_entry_once_also_at_the_same_instant,
        a_page_tells_whether_there_is_more,
        a_cursor_belongs_to_its_list,
        a_page_has_between_one_and_a_hundred_rows,
        variables_that_are_left_out_are_left_out,
        calendars_are_listed_by_name_and_owner,
    ]
}

const ENTRIES: &str = "query($between: DateTimeRange!, $filter: CalendarEntryFilter) {
    calendarEntries(between: $between, filter: $filter, first: 100) { totalCount nodes { id } } }";

/// Names of the world's entries, without `entry.`, that a client finds; `new` for others.
async fn finds(app: &TestApp, client: &Client, between: [&str; 2], filter: Value) -> Vec<String> {
    let variables = json!({ "between": { "start": between[0], "end": between[1] }, "filter": filter });
    let data = client.send(ENTRIES, variables).await.data()["calendarEntries"].clone();
    let nodes = data["nodes"].as_array().expect("nodes").clone();
    assert_eq!(data["totalCount"], json!(nodes.len()));
    let name = |it: &Value| {
        let known = app.world.all("entry.").find(|(_, id)| it["id"] == *id);
        known.map_or("new", |it| it.0.trim_start_matches("entry.")).to_owned()
    };
    nodes.iter().map(name).collect()
}

const FEBRUARY: [&str; 2] = ["2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"];

async fn a_window_holds_what_overlaps_it_at_either_edge(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    // The counselling day is on 2 February from 9 to 11 in Berlin: from 8 to 10 in UTC.
    for (start, end, inside) in [
        ("2027-02-02T06:00:00Z", "2027-02-02T08:00:00Z", false),
        ("2027-02-02T06:00:00Z", "2027-02-02T08:00:01Z", true),
        ("2027-02-02T08:59:00Z", "2027-02-02T09:00:00Z", true),
        ("2027-02-02T09:59:59Z", "2027-02-02T12:00:00Z", true),
        ("2027-02-02T10:00:00Z", "2027-02-02T12:00:00Z", false),
        ("2027-02-02T07:00:00+01:00", "2027-02-02T09:00:00+01:00", false),
        ("2027-02-02T07:00:00+01:00", "2027-02-02T09:00:01+01:00", true),
    ] {
        let expected: &[&str] = if inside { &["oal.counselling.day"] } else { &[] };
        assert_eq!(finds(&app, &viewer, [start, end], json!({})).await, expected, "{start} to {end}");
    }
}

async fn a_window_holds_what_began_a_year_before_and_still_runs(app: TestApp) {
    let year = json!({ "time": { "allDay": { "firstDay": "2029-01-01", "lastDay": "2030-01-01" } } });
    entry(&app, app.world.id("calendar.oal.office"), "Jahr", year).await;
    let viewer = app.actor("viewer@ostallgaeu");
    let last = ["2030-01-01T22:59:59Z", "2030-01-02T00:00:00Z"];
    assert_eq!(finds(&app, &viewer, last, json!({})).await, ["new"]);
    let over = ["2030-01-01T23:00:00Z", "2030-01-02T00:00:00Z"];
    assert_eq!(finds(&app, &viewer, over, json!({})).await, Vec::<String>::new());
}

async fn a_window_has_an_end_after_its_start_and_five_years_at_most(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    for (start, end, ok) in [
        ("2027-01-01T00:00:00Z", "2032-01-01T00:00:00Z", true),
        ("2027-01-01T00:00:00Z", "2032-02-01T00:00:00Z", false),
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", false),
        ("2027-01-01T00:00:01Z", "2027-01-01T00:00:00Z", false),
        ("2027-01-01T00:00:00Z", "2027-01-01T00:00:01Z", true),
    ] {
        let reply = viewer.send(ENTRIES, json!({ "between": { "start": start, "end": end } })).await;
        let expected = if ok { vec![] } else { vec!["BAD_USER_INPUT OUT_OF_RANGE between.end"] };
        assert_eq!(reply.refusals(), expected, "{start} to {end}");
    }
}

async fn filters_narrow_the_list(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    let idea = ["oal.orientation.idea"];
    let orientation = ["oal.orientation.fair", "oal.orientation.idea", "oal.orientation.secret"];
    let id = |name: &str| app.world.id(name).to_owned();
    let calendars = json!([id("calendar.oal.orientation"), id("calendar.mm.plan")]);
    for (filter, expected) in [
        (json!({ "statuses": ["IDEA"] }), &idea[..]),
        (json!({ "fieldsOfWork": [id("field.orientation")] }), &orientation),
        (json!({ "calendars": [id("calendar.oal.orientation")] }), &orientation),
        (json!({ "calendars": calendars, "tenants": [id("tenant.memmingen")] }), &["mm.plan.day"]),
        (json!({ "tenants": [id("tenant.kaufbeuren"), id("tenant.lindau")] }), &["kf.counselling.day"]),
        (json!({ "text": "OAL.Orientation", "statuses": ["IDEA", "CANCELLED"] }), &idea),
        (json!({ "kinds": ["FAIR"] }), &[]),
        (json!({ "kinds": ["FAIR", "WORKSHOP"], "statuses": ["TENTATIVE"] }), &["oal.newcomers.workshop"]),
        (json!({ "tenants": [] }), &[]),
        (json!({ "calendars": [id("calendar.kf.counselling")], "text": "secret" }), &[]),
    ] {
        assert_eq!(finds(&app, &viewer, FEBRUARY, filter.clone()).await, expected, "{filter}");
    }
}

async fn a_filter_on_what_is_hidden_leaves_out_what_is_hidden(app: TestApp) {
    // Kaufbeuren sees the fair as BUSY, the counselling day as SUMMARY, the two of the public calendar as FULL.
    let viewer = app.actor("viewer@kaufbeuren");
    let foreign = json!([app.world.id("tenant.ostallgaeu")]);
    let all = ["oal.counselling.day", "oal.orientation.fair", "oal.public.forum", "oal.public.partner"];
    assert_eq!(finds(&app, &viewer, FEBRUARY, json!({ "tenants": foreign })).await, all);
    let field = |name: &str| json!([app.world.id(&format!("field.{name}"))]);
    let outlined = ["oal.counselling.day", "oal.public.forum", "oal.public.partner"];
    for filter in [
        json!({ "tenants": foreign, "kinds": ["WORKSHOP"] }),
        json!({ "tenants": foreign, "statuses": ["CONFIRMED"] }),
        json!({ "tenants": foreign, "text": "title of" }),
        json!({ "tenants": foreign, "fieldsOfWork": field("counselling") }),
    ] {
        assert_eq!(finds(&app, &viewer, FEBRUARY, filter.clone()).await, outlined, "{filter}");
    }
    for filter in [json!({ "text": "fair" }), json!({ "fieldsOfWork": field("orientation") })] {
        assert_eq!(finds(&app, &viewer, FEBRUARY, filter.clone()).await, Vec::<String>::new(), "{filter}");
    }
    // What others see in full, they find.
    let full = app.actor("viewer@memmingen");
    assert_eq!(finds(&app, &full, FEBRUARY, json!({ "text": "fair" })).await, ["oal.orientation.fair"]);
}

async fn a_title_is_found_however_it_is_typed(app: TestApp) {
    let viewer = app.actor("viewer@ostallgaeu");
    entry(&app, app.world.id("calendar.oal.office"), "Straßenfest in Füssen mit Šimić: 100 % Spaß_", json!({})).await;
    let april = ["2027-03-31T00:00:00Z", "2027-04-02T00:00:00Z"];
    for (title, found) in [
        ("füssen", true),
        ("FUESSEN", true),
        ("strassenfest", true),
        ("STRAẞENFEST", true),
        ("simic", true),
        ("SIMIĆ", true),
        ("100 %", true),
        ("Spaß_", true),
        ("100_%", false),
        ("%fest", false),
        ("Fussen", false),
        ("\\", false),
    ] {
        let expected: &[&str] = if found { &["new"] } else { &[] };
        assert_eq!(finds(&app, &viewer, april, json!({ "text": title })).await, expected, "{title}");
    }
}

const BETWEEN: &str = r#"between: {start: "2027-01-01T00:00:00Z", end: "2027-06-01T00:00:00Z"}"#;

async fn a_walk_in_pages_meets_each_entry_once_also_at_the_same_instant(app: TestApp) {
    let many = calendar(&app, "Many", Some("counselling"), "PARTNER").await;
    let mut made = Vec::new();
    for index in 0..30 {
        made.push(entry(&app, &many, &format!("Gleichzeitig {index}"), json!({})).await);
    }
    let entries = List { field: "calendarEntries", arguments: BETWEEN };
    let whole = entries.walks(&app.actor("planner@ostallgaeu"), &[1, 7, 44, 100]).await;
    // All of its own, the counselling day of Kaufbeuren and the day of Memmingen.
    assert_eq!(whole.len(), 10 + 1 + 1 + 30);
    assert_eq!(whole.iter().filter(|it| made.contains(it)).count(), 30);
    let seen = entries.walks(&app.actor("viewer@kaufbeuren"), &[1, 4]).await;
    assert_eq!(seen.len(), 6, "the others' pages have no holes where they see nothing");
}

async fn a_page_tells_whether_there_is_more(app: TestApp) {
    let viewer = app.actor("viewer@kaufbeuren");
    let page = async |arguments: &str| {
        let query = format!(
            "{{ calendarEntries({BETWEEN}, {arguments}) {{ edges {{ cursor node {{ id }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        viewer.ask(&query).await.data()["calendarEntries"].clone()
    };
    let more = |page: &Value| {
        (page["pageInfo"]["hasPreviousPage"] == json!(true), page["pageInfo"]["hasNextPage"] == json!(true))
    };
    let all = page("first: 6").await;
    let edges = all["edges"].as_array().expect("edges").clone();
    assert_eq!((edges.len(), more(&all)), (6, (false, false)));
    assert_eq!(all["pageInfo"]["startCursor"], edges[0]["cursor"]);
    assert_eq!(all["pageInfo"]["endCursor"], edges[5]["cursor"]);
    let cursor = |index: usize| edges[index]["cursor"].as_str().expect("a cursor").to_owned();
    assert_eq!(more(&page("first: 5").await), (false, true));
    assert_eq!(more(&page("last: 5").await), (true, false));
    let middle = page(&format!("first: 2, after: {:?}", cursor(1))).await;
    assert_eq!((&middle["edges"], more(&middle)), (&json!(edges[2..4]), (true, true)));
    let middle = page(&format!("last: 2, before: {:?}", cursor(4))).await;
    assert_eq!((&middle["edges"], more(&middle)), (&json!(edges[2..4]), (true, true)));
    let between = page(&format!("after: {:?}, before: {:?}", cursor(0), cursor(5))).await;
    assert_eq!(between["edges"], json!(edges[1..5]));
    let empty = page(&format!("first: 2, after: {:?}", cursor(5))).await;
    assert_eq!((&empty["edges"], &empty["pageInfo"]["endCursor"]), (&json!([]), &Value::Null));
}

/// Made by hand, with a text for a key.
const FORGED: &str =
    "eyJrIjp7InQiOiJ4In0sInUiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiLCJmIjoiQUFBQUFBQUEifQ";

async fn a_cursor_belongs_to_its_list(app: TestApp) {
    let viewer = app.actor("viewer@kaufbeuren");
    let first = format!("{{ calendarEntries({BETWEEN}, first: 1) {{ pageInfo {{ endCursor }} }} }}");
    let cursor = viewer.ask(&first).await.data()["calendarEntries"]["pageInfo"]["endCursor"].clone();
    let other = BETWEEN.replace("06-01", "06-02");
    for (query, field) in [
        (
            format!(
                "{{ calendarEntries({BETWEEN}, filter: {{kinds: [WORKSHOP]}}, after: {cursor}) {{ nodes {{ id }} }} }}"
            ),
            "after",
        ),
        (format!("{{ calendarEntries({other}, after: {cursor}) {{ nodes {{ id }} }} }}"), "after"),
        (format!("{{ calendars(before: {cursor}) {{ nodes {{ id }} }} }}"), "before"),
        (format!("{{ tenants(after: {cursor}) {{ nodes {{ id }} }} }}"), "after"),
        (format!("{{ calendarEntries({BETWEEN}, after: \"nonsense\") {{ nodes {{ id }} }} }}"), "after"),
        (format!("{{ calendarEntries({BETWEEN}, before: \"\") {{ nodes {{ id }} }} }}"), "before"),
        (format!("{{ calendarEntries({BETWEEN}, after: {FORGED:?}) {{ nodes {{ id }} }} }}"), "after"),
    ] {
        let reply = viewer.ask(&query).await;
        assert_eq!(reply.refusals(), [format!("BAD_USER_INPUT INVALID {field}")], "{query}");
    }
    let own = format!("{{ calendarEntries({BETWEEN}, after: {cursor}) {{ nodes {{ id }} }} }}");
    assert_eq!(viewer.ask(&own).await.data()["calendarEntries"]["nodes"].as_array().map(Vec::len), Some(5));
}

async fn a_page_has_between_one_and_a_hundred_rows(app: TestApp) {
    let viewer = app.actor("viewer@kaufbeuren");
    for (arguments, expected) in [
        ("first: 0", vec!["BAD_USER_INPUT OUT_OF_RANGE first"]),
        ("first: -1", vec!["BAD_USER_INPUT OUT_OF_RANGE first"]),
        ("first: 101", vec!["BAD_USER_INPUT OUT_OF_RANGE first"]),
        ("last: 0", vec!["BAD_USER_INPUT OUT_OF_RANGE last"]),
        ("last: 101", vec!["BAD_USER_INPUT OUT_OF_RANGE last"]),
        ("first: 1, last: 1", vec!["BAD_USER_INPUT INVALID last"]),
        ("first: 1", vec![]),
        ("last: 100", vec![]),
    ] {
        for list in [format!("calendarEntries({BETWEEN}, {arguments})"), format!("calendars({arguments})")] {
            let reply = viewer.ask(&format!("{{ {list} {{ nodes {{ id }} }} }}")).await;
            assert_eq!(reply.refusals(), expected, "{list}");
        }
    }
}

async fn variables_that_are_left_out_are_left_out(app: TestApp) {
    let query = "query($first: Int, $last: Int, $after: String, $all: Boolean! = false) {
        calendars(first: $first, last: $last, after: $after, filter: {includeArchived: $all}) { nodes { name } } }";
    let viewer = app.actor("viewer@kaufbeuren");
    for (variables, rows) in [(json!({}), 4), (json!({ "first": 1 }), 1), (json!({ "last": 2, "first": null }), 2)] {
        let data = viewer.send(query, variables.clone()).await.data();
        assert_eq!(data["calendars"]["nodes"].as_array().map(Vec::len), Some(rows), "{variables}");
    }
}

async fn calendars_are_listed_by_name_and_owner(app: TestApp) {
    let viewer = app.actor("viewer@kaufbeuren");
    let names = async |arguments: &str| {
        let data = viewer.ask(&format!("{{ calendars({arguments}) {{ nodes {{ name viewerLevel }} }} }}")).await.data();
        let nodes = data["calendars"]["nodes"].as_array().expect("nodes").clone();
        nodes.iter().map(|it| format!("{} {}", it["name"], it["viewerLevel"]).replace('"', "")).collect::<Vec<_>>()
    };
    let own = "kf.counselling FULL";
    let foreign = ["oal.counselling SUMMARY", "oal.orientation BUSY", "oal.public FULL"];
    assert_eq!(names("first: 100").await, [own, foreign[0], foreign[1], foreign[2]]);
    let of = |tenant: &str| format!("filter: {{tenants: [{:?}]}}", app.world.id(&format!("tenant.{tenant}")));
    assert_eq!(names(&of("ostallgaeu")).await, foreign);
    assert_eq!(names(&of("memmingen")).await, Vec::<String>::new());
    List { field: "calendars", arguments: "filter: {includeArchived: true}" }.walks(&viewer, &[1, 3, 4]).await;
    let wrong = format!(
        "{{ calendars(filter: {{tenants: [{:?}]}}) {{ nodes {{ id }} }} }}",
        app.world.id("calendar.oal.public")
    );
    assert_eq!(viewer.ask(&wrong).await.refusals(), ["BAD_USER_INPUT INVALID filter.tenants"]);
}
