//! What a report wants of the files of entries (RFC 4791, 9.6): parts of them, dates of series one by one, and changed dates
//! in a range only.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use icalendar::instances::limited;
use icalendar::read::component::FileComponent;
use icalendar::write;
use kernel::i18n::Text;

use crate::http::caldav::error;
use crate::http::caldav::filter::instant;
use crate::http::caldav::tree::CaldavResource;
use crate::http::caldav::xml::{CALDAV, DAV, Element, empty};
use crate::http::problem;

/// The most dates of series that one answer has one by one.
const MAX_DATES: usize = 20_000;

type DateWindow = (DateTime<Utc>, DateTime<Utc>);

/// What is wanted of each file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CalendarData {
    dates: DatesWanted,
    part: Option<ComponentChoice>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum DatesWanted {
    /// The series and all its changed dates.
    #[default]
    Series,
    /// Each date within a window, without the series.
    Expanded(DateWindow),
    /// The series and its changed dates within a window.
    Limited(DateWindow),
}

/// Parts of a component.
#[derive(Debug, PartialEq, Eq)]
struct ComponentChoice {
    name: String,
    /// Names, and whether without the value; none = all.
    properties: Option<Vec<(String, bool)>>,
    /// None = all.
    components: Option<Vec<ComponentChoice>>,
}

/// The answer has more dates than one answer has.
#[derive(Debug)]
pub(super) struct TooManyDates;

impl TooManyDates {
    pub(super) fn answer(self) -> Response {
        error(StatusCode::INSUFFICIENT_STORAGE, empty(DAV, "number-of-matches-within-limits"))
    }
}

impl CalendarData {
    /// What a report wants.
    ///
    /// # Errors
    /// The refusal, where that is nothing that there is.
    pub(super) fn of_report(root: &Element) -> Result<Self, Box<Response>> {
        let Some(data) = root.child(DAV, "prop").and_then(|it| it.child(CALDAV, "calendar-data")) else {
            return Ok(Self::default());
        };
        let is = |name: &str, only: &str| data.attribute(name).is_none_or(|it| it.eq_ignore_ascii_case(only));
        if !is("content-type", "text/calendar") || !is("version", "2.0") {
            return Err(Box::new(error(StatusCode::FORBIDDEN, empty(CALDAV, "supported-calendar-data"))));
        }
        Self::read(data).ok_or_else(|| Box::new(problem(StatusCode::BAD_REQUEST, Text::new("http-calendar-data"))))
    }

    fn read(data: &Element) -> Option<Self> {
        let mut wanted = Self::default();
        for child in &data.children {
            if child.space != CALDAV {
                return None;
            }
            let is_first = wanted.dates == DatesWanted::Series;
            match child.name.as_str() {
                "comp" if wanted.part.is_none() => wanted.part = Some(ComponentChoice::read(child)?),
                "expand" if is_first => wanted.dates = DatesWanted::Expanded(window(child)?),
                "limit-recurrence-set" if is_first => wanted.dates = DatesWanted::Limited(window(child)?),
                // Busy times are in no file.
                "limit-freebusy-set" => {
                    window(child)?;
                }
                _ => return None,
            }
        }
        Some(wanted)
    }

    /// The file of an entry, as far as it is wanted. Takes its dates, where they come one by one, from `left`.
    fn of(&self, resource: &CaldavResource, days: Tz, left: &mut usize) -> Result<String, TooManyDates> {
        let file = match self.dates {
            DatesWanted::Series => resource.body.clone(),
            DatesWanted::Limited(window) => write::resource(&limited(&resource.events, window, days)),
            DatesWanted::Expanded(window) => {
                let expanded = write::expanded_resource(&resource.events, window, days, *left);
                let (file, count) = expanded.ok_or(TooManyDates)?;
                *left = left.saturating_sub(count);
                file
            }
        };
        let Some(part) = &self.part else { return Ok(file) };
        Ok(FileComponent::read(&file)
            .filter(|it| it.name == part.name)
            .map(|it| part.of(it).write())
            .unwrap_or_default())
    }

    /// The files of entries, as far as they are wanted.
    ///
    /// # Errors
    /// There are too many dates.
    pub(super) fn of_all(&self, resources: &[&CaldavResource], days: Tz) -> Result<Vec<String>, TooManyDates> {
        let mut left = MAX_DATES;
        resources.iter().map(|it| self.of(it, days, &mut left)).collect()
    }
}

/// The window of an element, which needs both ends.
fn window(element: &Element) -> Option<DateWindow> {
    let bound = |name| instant(element, name).ok().flatten();
    Some((bound("start")?, bound("end")?)).filter(|it| it.0 < it.1)
}

impl ComponentChoice {
    fn read(element: &Element) -> Option<Self> {
        let name = element.attribute("name")?.to_ascii_uppercase();
        let named = |name: &'static str| element.children.iter().filter(move |it| it.is(CALDAV, name));
        let has = |name| element.child(CALDAV, name).is_some();
        let known = ["allprop", "prop", "allcomp", "comp"];
        if element.children.iter().any(|it| !known.iter().any(|name| it.is(CALDAV, name))) {
            return None;
        }
        let property = |it: &Element| {
            let without_value = it.attribute("novalue").is_some_and(|it| it == "yes");
            Some((it.attribute("name")?.to_ascii_uppercase(), without_value))
        };
        let properties = named("prop").map(property).collect::<Option<Vec<_>>>()?;
        let components = named("comp").map(Self::read).collect::<Option<Vec<_>>>()?;
        // An element without content means all of the component.
        let is_whole = element.children.is_empty();
        Some(Self {
            name,
            properties: Some(properties).filter(|_| !is_whole && !has("allprop")),
            components: Some(components).filter(|_| !is_whole && !has("allcomp")),
        })
    }

    fn of(&self, mut component: FileComponent) -> FileComponent {
        if let Some(wanted) = &self.properties {
            component.properties = component
                .properties
                .into_iter()
                .filter_map(|property| {
                    let (_, without_value) = wanted.iter().find(|it| it.0 == property.name)?;
                    Some(if *without_value { property.without_value() } else { property })
                })
                .collect();
        }
        if let Some(wanted) = &self.components {
            component.components = component
                .components
                .into_iter()
                .filter_map(|inner| Some(wanted.iter().find(|it| it.name == inner.name)?.of(inner)))
                .collect();
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(inside: &str) -> Option<CalendarData> {
        let document = format!("<C:calendar-data xmlns:C='{CALDAV}'>{inside}</C:calendar-data>");
        CalendarData::read(&Element::read(&document).unwrap())
    }

    #[test]
    fn dates_are_wanted_with_both_ends_of_a_window() {
        let bounds = "start='20270201T000000Z' end='20270301T000000Z'";
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let window = (at("2027-02-01T00:00:00Z"), at("2027-03-01T00:00:00Z"));
        assert_eq!(wanted("").unwrap(), CalendarData::default());
        assert_eq!(wanted(&format!("<C:expand {bounds}/>")).unwrap().dates, DatesWanted::Expanded(window));
        assert_eq!(wanted(&format!("<C:limit-recurrence-set {bounds}/>")).unwrap().dates, DatesWanted::Limited(window));
        assert_eq!(wanted(&format!("<C:limit-freebusy-set {bounds}/>")).unwrap(), CalendarData::default());
        for wrong in [
            "<C:expand/>".to_owned(),
            "<C:expand start='20270201T000000Z'/>".to_owned(),
            "<C:expand start='20270301T000000Z' end='20270201T000000Z'/>".to_owned(),
            "<C:limit-freebusy-set start='x' end='y'/>".to_owned(),
            format!("<C:expand {bounds}/><C:limit-recurrence-set {bounds}/>"),
            "<C:other/>".to_owned(),
            "<C:comp/>".to_owned(),
            "<C:comp name='VCALENDAR'><C:other/></C:comp>".to_owned(),
        ] {
            assert_eq!(wanted(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn parts_of_a_file_are_chosen() {
        let file = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTIMEZONE\r\nTZID:Z\r\nEND:VTIMEZONE\r\n\
                    BEGIN:VEVENT\r\nUID:a\r\nDTSTART;TZID=Z:20270301T090000\r\nSUMMARY:Titel\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let part = |inside: &str| {
            let choice = wanted(inside).unwrap().part.unwrap();
            choice.of(FileComponent::read(file).unwrap()).write().replace("\r\n", "|")
        };
        let whole = file.replace("\r\n", "|");
        assert_eq!(part("<C:comp name='VCALENDAR'/>"), whole);
        assert_eq!(part("<C:comp name='vcalendar'><C:allprop/><C:allcomp/></C:comp>"), whole);
        let some = "<C:comp name='VCALENDAR'><C:prop name='VERSION'/><C:comp name='VEVENT'><C:prop name='UID'/>\
                    <C:prop name='SUMMARY' novalue='yes'/></C:comp><C:comp name='VTIMEZONE'/></C:comp>";
        assert_eq!(
            part(some),
            "BEGIN:VCALENDAR|VERSION:2.0|BEGIN:VTIMEZONE|TZID:Z|END:VTIMEZONE|BEGIN:VEVENT|UID:a|SUMMARY:|END:VEVENT|END:VCALENDAR|"
        );
    }
}
