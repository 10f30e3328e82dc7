//! Series with all that the file says about their dates, as calendars keep them: a change of a date and all that follow
//! becomes a series of its own, a date with a length of its own a changed date, and what a newer version of the series
//! does not have any more is left out.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use calendar_time::recurrence::RecurrenceSet;
use chrono::{Datelike as _, NaiveDateTime, TimeDelta};

use crate::read::event::Unplaced;
use crate::read::problem::{ProblemLog, ReadProblemReason};
use crate::read::{MAX_EVENTS, ReadEvent};
use crate::{Recurrence, When};

/// The most dates that are looked for in their series, some of which have to be counted from their start on.
const MAX_SOUGHT: usize = 2_000;
/// Years in which that is done: entries have no others.
const YEARS: RangeInclusive<i32> = 1900..=2200;

/// The events of a file, of which each is there once.
pub fn whole(mut events: Vec<Unplaced>, log: &mut ProblemLog) -> Vec<ReadEvent> {
    leave_out_superseded(&mut events, log);
    add_periods(&mut events, log);
    split_following(events, log)
}

/// Says something about an event.
fn note(log: &mut ProblemLog, line: usize, uid: &str, reason: ReadProblemReason) {
    let before = log.len();
    log.event(line, reason);
    log.name(before, Some(uid));
}

fn set_of(event: &ReadEvent) -> RecurrenceSet {
    let Recurrence { rule, rdate, exdate } = event.recurrence.clone().unwrap_or_default();
    RecurrenceSet { rule, rdate: rdate.into_iter().collect(), exdate: exdate.into_iter().collect() }
}

fn recurrence_of(set: RecurrenceSet) -> Option<Recurrence> {
    let RecurrenceSet { rule, rdate, exdate } = set;
    Some(Recurrence { rule, rdate: rdate.into_iter().collect(), exdate: exdate.into_iter().collect() })
        .filter(|it| *it != Recurrence::default())
}

fn is_sought(series: &ReadEvent, date: NaiveDateTime) -> bool {
    YEARS.contains(&series.time.starts_local().year()) && YEARS.contains(&date.year())
}

/// Where each series, or event that stands for itself, is.
fn masters(events: &[Unplaced]) -> HashMap<String, usize> {
    let own = events.iter().enumerate().filter(|(_, it)| it.event.occurrence.is_none());
    own.map(|(place, it)| (it.event.uid.clone(), place)).collect()
}

/// Changed dates of an older version than their series, which has no such date.
fn leave_out_superseded(events: &mut Vec<Unplaced>, log: &mut ProblemLog) {
    let masters = masters(events);
    let mut sets: HashMap<usize, RecurrenceSet> = HashMap::new();
    let mut gone = HashSet::new();
    let mut sought = 0;
    for (place, it) in events.iter().enumerate() {
        let (Some(date), Some(master)) = (it.event.occurrence, masters.get(&it.event.uid)) else { continue };
        let series = &events[*master].event;
        if series.sequence <= it.event.sequence || sought == MAX_SOUGHT || !is_sought(series, date) {
            continue;
        }
        sought += 1;
        let set = sets.entry(*master).or_insert_with(|| set_of(series));
        if !set.has(series.time.starts_local(), date) {
            note(log, it.event.line, &it.event.uid, ReadProblemReason::SupersededOccurrence);
            gone.insert(place);
        }
    }
    let mut place = 0..;
    events.retain(|_| place.next().is_none_or(|it| !gone.contains(&it)));
}

/// Dates with a length of their own are changed dates.
fn add_periods(events: &mut Vec<Unplaced>, log: &mut ProblemLog) {
    let mut known: HashSet<(String, NaiveDateTime)> =
        events.iter().filter_map(|it| Some((it.event.uid.clone(), it.event.occurrence?))).collect();
    let mut added = Vec::new();
    for it in events.iter() {
        let exdate = it.event.recurrence.as_ref().map_or(&[][..], |it| &it.exdate);
        for time in &it.periods {
            let date = time.starts_local();
            if exdate.contains(&date) || !known.insert((it.event.uid.clone(), date)) {
                continue;
            }
            if events.len() + added.len() >= MAX_EVENTS {
                note(log, it.event.line, &it.event.uid, ReadProblemReason::OnlyStartOfPeriod);
                break;
            }
            let event = ReadEvent { occurrence: Some(date), time: *time, recurrence: None, ..it.event.clone() };
            added.push(Unplaced { event, occurrence: None, following: None, periods: Vec::new(), changed: it.changed });
        }
    }
    events.extend(added);
}

/// A part of a series that was changed from a date on.
struct Part {
    /// The first date of it, on the clock of the whole.
    from: NaiveDateTime,
    /// Where it is among the events.
    place: usize,
    uid: String,
    /// How much later its dates are than those of the whole.
    delta: TimeDelta,
    sequence: i32,
}

/// Splits series at the dates from which on they are changed.
fn split_following(mut events: Vec<Unplaced>, log: &mut ProblemLog) -> Vec<ReadEvent> {
    let mut order: Vec<_> = (0..events.len()).filter(|it| events[*it].following.is_some()).collect();
    order.sort_by_key(|it| events[*it].event.occurrence);
    let masters = masters(&events);
    let mut parts: HashMap<String, Vec<Part>> = HashMap::new();
    // Series of which nothing is left before the change.
    let mut gone = HashSet::new();
    for (sought, place) in order.into_iter().enumerate() {
        let event = &events[place].event;
        let uid = event.uid.clone();
        let whole = parts.get(&uid).and_then(|it| it.last()).map(|it| (it.place, it.delta));
        let whole = whole.or_else(|| masters.get(&uid).map(|it| (*it, TimeDelta::zero())));
        let split = whole.filter(|_| sought < MAX_SOUGHT).zip(event.occurrence).and_then(|((whole, before), from)| {
            let date = from.checked_add_signed(before)?;
            Some((whole, from, split(&events[whole].event, event, date)?))
        });
        let Some((whole, from, split)) = split else {
            let line = events[place].following.unwrap_or(event.line);
            note(log, line, &uid, ReadProblemReason::OnlyOneOccurrence);
            continue;
        };
        let delta = event.time.starts_local() - from;
        let mut own = events[whole].event.uid.clone();
        if split.is_all {
            gone.insert(whole);
        } else {
            own = format!("{uid}/{}", from.format("%Y%m%dT%H%M%S"));
            events[whole].event.recurrence = split.head;
        }
        let changed = &mut events[place].event;
        let sequence = changed.sequence;
        (changed.uid, changed.occurrence, changed.recurrence) = (own.clone(), None, split.rest);
        parts.entry(uid).or_default().push(Part { from, place, uid: own, delta, sequence });
    }
    for it in &mut events {
        let Some(parts) = parts.get(&it.event.uid) else { continue };
        let Some(date) = it.event.occurrence else { continue };
        if let Some(part) = parts.iter().rev().find(|it| it.from <= date) {
            it.event.uid.clone_from(&part.uid);
            it.event.occurrence = date.checked_add_signed(part.delta);
            // A change of a date is no older than the part that it was read with.
            it.event.sequence = it.event.sequence.max(part.sequence);
        }
    }
    let all = events.into_iter().enumerate().filter(|(place, _)| !gone.contains(place));
    all.map(|(_, it)| it.event).collect()
}

/// A series that was changed from a date on.
struct Split {
    /// How it comes again before.
    head: Option<Recurrence>,
    /// How it comes again from then on.
    rest: Option<Recurrence>,
    /// Whether nothing lies before.
    is_all: bool,
}

/// Splits a series at a date from which on `change` holds: none where the series has no such date, or where another
/// rule would be needed from then on.
fn split(series: &ReadEvent, change: &ReadEvent, date: NaiveDateTime) -> Option<Split> {
    let (start, set) = (series.time.starts_local(), set_of(series));
    let alike = series.recurrence.is_some() && series.time.zone() == change.time.zone();
    if !alike || !is_sought(series, date) || !is_sought(change, date) || !set.has(start, date) {
        return None;
    }
    let all_day = matches!(series.time, When::Days { .. });
    let begins = change.time.starts_local();
    let mut rest = set.rest(start, date).moved(begins - date, all_day);
    rest.rule = match rest.rule {
        Some(rule) => Some(turned(&rule, (begins.date() - date.date()).num_days())?),
        None => None,
    };
    let head = recurrence_of(set.before(date, all_day));
    Some(Split { head, rest: recurrence_of(rest), is_all: date == start })
}

/// A rule whose days are so many days later; none where it is not only weekdays that would have to change.
fn turned(rule: &str, days: i64) -> Option<String> {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    if days == 0 {
        return Some(rule.to_owned());
    }
    let weekly = rule.split(';').any(|it| it == "FREQ=WEEKLY");
    let part = |part: &str| {
        let Some((name, value)) = part.split_once('=').filter(|it| it.0.starts_with("BY")) else {
            return Some(part.to_owned());
        };
        if !weekly || name != "BYDAY" {
            return None;
        }
        let day = |it: &str| {
            let place = i64::try_from(DAYS.iter().position(|day| *day == it)?).ok()?;
            DAYS.get(usize::try_from((place + days).rem_euclid(7)).ok()?).copied()
        };
        Some(format!("BYDAY={}", value.split(',').map(day).collect::<Option<Vec<_>>>()?.join(",")))
    };
    rule.split(';').map(part).collect::<Option<Vec<_>>>().map(|it| it.join(";"))
}
