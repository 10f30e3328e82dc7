//! Calendars that live elsewhere, and what the server does for them beside requests.

use domain::operator::render;
use serde_json::{Value, json};
use server::config::Config;
use server::jobs::Jobs;
use store::Store;
use verbund_tests::app::Server;
use verbund_tests::client::said;
use verbund_tests::stub::{Answer, Stub};
use verbund_tests::{Case, Client, Events, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["external";
        a_calendar_elsewhere_is_taken_over_and_followed,
        what_a_file_loses_is_told_with_the_calendar,
        what_cannot_be_fetched_is_told_and_changes_nothing,
        nothing_of_the_own_network_is_asked,
        of_two_servers_one_fetches,
        somebody_who_asks_is_served_at_once_and_not_too_often,
        nobody_changes_its_entries_by_hand,
        the_owner_sees_it_and_who_may_change_it_sees_its_address,
        an_ended_one_leaves_nothing_to_come,
        series_without_an_end_are_computed_further,
    ]
}

/// The work of a server with this configuration.
async fn jobs(app: &TestApp, config: &Config) -> Jobs {
    let store = Store::connect(&config.database.settings().expect("settings")).await.map_err(|_| ()).expect("a store");
    Jobs::new(config, store, app.clock.clone()).expect("a client")
}

/// Does what is due: how many calendars were asked for.
async fn run(app: &TestApp) -> usize {
    jobs(app, &app.config).await.run_due().await.unwrap_or_else(|error| panic!("{}", render(&error))).fetched
}

fn file(events: &[(&str, &str, &str)]) -> String {
    let event = |(uid, title, day): &(&str, &str, &str)| {
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\nSUMMARY:{title}\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n")
    };
    format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.iter().map(event).collect::<String>())
}

fn ok(body: &str, headers: &str) -> Answer {
    Answer { status: "200 OK".to_owned(), headers: headers.to_owned(), body: body.to_owned() }
}

const OF_EXTERNAL: &str = "externalCalendar { id version calendar { id external } }";

/// Subscribes to `url`; the ids of it and of its calendar.
async fn subscribe(app: &TestApp, url: &str) -> (String, String) {
    let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": format!("Von {url}"), "url": url, "confidentiality": "PARTNER" });
    let made = app.actor("planner@ostallgaeu").mutate("externalCalendarSubscribe", input, OF_EXTERNAL).await;
    let external = &made["externalCalendar"];
    assert_eq!(external["calendar"]["external"], true);
    let text = |it: &Value| it.as_str().expect("an id").to_owned();
    (text(&external["id"]), text(&external["calendar"]["id"]))
}

/// What the planner learns of the last fetch, in German.
async fn last(app: &TestApp, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { ... on ExternalCalendar { lastOutcome lastReason lastFetchedAt nextFetchAt version } } }";
    let planner = app.actor("planner@ostallgaeu").speaking("de");
    planner.send(query, json!({ "id": id })).await.data()["node"].clone()
}

/// Days, titles and statuses of a calendar in the year.
async fn agenda(client: &Client, calendar: &str) -> Vec<String> {
    let query = r#"query($calendar: ID!) { agenda(first: 100, filter: {calendars: [$calendar]},
        between: {start: "2027-01-01T00:00:00Z", end: "2028-01-01T00:00:00Z"}) { nodes { firstDay
        entry { ... on CalendarEntryFull { title status version } } } } }"#;
    let data = client.send(query, json!({ "calendar": calendar })).await.data();
    let nodes = data["agenda"]["nodes"].as_array().expect("nodes");
    let word = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    let say = |it: &Value| {
        let entry = &it["entry"];
        let (day, title, status) = (word(&it["firstDay"]), word(&entry["title"]), word(&entry["status"]));
        format!("{} {title} {status} {}", &day[5..], entry["version"])
    };
    nodes.iter().map(say).collect()
}

async fn a_calendar_elsewhere_is_taken_over_and_followed(app: TestApp) {
    let stub = Stub::start().await;
    let planner = app.actor("planner@ostallgaeu");
    let first = file(&[("past", "Vorbei", "20270110"), ("a", "Premiere", "20270301"), ("b", "Konzert", "20270302")]);
    stub.answer("/plan.ics", ok(&first, "etag: \"one\"\r\nlast-modified: Fri, 15 Jan 2027 08:00:00 GMT\r\n"));
    let (id, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    assert_eq!(last(&app, &id).await["lastOutcome"], Value::Null);
    assert_eq!(run(&app).await, 1);
    let taken = ["01-10 Vorbei CONFIRMED 1", "03-01 Premiere CONFIRMED 1", "03-02 Konzert CONFIRMED 1"];
    assert_eq!(agenda(&planner, &calendar).await, taken);
    let expected = json!({ "lastOutcome": "CHANGED", "lastReason": "Er wurde übernommen.", "version": 1,
        "lastFetchedAt": "2027-01-15T10:00:00+00:00", "nextFetchAt": "2027-01-15T11:00:00+00:00" });
    assert_eq!(last(&app, &id).await, expected);
    assert_eq!(run(&app).await, 0, "it is not due");

    // What is as it was is not sent again.
    app.at("2027-01-15T11:00:00Z");
    stub.answer(
        "/plan.ics",
        Answer { status: "304 Not Modified".to_owned(), headers: String::new(), body: String::new() },
    );
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    assert_eq!(run(&app).await, 1);
    let head = stub.head("/plan.ics");
    assert!(head.contains("if-none-match: \"one\"") && head.contains("if-modified-since: fri, 15 jan 2027"), "{head}");
    assert_eq!(last(&app, &id).await["lastOutcome"], "UNCHANGED");
    // Sent all the same, it changes nothing either.
    app.at("2027-01-15T12:00:00Z");
    stub.answer("/plan.ics", ok(&first, ""));
    assert_eq!(run(&app).await, 1);
    assert_eq!(last(&app, &id).await["lastOutcome"], "UNCHANGED");
    let mut after = rows.dump().await;
    after.insert("external_calendar".to_owned(), before["external_calendar"].clone());
    assert_eq!(after, before);

    // One is changed, one is new; of those that are gone, what is to come is called off.
    app.at("2027-01-15T13:00:00Z");
    stub.answer("/plan.ics", ok(&file(&[("b", "Konzert im Freien", "20270303"), ("c", "Lesung", "20270304")]), ""));
    assert_eq!(run(&app).await, 1);
    let followed = [
        "01-10 Vorbei CONFIRMED 1",
        "03-01 Premiere CANCELLED 2",
        "03-03 Konzert im Freien CONFIRMED 2",
        "03-04 Lesung CONFIRMED 1",
    ];
    assert_eq!(agenda(&planner, &calendar).await, followed);
    // It comes back.
    app.at("2027-01-15T14:00:00Z");
    stub.answer("/plan.ics", ok(&first, ""));
    assert_eq!(run(&app).await, 1);
    let back = [
        "01-10 Vorbei CONFIRMED 1",
        "03-01 Premiere CONFIRMED 3",
        "03-02 Konzert CONFIRMED 3",
        "03-04 Lesung CANCELLED 2",
    ];
    assert_eq!(agenda(&planner, &calendar).await, back);
    let audits = rows.texts("SELECT action, CAST(person_id AS text) FROM audit_event ORDER BY id DESC LIMIT 1").await;
    assert_eq!(audits, [["externalCalendarFetch", "-"]]);

    // An event that cannot be read is not taken for one that is gone.
    app.at("2027-01-15T15:00:00Z");
    stub.answer("/plan.ics", ok(&first.replace("20270301", "soon"), ""));
    assert_eq!(run(&app).await, 1);
    assert_eq!(agenda(&planner, &calendar).await, back);
    // Nor is what a file lacks that was cut off.
    app.at("2027-01-15T16:00:00Z");
    stub.answer("/plan.ics", ok(&first[..first.find("BEGIN:VEVENT\r\nUID:b").expect("b") + 20], ""));
    assert_eq!(run(&app).await, 1);
    assert_eq!(agenda(&planner, &calendar).await, back);
}

async fn what_a_file_loses_is_told_with_the_calendar(app: TestApp) {
    let stub = Stub::start().await;
    let whole = file(&[("a", "Premiere", "20270301"), ("b", "Konzert", "20270302")]);
    stub.answer("/plan.ics", ok(&whole, ""));
    let (id, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    let query = "query($id: ID!) { externalCalendar(id: $id) { lastOutcome lastReason warningCount
        warnings { line component uid code message fatal } } }";
    let told = async |subject: &str, language: &'static str| {
        let data = app.actor(subject).speaking(language).send(query, json!({ "id": id })).await.data();
        data["externalCalendar"].clone()
    };
    let next = async |hour: u32, body: &str| {
        app.at(&format!("2027-01-15T{hour}:00:00Z"));
        stub.answer("/plan.ics", ok(body, ""));
        assert_eq!(run(&app).await, 1);
        told("planner@ostallgaeu", "de").await
    };
    assert_eq!(run(&app).await, 1);
    let clean =
        json!({ "lastOutcome": "CHANGED", "lastReason": "Er wurde übernommen.", "warningCount": 0, "warnings": [] });
    assert_eq!(told("planner@ostallgaeu", "de").await, clean);

    // An event that cannot be read, one whose rule is left out, and a zone that nobody knows.
    let lossy = whole
        .replace("DTSTART;VALUE=DATE:20270301", "DTSTART:bald")
        .replace("20270302\r\n", "20270302\r\nRRULE:jeden Dienstag\r\nATTACH:https://a.example/x\r\n");
    let first = next(11, &lossy).await;
    assert_eq!(first["lastOutcome"], "UNCHANGED", "{first}");
    let reason = first["lastReason"].as_str().expect("words");
    assert!(reason.contains("3 Hinweise") && reason.contains("ausgelassene Termine: 1"), "{reason}");
    let codes: Vec<_> = first["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|it| (it["line"].as_i64(), it["uid"].as_str(), it["code"].as_str(), it["fatal"].as_bool()))
        .collect();
    let expected = [
        (Some(5), Some("a"), Some("BAD_START"), Some(true)),
        (Some(11), Some("b"), Some("RULE_BROKEN"), Some(false)),
        (Some(12), None, Some("DROPPED"), Some(false)),
    ];
    assert_eq!(codes, expected, "{first}");
    assert_eq!(first["warnings"][0]["message"], "Der Anfang bald ist weder ein Tag noch eine Uhrzeit.");
    let english = told("planner@ostallgaeu", "en").await;
    assert!(english["warnings"][0]["message"].as_str().is_some_and(|it| it.contains("start")), "{english}");
    let viewer = told("viewer@ostallgaeu", "de").await;
    assert_eq!((&viewer["warnings"], &viewer["warningCount"]), (&Value::Null, &json!(3)), "{viewer}");
    // What is not sent again says the same; what cannot be fetched does not hide it.
    app.at("2027-01-15T12:00:00Z");
    let same = Answer { status: "304 Not Modified".to_owned(), headers: String::new(), body: String::new() };
    stub.answer("/plan.ics", same);
    assert_eq!(run(&app).await, 1);
    assert_eq!(told("planner@ostallgaeu", "de").await["warnings"], first["warnings"]);

    // A file that was cut off says why nothing is called off.
    let cut = next(13, &whole[..whole.find("BEGIN:VEVENT\r\nUID:b").expect("b") + 20]).await;
    assert!(cut["warnings"].to_string().contains("CALENDAR_UNCLOSED"), "{cut}");
    // An event that is older than what is stored is named.
    next(14, &whole.replace("UID:a\r\n", "UID:a\r\nSEQUENCE:4\r\n").replace("Premiere", "Gala")).await;
    let older = next(15, &whole.replace("UID:a\r\n", "UID:a\r\nSEQUENCE:3\r\n")).await;
    let outdated = &older["warnings"][0];
    assert_eq!((&outdated["code"], &outdated["uid"]), (&json!("IMPORT_OUTDATED"), &json!("a")), "{older}");
    assert!(agenda(&app.actor("planner@ostallgaeu"), &calendar).await[0].contains("Gala"));
    // A file without a fault, and another address, begin anew.
    let again = next(16, &whole.replace("UID:a\r\n", "UID:a\r\nSEQUENCE:5\r\n")).await;
    assert_eq!((&again["warningCount"], &again["lastReason"]), (&json!(0), &json!("Er wurde übernommen.")));
}

async fn what_cannot_be_fetched_is_told_and_changes_nothing(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("a", "Premiere", "20270301")]), ""));
    let (id, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    assert_eq!(run(&app).await, 1);
    let status =
        |it: &str, headers: &str| Answer { status: it.to_owned(), headers: headers.to_owned(), body: String::new() };
    let moved = |to: &str| status("302 Found", &format!("location: {to}\r\n"));
    let mut now = app.clock.now();
    for (hours, answer, outcome, word) in [
        (1, status("500 Internal Server Error", ""), "HTTP_STATUS", "500"),
        (2, ok("<html>Anmeldung</html>", ""), "NOT_A_CALENDAR", "kein Kalender"),
        (4, ok(&"x".repeat(10 * 1024 * 1024 + 1), ""), "TOO_LARGE", "10"),
        (8, moved("http://127.0.0.2/secret"), "ADDRESS_REFUSED", "https://"),
        (16, moved("http://[::1]/secret"), "ADDRESS_REFUSED", "https://"),
        (24, moved("/plan.ics"), "TOO_MANY_REDIRECTS", "5"),
        (24, moved("file:///etc/passwd"), "ADDRESS_REFUSED", "https://"),
    ] {
        // Each failure doubles the wait, up to a day.
        now += chrono::TimeDelta::hours(hours) - chrono::TimeDelta::seconds(1);
        app.clock.set(now);
        assert_eq!(run(&app).await, 0, "{outcome} is not due yet");
        now += chrono::TimeDelta::seconds(1);
        app.clock.set(now);
        stub.answer("/plan.ics", answer);
        assert_eq!(run(&app).await, 1);
        let told = last(&app, &id).await;
        assert_eq!(told["lastOutcome"], outcome);
        let reason = told["lastReason"].as_str().unwrap_or_default();
        assert!(reason.contains(word) && !reason.contains("127.0.0.2") && !reason.contains("::1"), "{told}");
        assert_eq!(agenda(&app.actor("planner@ostallgaeu"), &calendar).await, ["03-01 Premiere CONFIRMED 1"]);
    }
    // A redirect within what may be asked is followed, and one good answer ends the waiting.
    stub.answer("/plan.ics", moved("/other.ics"));
    stub.answer("/other.ics", ok(&file(&[("a", "Anderswo", "20270301")]), ""));
    app.clock.set(now + chrono::TimeDelta::hours(24));
    assert_eq!(run(&app).await, 1);
    assert_eq!(agenda(&app.actor("planner@ostallgaeu"), &calendar).await, ["03-01 Anderswo CONFIRMED 2"]);
    let wait = last(&app, &id).await;
    assert_eq!(
        (wait["lastOutcome"].as_str(), wait["nextFetchAt"].as_str()),
        (Some("CHANGED"), Some("2027-01-19T18:00:00+00:00"))
    );
    drop(stub);
    app.at("2027-01-19T18:00:00Z");
    assert_eq!(run(&app).await, 1);
    assert_eq!(last(&app, &id).await["lastOutcome"], "UNREACHABLE");
}

async fn nothing_of_the_own_network_is_asked(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("a", "Premiere", "20270301")]), ""));
    let by_number = format!("{}/plan.ics", stub.base);
    let (id, _) = subscribe(&app, &by_number).await;
    let (named, _) = subscribe(&app, &by_number.replace("127.0.0.1", "localhost")).await;
    let mut config = app.config.clone();
    config.external_calendars.allowed_addresses.clear();
    assert_eq!(
        jobs(&app, &config).await.run_due().await.unwrap_or_else(|error| panic!("{}", render(&error))).fetched,
        2
    );
    assert_eq!(last(&app, &id).await["lastOutcome"], "ADDRESS_REFUSED");
    // A name of the own network is answered like one at which nobody answers.
    let internal = last(&app, &named).await;
    assert_eq!(
        (&internal["lastOutcome"], &internal["lastReason"]),
        (&json!("UNREACHABLE"), &json!("Unter localhost antwortet niemand."))
    );
    // Without TLS it is not asked either, whatever the address.
    app.at("2027-01-15T12:00:00Z");
    let mut config = app.config.clone();
    config.external_calendars.allow_http = false;
    assert_eq!(
        jobs(&app, &config).await.run_due().await.unwrap_or_else(|error| panic!("{}", render(&error))).fetched,
        2
    );
    assert_eq!(last(&app, &id).await["lastOutcome"], "ADDRESS_REFUSED");
    assert_eq!(stub.asked("/plan.ics"), 0);

    let planner = app.actor("planner@ostallgaeu");
    let input = |url: &str, minutes: i32| json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": "Falsch", "url": url, "refreshMinutes": minutes });
    for (url, minutes, wrong) in [
        ("ftp://theatre.example/a.ics", 60, "INVALID url"),
        ("theatre.example/a.ics", 60, "INVALID url"),
        ("https://user:word@theatre.example/a.ics", 60, "INVALID url"),
        ("https:///", 60, "INVALID url"),
        ("", 60, "REQUIRED url"),
        ("https://theatre.example/a.ics", 14, "OUT_OF_RANGE refreshMinutes"),
    ] {
        assert_eq!(
            said(&planner.try_mutate("externalCalendarSubscribe", input(url, minutes), OF_EXTERNAL).await),
            [wrong],
            "{url}"
        );
    }
}

async fn of_two_servers_one_fetches(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("a", "Premiere", "20270301")]), ""));
    subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    let (one, two) = (jobs(&app, &app.config).await, jobs(&app, &app.config).await);
    let (one, two) = tokio::join!(one.run_due(), two.run_due());
    let fetched = [one, two].map(|it| it.unwrap_or_else(|error| panic!("{}", render(&error))).fetched);
    assert_eq!((fetched.iter().sum::<usize>(), stub.asked("/plan.ics")), (1, 1));
}

async fn somebody_who_asks_is_served_at_once_and_not_too_often(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("a", "Premiere", "20270301")]), ""));
    let (id, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    // A server that would look by itself in an hour.
    let mut config = app.config.clone();
    config.jobs.look_every_seconds = 3_600;
    let server = Server::start(config, app.clock.clone()).await.expect("a server");
    let planner = server.client(Some(app.token("planner@ostallgaeu")));
    let query = "subscription($calendars: [ID!]!) { calendarEntryChanged(calendars: $calendars) { kind entry { ... on CalendarEntryFull { title } } } }";
    let token = app.token("planner@ostallgaeu");
    let mut events = Events::open(&server.base, Some(&token), query, json!({ "calendars": [calendar] })).await;
    assert_eq!(events.event().await["calendarEntryChanged"]["kind"], "READY");
    let refresh = async || planner.try_mutate("externalCalendarRefresh", json!({ "id": id }), OF_EXTERNAL).await;
    assert_eq!(said(&refresh().await), Vec::<String>::new());
    let heard = events.event().await["calendarEntryChanged"].clone();
    assert_eq!(heard, json!({ "kind": "CREATED", "entry": { "title": "Premiere" } }));
    assert_eq!(said(&refresh().await), ["LIMIT_REACHED id"]);
    app.at("2027-01-15T10:01:00Z");
    assert_eq!(said(&refresh().await), Vec::<String>::new());
}

async fn nobody_changes_its_entries_by_hand(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("a", "Premiere", "20270301")]), ""));
    let (_, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    run(&app).await;
    let planner = app.actor("planner@ostallgaeu");
    let query = r#"{ calendarEntries(filter: {calendars: ["ID"]}, between: {start: "2027-01-01T00:00:00Z", end: "2028-01-01T00:00:00Z"}) { nodes { id } } }"#;
    let data = planner.ask(&query.replace("ID", &calendar)).await.data();
    let entry = &data["calendarEntries"]["nodes"][0]["id"];
    let new = json!({ "calendar": calendar, "title": "Neu", "time": { "allDay": { "firstDay": "2027-03-01" } } });
    for (mutation, input, field) in [
        ("calendarEntryCreate", new, "calendar"),
        ("calendarEntryUpdate", json!({ "id": entry, "version": 1, "title": "Anders" }), "id"),
        ("calendarEntryCancel", json!({ "id": entry, "version": 1 }), "id"),
        ("calendarImport", json!({ "calendar": calendar, "ics": file(&[]) }), "calendar"),
    ] {
        let refused = planner.speaking("de").try_mutate(mutation, input, "__typename").await;
        assert_eq!(said(&refused), [format!("CONFLICT {field}")], "{mutation}");
        assert!(refused["userErrors"][0]["message"].as_str().is_some_and(|it| it.contains("liegt anderswo")));
    }
    let can = planner.send(
        "query($id: ID!) { node(id: $id) { ... on Calendar { viewerCan { createEntries update } } } }",
        json!({ "id": calendar }),
    );
    assert_eq!(can.await.data()["node"]["viewerCan"], json!({ "createEntries": false, "update": true }));
}

async fn the_owner_sees_it_and_who_may_change_it_sees_its_address(app: TestApp) {
    let (id, calendar) = subscribe(&app, "https://theatre.example/plan.ics?secret=7").await;
    // A partner sees its calendar, and nothing of where it comes from.
    let share = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "agreement": app.world.id("agreement.b"), "area": "CALENDARS",
        "level": "FULL", "object": { "calendar": calendar } });
    app.actor("admin@ostallgaeu").mutate("shareCreate", share, "share { id }").await;
    let query =
        "query($id: ID!, $calendar: ID!) { external: node(id: $id) { ... on ExternalCalendar { url refreshMinutes } }
        calendar: node(id: $calendar) { ... on Calendar { external } } externalCalendars { totalCount nodes { id url } }
        explainAccess(node: $id, action: WRITE) { allowed } }";
    let url = "https://theatre.example/plan.ics?secret=7";
    for (client, seen, shown, allowed) in [
        (app.actor("planner@ostallgaeu"), true, Some(url), true),
        (app.actor("admin@ostallgaeu"), true, Some(url), true),
        (app.actor("viewer@ostallgaeu"), true, None, false),
        (app.actor("viewer@memmingen"), false, None, false),
        (app.actor("planner@kaufbeuren"), false, None, false),
        (app.anonymous(), false, None, false),
    ] {
        let data = client.send(query, json!({ "id": id, "calendar": calendar })).await.data();
        let external = if seen { json!({ "url": shown, "refreshMinutes": 60 }) } else { Value::Null };
        assert_eq!(data["external"], external);
        let nodes = if seen { json!([{ "id": id, "url": shown }]) } else { json!([]) };
        assert_eq!(data["externalCalendars"], json!({ "totalCount": usize::from(seen), "nodes": nodes }));
        assert_eq!(data["explainAccess"], if seen { json!({ "allowed": allowed }) } else { Value::Null });
    }
    let shared = app.actor("viewer@memmingen").send(query, json!({ "id": id, "calendar": calendar })).await.data();
    assert_eq!(shared["calendar"]["external"], true);
    // Whoever may not see it gets the same answer as for one that does not exist.
    let unknown = "ext_01h455vb4pex5vsknk084sn02q";
    for client in [app.actor("viewer@memmingen"), app.actor("admin@lindau"), app.anonymous()] {
        for (mutation, more) in [
            ("externalCalendarUpdate", json!({ "version": 1, "refreshMinutes": 30 })),
            ("externalCalendarUnsubscribe", json!({ "version": 1 })),
            ("externalCalendarRefresh", json!({})),
        ] {
            let with = |id: &str| {
                let mut input = json!({ "id": id });
                input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
                input
            };
            let hidden = client.try_mutate(mutation, with(&id), "__typename").await;
            let refusal = said(&hidden);
            assert!(refusal == ["NOT_FOUND id"] || (refusal == ["UNAUTHENTICATED -"]), "{refusal:?}");
            assert_eq!(hidden, client.try_mutate(mutation, with(unknown), "__typename").await);
        }
    }
    let viewer = app.actor("viewer@ostallgaeu");
    assert_eq!(
        said(&viewer.try_mutate("externalCalendarRefresh", json!({ "id": id }), OF_EXTERNAL).await),
        ["FORBIDDEN id"]
    );
}

async fn an_ended_one_leaves_nothing_to_come(app: TestApp) {
    let stub = Stub::start().await;
    stub.answer("/plan.ics", ok(&file(&[("past", "Vorbei", "20270110"), ("a", "Premiere", "20270301")]), ""));
    let (id, calendar) = subscribe(&app, &format!("{}/plan.ics", stub.base)).await;
    run(&app).await;
    let planner = app.actor("planner@ostallgaeu");
    let input = json!({ "id": id, "version": 1, "refreshMinutes": 15 });
    planner.mutate("externalCalendarUpdate", input.clone(), OF_EXTERNAL).await;
    assert_eq!(
        said(&planner.try_mutate("externalCalendarUpdate", input, OF_EXTERNAL).await),
        ["STALE_VERSION version"]
    );
    assert_eq!(last(&app, &id).await["nextFetchAt"], "2027-01-15T10:15:00+00:00");
    // A calendar that is put away is not fetched.
    planner.mutate("calendarArchive", json!({ "id": calendar, "version": 1 }), "calendar { id }").await;
    app.at("2027-01-15T10:15:00Z");
    assert_eq!(run(&app).await, 1);
    assert_eq!(
        (last(&app, &id).await["lastOutcome"].as_str(), stub.asked("/plan.ics")),
        (Some("CALENDAR_ARCHIVED"), 1)
    );
    // Who has not read the last change learns the current state, as with every other mutation.
    let of_external = "externalCalendar { version }";
    let old = json!({ "id": id, "version": 1 });
    let stale = planner.try_mutate("externalCalendarUnsubscribe", old, of_external).await;
    assert_eq!(said(&stale), ["STALE_VERSION version"]);
    assert_eq!(stale["externalCalendar"], json!({ "version": 2 }));
    let input = json!({ "id": id, "version": 2 });
    let ended = planner.mutate("externalCalendarUnsubscribe", input, of_external).await;
    assert_eq!(ended["externalCalendar"], Value::Null);
    let query = "query($id: ID!) { calendar(id: $id) { external version } }";
    let left = planner.send(query, json!({ "id": calendar })).await.data();
    assert_eq!(left["calendar"], json!({ "external": false, "version": 3 }));
    assert_eq!(agenda(&planner, &calendar).await, ["01-10 Vorbei CONFIRMED 1", "03-01 Premiere CANCELLED 2"]);
    app.at("2027-01-16T10:15:00Z");
    assert_eq!((run(&app).await, last(&app, &id).await), (0, Value::Null));
}

async fn series_without_an_end_are_computed_further(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let input = json!({ "calendar": app.world.id("calendar.oal.public"), "title": "Sprechstunde",
        "time": { "timed": { "start": "2027-03-01T09:00", "end": "2027-03-01T10:00" } }, "recurrence": { "rule": "FREQ=MONTHLY" } });
    let made = planner.mutate("calendarEntryCreate", input, "calendarEntry { id version }").await;
    let work = jobs(&app, &app.config).await;
    let extended = async || work.run_due().await.unwrap_or_else(|error| panic!("{}", render(&error))).extended;
    assert_eq!(extended().await, 0, "it is known far enough");
    app.at("2036-01-15T10:00:00Z");
    let query = r#"{ agenda(first: 1, between: {start: "2036-03-01T00:00:00Z", end: "2041-01-01T00:00:00Z"}) { totalCount nodes { entry { id
        ... on CalendarEntryFull { version recurrence { materializedUntil } } } } } }"#;
    let planner = app.actor("planner@ostallgaeu");
    let before = planner.ask(query).await.data()["agenda"].clone();
    assert_eq!(before["totalCount"], 13, "up to where it was known: {before}");
    assert_eq!(extended().await, 1);
    let after = planner.ask(query).await.data()["agenda"].clone();
    assert_eq!(after["totalCount"], 58);
    let entry = json!({ "id": made["calendarEntry"]["id"], "version": 1, "recurrence": { "materializedUntil": "2046-01-15T10:00:00+00:00" } });
    assert_eq!(after["nodes"][0]["entry"], entry);
    assert_eq!(extended().await, 0);
}
