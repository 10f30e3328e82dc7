//! One event of a file.

use calendar_time::time::instant;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::read::lines::ContentLine;
use crate::read::problem::{ProblemLog, ReadProblemReason};
use crate::read::values::{Moment, WallTime, duration, in_zone, text, texts, utc, written};
use crate::read::zones::{ZoneLookup, Zones};
use crate::read::{ReadEvent, lines};
use crate::{Class, Recurrence, Status, Texts, When, rule};

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
        let occurrence = match raw.first("RECURRENCE-ID") {
            Some(it) => {
                let bad = || (it.line, ReadProblemReason::BadOccurrence(it.value.clone()));
                let moment = self.moment(it, &it.value).ok_or_else(bad)?;
                if it.parameter("RANGE").is_some() {
                    self.log.event(it.line, ReadProblemReason::OnlyOneOccurrence);
                }
                Some(moment)
            }
            None => None,
        };
        let recurrence = self.recurrence(raw, &time, occurrence.is_some())?;
        let uid = raw.text("UID").unwrap_or_else(|| {
            self.log.event(raw.line, ReadProblemReason::NoUid);
            raw.fingerprint.clone()
        });
        let word = |name: &str| raw.first(name).map(|it| it.value.trim().to_ascii_uppercase()).unwrap_or_default();
        let last_modified = raw.first("LAST-MODIFIED").and_then(|it| utc(&it.value));
        let stamp = raw.first("DTSTAMP").and_then(|it| utc(&it.value));
        let event = ReadEvent {
            line: raw.line,
            uid,
            occurrence: None,
            time,
            recurrence,
            sequence: word("SEQUENCE").parse::<i32>().unwrap_or_default().max(0),
            status: Status::ALL.into_iter().find(|it| it.word() == word("STATUS")),
            transparent: word("TRANSP") == "TRANSPARENT",
            class: Class::ALL.into_iter().find(|it| it.word() == word("CLASS")).unwrap_or_default(),
            last_modified,
            texts: all_texts(raw),
        };
        Ok(Unplaced { event, occurrence, changed: last_modified.max(stamp) })
    }

    fn time(&mut self, raw: &Raw) -> Result<When, (usize, ReadProblemReason)> {
        let Some(start) = raw.first("DTSTART") else { return Err((raw.line, ReadProblemReason::NoStart)) };
        let bad = || (start.line, ReadProblemReason::BadStart(start.value.clone()));
        let moment = self.moment(start, &start.value).ok_or_else(bad)?;
        let (end, line) = match (raw.first("DTEND"), raw.first("DURATION")) {
            (Some(it), _) => {
                let bad = || (it.line, ReadProblemReason::BadEnd(it.value.clone()));
                (End::At(self.moment(it, &it.value).ok_or_else(bad)?), it.line)
            }
            (None, Some(it)) => {
                let lasts =
                    duration(&it.value).ok_or_else(|| (it.line, ReadProblemReason::BadEnd(it.value.clone())))?;
                (End::After(lasts.days, lasts.time), it.line)
            }
            (None, None) => (End::Open, start.line),
        };
        let (time, assumed) = match moment {
            Moment::Day(first) => days(first, end),
            Moment::Floating(local) => clock(local, self.zones.default, end),
            Moment::Clock(local, zone) => clock(local, zone, end),
        }
        .map_err(|reason| (line, reason))?;
        if let Some(assumed) = assumed {
            self.log.event(line, assumed);
        }
        Ok(time)
    }

    fn recurrence(
        &mut self,
        raw: &Raw,
        time: &When,
        is_one: bool,
    ) -> Result<Option<Recurrence>, (usize, ReadProblemReason)> {
        let mut rules = raw.all("RRULE");
        let mut recurrence = Recurrence::default();
        if let Some(first) = rules.next() {
            if is_one {
                self.log.event(first.line, ReadProblemReason::RuleOfOccurrence);
                return Ok(None);
            }
            let kept = rule::from_wire(&first.value, time, self.zones.default).map_err(|refused| {
                let reason = if refused.unsupported {
                    ReadProblemReason::RuleUnsupported
                } else {
                    ReadProblemReason::RuleBroken
                };
                (first.line, reason(refused.part))
            })?;
            recurrence.rule = Some(kept);
            if let Some(second) = rules.next() {
                self.log.event(second.line, ReadProblemReason::SeveralRules);
            }
        }
        recurrence.rdate = self.dates(raw, "RDATE", time);
        recurrence.exdate = self.dates(raw, "EXDATE", time);
        Ok(Some(recurrence).filter(|it| !is_one && *it != Recurrence::default()))
    }

    fn dates(&mut self, raw: &Raw, name: &str, time: &When) -> Vec<NaiveDateTime> {
        let mut dates = Vec::new();
        for property in raw.all(name) {
            for value in property.value.split(',').filter(|it| !it.trim().is_empty()) {
                let start = value.split('/').next().unwrap_or_default();
                if start.len() != value.len() {
                    self.log.event(property.line, ReadProblemReason::OnlyStartOfPeriod);
                }
                match self.moment(property, start) {
                    Some(it) => dates.push(it.on_clock_of(time, self.zones.default)),
                    None => self.log.event(property.line, ReadProblemReason::BadDate(value.to_owned())),
                }
            }
        }
        dates.sort_unstable();
        dates.dedup();
        dates
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
            ZoneLookup::Own(definition) => {
                let offset = TimeDelta::seconds(self.zones.offset(definition, local).into());
                (
                    Moment::Clock(local.checked_sub_signed(offset)?, Tz::UTC),
                    ReadProblemReason::ZoneConverted(name.to_owned()),
                )
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
        contact: raw.text("CONTACT"),
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
