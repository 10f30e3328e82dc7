//! Whatever is written is read back, and whatever is read does no harm.

use calendar_time::time::instant;
use chrono::{NaiveDate, TimeDelta, TimeZone as _};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::{CalendarFeed, Event, write};

const ZONES: [Tz; 8] = [
    Tz::Europe__Berlin,
    Tz::UTC,
    Tz::America__New_York,
    Tz::Australia__Sydney,
    Tz::Africa__Casablanca,
    Tz::Asia__Kolkata,
    Tz::America__St_Johns,
    Tz::Europe__Moscow,
];

/// Text as people write it, with everything that a line may stumble over.
fn words() -> impl Strategy<Value = String> {
    vec(prop_oneof!["[a-zA-Z ,;:\\\\\"^'=äöüß€🎒\n]{1,30}", Just("\\n".to_owned())], 1..6)
        .prop_map(|it| format!("x{}", it.concat()))
}

fn line() -> impl Strategy<Value = String> {
    words().prop_map(|it| it.replace('\n', " ").trim().to_owned())
}

fn texts() -> impl Strategy<Value = Texts> {
    let url = option::of("https://[a-z]{1,20}\\.example/[a-z,;:?=&]{0,80}");
    (option::of(words()), option::of(words()), option::of(line()), option::of(line()), vec(line(), 0..4), url).prop_map(
        |(title, description, location, organiser, categories, url)| {
            let contact = location.clone();
            Texts { title, description, location, organiser, categories, url, contact }
        },
    )
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..4_000_u64).prop_map(|it| NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + chrono::Days::new(it))
}

fn when() -> impl Strategy<Value = When> {
    let days = (day(), 1..40_u64)
        .prop_map(|(first, days)| When::Days { first, last_exclusive: first + chrono::Days::new(days) });
    // From four o'clock on, so that no clock is changed within.
    let clock = (day(), 4..20_u32, 0..60_u32, 1..200_i64, proptest::sample::select(&ZONES[..])).prop_map(
        |(day, hour, minute, minutes, zone)| {
            let starts_local = day.and_hms_opt(hour, minute, 0).unwrap();
            When::Clock { starts_local, ends_local: starts_local + TimeDelta::minutes(minutes), zone }
        },
    );
    prop_oneof![days, clock]
}

/// A rule as it is kept for this start; UNTIL is on the clock of the series.
fn rule(time: When) -> impl Strategy<Value = String> {
    const RULES: [&str; 4] = ["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=YEARLY;INTERVAL=3"];
    (proptest::sample::select(&RULES[..]), 0..4_u32, 1..700_u64).prop_map(move |(rule, kind, days)| {
        let end = time.starts_local() + chrono::Days::new(days);
        let format = if time.zone().is_some() { "%Y%m%dT%H%M%S" } else { "%Y%m%d" };
        match kind {
            0 => rule.to_owned(),
            1 => format!("{rule};COUNT={days}"),
            2 => format!("{rule};UNTIL={}", end.format(format)),
            // Only a month and a year have a last Friday.
            _ if ["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2"].contains(&rule) => format!("{rule};WKST=SU;BYDAY=MO,FR"),
            _ => format!("{rule};WKST=SU;BYDAY=MO,-1FR"),
        }
    })
}

fn event() -> impl Strategy<Value = Event> {
    let change = (when(), option::of(texts()), 0..9_i32, any::<bool>(), 0..4_usize, option::of(0..2_000_000_000_i64));
    change.prop_flat_map(|(time, texts, sequence, transparent, word, changed)| {
        let offsets = vec(1..900_u64, 0..30);
        let recurrence = option::of((option::of(rule(time)), offsets.clone(), offsets));
        recurrence.prop_map(move |recurrence| {
            let at = |days: Vec<u64>| {
                let days: std::collections::BTreeSet<_> = days.into_iter().collect();
                days.into_iter().map(|it| time.starts_local() + chrono::Days::new(it)).collect()
            };
            let recurrence = recurrence
                .map(|(rule, rdate, exdate)| Recurrence { rule, rdate: at(rdate), exdate: at(exdate) })
                .filter(|it| *it != Recurrence::default());
            let stamp = Utc.timestamp_opt(changed.unwrap_or_default(), 0).unwrap();
            Event {
                uid: String::new(),
                stamp,
                last_modified: changed.filter(|_| texts.is_some()).map(|_| stamp),
                sequence,
                time,
                recurrence,
                occurrence: None,
                status: Status::ALL.get(word).copied().filter(|_| texts.is_some()),
                transparent,
                class: Class::ALL.get(word).copied().unwrap_or_default(),
                texts: texts.clone(),
                label: None,
            }
        })
    })
}

fn feed() -> impl Strategy<Value = CalendarFeed> {
    (words(), vec((event(), any::<bool>()), 0..5)).prop_map(|(name, events)| {
        let mut series: Option<(When, i32)> = None;
        let mut uid = 0;
        let events = events.into_iter().enumerate().map(|(place, (mut event, follows))| {
            // Some are a changed occurrence of the event before them.
            match series {
                Some((time, sequence)) if follows && event.recurrence.is_none() => {
                    event.occurrence = Some(time.starts_local() + chrono::Days::new(place as u64));
                    // One of an older version counts only where the series has its date.
                    event.sequence = event.sequence.max(sequence);
                }
                _ => (series, uid) = (Some((event.time, event.sequence)), uid + 1),
            }
            event.uid = format!("uid,{uid};\\");
            event
        });
        CalendarFeed { events: events.collect(), name, description: None, color: None, refresh: TimeDelta::hours(1) }
    })
}

fn read_back(event: &Event, line: usize) -> ReadEvent {
    ReadEvent {
        line,
        uid: event.uid.clone(),
        occurrence: event.occurrence,
        time: event.time,
        recurrence: event.recurrence.clone(),
        sequence: event.sequence,
        status: event.status,
        transparent: event.transparent,
        class: event.class,
        last_modified: event.last_modified,
        texts: event.texts.clone().unwrap_or_default(),
    }
}

/// What holds of everything that was read.
fn sane(read: &ReadCalendar) {
    for it in &read.events {
        match it.time {
            When::Days { first, last_exclusive } => assert!(first < last_exclusive),
            When::Clock { starts_local, ends_local, zone } => {
                assert!(instant(starts_local, zone) < instant(ends_local, zone), "{it:?}");
            }
        }
        assert!(!it.uid.is_empty());
    }
    for it in &read.problems {
        assert!(it.line > 0 && !it.component.is_empty());
        assert!(!it.render(kernel::i18n::Locale::De).starts_with("ics-"));
    }
    assert!(!read.events.is_empty() || !read.problems.is_empty());
}

proptest! {
    #[test]
    fn a_feed_is_read_back_as_it_was(feed in feed()) {
        let text = write::feed(&feed);
        prop_assert_eq!(&text, &write::feed(&feed));
        prop_assert!(text.split("\r\n").all(|it| it.len() <= 75));
        let read = read(text.as_bytes(), None, Tz::Asia__Tokyo);
        prop_assert!(read.problems.iter().all(|it| it.reason == ReadProblemReason::Empty), "{:?}\n{}", read.problems, text);
        prop_assert_eq!(read.name.as_deref(), Some(feed.name.as_str()));
        let lines: Vec<_> = read.events.iter().map(|it| it.line).collect();
        let expected: Vec<_> = feed.events.iter().zip(lines).map(|(it, line)| read_back(it, line)).collect();
        prop_assert_eq!(read.events.len(), feed.events.len());
        prop_assert_eq!(read.events, expected);
    }

    #[test]
    fn a_zone_that_was_written_has_the_clocks_of_the_zone(
        zone in proptest::sample::select(&chrono_tz::TZ_VARIANTS[..]), year in 1950..2080_i32, years in 0..60_i32,
        times in vec((0..366_u64, 0..24_u32), 50),
    ) {
        let last = (year + years).min(2085);
        let mut events = Vec::new();
        for year in [year, last] {
            let starts_local = NaiveDate::from_ymd_opt(year, 6, 1).unwrap().and_hms_opt(12, 0, 0).unwrap();
            let ends_local = starts_local + TimeDelta::hours(1);
            events.push(Event {
                uid: year.to_string(), stamp: DateTime::UNIX_EPOCH, last_modified: None, sequence: 0,
                time: When::Clock { starts_local, ends_local, zone },
                recurrence: None, occurrence: None, status: None, transparent: false, class: Class::Public, texts: None,
                label: None,
            });
        }
        let feed = CalendarFeed { events, name: "x".to_owned(), description: None, color: None, refresh: TimeDelta::hours(1) };
        // Under a name that nobody knows, the definition is all there is.
        let text = write::feed(&feed).replace(zone.name(), "Nowhere/At_All");
        let (mut zones, _) = definitions(Unfold::new(text.as_bytes(), Charset::of(b"", None).0), Tz::UTC);
        prop_assume!(text.contains("VTIMEZONE"));
        let definition = zones.definition("Nowhere/At_All").unwrap();
        for (place, (day, hour)) in times.into_iter().enumerate() {
            let year = year + i32::try_from(place).unwrap() % (last - year + 1);
            let local = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(hour, 30, 0).unwrap();
            let local = local + chrono::Days::new(day);
            if let Some(it) = zone.from_local_datetime(&local).single() {
                use chrono::Offset as _;
                let expected = it.offset().fix().local_minus_utc();
                prop_assert_eq!(definition.offset(local), expected, "{} {}\n{}", zone, local, text);
            }
        }
        let _ = zones.find("Nowhere/At_All");
    }

    #[test]
    fn bytes_do_no_harm(bytes in vec(any::<u8>(), 0..2_000)) {
        sane(&read(&bytes, None, Tz::Europe__Berlin));
        let event = [b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", &bytes[..], b"\nEND:VEVENT\nEND:VCALENDAR"].concat();
        sane(&read(&event, None, Tz::Europe__Berlin));
    }

    #[test]
    fn a_damaged_calendar_does_no_harm(
        feed in feed(),
        damages in vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6_u8, any::<u8>()), 1..12),
    ) {
        let mut bytes = write::feed(&feed).into_bytes();
        for (at, other, kind, byte) in damages {
            let (at, other) = (at.index(bytes.len()), other.index(bytes.len()));
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, byte),
                3 => bytes.swap(at, other),
                4 => bytes.truncate(at.max(20)),
                _ => {
                    let piece: Vec<_> = bytes[at.min(other)..at.max(other)].iter().copied().take(300).collect();
                    drop(bytes.splice(at..at, piece));
                }
            }
        }
        sane(&read(&bytes, None, Tz::Europe__Berlin));
    }

    #[test]
    fn what_is_said_about_dates_of_a_series_is_written_and_read_back(
        changes in vec((0..4_u8, 0..60_i64, -30..30_i64, 0..3_i32), 0..8),
        rule in proptest::sample::select(&[
            "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=WEEKLY;COUNT=7", "FREQ=DAILY;UNTIL=20270601T070000Z", "FREQ=MONTHLY", "",
        ][..]),
    ) {
        let stamp = |day: i64, hours: i64| {
            (NaiveDate::from_ymd_opt(2027, 3, 4).unwrap().and_hms_opt(9, 0, 0).unwrap() + TimeDelta::days(day) + TimeDelta::hours(hours))
                .format("%Y%m%dT%H%M%S")
                .to_string()
        };
        let mut events = vec![format!("DTSTART:{}\nDURATION:PT1H\nSEQUENCE:1\nRRULE:{rule}", stamp(0, 0))];
        for (kind, day, hours, sequence) in changes {
            let (date, moved) = (stamp(day, 0), stamp(day, hours));
            match kind {
                0 => events[0].push_str(&format!("\nRDATE;VALUE=PERIOD:{date}/PT{}H", hours.abs() + 1)),
                1 => events[0].push_str(&format!("\nEXDATE:{date}\nRRULE:FREQ=WEEKLY;COUNT={}", day + 1)),
                2 => events.push(format!("RECURRENCE-ID:{date}\nDTSTART:{moved}\nDURATION:PT2H\nSEQUENCE:{sequence}")),
                _ => events.push(format!(
                    "RECURRENCE-ID;RANGE=THISANDFUTURE:{date}\nDTSTART:{moved}\nDURATION:PT3H\nSEQUENCE:{sequence}"
                )),
            }
        }
        let text: String = events.iter().map(|it| format!("BEGIN:VEVENT\nUID:a\n{it}\nEND:VEVENT\n")).collect();
        let first = read(format!("BEGIN:VCALENDAR\n{text}END:VCALENDAR").as_bytes(), None, Tz::Europe__Berlin);
        sane(&first);
        let mut keys: Vec<_> = first.events.iter().map(|it| (&it.uid, it.occurrence)).collect();
        keys.sort();
        keys.dedup();
        prop_assert_eq!(keys.len(), first.events.len(), "each is there once\n{}", text);
        let events = first.events.iter().map(|it| Event {
            uid: it.uid.clone(), stamp: DateTime::UNIX_EPOCH, last_modified: None, sequence: it.sequence, time: it.time,
            recurrence: it.recurrence.clone(), occurrence: it.occurrence, status: None, transparent: false,
            class: Class::Public, texts: Some(it.texts.clone()), label: None,
        });
        let feed = CalendarFeed {
            events: events.collect(), name: "x".to_owned(), description: None, color: None, refresh: TimeDelta::hours(1),
        };
        let again = read(write::feed(&feed).as_bytes(), None, Tz::UTC);
        let without_lines = |read: &ReadCalendar| read.events.iter().map(|it| ReadEvent { line: 0, ..it.clone() }).collect::<Vec<_>>();
        prop_assert_eq!(without_lines(&again), without_lines(&first), "{}", text);
    }

    #[test]
    fn lines_that_nearly_are_an_event_do_no_harm(
        lines in vec(
            "(DTSTART|DTEND|DURATION|RRULE|EXDATE|RDATE|RECURRENCE-ID|SEQUENCE|BEGIN|END|TZID|TZOFFSETTO|X-WR-TIMEZONE)\
             (;TZID=(Europe/Berlin|Own|Pacific/Apia|/a/b|\\(UTC\\+1\\)))?(;VALUE=DATE|;RANGE=THISANDFUTURE|;ENCODING=QUOTED-PRINTABLE)?:\
             ([+-]?P?T?[0-9]{1,12}[DHMSWZ]?|[0-9]{8}(T[0-9]{6}Z?)?|FREQ=(DAILY|YEARLY);(UNTIL|BYDAY|BYMONTH)=[0-9A-Z-]{1,9}|\
             VEVENT|VTIMEZONE|DAYLIGHT|VCALENDAR|Own)",
            0..40,
        ),
    ) {
        sane(&read(format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270328T023000\n{}", lines.join("\n")).as_bytes(), None, Tz::Europe__Berlin));
    }
}
