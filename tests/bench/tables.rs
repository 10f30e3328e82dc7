//! Five million rows into a typed table, and questions to them: `cargo bench -p verbund-tests --bench tables`. Rows come
//! from a thread beside, as from the reader of a file; memory must stay flat however many there are. Another number of rows
//! may be given as argument.

#![expect(clippy::print_stdout, reason = "what is measured goes to standard output")]

use std::sync::Arc;
use std::time::Instant;

use entities::ContentKind;
use serde_json::json;
use tabular::model::{ColumnRole, ColumnType, TableRow, Value};
use tabular::query::{AskedMeasure, ColumnTest, Filter, Function, GroupsAsked, Operand, PageSpan, RowsAsked};
use verbund_tests::TestApp;
use verbund_tests::database::Fixture;
use verbund_tests::tables::{Tables, column, words};

/// The most that the process may take at its peak.
const MAX_MIB: u64 = 256;

#[tokio::main]
async fn main() {
    let count = std::env::args().find_map(|it| it.parse().ok()).unwrap_or(5_000_000);
    let fixture = Arc::new(Fixture::start().expect("PostgreSQL"));
    for engine in fixture.engines() {
        fixture.prepare(engine).await.expect("the world");
        let app = TestApp::start(fixture.clone(), engine).await.expect("a server");
        measure(&app, count).await;
    }
}

fn rows(count: i64) -> impl Iterator<Item = TableRow> + Send {
    let text = |it: String| Value::Text(it).into();
    (0..count).map(move |at| {
        let district = 9_000 + at % 400;
        vec![
            text(format!("{district:05}")),
            text((1995 + at / 400 % 28).to_string()),
            text(format!("i{}", at / 11_200)),
            text(format!("District {district}")),
            Value::Number(at * 7_919 % 100_000).into(),
        ]
    })
}

/// Peak of the resident memory of this process, in MiB; on Linux.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
}

async fn measure(app: &TestApp, count: i64) {
    let columns = vec![
        column("region", ColumnType::Region, ColumnRole::Dimension),
        column("year", ColumnType::Period, ColumnRole::Dimension),
        column("indicator", ColumnType::Text, ColumnRole::Dimension),
        column("name", ColumnType::Text, ColumnRole::Attribute),
        column("value", ColumnType::Decimal, ColumnRole::Measure),
    ];
    let input = json!({ "tenant": app.world.id("tenant.kaufbeuren"), "title": "Many rows" });
    let made = app.actor("steward@kaufbeuren").mutate("datasetCreate", input, "dataset { id }").await;
    let dataset = made["dataset"]["id"].as_str().expect("an id").to_owned();
    let tables = Tables::of(app, "steward@kaufbeuren").await;
    let before = peak();
    let since = Instant::now();
    let content = tables.put(&dataset, ContentKind::Exact, &columns, rows(count)).await;
    let content = content.unwrap_or_else(|error| panic!("{}", words(&error)));
    println!(
        "{:?}: {count} rows loaded in {:.1?}, peak {} MiB (before: {before} MiB)",
        app.engine,
        since.elapsed(),
        peak()
    );
    assert_eq!(content.row_count, count);
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    let year = Filter::Column("year".to_owned(), ColumnTest::OneOf(vec![Operand::Text("2020".to_owned())]));
    let measure = AskedMeasure { column: Some("value".to_owned()), function: Function::Sum, name: None };
    let groups = GroupsAsked {
        by: vec!["region".to_owned()],
        measures: vec![measure],
        filter: Some(year.clone()),
        span: PageSpan { first: Some(1_000), after: None },
        ..GroupsAsked::default()
    };
    let since = Instant::now();
    let groups = table.aggregate(&groups.resolve(&columns, content.id).expect("a question")).await.expect("groups");
    println!("{:?}: one year in {} regions in {:.1?}", app.engine, groups.rows.len(), since.elapsed());
    let asked =
        RowsAsked { filter: Some(year), span: PageSpan { first: Some(1_000), after: None }, ..RowsAsked::default() };
    let since = Instant::now();
    let page = table.rows(&asked.resolve(&columns, content.id).expect("a question")).await.expect("rows");
    println!("{:?}: a page of {} rows of one year in {:.1?}", app.engine, page.rows.len(), since.elapsed());
    let (since, mut last, mut read) = (Instant::now(), 0, 0);
    loop {
        let (rows, end) = table.scan(last, 5_000).await.expect("rows");
        read += rows.len();
        if end == last {
            break;
        }
        last = end;
    }
    println!("{:?}: {read} rows read in {:.1?}, peak {} MiB", app.engine, since.elapsed(), peak());
    assert!(peak() < MAX_MIB, "{} MiB", peak());
}
