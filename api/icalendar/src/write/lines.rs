//! Content lines: escaped, folded, ended with CRLF.

/// The most octets of a line, its end not counted.
const WIDTH: usize = 75;

/// A text of content lines, growing.
#[derive(Debug, Default)]
pub struct ContentLines(String);

impl ContentLines {
    /// Adds a line as it is: name, parameters and value are already what they must be.
    pub fn raw(&mut self, line: &str) {
        let mut used = 0;
        for letter in line.chars().filter(|it| !it.is_control() || *it == '\t') {
            if used + letter.len_utf8() > WIDTH {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(letter);
            used += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a property with a value that needs no escaping.
    pub fn plain(&mut self, name: &str, value: &str) {
        self.raw(&format!("{name}:{value}"));
    }

    /// Adds a property of type TEXT.
    pub fn text(&mut self, name: &str, value: &str) {
        self.raw(&format!("{name}:{}", escaped(value)));
    }

    /// Adds a property of type TEXT if there is something to say.
    pub fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            self.text(name, value);
        }
    }

    /// Puts a component around what `fill` adds.
    pub fn component(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.plain("BEGIN", name);
        fill(self);
        self.plain("END", name);
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.0
    }
}

/// A value of type TEXT. Line ends of every kind become `\n`; control characters have no place in a calendar.
pub fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 8);
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\r' if letters.peek() == Some(&'\n') => {}
            '\r' | '\n' => text.push_str("\\n"),
            '\\' | ';' | ',' => text.extend(['\\', letter]),
            '\t' => text.push('\t'),
            other if other.is_control() => {}
            other => text.push(other),
        }
    }
    text
}

/// The value of a parameter, in quotes, with the signs of RFC 6868 for what quotes cannot hold.
pub fn quoted(value: &str) -> String {
    let mut text = String::from('"');
    for letter in value.chars() {
        match letter {
            '^' => text.push_str("^^"),
            '"' => text.push_str("^'"),
            '\n' => text.push_str("^n"),
            other if other.is_control() => {}
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// A duration, `P1D` or `PT1H30M`; whole minutes, at least one.
pub fn duration(value: chrono::TimeDelta) -> String {
    let minutes = value.num_minutes().max(1);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let part = |number: i64, mark: char| if number > 0 { format!("{number}{mark}") } else { String::new() };
    let time = format!("{}{}", part(hours, 'H'), part(minutes, 'M'));
    format!("P{}{}{time}", part(days, 'D'), if time.is_empty() { "" } else { "T" })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn lines_are_cut_at_75_octets_and_never_within_a_letter() {
        for filler in 0..8 {
            let value = format!("{}{}", "x".repeat(filler), "ä€🎒".repeat(60));
            let mut lines = ContentLines::default();
            lines.plain("X", &value);
            let text = lines.finish();
            assert!(text.split("\r\n").all(|it| it.len() <= 75), "{text}");
            assert!(text.split("\r\n").next().is_some_and(|it| it.len() >= 72));
            assert_eq!(text.replace("\r\n ", ""), format!("X:{value}\r\n"));
        }
    }

    #[test]
    fn text_is_escaped_and_cleaned() {
        assert_eq!(escaped("a,b;c\\d\r\ne\rf\ng\u{0}\u{7f}\u{85}\th:\"i\""), "a\\,b\\;c\\\\d\\ne\\nf\\ng\th:\"i\"");
        assert_eq!(quoted("Büro \"Mitte\", ^1;\n"), "\"Büro ^'Mitte^', ^^1;^n\"");
    }

    #[test]
    fn a_line_end_within_a_value_begins_no_line() {
        let mut lines = ContentLines::default();
        lines.plain("URL", "https://a.example/\r\nATTENDEE:mailto:x");
        assert_eq!(lines.finish(), "URL:https://a.example/ATTENDEE:mailto:x\r\n");
    }

    #[test]
    fn durations() {
        assert_eq!(duration(TimeDelta::hours(1)), "PT1H");
        assert_eq!(duration(TimeDelta::minutes(90)), "PT1H30M");
        assert_eq!(duration(TimeDelta::minutes(15)), "PT15M");
        assert_eq!(duration(TimeDelta::days(1)), "P1D");
        assert_eq!(duration(TimeDelta::minutes(11 * 1440 + 11 * 60)), "P11DT11H");
        assert_eq!(duration(TimeDelta::zero()), "PT1M");
    }
}
