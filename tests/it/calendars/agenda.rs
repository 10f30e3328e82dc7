//! The agenda: single entries and dates of series in one order, by pages in both directions.

use serde_json::{Value, json};
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["calendars::agenda";
        pages_in_both_directions_give_every_date_once,
        dates_come_at_the_viewers_level,
        filters_reach_series_as_they_reach_entries,
        windows_beyond_what_is_known_are_refused,
        its_statements_do_not_grow_with_series_and_dates,
    ]
}

/// Thirty single entries and three series in one calendar, many at the same time.
async fn crowd(app: &TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let calendar = app.world.id("calendar.oal.office");
    for day in 1..=30 {
        let start = format!("2027-06-{day:02}T09:00");
        let input = json!({ "calendar": calendar, "title": format!("Day {day}"), "kind": "MEETING",
            "time": { "timed": { "start": start, "end": format!("2027-06-{day:02}T10:00") } } });
        planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    }
    for title in ["Red", "Green", "Blue"] {
        let input = json!({ "calendar": calendar, "title": title, "audiences": ["PUPILS", "PARENTS"], "pillar": "NETWORKING",
            "time": { "timed": { "start": "2027-06-01T09:00", "end": "2027-06-01T10:00" } },
            "recurrence": { "rule": "FREQ=DAILY;COUNT=30" } });
        planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    }
}

async fn page(app: &TestApp, arguments: &str, filter: Value) -> Value {
    let query = format!(
        "query($filter: CalendarEntryFilter) {{ agenda({arguments}, filter: $filter,
        between: {{start: \"2027-06-01T00:00:00Z\", end: \"2027-07-01T00:00:00Z\"}}) {{
        totalCount edges {{ cursor node {{ key start occurrence entry {{ ... on CalendarEntryFull {{ title }} }} }} }}
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    let mut filter = filter;
    filter["calendars"] = json!([app.world.id("calendar.oal.office")]);
    app.actor("planner@ostallgaeu").send(&query, json!({ "filter": filter })).await.data()["agenda"].clone()
}

async fn pages_in_both_directions_give_every_date_once(app: TestApp) {
    crowd(&app).await;
    let key = |edge: &Value| (edge["node"]["start"].to_string(), edge["node"]["key"].to_string());
    for size in [7, 60, 100] {
        let (mut forward, mut after) = (Vec::new(), String::new());
        loop {
            let page = page(&app, &format!("first: {size}{after}"), json!({})).await;
            assert_eq!(page["totalCount"], 120);
            forward.extend(page["edges"].as_array().expect("edges").iter().map(key));
            assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_empty());
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(forward.len(), 120);
        let mut sorted = forward.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 120, "each once");
        assert!(forward.is_sorted_by(|a, b| a.0 <= b.0), "by start");
        let (mut backward, mut before) = (Vec::new(), String::new());
        loop {
            let page = page(&app, &format!("last: {size}{before}"), json!({})).await;
            let mut keys: Vec<_> = page["edges"].as_array().expect("edges").iter().map(key).collect();
            keys.extend(backward);
            backward = keys;
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
            before = format!(", before: {}", page["pageInfo"]["startCursor"]);
        }
        assert_eq!(backward, forward);
    }
}

async fn dates_come_at_the_viewers_level(app: TestApp) {
    let input = json!({ "calendar": app.world.id("calendar.oal.orientation"), "title": "Hidden words",
        "time": { "timed": { "start": "2027-06-01T09:00", "end": "2027-06-01T10:00" } },
        "recurrence": { "rule": "FREQ=DAILY;COUNT=3" } });
    app.actor("planner@ostallgaeu").mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let query = r#"{ agenda(first: 100, between: {start: "2027-06-01T00:00:00Z", end: "2027-07-01T00:00:00Z"}) { totalCount
        nodes { occurrence entry { __typename ... on CalendarEntrySummary { title recurrence { rule } }
        ... on CalendarEntryFull { title recurrence { rule } } } } } }"#;
    let partner = app.actor("planner@kaufbeuren").ask(query).await.data();
    let busy = json!({ "occurrence": "2027-06-01T09:00:00", "entry": { "__typename": "CalendarEntryBusy" } });
    assert_eq!((partner["agenda"]["totalCount"].as_u64(), &partner["agenda"]["nodes"][0]), (Some(3), &busy));
    assert_eq!(app.actor("viewer@lindau").ask(query).await.data()["agenda"]["totalCount"], 0);
    assert_eq!(app.anonymous().ask(query).await.data()["agenda"]["totalCount"], 0);
}

async fn filters_reach_series_as_they_reach_entries(app: TestApp) {
    crowd(&app).await;
    for (filter, count) in [
        (json!({}), 120),
        (json!({ "text": "red" }), 30),
        (json!({ "text": "day 1" }), 11),
        (json!({ "kinds": ["MEETING"] }), 30),
        (json!({ "audiences": ["PARENTS"] }), 90),
        (json!({ "audiences": ["NEWCOMERS", "TEACHERS"] }), 0),
        (json!({ "audiences": [] }), 0),
        (json!({ "pillars": ["NETWORKING"], "text": "blue" }), 30),
        (json!({ "pillars": ["TRANSITIONS"] }), 0),
        (json!({ "statuses": ["CANCELLED"] }), 0),
    ] {
        assert_eq!(page(&app, "first: 1", filter.clone()).await["totalCount"], count, "{filter}");
    }
}

async fn windows_beyond_what_is_known_are_refused(app: TestApp) {
    // The clock stands in January 2027.
    for (window, refused) in [
        (r#"{start: "2031-01-01T00:00:00Z", end: "2032-01-01T00:00:00Z"}"#, false),
        (r#"{start: "2031-01-01T00:00:00Z", end: "2032-03-01T00:00:00Z"}"#, true),
        (r#"{start: "2027-02-01T00:00:00Z", end: "2027-02-01T00:00:00Z"}"#, true),
        (r#"{start: "2020-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z"}"#, true),
    ] {
        let reply =
            app.actor("planner@ostallgaeu").ask(&format!("{{ agenda(between: {window}) {{ totalCount }} }}")).await;
        assert_eq!(reply.codes().contains(&"BAD_USER_INPUT".to_owned()), refused, "{window}: {}", reply.text);
    }
}

async fn its_statements_do_not_grow_with_series_and_dates(app: TestApp) {
    let query = r#"{ agenda(first: 100, between: {start: "2027-06-01T00:00:00Z", end: "2027-07-01T00:00:00Z"}) {
        totalCount nodes { start entry { id calendar { name } tenant { slug } } } } }"#;
    let planner = app.actor("planner@ostallgaeu");
    let input = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "One",
        "time": { "timed": { "start": "2027-06-01T09:00", "end": "2027-06-01T10:00" } },
        "recurrence": { "rule": "FREQ=DAILY;COUNT=2" } });
    planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let small = planner.ask(query).await;
    assert_eq!(small.data()["agenda"]["totalCount"], 2);
    crowd(&app).await;
    let large = planner.ask(query).await;
    assert_eq!(large.data()["agenda"]["totalCount"], 122);
    assert_eq!(large.statements(), small.statements());
}
