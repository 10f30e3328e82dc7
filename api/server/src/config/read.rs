//! Forms of values: addresses, lists, and the variables of the environment.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};

use kernel::i18n::Locale;
use serde::{Deserialize, Deserializer};

/// An address and port to listen on. The name of a machine is resolved; of its addresses the first of IPv4 is taken.
///
/// # Errors
/// The text is no address and port, or the name is not known.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let parts = text.rsplit_once(':').filter(|(name, _)| !name.is_empty() && !name.contains([':', '/']));
    let Some((name, Ok(port))) = parts.map(|(name, port)| (name, port.parse::<u16>())) else {
        return Err(format!("{text:?} is no address and port like 127.0.0.1:8080, [::1]:8080 or localhost:8080"));
    };
    let found = (name, port).to_socket_addrs().map_err(|error| format!("{text:?}: {name} is not known: {error}"))?;
    let found: Vec<_> = found.collect();
    let chosen = found.iter().find(|it| it.is_ipv4()).or_else(|| found.first());
    chosen.copied().ok_or_else(|| format!("{text:?}: {name} has no address"))
}

/// An address and port.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    listen_address(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// An address and port, or nothing for the empty text.
pub(super) fn address_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Ok(None) } else { listen_address(&text).map(Some).map_err(serde::de::Error::custom) }
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

/// Variables of the environment, by name.
pub(super) fn environment_variables() -> BTreeMap<String, String> {
    let text = |it: std::ffi::OsString| it.to_string_lossy().into_owned();
    std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect()
}

/// The language of whoever sits at the terminal: `LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is set (POSIX).
pub fn operator_locale() -> Locale {
    locale_of(&environment_variables())
}

fn locale_of(variables: &BTreeMap<String, String>) -> Locale {
    let mut set = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|it| variables.get(it));
    match set.find(|it| !it.is_empty()) {
        Some(name) if name == "de" || name.starts_with("de_") || name.starts_with("de.") => Locale::De,
        Some(_) | None => Locale::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_machines_are_addresses_as_well() {
        for (text, address) in
            [("127.0.0.1:80", "127.0.0.1:80"), ("[::1]:80", "[::1]:80"), ("localhost:8080", "127.0.0.1:8080")]
        {
            assert_eq!(listen_address(text).unwrap().to_string(), address);
        }
        for wrong in
            ["", "nowhere", "8080", ":8080", "127.0.0.1", "http://localhost:8080", "localhost:99999", "::1:80:"]
        {
            let said = listen_address(wrong).unwrap_err();
            assert!(said.contains("localhost:8080"), "{said}");
        }
    }

    #[test]
    fn the_language_is_that_of_the_terminal() {
        let of = |set: &[(&str, &str)]| {
            locale_of(&set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(of(&[]), Locale::En);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8")]), Locale::De);
        assert_eq!(of(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C.UTF-8")]), Locale::En);
        assert_eq!(of(&[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "de_AT"), ("LC_ALL", "")]), Locale::De);
        assert_eq!(of(&[("LANG", "den_CA")]), Locale::En);
    }
}
