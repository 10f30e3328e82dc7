//! Order of names as in German lists (DIN 5007, variant 1): without regard to case, umlauts and accents as their base letters,
//! ß as ss, quotation marks as nothing. PostgreSQL stores the key of each name in a generated column; SQLite compares by
//! [`compare`].

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What letters sort as, and these letters. A migration has a copy: a letter that is added here needs a migration.
const LETTERS: [(&str, &str); 23] = [
    ("a", "äÄàÀáÁâÂãÃåÅāĀăĂąĄ"),
    ("c", "çÇćĆčČ"),
    ("d", "ďĎđĐðÐ"),
    ("e", "éÉèÈêÊëËēĒėĖęĘěĚ"),
    ("g", "ğĞ"),
    ("h", "ħĦ"),
    ("i", "íÍìÌîÎïÏīĪıİ"),
    ("l", "łŁľĽ"),
    ("n", "ñÑńŃňŇ"),
    ("o", "öÖóÓòÒôÔõÕøØőŐ"),
    ("r", "řŘ"),
    ("s", "śŚšŠşŞșȘ"),
    ("t", "ťŤţŢțȚ"),
    ("u", "üÜúÚùÙûÛůŮűŰūŪ"),
    ("y", "ýÝÿŸ"),
    ("z", "źŹżŻžŽ"),
    ("-", "–—"),
    (" ", "\u{a0}\u{202f}"),
    ("ae", "æÆ"),
    ("oe", "œŒ"),
    ("ss", "ßẞ"),
    ("th", "þÞ"),
    // Combining marks and quotation marks.
    ("", "\u{300}\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}\u{30a}\u{30b}\u{30c}\u{327}\u{328}„“”‚‘’«»"),
];

static SORTS_AS: LazyLock<HashMap<char, &'static str>> =
    LazyLock::new(|| LETTERS.iter().flat_map(|(key, letters)| letters.chars().map(|it| (it, *key))).collect());

/// Key by whose bytes names are sorted.
pub fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for letter in name.chars() {
        match SORTS_AS.get(&letter) {
            Some(text) => key.push_str(text),
            None => key.push(letter.to_ascii_lowercase()),
        }
    }
    key
}

/// Order of two names: that of their keys.
pub fn compare(one: &str, other: &str) -> Ordering {
    if one.is_ascii() && other.is_ascii() {
        one.bytes().map(|it| it.to_ascii_lowercase()).cmp(other.bytes().map(|it| it.to_ascii_lowercase()))
    } else {
        key(one).cmp(&key(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_as_in_german_lists() {
        let mut names =
            ["Zeppelinhaus", "apfelhof", "Ägidius", "École", "Strasse", "Straße", "Strassen", "„Lesen“", "Leser"];
        names.sort_by(|one, other| compare(one, other).then(one.cmp(other)));
        let expected =
            ["Ägidius", "apfelhof", "École", "„Lesen“", "Leser", "Strasse", "Straße", "Strassen", "Zeppelinhaus"];
        assert_eq!(names, expected);
    }

    #[test]
    fn letters_of_two_code_points_are_sorted_as_those_of_one() {
        assert_eq!(key("A\u{308}gidius"), key("Ägidius"));
        assert_eq!(key("E\u{301}cole"), "ecole");
        assert_eq!(compare("Fu\u{308}ssen", "Füssen"), Ordering::Equal);
    }

    #[test]
    fn no_letter_has_two_keys() {
        let letters: usize = LETTERS.iter().map(|(_, letters)| letters.chars().count()).sum();
        assert_eq!(letters, SORTS_AS.len());
        assert!(SORTS_AS.keys().all(|it| !it.is_ascii()), "ASCII has its order by itself");
    }
}
