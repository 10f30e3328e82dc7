//! Calendars and entries: making, changing, calling off, listing.

use serde_json::{Value, json};
use verbund_tests::client::codes;
use verbund_tests::{Case, Client, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["calendars";
        a_calendar_is_made_changed_and_put_away,
        narrowing_a_calendar_hides_its_entries_at_once,
        an_entry_keeps_its_clock_and_its_days,
        what_is_left_out_stays_and_null_clears,
        a_cancelled_entry_stays_but_takes_no_time,
        wrong_entries_are_refused_with_every_problem,
        a_window_shows_what_overlaps_it,
        equal_starts_are_walked_without_gap_or_repeat,
        a_cursor_belongs_to_its_list,
    ]
}

const ENTRY: &str =
    "calendarEntry { id version title description status allDay start end startLocal endLocal firstDay lastDay
    timeZone confidentiality kind location targetGroups cancelReason fieldOfWork { key } }";

async fn create(client: &Client, calendar: &str, title: &str, more: Value) -> Value {
    let mut input = json!({ "calendar": calendar, "title": title });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    client.mutate("calendarEntryCreate", input, ENTRY).await["calendarEntry"].clone()
}

fn timed(start: &str, end: &str) -> Value {
    json!({ "time": { "timed": { "start": start, "end": end } } })
}

async fn sees(client: &Client, id: &str) -> Value {
    let query = "query($id: ID!) { node(id: $id) { __typename ... on CalendarEntryFull { status } } }";
    client.send(query, json!({ "id": id })).await.data()["node"]["__typename"].clone()
}

async fn titles(client: &Client, start: &str, end: &str) -> Vec<String> {
    let query = "query($between: DateTimeRange!) { calendarEntries(between: $between, first: 100) { nodes {
        ... on CalendarEntryFull { title } } } }";
    let data = client.send(query, json!({ "between": { "start": start, "end": end } })).await.data();
    let nodes = data["calendarEntries"]["nodes"].as_array().expect("nodes").clone();
    nodes.iter().filter_map(|it| it["title"].as_str().map(str::to_owned)).collect()
}

async fn a_calendar_is_made_changed_and_put_away(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let tenant = app.world.id("tenant.kaufbeuren");
    let input = json!({ "tenant": tenant, "name": " Neue Pläne ", "color": "#AABBCC", "description": "Alles" });
    let selection = "calendar { id name color description confidentiality timeZone version viewerLevel
        viewerCan { update createEntries share } archivedAt }";
    let made = planner.mutate("calendarCreate", input.clone(), selection).await["calendar"].clone();
    assert_eq!(made["name"], "Neue Pläne");
    assert_eq!(made["color"], "#aabbcc");
    assert_eq!(made["confidentiality"], "INTERNAL", "nothing is shown that nobody decided to show");
    assert_eq!(made["timeZone"], "Europe/Berlin");
    assert_eq!(made["viewerCan"], json!({ "update": true, "createEntries": true, "share": false }));

    let twice = planner.try_mutate("calendarCreate", input, selection).await;
    assert_eq!(codes(&twice), ["NOT_UNIQUE"]);
    let wrong = json!({ "tenant": tenant, "name": "x".repeat(121), "color": "red" });
    assert_eq!(codes(&planner.try_mutate("calendarCreate", wrong, selection).await), ["TOO_LONG", "INVALID"]);

    let change = json!({ "id": made["id"], "version": 1, "name": "Umbenannt", "description": null });
    let changed = planner.mutate("calendarUpdate", change, selection).await["calendar"].clone();
    assert_eq!(
        (&changed["name"], &changed["description"], &changed["color"]),
        (&json!("Umbenannt"), &Value::Null, &json!("#aabbcc"))
    );

    let away = json!({ "id": made["id"], "version": 2 });
    let archived = planner.mutate("calendarArchive", away, selection).await["calendar"].clone();
    assert_eq!(archived["viewerCan"]["createEntries"], false);
    let entry =
        json!({ "calendar": made["id"], "title": "Zu spät", "time": { "allDay": { "firstDay": "2027-03-01" } } });
    assert_eq!(codes(&planner.try_mutate("calendarEntryCreate", entry.clone(), ENTRY).await), ["CONFLICT"]);
    let back = json!({ "id": made["id"], "version": 3, "archived": false });
    planner.mutate("calendarArchive", back, selection).await;
    planner.mutate("calendarEntryCreate", entry, ENTRY).await;
}

async fn narrowing_a_calendar_hides_its_entries_at_once(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let partner = app.actor("viewer@kaufbeuren");
    let anyone = app.anonymous();
    let (forum, shared) = (app.world.id("entry.oal.public.forum"), app.world.id("entry.oal.public.partner"));
    let calendar = app.world.id("calendar.oal.public");
    assert_eq!(sees(&anyone, forum).await, "CalendarEntryFull");

    let narrow = json!({ "id": calendar, "version": 1, "confidentiality": "PARTNER" });
    planner.mutate("calendarUpdate", narrow, "calendar { confidentiality }").await;
    assert_eq!(sees(&anyone, forum).await, Value::Null);
    assert_eq!(sees(&partner, forum).await, "CalendarEntryFull", "it is still shared");
    assert_eq!(sees(&partner, shared).await, "CalendarEntryFull");

    let internal = json!({ "id": calendar, "version": 2, "confidentiality": "INTERNAL" });
    planner.mutate("calendarUpdate", internal, "calendar { confidentiality }").await;
    for id in [forum, shared, calendar] {
        assert_eq!(sees(&partner, id).await, Value::Null);
    }
    assert_eq!(sees(&planner, forum).await, "CalendarEntryFull");

    // Wider again: entries stay as narrow as they became.
    let wide = json!({ "id": calendar, "version": 3, "confidentiality": "PUBLIC" });
    planner.mutate("calendarUpdate", wide, "calendar { confidentiality }").await;
    assert_eq!(sees(&anyone, calendar).await, "Calendar");
    assert_eq!(sees(&anyone, forum).await, Value::Null);
    let open = json!({ "id": forum, "version": 1, "confidentiality": "PUBLIC" });
    planner.mutate("calendarEntryUpdate", open, "calendarEntry { id }").await;
    assert_eq!(sees(&anyone, forum).await, "CalendarEntryFull");
}

async fn an_entry_keeps_its_clock_and_its_days(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let calendar = app.world.id("calendar.kf.counselling");
    let summer = create(&planner, calendar, "Sommer", timed("2027-07-01T09:00", "2027-07-01T11:30:00")).await;
    assert_eq!(summer["start"], "2027-07-01T07:00:00+00:00");
    assert_eq!(summer["endLocal"], "2027-07-01T11:30:00");
    assert_eq!(summer["fieldOfWork"]["key"], "counselling", "the calendar's field");
    assert_eq!(summer["confidentiality"], "PARTNER", "the calendar's confidentiality");
    assert_eq!(summer["firstDay"], Value::Null);
    // The hour that the clock skips, and the one it shows twice.
    let gap = create(&planner, calendar, "Lücke", timed("2027-03-28T02:30", "2027-03-28T04:00")).await;
    assert_eq!(gap["start"], "2027-03-28T01:00:00+00:00");
    let twice = create(&planner, calendar, "Doppelt", timed("2027-10-31T02:30", "2027-10-31T04:00")).await;
    assert_eq!(twice["start"], "2027-10-31T00:30:00+00:00");
    // Elsewhere.
    let zone = json!({ "time": { "timed": { "start": "2027-07-01T09:00", "end": "2027-07-01T10:00", "timeZone": "America/New_York" } } });
    assert_eq!(create(&planner, calendar, "Übersee", zone).await["start"], "2027-07-01T13:00:00+00:00");
    // Whole days, over the change of clocks.
    let days = json!({ "time": { "allDay": { "firstDay": "2027-03-27", "lastDay": "2027-03-28" } } });
    let days = create(&planner, calendar, "Wochenende", days).await;
    assert_eq!((&days["firstDay"], &days["lastDay"]), (&json!("2027-03-27"), &json!("2027-03-28")));
    assert_eq!(
        (&days["start"], &days["end"]),
        (&json!("2027-03-26T23:00:00+00:00"), &json!("2027-03-28T22:00:00+00:00"))
    );
}

async fn what_is_left_out_stays_and_null_clears(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let id = app.world.id("entry.oal.counselling.day");
    let change = json!({ "id": id, "version": 1, "title": "Neuer Titel", "location": null });
    let entry = planner.mutate("calendarEntryUpdate", change, ENTRY).await["calendarEntry"].clone();
    assert_eq!(entry["title"], "Neuer Titel");
    assert_eq!(entry["location"], Value::Null);
    assert_eq!(entry["description"], "Description of oal.counselling.day");
    assert_eq!(entry["targetGroups"], json!(["Group of oal.counselling.day"]));
    assert_eq!(entry["startLocal"], "2027-02-02T09:00:00");
    assert_eq!(entry["version"], 2);
    let null = json!({ "id": id, "version": 2, "title": null, "kind": null });
    let refused = planner.try_mutate("calendarEntryUpdate", null, ENTRY).await;
    assert_eq!(codes(&refused), ["REQUIRED", "REQUIRED"]);
    // A partner that sees it never changes it.
    let partner = json!({ "id": id, "version": 2, "title": "Fremd" });
    let refused = app.actor("planner@kaufbeuren").try_mutate("calendarEntryUpdate", partner, ENTRY).await;
    assert_eq!(codes(&refused), ["FORBIDDEN"]);
    // Not even at CONTRIBUTE.
    let workshop = json!({ "id": app.world.id("entry.oal.newcomers.workshop"), "version": 1, "title": "Fremd" });
    let refused = app.actor("planner@memmingen").try_mutate("calendarEntryUpdate", workshop, ENTRY).await;
    assert_eq!(codes(&refused), ["FORBIDDEN"]);
}

async fn a_cancelled_entry_stays_but_takes_no_time(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let partner = app.actor("viewer@kaufbeuren");
    for (entry, level) in [
        ("entry.oal.orientation.fair", Value::Null),
        ("entry.oal.counselling.day", json!("CalendarEntrySummary")),
        ("entry.oal.public.forum", json!("CalendarEntryFull")),
    ] {
        let id = app.world.id(entry);
        let input = json!({ "id": id, "version": 1, "reason": "Krankheit" });
        let cancelled = planner.mutate("calendarEntryCancel", input.clone(), ENTRY).await["calendarEntry"].clone();
        assert_eq!((&cancelled["status"], &cancelled["cancelReason"]), (&json!("CANCELLED"), &json!("Krankheit")));
        assert_eq!(sees(&partner, id).await, level, "{entry}");
        let again = json!({ "id": id, "version": 2 });
        assert_eq!(codes(&planner.try_mutate("calendarEntryCancel", again, ENTRY).await), ["CONFLICT"]);
    }
    // An idea is hidden from those who only learn that time is taken, and shows itself when it is confirmed.
    let idea = app.world.id("entry.oal.orientation.idea");
    assert_eq!(sees(&partner, idea).await, Value::Null);
    planner.mutate("calendarEntryUpdate", json!({ "id": idea, "version": 1, "status": "CONFIRMED" }), ENTRY).await;
    assert_eq!(sees(&partner, idea).await, "CalendarEntryBusy");
}

async fn wrong_entries_are_refused_with_every_problem(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let input = json!({
        "calendar": app.world.id("calendar.oal.counselling"), "title": "  ", "confidentiality": "PUBLIC",
        "fieldOfWork": app.world.id("field.orientation"), "registrationUrl": "javascript:alert(1)",
        "time": { "timed": { "start": "2027-03-01T10:00", "end": "2027-03-01T10:00" } },
        "place": "lpl_01h455vb4pex5vsknk084sn02q", "targetGroups": ["", "x"],
    });
    let refused = planner.try_mutate("calendarEntryCreate", input, ENTRY).await;
    assert_eq!(refused["calendarEntry"], Value::Null);
    let problems: Vec<_> = refused["userErrors"]
        .as_array()
        .expect("problems")
        .iter()
        .map(|it| format!("{} {}", it["field"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect();
    let expected = [
        "time.timed.end OUT_OF_RANGE",
        "title REQUIRED",
        "registrationUrl INVALID",
        "targetGroups REQUIRED",
        "confidentiality OUT_OF_RANGE",
        "fieldOfWork INVALID",
        "place NOT_FOUND",
    ];
    assert_eq!(problems, expected);
    let german = app.actor("planner@ostallgaeu").speaking("de-DE, en;q=0.5");
    let long = json!({
        "calendar": app.world.id("calendar.oal.counselling"), "title": "x",
        "time": { "allDay": { "firstDay": "2027-01-01", "lastDay": "2028-06-01" } },
    });
    let refused = german.try_mutate("calendarEntryCreate", long, ENTRY).await;
    assert_eq!(refused["userErrors"][0]["message"], "Ein Termin dauert höchstens 366 Tage.");
}

async fn a_window_shows_what_overlaps_it(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let calendar = app.world.id("calendar.kf.counselling");
    let long = json!({ "time": { "allDay": { "firstDay": "2027-08-01", "lastDay": "2028-07-31" } } });
    create(&planner, calendar, "Schuljahr", long).await;
    create(&planner, calendar, "Bis neun", timed("2029-05-01T08:00", "2029-05-01T09:00")).await;
    create(&planner, calendar, "Ab neun", timed("2029-05-01T09:00", "2029-05-01T10:00")).await;
    let at = async |start: &str, end: &str| titles(&planner, start, end).await;
    assert_eq!(at("2028-07-31T21:00:00Z", "2028-07-31T22:00:00Z").await, ["Schuljahr"], "it runs into the window");
    assert_eq!(at("2028-07-31T22:00:00Z", "2028-08-01T22:00:00Z").await, Vec::<String>::new(), "the end is exclusive");
    assert_eq!(at("2029-05-01T07:00:00Z", "2029-05-01T07:30:00Z").await, ["Ab neun"]);
    assert_eq!(at("2029-05-01T06:30:00Z", "2029-05-01T07:00:00Z").await, ["Bis neun"]);
    assert_eq!(at("2029-05-01T06:30:00Z", "2029-05-01T07:00:01Z").await, ["Bis neun", "Ab neun"]);
    for (start, end) in
        [("2027-02-01T00:00:00Z", "2027-02-01T00:00:00Z"), ("2027-01-01T00:00:00Z", "2035-01-01T00:00:00Z")]
    {
        let query = "query($between: DateTimeRange!) { calendarEntries(between: $between) { totalCount } }";
        let reply = planner.send(query, json!({ "between": { "start": start, "end": end } })).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
        assert_eq!(reply.json()["errors"][0]["extensions"]["field"], "between.end");
    }
}

async fn equal_starts_are_walked_without_gap_or_repeat(app: TestApp) {
    let planner = app.actor("planner@kaufbeuren");
    let calendar = app.world.id("calendar.kf.counselling");
    for index in 0..23 {
        create(&planner, calendar, &format!("Gleich {index}"), timed("2030-01-01T09:00", "2030-01-01T10:00")).await;
    }
    let page = async |arguments: &str, at: &Value| {
        let query = format!(
            "query($at: String) {{ calendarEntries({arguments}: $at, between: {{start: \"2030-01-01T00:00:00Z\", end: \"2030-01-02T00:00:00Z\"}}) {{
                totalCount edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
        );
        planner.send(&query, json!({ "at": at })).await.data()["calendarEntries"].clone()
    };
    let ids = |page: &Value| -> Vec<String> {
        page["edges"]
            .as_array()
            .expect("edges")
            .iter()
            .map(|it| it["node"]["id"].as_str().expect("an id").to_owned())
            .collect()
    };
    let (mut forwards, mut at) = (Vec::new(), Value::Null);
    loop {
        let page = page("first: 5, after", &at).await;
        assert_eq!(page["totalCount"], 23);
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !at.is_null());
        forwards.extend(ids(&page));
        at = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(forwards.len(), 23);
    assert_eq!(forwards.iter().collect::<std::collections::BTreeSet<_>>().len(), 23);
    let (mut backwards, mut at) = (Vec::new(), Value::Null);
    loop {
        let page = page("last: 4, before", &at).await;
        let mut found = ids(&page);
        found.reverse();
        backwards.extend(found);
        at = page["pageInfo"]["startCursor"].clone();
        if page["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
    }
    backwards.reverse();
    assert_eq!(backwards, forwards, "edges keep their order whatever the direction");
}

async fn a_cursor_belongs_to_its_list(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let window = r#"between: {start: "2027-02-01T00:00:00Z", end: "2027-03-01T00:00:00Z"}"#;
    let first =
        planner.ask(&format!("{{ calendarEntries({window}, first: 1) {{ pageInfo {{ endCursor }} }} }}")).await.data();
    let cursor = first["calendarEntries"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned();
    for (arguments, code) in [
        (
            format!(
                r#"calendarEntries({window}, first: 1, after: "{cursor}", filter: {{kinds: [FAIR]}}) {{ totalCount }}"#
            ),
            "INVALID",
        ),
        (format!(r#"calendars(first: 1, after: "{cursor}") {{ totalCount }}"#), "INVALID"),
        (format!(r#"calendarEntries({window}, first: 1, after: "nonsense") {{ totalCount }}"#), "INVALID"),
        (format!(r#"calendarEntries({window}, first: 0) {{ totalCount }}"#), "OUT_OF_RANGE"),
        (format!(r#"calendarEntries({window}, first: 101) {{ totalCount }}"#), "OUT_OF_RANGE"),
        (format!(r#"calendarEntries({window}, last: -5) {{ totalCount }}"#), "OUT_OF_RANGE"),
        (format!(r#"calendarEntries({window}, first: 1, last: 1) {{ totalCount }}"#), "INVALID"),
    ] {
        let reply = planner.ask(&format!("{{ {arguments} }}")).await;
        assert_eq!(reply.codes(), ["BAD_USER_INPUT"], "{arguments}");
        assert_eq!(reply.json()["errors"][0]["extensions"]["reason"], code, "{arguments}");
    }
    // A cursor made by hand, of another type of key, is refused and not an error of ours.
    let forged = "eyJrIjp7InQiOiJ4In0sInUiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDAiLCJmIjoiQUFBQUFBQUEifQ";
    let reply = planner.ask(&format!(r#"{{ calendarEntries({window}, after: "{forged}") {{ totalCount }} }}"#)).await;
    assert_eq!(reply.codes(), ["BAD_USER_INPUT"]);
}
