//! What files say about single dates of a series.

use chrono_tz::Europe::Berlin;

use super::*;

fn of(text: &str) -> ReadCalendar {
    read(format!("BEGIN:VCALENDAR\n{text}\nEND:VCALENDAR\n").as_bytes(), None, Berlin)
}

fn event(inside: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\n{inside}\nEND:VEVENT\n")
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

/// What is left of a file: UID, date, start, rule and title of each event, and what was said.
fn left(text: &str) -> (Vec<String>, Vec<ReadProblemReason>) {
    let read = of(text);
    let of_event = |it: &ReadEvent| {
        let stamp = |it: NaiveDateTime| it.format("%m-%d %H:%M").to_string();
        let rule = it.recurrence.as_ref().and_then(|it| it.rule.clone()).unwrap_or_default();
        let date = it.occurrence.map(stamp).unwrap_or_default();
        format!(
            "{}|{date}|{}|{rule}|{}",
            it.uid,
            stamp(it.time.starts_local()),
            it.texts.title.as_deref().unwrap_or_default()
        )
    };
    (read.events.iter().map(of_event).collect(), read.problems.into_iter().map(|it| it.reason).collect())
}

const COURSE: &str = "DTSTART;TZID=Europe/Berlin:20270504T090000\nDURATION:PT1H\nSUMMARY:Course\n";

#[test]
fn a_change_of_a_date_and_all_that_follow_is_a_series_of_its_own() {
    let series = event(&format!("{COURSE}RRULE:FREQ=WEEKLY;COUNT=6;BYDAY=TU\nEXDATE:20270601T090000"));
    let following = |date: &str, start: &str, title: &str| {
        event(&format!(
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:{date}\nDTSTART;TZID=Europe/Berlin:{start}\nDURATION:PT1H\nSUMMARY:{title}"
        ))
    };
    // From 18 May on it is on Wednesday at eleven; a date of that is changed once more.
    let later = following("20270518T090000", "20270519T110000", "New");
    let single = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20270525T090000\nDTSTART;TZID=Europe/Berlin:20270526T150000\nDURATION:PT1H\nSUMMARY:One",
    );
    let expected = [
        "a||05-04 09:00|FREQ=WEEKLY;UNTIL=20270518T085959;BYDAY=TU|Course",
        "a/20270518T090000|05-26 11:00|05-26 15:00||One",
        "a/20270518T090000||05-19 11:00|FREQ=WEEKLY;COUNT=4;BYDAY=WE|New",
    ];
    let (events, problems) = left(&format!("{series}{later}{single}"));
    assert_eq!(sorted(&events), expected);
    assert_eq!(problems, []);
    let rest = of(&format!("{series}{later}")).events.remove(1);
    assert_eq!(rest.recurrence.unwrap().exdate, [local("2027-06-02T11:00:00")], "what was left out stays so");

    // Twice, and from the first date on.
    let twice = left(&format!(
        "{}{series}{}",
        following("20270525T090000", "20270525T120000", "Last"),
        following("20270504T090000", "20270504T100000", "All")
    ));
    assert_eq!(
        sorted(&twice.0),
        [
            "a||05-04 10:00|FREQ=WEEKLY;UNTIL=20270525T095959;BYDAY=TU|All",
            "a/20270525T090000||05-25 12:00|FREQ=WEEKLY;COUNT=3;BYDAY=TU|Last"
        ]
    );
    assert_eq!(twice.1, []);
}

fn sorted(events: &[String]) -> Vec<&str> {
    let mut events: Vec<_> = events.iter().map(String::as_str).collect();
    events.sort_unstable();
    events.sort_by_key(|it| it.split('|').next().map(str::len));
    events
}

#[test]
fn a_change_of_all_that_follow_which_needs_another_rule_is_told() {
    for (rule, date, start) in [
        ("FREQ=MONTHLY;BYDAY=1TU", "20270601T090000", "20270602T090000"),
        ("FREQ=WEEKLY", "20270512T090000", "20270512T090000"),
    ] {
        let (events, problems) = left(&format!(
            "{}{}",
            event(&format!("{COURSE}RRULE:{rule}")),
            event(&format!("RECURRENCE-ID;RANGE=THISANDFUTURE:{date}\nDTSTART:{start}\nDURATION:PT1H"))
        ));
        assert_eq!((events.len(), problems), (2, vec![ReadProblemReason::OnlyOneOccurrence]), "{rule}");
    }
}

#[test]
fn a_change_of_a_date_that_a_newer_series_does_not_have_is_left_out() {
    let change = |date: &str, sequence: i32| {
        event(&format!("RECURRENCE-ID:{date}\nDTSTART:{date}\nDURATION:PT2H\nSEQUENCE:{sequence}\nSUMMARY:Old"))
    };
    let series = |more: &str, sequence: i32| event(&format!("{COURSE}{more}\nSEQUENCE:{sequence}"));
    let gone = "RRULE:FREQ=WEEKLY\nEXDATE:20270518T090000";
    let ended = "RRULE:FREQ=WEEKLY;UNTIL=20270511T090000";
    for (text, stays) in [
        (series(gone, 2) + &change("20270518T090000", 1), false),
        (change("20270518T090000", 1) + &series(ended, 2), false),
        (series(ended, 2) + &change("20270518T090000", 2), true),
        (series(gone, 2) + &change("20270518T090000", 2), true),
        (series(gone, 2) + &change("20270525T090000", 1), true),
    ] {
        let read = of(&text);
        assert_eq!(read.events.len(), if stays { 2 } else { 1 }, "{text}");
        let reasons: Vec<_> = read.problems.into_iter().map(|it| it.reason).collect();
        assert_eq!(reasons, if stays { vec![] } else { vec![ReadProblemReason::SupersededOccurrence] }, "{text}");
    }
}

#[test]
fn dates_with_a_length_of_their_own_are_changed_dates() {
    let read = of(&event(
        "DTSTART:20270630T100000Z\nDTEND:20270630T110000Z\nSUMMARY:Meeting\n\
         RDATE;VALUE=PERIOD:20270630T100000Z/20270630T110000Z,20270825T100000Z/20270825T113000Z,20271027T100000Z/PT2H",
    ));
    assert_eq!(read.problems, []);
    let ends: Vec<_> = read.events.iter().map(|it| (it.occurrence, it.time.ends_local())).collect();
    let date = |it: &str| Some(local(it));
    assert_eq!(
        ends,
        [
            (None, local("2027-06-30T11:00:00")),
            (date("2027-08-25T10:00:00"), local("2027-08-25T11:30:00")),
            (date("2027-10-27T10:00:00"), local("2027-10-27T12:00:00")),
        ]
    );
    assert!(read.events.iter().all(|it| it.texts.title.as_deref() == Some("Meeting")));
    assert_eq!(read.events[0].recurrence.as_ref().unwrap().rdate.len(), 3);
}

#[test]
fn dates_of_further_rules_are_dates_beside_the_first() {
    let read = of(&event(&format!("{COURSE}RRULE:FREQ=WEEKLY;COUNT=3\nRRULE:FREQ=DAILY;UNTIL=20270507T090000")));
    assert_eq!(read.problems, []);
    let recurrence = read.events[0].recurrence.clone().unwrap();
    assert_eq!(recurrence.rule.as_deref(), Some("FREQ=WEEKLY;COUNT=3"));
    assert_eq!(recurrence.rdate, ["05", "06", "07"].map(|it| local(&format!("2027-05-{it}T09:00:00"))));
    for open in ["FREQ=DAILY", "FREQ=DAILY;COUNT=600"] {
        let read = of(&event(&format!("{COURSE}RRULE:FREQ=WEEKLY;COUNT=3\nRRULE:{open}")));
        assert_eq!(
            read.problems.into_iter().map(|it| it.reason).collect::<Vec<_>>(),
            [ReadProblemReason::SeveralRules]
        );
    }
}

#[test]
fn names_of_zones_may_be_escaped() {
    let definition = "BEGIN:VTIMEZONE\nTZID:Mine\\, too\nBEGIN:STANDARD\nDTSTART:20170101\nTZOFFSETFROM:+1100\nTZOFFSETTO:+1100\nEND:STANDARD\nEND:VTIMEZONE\n";
    for name in ["\"Mine, too\"", "Mine\\, too"] {
        let read =
            of(&format!("{definition}{}", event(&format!("DTSTART;TZID={name}:20270504T090000\nDURATION:PT1H"))));
        assert_eq!(read.problems, []);
        assert_eq!(read.events[0].time.zone(), Some(Tz::Etc__GMTMinus11), "{name}");
    }
}
