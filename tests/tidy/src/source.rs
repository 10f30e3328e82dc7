//! Rust sources as text: without comments and strings, without tests.

/// True for files that hold tests only: `*_test.rs`, `tests.rs`, `testing.rs`, and everything below a folder `tests`.
pub fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with("_test.rs")
        || ["tests.rs", "testing.rs", "test_files.rs"].contains(&name)
        || path.split('/').any(|it| it == "tests")
}

/// The text before a trailing `#[cfg(test)] mod tests {`.
pub fn without_tests(text: &str) -> &str {
    const START: &str = "#[cfg(test)]\n";
    let starts = text.match_indices(START).map(|(at, _)| at);
    let is_module = |at: &usize| {
        let line_start = *at == 0 || text.get(..*at).is_some_and(|it| it.ends_with('\n'));
        let rest = text.get(at + START.len()..).unwrap_or_default();
        let item = rest.lines().find(|it| !it.starts_with("#["));
        line_start && item.is_some_and(|it| it.starts_with("mod ") && it.ends_with('{'))
    };
    starts.filter(is_module).find_map(|at| text.get(..at)).unwrap_or(text)
}

/// The same text with a space for every byte of comments, strings and characters; line breaks stay.
pub fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'/')) => bytes[at..].iter().position(|it| *it == b'\n').map_or(bytes.len(), |it| at + it),
            (b'/', Some(b'*')) => block_comment(bytes, at),
            (b'"', _) => string(bytes, at),
            (b'r', Some(b'"' | b'#')) if at == 0 || !is_name(bytes[at - 1]) || bytes[at - 1] == b'b' => {
                raw_string(bytes, at)
            }
            (b'\'', Some(b'\\')) => bytes[at + 3..].iter().position(|it| *it == b'\'').map_or(at + 1, |it| at + it + 4),
            (b'\'', Some(_)) => character(bytes, at),
            _ => at + 1,
        };
        if end > at + 1 {
            for byte in &mut out[at..end.min(bytes.len())] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        at = end;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// True for bytes of names.
pub const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn block_comment(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => (depth, at) = (depth + 1, at + 2),
            (b'*', Some(b'/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// The end of `r"…"` or `r#"…"#`; the next byte where it is a name like `r#type`.
fn raw_string(bytes: &[u8], start: usize) -> usize {
    let hashes = bytes[start + 1..].iter().take_while(|it| **it == b'#').count();
    if bytes.get(start + 1 + hashes) != Some(&b'"') {
        return start + 1;
    }
    let mut close = vec![b'"'];
    close.extend(std::iter::repeat_n(b'#', hashes));
    let from = start + hashes + 2;
    bytes[from..].windows(close.len()).position(|it| it == close).map_or(bytes.len(), |it| from + it + close.len())
}

/// The end of a character; the next byte where it is a lifetime.
fn character(bytes: &[u8], start: usize) -> usize {
    let longest = bytes.len().min(start + 6);
    let close = bytes[start + 2..longest.max(start + 2)].iter().position(|it| *it == b'\'').map(|it| start + 2 + it);
    match close {
        Some(close) if std::str::from_utf8(&bytes[start + 1..close]).is_ok_and(|it| it.chars().count() == 1) => {
            close + 1
        }
        _ => start + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_code() {
        let text = "use a; // bad\n/* bad /* bad */ bad */ let x = \"bad \\\" bad\"; let y = r#\"bad \" bad\"#; \
                    fn z<'a>(c: &'a str) { '\"'; 'ü' }";
        let code = code(text);
        for gone in ["bad", "ü"] {
            assert!(!code.contains(gone), "{gone}: {code}");
        }
        for kept in ["use a;", "let x =", "let y =", "fn z<'a>(c: &'a str)"] {
            assert!(code.contains(kept), "{kept}: {code}");
        }
    }

    #[test]
    fn trailing_tests_are_cut() {
        assert_eq!(without_tests("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n"), "fn a() {}\n\n");
        assert_eq!(without_tests("#[cfg(test)]\nmod a_test;\nfn a() {}\n"), "#[cfg(test)]\nmod a_test;\nfn a() {}\n");
        assert!(is_test("api/x/src/a_test.rs") && is_test("tests/it/a.rs") && !is_test("api/x/src/contest.rs"));
    }
}
