//! Properties of what stands in the tree, and which of them a request wants.

use domain::calendars::entry_view::calendar_description;
use entities::calendar;
use store::Session;

use crate::http::caldav::filter::COLLATIONS;
use crate::http::caldav::tree::{CaldavPath, CaldavResource};
use crate::http::caldav::xml::{APPLE, CALDAV, DAV, Element, SERVER, empty, href, text, with};

/// What tokens of a synchronisation begin with: they must be URIs.
pub(super) const TOKEN: &str = "urn:verbund:sync:";

/// Which properties a request wants.
pub(super) enum PropfindSelection {
    /// All there are.
    All,
    /// Their names only.
    Names,
    /// These.
    These(Vec<Element>),
}

impl PropfindSelection {
    /// Of a PROPFIND; none where it is something else.
    pub(super) fn of_propfind(document: Option<&Element>) -> Option<Self> {
        let Some(root) = document else { return Some(Self::All) };
        if !root.is(DAV, "propfind") {
            return None;
        }
        if root.child(DAV, "allprop").is_some() {
            return Some(Self::All);
        }
        if root.child(DAV, "propname").is_some() {
            return Some(Self::Names);
        }
        root.child(DAV, "prop").map(|it| Self::These(it.children.clone()))
    }

    /// Of a report.
    pub(super) fn of_report(root: &Element) -> Self {
        match root.child(DAV, "prop") {
            Some(prop) => Self::These(prop.children.clone()),
            None => Self::All,
        }
    }

    /// The answer about something with these properties: those that it has, and those that it has not.
    pub(super) fn answer(&self, path: &str, props: &[Element]) -> Element {
        let mut missing = Vec::new();
        let found: Vec<_> = match self {
            // What is large, and who may do what, is told only where it is asked for (RFC 3744, 5).
            Self::All => props.iter().filter(|it| !is_of_choice(it)).cloned().collect(),
            Self::Names => props.iter().map(|it| empty(&it.space, &it.name)).collect(),
            Self::These(wanted) => {
                let mut found = Vec::new();
                for name in wanted {
                    match props.iter().find(|it| it.is(&name.space, &name.name)) {
                        Some(prop) => found.push(prop.clone()),
                        None => missing.push(empty(&name.space, &name.name)),
                    }
                }
                found
            }
        };
        let mut parts = vec![href(path)];
        let propstat = |props, status: &str| {
            with(DAV, "propstat", [with(DAV, "prop", props), text(DAV, "status", format!("HTTP/1.1 {status}"))])
        };
        if !found.is_empty() || missing.is_empty() {
            parts.push(propstat(found, "200 OK"));
        }
        if !missing.is_empty() {
            parts.push(propstat(missing, "404 Not Found"));
        }
        with(DAV, "response", parts)
    }
}

/// Properties that are told only where they are asked for.
fn is_of_choice(prop: &Element) -> bool {
    let of_access =
        ["acl", "acl-restrictions", "inherited-acl-set", "principal-collection-set", "supported-privilege-set"];
    prop.is(CALDAV, "calendar-data") || of_access.iter().any(|it| prop.is(DAV, it))
}

/// What everything has: who looks, and that it only looks.
fn common() -> Vec<Element> {
    let privilege = |name| with(DAV, "privilege", [empty(DAV, name)]);
    let principal = || href(&CaldavPath::Principal.path());
    let may_read =
        [with(DAV, "principal", [principal()]), with(DAV, "grant", [privilege("read")]), empty(DAV, "protected")];
    let mut description = text(DAV, "description", "Read");
    description.attributes.push(("xml:lang".to_owned(), "en".to_owned()));
    let supported = with(DAV, "supported-privilege", [privilege("read"), description]);
    vec![
        with(DAV, "acl", [with(DAV, "ace", may_read)]),
        with(DAV, "acl-restrictions", [empty(DAV, "grant-only"), empty(DAV, "no-invert")]),
        empty(DAV, "inherited-acl-set"),
        with(DAV, "principal-collection-set", [principal()]),
        with(DAV, "supported-privilege-set", [supported]),
        with(DAV, "current-user-principal", [href(&CaldavPath::Principal.path())]),
        with(DAV, "owner", [href(&CaldavPath::Principal.path())]),
        with(DAV, "current-user-privilege-set", ["read", "read-current-user-privilege-set"].map(privilege)),
    ]
}

/// Properties of what is no calendar.
pub(super) fn of_place(path: &CaldavPath) -> Vec<Element> {
    let kinds: &[&str] = if *path == CaldavPath::Principal { &["principal"] } else { &["collection"] };
    let mut props = common();
    props.push(with(DAV, "resourcetype", kinds.iter().map(|it| empty(DAV, it))));
    props.push(text(DAV, "displayname", "Verbund"));
    props.push(empty(DAV, "supported-report-set"));
    if *path != CaldavPath::Home {
        props.push(with(CALDAV, "calendar-home-set", [href(&CaldavPath::Home.path())]));
        props.push(with(DAV, "principal-URL", [href(&CaldavPath::Principal.path())]));
    }
    props
}

/// Properties of a calendar. What it is for is told where more is seen than that time is taken.
pub(super) fn of_calendar(session: &Session, calendar: &calendar::Model, sync_token: &str) -> Vec<Element> {
    let mut props = common();
    props.push(with(DAV, "resourcetype", [empty(DAV, "collection"), empty(CALDAV, "calendar")]));
    props.push(text(DAV, "displayname", calendar.name.as_str()));
    if let Some(description) = calendar_description(session, calendar) {
        props.push(text(CALDAV, "calendar-description", description));
    }
    if let Some(color) = &calendar.color {
        props.push(text(APPLE, "calendar-color", color.to_ascii_uppercase()));
    }
    props.push(text(SERVER, "getctag", sync_token));
    props.push(text(DAV, "sync-token", format!("{TOKEN}{sync_token}")));
    let mut kind = empty(CALDAV, "comp");
    kind.attributes.push(("name".to_owned(), "VEVENT".to_owned()));
    props.push(with(CALDAV, "supported-calendar-component-set", [kind]));
    let mut data = empty(CALDAV, "calendar-data");
    data.attributes
        .extend([("content-type".to_owned(), "text/calendar".to_owned()), ("version".to_owned(), "2.0".to_owned())]);
    props.push(with(CALDAV, "supported-calendar-data", [data]));
    let report = |space, name| with(DAV, "supported-report", [with(DAV, "report", [empty(space, name)])]);
    let reports = [
        report(CALDAV, "calendar-query"),
        report(CALDAV, "calendar-multiget"),
        report(CALDAV, "free-busy-query"),
        report(DAV, "sync-collection"),
    ];
    props.push(with(DAV, "supported-report-set", reports));
    let collations = COLLATIONS.map(|it| text(CALDAV, "supported-collation", it));
    props.push(with(CALDAV, "supported-collation-set", collations));
    props
}

/// Properties of an entry, of whose file this is wanted.
pub(super) fn of_resource(resource: &CaldavResource, file: String) -> Vec<Element> {
    let mut props = common();
    props.push(empty(DAV, "resourcetype"));
    props.push(text(DAV, "getetag", resource.tag.as_str()));
    props.push(text(DAV, "getcontenttype", "text/calendar; charset=utf-8; component=VEVENT"));
    props.push(text(DAV, "getcontentlength", resource.body.len().to_string()));
    props.push(text(CALDAV, "calendar-data", file));
    props
}
