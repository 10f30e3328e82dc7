//! When entries are: clock times, whole days, zones, and the two hours a year that are different.

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["calendars::times";
        clock_times_are_those_of_the_calendars_zone,
        an_entry_may_name_its_own_zone,
        the_hour_that_the_clock_skips_is_read_with_the_offset_before_it,
        the_hour_that_the_clock_shows_twice_means_the_first,
        whole_days_include_the_last,
        the_day_on_which_the_clock_changes_has_its_own_length,
        an_end_before_its_start_is_refused,
        an_entry_lasts_a_year_at_most,
        what_is_no_time_is_refused_by_its_type,
    ]
}

const TIME: &str = "calendarEntry { start end startLocal endLocal allDay firstDay lastDay timeZone }";

async fn create(app: &TestApp, time: Value) -> Value {
    let input = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "Zeit", "time": time });
    app.actor("planner@ostallgaeu").try_mutate("calendarEntryCreate", input, TIME).await
}

/// Start and end as instants.
async fn instants(app: &TestApp, time: Value) -> [String; 2] {
    let made = create(app, time).await;
    assert_eq!(made["userErrors"], json!([]));
    ["start", "end"].map(|it| made["calendarEntry"][it].as_str().expect("an instant").replace("+00:00", "Z"))
}

fn timed(start: &str, end: &str) -> Value {
    json!({ "timed": { "start": start, "end": end } })
}

fn days(first: &str, last: &str) -> Value {
    json!({ "allDay": { "firstDay": first, "lastDay": last } })
}

async fn clock_times_are_those_of_the_calendars_zone(app: TestApp) {
    let made = create(&app, timed("2027-07-01T09:00", "2027-07-01T11:30:15")).await;
    let expected = json!({
        "start": "2027-07-01T07:00:00+00:00", "end": "2027-07-01T09:30:15+00:00",
        "startLocal": "2027-07-01T09:00:00", "endLocal": "2027-07-01T11:30:15",
        "allDay": false, "firstDay": null, "lastDay": null, "timeZone": "Europe/Berlin",
    });
    assert_eq!(made["calendarEntry"], expected);
    // Nine o'clock stays nine o'clock.
    let winter = instants(&app, timed("2026-03-28T09:00", "2026-03-28T10:00")).await;
    assert_eq!(winter, ["2026-03-28T08:00:00Z", "2026-03-28T09:00:00Z"]);
    let summer = instants(&app, timed("2026-03-30T09:00", "2026-03-30T10:00")).await;
    assert_eq!(summer, ["2026-03-30T07:00:00Z", "2026-03-30T08:00:00Z"]);
}

async fn an_entry_may_name_its_own_zone(app: TestApp) {
    let mut time = timed("2027-07-01T09:00", "2027-07-01T10:00");
    time["timed"]["timeZone"] = json!("America/New_York");
    let made = create(&app, time).await["calendarEntry"].clone();
    assert_eq!(
        (&made["start"], &made["startLocal"]),
        (&json!("2027-07-01T13:00:00+00:00"), &json!("2027-07-01T09:00:00"))
    );
    assert_eq!(made["timeZone"], "America/New_York");
}

async fn the_hour_that_the_clock_skips_is_read_with_the_offset_before_it(app: TestApp) {
    let made = create(&app, timed("2026-03-29T02:30", "2026-03-29T04:00")).await["calendarEntry"].clone();
    assert_eq!(
        (&made["start"], &made["end"]),
        (&json!("2026-03-29T01:30:00+00:00"), &json!("2026-03-29T02:00:00+00:00"))
    );
    assert_eq!(made["startLocal"], "2026-03-29T02:30:00", "what people wrote stays");
    let skipped = instants(&app, timed("2026-03-29T02:30", "2026-03-29T03:00")).await;
    assert_eq!(skipped, ["2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z"], "as long as people wrote");
}

async fn the_hour_that_the_clock_shows_twice_means_the_first(app: TestApp) {
    let twice = instants(&app, timed("2026-10-25T02:30", "2026-10-25T03:30")).await;
    assert_eq!(twice, ["2026-10-25T00:30:00Z", "2026-10-25T02:30:00Z"]);
}

async fn whole_days_include_the_last(app: TestApp) {
    let made = create(&app, days("2027-05-01", "2027-05-03")).await;
    let expected = json!({
        "start": "2027-04-30T22:00:00+00:00", "end": "2027-05-03T22:00:00+00:00",
        "startLocal": "2027-05-01T00:00:00", "endLocal": "2027-05-04T00:00:00",
        "allDay": true, "firstDay": "2027-05-01", "lastDay": "2027-05-03", "timeZone": "Europe/Berlin",
    });
    assert_eq!(made["calendarEntry"], expected);
    let one = create(&app, json!({ "allDay": { "firstDay": "2027-05-01" } })).await["calendarEntry"].clone();
    assert_eq!((&one["firstDay"], &one["lastDay"]), (&json!("2027-05-01"), &json!("2027-05-01")));
}

async fn the_day_on_which_the_clock_changes_has_its_own_length(app: TestApp) {
    let spring = instants(&app, days("2026-03-29", "2026-03-29")).await;
    assert_eq!(spring, ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"], "23 hours");
    let autumn = instants(&app, days("2026-10-25", "2026-10-25")).await;
    assert_eq!(autumn, ["2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"], "25 hours");
}

async fn an_end_before_its_start_is_refused(app: TestApp) {
    for (time, field) in [
        (timed("2027-05-01T09:00", "2027-05-01T09:00"), "time.timed.end"),
        (timed("2027-05-01T09:00", "2027-05-01T08:59:59"), "time.timed.end"),
        (days("2027-05-02", "2027-05-01"), "time.allDay.lastDay"),
    ] {
        assert_eq!(said(&create(&app, time).await), [format!("OUT_OF_RANGE {field}")]);
    }
}

async fn an_entry_lasts_a_year_at_most(app: TestApp) {
    for (time, expected) in [
        (days("2027-01-01", "2028-01-01"), vec![]),
        (days("2027-01-01", "2028-01-02"), vec!["OUT_OF_RANGE time.allDay.lastDay"]),
        (timed("2027-01-01T09:00", "2028-01-02T09:00"), vec![]),
        (timed("2027-01-01T09:00", "2028-01-02T09:00:01"), vec!["OUT_OF_RANGE time.timed.end"]),
        (days("1899-12-31", "1899-12-31"), vec!["OUT_OF_RANGE time.allDay.lastDay"]),
        (days("1900-01-01", "1900-01-01"), vec![]),
        (days("2200-12-31", "2200-12-31"), vec![]),
        (days("2201-01-01", "2201-01-01"), vec!["OUT_OF_RANGE time.allDay.lastDay"]),
    ] {
        assert_eq!(said(&create(&app, time.clone()).await), expected, "{time}");
    }
}

async fn what_is_no_time_is_refused_by_its_type(app: TestApp) {
    let zone =
        |name: &str| json!({ "timed": { "start": "2027-05-01T09:00", "end": "2027-05-01T10:00", "timeZone": name } });
    for time in [
        timed("2027-05-01T09:00Z", "2027-05-01T10:00Z"),
        timed("2027-02-29T09:00", "2027-05-01T10:00"),
        timed("2027-05-01", "2027-05-02"),
        json!({ "allDay": { "firstDay": "1.5.2027" } }),
        json!({ "allDay": { "firstDay": "2027-02-29" } }),
        zone("Berlin"),
        json!({}),
        json!({ "allDay": { "firstDay": "2027-05-01" }, "timed": { "start": "2027-05-01T09:00", "end": "2027-05-01T10:00" } }),
    ] {
        let input = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "Zeit", "time": time });
        let query = "mutation M($input: CalendarEntryCreateInput!) { calendarEntryCreate(input: $input) { userErrors { code } } }";
        let reply = app.actor("planner@ostallgaeu").send(query, json!({ "input": input })).await;
        assert!(!reply.codes().is_empty() && reply.codes().iter().all(|it| it == "BAD_USER_INPUT"), "{}", reply.text);
    }
}
