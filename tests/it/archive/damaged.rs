//! Archives that are not what they should be: refused with file, line, column and value, and nothing is stored.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use verbund_tests::{Case, Engine, TestApp, cases};

use super::{Place, entries};

pub fn cases() -> Vec<Case> {
    cases!["archive";
        whatever_is_wrong_is_named_and_nothing_is_stored,
        a_file_that_is_no_archive_is_refused,
    ]
}

type Entries = BTreeMap<String, Vec<u8>>;

/// Writes an archive with these entries.
fn write(file: &Path, entries: &Entries) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(file).expect("a file"));
    for (name, bytes) in entries {
        zip.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("an archive");
}

/// Lets the manifest say of every entry what it is now.
fn vouch(entries: &mut Entries) {
    let mut manifest: Value = serde_json::from_slice(&entries["manifest.json"]).expect("JSON");
    for list in ["parts", "figures", "files"] {
        for told in manifest[list].as_array_mut().expect("a list") {
            let bytes = &entries[told["file"].as_str().expect("a name")];
            let hash: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
            told["sha256"] = hash.into();
        }
    }
    entries.insert("manifest.json".to_owned(), serde_json::to_vec(&manifest).expect("JSON"));
}

/// Replaces words in an entry, where they must be.
fn replace(entries: &mut Entries, name: &str, from: &str, to: &str) {
    let text = String::from_utf8(entries[name].clone()).expect("text");
    assert!(text.contains(from), "{name}: no {from}");
    entries.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
}

/// What is done to an archive, whether the manifest says that it must be so, and what is told of it.
type Damage = (&'static str, Box<dyn Fn(&mut Entries)>, bool, &'static str);

fn damages(figures: String) -> Vec<Damage> {
    let words = |name: &'static str, file: &'static str, from: &'static str, to: &'static str, told: &'static str| {
        let damage: Box<dyn Fn(&mut Entries)> = Box::new(move |it| replace(it, file, from, to));
        (name, damage, true, told)
    };
    let manifest = |name: &'static str, from: &'static str, to: &'static str, told: &'static str| {
        let damage: Box<dyn Fn(&mut Entries)> = Box::new(move |it| replace(it, "manifest.json", from, to));
        (name, damage, false, told)
    };
    let in_figures = |from: &'static str, to: &'static str| {
        let file = figures.clone();
        Box::new(move |it: &mut Entries| replace(it, &file, from, to)) as Box<dyn Fn(&mut Entries)>
    };
    let calendar = "tables/calendar.jsonl";
    vec![
        (
            "another byte",
            Box::new(move |it: &mut Entries| replace(it, calendar, "PARTNER", "PUBLIC_")),
            false,
            "tables/calendar.jsonl: its SHA-256 is ",
        ),
        (
            "an entry too many",
            Box::new(|it: &mut Entries| {
                it.insert("tables/more.jsonl".to_owned(), Vec::new());
            }),
            false,
            "tables/more.jsonl is not in manifest.json",
        ),
        (
            "an entry that is gone",
            Box::new(move |it: &mut Entries| {
                it.remove(calendar);
            }),
            false,
            "tables/calendar.jsonl is missing",
        ),
        words("no JSON", calendar, "{\"id\"", "\"id\"", "tables/calendar.jsonl, line 1: no JSON object"),
        words(
            "a column that is unknown",
            calendar,
            ",\"name\"",
            ",\"colour\":\"red\",\"name\"",
            "tables/calendar.jsonl, line 1: column \"colour\" is unknown",
        ),
        words(
            "a column that is missing",
            calendar,
            "\"name\"",
            "\"nom\"",
            "tables/calendar.jsonl, line 1, column name: is missing",
        ),
        words(
            "a word of no closed set",
            calendar,
            "\"PARTNER\"",
            "\"SECRET\"",
            "column confidentiality: \"SECRET\" is no value that it takes",
        ),
        words(
            "an instant that is none",
            calendar,
            "\"created_at\":\"2",
            "\"created_at\":\"yesterday, 2",
            "tables/calendar.jsonl, line 1, column created_at: \"yesterday, 2",
        ),
        words(
            "a row of another authority",
            calendar,
            "\"tenant_id\":\"0",
            "\"tenant_id\":\"1",
            "is not the authority of the archive",
        ),
        words(
            "a child without its parent",
            "tables/calendar_entry.jsonl",
            "\"calendar_id\":\"0",
            "\"calendar_id\":\"1",
            "tables/calendar_entry.jsonl, line ",
        ),
        words(
            "a value that the database refuses",
            "tables/tenant_closure.jsonl",
            "\"ends_on\":\"2027",
            "\"ends_on\":\"2026",
            "tables/tenant_closure.jsonl, line 1",
        ),
        ("a figure that is none", in_figures("\t", "\tmany"), true, "figures/"),
        ("another figure", in_figures("7", "8"), true, "figures/"),
        manifest("another format", "\"format\": 1", "\"format\": 2", "format is 2, this program reads 1"),
        manifest("another schema", "\"schema\": \"m", "\"schema\": \"n", "manifest.json: schema is \"n"),
        manifest("an unknown key", "\"format\"", "\"more\": 1,\n  \"format\"", "unknown field `more`"),
        manifest(
            "a column of the future",
            "\"color\"",
            "\"colour\"",
            "tables/calendar.jsonl: column \"colour\" is unknown",
        ),
    ]
}

async fn whatever_is_wrong_is_named_and_nothing_is_stored(app: TestApp) {
    let there = Place::world(&app);
    verbund_tests::tables_in::draft_of_survey(&app).await;
    let archive = there.export("ostallgaeu", "oal.zip").await;
    let whole = entries(&archive);
    let figures = whole.keys().find(|it| it.starts_with("figures/")).expect("figures").clone();
    let here = Place::empty(&app, Place::other(&app)).await;
    let before = here.rows().await.dump().await;
    let tables = match here.engine {
        Engine::Sqlite => "SELECT name FROM sqlite_master WHERE name LIKE 'ds\\_%' ESCAPE '\\'",
        Engine::Postgres => "SELECT relname::text FROM pg_class WHERE relnamespace = 'ds'::regnamespace",
    };
    for (name, damage, vouched, told) in damages(figures) {
        let mut entries = whole.clone();
        damage(&mut entries);
        if vouched {
            vouch(&mut entries);
        }
        let file = here.path("damaged.zip");
        write(&file, &entries);
        let said = here.try_import(&file).await.map(|_| ()).expect_err(name).render();
        assert!(said.contains(told), "{name}: {said}");
        let rows = here.rows().await;
        assert!(rows.dump().await == before, "{name}: something was stored");
        assert_eq!(rows.list(tables).await, Vec::<String>::new(), "{name}: a table was left");
        let originals = here.config.files.folder.join("originals");
        let left = std::fs::read_dir(originals).map(Iterator::count).unwrap_or_default();
        assert_eq!(left, 0, "{name}: a file was left");
    }
    // The one that is as it was is taken.
    let mut entries = whole;
    vouch(&mut entries);
    let file = here.path("whole.zip");
    write(&file, &entries);
    let done = here.import(&file).await;
    assert_eq!((done.slug.as_str(), done.files), ("ostallgaeu", 1));
}

async fn a_file_that_is_no_archive_is_refused(app: TestApp) {
    let here = Place::empty(&app, app.engine).await;
    let file = here.path("no.zip");
    for bytes in [b"".as_slice(), b"PK\x03\x04", b"{\"format\": 1}"] {
        std::fs::write(&file, bytes).expect("written");
        let said = here.try_import(&file).await.map(|_| ()).expect_err("no archive").render();
        assert!(said.starts_with("no archive: "), "{said}");
    }
    let said = here.try_import(&here.path("nowhere.zip")).await.map(|_| ()).expect_err("no file").render();
    assert!(said.contains("No such file"), "{said}");
    // Half of one: cut in the middle, as a disk that was full leaves it.
    let there = Place::world(&app);
    let whole = std::fs::read(there.export("lindau", "lindau.zip").await).expect("bytes");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("written");
    let said = here.try_import(&file).await.map(|_| ()).expect_err("half of one").render();
    assert!(said.starts_with("no archive: "), "{said}");
}
