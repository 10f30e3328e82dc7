//! Somebody's calendar file, taken apart.
//!
//! Files are seldom as the standard wants them. What can be understood is taken, and what was assumed for it is told,
//! with line, component and reason; an event that cannot be understood is left out, and told as well. No input makes
//! this fail in any other way.
//!
//! What is decided here where the standard leaves a choice, or people do not follow it:
//! - A time without a zone is on the clock of the default zone, an exception without one on that of its event.
//! - A DTEND in another zone than DTSTART is taken to the clock of DTSTART.
//! - An event without a duration lasts one minute: the store has no shorter ones.
//! - An exception that is a bare day means the occurrence on that day.
//! - A time from midnight to midnight is whole days, see `event`; what letters a file has is found out in `charset`.
//! - A rule, an end or a word that cannot be understood is left out, not its event.
//! - A change of an occurrence and all that follow becomes a series of its own, see `series`.
//! - Alarms, tasks and journals are counted, not read; so are properties that are not kept.

mod charset;
pub mod component;
mod definition;
mod event;
#[cfg(test)]
mod fuzz_test;
mod legacy;
mod lines;
mod problem;
mod series;
#[cfg(test)]
mod series_test;
#[cfg(test)]
mod tests;
mod values;
mod zones;

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike as _, NaiveDateTime, Utc};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use crate::read::charset::Charset;
use crate::read::definition::{OffsetRule, ZoneDefinition};
use crate::read::event::{ALL_DAY, EventReader, Raw, Unplaced};
use crate::read::lines::{ContentLine, Unfold};
use crate::read::problem::ProblemLog;
use crate::read::values::{WallTime, text, written};
use crate::read::zones::Zones;
use crate::{Class, Recurrence, Status, Texts, When};

pub use crate::read::problem::{ReadProblem, ReadProblemReason};

/// The largest file that is read, in MiB.
pub const MAX_MIB: usize = 10;
/// The most events that are read.
pub const MAX_EVENTS: usize = 20_000;
/// The most lines of one event that count.
const MAX_LINES: usize = 5_000;
/// Properties that are read; the others of an event need no room.
const READ: [&str; 23] = [
    "CATEGORIES",
    "CLASS",
    "CONTACT",
    "DESCRIPTION",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "DURATION",
    "EXDATE",
    "EXRULE",
    "LAST-MODIFIED",
    "LOCATION",
    "ORGANIZER",
    "RDATE",
    "RECURRENCE-ID",
    "RRULE",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TRANSP",
    "UID",
    "URL",
    ALL_DAY,
];
/// Properties that say something to people, and are not kept.
const DROPPED: [&str; 11] = [
    "ATTACH",
    "ATTENDEE",
    "COMMENT",
    "CONFERENCE",
    "GEO",
    "IMAGE",
    "PRIORITY",
    "RELATED-TO",
    "RESOURCES",
    "STRUCTURED-DATA",
    "X-ALT-DESC",
];

/// What a file has.
#[derive(Clone, Debug)]
pub struct ReadCalendar {
    /// Its events, in its order.
    pub events: Vec<ReadEvent>,
    /// What is wrong with it, in its order.
    pub problems: Vec<ReadProblem>,
    /// What it calls itself.
    pub name: Option<String>,
}

/// An event, a series, or one occurrence of a series that differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadEvent {
    /// Where it begins in the file.
    pub line: usize,
    /// The same for a series and its differing occurrences.
    pub uid: String,
    /// Which occurrence it stands for: its planned start on the clock of the series, or on its own where the file does
    /// not have the series.
    pub occurrence: Option<NaiveDateTime>,
    /// When it is; its end is after its start, as instants, too.
    pub time: When,
    /// How it comes again, on its own clock; the rule in a fixed form.
    pub recurrence: Option<Recurrence>,
    /// Rises with every change.
    pub sequence: i32,
    /// How sure it is.
    pub status: Option<Status>,
    /// Whether it leaves the time free.
    pub transparent: bool,
    /// Who may see it.
    pub class: Class,
    /// When it was last changed.
    pub last_modified: Option<DateTime<Utc>>,
    /// What people wrote.
    pub texts: Texts,
}

/// Reads a file. `charset` is what the answer that it came with says about its letters. Times without a zone are on the
/// clock that the file names for them (X-WR-TIMEZONE), or on that of `default`.
pub fn read(bytes: &[u8], charset: Option<&str>, default: Tz) -> ReadCalendar {
    let failed = |reason| ReadCalendar {
        events: Vec::new(),
        problems: vec![ReadProblem { line: 1, component: "VCALENDAR".to_owned(), uid: None, reason }],
        name: None,
    };
    if bytes.len() > MAX_MIB * 1024 * 1024 {
        return failed(ReadProblemReason::TooLarge { max: MAX_MIB });
    }
    let (charset, bytes) = Charset::of(bytes, charset);
    let lines = Unfold::new(&bytes, charset);
    let (mut zones, unknown) = definitions(lines, default);
    let mut scan = Scan::new(&mut zones);
    if let Some((line, name)) = unknown {
        scan.log.add(line, "VCALENDAR", ReadProblemReason::ZoneUnknown(name));
    }
    for line in lines {
        scan.line(&line);
    }
    if !scan.is_calendar {
        return failed(ReadProblemReason::NotACalendar);
    }
    scan.finish()
}

/// The first pass: definitions of zones may stand behind their use, and are compared in the years of the events. Also
/// the zone of times without one, with its line, where nobody knows it.
fn definitions(lines: Unfold<'_>, default: Tz) -> (Zones, Option<(usize, String)>) {
    let mut zones = Zones::new(default);
    let mut floating: Option<(usize, String)> = None;
    let mut zone: Option<(String, ZoneDefinition)> = None;
    let mut part: Option<OffsetRule> = None;
    for line in lines {
        let outside = zone.is_none();
        let begins = |word: &str| line.text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word));
        if outside && !begins("BEGIN:VTIMEZONE") && !begins("DTSTART") && !begins("X-WR-TIMEZONE") {
            continue;
        }
        let Some(content) = ContentLine::parse(&line) else { continue };
        let value = content.value.trim().to_ascii_uppercase();
        match (content.name.as_str(), value.as_str()) {
            ("BEGIN", "VTIMEZONE") => (zone, part) = (Some(Default::default()), None),
            ("BEGIN", "STANDARD" | "DAYLIGHT") => part = Some(OffsetRule::default()),
            ("END", "STANDARD" | "DAYLIGHT") => {
                if let (Some((_, definition)), Some(part)) = (&mut zone, part.take()) {
                    definition.add(part);
                }
            }
            // Also where its END is missing.
            ("END" | "BEGIN", _) => {
                if let Some((name, definition)) = zone.take() {
                    zones.define(&name, definition);
                }
            }
            ("TZID", _) if part.is_none() => {
                if let Some((name, _)) = &mut zone {
                    content.value.trim().clone_into(name);
                }
            }
            ("X-WR-TIMEZONE", _) if outside => {
                floating = floating.or_else(|| text(&content.value).map(|it| (line.number, it)));
            }
            ("DTSTART", _) if outside => {
                if let (Some(name), Some(WallTime::Local(at))) = (content.parameter("TZID"), written(&content.value)) {
                    zones.used(name, at.year());
                }
            }
            _ => match (&mut zone, &mut part) {
                (_, Some(part)) => part.take(&content),
                (Some((_, definition)), None) => definition.take(&content),
                (None, None) => {}
            },
        }
    }
    let unknown = floating.filter(|(_, name)| !zones.take_default(name));
    (zones, unknown)
}

/// The second pass.
struct Scan<'a> {
    zones: &'a mut Zones,
    log: ProblemLog,
    /// What has begun and not ended: name and line.
    open: Vec<(String, usize)>,
    current: Option<(Raw, Sha256)>,
    events: Vec<Unplaced>,
    /// How many events there were, also those left out.
    count: usize,
    /// Components that are not read: where the first one was, and how many there were.
    ignored: BTreeMap<&'static str, (usize, usize)>,
    /// The same of properties.
    dropped: BTreeMap<&'static str, (usize, usize)>,
    /// Whether it was said that the file has other letters than UTF-8.
    letters_told: bool,
    name: Option<String>,
    is_calendar: bool,
    last_line: usize,
}

impl<'a> Scan<'a> {
    fn new(zones: &'a mut Zones) -> Self {
        Self {
            zones,
            log: ProblemLog::new(),
            open: Vec::new(),
            current: None,
            events: Vec::new(),
            count: 0,
            ignored: BTreeMap::new(),
            dropped: BTreeMap::new(),
            letters_told: false,
            name: None,
            is_calendar: false,
            last_line: 1,
        }
    }

    /// Notes a problem of the component that is open.
    fn note(&mut self, line: usize, reason: ReadProblemReason) {
        let inside = self.open.last().map_or("VCALENDAR", |(name, _)| name);
        self.log.add(line, inside, reason);
    }

    fn line(&mut self, line: &lines::Logical) {
        self.last_line = line.number;
        if line.broken {
            self.note(line.number, ReadProblemReason::LettersLost);
        }
        if let Some(read_as) =
            line.read_as.filter(|_| !std::mem::replace(&mut self.letters_told, line.read_as.is_some()))
        {
            self.log.add(line.number, "VCALENDAR", ReadProblemReason::ReadAs(read_as.to_owned()));
        }
        let Some(content) = ContentLine::parse(line) else {
            self.note(line.number, ReadProblemReason::Unreadable);
            return;
        };
        match content.name.as_str() {
            "BEGIN" | "END" if content.value.trim().is_empty() => self.note(line.number, ReadProblemReason::Unreadable),
            "BEGIN" => self.begin(content.value.trim().to_ascii_uppercase(), line.number),
            "END" => self.end(&content.value.trim().to_ascii_uppercase(), line.number),
            name => match self.open.last().map(|(it, _)| it.as_str()) {
                Some("VEVENT") => self.property(content, &line.text),
                Some("VCALENDAR") if name == "NAME" || (name == "X-WR-CALNAME" && self.name.is_none()) => {
                    self.name = text(&content.value);
                }
                _ => {}
            },
        }
    }

    fn begin(&mut self, name: String, line: usize) {
        self.is_calendar |= name == "VCALENDAR" || name == "VEVENT";
        if matches!(name.as_str(), "VEVENT" | "VCALENDAR") {
            self.unclosed();
        }
        if name == "VEVENT" {
            self.count += 1;
            if self.count == MAX_EVENTS + 1 {
                self.log.event(line, ReadProblemReason::TooManyEvents { max: MAX_EVENTS });
            }
            let raw = Raw { line, properties: Vec::new(), fingerprint: String::new() };
            self.current = (self.count <= MAX_EVENTS).then(|| (raw, Sha256::new()));
        }
        for ignored in ["VALARM", "VAVAILABILITY", "VFREEBUSY", "VJOURNAL", "VTODO"] {
            if name == ignored {
                self.ignored.entry(ignored).or_insert((line, 0)).1 += 1;
            }
        }
        // Nothing is nested as deep as this; what is gets no room.
        if self.open.len() < 32 {
            self.open.push((name, line));
        }
    }

    fn end(&mut self, name: &str, line: usize) {
        let Some(place) = self.open.iter().rposition(|(it, _)| it == name) else {
            self.note(line, ReadProblemReason::StrayEnd(name.to_owned()));
            return;
        };
        if place + 1 < self.open.len() {
            self.note(line, ReadProblemReason::StrayEnd(name.to_owned()));
        }
        if name != "VEVENT" && self.open[place..].iter().any(|(it, _)| it == "VEVENT") {
            self.unclosed();
        }
        self.open.truncate(place);
        if name == "VEVENT"
            && let Some((mut raw, hash)) = self.current.take()
        {
            let digest = hash.finalize();
            raw.fingerprint = digest.iter().take(16).map(|it| format!("{it:02x}")).collect();
            let read = EventReader { zones: &mut *self.zones, log: &mut self.log }.event(&raw);
            self.events.extend(read);
        }
    }

    fn property(&mut self, content: ContentLine, line: &str) {
        let Some((raw, hash)) = &mut self.current else { return };
        // Some programs stamp every download anew.
        if content.name != "DTSTAMP" {
            hash.update(line);
            hash.update("\n");
        }
        if let Some(name) = DROPPED.iter().find(|it| **it == content.name && !says_nothing(&content)) {
            self.dropped.entry(name).or_insert((content.line, 0)).1 += 1;
        }
        if !READ.contains(&content.name.as_str()) {
            return;
        }
        if content.is_encoded("BASE64") || content.is_encoded("B") {
            let reason = ReadProblemReason::BadValue { name: content.name, value: content.value };
            self.log.event(content.line, reason);
            return;
        }
        if raw.properties.len() == MAX_LINES {
            self.log.event(content.line, ReadProblemReason::TooManyLines);
        }
        if raw.properties.len() <= MAX_LINES {
            raw.properties.push(content);
        }
    }

    /// Leaves out an event that was begun and did not end: nobody knows what is missing of it.
    fn unclosed(&mut self) {
        if let Some((raw, _)) = self.current.take() {
            self.log.event(raw.line, ReadProblemReason::Unclosed);
            self.open.retain(|(name, _)| name != "VEVENT");
        }
    }

    fn finish(mut self) -> ReadCalendar {
        self.unclosed();
        if self.open.iter().any(|(name, _)| name == "VCALENDAR") {
            self.log.add(self.last_line, "VCALENDAR", ReadProblemReason::CalendarUnclosed);
        }
        for (name, (line, count)) in std::mem::take(&mut self.ignored) {
            self.log.add(line, name, ReadProblemReason::Ignored { count });
        }
        for (name, (line, count)) in std::mem::take(&mut self.dropped) {
            self.log.event(line, ReadProblemReason::Dropped { name: name.to_owned(), count });
        }
        let events = newest(on_series_clock(self.events, self.zones.default), &mut self.log);
        let events = series::whole(events, &mut self.log);
        if events.is_empty() && self.log.is_empty() {
            self.log.add(1, "VCALENDAR", ReadProblemReason::Empty);
        }
        ReadCalendar { events, problems: self.log.finish(), name: self.name }
    }
}

/// Whether a property that is not kept is no loss: it is empty, or a priority that is none, or the usual one.
fn says_nothing(property: &ContentLine) -> bool {
    let value = property.value.trim();
    value.is_empty() || (property.name == "PRIORITY" && ["0", "5"].contains(&value))
}

/// Puts each occurrence on the clock of its series.
fn on_series_clock(mut events: Vec<Unplaced>, default: Tz) -> Vec<Unplaced> {
    let series: HashMap<String, When> = events
        .iter()
        .rev()
        .filter(|it| it.occurrence.is_none())
        .map(|it| (it.event.uid.clone(), it.event.time))
        .collect();
    for it in &mut events {
        let series = series.get(&it.event.uid).copied().unwrap_or(it.event.time);
        it.event.occurrence = it.occurrence.map(|moment| moment.on_clock_of(&series, default));
    }
    events
}

/// Of several versions of an event keeps the newest: by SEQUENCE, then by when it was changed, then the first one.
fn newest(events: Vec<Unplaced>, log: &mut ProblemLog) -> Vec<Unplaced> {
    let mut kept: Vec<Unplaced> = Vec::with_capacity(events.len());
    let mut places: HashMap<(String, Option<NaiveDateTime>), usize> = HashMap::new();
    for it in events {
        let key = (it.event.uid.clone(), it.event.occurrence);
        let Some(place) = places.get(&key).copied() else {
            places.insert(key, kept.len());
            kept.push(it);
            continue;
        };
        let version = |it: &Unplaced| (it.event.sequence, it.changed);
        let older = if version(&it) > version(&kept[place]) { std::mem::replace(&mut kept[place], it) } else { it };
        let before = log.len();
        log.event(older.event.line, ReadProblemReason::Duplicate(older.event.uid.clone()));
        log.name(before, Some(&older.event.uid));
    }
    kept
}
