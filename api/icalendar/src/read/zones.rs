//! Which zone a TZID means.
//!
//! A name of the database of time zones counts most, then the names that other programs have for its zones (Windows,
//! vendors). A definition in the file (VTIMEZONE) counts only for a name that nobody knows: if its clocks go as those
//! of a known zone in the years of the file, it is that zone. If they nearly do, its times are converted to the zone that is
//! nearest, so that series follow its summer and winter; else to UTC.

use std::collections::HashMap;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, Offset as _, TimeDelta};
use chrono_tz::{TZ_VARIANTS, Tz};

use crate::read::definition::ZoneDefinition;
use crate::read::values::text;

/// So many definitions are compared with the zones of the database; nobody uses more.
const MAX_COMPARED: usize = 20;

/// A zone is near to a definition if so many of a hundred times are alike.
const NEAR: usize = 85;

/// What a TZID means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneLookup {
    /// This zone.
    Zone(Tz),
    /// The definition of this place: times are converted by it to the zone, which is the nearest to it.
    Near(usize, Tz),
    /// The definition of this place: times are converted to UTC by it.
    Own(usize),
    /// Nothing.
    Unknown,
}

/// The zones of a file.
#[derive(Debug)]
pub struct Zones {
    /// The zone of times without one.
    pub default: Tz,
    /// The same, where the file names another one than the calendar has, until that was told.
    pub floating: Option<Tz>,
    definitions: Vec<ZoneDefinition>,
    by_name: HashMap<String, usize>,
    /// The years in which events start, by TZID.
    years: HashMap<String, (i32, i32)>,
    found: HashMap<String, ZoneLookup>,
    compared: usize,
}

impl Zones {
    /// Without definitions.
    pub fn new(default: Tz) -> Self {
        Self {
            default,
            floating: None,
            definitions: Vec::new(),
            by_name: HashMap::new(),
            years: HashMap::new(),
            found: HashMap::new(),
            compared: 0,
        }
    }

    /// Takes the zone that the file names for times without one (X-WR-TIMEZONE); whether it means one.
    pub fn take_default(&mut self, name: &str) -> bool {
        let zone = match self.look_up(&plain(name)) {
            ZoneLookup::Zone(zone) | ZoneLookup::Near(_, zone) => Some(zone),
            ZoneLookup::Own(_) | ZoneLookup::Unknown => None,
        };
        self.floating = zone.filter(|it| *it != self.default);
        self.default = zone.unwrap_or(self.default);
        zone.is_some()
    }

    /// Adds a definition; the first one of a name counts.
    pub fn define(&mut self, name: &str, definition: ZoneDefinition) {
        self.by_name.entry(plain(name)).or_insert(self.definitions.len());
        self.definitions.push(definition);
    }

    /// Notes that an event starts in this year.
    pub fn used(&mut self, name: &str, year: i32) {
        let years = self.years.entry(plain(name)).or_insert((year, year));
        *years = (years.0.min(year), years.1.max(year));
    }

    /// What a name means, and whether it is asked for the first time.
    pub fn find(&mut self, name: &str) -> (ZoneLookup, bool) {
        let name = plain(name);
        if let Some(found) = self.found.get(&name) {
            return (*found, false);
        }
        let found = self.look_up(&name);
        self.found.insert(name, found);
        (found, true)
    }

    /// A time of a definition of the file in UTC.
    pub fn utc(&self, definition: usize, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let offset = self.definitions.get(definition).map_or(0, |it| it.offset(local));
        local.checked_sub_signed(TimeDelta::seconds(offset.into()))
    }

    /// A definition by its name.
    #[cfg(test)]
    pub fn definition(&self, name: &str) -> Option<ZoneDefinition> {
        self.by_name.get(name).and_then(|it| self.definitions.get(*it)).cloned()
    }

    fn look_up(&mut self, name: &str) -> ZoneLookup {
        if let Some(zone) = by_known_name(name) {
            return ZoneLookup::Zone(zone);
        }
        let Some(place) = self.by_name.get(name).copied() else {
            return by_offset_in_name(name).map_or(ZoneLookup::Unknown, ZoneLookup::Zone);
        };
        if let Some(zone) = self.definitions[place].location.as_deref().and_then(by_known_name) {
            return ZoneLookup::Zone(zone);
        }
        self.compared += 1;
        if self.compared > MAX_COMPARED {
            return ZoneLookup::Own(place);
        }
        let (first, last) = self.years.get(name).copied().unwrap_or((2025, 2030));
        let definition = &self.definitions[place];
        let samples = samples(definition, first, last);
        if let Some(zone) = same_clocks(&samples, self.default) {
            return ZoneLookup::Zone(zone);
        }
        // "US-Eastern".
        if let Some(zone) = by_known_name(&name.replace('-', "/")) {
            return ZoneLookup::Zone(zone);
        }
        nearest(&samples, self.default).map_or(ZoneLookup::Own(place), |zone| ZoneLookup::Near(place, zone))
    }
}

/// A name without its escapes: TZID is of type TEXT, and some programs escape it as a parameter, too.
fn plain(name: &str) -> String {
    text(name.trim()).unwrap_or_default()
}

/// A zone by its name, also with a vendor in front (`/vendor.example/2007_1/Europe/Berlin`), or as Windows calls it.
fn by_known_name(name: &str) -> Option<Tz> {
    let name = name.strip_prefix("TZID=").unwrap_or(name).trim();
    // Names are short; a long one would only cost time.
    if name.is_empty() || name.len() > 200 {
        return None;
    }
    if let Ok(zone) = name.parse() {
        return Some(zone);
    }
    let vendor = name.strip_prefix('/').unwrap_or_default();
    if let Some(zone) = vendor.match_indices('/').find_map(|(at, _)| vendor[at + 1..].parse().ok()) {
        return Some(zone);
    }
    // "(UTC+01:00) Somewhere" would be understood as an offset without summer: a definition in the file knows more.
    by_other_programs(name).filter(|it| !(name.starts_with('(') && it.name().starts_with("Etc/")))
}

/// The offset in a name that begins with one, `(UTC+01:00) Somewhere`, where there is nothing better.
fn by_offset_in_name(name: &str) -> Option<Tz> {
    by_other_programs(name).filter(|_| name.len() <= 200)
}

fn by_other_programs(name: &str) -> Option<Tz> {
    match name.parse::<calcard::common::timezone::Tz>() {
        Ok(calcard::common::timezone::Tz::Tz(zone)) => Some(zone),
        Ok(_) | Err(()) => None,
    }
}

/// The zone of the database whose clocks go as the definition says, at these times.
fn same_clocks(samples: &[(NaiveDateTime, i32)], default: Tz) -> Option<Tz> {
    let same = |zone: &Tz| samples.iter().all(|(local, offset)| fits(*zone, *local, *offset));
    let offset = samples.first()?.1;
    if samples.iter().all(|(_, it)| *it == offset) && offset % 3600 == 0 {
        // Without summer and winter it is an offset, not the zone of one of the many places that have it.
        let name = match -offset / 3600 {
            0 => "UTC".to_owned(),
            hours => format!("Etc/GMT{hours:+}"),
        };
        return name.parse().ok();
    }
    candidates(default).find(same)
}

/// The zone whose clocks go nearly as the definition says.
fn nearest(samples: &[(NaiveDateTime, i32)], default: Tz) -> Option<Tz> {
    // Each zone is compared at so many times.
    let step = samples.len().div_ceil(150).max(1);
    let few: Vec<_> = samples.iter().step_by(step).collect();
    let mut best: Option<(usize, Tz)> = None;
    for zone in candidates(default) {
        let alike = few.iter().filter(|(local, offset)| fits(zone, *local, *offset)).count();
        if best.is_none_or(|it| alike > it.0) {
            best = Some((alike, zone));
        }
    }
    best.filter(|(alike, _)| alike * 100 >= few.len() * NEAR).map(|it| it.1)
}

/// All zones, those that are meant most often before the others that have the same clocks.
fn candidates(default: Tz) -> impl Iterator<Item = Tz> {
    let usual = [default, Tz::Europe__Berlin, Tz::Europe__London, Tz::Europe__Athens, Tz::America__New_York];
    usual.into_iter().chain(TZ_VARIANTS)
}

/// Clock times at which zones are told apart, and their offsets: each week, and around the changes.
fn samples(definition: &ZoneDefinition, first: i32, last: i32) -> Vec<(NaiveDateTime, i32)> {
    let known = definition.known_until().unwrap_or(i32::MAX);
    let (first, last) = (first.min(known).clamp(1970, 2080), (last + 2).min(known).clamp(1970, 2082));
    let years = (first..=last).filter(|it| *it < first + 8 || *it > last - 4);
    let mut times = Vec::new();
    for begin in years.filter_map(|it| NaiveDate::from_ymd_opt(it, 1, 1)) {
        let days = (0..52).filter_map(|week| begin.checked_add_days(Days::new(week * 7)));
        times.extend(days.filter_map(|it| it.and_hms_opt(12, 0, 0)));
        for change in definition.changes(begin.year()) {
            let around = [-121, -61, 61, 121].map(TimeDelta::minutes);
            times.extend(around.iter().filter_map(|it| change.checked_add_signed(*it)));
        }
    }
    times.into_iter().map(|it| (it, definition.offset(it))).collect()
}

/// Whether a zone has this offset then. Times that its clocks skip or show twice say nothing.
fn fits(zone: Tz, local: NaiveDateTime, offset: i32) -> bool {
    use chrono::TimeZone as _;
    zone.from_local_datetime(&local).single().is_none_or(|it| it.offset().fix().local_minus_utc() == offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Option<&'static str> {
        match Zones::new(Tz::Europe__Berlin).find(name).0 {
            ZoneLookup::Zone(zone) => Some(zone.name()),
            ZoneLookup::Near(..) | ZoneLookup::Own(_) | ZoneLookup::Unknown => None,
        }
    }

    #[test]
    fn names_of_zones_as_programs_write_them() {
        for (name, zone) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("TZID=Europe/Berlin", "Europe/Berlin"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"),
            ("/mozilla.org/20070129_1/America/New_York", "America/New_York"),
            ("/x/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien", "Europe/Berlin"),
            ("(UTC+03:00) Anywhere", "Etc/GMT-3"),
        ] {
            assert_eq!(named(name), Some(zone), "{name}");
        }
        for name in ["", "Europe/Germany", "///", "/", "(", "ä", "Customized Time Zone 1"] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
