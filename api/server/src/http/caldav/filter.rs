//! Conditions of a query (RFC 4791, 9.7): on components, properties and parameters, by time and by text. They are judged on
//! the files as they are answered, so that they tell nothing that a file does not.

use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use icalendar::Event;
use icalendar::instances::{TimeRange, occurs_within};
use icalendar::read::component::{FileComponent, FileProperty};

use crate::http::caldav::error;
use crate::http::caldav::xml::{CALDAV, Element, empty, with};

/// Components whose times are defined. Only events are there.
const TIMED_COMPONENTS: [&str; 5] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM"];
/// Properties that are a date or a time.
const TIMED_PROPERTIES: [&str; 7] = ["COMPLETED", "CREATED", "DTEND", "DTSTAMP", "DTSTART", "DUE", "LAST-MODIFIED"];
/// Collations of texts, as properties of a calendar name them.
pub(super) const COLLATIONS: [&str; 2] = ["i;ascii-casemap", "i;octet"];

/// Why conditions are refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FilterError {
    /// They are not of the grammar.
    Invalid,
    /// This one is more than is judged.
    Unsupported(Element),
    /// Texts are not compared so.
    Collation,
}

impl FilterError {
    pub(super) fn answer(self) -> Response {
        let condition = match self {
            Self::Invalid => empty(CALDAV, "valid-filter"),
            Self::Unsupported(element) => with(CALDAV, "supported-filter", [element]),
            Self::Collation => empty(CALDAV, "supported-collation"),
        };
        error(StatusCode::FORBIDDEN, condition)
    }
}

/// Condition on the components of a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CompFilter {
    name: String,
    test: CompTest,
}

#[derive(Debug, PartialEq, Eq)]
enum CompTest {
    /// There is none.
    Missing,
    /// There is one that meets all of these.
    Meets { range: Option<TimeRange>, properties: Vec<PropFilter>, components: Vec<CompFilter> },
}

/// Condition on the properties of a name.
#[derive(Debug, PartialEq, Eq)]
struct PropFilter {
    name: String,
    test: PropTest,
}

#[derive(Debug, PartialEq, Eq)]
enum PropTest {
    Missing,
    Meets { range: Option<TimeRange>, text: Option<TextMatch>, parameters: Vec<ParamFilter> },
}

/// Condition on the parameters of a name: none = there is no such parameter.
#[derive(Debug, PartialEq, Eq)]
struct ParamFilter {
    name: String,
    test: Option<Vec<TextMatch>>,
}

/// Text within a value.
#[derive(Debug, PartialEq, Eq)]
struct TextMatch {
    text: String,
    /// Whether capitals of ASCII are other letters.
    exact: bool,
    negate: bool,
}

/// The name that a condition is about. Conditions of which any is enough are no part of the standard.
fn name(element: &Element) -> Result<String, FilterError> {
    if element.attribute("test").is_some_and(|it| it != "allof") {
        return Err(FilterError::Unsupported(element.clone()));
    }
    let name = element.attribute("name").filter(|it| !it.is_empty()).ok_or(FilterError::Invalid)?;
    Ok(name.to_ascii_uppercase())
}

/// Whether the only condition is that there is nothing of the name.
fn is_missing(element: &Element) -> Result<bool, FilterError> {
    let missing = element.child(CALDAV, "is-not-defined").is_some();
    if missing && element.children.len() > 1 { Err(FilterError::Invalid) } else { Ok(missing) }
}

/// Reads a range of time; one bound may be missing (RFC 4791, 9.9).
pub(super) fn time_range(element: &Element) -> Result<TimeRange, FilterError> {
    let (from, until) = (instant(element, "start")?, instant(element, "end")?);
    let in_order = from.zip(until).is_none_or(|(from, until)| from < until);
    if (from.is_none() && until.is_none()) || !in_order {
        return Err(FilterError::Invalid);
    }
    Ok(TimeRange { from, until })
}

/// An instant in UTC in an attribute; none where it is left out.
pub(super) fn instant(element: &Element, name: &str) -> Result<Option<DateTime<Utc>>, FilterError> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let parsed = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok().filter(|_| digits == 14);
    parsed.map(|it| Some(it.and_utc())).ok_or(FilterError::Invalid)
}

impl CompFilter {
    /// The conditions of a query, which begin with the calendar.
    pub(super) fn of_query(root: &Element) -> Result<Self, FilterError> {
        let filter = root.child(CALDAV, "filter").ok_or(FilterError::Invalid)?;
        let [calendar] = filter.children.as_slice() else { return Err(FilterError::Invalid) };
        if !calendar.is(CALDAV, "comp-filter") {
            return Err(FilterError::Invalid);
        }
        let calendar = Self::read(calendar)?;
        if calendar.name == "VCALENDAR" { Ok(calendar) } else { Err(FilterError::Invalid) }
    }

    fn read(element: &Element) -> Result<Self, FilterError> {
        let name = name(element)?;
        if is_missing(element)? {
            return Ok(Self { name, test: CompTest::Missing });
        }
        let (mut range, mut properties, mut components) = (None, Vec::new(), Vec::new());
        for child in &element.children {
            if child.is(CALDAV, "time-range") && range.is_none() {
                if !TIMED_COMPONENTS.contains(&name.as_str()) {
                    return Err(FilterError::Unsupported(around(element, child)));
                }
                range = Some(time_range(child)?);
            } else if child.is(CALDAV, "prop-filter") {
                properties.push(PropFilter::read(child)?);
            } else if child.is(CALDAV, "comp-filter") {
                components.push(Self::read(child)?);
            } else {
                return Err(FilterError::Invalid);
            }
        }
        Ok(Self { name, test: CompTest::Meets { range, properties, components } })
    }

    /// Whether a file meets the conditions. `events` are its events in their order; whole days, and times without a zone,
    /// are on the clock of `days`.
    pub(super) fn meets(&self, file: &FileComponent, events: &[Event], days: Tz) -> bool {
        self.is_met_among(std::slice::from_ref(file), events, days)
    }

    fn is_met_among(&self, components: &[FileComponent], events: &[Event], days: Tz) -> bool {
        let mut events_left = events.iter();
        for component in components {
            let event = if component.name == "VEVENT" { events_left.next() } else { None };
            if component.name != self.name {
                continue;
            }
            let CompTest::Meets { range, properties, components } = &self.test else { return false };
            let in_range = range.is_none_or(|range| event.is_some_and(|it| occurs_within(it, events, range, days)));
            if in_range
                && properties.iter().all(|it| it.is_met_by(component, days))
                && components.iter().all(|it| it.is_met_among(&component.components, events, days))
            {
                return true;
            }
        }
        self.test == CompTest::Missing
    }
}

/// A condition with only this part of it.
fn around(element: &Element, part: &Element) -> Element {
    Element { children: vec![part.clone()], text: String::new(), ..element.clone() }
}

impl PropFilter {
    fn read(element: &Element) -> Result<Self, FilterError> {
        let name = name(element)?;
        if is_missing(element)? {
            return Ok(Self { name, test: PropTest::Missing });
        }
        let (mut range, mut text, mut parameters) = (None, None, Vec::new());
        for child in &element.children {
            let is_first = range.is_none() && text.is_none();
            if child.is(CALDAV, "time-range") && is_first {
                if !TIMED_PROPERTIES.contains(&name.as_str()) {
                    return Err(FilterError::Unsupported(around(element, child)));
                }
                range = Some(time_range(child)?);
            } else if child.is(CALDAV, "text-match") && is_first {
                text = Some(TextMatch::read(child)?);
            } else if child.is(CALDAV, "param-filter") {
                parameters.push(ParamFilter::read(child)?);
            } else {
                return Err(FilterError::Invalid);
            }
        }
        Ok(Self { name, test: PropTest::Meets { range, text, parameters } })
    }

    fn is_met_by(&self, component: &FileComponent, days: Tz) -> bool {
        let mut named = component.properties.iter().filter(|it| it.name == self.name);
        let PropTest::Meets { range, text, parameters } = &self.test else { return named.next().is_none() };
        named.any(|property| {
            range.is_none_or(|range| property.instant(days).is_some_and(|it| range.contains(it)))
                && text.as_ref().is_none_or(|it| it.is_met_by(&property.text()))
                && parameters.iter().all(|it| it.is_met_by(property))
        })
    }
}

impl ParamFilter {
    fn read(element: &Element) -> Result<Self, FilterError> {
        let name = name(element)?;
        if is_missing(element)? {
            return Ok(Self { name, test: None });
        }
        if element.children.len() > 1 || element.children.iter().any(|it| !it.is(CALDAV, "text-match")) {
            return Err(FilterError::Invalid);
        }
        let texts = element.children.iter().map(TextMatch::read).collect::<Result<_, _>>()?;
        Ok(Self { name, test: Some(texts) })
    }

    fn is_met_by(&self, property: &FileProperty) -> bool {
        let mut named = property.parameters.iter().filter(|it| it.0 == self.name);
        match &self.test {
            None => named.next().is_none(),
            Some(texts) => named.any(|(_, value)| texts.iter().all(|it| it.is_met_by(value))),
        }
    }
}

impl TextMatch {
    fn read(element: &Element) -> Result<Self, FilterError> {
        let exact = match element.attribute("collation") {
            None | Some("default" | "i;ascii-casemap") => false,
            Some("i;octet") => true,
            Some(_) => return Err(FilterError::Collation),
        };
        let negate = match element.attribute("negate-condition") {
            None | Some("no") => false,
            Some("yes") => true,
            Some(_) => return Err(FilterError::Invalid),
        };
        if !element.children.is_empty() {
            return Err(FilterError::Invalid);
        }
        let text = if exact { element.text.clone() } else { element.text.to_ascii_lowercase() };
        Ok(Self { text, exact, negate })
    }

    fn is_met_by(&self, value: &str) -> bool {
        let found =
            if self.exact { value.contains(&self.text) } else { value.to_ascii_lowercase().contains(&self.text) };
        found != self.negate
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Berlin;
    use icalendar::{Class, Recurrence, Status, Texts, When, write};

    use super::*;

    fn filter(inside: &str) -> Result<CompFilter, FilterError> {
        let document = format!("<C:calendar-query xmlns:C='{CALDAV}'><C:filter>{inside}</C:filter></C:calendar-query>");
        CompFilter::of_query(&Element::read(&document).unwrap())
    }

    fn calendar(inside: &str) -> String {
        format!("<C:comp-filter name='VCALENDAR'>{inside}</C:comp-filter>")
    }

    fn event(inside: &str) -> String {
        calendar(&format!("<C:comp-filter name='VEVENT'>{inside}</C:comp-filter>"))
    }

    /// A series of nine o'clock each day, with a date that was changed.
    fn series() -> Vec<Event> {
        let time = |text: &str| text.parse().unwrap();
        let series = Event {
            uid: "abc".to_owned(),
            stamp: DateTime::UNIX_EPOCH,
            last_modified: None,
            sequence: 0,
            time: When::Clock {
                starts_local: time("2027-03-01T09:00:00"),
                ends_local: time("2027-03-01T10:00:00"),
                zone: Berlin,
            },
            recurrence: Some(Recurrence { rule: Some("FREQ=DAILY;COUNT=5".to_owned()), ..Recurrence::default() }),
            occurrence: None,
            status: Some(Status::Confirmed),
            transparent: false,
            class: Class::Public,
            texts: Some(Texts {
                title: Some("Elternabend, Füssen".to_owned()),
                organiser: Some("Frau Maier".to_owned()),
                ..Texts::default()
            }),
            label: None,
        };
        let changed = Event {
            occurrence: Some(time("2027-03-03T09:00:00")),
            time: series.time.at(time("2027-03-03T15:00:00")),
            recurrence: None,
            status: Some(Status::Tentative),
            texts: Some(Texts { title: Some("Später".to_owned()), ..Texts::default() }),
            ..series.clone()
        };
        vec![series, changed]
    }

    #[test]
    fn conditions_are_judged() {
        let events = series();
        let file = FileComponent::read(&write::resource(&events)).unwrap();
        let meets = |inside: &str| filter(inside).unwrap().meets(&file, &events, Berlin);
        let window = |start: &str, end: &str| {
            let bound =
                |name: &str, text: &str| if text.is_empty() { String::new() } else { format!(" {name}='{text}'") };
            format!("<C:time-range{}{}/>", bound("start", start), bound("end", end))
        };
        let prop = |name: &str, inside: &str| format!("<C:prop-filter name='{name}'>{inside}</C:prop-filter>");
        let text = |attributes: &str, text: &str| format!("<C:text-match {attributes}>{text}</C:text-match>");
        let missing = "<C:is-not-defined/>";
        for (expected, condition) in [
            (true, calendar("")),
            (true, event("")),
            (true, calendar("<C:comp-filter name='vevent'/>")),
            (false, calendar("<C:comp-filter name='VTODO'/>")),
            (true, calendar(&format!("<C:comp-filter name='VTODO'>{missing}</C:comp-filter>"))),
            (false, event(missing)),
            (false, event("<C:comp-filter name='VALARM'/>")),
            (true, event(&format!("<C:comp-filter name='VALARM'>{missing}</C:comp-filter>"))),
            (true, calendar("<C:comp-filter name='VTIMEZONE'/>")),
            (
                false,
                calendar(&format!("<C:comp-filter name='VTODO'>{}</C:comp-filter>", window("20270301T000000Z", ""))),
            ),
            (true, event(&window("20270305T000000Z", "20270306T000000Z"))),
            (false, event(&window("20270306T000000Z", ""))),
            (false, event(&window("20270303T080000Z", "20270303T090000Z"))),
            (true, event(&window("20270303T140000Z", "20270303T140001Z"))),
            (false, event(&window("", "20270301T080000Z"))),
            (true, event(&prop("SUMMARY", ""))),
            (true, event(&prop("SUMMARY", &text("", "elternabend, f")))),
            (true, event(&prop("summary", &text("collation='i;ascii-casemap'", "ELTERN")))),
            (false, event(&prop("SUMMARY", &text("collation='i;octet'", "ELTERN")))),
            (true, event(&prop("SUMMARY", &text("collation='i;octet'", "Füssen")))),
            (false, event(&prop("SUMMARY", &text("", "FÜSSEN")))),
            (true, event(&prop("SUMMARY", &text("negate-condition='yes'", "eltern")))),
            (false, event(&prop("UID", &text("negate-condition='yes'", "ABC")))),
            (true, event(&prop("UID", &text("negate-condition='no'", "ABC")))),
            (true, event(&prop("LOCATION", missing))),
            (false, event(&prop("SUMMARY", missing))),
            (false, event(&prop("LOCATION", &text("negate-condition='yes'", "x")))),
            // All conditions are about one and the same component.
            (true, event(&format!("{}{}", prop("SUMMARY", &text("", "eltern")), prop("STATUS", &text("", "CONF"))))),
            (false, event(&format!("{}{}", prop("SUMMARY", &text("", "eltern")), prop("STATUS", &text("", "TENT"))))),
            (
                false,
                event(&format!(
                    "{}{}",
                    window("20270303T140000Z", "20270303T150000Z"),
                    prop("SUMMARY", &text("", "eltern"))
                )),
            ),
            (true, event(&prop("DTSTART", &window("20270301T080000Z", "20270301T080001Z")))),
            (false, event(&prop("DTSTART", &window("20270302T000000Z", "20270303T000000Z")))),
            (true, event(&prop("DTSTART", "<C:param-filter name='TZID'/>"))),
            (
                true,
                event(&prop(
                    "DTSTART",
                    &format!("<C:param-filter name='tzid'>{}</C:param-filter>", text("", "berlin")),
                )),
            ),
            (
                false,
                event(&prop("DTSTART", &format!("<C:param-filter name='TZID'>{}</C:param-filter>", text("", "rome")))),
            ),
            (false, event(&prop("DTSTART", &format!("<C:param-filter name='TZID'>{missing}</C:param-filter>")))),
            (true, event(&prop("SUMMARY", &format!("<C:param-filter name='LANGUAGE'>{missing}</C:param-filter>")))),
            (
                true,
                event(&prop("ORGANIZER", &format!("<C:param-filter name='CN'>{}</C:param-filter>", text("", "maier")))),
            ),
        ] {
            assert_eq!(meets(&condition), expected, "{condition}");
        }
    }

    #[test]
    fn conditions_are_taken_or_refused_with_their_part() {
        let range = "<C:time-range start='20270201T000000Z'/>";
        for invalid in [
            String::new(),
            "<C:comp-filter name='VEVENT'/>".to_owned(),
            "<C:comp-filter/>".to_owned(),
            format!("{0}{0}", calendar("")),
            calendar("<C:other/>"),
            event("<C:time-range start='yesterday'/>"),
            event("<C:time-range start='20270201T000000'/>"),
            event("<C:time-range/>"),
            event("<C:time-range start='20270202T000000Z' end='20270201T000000Z'/>"),
            event(&format!("{range}{range}")),
            event(&format!("<C:is-not-defined/>{range}")),
            event("<C:prop-filter/>"),
            event(
                "<C:prop-filter name='SUMMARY'><C:text-match negate-condition='maybe'>x</C:text-match></C:prop-filter>",
            ),
            event("<C:prop-filter name='A'><C:param-filter name='B'><C:time-range/></C:param-filter></C:prop-filter>"),
        ] {
            assert_eq!(filter(&invalid), Err(FilterError::Invalid), "{invalid}");
        }
        for (unsupported, part) in [
            (calendar(range), "VCALENDAR"),
            (calendar(&format!("<C:comp-filter name='VTIMEZONE'>{range}</C:comp-filter>")), "VTIMEZONE"),
            (event(&format!("<C:prop-filter name='SUMMARY'>{range}</C:prop-filter>")), "SUMMARY"),
            (event("<C:prop-filter name='UID' test='anyof'/>"), "UID"),
        ] {
            match filter(&unsupported) {
                Err(FilterError::Unsupported(element)) => assert_eq!(element.attribute("name"), Some(part)),
                other => panic!("{unsupported}: {other:?}"),
            }
        }
        let collation = event(
            "<C:prop-filter name='UID'><C:text-match collation='i;unicode-casemap'>x</C:text-match></C:prop-filter>",
        );
        assert_eq!(filter(&collation), Err(FilterError::Collation));
    }
}
