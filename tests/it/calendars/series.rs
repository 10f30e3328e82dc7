//! Series: their rules, and changes of one date, of the rest, of all.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, Client, TestApp, cases, row_of};

use super::sees;

pub fn cases() -> Vec<Case> {
    cases!["calendars::series";
        weekly_at_nine_stays_at_nine_across_both_changes_of_the_clock,
        half_past_two_is_read_with_the_offset_before_the_gap_and_as_the_first_of_two,
        whole_days_recur_as_days,
        what_is_no_rule_is_refused_with_its_part,
        an_old_series_says_from_when_on_its_dates_are_known,
        one_date_is_changed_and_the_others_stay,
        one_date_is_called_off_and_stays_in_sight,
        a_date_and_all_that_follow_become_a_series_of_their_own,
        calling_off_the_rest_keeps_what_was,
        all_of_a_series_moves_with_its_changed_dates,
        a_series_becomes_a_single_entry_without_a_loss,
        two_who_change_dates_of_one_series_at_once_hear_of_each_other,
        dates_have_the_audience_of_their_series_always,
        partners_never_change_a_date,
        a_date_does_not_name_a_series_that_is_hidden,
    ]
}

const MADE: &str = "calendarEntry { id title version status start seriesId seriesDate
    recurrence { rule extraDates exceptDates materializedUntil } }";

fn planner(app: &TestApp) -> Client {
    app.actor("planner@ostallgaeu")
}

/// A series in a calendar of Ostallgäu's: every Tuesday of March 2027 from nine to ten, with more input.
async fn tuesdays(app: &TestApp, calendar: &str, more: Value) -> Value {
    let mut input = json!({
        "calendar": app.world.id(&format!("calendar.{calendar}")), "title": "Open counselling",
        "time": { "timed": { "start": "2027-03-02T09:00", "end": "2027-03-02T10:00" } },
        "recurrence": { "rule": "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331" },
    });
    input.as_object_mut().expect("an input").extend(more.as_object().cloned().unwrap_or_default());
    planner(app).mutate("calendarEntryCreate", input, MADE).await["calendarEntry"].clone()
}

/// Every date that `subject` sees in the agenda of a calendar: start on the clock, title, status.
async fn dates(app: &TestApp, subject: &str, calendar: &str) -> Vec<String> {
    let query = "query($calendar: ID!, $after: String) { agenda(first: 20, after: $after,
        between: {start: \"2026-01-01T00:00:00Z\", end: \"2029-01-01T00:00:00Z\"}, filter: {calendars: [$calendar]}) {
        nodes { startLocal entry { __typename ... on CalendarEntrySummary { title status }
        ... on CalendarEntryFull { title status } } } pageInfo { hasNextPage endCursor } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "calendar": app.world.id(&format!("calendar.{calendar}")), "after": after });
        let page = app.actor(subject).send(query, variables).await.data()["agenda"].clone();
        for node in page["nodes"].as_array().expect("nodes") {
            let title = node["entry"]["title"].as_str().unwrap_or("-");
            if !title.starts_with("Title of") {
                let status = node["entry"]["status"].as_str().unwrap_or("-");
                found.push(format!("{} {title} {status}", node["startLocal"].as_str().expect("a time")));
            }
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn own(app: &TestApp) -> Vec<String> {
    dates(app, "planner@ostallgaeu", "oal.office").await
}

async fn update(app: &TestApp, entry: &Value, version: i32, change: Value) -> Value {
    let mut input = json!({ "id": entry["id"], "version": version });
    input.as_object_mut().expect("an input").extend(change.as_object().cloned().unwrap_or_default());
    planner(app).try_mutate("calendarEntryUpdate", input, MADE).await
}

/// Instants of the dates of a series.
async fn instants(app: &TestApp, time: Value, rule: &str) -> Vec<String> {
    let input = json!({
        "calendar": app.world.id("calendar.oal.office"), "title": "Series", "time": time, "recurrence": { "rule": rule },
    });
    planner(app).mutate("calendarEntryCreate", input, MADE).await;
    let query = "query($calendar: ID!) { agenda(first: 100, filter: {calendars: [$calendar], text: \"Series\"},
        between: {start: \"2026-01-01T00:00:00Z\", end: \"2029-01-01T00:00:00Z\"}) { nodes { start end } } }";
    let data = planner(app).send(query, json!({ "calendar": app.world.id("calendar.oal.office") })).await.data();
    let nodes = data["agenda"]["nodes"].as_array().expect("nodes");
    let text = |it: &Value| it.as_str().expect("an instant").replace(":00+00:00", "Z");
    nodes.iter().map(|it| format!("{} {}", text(&it["start"]), &text(&it["end"])[11..])).collect()
}

async fn weekly_at_nine_stays_at_nine_across_both_changes_of_the_clock(app: TestApp) {
    let time = json!({ "timed": { "start": "2026-03-22T09:00", "end": "2026-03-22T10:00" } });
    let found = instants(&app, time, "FREQ=WEEKLY;COUNT=3").await;
    assert_eq!(found, ["2026-03-22T08:00Z 09:00Z", "2026-03-29T07:00Z 08:00Z", "2026-04-05T07:00Z 08:00Z"]);
    let time = json!({ "timed": { "start": "2026-10-18T09:00", "end": "2026-10-18T10:00" } });
    let found = instants(&app, time, "FREQ=WEEKLY;UNTIL=20261101T080000Z").await;
    assert_eq!(found[3..], ["2026-10-18T07:00Z 08:00Z", "2026-10-25T08:00Z 09:00Z", "2026-11-01T08:00Z 09:00Z"]);
}

async fn half_past_two_is_read_with_the_offset_before_the_gap_and_as_the_first_of_two(app: TestApp) {
    let time = json!({ "timed": { "start": "2026-03-28T02:30", "end": "2026-03-28T03:15" } });
    let found = instants(&app, time, "FREQ=DAILY;COUNT=3").await;
    // On the 29th the clock goes from two to three: 02:30 is 03:30, as long as on other days.
    assert_eq!(found, ["2026-03-28T01:30Z 02:15Z", "2026-03-29T01:30Z 02:15Z", "2026-03-30T00:30Z 01:15Z"]);
    let time = json!({ "timed": { "start": "2026-10-24T02:30", "end": "2026-10-24T03:15" } });
    let found = instants(&app, time, "FREQ=DAILY;COUNT=3").await;
    // On the 25th the clock shows 02:30 twice: the first is meant, and the end is when the clock shows it.
    assert_eq!(found[3..], ["2026-10-24T00:30Z 01:15Z", "2026-10-25T00:30Z 02:15Z", "2026-10-26T01:30Z 02:15Z"]);
}

async fn whole_days_recur_as_days(app: TestApp) {
    let time = json!({ "allDay": { "firstDay": "2026-03-28", "lastDay": "2026-03-29" } });
    let found = instants(&app, time, "FREQ=MONTHLY;BYDAY=-1SA;COUNT=2").await;
    assert_eq!(found, ["2026-03-27T23:00Z 22:00Z", "2026-04-24T22:00Z 22:00Z"]);
}

async fn what_is_no_rule_is_refused_with_its_part(app: TestApp) {
    for (recurrence, expected, word) in [
        (json!({ "rule": "FREQ=HOURLY" }), "INVALID recurrence.rule", "FREQ=HOURLY"),
        (json!({ "rule": "FREQ=WEEKLY;BYDAY=XX" }), "INVALID recurrence.rule", "BYDAY=XX"),
        (json!({ "rule": "FREQ=WEEKLY;BYHOUR=9" }), "INVALID recurrence.rule", "BYHOUR=9"),
        (json!({ "rule": "WEEKLY" }), "INVALID recurrence.rule", "WEEKLY"),
        (json!({ "rule": "FREQ=DAILY;COUNT=2;UNTIL=20280101" }), "INVALID recurrence.rule", "COUNT"),
        (json!({ "rule": "X".repeat(501) }), "TOO_LONG recurrence.rule", "500"),
        (json!({ "rule": "every Tuesday" }), "INVALID recurrence.rule", "“every Tuesday” is no part"),
        (json!({ "rule": "every Tuesday" }), "INVALID recurrence.rule", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20271231"),
        (json!({ "rule": "FREQ=DAILY;COUNT=100001" }), "INVALID recurrence.rule", "from 1 to 100,000"),
        (json!({ "rule": "FREQ=DAILY;UNTIL=20270301" }), "INVALID recurrence.rule", "UNTIL=20270301T235959"),
        (json!({ "rule": "FREQ=DAILY;UNTIL=20270301" }), "INVALID recurrence.rule", "before the entry starts"),
        (
            json!({ "extraDates": vec!["2027-03-03T09:00"; 3], "exceptDates": ["2027-03-02T09:00", "2027-03-03T09:00"] }),
            "INVALID recurrence",
            "Nothing",
        ),
    ] {
        let input = json!({
            "calendar": app.world.id("calendar.oal.office"), "title": "Wrong", "recurrence": recurrence,
            "time": { "timed": { "start": "2027-03-02T09:00", "end": "2027-03-02T10:00" } },
        });
        let told = planner(&app).speaking("en").try_mutate("calendarEntryCreate", input, MADE).await;
        assert_eq!(said(&told), [expected], "{recurrence}");
        assert!(told["userErrors"][0]["message"].as_str().is_some_and(|it| it.contains(word)), "{told}");
    }
    assert_eq!(own(&app).await, Vec::<String>::new(), "nothing was kept");
}

async fn an_old_series_says_from_when_on_its_dates_are_known(app: TestApp) {
    let made = async |calendar: &str, start: &str, rule: &str| {
        let input = json!({
            "calendar": app.world.id(&format!("calendar.{calendar}")), "title": "Series", "recurrence": { "rule": rule },
            "time": { "timed": { "start": format!("{start}T09:00"), "end": format!("{start}T10:00") } },
        });
        let selection = "calendarEntry { id recurrence { materializedFrom materializedUntil } }";
        planner(&app).mutate("calendarEntryCreate", input, selection).await["calendarEntry"].clone()
    };
    for (start, rule, from) in [
        ("2027-03-01", "FREQ=DAILY", "2027-03-01T08:00:00+00:00"),
        ("1990-01-01", "FREQ=WEEKLY", "1990-01-01T08:00:00+00:00"),
        // The latest 5,000 days up to ten years from now.
        ("1990-01-01", "FREQ=DAILY", "2023-05-10T07:00:00+00:00"),
    ] {
        let entry = made("oal.office", start, rule).await;
        assert_eq!(entry["recurrence"]["materializedFrom"], from, "{start} {rule}");
    }
    // Who sees no more than that time is taken sees how it recurs, and not when that was last written.
    let entry = made("oal.orientation", "2027-03-01", "FREQ=DAILY").await;
    let query = "query($id: ID!) { calendarEntry(id: $id) { __typename recurrence { rule materializedFrom materializedUntil } } }";
    let data = app.actor("planner@kaufbeuren").send(query, json!({ "id": entry["id"] })).await.data();
    let expected = json!({
        "__typename": "CalendarEntryBusy",
        "recurrence": { "rule": "FREQ=DAILY", "materializedFrom": "2027-03-01T08:00:00+00:00",
            "materializedUntil": "2032-01-15T10:00:00+00:00" },
    });
    assert_eq!(data["calendarEntry"], expected);
}

async fn one_date_is_changed_and_the_others_stay(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({})).await;
    assert_eq!(series["recurrence"]["rule"], "FREQ=WEEKLY;UNTIL=20270331T235959;BYDAY=TU");
    let change = json!({
        "apply": "THIS", "occurrence": "2027-03-16T09:00", "title": "Later that day",
        "time": { "timed": { "start": "2027-03-16T15:00", "end": "2027-03-16T16:00" } },
    });
    let made = update(&app, &series, 1, change.clone()).await;
    assert_eq!(made["userErrors"], json!([]));
    let date = &made["calendarEntry"];
    assert_eq!((&date["seriesId"], &date["seriesDate"]), (&series["id"], &json!("2027-03-16T09:00:00")));
    assert_eq!((&date["recurrence"], &date["title"]), (&Value::Null, &json!("Later that day")));
    let expected = [
        "2027-03-02T09:00:00 Open counselling CONFIRMED",
        "2027-03-09T09:00:00 Open counselling CONFIRMED",
        "2027-03-16T15:00:00 Later that day CONFIRMED",
        "2027-03-23T09:00:00 Open counselling CONFIRMED",
        "2027-03-30T09:00:00 Open counselling CONFIRMED",
    ];
    assert_eq!(own(&app).await, expected);
    // It is an entry of its own from now on, with its own version.
    assert_eq!(said(&update(&app, &series, 2, change.clone()).await), ["CONFLICT occurrence"]);
    let renamed = update(&app, date, 1, json!({ "title": "Even later" })).await;
    assert_eq!(renamed["calendarEntry"]["seriesId"], series["id"]);
    assert_eq!(
        said(&update(&app, date, 2, json!({ "recurrence": { "rule": "FREQ=DAILY" } })).await),
        ["INVALID recurrence"]
    );
    for (change, expected) in [
        (json!({ "apply": "THIS", "occurrence": "2027-03-17T09:00" }), "NOT_FOUND occurrence"),
        (json!({ "apply": "THIS" }), "REQUIRED occurrence"),
        (json!({ "occurrence": "2027-03-23T09:00" }), "INVALID occurrence"),
        (
            json!({ "apply": "THIS", "occurrence": "2027-03-23T09:00", "recurrence": { "rule": "FREQ=DAILY" } }),
            "INVALID recurrence",
        ),
    ] {
        assert_eq!(said(&update(&app, &series, 2, change.clone()).await), [expected], "{change}");
    }
    let single = json!({ "apply": "THIS", "occurrence": "2027-03-16T15:00" });
    assert_eq!(said(&update(&app, date, 2, single).await), ["INVALID occurrence"]);
}

async fn one_date_is_called_off_and_stays_in_sight(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({})).await;
    let input =
        json!({ "id": series["id"], "version": 1, "apply": "THIS", "occurrence": "2027-03-09T09:00", "reason": "ill" });
    let made = planner(&app).mutate("calendarEntryCancel", input, MADE).await;
    assert_eq!(
        (&made["calendarEntry"]["status"], &made["calendarEntry"]["seriesId"]),
        (&json!("CANCELLED"), &series["id"])
    );
    let found = own(&app).await;
    assert_eq!(found[1], "2027-03-09T09:00:00 Open counselling CANCELLED");
    assert_eq!(found.iter().filter(|it| it.ends_with("CONFIRMED")).count(), 4);
    let input = json!({ "id": series["id"], "version": 2, "reason": "all ill" });
    planner(&app).mutate("calendarEntryCancel", input, MADE).await;
    assert!(own(&app).await.iter().all(|it| it.ends_with("CANCELLED")));
}

async fn a_date_and_all_that_follow_become_a_series_of_their_own(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({ "recurrence": { "rule": "FREQ=WEEKLY;COUNT=6" } })).await;
    let one = json!({ "apply": "THIS", "occurrence": "2027-03-30T09:00", "title": "Special" });
    update(&app, &series, 1, one).await;
    let change = json!({
        "apply": "THIS_AND_FOLLOWING", "occurrence": "2027-03-23T09:00", "title": "Afternoons",
        "time": { "timed": { "start": "2027-03-23T14:00", "end": "2027-03-23T15:30" } },
    });
    let made = update(&app, &series, 2, change).await;
    assert_eq!(made["userErrors"], json!([]));
    assert_ne!(made["calendarEntry"]["id"], series["id"]);
    assert_eq!(made["calendarEntry"]["recurrence"]["rule"], "FREQ=WEEKLY;COUNT=3");
    let expected = [
        "2027-03-02T09:00:00 Open counselling CONFIRMED",
        "2027-03-09T09:00:00 Open counselling CONFIRMED",
        "2027-03-16T09:00:00 Open counselling CONFIRMED",
        "2027-03-23T14:00:00 Afternoons CONFIRMED",
        "2027-03-30T09:00:00 Special CONFIRMED",
        "2027-04-06T14:00:00 Afternoons CONFIRMED",
    ];
    assert_eq!(own(&app).await, expected);
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { version recurrence { rule } } } }";
    let head = planner(&app).send(query, json!({ "id": series["id"] })).await.data();
    assert_eq!(head["node"], json!({ "version": 3, "recurrence": { "rule": "FREQ=WEEKLY;UNTIL=20270323T085959" } }));
}

async fn calling_off_the_rest_keeps_what_was(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({})).await;
    let input =
        json!({ "id": series["id"], "version": 1, "apply": "THIS_AND_FOLLOWING", "occurrence": "2027-03-16T09:00" });
    planner(&app).mutate("calendarEntryCancel", input, MADE).await;
    let statuses: Vec<_> =
        own(&app).await.iter().map(|it| it.rsplit(' ').next().expect("a status").to_owned()).collect();
    assert_eq!(statuses, ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED", "CANCELLED"]);
}

async fn all_of_a_series_moves_with_its_changed_dates(app: TestApp) {
    let more = json!({ "recurrence": {
        "rule": "FREQ=WEEKLY;UNTIL=20270331", "exceptDates": ["2027-03-09T09:00"], "extraDates": ["2027-03-11T09:00"],
    } });
    let series = tuesdays(&app, "oal.office", more).await;
    for (version, date, title) in [(1, "2027-03-16T09:00", "A"), (2, "2027-03-23T09:00", "B")] {
        update(&app, &series, version, json!({ "apply": "THIS", "occurrence": date, "title": title })).await;
    }
    // A week later, for the first and so for all: A takes the place that B had.
    let time = json!({ "timed": { "start": "2027-03-09T08:00", "end": "2027-03-09T09:00" } });
    let moved = update(&app, &series, 3, json!({ "time": time })).await;
    assert_eq!(moved["userErrors"], json!([]));
    let recurrence = &moved["calendarEntry"]["recurrence"];
    assert_eq!(recurrence["rule"], "FREQ=WEEKLY;UNTIL=20270407T225959");
    assert_eq!(recurrence["exceptDates"], json!(["2027-03-16T08:00:00"]));
    let expected = [
        "2027-03-09T08:00:00 Open counselling CONFIRMED",
        "2027-03-16T09:00:00 A CONFIRMED",
        "2027-03-18T08:00:00 Open counselling CONFIRMED",
        "2027-03-23T09:00:00 B CONFIRMED",
        "2027-04-06T08:00:00 Open counselling CONFIRMED",
    ];
    assert_eq!(own(&app).await, expected, "their own times stay, and no date comes twice");
    // By another rule there is no such date any more: what was changed by itself stays all the same.
    let daily = update(&app, &series, 4, json!({ "recurrence": { "rule": "FREQ=DAILY;COUNT=2" } })).await;
    assert_eq!(daily["userErrors"], json!([]));
    let found = own(&app).await;
    assert_eq!(
        found.iter().map(|it| it.split(' ').nth(1).expect("a title")).collect::<Vec<_>>(),
        ["Open", "Open", "A", "B"]
    );
}

async fn a_series_becomes_a_single_entry_without_a_loss(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({})).await;
    update(&app, &series, 1, json!({ "apply": "THIS", "occurrence": "2027-03-16T09:00", "title": "Kept" })).await;
    let made = update(&app, &series, 2, json!({ "recurrence": null })).await;
    assert_eq!(made["calendarEntry"]["recurrence"], Value::Null);
    assert_eq!(
        own(&app).await,
        ["2027-03-02T09:00:00 Open counselling CONFIRMED", "2027-03-16T09:00:00 Kept CONFIRMED"]
    );
    let again = update(&app, &series, 3, json!({ "recurrence": { "extraDates": ["2027-03-04T09:00"] } })).await;
    assert_eq!(again["calendarEntry"]["recurrence"]["rule"], Value::Null);
    assert_eq!(own(&app).await.len(), 3);
}

async fn two_who_change_dates_of_one_series_at_once_hear_of_each_other(app: TestApp) {
    let series = tuesdays(&app, "oal.office", json!({})).await;
    let change = |date: &str| json!({ "apply": "THIS", "occurrence": date, "title": "Changed" });
    let (one, two) = tokio::join!(
        update(&app, &series, 1, change("2027-03-09T09:00")),
        update(&app, &series, 1, change("2027-03-16T09:00"))
    );
    let mut told = [said(&one), said(&two)];
    told.sort();
    assert_eq!(told, [vec![], vec!["STALE_VERSION version".to_owned()]]);
    assert_eq!(own(&app).await.len(), 5);
}

async fn dates_have_the_audience_of_their_series_always(app: TestApp) {
    let partner = "planner@kaufbeuren";
    let series = tuesdays(&app, "oal.counselling", json!({})).await;
    let id = series["id"].as_str().expect("an id");
    assert_eq!(dates(&app, partner, "oal.counselling").await.len(), 5);
    // The series becomes internal, and public again; its dates follow.
    update(&app, &series, 1, json!({ "confidentiality": "INTERNAL" })).await;
    assert_eq!(dates(&app, partner, "oal.counselling").await, Vec::<String>::new());
    update(&app, &series, 2, json!({ "confidentiality": "PARTNER" })).await;
    assert_eq!(dates(&app, partner, "oal.counselling").await.len(), 5);
    // What the share shows, the dates show; when it ends, they are gone.
    assert_eq!(sees(&app.actor(partner), &[id]).await, ["Summary"]);
    let input = json!({ "id": app.world.id("share.oal.counselling.a"), "version": 1 });
    app.actor("admin@ostallgaeu").mutate("shareEnd", input, "share { id }").await;
    assert_eq!(dates(&app, partner, "oal.counselling").await, Vec::<String>::new());
    assert_eq!(dates(&app, "planner@ostallgaeu", "oal.counselling").await.len(), 5);
    // The calendar itself is narrowed.
    let public = tuesdays(&app, "oal.public", json!({})).await;
    assert_eq!(public["version"], 1);
    assert_eq!(dates(&app, "viewer@lindau", "oal.public").await.len(), 5);
    let input = json!({ "id": app.world.id("calendar.oal.public"), "version": 1, "confidentiality": "INTERNAL" });
    planner(&app).mutate("calendarUpdate", input, "calendar { id }").await;
    assert_eq!(dates(&app, "viewer@lindau", "oal.public").await, Vec::<String>::new());
    assert_eq!(dates(&app, "planner@ostallgaeu", "oal.public").await.len(), 5);
}

async fn partners_never_change_a_date(app: TestApp) {
    let series = tuesdays(&app, "oal.counselling", json!({})).await;
    let hidden = tuesdays(&app, "oal.office", json!({})).await;
    for apply in ["THIS", "THIS_AND_FOLLOWING"] {
        for (entry, code) in [(&series, "FORBIDDEN id"), (&hidden, "NOT_FOUND id")] {
            let input = json!({ "id": entry["id"], "version": 1, "apply": apply, "occurrence": "2027-03-09T09:00" });
            let partner = app.actor("planner@kaufbeuren");
            let told = partner.try_mutate("calendarEntryCancel", input.clone(), "calendarEntry { id }").await;
            assert_eq!(said(&told), [code]);
            let told = partner.try_mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
            assert_eq!(said(&told), [code]);
        }
    }
}

async fn a_date_does_not_name_a_series_that_is_hidden(app: TestApp) {
    let series = tuesdays(&app, "oal.public", json!({ "confidentiality": "INTERNAL" })).await;
    let wider = json!({ "apply": "THIS", "occurrence": "2027-03-16T09:00", "title": "Open house", "confidentiality": "PUBLIC" });
    let date = update(&app, &series, 1, wider).await["calendarEntry"].clone();
    assert_eq!(date["seriesId"], series["id"], "its owner sees what it is of");
    let query = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { title seriesId seriesDate } } }";
    let seen = app.anonymous().send(query, json!({ "id": date["id"] })).await.data()["node"].clone();
    assert_eq!(seen, json!({ "title": "Open house", "seriesId": null, "seriesDate": null }));
    let path = format!("/public/calendars/{}.ics", app.world.id("calendar.oal.public"));
    let text = app.server().get(&path).await.2;
    let hidden = row_of(series["id"].as_str().expect("an id")).to_string();
    assert!(text.contains("Open house") && !text.contains("RECURRENCE-ID") && !text.contains(&hidden), "{text}");
}
