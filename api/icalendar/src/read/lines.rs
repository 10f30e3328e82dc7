//! Content lines: unfolded, decoded, and taken apart into name, parameters and value.

/// One unfolded line.
#[derive(Debug)]
pub struct Logical {
    /// Where it begins in the file, from 1.
    pub number: usize,
    /// Its text.
    pub text: String,
    /// Some of its bytes were no UTF-8; they are U+FFFD now.
    pub broken: bool,
}

/// The unfolded lines of a file. Line ends may be CRLF, LF or CR; empty lines mean nothing, also before a continuation.
#[derive(Debug)]
pub struct Unfold<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Unfold<'a> {
    /// From the bytes of a file, without the mark that some begin with.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), number: 0 }
    }

    /// The next line that is not empty, and where the file goes on behind it.
    fn physical(&self) -> Option<(&'a [u8], Self)> {
        let (mut rest, mut number) = (self.rest, self.number);
        while !rest.is_empty() {
            number += 1;
            let end = rest.iter().position(|it| matches!(it, b'\n' | b'\r')).unwrap_or(rest.len());
            let (line, behind) = rest.split_at(end);
            rest = behind.strip_prefix(b"\r\n").or_else(|| behind.get(1..)).unwrap_or_default();
            if !line.is_empty() {
                return Some((line, Self { rest, number }));
            }
        }
        None
    }
}

impl Iterator for Unfold<'_> {
    type Item = Logical;

    fn next(&mut self) -> Option<Logical> {
        let (first, behind) = self.physical()?;
        *self = behind;
        let number = self.number;
        let mut bytes = first.trim_ascii_start().to_vec();
        // Folding may cut within a letter, so letters are put together again before they are decoded.
        while let Some((line, behind)) = self.physical()
            && let [b' ' | b'\t', more @ ..] = line
        {
            bytes.extend_from_slice(more);
            *self = behind;
        }
        let (text, broken) = match String::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
        };
        Some(Logical { number, text, broken })
    }
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
        let parameters = split_outside_quotes(head, ';').filter_map(|part| {
            let (name, value) = part.split_once('=')?;
            Some((name.trim().to_ascii_uppercase(), decoded(value)))
        });
        Some(Self { line: line.number, name, parameters: parameters.collect(), value: value.to_owned() })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Vec<(usize, String)> {
        Unfold::new(bytes).map(|it| (it.number, it.text)).collect()
    }

    fn parse(text: &str) -> ContentLine {
        ContentLine::parse(&Logical { number: 1, text: text.to_owned(), broken: false }).unwrap()
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
        let all: Vec<_> = Unfold::new(b"A:\xc3\r\n \xa4\r\nB:\xff").map(|it| (it.text, it.broken)).collect();
        assert_eq!(all, [("A:ä".into(), false), ("B:\u{fffd}".into(), true)]);
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
            assert!(
                ContentLine::parse(&Logical { number: 1, text: text.to_owned(), broken: false }).is_none(),
                "{text}"
            );
        }
    }
}
