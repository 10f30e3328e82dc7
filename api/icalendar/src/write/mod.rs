//! Feeds and busy times as text. See RFC 5545 for what stands where, RFC 7986 for the properties of a feed.

mod color;
pub(crate) mod lines;
#[cfg(test)]
mod tests;
mod zones;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};
use chrono_tz::Tz;

use crate::instances::{expanded, in_utc};
use crate::write::lines::{ContentLines, duration, escaped, quoted};
use crate::{CalendarFeed, Event, FreeBusy, Recurrence, Texts, When, rule};

/// The media type of what is written here.
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// Who writes.
pub(super) const PRODUCT: &str = "-//Verbund//Verbund//DE";

/// A feed as text. The same feed gives the same bytes.
pub fn feed(feed: &CalendarFeed) -> String {
    calendar(&feed.events, None, |lines| {
        lines.plain("METHOD", "PUBLISH");
        lines.text("NAME", &feed.name);
        lines.text("X-WR-CALNAME", &feed.name);
        lines.optional("DESCRIPTION", feed.description.as_deref());
        lines.optional("X-WR-CALDESC", feed.description.as_deref());
        if let Some(color) = &feed.color
            && let Some(name) = color::nearest(color)
        {
            lines.plain("COLOR", name);
            lines.plain("X-APPLE-CALENDAR-COLOR", &color.to_ascii_uppercase());
        }
        lines.plain("REFRESH-INTERVAL;VALUE=DURATION", &duration(feed.refresh));
        lines.plain("X-PUBLISHED-TTL", &duration(feed.refresh));
    })
}

/// An event, or a series with its changed dates, as one file of a calendar server (RFC 4791, 4.1): without METHOD.
pub fn resource(events: &[Event]) -> String {
    calendar(events, None, |_| ())
}

/// The same with each date between two instants as an event of its own, in UTC, and the number of events; none where there
/// are more than `max`. Whole days begin on the clock of `days`.
pub fn expanded_resource(
    events: &[Event],
    window: (DateTime<Utc>, DateTime<Utc>),
    days: Tz,
    max: usize,
) -> Option<(String, usize)> {
    let series = events.iter().find(|it| it.occurrence.is_none()).map(|it| in_utc(&it.time));
    let events = expanded(events, window, days, max)?;
    Some((calendar(&events, series.as_ref(), |_| ()), events.len()))
}

/// Events as a calendar; `series` is the time of the series of dates whose series is not among them.
fn calendar(events: &[Event], series: Option<&When>, more: impl FnOnce(&mut ContentLines)) -> String {
    let mut lines = ContentLines::default();
    // RECURRENCE-ID is of the kind and on the clock of the series, whatever its occurrence has become.
    let masters: HashMap<&str, &When> =
        events.iter().rev().filter(|it| it.occurrence.is_none()).map(|it| (it.uid.as_str(), &it.time)).collect();
    lines.component("VCALENDAR", |lines| {
        head(lines);
        more(lines);
        for (_, (zone, years)) in used_zones(events, &masters) {
            let (first, last) = (years.first().copied().unwrap_or(1970), years.last().copied().unwrap_or(1970));
            zones::write(lines, zone, first..=last);
        }
        for event in events {
            let series = masters.get(event.uid.as_str()).copied().or(series).unwrap_or(&event.time);
            lines.component("VEVENT", |lines| write_event(lines, event, series));
        }
    });
    lines.finish()
}

/// Busy times as text: a VFREEBUSY with periods in UTC.
pub fn free_busy(answer: &FreeBusy) -> String {
    let mut lines = ContentLines::default();
    lines.component("VCALENDAR", |lines| {
        head(lines);
        lines.plain("METHOD", "PUBLISH");
        lines.component("VFREEBUSY", |lines| {
            lines.text("UID", &answer.uid);
            lines.plain("DTSTAMP", &utc(answer.stamp));
            lines.plain("DTSTART", &utc(answer.from));
            lines.plain("DTEND", &utc(answer.until));
            for (tentative, kind) in [(false, "BUSY"), (true, "BUSY-TENTATIVE")] {
                let periods: Vec<_> = answer
                    .joined(tentative)
                    .into_iter()
                    .map(|(from, until)| format!("{}/{}", utc(from), utc(until)))
                    .collect();
                if !periods.is_empty() {
                    lines.plain(&format!("FREEBUSY;FBTYPE={kind}"), &periods.join(","));
                }
            }
        });
    });
    lines.finish()
}

fn head(lines: &mut ContentLines) {
    lines.plain("VERSION", "2.0");
    lines.plain("PRODID", PRODUCT);
    lines.plain("CALSCALE", "GREGORIAN");
}

/// The zones that need a definition, by name, with the years in which they are used.
fn used_zones(events: &[Event], masters: &HashMap<&str, &When>) -> BTreeMap<&'static str, (Tz, BTreeSet<i32>)> {
    let mut used: BTreeMap<&'static str, (Tz, BTreeSet<i32>)> = BTreeMap::new();
    let mut note = |zone: Option<Tz>, local: NaiveDateTime| {
        if let Some(zone) = zone.filter(|it| !zones::is_utc(*it)) {
            used.entry(zone.name()).or_insert_with(|| (zone, BTreeSet::new())).1.insert(local.year());
        }
    };
    for event in events {
        let zone = event.time.zone();
        note(zone, event.time.starts_local());
        note(zone, event.time.ends_local());
        if let Some(recurrence) = &event.recurrence {
            recurrence.rdate.iter().chain(&recurrence.exdate).for_each(|it| note(zone, *it));
            let until = recurrence.rule.iter().flat_map(|it| it.split(';')).find_map(|it| it.strip_prefix("UNTIL="));
            if let Some(day) = until.and_then(|it| it.get(..8)).and_then(rule::date) {
                note(zone, day.into());
            }
        }
        if let Some(occurrence) = event.occurrence {
            note(masters.get(event.uid.as_str()).map_or(zone, |it| it.zone()), occurrence);
        }
    }
    used
}

fn write_event(lines: &mut ContentLines, event: &Event, series: &When) {
    lines.text("UID", &event.uid);
    lines.plain("DTSTAMP", &utc(event.stamp));
    if let Some(occurrence) = event.occurrence {
        moment(lines, "RECURRENCE-ID", series, &[occurrence]);
    }
    moment(lines, "DTSTART", &event.time, &[event.time.starts_local()]);
    moment(lines, "DTEND", &event.time, &[event.time.ends_local()]);
    if let Some(recurrence) = &event.recurrence {
        write_recurrence(lines, recurrence, &event.time);
    }
    lines.plain("SEQUENCE", &event.sequence.max(0).to_string());
    lines.plain("TRANSP", if event.transparent { "TRANSPARENT" } else { "OPAQUE" });
    lines.plain("CLASS", event.class.word());
    if let Some(texts) = &event.texts {
        if let Some(at) = event.last_modified {
            lines.plain("LAST-MODIFIED", &utc(at));
        }
        if let Some(status) = event.status {
            lines.plain("STATUS", status.word());
        }
        write_texts(lines, texts);
    } else {
        lines.optional("SUMMARY", event.label.as_deref());
    }
}

fn write_recurrence(lines: &mut ContentLines, recurrence: &Recurrence, time: &When) {
    if let Some(rule) = &recurrence.rule {
        lines.plain("RRULE", &rule::to_wire(rule, time));
    }
    for (name, dates) in [("RDATE", &recurrence.rdate), ("EXDATE", &recurrence.exdate)] {
        let dates: BTreeSet<_> = dates.iter().copied().collect();
        if !dates.is_empty() {
            moment(lines, name, time, &dates.into_iter().collect::<Vec<_>>());
        }
    }
}

fn write_texts(lines: &mut ContentLines, texts: &Texts) {
    lines.optional("SUMMARY", texts.title.as_deref());
    lines.optional("DESCRIPTION", texts.description.as_deref());
    lines.optional("LOCATION", texts.location.as_deref().map(one_line).as_deref());
    if let Some(organiser) = texts.organiser.as_deref().filter(|it| !it.is_empty()) {
        // We know a name and no address; this one says that there is none.
        lines.plain(&format!("ORGANIZER;CN={}", quoted(organiser)), "invalid:nomail");
    }
    let categories: Vec<_> = texts.categories.iter().filter(|it| !it.is_empty()).map(|it| escaped(it)).collect();
    if !categories.is_empty() {
        lines.plain("CATEGORIES", &categories.join(","));
    }
    if let Some(url) = texts.url.as_deref().filter(|it| !it.is_empty()) {
        lines.plain("URL", url);
    }
    lines.optional("CONTACT", texts.contact.as_deref());
}

/// A place in one line: many programs show no more, and drop the breaks without a space.
fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r']) {
        return text.to_owned();
    }
    let lines = text.split(['\n', '\r']).map(|it| it.trim().trim_end_matches(',').trim_end());
    lines.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ")
}

/// A property of times on the clock of `time`: dates, times in UTC, or times with their zone.
fn moment(lines: &mut ContentLines, name: &str, time: &When, values: &[NaiveDateTime]) {
    let join = |format: &str| values.iter().map(|it| it.format(format).to_string()).collect::<Vec<_>>().join(",");
    match time.zone() {
        None => lines.plain(&format!("{name};VALUE=DATE"), &join("%Y%m%d")),
        Some(zone) if zones::is_utc(zone) => lines.plain(name, &join("%Y%m%dT%H%M%SZ")),
        Some(zone) => lines.plain(&format!("{name};TZID={}", zone.name()), &join("%Y%m%dT%H%M%S")),
    }
}

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}
