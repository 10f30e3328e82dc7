//! Content lines: unfolded, decoded, and taken apart into name, parameters and value.

use crate::read::charset::{self, Charset, DecodedText};

/// One unfolded line.
#[derive(Debug)]
pub struct Logical {
    /// Where it begins in the file, from 1.
    pub number: usize,
    /// Its text.
    pub text: String,
    /// What it was read as, where that is not UTF-8.
    pub read_as: Option<&'static str>,
    /// Some of its bytes mean nothing; they are U+FFFD now.
    pub broken: bool,
}

/// The unfolded lines of a file. Line ends may be CRLF, LF or CR; empty lines mean nothing, also before a continuation.
#[derive(Clone, Copy, Debug)]
pub struct Unfold<'a> {
    rest: &'a [u8],
    number: usize,
    charset: Charset,
}

impl<'a> Unfold<'a> {
    /// From the bytes of a file, without the mark that some begin with.
    pub fn new(bytes: &'a [u8], charset: Charset) -> Self {
        Self { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), number: 0, charset }
    }

    /// The next line, and where the file goes on behind it.
    fn line(&self) -> Option<(&'a [u8], Self)> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|it| matches!(it, b'\n' | b'\r')).unwrap_or(self.rest.len());
        let (line, behind) = self.rest.split_at(end);
        let rest = behind.strip_prefix(b"\r\n").or_else(|| behind.get(1..)).unwrap_or_default();
        Some((line, Self { rest, number: self.number + 1, ..*self }))
    }

    /// The next line that is not empty.
    fn physical(&self) -> Option<(&'a [u8], Self)> {
        let (mut line, mut behind) = self.line()?;
        while line.is_empty() {
            (line, behind) = behind.line()?;
        }
        Some((line, behind))
    }
}

impl Iterator for Unfold<'_> {
    type Item = Logical;

    fn next(&mut self) -> Option<Logical> {
        let (first, behind) = self.physical()?;
        *self = behind;
        let number = self.number;
        let mut bytes = first.trim_ascii_start().to_vec();
        // vCalendar 1.0 ends a line that goes on with an equals sign.
        let quoted = is_quoted_printable(first);
        // Folding may cut within a letter, so letters are put together again before they are decoded.
        loop {
            if quoted
                && bytes.ends_with(b"=")
                && let Some((line, behind)) = self.line().filter(|it| !it.0.is_empty())
            {
                bytes.pop();
                bytes.extend_from_slice(line);
                *self = behind;
            } else if let Some(([b' ' | b'\t', more @ ..], behind)) = self.physical() {
                bytes.extend_from_slice(more);
                *self = behind;
            } else {
                break;
            }
        }
        let DecodedText { text, read_as, broken } = match charset_of_property(&bytes) {
            Some(text) => DecodedText { text, read_as: None, broken: false },
            None => self.charset.letters(bytes),
        };
        Some(Logical { number, text, read_as, broken })
    }
}

/// The parameters of a line, in capitals; nothing of a line without.
fn parameters(bytes: &[u8]) -> String {
    let head = bytes.split(|it| *it == b':').next().unwrap_or_default();
    let parameters = head.splitn(2, |it| *it == b';').nth(1).unwrap_or_default();
    String::from_utf8_lossy(parameters).to_ascii_uppercase()
}

fn is_quoted_printable(bytes: &[u8]) -> bool {
    parameters(bytes).contains("QUOTED-PRINTABLE")
}

/// A line whose property says in which letters it is (vCalendar 1.0).
fn charset_of_property(bytes: &[u8]) -> Option<String> {
    let parameters = parameters(bytes);
    let label = parameters.split(';').find_map(|it| it.trim().strip_prefix("CHARSET="))?;
    charset::named(bytes, label)
}

/// A property.
#[derive(Clone, Debug)]
pub struct ContentLine {
    /// Where it stands in the file.
    pub line: usize,
    /// Name in upper case.
    pub name: String,
    /// Names in upper case, and values.
    pub parameters: Vec<(String, String)>,
    /// Value, as it stands there.
    pub value: String,
}

/// Values of these have no colon: one in an unquoted name of a zone before them can be told from the colon that counts.
const MOMENTS: [&str; 5] = ["DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"];

impl ContentLine {
    /// Takes a line apart; none = it has no name or no value.
    pub fn parse(line: &Logical) -> Option<Self> {
        let text = line.text.as_str();
        let end = text.find([':', ';'])?;
        let name: String = text[..end].split_whitespace().collect::<String>().to_ascii_uppercase();
        if name.is_empty() {
            return None;
        }
        let colon = if MOMENTS.contains(&name.as_str()) {
            text.rfind(':')
        } else {
            // A quote that is never closed quotes nothing.
            outside_quotes(text, ':').next().or_else(|| text.find(':'))
        }?;
        let (head, value) = (text.get(end..colon)?, text.get(colon + 1..)?);
        let parameters = split_outside_quotes(head, ';').skip(1).map(|part| {
            // vCalendar 1.0 leaves out names.
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.trim().to_ascii_uppercase(), decoded(value))
        });
        let mut it = Self { line: line.number, name, parameters: parameters.collect(), value: value.to_owned() };
        if it.is_encoded("QUOTED-PRINTABLE") || it.parameters.iter().any(|(name, _)| name == "QUOTED-PRINTABLE") {
            it.value = unquoted(&it.value, it.parameter("CHARSET"));
        }
        Some(it)
    }

    /// Whether its value is written in another way.
    pub fn is_encoded(&self, encoding: &str) -> bool {
        self.parameter("ENCODING").is_some_and(|it| it.eq_ignore_ascii_case(encoding))
    }

    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// Where a sign stands that no quotes are around.
fn outside_quotes(text: &str, sign: char) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.char_indices().filter_map(move |(at, letter)| {
        quoted ^= letter == '"';
        (letter == sign && !quoted).then_some(at)
    })
}

fn split_outside_quotes(text: &str, sign: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |letter| {
        quoted ^= letter == '"';
        letter == sign && !quoted
    })
}

/// The value of a parameter without its quotes, the signs of RFC 6868 resolved.
fn decoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut letters = value.trim().chars().filter(|it| *it != '"').peekable();
    while let Some(letter) = letters.next() {
        let (letter, both) = match (letter, letters.peek()) {
            ('^', Some('^')) => ('^', true),
            ('^', Some('\'')) => ('"', true),
            ('^', Some('n')) => ('\n', true),
            _ => (letter, false),
        };
        text.push(letter);
        if both {
            letters.next();
        }
    }
    text
}

/// A value in quoted-printable (RFC 2045, 6.7), its line breaks as values of type TEXT have them.
fn unquoted(value: &str, charset: Option<&str>) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, behind @ ..] = rest {
        let digits = behind.get(..2).filter(|it| *first == b'=' && it.iter().all(u8::is_ascii_hexdigit));
        match digits.and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            None => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    let text = charset.and_then(|it| charset::named(&bytes, it)).unwrap_or_else(|| charset::guessed(bytes));
    text.replace("\r\n", "\\n").replace(['\r', '\n'], "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unfold(bytes: &[u8]) -> Unfold<'_> {
        Unfold::new(bytes, Charset::of(bytes, None).0)
    }

    fn lines(bytes: &[u8]) -> Vec<(usize, String)> {
        unfold(bytes).map(|it| (it.number, it.text)).collect()
    }

    fn logical(text: &str) -> Logical {
        Logical { number: 1, text: text.to_owned(), read_as: None, broken: false }
    }

    fn parse(text: &str) -> ContentLine {
        ContentLine::parse(&logical(text)).unwrap()
    }

    #[test]
    fn lines_are_unfolded_and_keep_their_numbers() {
        let expected = [(1, "A:1".to_owned()), (3, "B:23".to_owned()), (6, "C:4".to_owned())];
        assert_eq!(lines(b"\xef\xbb\xbfA:1\r\n\r\nB:2\r\n\t3\r\n\r\nC:4"), expected);
        assert_eq!(lines(b"A:1\r\rB:2\r\n\n 3\r\rC:4\r"), [(1, "A:1".into()), (3, "B:23".into()), (7, "C:4".into())]);
        assert_eq!(lines(b"  BEGIN:X\n"), [(1, "BEGIN:X".into())]);
        assert_eq!(lines(b"\n\r\n"), []);
    }

    #[test]
    fn a_letter_that_was_cut_is_whole_again() {
        let all: Vec<_> = unfold(b"A:\xc3\r\n \xa4\r\nB:\xe4").map(|it| (it.text, it.read_as)).collect();
        assert_eq!(all, [("A:ä".into(), None), ("B:ä".into(), Some("windows-1252"))]);
    }

    #[test]
    fn lines_of_old_calendars_go_on_and_are_decoded() {
        let of = |bytes: &[u8]| {
            unfold(bytes).filter_map(|it| ContentLine::parse(&it)).map(|it| it.value).collect::<Vec<_>>()
        };
        let head = "SUMMARY;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE";
        assert_eq!(
            of(format!("{head}:Fest f=C3=BCr alle=\r\nKinder =\nund=20mehr\nA:1=\nB:2").as_bytes()),
            ["Fest für alleKinder und mehr", "1=", "2"]
        );
        assert_eq!(of(b"DESCRIPTION;ENCODING=QUOTED-PRINTABLE:a=0D=0Ab=0Ac=zz=\n\nX:1"), ["a\\nb\\nc=zz=", "1"]);
        assert_eq!(of(b"SUMMARY;QUOTED-PRINTABLE:F=FCssen"), ["Füssen"]);
        assert_eq!(
            of(b"SUMMARY;CHARSET=ISO-8859-15;ENCODING=QUOTED-PRINTABLE:=A4\nSUMMARY;CHARSET=KOI8-R:\xc1"),
            ["€", "а"]
        );
    }

    #[test]
    fn properties_are_taken_apart() {
        let it = parse("X-FOO;BAR=\";hidden=value\";FOO=baz:realvalue");
        assert_eq!((it.parameter("BAR"), it.parameter("FOO")), (Some(";hidden=value"), Some("baz")));
        assert_eq!(it.value, "realvalue");
        let it = parse("dtstart; Value = date;TZID=(UTC+01:00) Berlin:20270101");
        assert_eq!((it.name.as_str(), it.parameter("TZID")), ("DTSTART", Some("(UTC+01:00) Berlin")));
        assert_eq!((it.parameter("VALUE"), it.value.as_str()), (Some("date"), "20270101"));
        let it = parse("ATTENDEE;CN=George Herman ^'Babe^' Ruth^n^^^x:mailto:babe@example.com");
        assert_eq!(it.parameter("CN"), Some("George Herman \"Babe\" Ruth\n^^x"));
        assert_eq!(parse("REFRESH - INTERVAL; VALUE = DURATION:PT48H").name, "REFRESH-INTERVAL");
        assert_eq!(parse("A;B=\"c:d").value, "d");
        for text in ["X", "", ":x", ";a=b:x", "A;B=c"] {
            assert!(ContentLine::parse(&logical(text)).is_none(), "{text}");
        }
    }
}
