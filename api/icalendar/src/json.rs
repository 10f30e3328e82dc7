//! Feeds as JSCalendar (RFC 8984): a Group of Events. The same feed gives the same bytes.

use std::collections::BTreeMap;

use calendar_time::time::{end_instant, instant};
use chrono::{NaiveDateTime, TimeDelta};
use serde_json::{Map, Value, json};

use crate::{CalendarFeed, Class, Event, Recurrence, Status, When, rule};

/// The media type of what is written here.
pub const MEDIA_TYPE: &str = "application/jscalendar+json;type=group";

/// A feed as text. `uid` names the group for ever.
pub fn group(feed: &CalendarFeed, uid: &str) -> String {
    let mut changed: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in feed.events.iter().filter(|it| it.occurrence.is_some()) {
        changed.entry(&event.uid).or_default().push(event);
    }
    let entries: Vec<_> = feed
        .events
        .iter()
        .filter(|it| it.occurrence.is_none())
        .map(|it| whole(it, changed.get(it.uid.as_str()).map_or(&[], Vec::as_slice)))
        .collect();
    let updated = feed.events.iter().map(|it| it.stamp).max();
    let mut group = Map::new();
    let mut put = |name: &str, value: Value| group.insert(name.to_owned(), value);
    put("@type", json!("Group"));
    put("uid", json!(uid));
    put("prodId", json!(crate::write::PRODUCT));
    put("title", json!(feed.name));
    if let Some(description) = &feed.description {
        put("description", json!(description));
    }
    if let Some(color) = &feed.color {
        put("color", json!(color));
    }
    if let Some(updated) = updated {
        put("updated", json!(updated.format("%Y-%m-%dT%H:%M:%SZ").to_string()));
    }
    put("entries", json!(entries));
    Value::Object(group).to_string()
}

/// An event, or a series with its changed dates.
fn whole(event: &Event, changed: &[&Event]) -> Value {
    let mut object = plain(event);
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("@type", json!("Event"));
    put("uid", json!(event.uid));
    put("updated", json!(event.stamp.format("%Y-%m-%dT%H:%M:%SZ").to_string()));
    put("sequence", json!(event.sequence.max(0)));
    // Of all of a series, never of one date (RFC 8984, 4.3.5).
    let privacy = match (&event.texts, event.class) {
        (None, _) | (Some(_), Class::Private) => Some("private"),
        (Some(_), Class::Confidential) => Some("secret"),
        (Some(_), Class::Public) => None,
    };
    if let Some(privacy) = privacy {
        put("privacy", json!(privacy));
    }
    if let Some(recurrence) = &event.recurrence {
        if let Some(rule) = &recurrence.rule {
            put("recurrenceRules", json!([rule_of(rule, &event.time)]));
        }
        let overrides = overrides(event, recurrence, changed);
        if !overrides.is_empty() {
            put("recurrenceOverrides", Value::Object(overrides));
        }
    }
    Value::Object(object)
}

/// Dates of a series that differ from it: left out, added, or changed by what they say otherwise.
fn overrides(series: &Event, recurrence: &Recurrence, changed: &[&Event]) -> Map<String, Value> {
    let mut overrides = Map::new();
    for date in &recurrence.exdate {
        overrides.insert(local(*date), json!({ "excluded": true }));
    }
    for date in &recurrence.rdate {
        overrides.insert(local(*date), json!({}));
    }
    let whole = plain(series);
    for event in changed {
        let Some(date) = event.occurrence else { continue };
        let own = plain(event);
        let mut patch: Map<String, Value> = own
            .iter()
            .filter(|(name, value)| whole.get(*name) != Some(value))
            .map(|(n, v)| (n.clone(), v.clone()))
            .collect();
        // Without a word, it begins when the series says.
        if own.get("start") == Some(&json!(local(date))) {
            patch.remove("start");
        } else {
            patch.insert("start".to_owned(), own["start"].clone());
        }
        for name in whole.keys().filter(|it| !own.contains_key(*it)) {
            patch.insert(name.clone(), Value::Null);
        }
        overrides.insert(local(date), Value::Object(patch));
    }
    overrides
}

/// What an event and a changed date of a series have in common.
fn plain(event: &Event) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("start", json!(local(event.time.starts_local())));
    put("duration", json!(duration(&event.time)));
    match event.time.zone() {
        Some(zone) => put("timeZone", json!(zone.name())),
        None => put("showWithoutTime", json!(true)),
    };
    put("freeBusyStatus", json!(if event.transparent { "free" } else { "busy" }));
    let Some(texts) = &event.texts else {
        if let Some(label) = &event.label {
            put("title", json!(label));
        }
        return object;
    };
    let status = event.status.map(|it| match it {
        Status::Tentative => "tentative",
        Status::Confirmed => "confirmed",
        Status::Cancelled => "cancelled",
    });
    let text = |it: &Option<String>| it.as_ref().filter(|it| !it.is_empty()).map(|it| json!(it));
    let location = text(&texts.location).map(|it| json!({ "1": { "@type": "Location", "name": it } }));
    let link = text(&texts.url).map(|it| json!({ "1": { "@type": "Link", "href": it } }));
    let mut people = Map::new();
    for (key, name, role) in [("1", &texts.organiser, "owner"), ("2", &texts.contact, "contact")] {
        if let Some(name) = text(name) {
            people.insert(key.to_owned(), json!({ "@type": "Participant", "name": name, "roles": { role: true } }));
        }
    }
    let keywords: Map<String, Value> = texts.categories.iter().map(|it| (it.clone(), json!(true))).collect();
    let some = |map: Map<String, Value>| (!map.is_empty()).then_some(Value::Object(map));
    for (name, value) in [
        ("status", status.map(|it| json!(it))),
        ("title", text(&texts.title)),
        ("description", text(&texts.description)),
        ("locations", location),
        ("links", link),
        ("participants", some(people)),
        ("keywords", some(keywords)),
    ] {
        if let Some(value) = value {
            put(name, value);
        }
    }
    object
}

/// Days on the wall, and what is left in hours that pass: a day of a change of the clock is a day, an hour is an hour.
fn duration(time: &When) -> String {
    let (from, until) = (time.starts_local(), time.ends_local());
    let days = (until - from).num_days().max(0);
    let rest = match time.zone() {
        Some(zone) => {
            let begun = from + TimeDelta::days(days);
            if begun == until { TimeDelta::zero() } else { end_instant(begun, until, zone) - instant(begun, zone) }
        }
        None => TimeDelta::zero(),
    };
    let (hours, minutes, seconds) = (rest.num_hours(), rest.num_minutes() % 60, rest.num_seconds() % 60);
    let part = |number: i64, mark: char| if number > 0 { format!("{number}{mark}") } else { String::new() };
    let clock = format!("{}{}{}", part(hours, 'H'), part(minutes, 'M'), part(seconds, 'S'));
    match (days, clock.is_empty()) {
        (0, true) => "PT0S".to_owned(),
        (days, true) => format!("P{days}D"),
        (days, false) => format!("P{}T{clock}", part(days, 'D')),
    }
}

fn local(time: NaiveDateTime) -> String {
    time.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// A rule in its canonical form as a RecurrenceRule.
fn rule_of(rule: &str, time: &When) -> Value {
    let mut object = Map::from_iter([("@type".to_owned(), json!("RecurrenceRule"))]);
    for (name, value) in rule.split(';').filter_map(|it| it.split_once('=')) {
        let numbers = || json!(value.split(',').filter_map(|it| it.parse::<i32>().ok()).collect::<Vec<_>>());
        let (name, value) = match name {
            "FREQ" => ("frequency", json!(value.to_ascii_lowercase())),
            "INTERVAL" => ("interval", json!(value.parse::<u32>().unwrap_or(1))),
            "COUNT" => ("count", json!(value.parse::<u32>().unwrap_or(1))),
            "UNTIL" => ("until", json!(until(value, time))),
            "WKST" => ("firstDayOfWeek", json!(value.to_ascii_lowercase())),
            "BYDAY" => ("byDay", value.split(',').map(day).collect()),
            "BYMONTH" => ("byMonth", json!(value.split(',').collect::<Vec<_>>())),
            "BYMONTHDAY" => ("byMonthDay", numbers()),
            "BYYEARDAY" => ("byYearDay", numbers()),
            "BYWEEKNO" => ("byWeekNo", numbers()),
            "BYHOUR" => ("byHour", numbers()),
            "BYMINUTE" => ("byMinute", numbers()),
            "BYSECOND" => ("bySecond", numbers()),
            "BYSETPOS" => ("bySetPosition", numbers()),
            _ => continue,
        };
        object.insert(name.to_owned(), value);
    }
    Value::Object(object)
}

/// `20270131T090000`, or `20270131`, which takes its whole day in.
fn until(value: &str, time: &When) -> String {
    let of_day = || match time {
        When::Days { .. } => rule::date(value).map(Into::into),
        When::Clock { .. } => rule::date(value).map(rule::end_of_day),
    };
    rule::date_time(value).or_else(of_day).map(local).unwrap_or_default()
}

/// `-1FR`, `MO`.
fn day(value: &str) -> Value {
    let (number, day) = value.split_at(value.len().saturating_sub(2));
    let mut object = json!({ "@type": "NDay", "day": day.to_ascii_lowercase() });
    if let Ok(number) = number.parse::<i32>() {
        object["nthOfPeriod"] = json!(number);
    }
    object
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;

    use super::*;

    fn clock(from: &str, until: &str) -> When {
        When::Clock { starts_local: from.parse().unwrap(), ends_local: until.parse().unwrap(), zone: Berlin }
    }

    #[test]
    fn durations_count_days_on_the_wall_and_hours_that_pass() {
        assert_eq!(duration(&clock("2027-03-01T09:00:00", "2027-03-01T10:30:00")), "PT1H30M");
        assert_eq!(duration(&clock("2027-03-01T09:00:00", "2027-03-03T09:00:00")), "P2D");
        // The night of the change has an hour less.
        assert_eq!(duration(&clock("2027-03-28T01:00:00", "2027-03-28T05:00:00")), "PT3H");
        assert_eq!(duration(&clock("2027-03-27T12:00:00", "2027-03-28T12:00:00")), "P1D");
        let days = When::Days { first: "2027-03-01".parse().unwrap(), last_exclusive: "2027-03-03".parse().unwrap() };
        assert_eq!(duration(&days), "P2D");
    }

    #[test]
    fn rules_are_objects() {
        let time = clock("2027-03-01T09:00:00", "2027-03-01T10:00:00");
        let rule =
            rule_of("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR,MO;BYMONTH=3;BYSETPOS=-1;UNTIL=20270430T090000;WKST=SU", &time);
        let expected = json!({
            "@type": "RecurrenceRule", "frequency": "monthly", "interval": 2, "byMonth": ["3"], "bySetPosition": [-1],
            "byDay": [{ "@type": "NDay", "day": "fr", "nthOfPeriod": -1 }, { "@type": "NDay", "day": "mo" }],
            "until": "2027-04-30T09:00:00", "firstDayOfWeek": "su",
        });
        assert_eq!(rule, expected);
        assert_eq!(rule_of("FREQ=DAILY;UNTIL=20270430", &time)["until"], "2027-04-30T23:59:59");
    }
}
