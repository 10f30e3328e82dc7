//! The committed schema is the schema, and changes that break clients are seen as such.

use std::collections::BTreeMap;

use verbund_tests::{Case, TestApp, cases};

pub fn cases() -> Vec<Case> {
    cases!["schema";
        the_committed_schema_is_the_schema,
        the_schema_is_served_in_words,
        every_type_and_field_is_described,
        breaking_changes_are_told_from_others,
    ]
}

const COMMITTED: &str = include_str!("../../api/schema.graphql");

async fn the_committed_schema_is_the_schema(_app: TestApp) {
    let now = graphql::schema::sdl();
    let broken = breaking(COMMITTED, &now);
    assert!(
        COMMITTED.trim_end() == now.trim_end(),
        "api/schema.graphql is not the schema of this program. To renew it: cargo run -- schema > api/schema.graphql\n\
         This would break clients: {broken:#?}"
    );
    assert_eq!(broken, Vec::<String>::new());
}

async fn the_schema_is_served_in_words(app: TestApp) {
    let (status, kind, body) = app.server().get("/schema.graphql").await;
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    let differs = body.lines().zip(COMMITTED.lines()).position(|(served, committed)| served != committed);
    assert!(body.trim_end() == COMMITTED.trim_end(), "it differs from api/schema.graphql at line {differs:?}");
}

async fn every_type_and_field_is_described(_app: TestApp) {
    let mut bare = Vec::new();
    let (mut described, mut within) = (false, String::new());
    for line in COMMITTED.lines().take_while(|it| !it.starts_with("schema ")) {
        let text = line.trim();
        let opens =
            ["type ", "interface ", "input ", "enum ", "scalar ", "union "].iter().any(|it| line.starts_with(it));
        if opens {
            within = text.split([' ', '@', '(']).nth(1).unwrap_or_default().to_owned();
        }
        // Connections, edges and page information are Relay's, described by it.
        let ours = !["Connection", "Edge", "PageInfo"].iter().any(|it| within.ends_with(it));
        if ours && !described && (opens || (line.starts_with('\t') && !line.starts_with("\t\t") && is_field(text))) {
            bare.push(format!("{within}: {text}"));
        }
        described = text.ends_with("\"\"\"");
    }
    assert_eq!(bare, Vec::<String>::new(), "not described");
}

fn is_field(text: &str) -> bool {
    !text.starts_with('"')
        && text.split(['(', ':']).next().is_some_and(|it| it.chars().all(|it| it.is_alphanumeric() || it == '_'))
        && text.contains(':')
}

/// Fields (with their arguments), enum values and union members of a schema in words, each with its type.
fn members(sdl: &str) -> BTreeMap<String, String> {
    let mut members = BTreeMap::new();
    let (mut within, mut text) = (String::new(), false);
    let (mut field, mut open) = (String::new(), false);
    for line in sdl.lines() {
        let code = line.trim();
        if code.starts_with("\"\"\"") {
            let whole = code.len() > 3 && code.ends_with("\"\"\"");
            text = !(text || whole);
            continue;
        }
        if text || code.is_empty() {
            continue;
        }
        let mut words = code.split([' ', '@']);
        if !line.starts_with('\t') {
            if let Some("type" | "interface" | "input" | "enum" | "scalar" | "union") = words.next() {
                within = words.next().unwrap_or_default().to_owned();
                members.insert(within.clone(), code.trim_end_matches('{').trim().to_owned());
            }
        } else if open {
            // An argument on a line of its own, or the end of the list with the field's type.
            if let Some(kind) = code.strip_prefix(')') {
                open = false;
                members.insert(format!("{within}.{field}"), kind.trim_start_matches(':').trim().to_owned());
            } else {
                for (name, kind) in code.split(',').filter_map(|it| it.split_once(':')) {
                    members.insert(format!("{within}.{field}({})", name.trim()), kind.trim().to_owned());
                }
            }
        } else if let Some((name, rest)) = code.split_once('(') {
            field = name.to_owned();
            open = !rest.contains("):");
            // Arguments without a description share a line with others.
            let (arguments, kind) = rest.rsplit_once("):").unwrap_or((rest, ""));
            for argument in arguments.split(',').filter_map(|it| it.split_once(':')) {
                members.insert(format!("{within}.{field}({})", argument.0.trim()), argument.1.trim().to_owned());
            }
            if !open {
                members.insert(format!("{within}.{field}"), kind.trim().to_owned());
            }
        } else if let Some((name, kind)) = code.split_once(':') {
            members.insert(format!("{within}.{name}"), kind.trim().to_owned());
        } else if code != "}" {
            members.insert(format!("{within}.{code}"), String::new());
        }
    }
    members
}

/// What of `old` a client may rely on that `new` no longer has, or has otherwise; and what `new` demands.
fn breaking(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (members(old), members(new));
    let gone = old.keys().filter(|it| !new.contains_key(*it)).map(|it| format!("{it} is gone"));
    let changed = old.iter().filter_map(|(name, kind)| {
        new.get(name).filter(|it| *it != kind).map(|it| format!("{name} was {kind:?}, is {it:?}"))
    });
    let demanded = new.iter().filter_map(|(name, kind)| {
        let argument = name.contains('(') || name.split('.').next().is_some_and(|it| it.ends_with("Input"));
        let known_parent = name.split(['.', '(']).next().is_some_and(|it| old.contains_key(it));
        let demands = argument && kind.ends_with('!') && !kind.contains('=') && known_parent;
        (demands && name.contains('.') && !old.contains_key(name)).then(|| format!("{name} is demanded"))
    });
    gone.chain(changed).chain(demanded).collect()
}

async fn breaking_changes_are_told_from_others(_app: TestApp) {
    let old = "type A {\n\t\"\"\"\n\tText: with a colon.\n\t\"\"\"\n\tx(first: Int, of: ID!): Int!\n\ty: String\n}\n\
               enum E {\n\tONE\n\tTWO\n}\ninput CInput {\n\tname: String!\n}\n";
    assert_eq!(breaking(old, old), Vec::<String>::new());
    let wider = old.replace("y: String", "y: String\n\tz: Int!").replace("\tTWO", "\tTWO\n\tTHREE");
    assert_eq!(breaking(old, &wider.replace("name: String!", "name: String!\n\tmore: Int")), Vec::<String>::new());
    for (from, to, expected) in [
        ("\ty: String\n", "", "A.y is gone"),
        ("y: String", "y: Int", "A.y was \"String\", is \"Int\""),
        (": Int!\n", ": Int\n", "A.x was \"Int!\", is \"Int\""),
        ("first: Int, ", "", "A.x(first) is gone"),
        ("first: Int", "first: Int!", "A.x(first) was \"Int\", is \"Int!\""),
        ("first: Int, ", "first: Int, more: Int!, ", "A.x(more) is demanded"),
        ("\tTWO\n", "", "E.TWO is gone"),
        ("name: String!", "name: String!\n\tmore: Int!", "CInput.more is demanded"),
        ("input CInput {\n\tname: String!\n}\n", "", "CInput is gone"),
    ] {
        let found = breaking(old, &old.replace(from, to));
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
    let real = members(COMMITTED);
    assert_eq!(real.get("Query.node").map(String::as_str), Some("Node"));
    assert_eq!(real.get("Query.node(id)").map(String::as_str), Some("ID!"));
    assert_eq!(real.get("CalendarFilter.includeArchived").map(String::as_str), Some("Boolean! = false"));
    assert_eq!(real.get("Query.calendars").map(String::as_str), Some("CalendarConnection!"));
    assert_eq!(real.get("ShareLevel.BUSY").map(String::as_str), Some(""));
}
