//! Busy times across authorities, and calendars as JSCalendar.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verbund_tests::{Case, Client, TestApp, cases, python};

use super::feeds::{address, fill, get, header};

pub fn cases() -> Vec<Case> {
    cases!["busy";
        busy_times_are_merged_at_what_the_viewer_may_know,
        busy_times_of_nobody_are_refused,
        ideas_and_what_was_called_off_take_no_time,
        a_deadline_takes_no_time_at_any_door,
        dates_of_series_take_time_and_windows_are_bounded,
        busy_times_are_the_agenda_without_words,
        busy_times_are_told_to_other_programs,
        a_public_calendar_is_told_as_jscalendar,
    ]
}

const FEBRUARY: &str = r#"{"start": "2027-02-01T00:00:00Z", "end": "2027-03-01T00:00:00Z"}"#;

async fn busy(client: &Client, app: &TestApp, tenants: &[&str], between: &str) -> Vec<String> {
    let query = "query($tenants: [ID!]!, $between: DateTimeRange!) { freeBusy(tenants: $tenants, between: $between) {
        start end kind tenant { slug } } }";
    let tenants: Vec<_> = tenants.iter().map(|it| app.world.id(&format!("tenant.{it}"))).collect();
    let between: Value = serde_json::from_str(between).expect("a window");
    let data = client.send(query, json!({ "tenants": tenants, "between": between })).await.data();
    let word =
        |it: &Value, name: &str| it[name].as_str().expect("a word").replace(":00+00:00", "").replace("2027-", "");
    let line = |it: &Value| {
        format!(
            "{} {}/{} {}",
            it["tenant"]["slug"].as_str().expect("a slug"),
            word(it, "start"),
            word(it, "end"),
            word(it, "kind")
        )
    };
    data["freeBusy"].as_array().expect("intervals").iter().map(line).collect()
}

async fn busy_times_of_nobody_are_refused(app: TestApp) {
    let query = format!(
        "{{ freeBusy(tenants: [], between: {}) {{ start }} }}",
        FEBRUARY.replace("\"start\"", "start").replace("\"end\"", "end")
    );
    assert_eq!(app.actor("planner@ostallgaeu").ask(&query).await.refusals(), ["BAD_USER_INPUT REQUIRED tenants"]);
}

async fn busy_times_are_merged_at_what_the_viewer_may_know(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    // Beside counselling day (2 February, 9 to 11 o'clock): one that overlaps, one that touches.
    for (start, end) in [("10:00", "12:00"), ("12:00", "13:00")] {
        let input = json!({ "calendar": app.world.id("calendar.oal.orientation"), "title": "More", "confidentiality": "PARTNER",
            "time": { "timed": { "start": format!("2027-02-02T{start}"), "end": format!("2027-02-02T{end}") } } });
        owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    }
    let partner = app.actor("planner@kaufbeuren");
    let seen = busy(&partner, &app, &["ostallgaeu", "kaufbeuren"], FEBRUARY).await;
    let expected = [
        "ostallgaeu 02-02T08:00/02-02T12:00 BUSY",
        "ostallgaeu 02-04T08:00/02-04T10:00 BUSY",
        "ostallgaeu 02-08T08:00/02-08T10:00 BUSY",
        "ostallgaeu 02-09T08:00/02-09T10:00 BUSY",
        "kaufbeuren 02-11T08:00/02-11T10:00 BUSY",
        "kaufbeuren 02-12T08:00/02-12T10:00 BUSY",
    ];
    assert_eq!(seen, expected);
    let public = ["ostallgaeu 02-08T08:00/02-08T10:00 BUSY"];
    assert_eq!(busy(&app.anonymous(), &app, &["ostallgaeu", "kaufbeuren", "memmingen"], FEBRUARY).await, public);
    assert_eq!(busy(&app.actor("admin@lindau"), &app, &["ostallgaeu"], FEBRUARY).await, public);
    // What is not sure is said where a summary would say it; a partner that sees only BUSY learns only that.
    let tentative = json!({ "id": app.world.id("entry.oal.orientation.fair"), "version": 1, "status": "TENTATIVE" });
    owner.mutate("calendarEntryUpdate", tentative, "calendarEntry { id }").await;
    let fair = |kind| format!("ostallgaeu 02-04T08:00/02-04T10:00 {kind}");
    assert!(busy(&owner, &app, &["ostallgaeu"], FEBRUARY).await.contains(&fair("BUSY_TENTATIVE")));
    assert!(busy(&partner, &app, &["ostallgaeu"], FEBRUARY).await.contains(&fair("BUSY")));
}

async fn ideas_and_what_was_called_off_take_no_time(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    let idea = "ostallgaeu 02-05T08:00/02-05T10:00 BUSY".to_owned();
    let meeting = "ostallgaeu 02-01T08:00/02-01T10:00 BUSY".to_owned();
    let seen = busy(&owner, &app, &["ostallgaeu"], FEBRUARY).await;
    assert!(!seen.contains(&idea) && seen.contains(&meeting), "{seen:?}");
    let cancel = json!({ "id": app.world.id("entry.oal.office.meeting"), "version": 1 });
    owner.mutate("calendarEntryCancel", cancel, "calendarEntry { id }").await;
    assert!(!busy(&owner, &app, &["ostallgaeu"], FEBRUARY).await.contains(&meeting));
}

async fn a_deadline_takes_no_time_at_any_door(app: TestApp) {
    let (owner, partner) = (app.actor("planner@ostallgaeu"), app.actor("planner@kaufbeuren"));
    for (kind, hour) in [("DEADLINE", 13), ("MEETING", 15)] {
        let input = json!({ "calendar": app.world.id("calendar.oal.orientation"), "title": kind, "kind": kind,
            "status": "CONFIRMED", "confidentiality": "PARTNER",
            "time": { "timed": { "start": format!("2027-02-16T{hour}:00"), "end": format!("2027-02-16T{}:00", hour + 1) } } });
        owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    }
    let of_day = async |client: &Client| {
        let mut all = busy(client, &app, &["ostallgaeu"], FEBRUARY).await;
        all.retain(|it| it.contains("02-16"));
        all
    };
    let meeting = "ostallgaeu 02-16T14:00/02-16T15:00 BUSY";
    assert_eq!(of_day(&owner).await, [meeting], "a last day takes no time");
    // To whom learns only that time is taken it is not there: in no list, no count and no feed.
    assert_eq!(of_day(&partner).await, [meeting]);
    let query =
        "query($of: [ID!]) { calendarEntries(between: {start: \"2027-02-16T00:00:00Z\", end: \"2027-02-17T00:00:00Z\"},
        filter: {calendars: $of}) { totalCount nodes { id } } }";
    let of = json!([app.world.id("calendar.oal.orientation")]);
    for (client, seen) in [(&partner, 1), (&owner, 2)] {
        let data = client.send(query, json!({ "of": of })).await.data();
        let nodes = data["calendarEntries"]["nodes"].as_array().map(Vec::len);
        assert_eq!((nodes, &data["calendarEntries"]["totalCount"]), (Some(seen), &json!(seen)));
    }
    for (subject, seen, free) in [("planner@kaufbeuren", 1, 0), ("planner@ostallgaeu", 2, 1)] {
        let secret = crate::subscriptions::feed(&app, subject, json!({ "calendars": of })).await;
        let text = app.server().get(&format!("/feeds/{secret}.ics")).await.2;
        let events: Vec<_> = text.split("BEGIN:VEVENT").filter(|it| it.contains("20270216T")).collect();
        let transparent = events.iter().filter(|it| it.contains("TRANSP:TRANSPARENT")).count();
        assert_eq!((events.len(), transparent), (seen, free), "{subject}: {text}");
    }
}

async fn dates_of_series_take_time_and_windows_are_bounded(app: TestApp) {
    let owner = app.actor("planner@ostallgaeu");
    let input = json!({ "calendar": app.world.id("calendar.oal.office"), "title": "Weekly", "recurrence": { "rule": "FREQ=WEEKLY" },
        "time": { "timed": { "start": "2027-03-22T09:00", "end": "2027-03-22T10:00" } } });
    owner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let weeks = r#"{"start": "2027-03-22T08:30:00Z", "end": "2027-04-05T00:00:00Z"}"#;
    let expected = ["ostallgaeu 03-22T08:30/03-22T09:00 BUSY", "ostallgaeu 03-29T07:00/03-29T08:00 BUSY"];
    assert_eq!(busy(&owner, &app, &["ostallgaeu"], weeks).await, expected, "cut to the window, nine o'clock stays");
    let query = "query($tenants: [ID!]!, $between: DateTimeRange!) { freeBusy(tenants: $tenants, between: $between) { start } }";
    let tenants = json!([app.world.id("tenant.ostallgaeu")]);
    for (tenants, start, end, refused) in [
        (&tenants, "2027-01-01T00:00:00Z", "2028-01-03T00:00:00Z", "OUT_OF_RANGE between.end"),
        (&tenants, "2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "OUT_OF_RANGE between.end"),
        // Dates of series are known no farther.
        (&tenants, "2032-01-01T00:00:00Z", "2032-01-15T10:00:01Z", "OUT_OF_RANGE between.end"),
        (
            &json!([app.world.id("calendar.oal.office")]),
            "2027-01-01T00:00:00Z",
            "2027-02-01T00:00:00Z",
            "INVALID tenants",
        ),
    ] {
        let variables = json!({ "tenants": tenants, "between": { "start": start, "end": end } });
        assert_eq!(owner.send(query, variables).await.refusals(), [format!("BAD_USER_INPUT {refused}")]);
    }
}

async fn busy_times_are_the_agenda_without_words(app: TestApp) {
    // Every date of the world has a day of its own, so nothing is merged.
    for subject in
        ["planner@ostallgaeu", "planner@kaufbeuren", "counsellor@ostallgaeu", "viewer@memmingen", "admin@lindau", ""]
    {
        let client = if subject.is_empty() { app.anonymous() } else { app.actor(subject) };
        let query = format!("{{ agenda(first: 100, between: {}) {{ nodes {{ start entry {{ __typename ... on CalendarEntrySummary {{ status }}
            ... on CalendarEntryFull {{ status }} }} }} }} }}", FEBRUARY.replace("\"start\"", "start").replace("\"end\"", "end"));
        let data = client.ask(&query).await.data();
        let taken = |it: &&Value| it["entry"]["status"] != "IDEA";
        let agenda: BTreeSet<_> = data["agenda"]["nodes"]
            .as_array()
            .expect("nodes")
            .iter()
            .filter(taken)
            .map(|it| it["start"].as_str().expect("a time")[5..16].to_owned())
            .collect();
        let all = busy(&client, &app, &["ostallgaeu", "kaufbeuren", "memmingen", "lindau"], FEBRUARY).await;
        let own: BTreeSet<_> = all.iter().map(|it| it.split([' ', '/']).nth(1).expect("a start").to_owned()).collect();
        assert_eq!(own, agenda, "{subject}");
    }
}

async fn busy_times_are_told_to_other_programs(app: TestApp) {
    let secret = app.world.id("secret.planner@ostallgaeu");
    let (status, headers, text) = get(app.server(), &format!("/feeds/{secret}.ifb"), &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (200, "text/calendar; charset=utf-8"));
    let text = text.replace("\r\n ", "");
    for line in ["BEGIN:VFREEBUSY", "DTSTART:20270115T000000Z", "DTEND:20280116T000000Z"] {
        assert!(text.contains(&format!("{line}\r\n")), "{line}: {text}");
    }
    let tentative = "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270207T080000Z/20270207T100000Z\r\n";
    assert!(text.contains(tentative) && text.contains("20270201T080000Z/20270201T100000Z"), "{text}");
    assert!(!text.contains("20270205T080000Z"), "an idea takes no time: {text}");
    let public = address(&app, "oal.public").replace(".ics", ".ifb");
    let (status, _, text) = get(app.server(), &public, &[]).await;
    assert!(status == 200 && text.contains("FREEBUSY;FBTYPE=BUSY:20270208T080000Z/20270208T100000Z\r\n"), "{text}");
    for hidden in ["oal.office", "oal.orientation"] {
        for ending in [".ifb", ".json"] {
            let path = address(&app, hidden).replace(".ics", ending);
            assert_eq!(get(app.server(), &path, &[]).await.0, 404, "{path}");
        }
    }
    if python::is_there() {
        let seen = python::run("freebusy.py", &json!({ "calendar": text }).to_string()).await;
        assert_eq!(seen, json!([["BUSY", "2027-02-08T08:00:00Z", "2027-02-08T10:00:00Z"]]));
    }
}

async fn a_public_calendar_is_told_as_jscalendar(app: TestApp) {
    fill(&app).await;
    let path = address(&app, "oal.public").replace(".ics", ".json");
    let (status, headers, text) = get(app.server(), &path, &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (200, "application/jscalendar+json;type=group"));
    for secret in ["Vorbesprechung", "Hinterzimmer"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let group: Value = serde_json::from_str(&text).expect("json");
    assert_eq!((&group["@type"], &group["title"]), (&json!("Group"), &json!("oal.public")));
    let entry = |title: &str| {
        let entries = group["entries"].as_array().expect("entries");
        entries.iter().find(|it| it["title"] == title).unwrap_or_else(|| panic!("{title}: {text}"))
    };
    let series = entry("Sprechstunde; für Eltern, ohne Anmeldung");
    assert_eq!(series["@type"], "Event");
    let rule = json!([{ "@type": "RecurrenceRule", "frequency": "weekly", "until": "2027-04-30T23:59:59" }]);
    assert_eq!(series["recurrenceRules"], rule);
    assert_eq!((&series["start"], &series["timeZone"]), (&json!("2027-03-16T09:00:00"), &json!("Europe/Berlin")));
    assert_eq!((&series["duration"], &series["status"]), (&json!("PT1H"), &json!("confirmed")));
    assert_eq!(series["locations"], json!({ "1": { "@type": "Location", "name": "Bildungsbüro" } }));
    let expected = json!({
        "2027-03-23T09:00:00": { "excluded": true },
        "2027-03-25T17:00:00": {},
        "2027-03-30T09:00:00": { "start": "2027-03-31T15:00:00", "title": "Im Rathaus" },
        "2027-04-06T09:00:00": { "status": "cancelled", "freeBusyStatus": "free" },
    });
    assert_eq!(series["recurrenceOverrides"], expected);
    let days = entry("Ferien");
    assert_eq!((&days["start"], &days["duration"]), (&json!("2027-05-03T00:00:00"), &json!("P5D")));
    assert_eq!((&days["showWithoutTime"], days.get("timeZone")), (&json!(true), None));
    let tag = header(&headers, "etag");
    assert_eq!(get(app.server(), &path, &[("if-none-match", tag)]).await.0, 304);
}
