use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use crate::i18n::{Locale, Text};

const GERMAN: &str = include_str!("../texts/de.ftl");
const ENGLISH: &str = include_str!("../texts/en.ftl");

/// Names of closed sets that a message asks the reader to write, exactly so.
const LITERALS: [&str; 4] = ["CATHOLIC_MUNICIPALITIES", "COUNT_ROWS", "SCHOOL_HOLIDAY", "THIS_AND_FOLLOWING"];
/// Arguments that are members of closed sets or permissions.
const MEMBERS: [&str; 6] = ["area", "permission", "phase", "role", "state", "wanted"];
/// Arguments that are days, local times or instants.
const DAYS: [&str; 8] = ["day", "first", "from", "known", "last", "start", "to", "until"];
/// Arguments that are numbers of things.
const FIGURES: [&str; 7] = ["cells", "count", "length", "max", "min", "most", "points"];
/// Arguments of those names that are something else: years and lines of a file, lists of names, types of the schema.
const OTHERWISE: [(&str, &str); 12] = [
    ("no-years", "from"),
    ("no-years", "until"),
    ("table-duplicate-key", "first"),
    ("document-operation-unknown", "known"),
    ("document-operation-unnamed", "known"),
    ("no-kind-of-document", "known"),
    ("no-licence", "known"),
    ("no-currency", "known"),
    ("document-variable-type", "wanted"),
    ("http-parameter-twice", "known"),
    ("http-page-beyond", "last"),
    ("http-upload-kind", "known"),
];

/// Messages with their patterns; those of several lines are joined.
fn messages(source: &str) -> Vec<(String, String)> {
    let mut messages: Vec<(String, String)> = Vec::new();
    for line in source.lines().filter(|it| !it.starts_with('#')) {
        match (line.split_once(" = "), messages.last_mut()) {
            (Some((key, pattern)), _) if !line.starts_with([' ', '}']) => {
                messages.push((key.to_owned(), pattern.to_owned()));
            }
            (_, Some((_, pattern))) => {
                pattern.push(' ');
                pattern.push_str(line.trim());
            }
            _ => {}
        }
    }
    messages
}

fn keys(source: &str) -> BTreeSet<String> {
    messages(source).into_iter().map(|(key, _)| key).collect()
}

/// Arguments of a pattern.
fn arguments(pattern: &str) -> BTreeSet<&str> {
    pattern
        .split('$')
        .skip(1)
        .map(|it| it.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default())
        .filter(|it| !it.is_empty())
        .collect()
}

/// A pattern without what is put into it.
fn sentence(pattern: &str) -> String {
    let (mut sentence, mut depth) = (String::new(), 0_usize);
    for letter in pattern.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => sentence.push(letter),
            _ => {}
        }
    }
    sentence
}

#[test]
fn both_languages_have_every_message_once_and_parse() {
    for source in [GERMAN, ENGLISH] {
        assert!(FluentResource::try_new(source.to_owned()).is_ok());
        let mut seen = BTreeSet::new();
        let twice: Vec<_> = messages(source).into_iter().filter(|(key, _)| !seen.insert(key.clone())).collect();
        assert!(twice.is_empty(), "messages that stand twice: {twice:?}");
    }
    assert_eq!(keys(GERMAN), keys(ENGLISH));
}

#[test]
fn both_languages_have_the_same_arguments() {
    let english: BTreeMap<_, _> = messages(ENGLISH).into_iter().collect();
    for (key, german) in messages(GERMAN) {
        assert_eq!(arguments(&german), arguments(&english[&key]), "{key}");
    }
}

#[test]
fn sentences_have_no_names_for_programs() {
    for (key, pattern) in messages(GERMAN).into_iter().chain(messages(ENGLISH)) {
        let sentence = sentence(&pattern);
        for word in sentence.split(|it: char| !it.is_ascii_alphanumeric() && !matches!(it, '_' | ':')) {
            let word = word.trim_matches([':', '_']);
            let is_member = word.contains('_') && word.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
            let is_permission = word
                .split_once(':')
                .is_some_and(|(of, to)| [of, to].iter().all(|it| it.bytes().all(|it| it.is_ascii_lowercase())));
            assert!(!is_member || LITERALS.contains(&word), "{key}: {word}");
            assert!(!is_permission, "{key}: {word}");
        }
    }
}

#[test]
fn members_of_closed_sets_days_and_numbers_are_put_into_words() {
    for (key, pattern) in messages(GERMAN).into_iter().chain(messages(ENGLISH)) {
        let is_literal = key.starts_with("value-") || key.starts_with("document-");
        for (function, names) in [("WORD", &MEMBERS[..]), ("DAY", &DAYS[..]), ("FIGURE", &FIGURES[..])] {
            for name in names.iter().filter(|it| arguments(&pattern).contains(**it)) {
                let otherwise = OTHERWISE.contains(&(key.as_str(), name)) || (is_literal && function == "FIGURE");
                let is_formed = [function, "WORD", "MONEY", "FIGURE"]
                    .iter()
                    .any(|it| pattern.contains(&format!("{{ {it}(${name}) }}")));
                assert!(otherwise || is_formed, "{key}: {name}");
                assert!(!pattern.contains(&format!("{{ ${name} }}")) || otherwise, "{key}: {name}");
            }
        }
    }
}

#[test]
fn messages_call_the_forms_of_their_language() {
    let text = Text::new("above-gap").with("value", "40000.01").with("max", "40000.00");
    assert_eq!(text.render(Locale::De), "40.000,01\u{a0}€ sind mehr, als noch niemand zahlt: 40.000,00\u{a0}€.");
    assert_eq!(text.render(Locale::En), "€40,000.01 is more than what nobody pays yet: €40,000.00.");
    let text = Text::new("ends-before-start").with("from", "2027-03-12").with("until", "2027-03-11");
    assert_eq!(text.render(Locale::De), "Das Ende (11.03.2027) liegt nicht nach dem Anfang (12.03.2027).");
    let text = Text::new("forbidden").with("permission", "calendars:write");
    let words = "Dazu braucht es das Recht „Kalender bearbeiten“ bei der Behörde, der es gehört.";
    assert_eq!(text.render(Locale::De), words);
    let text = Text::new("out-of-range").with("value", -10).with("min", 0).with("max", "100000");
    assert_eq!(text.render(Locale::De), "-10 liegt nicht zwischen 0 und 100.000.");
}

#[test]
fn every_message_used_in_the_code_exists() {
    let known = keys(ENGLISH);
    let (mut used, mut sources) = (BTreeSet::new(), String::new());
    let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                sources.push_str(&text);
                for part in text.split("Text::new(\"").skip(1) {
                    used.insert(part.split('"').next().unwrap_or_default().to_owned());
                }
            }
        }
    }
    used.retain(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
    let missing: Vec<_> = used.iter().filter(|it| !known.contains(it.as_str())).collect();
    assert!(missing.is_empty(), "messages without words: {missing:?}");
    // Rules also name a message first and make its text later; words are found by the members of closed sets.
    let unused: Vec<_> =
        known.iter().filter(|it| !it.starts_with("word-") && !sources.contains(&format!("\"{it}\""))).collect();
    assert!(unused.is_empty(), "words without use: {unused:?}");
}

#[test]
fn the_preferred_language_wins() {
    assert_eq!(Locale::negotiate(Some("fr, de-DE;q=0.8, en;q=0.9")), Locale::En);
    assert_eq!(Locale::negotiate(Some("de-AT, en;q=0.9")), Locale::De);
    assert_eq!(Locale::negotiate(Some("fr")), Locale::En);
    assert_eq!(Locale::negotiate(None), Locale::En);
}

#[test]
fn refused_ids_say_which_is_needed() {
    use crate::error::ApiError;
    use crate::global_id::NodeType;

    let told = |node: NodeType, id: &str, locale| match node.parse(id, "id") {
        Err(ApiError::Problems(problems)) => problems[0].text.render(locale),
        other => panic!("{other:?}"),
    };
    let empty = told(NodeType::FundingProgramme, "", Locale::De);
    assert_eq!(empty, "Hier fehlt eine Kennung (Form: fpr_01k…).");
    let short = told(NodeType::Calendar, "cal_x", Locale::En);
    assert_eq!(short, "An id of the form cal_01k… is needed here, not \"cal_x\".");
}

#[test]
fn a_message_is_kept_without_a_loss() {
    let text = Text::new("out-of-range").with("value", 7).with("min", 1).with("max", 3);
    let restored = Text::restored(&text.stored()).unwrap();
    for locale in [Locale::De, Locale::En] {
        assert_eq!(restored.render(locale), text.render(locale));
    }
    assert_eq!(restored.key(), "out-of-range");
    assert!(Text::restored(&serde_json::json!({ "key": "no-such-message", "args": {} })).is_none());
    assert!(Text::restored(&serde_json::json!("out-of-range")).is_none());
}
