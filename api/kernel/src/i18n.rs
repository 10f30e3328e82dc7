//! Texts for people, in German and English. Codes are the contract; these may change.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

/// A language we speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// German.
    De,
    /// English, also for everybody else.
    #[default]
    En,
}

impl Locale {
    /// The language that `Accept-Language` prefers (RFC 9110 weights), English where it names none of ours.
    pub fn negotiate(header: Option<&str>) -> Self {
        let mut best = (Self::default(), 0.0_f32);
        for part in header.unwrap_or_default().split(',').take(20) {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|it| it.parse().ok()).unwrap_or(0.0_f32);
            let locale = match tag.trim().split('-').next().map(str::to_ascii_lowercase).as_deref() {
                Some("de") => Self::De,
                Some("en") => Self::En,
                Some(_) | None => continue,
            };
            if weight > best.1 {
                best = (locale, weight);
            }
        }
        best.0
    }
}

/// A message with its arguments, to be put into words at the edge.
#[derive(Clone, Debug)]
pub struct Text {
    key: &'static str,
    args: Vec<(&'static str, String)>,
}

impl Text {
    /// The message `key` of the language files.
    pub const fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// The words in a language; the key itself where a message is missing, which a test rules out.
    pub fn render(&self, locale: Locale) -> String {
        let bundle = match locale {
            Locale::De => &*GERMAN,
            Locale::En => &*ENGLISH,
        };
        let mut args = FluentArgs::new();
        for (name, value) in &self.args {
            args.set(*name, FluentValue::from(value.as_str()));
        }
        bundle.get_message(self.key).and_then(|it| it.value()).map_or_else(
            || self.key.to_owned(),
            |pattern| bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned(),
        )
    }
}

static GERMAN: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(langid!("de"), include_str!("../texts/de.ftl")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(langid!("en"), include_str!("../texts/en.ftl")));

/// Reads an embedded language file. A part that cannot be read is left out; a test reads both files whole.
fn bundle(language: LanguageIdentifier, source: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(source: &str) -> BTreeSet<&str> {
        source.lines().filter_map(|it| it.split_once(" = ")).map(|(key, _)| key.trim()).collect()
    }

    #[test]
    fn both_languages_have_every_message_and_parse() {
        let (german, english) = (include_str!("../texts/de.ftl"), include_str!("../texts/en.ftl"));
        assert!(FluentResource::try_new(german.to_owned()).is_ok());
        assert!(FluentResource::try_new(english.to_owned()).is_ok());
        assert_eq!(keys(german), keys(english));
    }

    #[test]
    fn every_message_used_in_the_code_exists() {
        let known = keys(include_str!("../texts/en.ftl"));
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
        used.retain(|it| {
            !it.is_empty() && it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        });
        let missing: Vec<_> = used.iter().filter(|it| !known.contains(it.as_str())).collect();
        assert!(missing.is_empty(), "messages without words: {missing:?}");
        // Rules also name a message first and make its text later.
        let unused: Vec<_> = known.iter().filter(|it| !sources.contains(&format!("\"{it}\""))).collect();
        assert!(unused.is_empty(), "words without use: {unused:?}");
    }

    #[test]
    fn the_preferred_language_wins() {
        assert_eq!(Locale::negotiate(Some("fr, de-DE;q=0.8, en;q=0.9")), Locale::En);
        assert_eq!(Locale::negotiate(Some("de-AT, en;q=0.9")), Locale::De);
        assert_eq!(Locale::negotiate(Some("fr")), Locale::En);
        assert_eq!(Locale::negotiate(None), Locale::En);
    }
}
