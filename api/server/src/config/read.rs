//! Forms of values: addresses, lists, and the variables of the environment.

use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Deserializer};

/// An address and port, or nothing for the empty text.
pub(super) fn address_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(serde::de::Error::custom) }
}

/// A list, or words separated by commas: in the environment there are no lists.
pub(super) fn list_or_words<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Words(String),
    }
    Ok(match Either::deserialize(from)? {
        Either::List(list) => list,
        Either::Words(words) => words.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
    })
}

pub(super) fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpAddr>, D::Error> {
    let read = |it: &String| it.parse().map_err(|_| serde::de::Error::custom(format!("{it:?} is no IP address")));
    list_or_words(from)?.iter().map(read).collect()
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn environment_variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}
