//! Mistakes that people and programs make, each with a document and its variables.

use serde_json::{Value, json};
use verbund_tests::TestApp;

/// A mistake: what it is, the document, and the variables.
type Mistake = (String, String, Value);

/// Values of scalars that are wrong, by the scalar.
const VALUES: &[(&str, &[&str])] = &[
    (
        "Date",
        &[
            r#""2027-02-29""#,
            r#""29.02.2027""#,
            r#""12.03.2027""#,
            r#""2027-3-1""#,
            r#""2027/03/01""#,
            r#""20270301""#,
            r#""tomorrow""#,
            r#""""#,
            "20270301",
            "true",
            r#""2027-13-01""#,
            r#""2027-03-01T00:00:00Z""#,
            r#""0000-00-00""#,
            r#""2027-W12-1""#,
            r#""März 2027""#,
        ],
    ),
    (
        "DateTime",
        &[
            r#""2027-03-01""#,
            r#""2027-03-01T08:00:00""#,
            r#""12.03.2027 14:00""#,
            r#""2027-02-30T08:00:00Z""#,
            r#""now""#,
            r#""""#,
            "1772352000",
            r#""2027-03-01T25:00:00Z""#,
            r#""2027-03-01T08:00:00+25:00""#,
            r#""2027-03-01T08:00:00 MEZ""#,
            "{}",
        ],
    ),
    (
        "LocalDateTime",
        &[
            r#""12.03.2027 14:00""#,
            r#""2027-03-12T14:00:00Z""#,
            r#""2027-03-12T14:00:00+01:00""#,
            r#""2027-03-12""#,
            r#""2027-02-29T14:00""#,
            r#""14:00""#,
            "1400",
            r#""2027-03-12T24:30""#,
            r#""14 Uhr""#,
            r#""""#,
            "[1]",
        ],
    ),
    (
        "TimeZone",
        &[r#""Berlin""#, r#""Bayern/Kaufbeuren""#, r#""MEZ""#, r#""+01:00""#, r#""""#, "1", r#""europe berlin""#],
    ),
    (
        "Decimal",
        &[
            r#""1.000,00""#,
            r#""1000 €""#,
            r#""50 %""#,
            "1000.5",
            r#""12345678901234567890""#,
            r#""1.1234567""#,
            r#""1e3""#,
            r#""""#,
            r#""viel""#,
            "true",
            r#""1.2.3""#,
            r#""--1""#,
            "99999999999999999999",
        ],
    ),
    ("Int", &["1.5", r#""1""#, r#""zehn""#, "2147483648", "-2147483649", "true", "[]", r#""""#]),
    ("Float", &[r#""47° 52'""#, r#""47,88""#, r#""47.88""#, "true"]),
    ("Boolean", &["[]", r#""wahr""#, r#""true""#, "1", "0", r#""ja""#]),
    ("String", &["1", "true", "{}", "1.5"]),
    ("ID", &["1.5", "true", "{}"]),
    ("CalendarEntryKind", &[r#""Veranstaltung""#, "true", r#""EVENTS""#, r#""event""#, "1", r#""""#]),
    (
        "DateRange",
        &[
            r#""2027-03-01""#,
            "1",
            r#"{"firstDay":"2027-03-01"}"#,
            r#"{"firstDay":"2027-03-01","lastDay":null}"#,
            r#"{"from":"2027-03-01","lastDay":"2027-03-31"}"#,
        ],
    ),
];

/// Where a value of a type can be given: definition of the variable and the field.
const PLACES: &[(&str, &str, &str)] = &[
    (
        "Date",
        "Date!",
        "tenant(slug: \"kaufbeuren\") { nonWorkingDays(between: {firstDay: $it, lastDay: \"2027-12-31\"}) { name } }",
    ),
    ("DateTime", "DateTime!", "agenda(between: {start: $it, end: \"2027-12-31T00:00:00Z\"}) { nodes { key } }"),
    ("Int", "Int", "calendars(first: $it) { totalCount }"),
    (
        "Float",
        "Float!",
        "learningPlaces(filter: {near: {from: {position: {latitude: $it, longitude: 10.6}}}}) { totalCount }",
    ),
    ("Boolean", "Boolean!", "calendars(filter: {includeArchived: $it}) { totalCount }"),
    ("String", "String!", "tenant(slug: $it) { id }"),
    ("ID", "ID!", "node(id: $it) { id }"),
    ("DateRange", "DateRange!", "tenant(slug: \"kaufbeuren\") { nonWorkingDays(between: $it) { name } }"),
];

/// All mistakes.
pub fn mistakes(app: &TestApp) -> Vec<Mistake> {
    let calendar = app.world.id("calendar.oal.counselling");
    let mut all: Vec<Mistake> = Vec::new();
    for (kind, values) in VALUES {
        for value in *values {
            let value: Value = serde_json::from_str(value).expect("a value");
            let what = format!("{kind} {value}");
            match PLACES.iter().find(|(place, ..)| place == kind) {
                None if *kind == "Decimal" => {
                    let input = json!({ "tenant": "x", "funding": "x", "amount": { "amount": value } });
                    all.push((what, SET_SHARE.to_owned(), json!({ "it": input })));
                }
                Some((_, variable, field)) => {
                    all.push((what, format!("query Q($it: {variable}) {{ {field} }}"), json!({ "it": value })));
                }
                None => all.push((what, CREATE.to_owned(), json!({ "it": entry(calendar, kind, &value) }))),
            }
        }
    }
    all.extend(DOCUMENTS.iter().map(|(what, document, variables)| {
        let variables = serde_json::from_str(variables).expect("variables");
        ((*what).to_owned(), document.replace("CALENDAR", calendar), variables)
    }));
    all
}

const CREATE: &str =
    "mutation M($it: CalendarEntryCreateInput!) { calendarEntryCreate(input: $it) { calendarEntry { id } } }";

const SET_SHARE: &str = "mutation M($it: OwnShareSetInput!) { ownShareSet(input: $it) { funding { id } } }";

/// The input of an entry with a wrong value of a type in it.
fn entry(calendar: &str, kind: &str, value: &Value) -> Value {
    let all_day = json!({ "allDay": { "firstDay": "2027-03-01" } });
    let timed = |start: &Value, zone: &Value| json!({ "timed": { "start": start, "end": "2027-03-12T16:00", "timeZone": zone } });
    let mut input = json!({ "calendar": calendar, "title": "T", "time": all_day });
    match kind {
        "LocalDateTime" => input["time"] = timed(value, &json!("Europe/Berlin")),
        "TimeZone" => input["time"] = timed(&json!("2027-03-12T14:00"), value),
        "CalendarEntryKind" => input["kind"] = value.clone(),
        _ => panic!("no place for {kind}"),
    }
    input
}

/// Mistakes of documents, with variables.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    ("no document", "", "{}"),
    ("not closed", "{ viewer { signedIn }", "{}"),
    ("one too many", "{ viewer { signedIn } } }", "{}"),
    ("a word before", "querry { viewer { signedIn } }", "{}"),
    ("a comma of JSON", "{ \"viewer\": { \"signedIn\": true } }", "{}"),
    ("no selection", "query Q", "{}"),
    ("empty selection", "{ }", "{}"),
    ("unknown field", "{ viewer { age } }", "{}"),
    ("unknown field, nearly right", "{ calendars { nodes { nmae } } }", "{}"),
    ("unknown argument", "{ calendars(limit: 5) { totalCount } }", "{}"),
    ("unknown argument, nearly right", "{ calendars(fist: 5) { totalCount } }", "{}"),
    ("argument twice", "{ calendars(first: 1, first: 2) { totalCount } }", "{}"),
    ("argument missing", "{ node { id } }", "{}"),
    ("no fields of an object", "{ viewer }", "{}"),
    ("fields of a leaf", "{ viewer { signedIn { yes } } }", "{}"),
    ("unknown fragment", "{ viewer { ...F } }", "{}"),
    ("unused fragment", "{ viewer { signedIn } } fragment F on Viewer { signedIn }", "{}"),
    ("fragment twice", "{ viewer { ...F } } fragment F on Viewer { signedIn } fragment F on Viewer { signedIn }", "{}"),
    ("fragment on a leaf", "{ viewer { ...F } } fragment F on String { signedIn }", "{}"),
    ("fragment on nothing known", "{ viewer { ... on Viewr { signedIn } } }", "{}"),
    ("fragment that cannot apply", "{ viewer { ... on Calendar { id } } }", "{}"),
    ("two operations without a name", "{ viewer { signedIn } } { viewer { signedIn } }", "{}"),
    ("two of one name", "query A { viewer { signedIn } } query A { viewer { signedIn } }", "{}"),
    ("which of two", "query A { viewer { signedIn } } query B { viewer { signedIn } }", "{}"),
    ("unknown directive", "{ viewer @defer { signedIn } }", "{}"),
    ("directive without its condition", "{ viewer @include { signedIn } }", "{}"),
    ("directive twice", "{ viewer @skip(if: false) @skip(if: false) { signedIn } }", "{}"),
    ("directive at an operation", "query Q @skip(if: true) { viewer { signedIn } }", "{}"),
    ("directive with a text", "{ viewer @skip(if: \"yes\") { signedIn } }", "{}"),
    ("variable missing", "query Q($id: ID!) { node(id: $id) { id } }", "{}"),
    ("variable null", "query Q($id: ID!) { node(id: $id) { id } }", r#"{"id": null}"#),
    ("variable not defined", "query Q { node(id: $id) { id } }", r#"{"id": "x"}"#),
    ("variable not used", "query Q($id: ID!) { viewer { signedIn } }", r#"{"id": "x"}"#),
    ("variable twice", "query Q($id: ID!, $id: ID!) { node(id: $id) { id } }", r#"{"id": "x"}"#),
    ("variable of another type", "query Q($id: String!) { node(id: $id) { id } }", r#"{"id": "x"}"#),
    ("variable that may be null", "query Q($id: ID) { node(id: $id) { id } }", r#"{"id": "x"}"#),
    ("variable of an unknown type", "query Q($id: Id!) { node(id: $id) { id } }", r#"{"id": "x"}"#),
    ("variable of an output type", "query Q($it: Calendar!) { node(id: $it) { id } }", "{}"),
    ("list for one", "query Q($id: ID!) { node(id: $id) { id } }", r#"{"id": ["x"]}"#),
    ("null in a list", "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", r#"{"ids": ["x", null]}"#),
    ("member with quotes", "{ datasets(orderBy: \"TITLE\") { totalCount } }", "{}"),
    ("member nearly right", "{ datasets(orderBy: TITEL) { totalCount } }", "{}"),
    ("member in lower case", "{ datasets(orderBy: title) { totalCount } }", "{}"),
    ("text without quotes", "{ tenant(slug: kaufbeuren) { id } }", "{}"),
    ("number for a text", "{ tenant(slug: 1) { id } }", "{}"),
    (
        "date as a literal",
        "{ tenant(slug: \"kaufbeuren\") { nonWorkingDays(between: {firstDay: \"1.3.2027\", lastDay: \"2027-12-31\"}) { name } } }",
        "{}",
    ),
    ("unknown field of an input", "{ calendars(filter: {tenant: \"x\"}) { totalCount } }", "{}"),
    (
        "unknown and missing field",
        "mutation { calendarEntryCreate(input: {calendar: \"CALENDAR\", tittle: \"T\", time: {allDay: {firstDay: \"2027-03-01\"}}}) { calendarEntry { id } } }",
        "{}",
    ),
    (
        "both of one",
        "mutation { calendarEntryCreate(input: {calendar: \"CALENDAR\", title: \"T\", time: {allDay: {firstDay: \"2027-03-01\"}, timed: {start: \"2027-03-12T14:00\", end: \"2027-03-12T16:00\"}}}) { calendarEntry { id } } }",
        "{}",
    ),
    (
        "none of one",
        "mutation { calendarEntryCreate(input: {calendar: \"CALENDAR\", title: \"T\", time: {}}) { calendarEntry { id } } }",
        "{}",
    ),
    (
        "null of one",
        "mutation { calendarEntryCreate(input: {calendar: \"CALENDAR\", title: \"T\", time: {allDay: null}}) { calendarEntry { id } } }",
        "{}",
    ),
    ("text for an object", "mutation { calendarEntryCreate(input: \"T\") { calendarEntry { id } } }", "{}"),
    ("null for an object", "mutation { calendarEntryCreate(input: null) { calendarEntry { id } } }", "{}"),
    (
        "several wrong values",
        "mutation M($it: CalendarEntryCreateInput!) { calendarEntryCreate(input: $it) { calendarEntry { id } } }",
        r#"{"it": {"calendar": 1.5, "title": 7, "kind": "PARTY", "time": {"allDay": {"firstDay": "morgen"}}}}"#,
    ),
    (
        "number too large for Int as a literal",
        "mutation { calendarEntryUpdate(input: {id: \"x\", version: 99999999999}) { calendarEntry { id } } }",
        "{}",
    ),
    ("fields that differ", "{ viewer { x: signedIn x: __typename } }", "{}"),
    ("arguments that differ", "{ calendars(first: 1) { totalCount } calendars(first: 2) { totalCount } }", "{}"),
    ("fragments in a circle", "{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }", "{}"),
    ("default of another type", "query Q($first: Int = \"ten\") { calendars(first: $first) { totalCount } }", "{}"),
    (
        "subscription with two fields",
        "subscription { a: calendarEntryChanged(calendars: [\"CALENDAR\"]) { __typename } b: calendarEntryChanged(calendars: [\"CALENDAR\"]) { __typename } }",
        "{}",
    ),
    ("a wrong id twice in a list", "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }", r#"{"ids": [1.5, true]}"#),
    ("no object for a filter", "{ calendars(filter: \"mine\") { totalCount } }", "{}"),
    ("variable within a JSON text", "query Q($a: Int!) { calendars(first: $a) { totalCount } }", r#"{"a": "$b"}"#),
];
