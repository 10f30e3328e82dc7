//! Values that an event of a file has as an entry, and whether two events have the same.

use std::collections::BTreeSet;

use calendar_time::recurrence::RecurrenceSet;
use calendar_time::time::EntryTime;
use chrono_tz::Tz;
use entities::{Confidentiality, EntryKind, EntryStatus, calendar, calendar_entry};
use icalendar::read::ReadEvent;
use icalendar::{Class, Status, When};
use kernel::error::ApiResult;
use kernel::i18n::Text;
use kernel::text::{clip, web_address, without_hidden};
use sha2::{Digest as _, Sha256};

use crate::calendars::entry_values::NewEntry;

/// The title of an event that has none.
const UNTITLED: &str = "–";

/// Planning status of an event, as entries have it; `free` = it takes no time.
fn status(event: &ReadEvent, free: bool) -> EntryStatus {
    match (event.status, free) {
        (Some(Status::Cancelled), _) => EntryStatus::Cancelled,
        (_, true) => EntryStatus::Idea,
        (Some(Status::Tentative), false) => EntryStatus::Tentative,
        (Some(Status::Confirmed) | None, false) => EntryStatus::Confirmed,
    }
}

/// Fingerprint of the stored values of an event; the time of its last change is no part.
pub(super) fn digest(event: &ReadEvent) -> String {
    let recurrence = event.recurrence.clone().unwrap_or_default();
    let texts = &event.texts;
    let time = (event.time.starts_local(), event.time.ends_local(), event.time.zone().map(Tz::name));
    let values = serde_json::json!([
        format!("{time:?}"),
        event.occurrence.map(|it| it.to_string()),
        recurrence.rule,
        recurrence.rdate.iter().map(ToString::to_string).collect::<Vec<_>>(),
        recurrence.exdate.iter().map(ToString::to_string).collect::<Vec<_>>(),
        status(event, event.transparent).as_str(),
        event.class == Class::Public,
        texts.title,
        texts.description,
        texts.location,
        texts.organiser,
        texts.categories,
        texts.url,
        texts.contact,
    ]);
    let digest = Sha256::digest(values.to_string());
    digest.iter().take(16).map(|it| format!("{it:02x}")).collect()
}

/// Time of an event.
///
/// # Errors
/// It is longer than an entry may be, or in another age.
pub(super) fn time(event: &ReadEvent, calendar: &calendar::Model) -> ApiResult<EntryTime> {
    match event.time {
        When::Days { first, last_exclusive } => {
            let zone = calendar.time_zone.parse().unwrap_or(Tz::UTC);
            EntryTime::all_day(first, last_exclusive.pred_opt().unwrap_or(last_exclusive), zone)
        }
        When::Clock { starts_local, ends_local, zone } => EntryTime::timed(starts_local, ends_local, zone),
    }
}

/// The entry that an event shall become. Of an entry that exists, `known` is what it said in a file: what the event says
/// alike stays as it is.
///
/// # Errors
/// It cannot be stored; the problem says why.
pub(super) fn new_entry(
    event: &ReadEvent,
    calendar: &calendar::Model,
    known: Option<(&calendar_entry::Model, Option<&ReadEvent>)>,
    mut note: impl FnMut(Text),
) -> ApiResult<NewEntry> {
    let time = time(event, calendar)?;
    let mut new = match known {
        Some((row, _)) => NewEntry::of(row),
        None => empty(time.clone()),
    };
    if new.time.all_day && time.all_day && known.is_some() {
        // Whole days have no zone in a file.
        new.time = EntryTime { zone: new.time.zone, ..time };
    } else {
        new.time = time;
    }
    let recurrence = event.recurrence.clone().unwrap_or_default();
    let set = |dates: Vec<_>| dates.into_iter().collect::<BTreeSet<_>>();
    let (rdate, exdate) = (set(recurrence.rdate), set(recurrence.exdate));
    new.recurrence =
        RecurrenceSet::checked(recurrence.rule.as_deref(), rdate, exdate, new.time.all_day, new.time.zone)?;
    // A deadline takes no time whatever its status, and is exported so.
    new.status = status(event, event.transparent && new.kind != EntryKind::Deadline);
    if event.class != Class::Public {
        new.confidentiality = Some(Confidentiality::Internal);
    }
    let said = known.and_then(|it| it.1).map(|it| &it.texts);
    let texts = &event.texts;
    let mut cut = |value: &Option<String>, field: &'static str, max: usize| {
        let seen = value.as_deref().and_then(without_hidden);
        if seen.is_some() {
            note(Text::new("import-hidden").with("field", field));
        }
        let value = seen.as_deref().or(value.as_deref()).map(str::trim).filter(|it| !it.is_empty())?;
        if value.chars().count() > max {
            note(Text::new("import-cut").with("field", field).with("max", max));
            return Some(clip(value, max - 1));
        }
        Some(value.to_owned())
    };
    if said.is_none_or(|it| it.title != texts.title) {
        let title = cut(&texts.title.as_ref().map(|it| it.replace(['\n', '\t'], " ")), "SUMMARY", 200);
        new.title = title.unwrap_or_else(|| UNTITLED.to_owned());
    }
    if said.is_none_or(|it| it.description != texts.description) {
        new.description = cut(&texts.description, "DESCRIPTION", 10_000);
    }
    if said.is_none_or(|it| it.location != texts.location) {
        (new.location, new.place) = (cut(&texts.location, "LOCATION", 300), None);
    }
    if said.is_none_or(|it| it.organiser != texts.organiser) {
        new.organiser = cut(&texts.organiser, "ORGANIZER", 300);
    }
    if said.is_none_or(|it| it.contact != texts.contact) {
        new.responsible_office = cut(&texts.contact, "CONTACT", 300);
    }
    if said.is_none_or(|it| it.categories != texts.categories) {
        let groups = texts.categories.iter().take(20).map(|it| {
            let seen = without_hidden(it);
            if seen.is_some() {
                note(Text::new("import-hidden").with("field", "CATEGORIES"));
            }
            clip(&seen.as_deref().unwrap_or(it).replace(['\n', '\t'], " "), 99)
        });
        new.target_groups = groups.collect();
    }
    if said.is_none_or(|it| it.url != texts.url) {
        new.registration_url = web_address(texts.url.clone(), "URL").unwrap_or_else(|_| {
            note(Text::new("import-no-address").with("value", clip(texts.url.as_deref().unwrap_or_default(), 80)));
            None
        });
    }
    Ok(new)
}

/// An entry that says nothing yet.
fn empty(time: EntryTime) -> NewEntry {
    NewEntry {
        title: UNTITLED.to_owned(),
        description: None,
        kind: EntryKind::Other,
        status: EntryStatus::Confirmed,
        confidentiality: None,
        field: None,
        time,
        place: None,
        location: None,
        organiser: None,
        speakers: Vec::new(),
        responsible_office: None,
        audiences: BTreeSet::new(),
        target_groups: Vec::new(),
        pillar: None,
        cost: None,
        registration_url: None,
        recurrence: RecurrenceSet::default(),
        uid: None,
        source: None,
    }
}
