//! In which letters a file is written.
//!
//! UTF-8 is the rule (RFC 5545, 3.1.4). Else what the answer or the property says counts, a mark of UTF-16, and at last
//! Windows-1252, line by line: some files are put together from others.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How the lines of a file are read.
#[derive(Clone, Copy, Debug)]
pub struct Charset {
    /// What was said about the file; None where that is UTF-8, or nothing that is known.
    said: Option<&'static Encoding>,
    /// Whether all of the file was decoded before it was taken apart.
    decoded: bool,
}

/// A text, and what was done to read it.
#[derive(Debug, PartialEq, Eq)]
pub struct DecodedText {
    /// The text.
    pub text: String,
    /// What it was read as, where that is not UTF-8.
    pub read_as: Option<&'static str>,
    /// Some of its bytes mean nothing; they are U+FFFD now.
    pub broken: bool,
}

impl Charset {
    /// Finds out how a file is written, for which `said` is the charset that its answer names, and decodes what has no
    /// lines otherwise.
    pub fn of<'a>(bytes: &'a [u8], said: Option<&str>) -> (Self, Cow<'a, [u8]>) {
        let said = said.and_then(|it| Encoding::for_label(it.trim().trim_matches('"').as_bytes()));
        let whole = match Encoding::for_bom(bytes) {
            Some((encoding, _)) => Some(encoding),
            // Files begin with a letter.
            None if bytes.len() > 1 && bytes[0] == 0 && bytes[1].is_ascii_alphabetic() => Some(UTF_16BE),
            None if bytes.len() > 1 && bytes[1] == 0 && bytes[0].is_ascii_alphabetic() => Some(UTF_16LE),
            None => said.filter(|it| !it.is_ascii_compatible()),
        };
        match whole {
            Some(encoding) if encoding != UTF_8 => {
                let (text, _, _) = encoding.decode(bytes);
                let charset = Self { said: Some(encoding), decoded: true };
                (charset, Cow::Owned(text.into_owned().into_bytes()))
            }
            Some(_) => (Self { said: None, decoded: false }, Cow::Borrowed(bytes)),
            None => {
                let said = said.filter(|it| *it != UTF_8);
                (Self { said, decoded: false }, Cow::Borrowed(bytes))
            }
        }
    }

    /// Text whose property says nothing about its letters.
    pub fn letters(self, bytes: Vec<u8>) -> DecodedText {
        let read_as = self.said.filter(|_| self.decoded).map(Encoding::name);
        match String::from_utf8(bytes) {
            // What is UTF-8 by chance is seldom more than plain letters, whatever somebody says about it.
            Ok(text) => {
                let broken = self.decoded && text.contains('\u{fffd}');
                match self.said.filter(|it| !it.is_single_byte() && !self.decoded && !text.is_ascii()) {
                    Some(said) => decoded(text.as_bytes(), said),
                    None => DecodedText { text, read_as, broken },
                }
            }
            Err(error) => {
                let bytes = error.as_bytes();
                match self.said {
                    Some(said) => decoded(bytes, said),
                    None if has_utf8(bytes) => {
                        DecodedText { text: String::from_utf8_lossy(bytes).into_owned(), read_as: None, broken: true }
                    }
                    None => decoded(bytes, WINDOWS_1252),
                }
            }
        }
    }
}

/// Text whose property names its letters.
pub fn named(bytes: &[u8], label: &str) -> Option<String> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    (!broken).then(|| text.into_owned())
}

/// Text in UTF-8, or else in Windows-1252.
pub fn guessed(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| decoded(error.as_bytes(), WINDOWS_1252).text)
}

fn decoded(bytes: &[u8], encoding: &'static Encoding) -> DecodedText {
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    // Bytes that stand for no letter become control characters, which nobody would see.
    let lost = |it: char| ('\u{80}'..='\u{9f}').contains(&it);
    let broken = broken || text.contains(lost);
    DecodedText { text: text.replace(lost, "\u{fffd}"), read_as: Some(encoding.name()), broken }
}

/// Whether there is a letter of several bytes in it that is whole.
fn has_utf8(bytes: &[u8]) -> bool {
    bytes.utf8_chunks().any(|it| !it.valid().is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8], said: Option<&str>) -> Vec<(String, Option<&'static str>, bool)> {
        let (charset, bytes) = Charset::of(bytes, said);
        bytes
            .split(|it| *it == b'\n')
            .map(|it| charset.letters(it.to_vec()))
            .map(|it| (it.text, it.read_as, it.broken))
            .collect()
    }

    fn one(bytes: &[u8], said: Option<&str>) -> (String, Option<&'static str>, bool) {
        let mut all = lines(bytes, said);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn letters_are_found_out_or_named() {
        let text = || "Füssen €".to_owned();
        assert_eq!(one(text().as_bytes(), None), (text(), None, false));
        assert_eq!(one(b"F\xfcssen \x80", None), (text(), Some("windows-1252"), false));
        assert_eq!(
            one(b"F\xfcssen \x80", Some("utf-8")),
            (text(), Some("windows-1252"), false),
            "nobody lies on purpose"
        );
        assert_eq!(one(b"F\xfcssen \xa4", Some("iso-8859-15")), (text(), Some("ISO-8859-15"), false));
        assert_eq!(one(b"F\xfcssen \xa4", Some("\"ISO-8859-15\"")), (text(), Some("ISO-8859-15"), false));
        assert_eq!(one(b"F\xfcssen \x80", Some("latin-0")), (text(), Some("windows-1252"), false));
        assert_eq!(one(text().as_bytes(), Some("iso-8859-1")), (text(), None, false), "it is what it is");
        assert!(one(b"\x81 ", Some("shift_jis")).2);
        for (name, bytes) in
            [("UTF-16LE", utf16(&text(), u16::to_le_bytes)), ("UTF-16BE", utf16(&text(), u16::to_be_bytes))]
        {
            assert_eq!(one(&bytes, None), (text(), Some(name), false));
            let marked = utf16(
                &format!("\u{feff}{}", text()),
                if name == "UTF-16LE" { u16::to_le_bytes } else { u16::to_be_bytes },
            );
            assert_eq!(one(&marked, Some("utf-8")), (text(), Some(name), false));
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_damaged_letter_does_not_change_the_others() {
        assert_eq!(one(b"F\xc3\xbcssen, B\xc3 Mitte", None), ("Füssen, B\u{fffd} Mitte".to_owned(), None, true));
        let mixed = lines(b"\xc3\xbc\n\xfc\n\x9d", None);
        let of_file: Vec<_> = mixed.iter().map(|it| (it.0.as_str(), it.2)).collect();
        assert_eq!(of_file, [("ü", false), ("ü", false), ("\u{fffd}", true)]);
    }
}
