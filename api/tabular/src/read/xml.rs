//! What both kinds of workbooks share: reading XML that is packed in a zip.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// A reader of a part; elements without content come as a start and an end.
pub(super) fn reader<R: Read>(part: R) -> Reader<BufReader<R>> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    reader.config_mut().expand_empty_elements = true;
    reader
}

/// The value of an attribute, by its full name.
pub(super) fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = start.try_get_attribute(name).ok()??;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// The value of an attribute, by its name without prefix.
pub(super) fn local_attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = start.attributes().filter_map(Result::ok);
    let attribute = attributes.find(|it| it.key.local_name().as_ref() == name)?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
}

/// The text that an event is, if it is one.
pub(super) fn text(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Text(text) => Some(text.xml10_content().into_owned()),
        Event::CData(text) => Some(text.xml10_content().into_owned()),
        Event::GeneralRef(reference) => Some(match reference.resolve_char_ref() {
            Ok(Some(letter)) => letter.to_string(),
            _ => quick_xml::escape::resolve_predefined_entity(&reference.xml10_content()).unwrap_or("").to_owned(),
        }),
        _ => None,
    }
}
