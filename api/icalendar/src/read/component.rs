//! Files as components with their properties, for conditions on them and for parts of them (RFC 4791, 9.6 and 9.7).

use calendar_time::time::instant;
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::read::charset::Charset;
use crate::read::lines::{ContentLine, Unfold};
use crate::read::values::{WallTime, text, written};
use crate::write::lines::ContentLines;

/// A component: a calendar, an event, a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileComponent {
    /// Name in upper case.
    pub name: String,
    /// Properties, in the order of the file.
    pub properties: Vec<FileProperty>,
    /// Components within it, in the order of the file.
    pub components: Vec<FileComponent>,
}

/// A property of a component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProperty {
    /// Name in upper case.
    pub name: String,
    /// Parameters: names in upper case, and values.
    pub parameters: Vec<(String, String)>,
    /// Value as it stands in the file.
    pub value: String,
    line: String,
}

impl FileProperty {
    /// The value without escapes.
    pub fn text(&self) -> String {
        text(&self.value).unwrap_or_default()
    }

    /// The instant of a date or a time. Times without a zone that is known, and days, are on the clock of `days`.
    pub fn instant(&self, days: Tz) -> Option<DateTime<Utc>> {
        let zone = || self.parameters.iter().find(|it| it.0 == "TZID").and_then(|it| it.1.parse().ok()).unwrap_or(days);
        Some(match written(&self.value)? {
            WallTime::Utc(local) => local.and_utc(),
            WallTime::Local(local) => instant(local, zone()),
            WallTime::Day(day) => instant(day.and_time(NaiveTime::MIN), days),
        })
    }

    /// The same property without its value.
    #[must_use]
    pub fn without_value(&self) -> Self {
        let head = self.line.strip_suffix(self.value.as_str()).unwrap_or(&self.line).to_owned();
        Self { value: String::new(), line: head, ..self.clone() }
    }
}

impl FileComponent {
    /// The first component of a well-formed file; none where there is none.
    pub fn read(file: &str) -> Option<Self> {
        let mut open: Vec<Self> = Vec::new();
        for line in Unfold::new(file.as_bytes(), Charset::of(b"", None).0) {
            let content = ContentLine::parse(&line)?;
            match content.name.as_str() {
                "BEGIN" => {
                    let name = content.value.trim().to_ascii_uppercase();
                    open.push(Self { name, properties: Vec::new(), components: Vec::new() });
                }
                "END" => {
                    let done = open.pop()?;
                    match open.last_mut() {
                        Some(parent) => parent.components.push(done),
                        None => return Some(done),
                    }
                }
                _ => {
                    let ContentLine { name, parameters, value, .. } = content;
                    open.last_mut()?.properties.push(FileProperty { name, parameters, value, line: line.text });
                }
            }
        }
        None
    }

    /// The component as a file.
    pub fn write(&self) -> String {
        let mut lines = ContentLines::default();
        self.write_into(&mut lines);
        lines.finish()
    }

    fn write_into(&self, lines: &mut ContentLines) {
        lines.component(&self.name, |lines| {
            self.properties.iter().for_each(|it| lines.raw(&it.line));
            self.components.iter().for_each(|it| it.write_into(lines));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n\
        DTSTART;TZID=Europe/Berlin:20270301T090000\r\nDTEND;VALUE=DATE:20270302\r\n\
        SUMMARY:Elternabend\\, Füssen\\; im Haus der Begegnung an der Wertach\\, zweiter \r\n Stock\r\n\
        END:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn a_file_is_read_and_written_as_it_is() {
        let calendar = FileComponent::read(FILE).unwrap();
        assert_eq!((calendar.name.as_str(), calendar.components.len()), ("VCALENDAR", 1));
        let event = &calendar.components[0];
        let of = |name: &str| event.properties.iter().find(|it| it.name == name).unwrap();
        assert_eq!(of("SUMMARY").text(), "Elternabend, Füssen; im Haus der Begegnung an der Wertach, zweiter Stock");
        assert_eq!(of("DTSTART").instant(Tz::UTC).unwrap().to_rfc3339(), "2027-03-01T08:00:00+00:00");
        assert_eq!(of("DTEND").instant(Tz::Europe__Berlin).unwrap().to_rfc3339(), "2027-03-01T23:00:00+00:00");
        assert_eq!(of("UID").instant(Tz::UTC), None);
        let again = FileComponent::read(&calendar.write()).unwrap();
        assert_eq!(again, calendar);
        assert!(of("DTSTART").without_value().line.ends_with("TZID=Europe/Berlin:"));
        for broken in ["", "BEGIN:VCALENDAR\r\n", "VERSION:2.0\r\n", "END:VCALENDAR\r\n"] {
            assert_eq!(FileComponent::read(broken), None, "{broken}");
        }
    }
}
