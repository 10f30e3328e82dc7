//! What a level shows is decided in one place, and each part of a view hands out the fields of its level.

use std::fs;
use std::path::{Path, PathBuf};

use entities::ShareLevel;

use crate::calendars::entry_view::EntryField;

/// Files that name entries and levels for another reason than to show fields of an entry.
const OTHERS: [(&str, &str); 5] = [
    ("domain/src/calendars/entry_view.rs", "decides it"),
    ("domain/src/agreements/shares.rs", "decides which rows a share reaches, not which fields"),
    ("graphql/src/agreements/preview.rs", "names objects of every type to those who see more of them than BUSY"),
    ("server/src/seed/coordination.rs", "makes shares of the demo"),
    ("server/src/seed/demo.rs", "makes shares of the demo"),
];

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn no_other_file_decides_what_a_level_shows_of_an_entry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    sources(root, &mut files);
    let mut deciding = Vec::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap();
        let entries = ["calendar_entry::", "calendar_entry,", "calendar_occurrence::"];
        let levels =
            ["Level::Busy", "Level::Summary", "Level::Full", "Level::Contribute", "seen_from", ".level <", ".level >"];
        let names = |parts: &[&str]| parts.iter().any(|it| text.contains(it));
        if !name.ends_with("_test.rs") && names(&entries) && names(&levels) {
            deciding.push(name);
        }
    }
    deciding.sort();
    let mut known: Vec<_> = OTHERS.iter().map(|it| it.0).collect();
    known.sort_unstable();
    assert_eq!(deciding, known, "take an EntryView instead");
}

#[test]
fn every_field_names_its_least_level() {
    let shown = |level| EntryField::ALL.iter().filter(|it| it.least() <= level).count();
    assert_eq!(shown(ShareLevel::Contribute), EntryField::ALL.len());
    assert_eq!(shown(ShareLevel::Full), EntryField::ALL.len());
    assert!(EntryField::ALL.iter().all(|it| it.least() <= ShareLevel::Full), "nothing needs CONTRIBUTE to be seen");
    let mut keys: Vec<_> = EntryField::ALL.iter().map(|it| it.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), EntryField::ALL.len(), "a key for each field");
}
