//! Texts for people, in German and English. Codes are the contract; these may change.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use crate::forms;

pub use crate::locale::Locale;

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

    /// The key of the message.
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The message with its arguments, to be kept until somebody reads it.
    pub fn stored(&self) -> serde_json::Value {
        let args: serde_json::Map<_, _> =
            self.args.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        serde_json::json!({ "key": self.key, "args": args })
    }

    /// A message that was kept; none where the language files have no such message any more.
    pub fn restored(stored: &serde_json::Value) -> Option<Self> {
        let wanted = stored.get("key")?.as_str()?;
        let messages = include_str!("../texts/en.ftl").lines().filter_map(|it| it.split_once(" = "));
        let (key, pattern) = messages.into_iter().find(|it| it.0 == wanted)?;
        let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '-');
        let names = pattern.split('$').skip(1).map(|it| it.split(|letter| !is_name(letter)).next().unwrap_or_default());
        let args = names.filter_map(|name| Some((name, stored.get("args")?.get(name)?.as_str()?.to_owned())));
        Some(Self { key, args: args.collect() })
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
    LazyLock::new(|| bundle(Locale::De, include_str!("../texts/de.ftl")));
static ENGLISH: LazyLock<FluentBundle<FluentResource>> =
    LazyLock::new(|| bundle(Locale::En, include_str!("../texts/en.ftl")));

/// Puts a value into words.
type Form = fn(&str, Locale) -> String;

/// Functions of the language files.
const FORMS: [(&str, Form); 4] =
    [("DAY", forms::day), ("FIGURE", forms::figure), ("MONEY", forms::money), ("WORD", forms::all_words)];

/// Reads an embedded language file. A part that cannot be read is left out; a test reads both files whole.
fn bundle(locale: Locale, source: &str) -> FluentBundle<FluentResource> {
    let language = match locale {
        Locale::De => langid!("de"),
        Locale::En => langid!("en"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    for (name, form) in FORMS {
        // A bundle that is new has no function of this name; a test calls all of them.
        let _ = bundle.add_function(name, move |values, _| match values.first() {
            Some(FluentValue::String(value)) => FluentValue::from(form(value, locale)),
            _ => FluentValue::Error,
        });
    }
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}
