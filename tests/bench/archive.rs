//! `cargo bench -p verbund-tests --bench archive [-- <rows> …]`: an authority with ten thousand and a hundred thousand entries,
//! and as many figures, out of one database and into the other. Memory must not grow with them.

#![expect(clippy::print_stdout, reason = "what is measured goes to standard output")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use archive::export::export_tenant;
use archive::import::import_tenant;
use archive::progress::ArchiveProgress;
use entities::ContentKind;
use kernel::clock::Clock;
use kernel::ids::new_id;
use serde_json::json;
use server::operator::operation;
use tabular::model::{ColumnRole, ColumnType, Value};
use verbund_tests::database::Fixture;
use verbund_tests::tables::{Tables, column, words};
use verbund_tests::{Engine, Rows, TestApp, row_of};

/// The most that an export or an import may take above what there was before it, whatever the number of rows.
const MAX_MIB: u64 = 64;

#[tokio::main]
async fn main() {
    let wanted: Vec<usize> = std::env::args().filter_map(|it| it.parse().ok()).collect();
    let wanted = if wanted.is_empty() { vec![10_000, 100_000] } else { wanted };
    let fixture = Arc::new(Fixture::start().expect("PostgreSQL"));
    for engine in fixture.engines() {
        fixture.prepare(engine).await.expect("the world");
    }
    for engine in fixture.engines() {
        for count in &wanted {
            let (out, into) = measure(&fixture, engine, *count).await;
            assert!(out <= MAX_MIB && into <= MAX_MIB, "{engine:?}: {count} entries: {out} and {into} MiB more");
        }
    }
}

/// Forgets the peak of the resident memory so far; on Linux.
fn forget_peak() {
    let _only_there = std::fs::write("/proc/self/clear_refs", "5");
}

/// Peak of the resident memory of this process since then, in MiB; on Linux.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
}

async fn fill(app: &TestApp, rows: &Rows, count: usize) {
    let like = rows.id(row_of(app.world.id("entry.kf.counselling.day")));
    for chunk in (0..count).collect::<Vec<_>>().chunks(500) {
        let ids: Vec<_> = chunk.iter().map(|_| format!("({})", rows.id(new_id()))).collect();
        rows.run(&format!(
            "INSERT INTO calendar_entry (id, tenant_id, scope_id, calendar_id, title, description, kind, status, confidentiality, \
             field_of_work_id, all_day, starts_local, ends_local, time_zone, starts_at, ends_at, search_text, version, created_at, \
             updated_at) SELECT n.column1, tenant_id, scope_id, calendar_id, title, description, kind, status, confidentiality, \
             field_of_work_id, all_day, starts_local, ends_local, time_zone, starts_at, ends_at, search_text, version, created_at, \
             updated_at FROM calendar_entry, (VALUES {}) n WHERE id = {like}",
            ids.join(", ")
        ))
        .await;
    }
    let columns = vec![
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("value", ColumnType::Integer, ColumnRole::Measure),
    ];
    let input = json!({ "tenant": app.world.id("tenant.kaufbeuren"), "title": "Many rows" });
    let made = app.actor("steward@kaufbeuren").mutate("datasetCreate", input, "dataset { id }").await;
    let figures = (0..i64::try_from(count).expect("a number")).map(|at| {
        let text = |it: String| Value::Text(it).into();
        vec![text(format!("{:05}", at % 100_000)), text((1_900 + at / 100_000).to_string()), Value::Number(at).into()]
    });
    let tables = Tables::of(app, "steward@kaufbeuren").await;
    let dataset = made["dataset"]["id"].as_str().expect("an id");
    let content = tables.put(dataset, ContentKind::Exact, &columns, figures).await;
    content.unwrap_or_else(|error| panic!("{}", words(&error)));
}

/// What an export and the import into the other engine take above what there was before, in MiB.
async fn measure(fixture: &Arc<Fixture>, engine: Engine, count: usize) -> (u64, u64) {
    let app = TestApp::start(fixture.clone(), engine).await.expect("a server");
    fill(&app, &app.database.rows().await, count).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kaufbeuren.zip");
    let op = operation(&app.config, &Clock::System).await.expect("the operator");
    forget_peak();
    let (before, since) = (peak(), Instant::now());
    let done = export_tenant(&op, "kaufbeuren", &app.config.files.folder, &file, &ArchiveProgress::default()).await;
    let done = done.unwrap_or_else(|error| panic!("{}", error.render()));
    op.store.close().await;
    let (base_out, out) = (before, peak());
    println!(
        "{engine:?}: {} rows out in {:.1?}, {} KiB, peak {out} MiB (before: {before} MiB)",
        done.rows,
        since.elapsed(),
        size(&file)
    );
    let other = fixture.engines().into_iter().find(|it| *it != engine).unwrap_or(engine);
    let database = fixture.blank(other).await.expect("a database");
    let config = fixture.config(&database).expect("a configuration");
    let op = operation(&config, &Clock::System).await.expect("the operator");
    forget_peak();
    let (before, since) = (peak(), Instant::now());
    let done = import_tenant(&op, &file, folder.path(), &Default::default()).await;
    let done = done.unwrap_or_else(|error| panic!("{}", error.render()));
    op.store.close().await;
    let (base_in, into) = (before, peak());
    println!("{other:?}: {} rows in in {:.1?}, peak {into} MiB (before: {before} MiB)", done.rows, since.elapsed());
    assert!(done.rows >= 2 * count as u64);
    (out.saturating_sub(base_out), into.saturating_sub(base_in))
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map(|it| it.len() / 1024).unwrap_or(0)
}
