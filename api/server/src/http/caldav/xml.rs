//! The XML of WebDAV: small trees, read within bounds and written with a prefix for each known namespace. There are no
//! document types and so no entities of one's own to expand.

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, Writer, XmlVersion};

/// WebDAV (RFC 4918).
pub(super) const DAV: &str = "DAV:";
/// CalDAV (RFC 4791).
pub(super) const CALDAV: &str = "urn:ietf:params:xml:ns:caldav";
/// Extensions of Apple's calendar server that everybody uses.
pub(super) const SERVER: &str = "http://calendarserver.org/ns/";
/// Colours, as Apple's programs take them.
pub(super) const APPLE: &str = "http://apple.com/ns/ical/";

const PREFIXES: [(&str, &str); 4] = [("D", DAV), ("C", CALDAV), ("S", SERVER), ("A", APPLE)];
/// The deepest request.
pub(super) const DEPTH: usize = 20;
/// The most elements of a request.
pub(super) const ELEMENTS: usize = 10_000;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) space: String,
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

/// An element without content.
pub(super) fn empty(space: &str, name: &str) -> Element {
    Element { space: space.to_owned(), name: name.to_owned(), ..Element::default() }
}

/// An element with text.
pub(super) fn text(space: &str, name: &str, text: impl Into<String>) -> Element {
    Element { text: text.into(), ..empty(space, name) }
}

/// An element with children.
pub(super) fn with(space: &str, name: &str, children: impl IntoIterator<Item = Element>) -> Element {
    Element { children: children.into_iter().collect(), ..empty(space, name) }
}

/// An address within an element: `<D:href>`.
pub(super) fn href(path: &str) -> Element {
    text(DAV, "href", path)
}

impl Element {
    /// Whether it is called so.
    pub(super) fn is(&self, space: &str, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// The first child that is called so.
    pub(super) fn child(&self, space: &str, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.is(space, name))
    }

    /// The value of an attribute without a namespace.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|it| it.0 == name).map(|it| it.1.as_str())
    }

    /// Reads a document; none where it is not well formed, has a document type, or is beyond the bounds.
    pub(super) fn read(document: &str) -> Option<Self> {
        let mut reader = NsReader::from_str(document);
        reader.config_mut().check_end_names = true;
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        let mut count = 0;
        loop {
            let (space, event) = reader.read_resolved_event().ok()?;
            let space = match space {
                ResolveResult::Bound(space) => space.as_ref().to_owned(),
                ResolveResult::Unbound => String::new(),
                ResolveResult::Unknown(_) => return None,
            };
            match event {
                Event::Start(start) => {
                    count += 1;
                    if open.len() >= DEPTH || count > ELEMENTS || root.is_some() {
                        return None;
                    }
                    open.push(begun(space, &start)?);
                }
                Event::Empty(start) => {
                    count += 1;
                    if count > ELEMENTS || root.is_some() {
                        return None;
                    }
                    close(&mut open, &mut root, begun(space, &start)?);
                }
                Event::End(_) => {
                    let done = open.pop()?;
                    close(&mut open, &mut root, done);
                }
                Event::Text(words) => {
                    let words: &str = words.as_ref();
                    match open.last_mut() {
                        Some(parent) => parent.text.push_str(words),
                        None if words.trim().is_empty() => {}
                        None => return None,
                    }
                }
                Event::CData(words) => open.last_mut()?.text.push_str(words.as_ref()),
                Event::GeneralRef(name) => {
                    let letter = match name.resolve_char_ref().ok()? {
                        Some(letter) => letter,
                        None => predefined(name.as_ref())?,
                    };
                    open.last_mut()?.text.push(letter);
                }
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::DocType(_) => return None,
                Event::Eof => return root.filter(|_| open.is_empty()),
            }
        }
    }

    /// The document with this element as its root.
    pub(super) fn document(&self) -> String {
        let mut writer = Writer::new(Vec::from(&b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"[..]));
        // Writing into memory does not fail.
        let _written = self.write(&mut writer, true);
        String::from_utf8(writer.into_inner()).unwrap_or_default()
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>, is_root: bool) -> std::io::Result<()> {
        let prefix = PREFIXES.iter().find(|it| it.1 == self.space);
        let name = prefix.map_or_else(|| self.name.clone(), |it| format!("{}:{}", it.0, self.name));
        let mut start = BytesStart::new(name.as_str());
        if is_root {
            for (prefix, space) in PREFIXES {
                start.push_attribute((format!("xmlns:{prefix}").as_str(), space));
            }
        }
        if prefix.is_none() {
            start.push_attribute(("xmlns", self.space.as_str()));
        }
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        if self.children.is_empty() && self.text.is_empty() {
            return writer.write_event(Event::Empty(start));
        }
        writer.write_event(Event::Start(start))?;
        if !self.text.is_empty() {
            writer.write_event(Event::Text(BytesText::new(&self.text)))?;
        }
        for child in &self.children {
            child.write(writer, false)?;
        }
        writer.write_event(Event::End(BytesEnd::new(name.as_str())))
    }
}

fn begun(space: String, start: &BytesStart<'_>) -> Option<Element> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let key = attribute.key.as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        attributes.push((key, value.into_owned()));
    }
    Some(Element { space, name, attributes, ..Element::default() })
}

fn close(open: &mut [Element], root: &mut Option<Element>, done: Element) {
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None => *root = Some(done),
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_namespace_whatever_the_prefix() {
        let document = "<?xml version='1.0'?><d:propfind xmlns:d='DAV:' xmlns='urn:x'><d:prop><d:href> a &amp; &#66; </d:href><own \
                        at='1 &lt; 2'/></d:prop></d:propfind>";
        let root = Element::read(document).unwrap();
        assert!(root.is(DAV, "propfind"));
        let prop = root.child(DAV, "prop").unwrap();
        assert_eq!(prop.child(DAV, "href").unwrap().text, " a & B ");
        assert_eq!(prop.child("urn:x", "own").unwrap().attribute("at"), Some("1 < 2"));
        let written = root.document();
        assert_eq!(Element::read(&written).unwrap().child(DAV, "prop").unwrap().children.len(), 2, "{written}");
        assert!(written.contains("<D:href> a &amp; B </D:href><own xmlns=\"urn:x\""), "{written}");
    }

    #[test]
    fn what_is_no_plain_document_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
        let many = format!("<a>{}</a>", "<b/>".repeat(20_000));
        for wrong in [
            "",
            "<a>",
            "<a></b>",
            "a",
            "<a/><b/>",
            "<x:a/>",
            "<!DOCTYPE a [<!ENTITY b \"ccc\">]><a>&b;</a>",
            "<!DOCTYPE a><a/>",
            "<a>&b;</a>",
            &deep,
            &many,
        ] {
            assert_eq!(Element::read(wrong), None, "{}", &wrong[..wrong.len().min(60)]);
        }
    }
}
