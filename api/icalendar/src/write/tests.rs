//! What a feed looks like.

use chrono::TimeDelta;
use chrono_tz::Europe::Berlin;

use super::*;
use crate::{Busy, Class, Status};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn event(time: When) -> Event {
    Event {
        uid: "0190a1b2".to_owned(),
        stamp: at("2027-01-01T08:00:00Z"),
        last_modified: Some(at("2026-12-31T08:00:00Z")),
        sequence: 3,
        time,
        recurrence: None,
        occurrence: None,
        status: Some(Status::Tentative),
        transparent: false,
        class: Class::Public,
        texts: Some(Texts { title: Some("Treffen; Füssen, 9 Uhr".to_owned()), ..Texts::default() }),
        label: None,
    }
}

fn nine() -> When {
    let (starts_local, ends_local) = (local("2027-03-01T09:00:00"), local("2027-03-01T10:30:00"));
    When::Clock { starts_local, ends_local, zone: Berlin }
}

fn written(events: Vec<Event>) -> String {
    let name = "Plankalender, Süd".to_owned();
    let color = Some("#2a6f97".to_owned());
    feed(&CalendarFeed { name, description: None, color, refresh: TimeDelta::hours(1), events })
}

#[test]
fn a_feed_has_its_head_and_an_event_its_lines() {
    let text = written(vec![event(nine())]);
    let (head, rest) = text.split_once("BEGIN:VTIMEZONE\r\n").unwrap();
    assert_eq!(
        head,
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Verbund//Verbund//DE\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n\
         NAME:Plankalender\\, Süd\r\nX-WR-CALNAME:Plankalender\\, Süd\r\nCOLOR:steelblue\r\n\
         X-APPLE-CALENDAR-COLOR:#2A6F97\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n"
    );
    let (_, event) = rest.split_once("END:VTIMEZONE\r\n").unwrap();
    assert_eq!(
        event,
        "BEGIN:VEVENT\r\nUID:0190a1b2\r\nDTSTAMP:20270101T080000Z\r\nDTSTART;TZID=Europe/Berlin:20270301T090000\r\n\
         DTEND;TZID=Europe/Berlin:20270301T103000\r\nSEQUENCE:3\r\nTRANSP:OPAQUE\r\nCLASS:PUBLIC\r\n\
         LAST-MODIFIED:20261231T080000Z\r\nSTATUS:TENTATIVE\r\nSUMMARY:Treffen\\; Füssen\\, 9 Uhr\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
}

#[test]
fn a_place_of_several_lines_is_one_line() {
    let mut place = event(nine());
    for (given, line) in [
        ("Rathaus\nKaiser-Max-Straße 1\r\n\n87600 Kaufbeuren\n", "Rathaus\\, Kaiser-Max-Straße 1\\, 87600 Kaufbeuren"),
        ("Saal 1,\n2. Stock", "Saal 1\\, 2. Stock"),
        (" Saal, ", " Saal\\, "),
    ] {
        place.texts = Some(Texts { location: Some(given.to_owned()), ..Texts::default() });
        let text = written(vec![place.clone()]);
        assert!(text.contains(&format!("\r\nLOCATION:{line}\r\n")), "{text}");
    }
}

#[test]
fn busy_has_nothing_but_times() {
    let mut busy = event(nine());
    busy.texts = None;
    busy.class = Class::Confidential;
    let names = |event: &Event| {
        let text = written(vec![event.clone()]);
        let (_, event) = text.split_once("BEGIN:VEVENT\r\n").unwrap();
        event.lines().map(|it| it.split([':', ';']).next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut expected = vec!["UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "TRANSP", "CLASS", "END", "END"];
    assert_eq!(names(&busy), expected);
    busy.label = Some("Belegt".to_owned());
    expected.insert(7, "SUMMARY");
    assert_eq!(names(&busy), expected);
    let shown = |events: Vec<Event>| {
        let feed =
            CalendarFeed { name: "n".to_owned(), description: None, color: None, refresh: TimeDelta::hours(1), events };
        serde_json::from_str::<serde_json::Value>(&crate::json::group(&feed, "g")).unwrap()["entries"][0].clone()
    };
    let entry = shown(vec![busy.clone()]);
    assert_eq!((entry["title"].as_str(), entry["privacy"].as_str()), (Some("Belegt"), Some("private")));
    let open = shown(vec![event(nine())]);
    assert_eq!((open["title"].as_str(), open.get("privacy")), (Some("Treffen; Füssen, 9 Uhr"), None));
}

#[test]
fn whole_days_end_on_the_next_one_and_utc_needs_no_zone() {
    let days = When::Days { first: "2027-08-02".parse().unwrap(), last_exclusive: "2027-08-03".parse().unwrap() };
    let (starts_local, ends_local) = (local("2027-03-01T09:00:00"), local("2027-03-01T10:30:00"));
    let text = written(vec![event(days), event(When::Clock { starts_local, ends_local, zone: Tz::UTC })]);
    assert!(text.contains("DTSTART;VALUE=DATE:20270802\r\nDTEND;VALUE=DATE:20270803\r\n"));
    assert!(text.contains("DTSTART:20270301T090000Z\r\nDTEND:20270301T103000Z\r\n"));
    assert!(!text.contains("VTIMEZONE"));
}

#[test]
fn an_occurrence_is_named_on_the_clock_of_its_series() {
    let mut series = event(nine());
    series.recurrence = Some(Recurrence {
        rule: Some("FREQ=WEEKLY;UNTIL=20270701T090000".to_owned()),
        rdate: vec![local("2027-04-03T09:00:00")],
        exdate: vec![local("2027-04-05T09:00:00"), local("2027-03-29T09:00:00")],
    });
    let days = When::Days { first: "2027-03-09".parse().unwrap(), last_exclusive: "2027-03-10".parse().unwrap() };
    let moved = Event { occurrence: Some(local("2027-03-08T09:00:00")), ..event(days) };
    let text = written(vec![moved, series]);
    assert!(text.contains("RECURRENCE-ID;TZID=Europe/Berlin:20270308T090000\r\nDTSTART;VALUE=DATE:20270309\r\n"));
    assert!(text.contains(
        "RRULE:FREQ=WEEKLY;UNTIL=20270701T070000Z\r\nRDATE;TZID=Europe/Berlin:20270403T090000\r\n\
         EXDATE;TZID=Europe/Berlin:20270329T090000,20270405T090000\r\n"
    ));
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 1);
}

#[test]
fn an_expanded_series_has_dates_in_utc_and_no_rule() {
    let mut series = event(nine());
    series.recurrence = Some(Recurrence { rule: Some("FREQ=DAILY".to_owned()), ..Recurrence::default() });
    let window = (at("2027-03-27T00:00:00Z"), at("2027-03-29T00:00:00Z"));
    let (text, count) = expanded_resource(&[series], window, Berlin, 10).unwrap();
    assert_eq!((count, text.matches("BEGIN:VEVENT").count()), (2, 2));
    assert!(text.contains("RECURRENCE-ID:20270327T080000Z\r\nDTSTART:20270327T080000Z\r\nDTEND:20270327T093000Z\r\n"));
    assert!(text.contains("RECURRENCE-ID:20270328T070000Z\r\nDTSTART:20270328T070000Z\r\n"), "{text}");
    for part in ["RRULE", "VTIMEZONE", "TZID"] {
        assert!(!text.contains(part), "{part}: {text}");
    }
    // A date of whole days that became a time is named as its series is.
    let days = When::Days { first: "2027-03-27".parse().unwrap(), last_exclusive: "2027-03-28".parse().unwrap() };
    let daily = Event {
        recurrence: Some(Recurrence { rule: Some("FREQ=DAILY".to_owned()), ..Recurrence::default() }),
        ..event(days)
    };
    let timed =
        Event { occurrence: Some(local("2027-03-28T00:00:00")), ..event(nine().at(local("2027-03-28T09:00:00"))) };
    let (text, _) = expanded_resource(&[daily, timed], window, Berlin, 10).unwrap();
    assert!(text.contains("RECURRENCE-ID;VALUE=DATE:20270328\r\nDTSTART:20270328T070000Z\r\n"), "{text}");
}

#[test]
fn busy_times_are_joined_and_stay_in_the_window() {
    let busy = |from: &str, until: &str, tentative| Busy { from: at(from), until: at(until), tentative };
    let text = free_busy(&FreeBusy {
        uid: "fb".to_owned(),
        stamp: at("2027-01-01T08:00:00Z"),
        from: at("2027-03-01T00:00:00Z"),
        until: at("2027-03-08T00:00:00Z"),
        busy: vec![
            busy("2027-03-02T10:00:00Z", "2027-03-02T11:00:00Z", false),
            busy("2027-03-02T09:00:00Z", "2027-03-02T10:00:00Z", false),
            busy("2027-03-07T22:00:00Z", "2027-03-09T00:00:00Z", false),
            busy("2027-03-09T00:00:00Z", "2027-03-10T00:00:00Z", false),
            busy("2027-03-03T09:00:00Z", "2027-03-03T10:00:00Z", true),
        ],
    });
    assert!(
        text.contains(
            "BEGIN:VFREEBUSY\r\nUID:fb\r\nDTSTAMP:20270101T080000Z\r\nDTSTART:20270301T000000Z\r\n\
         DTEND:20270308T000000Z\r\n\
         FREEBUSY;FBTYPE=BUSY:20270302T090000Z/20270302T110000Z,20270307T220000Z/202\r\n 70308T000000Z\r\n\
         FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270303T090000Z/20270303T100000Z\r\nEND:VFREEBUSY\r\n"
        ),
        "{text}"
    );
}
