//! The dates of series against those of other people's libraries: generated series, both changes of the clock included.

use std::fmt::Write as _;

use serde_json::{Value, json};
use verbund_tests::app::Server;
use verbund_tests::{Case, Client, Dice, Engine, TestApp, cases, python};

pub fn cases() -> Vec<Case> {
    cases!["calendars::peers"; two_hundred_series_have_the_dates_that_python_gives_them]
}

const SERIES: usize = 200;
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A series: its first start, whether it is of whole days, its rule, extra and left-out dates.
struct Series {
    start: String,
    all_day: bool,
    rule: String,
    extra: Vec<String>,
    except: Vec<String>,
}

/// A rule whose first date is its start: what a start is that its rule does not give, every library decides for itself.
fn generated(dice: &mut Dice) -> Series {
    // From the first week of 2026, at hours that both changes of the clock touch, and at ordinary ones.
    let day = between(dice, 1, 28);
    let month = between(dice, 1, 12);
    let (hour, minute) = (dice.one(&[0, 1, 2, 3, 9, 14, 23]), dice.one(&[0, 15, 30, 59]));
    let all_day = dice.chance(20);
    let date = chrono::NaiveDate::from_ymd_opt(2026, month, day).expect("a date");
    let weekday = DAYS[chrono::Datelike::weekday(&date).num_days_from_monday() as usize];
    let nth = (day - 1) / 7 + 1;
    let mut rule = match between(dice, 0, 9) {
        0 => "FREQ=DAILY".to_owned(),
        1 => format!("FREQ=WEEKLY;BYDAY={weekday}"),
        2 => format!("FREQ=WEEKLY;BYDAY={weekday},{}", dice.one(&["MO", "TH", "SU"])),
        3 => format!("FREQ=MONTHLY;BYMONTHDAY={day}"),
        4 => format!("FREQ=MONTHLY;BYDAY={nth}{weekday}"),
        5 => format!("FREQ=MONTHLY;BYDAY={weekday};BYSETPOS={nth}"),
        6 => format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"),
        7 => format!("FREQ=YEARLY;BYMONTH={month};BYDAY={nth}{weekday}"),
        8 => format!("FREQ=DAILY;BYMONTH={month},{}", month % 12 + 1),
        _ => "FREQ=WEEKLY".to_owned(),
    };
    let _ = match between(dice, 0, 3) {
        0 => write!(rule, ";COUNT={}", between(dice, 1, 60)),
        1 => write!(rule, ";UNTIL=2027{:02}{:02}", between(dice, 1, 12), between(dice, 1, 28)),
        _ => Ok(()),
    };
    // Which week counts matters only to every second or third one, and then a library must know where weeks begin.
    if dice.chance(50) {
        let _ = write!(rule, ";INTERVAL={}", between(dice, 2, 4));
    }
    if dice.chance(33) {
        rule.push_str(";WKST=MO");
    }
    let stamp = |month: u32, day: u32| {
        if all_day {
            format!("2026-{month:02}-{day:02}T00:00:00")
        } else {
            format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00")
        }
    };
    let start = stamp(month, day);
    let extra = if dice.chance(33) {
        vec![stamp(between(dice, 1, 12), between(dice, 1, 28)).replacen("2026", "2027", 1)]
    } else {
        vec![]
    };
    Series { start, all_day, rule, extra, except: vec![] }
}

/// A number from `least` to `most`.
fn between(dice: &mut Dice, min: u32, max: u32) -> u32 {
    min + u32::try_from(dice.below((max - min + 1) as usize)).expect("a small number")
}

fn compact(stamp: &str, all_day: bool) -> String {
    let digits = stamp.replace(['-', ':'], "");
    if all_day { digits[..8].to_owned() } else { digits }
}

/// The series in words of RFC 5545. UNTIL goes as the RFC wants it: an instant where the start has a zone.
fn calendar(series: &Series, kept: &str) -> String {
    let zone = if series.all_day { ";VALUE=DATE" } else { ";TZID=Europe/Berlin" };
    let rule: Vec<_> = kept
        .split(';')
        .map(|part| match part.strip_prefix("UNTIL=") {
            Some(until) if !series.all_day => {
                let local = chrono::NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%S").expect("a time");
                let instant = calendar_time::time::instant(local, chrono_tz::Europe::Berlin);
                format!("UNTIL={}", instant.format("%Y%m%dT%H%M%SZ"))
            }
            _ => part.to_owned(),
        })
        .collect();
    let mut text = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTAMP:20260101T000000Z\r\n\
         DTSTART{zone}:{}\r\nRRULE:{}\r\n",
        compact(&series.start, series.all_day),
        rule.join(";")
    );
    for (name, dates) in [("RDATE", &series.extra), ("EXDATE", &series.except)] {
        for date in dates {
            let _ = write!(text, "{name}{zone}:{}\r\n", compact(date, series.all_day));
        }
    }
    text + "END:VEVENT\r\nEND:VCALENDAR\r\n"
}

/// The dates of three years, sorted. Both are asked for more: where a window ends, in which zone, is not compared.
fn compared(dates: Vec<String>) -> Vec<String> {
    let mut dates: Vec<_> =
        dates.into_iter().filter(|it| ("2025-12-31".."2029-01-01").contains(&it.as_str())).collect();
    dates.sort();
    dates
}

/// Every date of an entry in three years, as the agenda has it.
async fn dates(planner: &Client, calendar: &Value, all_day: bool) -> Vec<String> {
    let query =
        "query($calendar: ID!, $after: String) { agenda(first: 100, after: $after, filter: {calendars: [$calendar]},
        between: {start: \"2025-12-20T00:00:00Z\", end: \"2029-01-10T00:00:00Z\"}) {
        nodes { start firstDay } pageInfo { hasNextPage endCursor } } }";
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "calendar": calendar, "after": after });
        let page = planner.send(query, variables).await.data()["agenda"].clone();
        for node in page["nodes"].as_array().expect("nodes") {
            let field = if all_day { "firstDay" } else { "start" };
            found.push(node[field].as_str().expect("a time").replace("+00:00", "Z"));
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return compared(found);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn two_hundred_series_have_the_dates_that_python_gives_them(app: TestApp) {
    // The dates are computed before they reach a database; one is enough.
    if app.engine == Engine::Postgres || !python::is_there() {
        return;
    }
    let mut config = app.config.clone();
    config.graphql.points_per_minute = 0;
    let server = Server::start(config, app.clock.clone()).await.expect("a server without budgets");
    let planner = server.client(Some(app.token("planner@ostallgaeu")));
    let mut dice = Dice::new(20_261_124);
    let (mut calendars, mut own, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for index in 0..SERIES {
        let mut series = generated(&mut dice);
        let calendar_input = json!({ "tenant": app.world.id("tenant.ostallgaeu"), "name": format!("Series {index}") });
        let made = planner.mutate("calendarCreate", calendar_input, "calendar { id }").await["calendar"]["id"].clone();
        let start: chrono::NaiveDateTime = series.start.parse().expect("a time");
        let end = (start + chrono::TimeDelta::minutes(10)).format("%Y-%m-%dT%H:%M:%S").to_string();
        let time = if series.all_day {
            json!({ "allDay": { "firstDay": &series.start[..10] } })
        } else {
            json!({ "timed": { "start": series.start, "end": end } })
        };
        let input = |except: &[String]| {
            json!({ "calendar": made, "title": "Series", "time": time, "recurrence": {
            "rule": series.rule, "extraDates": series.extra, "exceptDates": except,
        } })
        };
        let told = planner.mutate("calendarEntryCreate", input(&[]), "calendarEntry { id recurrence { rule } }").await;
        let entry = &told["calendarEntry"];
        // Every third one leaves out a date that it has.
        let query = "query($calendar: ID!) { agenda(first: 3, filter: {calendars: [$calendar]},
            between: {start: \"2026-01-01T00:00:00Z\", end: \"2029-01-01T00:00:00Z\"}) { nodes { startLocal } } }";
        let some = planner.send(query, json!({ "calendar": made })).await.data();
        if let Some(date) = some.pointer("/agenda/nodes/2/startLocal").filter(|_| index % 3 == 0) {
            series.except = vec![date.as_str().expect("a time").to_owned()];
            let change = json!({ "id": entry["id"], "version": 1, "recurrence": {
                "rule": series.rule, "extraDates": series.extra, "exceptDates": series.except,
            } });
            planner.mutate("calendarEntryUpdate", change, "calendarEntry { id }").await;
        }
        let rule = entry["recurrence"]["rule"].as_str().expect("a rule");
        words.push(format!("{} {rule} +{:?} -{:?}", series.start, series.extra, series.except));
        calendars.push(calendar(&series, rule));
        own.push(dates(&planner, &made, series.all_day).await);
    }
    let asked = json!({ "calendars": calendars, "from": "2025-12-20", "until": "2029-01-10" });
    let theirs = python::run("occurrences.py", &asked.to_string()).await;
    let mut differing = Vec::new();
    for (index, own) in own.iter().enumerate() {
        let theirs = compared(serde_json::from_value(theirs[index].clone()).expect("dates"));
        if *own != theirs {
            let missing: Vec<_> = theirs.iter().filter(|it| !own.contains(it)).take(3).collect();
            let more: Vec<_> = own.iter().filter(|it| !theirs.contains(it)).take(3).collect();
            differing.push(format!("{}: missing {missing:?}, more {more:?}", words[index]));
        }
    }
    assert!(differing.is_empty(), "{} of {SERIES}:\n{}", differing.len(), differing.join("\n"));
    assert!(own.iter().map(Vec::len).sum::<usize>() > 10_000, "they are worth comparing");
}
