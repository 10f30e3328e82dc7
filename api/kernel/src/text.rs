//! Checks of texts that people write.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::error::{ApiError, ApiResult, Problem, UserErrorCode};
use crate::i18n::Text;

/// Characters that are not seen and change how the rest is read: those that set the direction of writing (Unicode Standard
/// Annex 9), that have no width, and that fill a place with nothing. A soft hyphen is none of them.
const HIDDEN: [RangeInclusive<char>; 15] = [
    '\u{034f}'..='\u{034f}',
    '\u{061c}'..='\u{061c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180e}'..='\u{180e}',
    '\u{200b}'..='\u{200b}',
    '\u{200e}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff9}'..='\u{fffb}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e007f}',
];

/// The first `max` characters of a text, with a mark where it was cut.
pub fn clip(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A required line of text: trimmed, not empty, without control and hidden characters, at most `max` characters.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `field`.
pub fn line(value: impl AsRef<str>, field: &'static str, max: usize) -> ApiResult<String> {
    let value = check(value.as_ref(), field, max)?;
    if value.is_empty() {
        return Err(Problem::at(UserErrorCode::Required, field, Text::new("required")).into());
    }
    if let Some(at) = value.chars().position(|it| matches!(it, '\n' | '\t' | '\u{2028}' | '\u{2029}')) {
        return Err(refused_character("control-character", &value, at, field));
    }
    Ok(value)
}

/// An identifier that another system gives out, byte for byte: nothing is taken off or put into another form.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `field`.
pub fn identifier(value: &str, field: &'static str, max: usize) -> ApiResult<()> {
    if value.trim().is_empty() {
        return Err(Problem::at(UserErrorCode::Required, field, Text::new("required")).into());
    }
    let length = value.chars().count();
    if length > max {
        let text = Text::new("too-long").with("max", max).with("length", length);
        return Err(Problem::at(UserErrorCode::TooLong, field, text).into());
    }
    if value.chars().any(is_invisible) {
        return Err(Problem::at(UserErrorCode::Invalid, field, Text::new("invisible-characters")).into());
    }
    if !is_identifier(value) {
        return Err(Problem::at(UserErrorCode::Invalid, field, Text::new("identifier-blanks")).into());
    }
    Ok(())
}

/// Whether a text can be an identifier: not empty, no blanks at its ends, no character that cannot be seen.
pub fn is_identifier(value: &str) -> bool {
    !value.is_empty() && value.trim().len() == value.len() && !value.chars().any(is_invisible)
}

/// The name of a person or an authority: a [`line()`] in which every character can be seen.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `field`.
pub fn name(value: &str, field: &'static str, max: usize) -> ApiResult<String> {
    let value = line(value, field, max)?;
    if value.chars().any(is_invisible) {
        return Err(Problem::at(UserErrorCode::Invalid, field, Text::new("invisible-characters")).into());
    }
    Ok(value)
}

/// Whether a character has no shape of its own, so that two texts that differ by it look the same or in another order:
/// controls, separators of lines, marks of direction, joiners and fillers (general categories Cc, Cf, Zl and Zp of Unicode,
/// and letters and symbols without a shape).
pub const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A required name of a file: a line without the path to it, at most `max` characters.
///
/// # Errors
/// `REQUIRED`, `TOO_LONG` or `INVALID` at `field`.
pub fn file_name(value: impl AsRef<str>, field: &'static str, max: usize) -> ApiResult<String> {
    let value = line(value, field, max)?;
    let name = last_segment(&value);
    if name == value && !matches!(name, "." | "..") {
        return Ok(value);
    }
    let example = if matches!(name, "" | "." | "..") { "plan.pdf" } else { name };
    let text = Text::new("file-name-with-path").with("value", clip(&value, 100)).with("example", example);
    Err(Problem::at(UserErrorCode::Invalid, field, text).into())
}

/// The name of a file without the path before it, of whichever system.
pub fn last_segment(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// An optional text of several lines; blank is none.
///
/// # Errors
/// `TOO_LONG` or `INVALID` at `field`.
pub fn optional(value: Option<String>, field: &'static str, max: usize) -> ApiResult<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    Ok(Some(check(&value, field, max)?).filter(|it| !it.is_empty()))
}

/// An optional address of a web page.
///
/// # Errors
/// `TOO_LONG` or `INVALID` at `field`.
pub fn web_address(value: Option<String>, field: &'static str) -> ApiResult<Option<String>> {
    let value = optional(value, field, 2_000)?;
    if let Some(address) = &value
        && (!(address.starts_with("https://") || address.starts_with("http://"))
            || address.contains(char::is_whitespace))
    {
        return Err(
            Problem::at(UserErrorCode::Invalid, field, Text::new("no-web-address").with("value", address)).into()
        );
    }
    Ok(value)
}

/// An optional e-mail address: a name, `@` and a host with a dot, without blanks, at most `max` characters.
///
/// # Errors
/// `TOO_LONG` or `INVALID` at `field`.
pub fn email_address(value: Option<String>, field: &'static str, max: usize) -> ApiResult<Option<String>> {
    let value = optional(value, field, max)?;
    let is_address = |it: &str| {
        it.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'))
            && !it.contains(char::is_whitespace)
    };
    match value {
        Some(value) if !is_address(&value) => {
            Err(Problem::at(UserErrorCode::Invalid, field, Text::new("no-email").with("value", value)).into())
        }
        value => Ok(value),
    }
}

/// Whether a short stable name has the right form: lower-case letters, digits and hyphens, 2 to 40.
pub fn is_key(value: &str) -> bool {
    (2..=40).contains(&value.len())
        && value.starts_with(|it: char| it.is_ascii_lowercase())
        && value.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
}

/// Folds text for search: lower case, German umlauts spelt out, compatible forms made one, all other accents dropped (NFKD,
/// Unicode Standard Annex 15), and letters without a decomposition written with those of ASCII.
pub fn fold(value: &str) -> String {
    let mut folded = String::with_capacity(value.len());
    // Composed first: an umlaut of two code points is an umlaut.
    for letter in value.nfkc().flat_map(char::to_lowercase) {
        match letter {
            'ä' | 'æ' => folded.push_str("ae"),
            'ö' | 'œ' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'þ' => folded.push_str("th"),
            other => folded.extend(std::iter::once(other).nfkd().filter(|it| !is_combining_mark(*it))),
        }
    }
    folded
}

/// A text without its hidden characters, for files of others; none where it has none.
pub fn without_hidden(value: &str) -> Option<String> {
    let hidden: BTreeSet<_> = hidden_characters(value).collect();
    let seen = |(at, it): (usize, char)| (!hidden.contains(&at)).then_some(it);
    (!hidden.is_empty()).then(|| value.chars().enumerate().filter_map(seen).collect())
}

fn check(value: &str, field: &'static str, max: usize) -> ApiResult<String> {
    let value = value.trim();
    let length = value.chars().count();
    if length > max {
        let text = Text::new("too-long").with("max", max).with("length", length);
        return Err(Problem::at(UserErrorCode::TooLong, field, text).into());
    }
    if let Some(at) = value.chars().position(|it| it.is_control() && it != '\n' && it != '\t') {
        return Err(refused_character("control-character", value, at, field));
    }
    if let Some(at) = hidden_characters(value).next() {
        return Err(refused_character("hidden-character", value, at, field));
    }
    Ok(value.to_owned())
}

/// Refusal of the character at an index of a text; names it by code point and place.
fn refused_character(key: &'static str, value: &str, at: usize, field: &'static str) -> ApiError {
    let found = value.chars().nth(at).map(|it| format!("U+{:04X}", u32::from(it))).unwrap_or_default();
    Problem::at(UserErrorCode::Invalid, field, Text::new(key).with("found", found).with("position", at + 1)).into()
}

/// Indexes of the hidden characters of a text. Joiners are none within emoji and within scripts that join letters.
fn hidden_characters(value: &str) -> impl Iterator<Item = usize> {
    let before = std::iter::once(None).chain(value.chars().map(Some));
    let after = value.chars().skip(1).map(Some).chain(std::iter::once(None));
    let beside = before.zip(after).zip(value.chars()).enumerate();
    beside.filter_map(|(at, ((before, after), it))| {
        let hides = if is_joiner(it) { !(joins(before) && joins(after)) } else { hides(it) };
        hides.then_some(at)
    })
}

fn hides(it: char) -> bool {
    HIDDEN.iter().any(|range| range.contains(&it))
}

const fn is_joiner(it: char) -> bool {
    matches!(it, '\u{200c}' | '\u{200d}')
}

/// Whether a joiner beside a character has an effect: not beside letters of the European scripts, digits, blanks, another
/// joiner and what is hidden.
fn joins(neighbour: Option<char>) -> bool {
    neighbour.is_some_and(|it| it >= '\u{0590}' && !it.is_whitespace() && !is_joiner(it) && !hides(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    #[test]
    fn folding_finds_names_however_they_are_typed() {
        assert_eq!(fold("Füssen"), "fuessen");
        assert_eq!(fold("Meinrad-Spieß-Grundschule"), "meinrad-spiess-grundschule");
        assert_eq!(fold("GÖRISRIED"), "goerisried");
        assert_eq!(fold("Go\u{308}risried"), "goerisried");
        assert_eq!(
            fold("François Šimić, Kőszeg, Łódź, İzmir, Ångström"),
            "francois simic, koszeg, lodz, izmir, angstroem"
        );
        assert_eq!(fold("Ｓｃｈｕｌｅ ① ﬁ"), "schule 1 fi");
    }

    #[test]
    fn addresses_have_a_name_and_a_host() {
        let is_taken = |it: &str| email_address(Some(it.to_owned()), "email", 320).is_ok();
        assert!(is_taken(" info@kaufbeuren.de "));
        for wrong in ["info", "@kaufbeuren.de", "info@", "info@localhost", "a@b@c.de", "in fo@kaufbeuren.de"] {
            assert!(!is_taken(wrong), "{wrong}");
        }
        assert_eq!(email_address(Some("  ".to_owned()), "email", 320).unwrap(), None);
    }

    #[test]
    fn identifiers_are_taken_byte_for_byte_or_refused() {
        for right in ["4711", "anna.amt", "Anna Amt", "auth0|5f7c", "https://login.example/realms/a", "Ä", "A\u{308}"]
        {
            assert!(identifier(right, "subject", 255).is_ok() && is_identifier(right), "{right:?}");
        }
        for wrong in [
            " boss",
            "boss ",
            "boss\u{a0}",
            "\u{2003}boss",
            "bo\u{200b}ss",
            "boss\u{feff}",
            "\u{202e}ssob",
            "bo\nss",
            "boss\u{0}",
            "bo\u{ad}ss",
            "boss\u{2028}",
            "boss\u{e0041}",
            "",
            " ",
            "\u{200b}",
        ] {
            assert!(identifier(wrong, "subject", 255).is_err() && !is_identifier(wrong), "{wrong:?}");
        }
        assert!(identifier(&"s".repeat(256), "subject", 255).is_err());
    }

    #[test]
    fn names_show_every_character() {
        assert_eq!(name(" Anna Amt ", "name", 200).unwrap(), "Anna Amt");
        for wrong in ["Anna\u{202e}tmA", "An\u{200b}na", "\u{feff}Anna", "Anna\tAmt"] {
            assert!(name(wrong, "name", 200).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn lines_are_trimmed_and_bounded() {
        assert_eq!(line("  Titel ", "title", 10).unwrap(), "Titel");
        assert!(line("   ", "title", 10).is_err());
        assert!(line("ä".repeat(11).as_str(), "title", 10).is_err());
        assert!(line("ä".repeat(10).as_str(), "title", 10).is_ok());
        assert!(line("a\u{0}b", "title", 10).is_err());
        for refused in ["a\nb", "a\tb", "a\u{2028}b", "a\u{85}b"] {
            assert!(line(refused, "title", 10).is_err(), "{refused:?}");
        }
        assert_eq!(optional(Some("a\n\tb".to_owned()), "text", 10).unwrap().as_deref(), Some("a\n\tb"));
    }

    fn refusal(result: ApiResult<String>, locale: Locale) -> String {
        match result {
            Err(ApiError::Problems(problems)) => {
                let [problem] = problems.as_slice() else { panic!("{problems:?}") };
                let field = problem.field.as_deref().unwrap_or("-");
                format!("{} {field}: {}", problem.code.name(), problem.text.render(locale))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn characters_that_hide_text_are_refused_and_named() {
        let hidden = [
            '\u{200b}',
            '\u{200e}',
            '\u{200f}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{061c}',
            '\u{2060}',
            '\u{feff}',
            '\u{3164}',
            '\u{e0041}',
            '\u{fff9}',
            '\u{200c}',
            '\u{200d}',
        ];
        for hides in hidden {
            let told = refusal(line(format!("Rechnung{hides}fdp.exe"), "title", 40), Locale::De);
            assert!(told.starts_with("INVALID title: ") && told.contains("Zeichen 9 "), "{told}");
            assert!(told.contains(&format!("U+{:04X}", u32::from(hides))), "{told}");
            assert!(optional(Some(format!("a\n{hides}b")), "text", 40).is_err(), "{hides:?}");
        }
        let told = refusal(line("a\u{7}b", "title", 40), Locale::En);
        assert_eq!(told, "INVALID title: Character 2 of the text is the control character U+0007; delete it.");
    }

    #[test]
    fn ordinary_texts_stay_as_they_are() {
        for ordinary in [
            "Übergänge – für Schüler:innen der Grund- & Mittelschule „Süd“, à 5 €",
            "L’école d'été; Łódź, Kőszeg, Go\u{308}risried",
            "Bildungs\u{ad}büro",
            "Familie \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}, \u{2764}\u{fe0f}\u{200d}\u{1f525}",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "שלום, مرحبا, Добро пожаловать",
        ] {
            assert_eq!(line(ordinary, "title", 100).unwrap(), ordinary);
            assert_eq!(without_hidden(ordinary), None);
        }
    }

    #[test]
    fn what_is_left_without_hidden_characters_is_taken() {
        for (text, seen) in [
            ("\u{feff}Forum\u{200e}", "Forum"),
            ("\u{202e}\u{200d}\u{202e}", ""),
            ("a\u{200d}\u{202e}\u{200d}\u{1f525}", "a\u{1f525}"),
        ] {
            let left = without_hidden(text).unwrap();
            assert_eq!((left.as_str(), without_hidden(&left)), (seen, None), "{text:?}");
        }
    }

    #[test]
    fn names_of_files_have_no_path() {
        for plain in ["Bericht 2027.pdf", "Übersicht (1).xlsx", ".profile", "a..b.csv"] {
            assert_eq!(file_name(plain, "fileName", 200).unwrap(), plain);
        }
        for (path, example) in [
            ("../../etc/passwd.pdf", "passwd.pdf"),
            ("C:\\fakepath\\plan.csv", "plan.csv"),
            ("/a.csv", "a.csv"),
            ("a/", "plan.pdf"),
            ("..", "plan.pdf"),
        ] {
            let told = refusal(file_name(path, "fileName", 200), Locale::En);
            assert!(
                told.starts_with("INVALID fileName: ") && told.ends_with(&format!("for example {example}")),
                "{told}"
            );
        }
        assert!(file_name("a\u{202e}fdp.exe", "fileName", 200).is_err());
    }
}
