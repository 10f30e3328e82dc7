//! Calendar files of others, and our own, over the API.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use verbund_tests::client::said;
use verbund_tests::harness::corpus;
use verbund_tests::{Case, Client, TestApp, cases, python};

pub fn cases() -> Vec<Case> {
    cases!["imports";
        every_file_of_the_corpus_is_imported_once_or_rejected_with_a_reason,
        an_own_export_changes_nothing,
        a_series_with_its_changed_dates_comes_and_changes_whole,
        what_is_older_or_was_changed_here_stays,
        problems_are_told_with_line_uid_and_reason,
        characters_that_hide_text_are_left_out_and_told,
        a_dry_run_tells_all_and_writes_nothing,
        what_cannot_be_imported_into_is_refused,
        the_number_of_statements_does_not_grow_with_what_is_unchanged,
        the_operator_imports_a_file,
    ]
}

/// Dates from 1990 to 2032 of each file that has any, and whether the Python libraries find as many. They do not where they
/// cannot read the whole file, or leave out a start whose quotes are wrong.
const DATES: [(&str, u64, bool); 35] = [
    ("ical.js/multiple_rrules.ics", 36, true),
    ("ical.js/only_dtstart_date.ics", 1, true),
    ("ical.js/rdate_exdate.ics", 3, true),
    ("ical.js/recur_instances_finite.ics", 5, true),
    ("ical.js/utc_negative_zero.ics", 1, true),
    ("icalendar-7.3.0-tests/alarm_google_future.ics", 1, true),
    ("icalendar-7.3.0-tests/alarm_thunderbird_closed.ics", 1, true),
    ("icalendar-7.3.0-tests/issue_104_broken_calendar.ics", 1, false),
    ("icalendar-7.3.0-tests/issue_1231_recurrence.ics", 1, true),
    ("icalendar-7.3.0-tests/issue_165_missing_event.ics", 14, false),
    ("icalendar-7.3.0-tests/issue_237_fail_to_parse_timezone_with_non_ascii_tzid.ics", 1, true),
    ("icalendar-7.3.0-tests/issue_313_globally_unique_tzid.ics", 3, true),
    ("icalendar-7.3.0-tests/issue_350.ics", 1, true),
    ("icalendar-7.3.0-tests/issue_351_whitespace_in_property_and_params.ics", 1, true),
    ("icalendar-7.3.0-tests/issue_722_missing_timezones.ics", 2, false),
    ("icalendar-7.3.0-tests/multiple_calendar_components.ics", 3, false),
    ("icalendar-7.3.0-tests/timezoned.ics", 1, true),
    ("icalendar/issue_157_removes_trailing_semicolon.ics", 18, true),
    ("icalendar/issue_218_bad_tzid.ics", 1, true),
    ("icalendar/issue_237_fail_to_parse_timezone_with_non_ascii_tzid.ics", 1, true),
    ("icalendar/issue_351_whitespace_in_property_and_params.ics", 1, true),
    ("icalendar/issue_722_missing_timezones.ics", 2, false),
    ("node-ical/badRRULE.ics", 5858, false),
    ("node-ical/biweekly-exdate-until.ics", 773, true),
    ("node-ical/daily-count-exdate-recurrence-id.ics", 8, true),
    ("node-ical/dst-transition-rules.ics", 1, true),
    ("node-ical/duplicate-uid-sequence.ics", 2, true),
    ("node-ical/festival-multiday-rrule.ics", 159, true),
    ("node-ical/floating-dtstart-custom-vtimezone.ics", 1, true),
    ("node-ical/germany_at_end_of_day_repeating.ics", 4, true),
    ("node-ical/ms_timezones.ics", 372, false),
    ("node-ical/non-utc-until.ics", 53, true),
    ("node-ical/sabredav-school-holidays.ics", 1, true),
    ("node-ical/vtimezone-year-0001-dtstart.ics", 1, true),
    ("node-ical/whole_day_moved_over_dst_change_berlin.ics", 3, true),
];

const REPORT: &str = "report { name dryRun created changed unchanged outdated rejected
    problems { line component uid message fatal } events { line uid occurrence title action entryId } }";

/// Imports a file; the payload, whatever it says.
async fn import(client: &Client, calendar: &str, ics: &str) -> Value {
    client.try_mutate("calendarImport", json!({ "calendar": calendar, "ics": ics }), REPORT).await
}

/// Created, changed, unchanged, outdated, rejected.
fn counts(payload: &Value) -> [i64; 5] {
    assert_eq!(payload["userErrors"], json!([]));
    ["created", "changed", "unchanged", "outdated", "rejected"]
        .map(|it| payload["report"][it].as_i64().expect("a number"))
}

async fn calendar(app: &TestApp, name: &str) -> String {
    let input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": name, "confidentiality": "PUBLIC" });
    let made = app.actor("planner@ostallgaeu").mutate("calendarCreate", input, "calendar { id }").await;
    made["calendar"]["id"].as_str().expect("an id").to_owned()
}

/// How many dates the agenda has of a calendar, from 1990 to 2032.
async fn dates(client: &Client, calendar: &str) -> u64 {
    let fields: String = (1990..2032)
        .step_by(3)
        .map(|year| {
            format!(
                "y{year}: agenda(first: 1, filter: {{calendars: [$calendar]}}, between: {{start: \"{year}-01-01T00:00:00Z\", \
                 end: \"{}-01-01T00:00:00Z\"}}) {{ totalCount }} ",
                year + 3
            )
        })
        .collect();
    let data =
        client.send(&format!("query($calendar: ID!) {{ {fields} }}"), json!({ "calendar": calendar })).await.data();
    data.as_object().expect("windows").values().map(|it| it["totalCount"].as_u64().expect("a count")).sum()
}

async fn every_file_of_the_corpus_is_imported_once_or_rejected_with_a_reason(app: TestApp) {
    let Some(corpus) = corpus() else { return };
    let planner = app.actor("planner@ostallgaeu");
    let folder = corpus.join("ics");
    let mut files = Vec::new();
    crate::ics::files(&folder, &mut files);
    files.sort();
    assert!(files.len() > 50, "{}", files.len());
    let mut imported = BTreeMap::new();
    let mut found = BTreeMap::new();
    for path in &files {
        let name = path.strip_prefix(&folder).expect("below").display().to_string();
        let text = String::from_utf8_lossy(&std::fs::read(path).expect("bytes")).into_owned();
        let id = calendar(&app, &name).await;
        let payload = import(&planner, &id, &text).await;
        if payload["report"].is_null() {
            assert_eq!(said(&payload), ["INVALID ics"], "{name}");
            continue;
        }
        let [created, changed, unchanged, outdated, rejected] = counts(&payload);
        assert_eq!((changed, unchanged, outdated), (0, 0, 0), "{name}");
        let problems = payload["report"]["problems"].as_array().expect("problems");
        assert!(created > 0 || !problems.is_empty(), "{name}");
        assert_eq!(problems.iter().filter(|it| it["fatal"] == true).count() as i64, rejected, "{name}");
        for problem in problems {
            assert!(problem["line"].as_i64() > Some(0) && problem["message"].as_str().is_some_and(|it| it.len() > 10));
        }
        found.insert(name.clone(), dates(&planner, &id).await);
        imported.insert(name, (id, text, created));
    }
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    for (name, (id, text, created)) in &imported {
        assert_eq!(counts(&import(&planner, id, text).await)[..3], [0, 0, *created], "{name}");
    }
    assert_eq!(rows.dump().await, before, "the second time changes nothing");
    let found: Vec<_> = found.iter().filter(|it| *it.1 > 0).map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(found, DATES.map(|it| (it.0, it.1)));
    if python::is_there() {
        let alike: Vec<_> = DATES.iter().filter(|it| it.2).collect();
        let texts: Vec<_> = alike.iter().map(|it| &imported[it.0].1).collect();
        let asked = json!({ "calendars": texts, "from": "1990-01-01", "until": "2032-01-01" });
        let theirs = python::run("occurrences.py", &asked.to_string()).await;
        for ((name, own, _), theirs) in alike.into_iter().zip(theirs.as_array().expect("lists")) {
            assert_eq!(Some(*own), theirs.as_array().map(|it| it.len() as u64), "{name}");
        }
    }
}

async fn feed(app: &TestApp, calendar: &str) -> String {
    let (status, _, text) = app.server().get(&format!("/public/calendars/{calendar}.ics")).await;
    assert_eq!(status, 200);
    text
}

/// A series with a date moved and one called off, whole days, an idea, and an entry at a learning place.
async fn fill(app: &TestApp, calendar: &str) {
    let planner = app.actor("planner@ostallgaeu");
    let add = async |input: Value| {
        let mut entry = json!({ "calendar": calendar });
        entry.as_object_mut().expect("an object").extend(input.as_object().expect("an object").clone());
        planner.mutate("calendarEntryCreate", entry, "calendarEntry { id }").await["calendarEntry"]["id"].clone()
    };
    let series = add(json!({
        "title": "Sprechstunde; für Eltern, ohne \\n Anmeldung", "description": "Zeile eins\n\nZeile „zwei“",
        "time": { "timed": { "start": "2027-03-16T09:00", "end": "2027-03-16T10:00" } },
        "recurrence": { "rule": "FREQ=WEEKLY;INTERVAL=1;UNTIL=20270430;WKST=MO", "exceptDates": ["2027-03-23T09:00"],
            "extraDates": ["2027-03-25T17:00"] },
    }))
    .await;
    let moved = json!({ "id": series, "version": 1, "apply": "THIS", "occurrence": "2027-03-30T09:00", "title": "Im Rathaus",
        "time": { "timed": { "start": "2027-03-31T15:00", "end": "2027-03-31T16:00" } } });
    planner.mutate("calendarEntryUpdate", moved, "calendarEntry { id }").await;
    let off = json!({ "id": series, "version": 2, "apply": "THIS", "occurrence": "2027-04-06T09:00" });
    planner.mutate("calendarEntryCancel", off, "calendarEntry { id }").await;
    add(json!({ "title": "Ferien", "time": { "allDay": { "firstDay": "2027-05-03", "lastDay": "2027-05-07" } },
        "recurrence": { "rule": "FREQ=YEARLY" } }))
    .await;
    add(json!({ "title": "Vielleicht", "status": "IDEA", "targetGroups": ["Eltern, Kinder", "Lehrkräfte"],
        "organiser": "Bildungsbüro", "responsibleOffice": "Zimmer 3", "registrationUrl": "https://verbund.example/a;b",
        "location": "Saal 1", "time": { "timed": { "start": "2027-03-28T01:30", "end": "2027-03-28T02:30" } } }))
    .await;
    add(json!({ "title": "In New York", "status": "TENTATIVE",
        "time": { "timed": { "start": "2027-06-01T09:00", "end": "2027-06-01T10:00", "timeZone": "America/New_York" } } }))
    .await;
}

async fn an_own_export_changes_nothing(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let id = calendar(&app, "Export").await;
    fill(&app, &id).await;
    let text = feed(&app, &id).await;
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    assert_eq!(counts(&import(&planner, &id, &text).await), [0, 0, 6, 0, 0]);
    assert_eq!(rows.dump().await, before);

    // In another calendar it makes everything anew, once; and what that exports changes nothing there.
    let other = calendar(&app, "Other").await;
    assert_eq!(counts(&import(&planner, &other, &text).await), [6, 0, 0, 0, 0]);
    assert_eq!(counts(&import(&planner, &other, &text).await), [0, 0, 6, 0, 0]);
    assert_eq!(dates(&planner, &other).await, dates(&planner, &id).await);
    let again = feed(&app, &other).await;
    assert_eq!(counts(&import(&planner, &other, &again).await), [0, 0, 6, 0, 0]);

    // What somebody changed in the file is taken over, and nothing else of the entry is touched.
    let place = r#"{ calendarEntries(between: {start: "2027-03-28T00:00:00Z", end: "2027-03-29T00:00:00Z"}, first: 1, filter: {calendars: ["ID"]})
        { nodes { ... on CalendarEntryFull { title status version location targetGroups organiser } } } }"#;
    let edited = text.replace("LOCATION:Saal 1", "LOCATION:Saal 2");
    assert_eq!(counts(&import(&planner, &id, &edited).await), [0, 1, 5, 0, 0]);
    let data = planner.ask(&place.replace("ID", &id)).await.data();
    let expected = json!({ "title": "Vielleicht", "status": "IDEA", "version": 2, "location": "Saal 2",
        "targetGroups": ["Eltern, Kinder", "Lehrkräfte"], "organiser": "Bildungsbüro" });
    assert_eq!(data["calendarEntries"]["nodes"][0], expected);
    // The file of before is older now.
    assert_eq!(counts(&import(&planner, &id, &text).await), [0, 0, 5, 1, 0]);
    assert_eq!(counts(&import(&planner, &id, &edited).await), [0, 0, 6, 0, 0]);
}

/// A file with these events, each given by its lines.
fn file(events: &[&str]) -> String {
    let events: String = events.iter().map(|it| format!("BEGIN:VEVENT\n{}\nEND:VEVENT\n", it.trim())).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-CALNAME:Fremd\n{events}END:VCALENDAR\n").replace('\n', "\r\n")
}

const SERIES: &str = "UID:a@x\nSEQUENCE:3\nSUMMARY:Training\nDTSTART;TZID=W. Europe Standard Time:20270302T180000\nDURATION:PT90M\n\
    RRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID=W. Europe Standard Time:20270309T180000";
const MOVED: &str = "UID:a@x\nRECURRENCE-ID:20270316T170000Z\nSUMMARY:Training, verlegt\nDTSTART:20270317T170000Z\nDTEND:20270317T180000Z";
const OFF: &str = "UID:a@x\nRECURRENCE-ID:20270323T170000Z\nSTATUS:CANCELLED\nSUMMARY:Training\nDTSTART:20270323T170000Z\nDTEND:20270323T183000Z";

/// Starts, titles and statuses in the agenda of March and April 2027.
async fn agenda(client: &Client, calendar: &str) -> Vec<String> {
    let query = r#"query($calendar: ID!) { agenda(first: 100, filter: {calendars: [$calendar]},
        between: {start: "2027-03-01T00:00:00Z", end: "2027-05-01T00:00:00Z"}) { nodes { startLocal
        entry { ... on CalendarEntryFull { title status } } } } }"#;
    let data = client.send(query, json!({ "calendar": calendar })).await.data();
    let word = |it: &Value| it.as_str().unwrap_or("-").to_owned();
    let nodes = data["agenda"]["nodes"].as_array().expect("nodes");
    nodes
        .iter()
        .map(|it| {
            let entry = &it["entry"];
            format!("{} {} {}", &word(&it["startLocal"])[5..16], word(&entry["title"]), word(&entry["status"]))
        })
        .collect()
}

async fn a_series_with_its_changed_dates_comes_and_changes_whole(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let id = calendar(&app, "Series").await;
    // The order in the file does not matter.
    assert_eq!(counts(&import(&planner, &id, &file(&[MOVED, SERIES, OFF])).await), [3, 0, 0, 0, 0]);
    let expected = [
        "03-02T18:00 Training CONFIRMED",
        "03-17T17:00 Training, verlegt CONFIRMED",
        "03-23T17:00 Training CANCELLED",
        "03-30T18:00 Training CONFIRMED",
        "04-06T18:00 Training CONFIRMED",
    ];
    assert_eq!(agenda(&planner, &id).await, expected);
    // A date alone finds its series in the store.
    let later =
        "UID:a@x\nRECURRENCE-ID:20270330T160000Z\nSUMMARY:Endspurt\nDTSTART:20270330T160000Z\nDTEND:20270330T170000Z";
    assert_eq!(counts(&import(&planner, &id, &file(&[later])).await), [1, 0, 0, 0, 0]);
    assert_eq!(agenda(&planner, &id).await[3], "03-30T16:00 Endspurt CONFIRMED");
    // The series comes an hour later from now on: its changed dates are no dates of it any more, and stay for themselves.
    let moved = SERIES.replace("SEQUENCE:3", "SEQUENCE:4").replace("T180000", "T190000").replace("Training", "Turnen");
    assert_eq!(counts(&import(&planner, &id, &file(&[&moved])).await), [0, 1, 0, 0, 0]);
    let found = agenda(&planner, &id).await;
    let expected = ["03-02T19:00", "03-16T19:00", "03-23T19:00", "03-30T19:00", "04-06T19:00"];
    let turns: Vec<_> = found.iter().filter(|it| it.contains("Turnen")).map(|it| &it[..11]).collect();
    assert_eq!((turns, found.len()), (expected.to_vec(), 8));
    // It becomes a single event.
    let single = "UID:a@x\nSEQUENCE:5\nSUMMARY:Turnen\nDTSTART:20270302T180000Z\nDTEND:20270302T190000Z";
    assert_eq!(counts(&import(&planner, &id, &file(&[single])).await), [0, 1, 0, 0, 0]);
    assert_eq!(agenda(&planner, &id).await.iter().filter(|it| it.contains("Turnen")).count(), 1);
    // A date whose series nobody knows stands for itself, and is recognised again.
    let alone =
        "UID:b@x\nRECURRENCE-ID:20270401T080000Z\nSUMMARY:Allein\nDTSTART:20270401T090000Z\nDTEND:20270401T100000Z";
    assert_eq!(counts(&import(&planner, &id, &file(&[alone])).await), [1, 0, 0, 0, 0]);
    assert_eq!(counts(&import(&planner, &id, &file(&[alone])).await), [0, 0, 1, 0, 0]);
    // Until its series comes: then it is a date of that.
    let series = "UID:b@x\nSUMMARY:Reihe\nDTSTART:20270325T080000Z\nDTEND:20270325T090000Z\nRRULE:FREQ=WEEKLY;COUNT=2";
    assert_eq!(counts(&import(&planner, &id, &file(&[series])).await), [1, 0, 0, 0, 0]);
    let changed = alone.replace("Allein", "Zu zweit");
    assert_eq!(counts(&import(&planner, &id, &file(&[series, &changed])).await), [0, 1, 1, 0, 0]);
    let found = agenda(&planner, &id).await;
    assert!(found.contains(&"04-01T09:00 Zu zweit CONFIRMED".to_owned()), "{found:?}");
    assert_eq!(found.iter().filter(|it| it.contains("Reihe")).count(), 1, "{found:?}");
}

async fn what_is_older_or_was_changed_here_stays(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let id = calendar(&app, "Older").await;
    let event = |sequence: u8, hour: u8, title: &str| {
        file(&[&format!(
            "UID:c@x\nSEQUENCE:{sequence}\nLAST-MODIFIED:20270101T{hour:02}0000Z\nSUMMARY:{title}\nDTSTART;VALUE=DATE:20270310"
        )])
    };
    let made = import(&planner, &id, &event(2, 9, "Zwei")).await;
    assert_eq!(counts(&made), [1, 0, 0, 0, 0]);
    let entry = &made["report"]["events"][0]["entryId"];
    assert_eq!(counts(&import(&planner, &id, &event(1, 12, "Eins")).await), [0, 0, 0, 1, 0], "by SEQUENCE");
    assert_eq!(counts(&import(&planner, &id, &event(2, 8, "Eins")).await), [0, 0, 0, 1, 0], "by LAST-MODIFIED");
    // What was changed here stays while the file says what it said.
    let input = json!({ "id": entry, "version": 1, "title": "Hier geändert" });
    planner.mutate("calendarEntryUpdate", input, "calendarEntry { id }").await;
    assert_eq!(counts(&import(&planner, &id, &event(2, 9, "Zwei")).await), [0, 0, 1, 0, 0]);
    assert_eq!(agenda(&planner, &id).await, ["03-10T00:00 Hier geändert CONFIRMED"]);
    assert_eq!(counts(&import(&planner, &id, &event(2, 10, "Drei")).await), [0, 1, 0, 0, 0]);
    assert_eq!(agenda(&planner, &id).await, ["03-10T00:00 Drei CONFIRMED"]);
    // Called off there, it is called off here; free there, it takes no time here.
    let off = event(3, 11, "Drei").replace("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY");
    assert_eq!(counts(&import(&planner, &id, &off).await), [0, 1, 0, 0, 0]);
    assert_eq!(agenda(&planner, &id).await, ["03-10T00:00 Drei CANCELLED"]);
    let free = event(4, 11, "Drei").replace("SUMMARY", "TRANSP:TRANSPARENT\r\nSUMMARY");
    assert_eq!(counts(&import(&planner, &id, &free).await), [0, 1, 0, 0, 0]);
    assert_eq!(agenda(&planner, &id).await, ["03-10T00:00 Drei IDEA"]);
    // Private there is internal here.
    let secret = event(5, 11, "Geheim").replace("SUMMARY", "CLASS:PRIVATE\r\nSUMMARY");
    assert_eq!(counts(&import(&planner, &id, &secret).await), [0, 1, 0, 0, 0]);
    assert!(!feed(&app, &id).await.contains("Geheim"));
    assert_eq!(agenda(&app.anonymous(), &id).await, Vec::<String>::new());
}

async fn problems_are_told_with_line_uid_and_reason(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu").speaking("de");
    let id = calendar(&app, "Problems").await;
    let long = format!("UID:long\nSUMMARY:{}\nDTSTART:20270301T090000Z\nURL:ftp://x", "x".repeat(300));
    let text = file(&[
        "UID:good\nSUMMARY:Gut\nDTSTART:20270301T090000Z\nDTEND:20270301T100000Z",
        "UID:rule\nSUMMARY:Regel\nDTSTART:20270301T090000Z\nRRULE:FREQ=HOURLY",
        "UID:age\nSUMMARY:Alt\nDTSTART;VALUE=DATE:18500101",
        "UID:years\nSUMMARY:Lang\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20290101",
        "UID:many\nSUMMARY:Oft\nDTSTART;VALUE=DATE:20000101\nRRULE:FREQ=DAILY",
        "UID:none\nSUMMARY:Leer\nDTSTART;VALUE=DATE:20270101\nRRULE:FREQ=DAILY;COUNT=1\nEXDATE;VALUE=DATE:20270101",
        &long,
    ]);
    let payload = import(&planner, &id, &text).await;
    assert_eq!(counts(&payload), [3, 0, 0, 0, 4]);
    assert_eq!(payload["report"]["name"], "Fremd");
    let problems: Vec<_> = payload["report"]["problems"]
        .as_array()
        .expect("problems")
        .iter()
        .map(|it| {
            format!(
                "{} {} {} {}",
                it["line"],
                it["uid"].as_str().unwrap_or("-"),
                it["fatal"],
                it["message"].as_str().expect("a message")
            )
        })
        .collect();
    insta::assert_snapshot!("import_problems", problems.join("\n"));
    let actions: Vec<_> =
        payload["report"]["events"].as_array().expect("events").iter().map(|it| it["action"].clone()).collect();
    assert_eq!(actions, ["CREATE", "REJECT", "REJECT", "CREATE", "REJECT", "CREATE"]);
    let nothing = import(&planner, &id, "Guten Tag").await;
    assert_eq!((said(&nothing), &nothing["report"]), (vec!["INVALID ics".to_owned()], &Value::Null));
    assert!(nothing["userErrors"][0]["message"].as_str().is_some_and(|it| it.contains("Kalender")), "{nothing}");
}

async fn characters_that_hide_text_are_left_out_and_told(app: TestApp) {
    let (planner, calendar) = (app.actor("planner@ostallgaeu"), calendar(&app, "Von anderen").await);
    let ics = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\nUID:hidden-1\r\n\
               DTSTAMP:20270101T000000Z\r\nDTSTART:20270316T090000Z\r\nDTEND:20270316T100000Z\r\n\
               SUMMARY:\u{200e}Forum \u{202e}im\u{200b} März 👩\u{200d}🏫\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let payload = import(&planner, &calendar, ics).await;
    assert_eq!(counts(&payload), [1, 0, 0, 0, 0]);
    let problem = &payload["report"]["problems"][0];
    let told = problem["message"].as_str().unwrap_or_default();
    assert!(told.contains("SUMMARY") && told.contains("invisible") && problem["fatal"] == false, "{payload}");
    let entry = "query($id: ID!) { node(id: $id) { ... on CalendarEntryFull { title } } }";
    let data = planner.send(entry, json!({ "id": payload["report"]["events"][0]["entryId"] })).await.data();
    assert_eq!(data["node"]["title"], "Forum im März 👩\u{200d}🏫");
    // By hand it is refused, with character and place.
    let input = json!({ "calendar": calendar, "title": "Forum \u{202e}zräM", "time": { "allDay": { "firstDay": "2027-03-16" } } });
    let refused = planner.try_mutate("calendarEntryCreate", input, "calendarEntry { id }").await;
    let error = &refused["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!("title")));
    assert!(error["message"].as_str().is_some_and(|it| it.contains("Character 7") && it.contains("U+202E")), "{error}");
}

async fn a_dry_run_tells_all_and_writes_nothing(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let id = calendar(&app, "Dry").await;
    let rows = app.database.rows().await;
    let before = rows.dump().await;
    let text = file(&[SERIES, MOVED, OFF]);
    let input = json!({ "calendar": id, "ics": text, "dryRun": true });
    let told = planner.mutate("calendarImport", input, REPORT).await;
    assert_eq!(rows.dump().await, before);
    assert_eq!(told["report"]["dryRun"], true);
    let done = import(&planner, &id, &text).await;
    let without_ids = |payload: &Value| {
        let mut report = payload["report"].clone();
        report["dryRun"].take();
        report["events"].as_array_mut().expect("events").iter_mut().for_each(|it| drop(it["entryId"].take()));
        report
    };
    assert_eq!(without_ids(&told), without_ids(&done));
    // One audit row with the counts, and an event for everybody who follows the calendar.
    let action = rows.list("SELECT action FROM audit_event ORDER BY id DESC LIMIT 1").await;
    assert_eq!(action, ["calendarImport"]);
    assert_eq!(rows.count("audit_event").await - before["audit_event"].len() as i64, 1);
    assert_eq!(
        rows.count("outbox_event").await - before["outbox_event"].len() as i64,
        4,
        "of the calendar, and of each entry"
    );
}

async fn what_cannot_be_imported_into_is_refused(app: TestApp) {
    let text = file(&[SERIES]);
    let public = app.world.id("calendar.oal.public");
    for (client, refused) in [
        (app.anonymous(), "UNAUTHENTICATED -"),
        (app.actor("viewer@ostallgaeu"), "FORBIDDEN calendar"),
        (app.actor("planner@kaufbeuren"), "FORBIDDEN calendar"),
    ] {
        assert_eq!(said(&import(&client, public, &text).await), [refused]);
    }
    let planner = app.actor("planner@ostallgaeu");
    assert_eq!(said(&import(&planner, app.world.id("tenant.ostallgaeu"), &text).await), ["INVALID calendar"]);
    let id = calendar(&app, "Archive").await;
    planner.mutate("calendarArchive", json!({ "id": id, "version": 1 }), "calendar { id }").await;
    assert_eq!(said(&import(&planner, &id, &text).await), ["CONFLICT calendar"]);
}

async fn the_number_of_statements_does_not_grow_with_what_is_unchanged(app: TestApp) {
    let planner = app.actor("planner@ostallgaeu");
    let send = async |id: &str, count: usize| {
        let events: Vec<_> = (0..count)
            .map(|it| format!("UID:{it}@x\nSUMMARY:Nummer {it}\nDTSTART:20270301T090000Z\nDTEND:20270301T100000Z\nRRULE:FREQ=DAILY;COUNT=2"))
            .collect();
        let text = file(&events.iter().map(String::as_str).collect::<Vec<_>>());
        let input = json!({ "input": { "calendar": id, "ics": text } });
        let query = "mutation($input: CalendarImportInput!) { calendarImport(input: $input) { report { created unchanged } userErrors { code } } }";
        let reply = planner.send(query, input).await;
        (reply.data()["calendarImport"]["report"].clone(), reply.statements())
    };
    let (few, many) = (calendar(&app, "Few").await, calendar(&app, "Many").await);
    let (_, small) = send(&few, 3).await;
    let (report, large) = send(&many, 150).await;
    assert_eq!((report, large), (json!({ "created": 150, "unchanged": 0 }), small), "new rows come many at a time");
    let (_, small) = send(&few, 3).await;
    let (report, large) = send(&many, 150).await;
    assert_eq!((report, large), (json!({ "created": 0, "unchanged": 150 }), small));
}

async fn the_operator_imports_a_file(app: TestApp) {
    let id = calendar(&app, "Operator").await;
    let op = server::operator::operation(&app.config, &app.clock).await.expect("the operator's way in");
    let row = verbund_tests::row_of(&id);
    let text = file(&[SERIES, MOVED, OFF]);
    for expected in ["\"created\":3", "\"unchanged\":3"] {
        let done =
            domain::calendars::import::import_as_operator(&op, row, text.as_bytes(), false).await.map_err(|_| ());
        let said = done.expect("an import").render(kernel::i18n::Locale::De);
        assert!(said.contains(expected), "{said}");
    }
    let nowhere = kernel::ids::new_id();
    assert!(domain::calendars::import::import_as_operator(&op, nowhere, text.as_bytes(), false).await.is_err());
    op.store.close().await;
    assert_eq!(agenda(&app.anonymous(), &id).await.len(), 5);
}
