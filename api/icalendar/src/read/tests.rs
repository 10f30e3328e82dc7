//! What is read from files as people send them.

use chrono_tz::Europe::Berlin;
use kernel::i18n::Locale;

use super::*;

fn calendar(inside: &str) -> String {
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", inside.trim().replace('\n', "\r\n"))
}

fn event(inside: &str) -> ReadCalendar {
    read(calendar(&format!("BEGIN:VEVENT\nUID:u\n{}\nEND:VEVENT", inside.trim())).as_bytes(), None, Berlin)
}

fn of(text: &str) -> ReadCalendar {
    read(calendar(text).as_bytes(), None, Berlin)
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn clock(start: &str, end: &str, zone: Tz) -> When {
    When::Clock { starts_local: local(start), ends_local: local(end), zone }
}

fn days(first: &str, after: &str) -> When {
    When::Days { first: first.parse().unwrap(), last_exclusive: after.parse().unwrap() }
}

fn reasons(read: &ReadCalendar) -> Vec<&ReadProblemReason> {
    read.problems.iter().map(|it| &it.reason).collect()
}

/// The only event of a file, and what was assumed for it.
fn one(inside: &str) -> (ReadEvent, Vec<ReadProblemReason>) {
    let read = event(inside);
    assert_eq!(read.events.len(), 1, "{inside}: {:?}", read.problems);
    assert!(read.problems.iter().all(|it| !it.fatal()));
    (read.events[0].clone(), read.problems.into_iter().map(|it| it.reason).collect())
}

/// Why the only event of a file was left out.
fn refused(inside: &str) -> ReadProblemReason {
    let read = event(inside);
    assert!(read.events.is_empty(), "{inside}");
    read.problems.into_iter().find(ReadProblem::fatal).map(|it| it.reason).unwrap()
}

#[test]
fn an_event_with_everything() {
    let (it, problems) = one("DTSTART;TZID=Europe/Berlin:20270301T090000\nDTEND;TZID=Europe/Berlin:20270301T103000\n\
        SUMMARY:Treffen\\, F\u{fc}ssen\nDESCRIPTION:a\\nb\nLOCATION:Saal\nORGANIZER;CN=\"B\u{fc}ro ^'A^'\":mailto:a@b.example\n\
        CATEGORIES:x,y\\,z\nCATEGORIES:w\nURL:https://a.example/?b=c,d\nCONTACT:Frau M.\nCONTACT:Herr N.\nSEQUENCE:4\nSTATUS:Cancelled\n\
        TRANSP:TRANSPARENT\nCLASS:PRIVATE\nLAST-MODIFIED:20270101T000000Z\nDTSTAMP:20270101T000000Z");
    assert_eq!(problems, []);
    assert_eq!(it.time, clock("2027-03-01T09:00:00", "2027-03-01T10:30:00", Berlin));
    assert_eq!((it.line, it.uid.as_str(), it.sequence, it.transparent), (3, "u", 4, true));
    assert_eq!((it.status, it.class), (Some(Status::Cancelled), Class::Private));
    assert_eq!(it.last_modified.unwrap().to_rfc3339(), "2027-01-01T00:00:00+00:00");
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        it.texts,
        Texts {
            title: some("Treffen, Füssen"),
            description: some("a\nb"),
            location: some("Saal"),
            organiser: some("Büro \"A\""),
            categories: vec!["x".to_owned(), "y,z".to_owned(), "w".to_owned()],
            url: some("https://a.example/?b=c,d"),
            contact: some("Frau M., Herr N."),
        }
    );
}

#[test]
fn ends_and_what_is_assumed_for_them() {
    for (lines, time, assumed) in [
        ("DTSTART;VALUE=DATE:20270301", days("2027-03-01", "2027-03-02"), None),
        ("DTSTART:20270301\nDTEND:20270303", days("2027-03-01", "2027-03-03"), None),
        ("DTSTART;VALUE=DATE:20270301\nDURATION:P2D", days("2027-03-01", "2027-03-03"), None),
        ("DTSTART;VALUE=DATE:20270301\nDURATION:PT25H", days("2027-03-01", "2027-03-03"), None),
        ("DTSTART:20270301\nDTEND:20270301", days("2027-03-01", "2027-03-02"), Some(ReadProblemReason::EndsOnFirstDay)),
        (
            "DTSTART:20270301\nDTEND:20270302T100000",
            days("2027-03-01", "2027-03-03"),
            Some(ReadProblemReason::TypesDiffer),
        ),
        (
            "DTSTART:20270301T090000\nDTEND:20270301T100000",
            clock("2027-03-01T09:00:00", "2027-03-01T10:00:00", Berlin),
            None,
        ),
        ("DTSTART:20270301T090000Z\nDURATION:PT1H", clock("2027-03-01T09:00:00", "2027-03-01T10:00:00", Tz::UTC), None),
        // A day is a day, also where it has 23 hours; 24 hours are more.
        ("DTSTART:20270327T120000\nDURATION:P1D", clock("2027-03-27T12:00:00", "2027-03-28T12:00:00", Berlin), None),
        ("DTSTART:20270327T120000\nDURATION:PT24H", clock("2027-03-27T12:00:00", "2027-03-28T13:00:00", Berlin), None),
        (
            "DTSTART:20270301T090000",
            clock("2027-03-01T09:00:00", "2027-03-01T09:01:00", Berlin),
            Some(ReadProblemReason::ZeroLength),
        ),
        (
            "DTSTART:20270328T023000",
            clock("2027-03-28T02:30:00", "2027-03-28T02:31:00", Berlin),
            Some(ReadProblemReason::ZeroLength),
        ),
        (
            "DTSTART:20270301T090000\nDTEND:20270302",
            clock("2027-03-01T09:00:00", "2027-03-02T00:00:00", Berlin),
            Some(ReadProblemReason::TypesDiffer),
        ),
        (
            "DTSTART:20270301T090000\nDTEND;TZID=America/New_York:20270301T080000",
            clock("2027-03-01T09:00:00", "2027-03-01T14:00:00", Berlin),
            None,
        ),
        // The hour that autumn shows twice: the end shows less than the start.
        (
            "DTSTART:20271031T023000\nDTEND:20271031T011500Z",
            clock("2027-10-31T02:30:00", "2027-10-31T03:15:00", Berlin),
            None,
        ),
    ] {
        let (it, problems) = one(lines);
        assert_eq!((it.time, problems), (time, assumed.into_iter().collect()), "{lines}");
    }
}

#[test]
fn what_leaves_an_event_out() {
    assert_eq!(refused("SUMMARY:x"), ReadProblemReason::NoStart);
    assert_eq!(refused("DTSTART:soon"), ReadProblemReason::BadStart("soon".to_owned()));
    assert_eq!(refused("DTSTART:20270229"), ReadProblemReason::BadStart("20270229".to_owned()));
    assert_eq!(refused("DTSTART:20270301T090000\nDTEND:20270301T080000"), ReadProblemReason::EndsBeforeStart);
    assert_eq!(refused("DTSTART:20270302\nDTEND:20270301"), ReadProblemReason::EndsBeforeStart);
    assert_eq!(refused("DTSTART:20270301\nRECURRENCE-ID:x"), ReadProblemReason::BadOccurrence("x".to_owned()));
    assert_eq!(
        refused("DTSTART:20270301\nRRULE:FREQ=HOURLY"),
        ReadProblemReason::RuleUnsupported("FREQ=HOURLY".to_owned())
    );
}

#[test]
fn what_cannot_be_understood_is_left_out_and_not_its_event() {
    use ReadProblemReason::*;
    let broken = |it: &str| RuleBroken(it.to_owned());
    for (lines, assumed) in [
        ("RRULE:", vec![RuleEmpty]),
        ("RRULE: ;\nEXDATE:\nRDATE:", vec![RuleEmpty]),
        ("RRULE:FREQ=X", vec![broken("FREQ=X")]),
        ("RRULE:RRULE:Anything;FREQ=WEEKLY", vec![broken("Anything")]),
        ("RRULE:COUNT=2", vec![broken("COUNT=2")]),
        ("RRULE:D1 0600", vec![broken("D1 0600")]),
        ("RRULE:FREQ=DAILY;UNTIL=20270228", vec![RuleEndsBeforeStart("20270228".to_owned())]),
        ("DTEND:", vec![BadEnd(String::new())]),
        ("DTEND:x", vec![BadEnd("x".to_owned())]),
        ("DURATION:1H", vec![BadEnd("1H".to_owned())]),
        ("EXDATE:never", vec![BadDate("never".to_owned())]),
        ("EXRULE:FREQ=DAILY;COUNT=2", vec![ExceptionRule]),
        ("SEQUENCE:a", vec![BadValue { name: "SEQUENCE".to_owned(), value: "a".to_owned() }]),
        ("STATUS:busy", vec![BadValue { name: "STATUS".to_owned(), value: "busy".to_owned() }]),
        ("TRANSP:x", vec![BadValue { name: "TRANSP".to_owned(), value: "x".to_owned() }]),
        ("LAST-MODIFIED:x", vec![BadValue { name: "LAST-MODIFIED".to_owned(), value: "x".to_owned() }]),
        ("SUMMARY;ENCODING=BASE64:eA==", vec![BadValue { name: "SUMMARY".to_owned(), value: "eA==".to_owned() }]),
        (
            "ATTENDEE:mailto:a@b.example\nATTENDEE:mailto:c@d.example",
            vec![Dropped { name: "ATTENDEE".to_owned(), count: 2 }],
        ),
        ("STATUS:\nSEQUENCE:\nCLASS:\nGEO:\nPRIORITY:0", vec![]),
    ] {
        let (it, problems) = one(&format!("DTSTART:20270301\n{lines}"));
        assert_eq!((it.time, it.recurrence), (days("2027-03-01", "2027-03-02"), None), "{lines}");
        assert_eq!(problems, assumed, "{lines}");
    }
    // Dates beside the rule stay.
    let (it, _) = one("DTSTART:20270301\nRRULE:\nRDATE:20270303");
    assert_eq!(it.recurrence.unwrap().rdate, [local("2027-03-03T00:00:00")]);
    // Nobody may see what has a word that nobody knows.
    assert_eq!(one("DTSTART:20270301\nCLASS:X-SECRET").0.class, Class::Private);
    assert_eq!(one("DTSTART:20270301\nCLASS:").0.class, Class::Public);
}

#[test]
fn midnights_are_whole_days() {
    const SAID: &str = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE";
    let zone = ";TZID=W. Europe Standard Time";
    let days = || days("2027-04-14", "2027-04-15");
    let (midnights, same) = (ReadProblemReason::Midnights, ReadProblemReason::Midnights);
    for (lines, time, assumed) in [
        (format!("DTSTART{zone}:20270414T000000\nDTEND{zone}:20270415T000000\n{SAID}"), days(), None),
        (format!("DTSTART{zone}:20270414T000000\nDTEND{zone}:20270414T000000\n{SAID}"), days(), None),
        ("DTSTART:20270413T220000Z\nDTEND:20270414T220000Z\nX-MICROSOFT-CDO-ALLDAYEVENT:true".to_owned(), days(), None),
        (format!("DTSTART{zone}:20270414T000000\nDTEND{zone}:20270415T000000"), days(), Some(midnights)),
        (format!("DTSTART{zone}:20270414T000000\nDTEND{zone}:20270414T000000"), days(), Some(same)),
        (
            format!("DTSTART{zone}:20270414T000000\nDTEND{zone}:20270414T120000\n{SAID}"),
            clock("2027-04-14T00:00:00", "2027-04-14T12:00:00", Berlin),
            None,
        ),
        (
            "DTSTART:20270414T000000Z\nDTEND:20270415T000000Z".to_owned(),
            clock("2027-04-14T00:00:00", "2027-04-15T00:00:00", Tz::UTC),
            None,
        ),
    ] {
        let (it, problems) = one(&lines);
        assert_eq!((it.time, problems), (time, assumed.into_iter().collect()), "{lines}");
    }
    let (it, _) = one(&format!(
        "DTSTART{zone}:20270414T000000\nDTEND{zone}:20270415T000000\nRRULE:FREQ=DAILY;UNTIL=20270417T220000Z\nEXDATE{zone}:20270415T000000"
    ));
    let recurrence = it.recurrence.unwrap();
    assert_eq!(
        (recurrence.rule.as_deref(), &recurrence.exdate[..]),
        (Some("FREQ=DAILY;UNTIL=20270418"), &[local("2027-04-15T00:00:00")][..])
    );
}

#[test]
fn times_without_a_zone_are_on_the_clock_that_the_file_names() {
    let event = "BEGIN:VEVENT\nUID:a\nDTSTART:20270210T100000\nDTEND:20270210T110000\nEND:VEVENT";
    let athens = clock("2027-02-10T10:00:00", "2027-02-10T11:00:00", Tz::Europe__Athens);
    for text in [format!("X-WR-TIMEZONE:Europe/Athens\n{event}"), format!("{event}\nX-WR-TIMEZONE:Europe/Athens")] {
        let read = of(&text);
        let note = ReadProblemReason::ZoneOfFile("Europe/Athens");
        assert_eq!((read.events[0].time, reasons(&read)), (athens, vec![&note]));
        let twice = of(&format!("{text}\n{}", event.replace("UID:a", "UID:b")));
        assert_eq!(reasons(&twice), [&note], "it is told once");
    }
    // The zone of the calendar itself is nothing to tell of, nor is one that no time needs.
    assert_eq!(reasons(&of(&format!("X-WR-TIMEZONE:Europe/Berlin\n{event}"))), Vec::<&ReadProblemReason>::new());
    let placed = event.replace("T100000", "T100000Z").replace("T110000", "T110000Z");
    assert_eq!(reasons(&of(&format!("X-WR-TIMEZONE:Europe/Athens\n{placed}"))), Vec::<&ReadProblemReason>::new());
    let read = of(&format!("X-WR-TIMEZONE:Nowhere\n{event}"));
    assert_eq!(read.events[0].time.zone(), Some(Berlin));
    assert_eq!(reasons(&read), [&ReadProblemReason::ZoneUnknown("Nowhere".to_owned())]);
}

#[test]
fn a_file_is_read_in_its_letters() {
    let text = calendar("BEGIN:VEVENT\nUID:u\nDTSTART:20270301\nSUMMARY:Schüler in Füssen\nEND:VEVENT");
    let latin: Vec<u8> = text.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
    let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, charset, read_as, line) in [
        (text.as_bytes(), None, None, 0),
        (text.as_bytes(), Some("ISO-8859-1"), None, 0),
        (&latin, None, Some("windows-1252"), 6),
        (&latin, Some("ISO-8859-15"), Some("ISO-8859-15"), 6),
        (&latin, Some("utf-8"), Some("windows-1252"), 6),
        (&wide, None, Some("UTF-16LE"), 1),
    ] {
        let read = read(bytes, charset, Berlin);
        assert_eq!(read.events[0].texts.title.as_deref(), Some("Schüler in Füssen"));
        let told: Vec<_> = read.problems.iter().map(|it| (it.line, it.reason.clone())).collect();
        let expected = read_as.map(|it| (line, ReadProblemReason::ReadAs(it.to_owned())));
        assert_eq!(told, expected.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn the_others_stay_and_problems_name_their_lines() {
    let read =
        of("BEGIN:VEVENT\nUID:a\nDTSTART:broken\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTSTART:20270301\nX\nEND:VEVENT\n\
        BEGIN:VTODO\nUID:t\nEND:VTODO\nBEGIN:VEVENT\nUID:c\nDTSTART:20270301\n\
        BEGIN:VALARM\nTRIGGER:P0D\nEND:VALARM\nEND:VEVENT");
    assert_eq!(read.events.iter().map(|it| it.uid.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    let problems: Vec<_> = read.problems.iter().map(|it| it.render(Locale::En)).collect();
    assert_eq!(
        problems,
        [
            "Line 5, VEVENT: The start broken is no date and no time.",
            "Line 10, VEVENT: The line has no name or no value and was left out.",
            "Line 12, VTODO: Only events are read; 1 of these were left out.",
            "Line 18, VALARM: Only events are read; 1 of these were left out.",
        ]
    );
}

#[test]
fn series_keep_their_clock() {
    let (it, problems) = one("DTSTART;TZID=W. Europe Standard Time:20270301T090000\nDURATION:PT1H\n\
        RRULE:FREQ=WEEKLY;UNTIL=20270701T070000Z\nRRULE:FREQ=DAILY\nEXDATE:20270308T080000Z,20270405T070000Z\nEXDATE;VALUE=DATE:20270315\n\
        EXDATE:20270322T090000,never\nRDATE;VALUE=PERIOD:20270410T070000Z/PT1H,20270411T070000Z/never");
    let recurrence = it.recurrence.unwrap();
    assert_eq!(recurrence.rule.as_deref(), Some("FREQ=WEEKLY;UNTIL=20270701T090000"));
    let expected = ["2027-03-08", "2027-03-15", "2027-03-22", "2027-04-05"].map(|it| local(&format!("{it}T09:00:00")));
    assert_eq!(recurrence.exdate, expected);
    assert_eq!(recurrence.rdate, [local("2027-04-10T09:00:00"), local("2027-04-11T09:00:00")]);
    let expected = [
        ReadProblemReason::SeveralRules,
        ReadProblemReason::BadDate("never".to_owned()),
        ReadProblemReason::OnlyStartOfPeriod,
    ];
    assert_eq!(problems, expected);
}

#[test]
fn an_occurrence_stands_on_the_clock_of_its_series() {
    let read = of(
        "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20270405T070000Z\nDTSTART;VALUE=DATE:20270406\nRRULE:FREQ=DAILY\nEND:VEVENT\n\
        BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Europe/Berlin:20270301T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT\n\
        BEGIN:VEVENT\nUID:alone\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270405T070000Z\nDTSTART:20270405T080000Z\nDURATION:PT1H\nEND:VEVENT",
    );
    assert_eq!(read.events[0].occurrence, Some(local("2027-04-05T09:00:00")));
    assert_eq!(read.events[0].recurrence, None);
    assert_eq!(read.events[1].occurrence, None);
    assert_eq!(read.events[2].occurrence, Some(local("2027-04-05T07:00:00")));
    assert_eq!(reasons(&read), [&ReadProblemReason::RuleOfOccurrence, &ReadProblemReason::OnlyOneOccurrence]);
}

#[test]
fn the_newest_version_counts() {
    let version = |title: &str, sequence: i32, stamp: &str| {
        format!(
            "BEGIN:VEVENT\nUID:a\nDTSTART:20270301\nSUMMARY:{title}\nSEQUENCE:{sequence}\nDTSTAMP:{stamp}\nEND:VEVENT\n"
        )
    };
    let title = |versions: &[String]| {
        let read = of(&versions.concat());
        assert_eq!(read.events.len(), 1);
        assert!(read.problems.iter().all(|it| it.reason == ReadProblemReason::Duplicate("a".to_owned())));
        assert_eq!(read.problems.len(), versions.len() - 1);
        read.events[0].texts.title.clone().unwrap()
    };
    let (old, new) = (version("old", 1, "20270101T000000Z"), version("new", 3, "20260101T000000Z"));
    assert_eq!(title(&[old.clone(), new.clone(), old.clone()]), "new");
    assert_eq!(title(&[new.clone(), old.clone()]), "new");
    assert_eq!(title(&[old.clone(), version("later", 1, "20270102T000000Z")]), "later");
    assert_eq!(title(&[old, version("same", 1, "20270101T000000Z")]), "old");
}

#[test]
fn an_event_without_uid_gets_one_that_stays() {
    let nameless = |title: &str, stamp: &str| {
        let read = of(&format!("BEGIN:VEVENT\nDTSTART:20270301\nSUMMARY:{title}\nDTSTAMP:{stamp}\nEND:VEVENT"));
        assert_eq!(reasons(&read), [&ReadProblemReason::NoUid]);
        read.events[0].uid.clone()
    };
    assert_eq!(nameless("a", "20270101T000000Z"), nameless("a", "20270102T000000Z"));
    assert_ne!(nameless("a", "20270101T000000Z"), nameless("b", "20270101T000000Z"));
}

const OWN_ZONE: &str = "BEGIN:VTIMEZONE\nTZID:Ours\n\
    BEGIN:STANDARD\nDTSTART:16011028T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n\
    BEGIN:DAYLIGHT\nDTSTART:16010325T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n\
    END:VTIMEZONE";

#[test]
fn a_zone_of_the_file_is_found_by_its_clocks() {
    let event = "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Ours:20270701T090000\nDURATION:PT1H\nEND:VEVENT";
    // The definition may stand behind its use.
    for text in [format!("{OWN_ZONE}\n{event}"), format!("{event}\n{OWN_ZONE}")] {
        let read = of(&text);
        assert_eq!(read.events[0].time, clock("2027-07-01T09:00:00", "2027-07-01T10:00:00", Berlin));
        assert_eq!(reasons(&read), Vec::<&ReadProblemReason>::new());
    }
    let fixed = "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:20170101\nTZOFFSETFROM:+1100\nTZOFFSETTO:+1100\nEND:STANDARD\nEND:VTIMEZONE";
    let read = of(&format!("{fixed}\n{event}"));
    assert_eq!(read.events[0].time.zone(), Some(Tz::Etc__GMTMinus11));
    // As no clocks go: 20 minutes, and from May.
    let odd = OWN_ZONE.replace("+0200", "+0120").replace("BYMONTH=3", "BYMONTH=5");
    let read = of(&format!("{odd}\n{event}"));
    assert_eq!(read.events[0].time, clock("2027-07-01T07:40:00", "2027-07-01T08:40:00", Tz::UTC));
    assert_eq!(reasons(&read), [&ReadProblemReason::ZoneConverted("Ours".to_owned())]);
    let read = of(&format!("{event}\n{}", event.replace("UID:a", "UID:b")));
    assert_eq!(read.events[0].time, clock("2027-07-01T09:00:00", "2027-07-01T10:00:00", Berlin));
    assert_eq!(reasons(&read), [&ReadProblemReason::ZoneUnknown("Ours".to_owned())], "said once");
}

#[test]
fn series_in_a_zone_that_is_nearly_known_follow_its_summer() {
    let series = "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Ours:20270701T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nEND:VEVENT";
    // As in Berlin, but that the clocks change on the Friday before.
    let near = OWN_ZONE.replace("BYDAY=-1SU", "BYDAY=-1FR");
    let read = of(&format!("{near}\n{series}"));
    assert_eq!(read.events[0].time, clock("2027-07-01T09:00:00", "2027-07-01T10:00:00", Berlin));
    assert_eq!(reasons(&read), [&ReadProblemReason::ZoneNearest { name: "Ours".to_owned(), taken: "Europe/Berlin" }]);
    for locale in [Locale::De, Locale::En] {
        let said = read.problems[0].render(locale);
        assert!(
            said.contains("Ours") && said.contains("Europe/Berlin") && said.contains("Serie") | said.contains("series"),
            "{said}"
        );
    }
    // A list that ends is no end of summer.
    let listed = OWN_ZONE
        .replace("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "RDATE:20251026T030000,20261025T030000")
        .replace("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "RDATE:20250330T020000,20260329T020000");
    let read = of(&format!("{listed}\n{series}"));
    assert_eq!(read.events[0].time, clock("2027-07-01T09:00:00", "2027-07-01T10:00:00", Berlin));
    // The name says more than the definition.
    let named = OWN_ZONE.replace("TZID:Ours", "TZID:US-Eastern").replace("+0200", "-0400").replace("+0100", "-0500");
    let read = of(&format!("{named}\n{}", series.replace("Ours", "US-Eastern")));
    assert_eq!(read.events[0].time, clock("2027-07-01T09:00:00", "2027-07-01T10:00:00", Tz::US__Eastern));
    assert_eq!(reasons(&read), Vec::<&ReadProblemReason>::new());
}

#[test]
fn files_that_are_none_or_not_whole() {
    for bytes in
        [&b""[..], b"<html>\n<a href=\"x\">x</a>\n</html>", b"\xff\xfe\x00", b"BEGIN:VTIMEZONE\rTZID:S\rEND:VTIMEZONE"]
    {
        let read = read(bytes, None, Berlin);
        assert_eq!(reasons(&read), [&ReadProblemReason::NotACalendar]);
        assert!(read.problems[0].fatal() && read.events.is_empty());
    }
    let big = vec![b'x'; MAX_MIB * 1024 * 1024 + 1];
    assert_eq!(reasons(&read(&big, None, Berlin)), [&ReadProblemReason::TooLarge { max: MAX_MIB }]);
    assert_eq!(reasons(&of("")), [&ReadProblemReason::Empty]);
    let cut = read(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20270301\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTST",
        None,
        Berlin,
    );
    assert_eq!(cut.events.len(), 1);
    assert_eq!(
        reasons(&cut),
        [&ReadProblemReason::Unclosed, &ReadProblemReason::Unreadable, &ReadProblemReason::CalendarUnclosed]
    );
    let crossed =
        read(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20270301\nEND:VCALENDAR\nEND:VTODO", None, Berlin);
    assert_eq!(reasons(&crossed).len(), 3, "{:?}", crossed.problems);
    let bytes = read(
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20270301\nSUMMARY:F\xfcssen\nEND:VEVENT\nEND:VCALENDAR",
        None,
        Berlin,
    );
    assert_eq!(bytes.events[0].texts.title.as_deref(), Some("Füssen"));
    assert_eq!(
        (bytes.problems[0].line, &bytes.problems[0].reason),
        (5, &ReadProblemReason::ReadAs("windows-1252".to_owned()))
    );
}

#[test]
fn a_file_has_its_limits() {
    let many = "BEGIN:VEVENT\nDTSTART:20270301\nEND:VEVENT\n".repeat(MAX_EVENTS + 5);
    let read = of(&many);
    assert_eq!(read.events.len(), 1, "the same content, one UID");
    assert!(read.problems.len() <= 1_001);
    assert!(matches!(read.problems.last().map(|it| &it.reason), Some(ReadProblemReason::More { .. })));
    let numbered: String =
        (0..MAX_EVENTS + 5).map(|it| format!("BEGIN:VEVENT\nUID:{it}\nDTSTART:20270301\nEND:VEVENT\n")).collect();
    let read = of(&numbered);
    assert_eq!(read.events.len(), MAX_EVENTS);
    assert_eq!(reasons(&read), [&ReadProblemReason::TooManyEvents { max: MAX_EVENTS }]);
    let long = event(&format!("DTSTART:20270301\n{}", "CATEGORIES:x\n".repeat(MAX_LINES + 9)));
    assert_eq!(reasons(&long), [&ReadProblemReason::TooManyLines]);
    assert_eq!(reasons(&of("BEGIN: \nX\nEND:")), [&ReadProblemReason::Unreadable; 3], "all within the calendar");
    let deep = of(&"BEGIN:X\n".repeat(10_000));
    assert!(deep.events.is_empty() && !deep.problems.is_empty());
}

#[test]
fn a_definition_as_long_as_the_file_takes_no_time() {
    let part = "BEGIN:DAYLIGHT\nDTSTART:16010325T020000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0100\n\
        TZOFFSETTO:+0217\nEND:DAYLIGHT\n";
    let dates = vec!["20270701T090000"; 100_000].join(",");
    let zone = format!("BEGIN:VTIMEZONE\nTZID:Ours\n{}END:VTIMEZONE\n", part.repeat(10_000));
    let event = format!("BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Ours:20270701T090000\nEXDATE;TZID=Ours:{dates}\nEND:VEVENT");
    let read = of(&format!("{zone}{event}"));
    assert_eq!(read.events[0].recurrence.as_ref().map(|it| it.exdate.len()), Some(1));
}

#[test]
fn a_calendar_has_a_name() {
    assert_eq!(of("X-WR-CALNAME:A\\, b\nNAME:B").name.as_deref(), Some("B"));
    assert_eq!(of("X-WR-CALNAME:A\\, b").name.as_deref(), Some("A, b"));
}
