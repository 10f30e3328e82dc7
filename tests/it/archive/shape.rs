//! What an archive has and what it has not: every table is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use archive::registry::{LEFT, PartKind, parts, refers_to};
use verbund_tests::{Case, Engine, TestApp, cases};

use super::{Place, entries};

pub fn cases() -> Vec<Case> {
    cases!["archive";
        every_table_is_in_archives_or_left_out_for_a_reason,
        parents_come_before_children_and_what_may_have_another_id_is_known,
        no_secret_and_nothing_of_others_goes_out,
    ]
}

async fn every_table_is_in_archives_or_left_out_for_a_reason(app: TestApp) {
    let rows = app.database.rows().await;
    let mut told: BTreeMap<String, usize> = LEFT.iter().map(|(table, _)| ((*table).to_owned(), 1)).collect();
    let mut files = BTreeSet::new();
    for part in parts() {
        assert!(files.insert(part.file()), "{} is there twice", part.file());
        *told.entry(part.table.name().to_owned()).or_default() += 1;
        let columns: BTreeSet<_> = part.table.columns().iter().map(|it| it.name.to_owned()).collect();
        let expected: BTreeSet<_> = rows.columns(part.table.name()).await.into_keys().collect();
        assert_eq!(columns, expected, "columns of {}", part.table.name());
        let nullable: BTreeMap<_, _> =
            part.table.columns().iter().map(|it| (it.name.to_owned(), it.nullable)).collect();
        assert_eq!(nullable, rows.columns(part.table.name()).await, "{}: what may be empty", part.table.name());
        let named = part
            .instead
            .iter()
            .map(|it| it.0)
            .chain(part.cuts.iter().flat_map(|it| [it.column].into_iter().chain(it.with.iter().copied())))
            .chain(part.last);
        for column in named {
            assert!(columns.contains(column), "{} has no {column}", part.table.name());
        }
        if part.kind == PartKind::Own || (part.kind == PartKind::Named && part.table.name() != "tenant") {
            assert!(columns.contains("tenant_id"), "{} is nobody's own", part.table.name());
        }
    }
    let tables: BTreeSet<_> = rows.tables().await.into_iter().collect();
    let known: BTreeSet<_> = told.keys().cloned().collect();
    assert_eq!(known, tables, "api/archive/src/registry.rs says of every table what an archive has of it");
    assert!(LEFT.iter().all(|(table, _)| told[*table] == 1), "left out and not: {told:?}");
}

async fn parents_come_before_children_and_what_may_have_another_id_is_known(app: TestApp) {
    if app.engine == Engine::Sqlite {
        return;
    }
    let rows = app.database.rows().await;
    let sql = "SELECT c.conrelid::regclass::text, c.confrelid::regclass::text, \
               (SELECT string_agg(a.attname, ' ') FROM pg_attribute a WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)), \
               c.condeferred::text \
               FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace";
    let parts = parts();
    let last = |table: &str| parts.iter().rposition(|it| it.table.name() == table && it.kind != PartKind::Outside);
    for key in rows.texts(sql).await {
        let (child, parent, columns) = (key[0].as_str(), key[1].as_str(), key[2].as_str());
        if ["person", "field_of_work", "scope"].contains(&parent) && child != "feed" && child != "idempotency_record" {
            for column in columns.split(' ').filter(|it| *it != "tenant_id") {
                assert_eq!(refers_to(column), Some(parent), "{child}.{column} points to {parent}");
            }
        }
        let Some(parent_at) = last(parent) else { continue };
        for (at, part) in parts.iter().enumerate().filter(|it| it.1.table.name() == child) {
            if child == parent {
                let named = part.last.is_some_and(|it| columns.split(' ').any(|column| column == it));
                let may_wait = key[3] == "true" || part.kind == PartKind::Outside;
                assert!(named || may_wait, "{child}: rows that point to others come last");
            } else if matches!(part.kind, PartKind::Own | PartKind::Named | PartKind::Joint) {
                assert!(at > parent_at, "{child} before {parent}");
            }
        }
    }
}

async fn no_secret_and_nothing_of_others_goes_out(app: TestApp) {
    let there = Place::world(&app);
    let hashes =
        there.rows().await.list("SELECT secret_hash FROM feed UNION SELECT secret_hash FROM file_ticket").await;
    assert!(hashes.len() >= 2);
    for slug in ["kaufbeuren", "ostallgaeu", "memmingen", "lindau"] {
        let file = there.export(slug, &format!("{slug}.zip")).await;
        let entries = entries(&file);
        let all: String = entries.values().map(|it| String::from_utf8_lossy(it).into_owned()).collect();
        for hash in &hashes {
            assert!(!all.contains(hash.as_str()), "{slug}: a fingerprint of a secret");
        }
        for (owner, short) in [("kaufbeuren", "kf"), ("ostallgaeu", "oal"), ("memmingen", "mm")] {
            // Titles of entries and datasets, and calendars by name.
            for words in [format!("Title of {short}."), format!("\"{short}.")] {
                assert_eq!(all.contains(&words), owner == slug, "{slug}: {words}");
            }
        }
        let tables = String::from_utf8_lossy(&entries["reference/tenant.jsonl"]).into_owned();
        let partners = match slug {
            "kaufbeuren" => vec!["ostallgaeu"],
            "memmingen" => vec!["ostallgaeu"],
            "ostallgaeu" => vec!["kaufbeuren", "memmingen"],
            _ => vec![],
        };
        let mut named: Vec<_> =
            ["kaufbeuren", "lindau", "memmingen", "ostallgaeu"].into_iter().filter(|it| tables.contains(*it)).collect();
        named.sort_unstable();
        assert_eq!(named, partners, "{slug}");
        assert!(tables.lines().all(|it| it.contains("\"SUSPENDED\"")));
        let people = String::from_utf8_lossy(&entries["reference/person.jsonl"]).into_owned();
        assert!(people.lines().all(|it| it.contains(&format!("@{slug}"))), "{slug}: {people}");
    }
}
