//! Calendars for programs that subscribe.

use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use verbund_tests::app::Server;
use verbund_tests::{Case, TestApp, cases, python};

pub fn cases() -> Vec<Case> {
    cases!["feeds";
        a_public_calendar_is_told_to_everybody,
        what_is_hidden_is_not_told_whoever_asks,
        a_calendar_that_was_public_is_gone,
        an_unchanged_calendar_is_not_sent_again,
        other_programs_read_the_dates_that_the_agenda_has,
        feeds_are_paid_from_the_budget_of_their_address,
    ]
}

/// Status, headers and body.
pub async fn get(server: &Server, path: &str, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, String) {
    let mut request = reqwest::Client::new().get(format!("{}{path}", server.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().await.expect("text"))
}

pub fn address(app: &TestApp, calendar: &str) -> String {
    format!("/public/calendars/{}.ics", app.world.id(&format!("calendar.{calendar}")))
}

pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |it| HeaderValue::to_str(it).expect("text"))
}

/// A series in the public calendar, one date of it changed and one called off, and an internal entry beside it.
pub async fn fill(app: &TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let calendar = app.world.id("calendar.oal.public");
    let input = json!({
        "calendar": calendar, "title": "Sprechstunde; für Eltern, ohne Anmeldung", "description": "Zeile eins\nZeile zwei",
        "location": "Bildungsbüro", "time": { "timed": { "start": "2027-03-16T09:00", "end": "2027-03-16T10:00" } },
        "recurrence": { "rule": "FREQ=WEEKLY;UNTIL=20270430", "exceptDates": ["2027-03-23T09:00"], "extraDates": ["2027-03-25T17:00"] },
    });
    let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let id = &made["calendarEntry"]["id"];
    let moved = json!({ "id": id, "version": 1, "apply": "THIS", "occurrence": "2027-03-30T09:00", "title": "Im Rathaus",
        "time": { "timed": { "start": "2027-03-31T15:00", "end": "2027-03-31T16:00" } } });
    planner.mutate("calendarEntryUpdate", moved, "calendarEntry { id }").await;
    let off = json!({ "id": id, "version": 2, "apply": "THIS", "occurrence": "2027-04-06T09:00" });
    planner.mutate("calendarEntryCancel", off, "calendarEntry { id }").await;
    let days = json!({ "calendar": calendar, "title": "Ferien", "time": { "allDay": { "firstDay": "2027-05-03", "lastDay": "2027-05-07" } } });
    planner.mutate("calendarEntryCreate", days, "calendarEntry { id }").await;
    let secret = json!({ "calendar": calendar, "title": "Vorbesprechung", "confidentiality": "INTERNAL", "location": "Hinterzimmer",
        "time": { "timed": { "start": "2027-03-16T08:00", "end": "2027-03-16T09:00" } } });
    planner.mutate("calendarEntryCreate", secret, "calendarEntry { id }").await;
}

async fn a_public_calendar_is_told_to_everybody(app: TestApp) {
    fill(&app).await;
    let (status, headers, text) = get(app.server(), &address(&app, "oal.public"), &[]).await;
    assert_eq!((status, header(&headers, "content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.split("\r\n").all(|it| it.len() <= 75 && !it.contains('\n')), "{text}");
    let unfolded = text.replace("\r\n ", "");
    for line in [
        "SUMMARY:Sprechstunde\\; für Eltern\\, ohne Anmeldung",
        "DESCRIPTION:Zeile eins\\nZeile zwei",
        "DTSTART;TZID=Europe/Berlin:20270316T090000",
        "EXDATE;TZID=Europe/Berlin:20270323T090000",
        "RDATE;TZID=Europe/Berlin:20270325T170000",
        "RECURRENCE-ID;TZID=Europe/Berlin:20270330T090000",
        "STATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20270503",
        "DTEND;VALUE=DATE:20270508",
        "TZID:Europe/Berlin",
        "SUMMARY:Title of oal.public.forum",
    ] {
        assert!(unfolded.contains(&format!("{line}\r\n")), "{line}\n{unfolded}");
    }
    for secret in ["Vorbesprechung", "Hinterzimmer"] {
        assert!(!unfolded.contains(secret), "{secret}");
    }
    let (_, headers, _) = get(app.server(), &address(&app, "oal.public"), &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&headers, "content-encoding"), "gzip");
}

async fn what_is_hidden_is_not_told_whoever_asks(app: TestApp) {
    let unknown = "/public/calendars/cal_01h455vb4pex5vsknk084sn02q.ics";
    let nothing = get(app.server(), unknown, &[]).await;
    assert_eq!(nothing.0, 404);
    let bearer = format!("Bearer {}", app.token("planner@ostallgaeu"));
    let public = address(&app, "oal.public");
    for (name, _) in app.world.all("calendar.") {
        let path = address(&app, name.trim_start_matches("calendar."));
        // Who signed in gets no more: the address is for everybody.
        for headers in [&[][..], &[("authorization", bearer.as_str())]] {
            let told = get(app.server(), &path, headers).await;
            if path == public {
                assert_eq!(told.0, 200);
            } else {
                assert_eq!((told.0, &told.2), (404, &nothing.2), "{name}");
            }
        }
    }
    for path in [
        public.trim_end_matches(".ics").to_owned(),
        format!("{public}.ics"),
        format!("/public/calendars/{}.ics", app.world.id("tenant.ostallgaeu")),
        "/public/calendars/.ics".to_owned(),
        "/public/calendars/%00.ics".to_owned(),
        "/public/calendars/".to_owned(),
    ] {
        assert_eq!(get(app.server(), &path, &[]).await.0, 404, "{path}");
    }
}

async fn a_calendar_that_was_public_is_gone(app: TestApp) {
    let (path, hidden) = (address(&app, "oal.public"), address(&app, "oal.office"));
    let nothing = get(app.server(), &hidden, &[]).await;
    let set = async |version: i32, confidentiality: &str| {
        let input = json!({
            "id": app.world.id("calendar.oal.public"), "version": version, "confidentiality": confidentiality,
        });
        app.actor("admin@ostallgaeu").mutate("calendarUpdate", input, "calendar { id }").await;
    };
    for (version, confidentiality, status) in
        [(1, "PARTNER", 410), (2, "INTERNAL", 410), (3, "PUBLIC", 200), (4, "PARTNER", 410)]
    {
        set(version, confidentiality).await;
        for ending in ["ics", "json", "ifb"] {
            let told = get(app.server(), &path.replace(".ics", &format!(".{ending}")), &[]).await;
            assert_eq!(told.0, status, "{confidentiality} {ending}");
        }
    }
    let (_, headers, problem) = get(app.server(), &path, &[("accept-language", "de")]).await;
    assert_eq!(header(&headers, "content-type"), "application/problem+json");
    assert!(problem.contains("nicht mehr öffentlich") || problem.contains("ist es nicht mehr"), "{problem}");
    let still = get(app.server(), &hidden, &[]).await;
    assert_eq!((still.0, still.2), (404, nothing.2), "what never was public is as unknown");
}

async fn an_unchanged_calendar_is_not_sent_again(app: TestApp) {
    let path = address(&app, "oal.public");
    let (_, headers, _) = get(app.server(), &path, &[]).await;
    let tag = header(&headers, "etag").to_owned();
    for known in [tag.clone(), format!("\"other\", W/{tag}")] {
        let (status, headers, body) = get(app.server(), &path, &[("if-none-match", &known)]).await;
        assert_eq!((status, body.as_str(), header(&headers, "etag")), (304, "", tag.as_str()));
    }
    let input = json!({ "id": app.world.id("entry.oal.public.forum"), "version": 1, "title": "Forum im Mai" });
    app.actor("planner@ostallgaeu").mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    let (status, _, body) = get(app.server(), &path, &[("if-none-match", &tag)]).await;
    assert!(status == 200 && body.contains("Forum im Mai"), "{body}");
}

async fn other_programs_read_the_dates_that_the_agenda_has(app: TestApp) {
    if !python::is_there() {
        return;
    }
    fill(&app).await;
    let (_, _, text) = get(app.server(), &address(&app, "oal.public"), &[]).await;
    let asked = json!({ "calendars": [text], "from": "2026-06-01", "until": "2028-01-01" });
    let theirs = python::run("occurrences.py", &asked.to_string()).await[0].clone();
    let query = r#"query($calendar: ID!) { agenda(first: 100, filter: {calendars: [$calendar]},
        between: {start: "2026-06-01T00:00:00Z", end: "2028-01-01T00:00:00Z"}) { nodes { start firstDay } } }"#;
    let data = app.anonymous().send(query, json!({ "calendar": app.world.id("calendar.oal.public") })).await.data();
    let mut own: Vec<_> = data["agenda"]["nodes"]
        .as_array()
        .expect("nodes")
        .iter()
        .map(|it| it["firstDay"].as_str().or(it["start"].as_str()).expect("a time").replace("+00:00", "Z"))
        .collect();
    own.sort();
    assert_eq!(json!(own), theirs);
    assert!(own.len() > 8, "{own:?}");
}

async fn feeds_are_paid_from_the_budget_of_their_address(app: TestApp) {
    let mut config = app.config.clone();
    config.graphql.anonymous_points_per_minute = 350;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(get(&server, &address(&app, "oal.public"), &[]).await);
    }
    let last = statuses.pop().expect("an answer");
    assert!(statuses.iter().all(|it| it.0 == 200), "{:?}", statuses.iter().map(|it| it.0).collect::<Vec<_>>());
    assert_eq!(last.0, 429);
    assert_ne!(header(&last.1, "retry-after"), "");
    let problem: Value = serde_json::from_str(&last.2).expect("a problem");
    assert_eq!(problem["status"], 429);
}
