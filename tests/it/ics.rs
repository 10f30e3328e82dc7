//! Calendars of others, and ours in the hands of others. Neither needs a database, so one engine is enough.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use icalendar::read::{ReadCalendar, ReadProblemReason, read};
use icalendar::{CalendarFeed, Class, Event, Recurrence, Status, Texts, When, write};
use kernel::i18n::Locale;
use serde_json::{Value, json};
use verbund_tests::harness::corpus;
use verbund_tests::{Case, Engine, TestApp, cases, python};

pub fn cases() -> Vec<Case> {
    cases!["ics";
        every_file_of_the_corpus_is_read_or_told_why_not,
        what_the_corpus_is_known_for_is_understood,
        another_library_reads_a_feed_with_everything,
    ]
}

pub fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "ics") {
            found.push(path);
        }
    }
}

fn read_file(path: &Path) -> ReadCalendar {
    read(&std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())), None, Tz::Europe__Berlin)
}

async fn every_file_of_the_corpus_is_read_or_told_why_not(app: TestApp) {
    let (Some(corpus), Engine::Sqlite) = (corpus(), app.engine) else { return };
    let mut all = Vec::new();
    files(&corpus.join("ics"), &mut all);
    files(&corpus.join("holidays"), &mut all);
    assert!(all.len() > 50, "{}", all.len());
    for path in all {
        let name = path.display();
        let read = read_file(&path);
        assert!(!read.events.is_empty() || !read.problems.is_empty(), "{name}");
        let lines = String::from_utf8_lossy(&std::fs::read(&path).expect("bytes")).split(['\n', '\r']).count();
        for problem in &read.problems {
            assert!((1..=lines).contains(&problem.line) && !problem.component.is_empty(), "{name}: {problem:?}");
            for locale in [Locale::De, Locale::En] {
                let said = problem.render(locale);
                assert!(said.contains(&problem.line.to_string()) && !said.contains("ics-"), "{name}: {said}");
            }
        }
        // What was read is written and read back as it is, but for notes about the file.
        let events = read.events.iter().map(|it| Event {
            uid: it.uid.clone(),
            stamp: chrono::DateTime::UNIX_EPOCH,
            last_modified: it.last_modified,
            sequence: it.sequence,
            time: it.time,
            recurrence: it.recurrence.clone(),
            occurrence: it.occurrence,
            status: it.status,
            transparent: it.transparent,
            class: it.class,
            texts: Some(it.texts.clone()),
            label: None,
        });
        let feed = CalendarFeed {
            name: "x".to_owned(),
            description: None,
            color: None,
            refresh: TimeDelta::hours(1),
            events: events.collect(),
        };
        let again = icalendar::read::read(write::feed(&feed).as_bytes(), None, Tz::Europe__Berlin);
        let without_lines = |read: &ReadCalendar| {
            let mut events = read.events.clone();
            events.iter_mut().for_each(|it| it.line = 0);
            events
        };
        assert_eq!(without_lines(&again), without_lines(&read), "{name}");
    }
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a time")
}

/// Titles of the events, and the words of the problems that left some out.
fn outcome(read: &ReadCalendar) -> (usize, Vec<&ReadProblemReason>) {
    (read.events.len(), read.problems.iter().filter(|it| it.fatal()).map(|it| &it.reason).collect())
}

async fn what_the_corpus_is_known_for_is_understood(app: TestApp) {
    let (Some(corpus), Engine::Sqlite) = (corpus(), app.engine) else { return };
    let file = |name: &str| read_file(&corpus.join("ics").join(name));

    for name in ["by_school_2024-2028.ics", "by_public_2024-2028.ics"] {
        let read = read_file(&corpus.join("holidays").join(name));
        assert!(read.problems.is_empty() && read.events.len() >= 36, "{name}: {:?}", read.problems);
        assert!(read.events.iter().all(|it| it.time.zone().is_none() && it.texts.title.is_some()));
    }
    let holidays = file("node-ical/sabredav-school-holidays.ics");
    assert_eq!((outcome(&holidays), holidays.name.as_deref()), ((1, vec![]), Some("Schulferien")));
    assert_eq!(holidays.events[0].time.ends_local(), local("2018-08-11T00:00:00"));

    // Each zone of Windows is a zone of the database, and none needs a note.
    let windows = file("node-ical/ms_timezones.ics");
    assert!(windows.problems.is_empty() && windows.events.iter().all(|it| it.time.zone() != Some(Tz::UTC)));
    let vendors = file("icalendar-7.3.0-tests/issue_313_globally_unique_tzid.ics");
    let zones: Vec<_> = vendors.events.iter().filter_map(|it| it.time.zone()).map(Tz::name).collect();
    assert_eq!(zones, ["Europe/Berlin", "America/New_York", "America/Argentina/Buenos_Aires"]);
    let by_clocks = file("icalendar-7.3.0-tests/issue_165_missing_event.ics");
    assert_eq!(by_clocks.events[0].time.zone(), Some(Tz::Europe__Berlin));
    let rule = by_clocks.events[0].recurrence.as_ref().and_then(|it| it.rule.as_deref());
    assert_eq!(rule, Some("FREQ=DAILY;UNTIL=20150722T100000;WKST=SU;BYDAY=MO,TU,WE,TH,FR"));

    let versions = file("node-ical/duplicate-uid-sequence.ics");
    let titles: Vec<_> = versions.events.iter().filter_map(|it| it.texts.title.as_deref()).collect();
    assert_eq!(titles, ["Team Meeting (SEQUENCE 2)", "Updated version (SEQUENCE 3) - should win"]);
    let exceptions = file("node-ical/biweekly-exdate-until.ics");
    let recurrence = exceptions.events[0].recurrence.as_ref().expect("a series");
    assert_eq!(recurrence.exdate.len(), 4);
    // 04:59:59 in UTC is the last second of the day before, in Chicago.
    assert_eq!(recurrence.rule.as_deref(), Some("FREQ=WEEKLY;INTERVAL=2;UNTIL=20170813T235959;WKST=SU;BYDAY=MO,TH"));
    let moved = file("node-ical/whole_day_moved_over_dst_change_berlin.ics");
    assert_eq!(moved.events[1].occurrence, Some(local("2024-10-28T00:00:00")));
    let bare_day = file("ical.js/rdate_exdate.ics");
    let recurrence = bare_day.events[0].recurrence.as_ref().expect("a series");
    assert_eq!(recurrence.exdate, [local("2024-06-11T03:00:00")]);

    let left_out = |name: &str| outcome(&file(name)).1.len();
    assert_eq!(left_out("node-ical/badRRULE.ics"), 0, "one rule is broken, and all events stay");
    assert_eq!(left_out("icalendar/broken_dtstart.ics"), 1);
    assert_eq!(left_out("icalendar/rfc_7529.ics"), 4, "other calendars than the Gregorian");
    assert_eq!(left_out("icalendar/rfc_5545_RDATE_example.ics"), 6, "without a start");
    let note = |name: &str| file(name).problems.into_iter().map(|it| it.reason).collect::<Vec<_>>();
    assert_eq!(note("icalendar/bom_calendar.ics"), [ReadProblemReason::Empty]);
    assert_eq!(note("icalendar/fuzz_testcase_vtimezone_lone_cr.ics"), [ReadProblemReason::NotACalendar]);
    assert!(note("node-ical/badRRULE.ics").contains(&ReadProblemReason::RuleBroken("AnythingRandom".to_owned())));
    // The second rule has an end: its dates stand beside those of the first.
    assert!(!note("ical.js/multiple_rrules.ics").contains(&ReadProblemReason::SeveralRules));
    assert!(file("ical.js/multiple_rrules.ics").events[0].recurrence.as_ref().is_some_and(|it| it.rdate.len() > 10));
    let unknown = ReadProblemReason::ZoneUnknown("Europe/Germany".to_owned());
    assert!(note("node-ical/germany_at_end_of_day_repeating.ics").contains(&unknown));
}

fn event(uid: &str, start: &str, end: &str, zone: Tz, texts: Option<Texts>) -> Event {
    let (starts_local, ends_local) = (local(start), local(end));
    Event {
        uid: uid.to_owned(),
        stamp: "2027-01-01T08:00:00Z".parse().expect("an instant"),
        last_modified: Some("2026-12-31T08:00:00Z".parse().expect("an instant")),
        sequence: 2,
        time: When::Clock { starts_local, ends_local, zone },
        recurrence: None,
        occurrence: None,
        status: Some(Status::Confirmed),
        transparent: false,
        class: Class::Public,
        texts,
        label: None,
    }
}

fn titled(title: &str) -> Option<Texts> {
    Some(Texts { title: Some(title.to_owned()), ..Texts::default() })
}

async fn another_library_reads_a_feed_with_everything(app: TestApp) {
    if app.engine != Engine::Sqlite || !python::is_there() {
        return;
    }
    // Letters of 2 to 4 bytes at every place where a line may be cut.
    let border: String = (0..40).map(|it| format!("{}ä€🎒", "x".repeat(it % 7))).collect();
    let awkward = Texts {
        title: Some(border.clone()),
        description: Some("Komma, Strichpunkt; \\ \"Zitat\"\nneue Zeile\n\nÄÖÜß \\n".to_owned()),
        location: Some("Füssen, Saal 1; EG".to_owned()),
        organiser: Some("Büro \"Mitte\": Kaufbeuren; ^1".to_owned()),
        categories: vec!["Bildung, Region".to_owned(), "Ü;1".to_owned()],
        url: Some("https://verbund.example/a?b=c,d;e&f=%C3%A4".to_owned()),
        contact: Some("Frau Müller, Zimmer 3".to_owned()),
    };
    let berlin = Tz::Europe__Berlin;
    let mut series = event("series", "2027-03-08T09:00:00", "2027-03-08T10:00:00", berlin, titled("Serie"));
    series.recurrence = Some(Recurrence {
        rule: Some("FREQ=WEEKLY;UNTIL=20270419T090000".to_owned()),
        rdate: vec![local("2027-11-02T09:00:00")],
        exdate: vec![local("2027-03-22T09:00:00")],
    });
    let mut moved = event("series", "2027-03-30T14:00:00", "2027-03-30T15:00:00", berlin, titled("Serie, verlegt"));
    moved.occurrence = Some(local("2027-03-29T09:00:00"));
    let mut days = event("days", "2027-08-02T00:00:00", "2027-08-03T00:00:00", Tz::UTC, titled("Ferien"));
    let day = |text: &str| local(text).date();
    days.time = When::Days { first: day("2027-08-02T00:00:00"), last_exclusive: day("2027-08-14T00:00:00") };
    let mut busy = event("busy", "2027-07-01T09:00:00", "2027-07-01T11:30:00", berlin, None);
    busy.class = Class::Private;
    let events = vec![
        event("awkward", "2027-07-01T09:00:00", "2027-07-01T10:00:00", berlin, Some(awkward)),
        series,
        moved,
        days,
        busy,
        event("new-york", "2027-03-20T09:00:00", "2027-03-20T10:00:00", Tz::America__New_York, titled("New York")),
        event("casablanca", "2027-07-20T09:00:00", "2027-07-20T10:00:00", Tz::Africa__Casablanca, titled("Casablanca")),
        event("utc", "2027-07-20T09:00:00", "2027-07-20T10:00:00", Tz::UTC, titled("UTC")),
    ];
    let feed = CalendarFeed {
        name: "Plankalender Süd, Teil 1; „öffentlich“ 🎒".to_owned(),
        description: Some("Alles\nzusammen".to_owned()),
        color: Some("#2a6f97".to_owned()),
        refresh: TimeDelta::minutes(90),
        events,
    };
    let seen = python::run("calendar_feed.py", &write::feed(&feed)).await;

    assert_eq!(seen["errors"], json!([]));
    assert_eq!(seen["name"], json!(feed.name));
    assert_eq!(seen["refresh"], json!(5400.0));
    let by_uid: BTreeMap<_, _> = seen["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|it| (it["uid"].as_str().unwrap_or_default(), it))
        .collect();
    assert_eq!(by_uid["awkward"]["texts"], {
        let texts = feed.events[0].texts.as_ref().expect("texts");
        json!({
            "SUMMARY": border, "DESCRIPTION": texts.description, "LOCATION": texts.location, "URL": texts.url,
            "CONTACT": texts.contact, "CATEGORIES": texts.categories, "ORGANIZER": texts.organiser,
        })
    });
    assert_eq!(
        by_uid["busy"]["names"],
        json!(["CLASS", "DTEND", "DTSTAMP", "DTSTART", "SEQUENCE", "TRANSP", "UID"]),
        "nothing but times"
    );
    let hour = |uid: &str, day: &str, hour: u32| {
        json!([uid, format!("2027-{day}T{hour:02}:00:00Z"), format!("2027-{day}T{:02}:00:00Z", hour + 1)])
    };
    let casablanca = &hour_in_utc(Tz::Africa__Casablanca, "2027-07-20T09:00:00");
    let mut expected: Vec<Value> = vec![
        hour("awkward", "07-01", 7),
        json!(["busy", "2027-07-01T07:00:00Z", "2027-07-01T09:30:00Z"]),
        hour("casablanca", "07-20", *casablanca),
        json!(["days", "2027-08-02", "2027-08-14"]),
        hour("new-york", "03-20", 13),
        hour("series", "03-08", 8),
        hour("series", "03-15", 8),
        // 22 March is left out, 29 March moved to the day after, and from then on it is summer.
        hour("series", "03-30", 12),
        hour("series", "04-05", 7),
        hour("series", "04-12", 7),
        hour("series", "04-19", 7),
        hour("series", "11-02", 8),
        hour("utc", "07-20", 9),
    ];
    expected.sort_by_key(Value::to_string);
    assert_eq!(seen["occurrences"], json!(expected));
    assert_eq!(seen["by_definitions"], json!(expected), "the definitions in the feed alone give the same instants");
}

/// The hour in UTC of a time in a zone.
fn hour_in_utc(zone: Tz, time: &str) -> u32 {
    use chrono::{TimeZone as _, Timelike as _};
    zone.from_local_datetime(&local(time)).single().expect("a time").to_utc().hour()
}
