//! Which files are documents, and whether one is what its name says. Pure.

/// A kind of file.
#[derive(Debug)]
pub struct FileKind {
    suffix: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    begins: Begins,
}

#[derive(Debug)]
enum Begins {
    With(&'static [u8]),
    /// Readable text.
    Text,
}

const ZIP: &[u8] = b"PK\x03\x04";

const KINDS: [FileKind; 11] = [
    kind("pdf", "application/pdf", Begins::With(b"%PDF-")),
    kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Begins::With(ZIP)),
    kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Begins::With(ZIP)),
    kind("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", Begins::With(ZIP)),
    kind("odt", "application/vnd.oasis.opendocument.text", Begins::With(ZIP)),
    kind("ods", "application/vnd.oasis.opendocument.spreadsheet", Begins::With(ZIP)),
    kind("odp", "application/vnd.oasis.opendocument.presentation", Begins::With(ZIP)),
    kind("png", "image/png", Begins::With(b"\x89PNG\r\n\x1a\n")),
    kind("jpg", "image/jpeg", Begins::With(b"\xff\xd8\xff")),
    kind("txt", "text/plain; charset=utf-8", Begins::Text),
    kind("csv", "text/csv; charset=utf-8", Begins::Text),
];

const fn kind(suffix: &'static str, media_type: &'static str, begins: Begins) -> FileKind {
    FileKind { suffix, media_type, begins }
}

/// The kind of a file by the end of its name; none where such files are not taken.
pub fn of(name: &str) -> Option<&'static FileKind> {
    let (_, suffix) = name.rsplit_once('.')?;
    let suffix = suffix.to_ascii_lowercase();
    let suffix = if suffix == "jpeg" { "jpg" } else { &suffix };
    KINDS.iter().find(|it| it.suffix == suffix)
}

/// The ends of names that are taken.
pub fn known() -> String {
    KINDS.iter().map(|it| it.suffix).collect::<Vec<_>>().join(", ")
}

impl FileKind {
    /// Whether what a file begins with is of this kind.
    pub fn looks_like(&self, head: &[u8]) -> bool {
        match self.begins {
            Begins::With(mark) => head.starts_with(mark),
            Begins::Text => match std::str::from_utf8(head) {
                Ok(text) => !text.contains('\0'),
                // The head may end within a letter.
                Err(error) => error.error_len().is_none() && !head.contains(&0),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_says_or_is_not_taken() {
        assert!(of("Bescheid.PDF").is_some_and(|it| it.looks_like(b"%PDF-1.7\n")));
        assert!(of("Foto.jpeg").is_some_and(|it| it.looks_like(b"\xff\xd8\xff\xe0")));
        assert!(of("Bescheid.pdf").is_some_and(|it| !it.looks_like(b"MZ\x90")));
        assert!(of("Notiz.txt").is_some_and(|it| it.looks_like("Förderung".as_bytes())));
        assert!(of("Notiz.txt").is_some_and(|it| it.looks_like(&"Fö".as_bytes()[..2])));
        assert!(of("Notiz.txt").is_some_and(|it| !it.looks_like(b"a\0b")));
        for refused in ["Programm.exe", "Makro.docm", "ohne", "Seite.html", "Bild.svg", ""] {
            assert!(of(refused).is_none(), "{refused}");
        }
    }
}
