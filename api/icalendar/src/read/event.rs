//! One event of a file.

use std::collections::BTreeSet;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::instant;
use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::read::lines::ContentLine;
use crate::read::problem::{ProblemLog, ReadProblemReason};
use crate::read::values::{Moment, WallTime, duration, in_zone, text, texts, utc, written};
use crate::read::zones::{ZoneLookup, Zones};
use crate::read::{ReadEvent, legacy, lines};
use crate::{Class, Recurrence, Status, Texts, When, rule};

/// What Outlook says about whole days.
pub const ALL_DAY: &str = "X-MICROSOFT-CDO-ALLDAYEVENT";
/// The most dates beside a rule.
const MAX_LISTED: usize = 500;

/// The most rules beside the first.
const MAX_FURTHER: usize = 3;
/// How far the dates of rules beside the first may reach.
const FURTHER: Months = Months::new(20 * 12);

/// The lines of an event, as many as count.
#[derive(Debug)]
pub struct Raw {
    /// Where it begins.
    pub line: usize,
    /// Its properties.
    pub properties: Vec<ContentLine>,
    /// A UID made from its content, for an event without one.
    pub fingerprint: String,
}

/// An event whose occurrence is not yet on the clock of its series, which may stand behind it.
#[derive(Debug)]
pub struct Unplaced {
    /// The event.
    pub event: ReadEvent,
    /// RECURRENCE-ID.
    pub occurrence: Option<Moment>,
    /// Where it says that it stands for all that follow, too.
    pub following: Option<usize>,
    /// Dates of RDATE that have a length of their own.
    pub periods: Vec<When>,
    /// DTSTAMP and LAST-MODIFIED, the later one: tells versions apart that have the same SEQUENCE.
    pub changed: Option<DateTime<Utc>>,
}

/// What reading an event takes.
pub struct EventReader<'a> {
    /// The zones of the file.
    pub zones: &'a mut Zones,
    /// Its problems.
    pub log: &'a mut ProblemLog,
}

impl Raw {
    fn first(&self, name: &str) -> Option<&ContentLine> {
        self.properties.iter().find(|it| it.name == name)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a ContentLine> {
        self.properties.iter().filter(move |it| it.name == name)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.first(name).and_then(|it| text(&it.value))
    }
}

impl EventReader<'_> {
    /// Reads an event; none = it was left out, and the log says why.
    pub fn event(&mut self, raw: &Raw) -> Option<Unplaced> {
        let known = self.log.len();
        let event = match self.try_event(raw) {
            Ok(event) => Some(event),
            Err((line, reason)) => {
                self.log.event(line, reason);
                None
            }
        };
        self.log.name(known, raw.text("UID").as_deref());
        event
    }

    fn try_event(&mut self, raw: &Raw) -> Result<Unplaced, (usize, ReadProblemReason)> {
        let time = self.time(raw)?;
        let (mut occurrence, mut following) = (None, None);
        if let Some(it) = raw.first("RECURRENCE-ID") {
            let bad = || (it.line, ReadProblemReason::BadOccurrence(it.value.clone()));
            occurrence = Some(self.moment(it, &it.value).ok_or_else(bad)?);
            following = it.parameter("RANGE").map(|_| it.line);
        }
        let (recurrence, periods) = self.recurrence(raw, &time, occurrence.is_some())?;
        let uid = raw.text("UID").unwrap_or_else(|| {
            self.log.event(raw.line, ReadProblemReason::NoUid);
            raw.fingerprint.clone()
        });
        let stamp = raw.first("DTSTAMP").and_then(|it| utc(&it.value));
        let last_modified = self.value(raw, "LAST-MODIFIED", utc);
        let event = ReadEvent {
            line: raw.line,
            uid,
            occurrence: None,
            time,
            recurrence,
            sequence: self.value(raw, "SEQUENCE", |it| it.parse::<i32>().ok()).unwrap_or_default().max(0),
            status: self.value(raw, "STATUS", |word| Status::ALL.into_iter().find(|it| it.word() == word)),
            transparent: self.value(raw, "TRANSP", is_transparent).unwrap_or_default(),
            class: self.class(raw),
            last_modified,
            texts: all_texts(raw),
        };
        Ok(Unplaced { event, occurrence, following, periods, changed: last_modified.max(stamp) })
    }

    /// The value of a property in capitals; one that says something else is left out.
    fn value<T>(&mut self, raw: &Raw, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let property = raw.first(name).filter(|it| !it.value.trim().is_empty())?;
        let value = read(&property.value.trim().to_ascii_uppercase());
        if value.is_none() {
            let reason = ReadProblemReason::BadValue { name: name.to_owned(), value: property.value.clone() };
            self.log.event(property.line, reason);
        }
        value
    }

    /// Who may see it. A word that nobody knows keeps everybody out (RFC 5545, 3.8.1.3).
    fn class(&mut self, raw: &Raw) -> Class {
        let said = raw.first("CLASS").is_some_and(|it| !it.value.trim().is_empty());
        let known = self.value(raw, "CLASS", |word| Class::ALL.into_iter().find(|it| it.word() == word));
        known.unwrap_or(if said { Class::Private } else { Class::default() })
    }

    fn time(&mut self, raw: &Raw) -> Result<When, (usize, ReadProblemReason)> {
        let Some(start) = raw.first("DTSTART") else { return Err((raw.line, ReadProblemReason::NoStart)) };
        let bad = || (start.line, ReadProblemReason::BadStart(start.value.clone()));
        let moment = self.moment(start, &start.value).ok_or_else(bad)?;
        let end = raw.first("DTEND").or_else(|| raw.first("DURATION"));
        let (line, end) = end.map_or((start.line, End::Open), |it| (it.line, self.end(it)));
        let (time, assumed) = match moment {
            Moment::Day(first) => days(first, end),
            Moment::Floating(local) => {
                if let Some(zone) = self.zones.floating.take() {
                    self.log.event(start.line, ReadProblemReason::ZoneOfFile(zone.name()));
                }
                clock(local, self.zones.default, end)
            }
            Moment::Clock(local, zone) => clock(local, zone, end),
        }
        .map_err(|reason| (line, reason))?;
        let is_said = raw.first(ALL_DAY).is_some_and(|it| it.value.trim().eq_ignore_ascii_case("TRUE"));
        let whole_days = whole_days(&time, assumed.as_ref(), is_said, self.zones.default);
        let assumed =
            if whole_days.is_none() { assumed } else { Some(ReadProblemReason::Midnights).filter(|_| !is_said) };
        if let Some(assumed) = assumed {
            self.log.event(line, assumed);
        }
        Ok(whole_days.unwrap_or(time))
    }

    /// The end that a property says; none where nobody understands it.
    fn end(&mut self, property: &ContentLine) -> End {
        let end = match property.name.as_str() {
            "DTEND" => self.moment(property, &property.value).map(End::At),
            _ => duration(&property.value).map(|it| End::After(it.days, it.time)),
        };
        end.unwrap_or_else(|| {
            self.log.event(property.line, ReadProblemReason::BadEnd(property.value.clone()));
            End::Open
        })
    }

    /// How an event comes again, and the dates that have a length of their own.
    fn recurrence(
        &mut self,
        raw: &Raw,
        time: &When,
        is_one: bool,
    ) -> Result<(Option<Recurrence>, Vec<When>), (usize, ReadProblemReason)> {
        if is_one {
            if let Some(it) =
                ["RRULE", "RDATE"].iter().find_map(|it| raw.first(it)).filter(|it| !it.value.trim().is_empty())
            {
                self.log.event(it.line, ReadProblemReason::RuleOfOccurrence);
            }
            return Ok((None, Vec::new()));
        }
        let mut rules =
            raw.all("RRULE").map(|it| Ok((it.line, self.rule(it, time)?))).collect::<Result<Vec<_>, _>>()?;
        rules.retain(|it| it.1.is_some());
        let mut rules = rules.into_iter();
        let mut recurrence = Recurrence { rule: rules.next().and_then(|it| it.1), ..Recurrence::default() };
        let mut periods = Vec::new();
        recurrence.rdate = self.dates(raw, "RDATE", time, &mut periods);
        recurrence.exdate = self.dates(raw, "EXDATE", time, &mut Vec::new());
        for (place, (line, rule)) in rules.enumerate() {
            if place >= MAX_FURTHER || !add_dates(&mut recurrence, rule, time) {
                self.log.event(line, ReadProblemReason::SeveralRules);
            }
        }
        if let Some(it) = raw.first("EXRULE") {
            self.log.event(it.line, ReadProblemReason::ExceptionRule);
        }
        Ok((Some(recurrence).filter(|it| *it != Recurrence::default()), periods))
    }

    /// A rule as it is kept; None where it says nothing that can be kept, which is no reason to leave the event out.
    fn rule(&mut self, property: &ContentLine, time: &When) -> Result<Option<String>, (usize, ReadProblemReason)> {
        let given = property.value.trim().trim_matches(';');
        let reason = if given.is_empty() {
            ReadProblemReason::RuleEmpty
        } else {
            let legacy = legacy::rule(given);
            match rule::from_wire(legacy.as_deref().unwrap_or(given), time, self.zones.default) {
                Ok(kept) if rule::end(&kept).is_none_or(|it| it >= time.starts_local()) => return Ok(Some(kept)),
                Ok(kept) => ReadProblemReason::RuleEndsBeforeStart(rule::until(&kept).unwrap_or_default().to_owned()),
                Err(refused) if refused.unsupported => {
                    return Err((property.line, ReadProblemReason::RuleUnsupported(refused.part)));
                }
                Err(refused) => ReadProblemReason::RuleBroken(refused.part),
            }
        };
        self.log.event(property.line, reason);
        Ok(None)
    }

    fn dates(&mut self, raw: &Raw, name: &str, time: &When, periods: &mut Vec<When>) -> Vec<NaiveDateTime> {
        let mut dates = Vec::new();
        for property in raw.all(name) {
            for value in property.value.split(',').filter(|it| !it.trim().is_empty()) {
                let (start, end) = value.split_once('/').map_or((value, None), |it| (it.0, Some(it.1)));
                let Some(date) = self.moment(property, start) else {
                    self.log.event(property.line, ReadProblemReason::BadDate(value.to_owned()));
                    continue;
                };
                let date = date.on_clock_of(time, self.zones.default);
                dates.push(date);
                let Some(end) = end else { continue };
                match self.period(property, date, end, time) {
                    Some(period) if period == time.at(date) => {}
                    Some(period) if periods.len() < MAX_LISTED => periods.push(period),
                    _ => self.log.event(property.line, ReadProblemReason::OnlyStartOfPeriod),
                }
            }
        }
        dates.sort_unstable();
        dates.dedup();
        dates
    }

    /// A period that begins on the clock of a series, which has clock times.
    fn period(&mut self, property: &ContentLine, start: NaiveDateTime, end: &str, series: &When) -> Option<When> {
        let zone = series.zone()?;
        let end = match duration(end) {
            Some(it) => End::After(it.days, it.time),
            None => End::At(self.moment(property, end)?),
        };
        clock(start, zone, end).ok().filter(|it| it.1.is_none()).map(|it| it.0)
    }

    /// The moment that a value of a property means.
    fn moment(&mut self, property: &lines::ContentLine, value: &str) -> Option<Moment> {
        let local = match written(value)? {
            WallTime::Day(day) => return Some(Moment::Day(day)),
            WallTime::Utc(local) => return Some(Moment::Clock(local, Tz::UTC)),
            WallTime::Local(local) => local,
        };
        let Some(name) = property.parameter("TZID") else { return Some(Moment::Floating(local)) };
        let (found, first) = self.zones.find(name);
        let (moment, assumed) = match found {
            ZoneLookup::Zone(zone) => return Some(Moment::Clock(local, zone)),
            ZoneLookup::Near(definition, zone) => {
                let utc = self.zones.utc(definition, local)?;
                let taken = ReadProblemReason::ZoneNearest { name: name.to_owned(), taken: zone.name() };
                (Moment::Clock(in_zone(utc, Tz::UTC, zone), zone), taken)
            }
            ZoneLookup::Own(definition) => {
                let utc = self.zones.utc(definition, local)?;
                (Moment::Clock(utc, Tz::UTC), ReadProblemReason::ZoneConverted(name.to_owned()))
            }
            ZoneLookup::Unknown => {
                (Moment::Clock(local, self.zones.default), ReadProblemReason::ZoneUnknown(name.to_owned()))
            }
        };
        // Once for each zone: a calendar has it in every event.
        if first {
            self.log.event(property.line, assumed);
        }
        Some(moment)
    }
}

/// Adds the dates of a further rule; whether it has an end, and dates that are few enough.
fn add_dates(recurrence: &mut Recurrence, rule: Option<String>, time: &When) -> bool {
    let start = time.starts_local();
    let (Some(last), Some(text)) = (start.checked_add_months(FURTHER), rule.as_deref()) else { return false };
    let (end, count) = (rule::end(text), rule::count(text));
    if end.is_none_or(|it| it > last) && count.is_none() {
        return false;
    }
    let dates = RecurrenceSet { rule, ..RecurrenceSet::default() }.dates(start, end.unwrap_or(last).min(last));
    let all = count.is_none_or(|it| it == dates.len());
    if !all || recurrence.rdate.len() + dates.len() > MAX_LISTED {
        return false;
    }
    let known: BTreeSet<_> = recurrence.rdate.iter().copied().chain([start]).collect();
    recurrence.rdate.extend(dates.difference(&known));
    recurrence.rdate.sort_unstable();
    true
}

fn is_transparent(word: &str) -> Option<bool> {
    match word {
        "TRANSPARENT" => Some(true),
        "OPAQUE" => Some(false),
        _ => None,
    }
}

/// Whole days, where clock times go from midnight to midnight. Of UTC nobody knows whose midnight it is, unless the file
/// says that it means whole days (`is_said`): then it may be that of the default zone.
fn whole_days(time: &When, assumed: Option<&ReadProblemReason>, is_said: bool, default: Tz) -> Option<When> {
    let When::Clock { starts_local, ends_local, zone } = *time else { return None };
    // A moment without a length, which became a minute, but ended where it began.
    let instant = assumed == Some(&ReadProblemReason::ZeroLength);
    let on = |clock: Tz| {
        let (from, until) = (in_zone(starts_local, zone, clock), in_zone(ends_local, zone, clock));
        let is_midnight = |it: NaiveDateTime| it.time() == NaiveTime::MIN;
        let until = if instant { from.date().succ_opt()? } else { Some(until).filter(|it| is_midnight(*it))?.date() };
        (is_midnight(from) && from.date() < until).then_some(When::Days { first: from.date(), last_exclusive: until })
    };
    if is_said {
        return on(zone).or_else(|| on(default));
    }
    (zone.name() != "UTC" && zone.name() != "Etc/UTC").then(|| on(zone)).flatten()
}

/// How the end is said.
#[derive(Clone, Copy)]
enum End {
    At(Moment),
    After(i64, TimeDelta),
    Open,
}

/// An event's time, and what was assumed for it.
type Timed = Result<(When, Option<ReadProblemReason>), ReadProblemReason>;

fn days(first: NaiveDate, end: End) -> Timed {
    let plus = |days: i64| first.checked_add_signed(TimeDelta::days(days)).ok_or(ReadProblemReason::EndsBeforeStart);
    let (after, assumed) = match end {
        End::At(Moment::Day(day)) => (day, None),
        // Until some time of a day: that day, too, is taken.
        End::At(Moment::Floating(local) | Moment::Clock(local, _)) => {
            let rest = i64::from(local.time() != chrono::NaiveTime::MIN);
            let day =
                local.date().checked_add_signed(TimeDelta::days(rest)).ok_or(ReadProblemReason::EndsBeforeStart)?;
            (day, Some(ReadProblemReason::TypesDiffer))
        }
        End::After(days, time) => {
            let rest = time.num_seconds();
            (plus(days + rest / 86_400 + i64::from(rest % 86_400 > 0))?, None)
        }
        End::Open => (plus(1)?, None),
    };
    match after.cmp(&first) {
        std::cmp::Ordering::Less => Err(ReadProblemReason::EndsBeforeStart),
        std::cmp::Ordering::Equal => {
            Ok((When::Days { first, last_exclusive: plus(1)? }, Some(ReadProblemReason::EndsOnFirstDay)))
        }
        std::cmp::Ordering::Greater => Ok((When::Days { first, last_exclusive: after }, assumed)),
    }
}

fn clock(starts_local: NaiveDateTime, zone: Tz, end: End) -> Timed {
    let start = instant(starts_local, zone);
    let (mut ends_local, mut assumed) = match end {
        End::At(Moment::Day(day)) => (day.into(), Some(ReadProblemReason::TypesDiffer)),
        End::At(Moment::Floating(local)) => (local, None),
        End::At(Moment::Clock(local, own)) => (in_zone(local, own, zone), None),
        End::After(days, time) => {
            let local =
                starts_local.checked_add_signed(TimeDelta::days(days)).ok_or(ReadProblemReason::EndsBeforeStart)?;
            let end = instant(local, zone).checked_add_signed(time).ok_or(ReadProblemReason::EndsBeforeStart)?;
            (in_zone(end.naive_utc(), Tz::UTC, zone), None)
        }
        End::Open => (starts_local, None),
    };
    let real = match end {
        End::At(Moment::Clock(local, own)) => instant(local, own),
        End::At(Moment::Day(_) | Moment::Floating(_)) | End::After(..) | End::Open => instant(ends_local, zone),
    };
    if real < start {
        return Err(ReadProblemReason::EndsBeforeStart);
    }
    let plus = |time: TimeDelta| starts_local.checked_add_signed(time).ok_or(ReadProblemReason::EndsBeforeStart);
    if real == start {
        (ends_local, assumed) = (plus(TimeDelta::minutes(1))?, Some(ReadProblemReason::ZeroLength));
    }
    // Where the clock is changed in between, the wall may show the end before the start: then the length counts, and at
    // the gap in spring, which has no times of its own, what the clock shows behind it.
    if instant(ends_local, zone) <= start {
        ends_local = plus((real - start).max(TimeDelta::minutes(1)))?;
    }
    if instant(ends_local, zone) <= start {
        let end = start.checked_add_signed(TimeDelta::minutes(1)).ok_or(ReadProblemReason::EndsBeforeStart)?;
        ends_local = in_zone(end.naive_utc(), Tz::UTC, zone);
    }
    Ok((When::Clock { starts_local, ends_local, zone }, assumed))
}

fn all_texts(raw: &Raw) -> Texts {
    Texts {
        title: raw.text("SUMMARY"),
        description: raw.text("DESCRIPTION"),
        location: raw.text("LOCATION"),
        organiser: raw.first("ORGANIZER").and_then(organiser),
        categories: raw.all("CATEGORIES").flat_map(|it| texts(&it.value)).collect(),
        url: raw.first("URL").map(|it| it.value.trim().to_owned()).filter(|it| !it.is_empty()),
        contact: Some(raw.all("CONTACT").filter_map(|it| text(&it.value)).collect::<Vec<_>>().join(", "))
            .filter(|it| !it.is_empty()),
    }
}

/// A name, or the address where there is none.
fn organiser(property: &ContentLine) -> Option<String> {
    let name = property.parameter("CN").filter(|it| !it.trim().is_empty());
    let address = property.value.trim();
    let address = match address.split_at_checked(7) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") => rest,
        _ => address,
    };
    name.or_else(|| Some(address).filter(|it| it.contains('@'))).map(str::to_owned)
}
