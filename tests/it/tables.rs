//! Typed tables at the store: what goes in comes out, questions are answered as row by row, and nobody gets past the wall.

mod answers;
mod compare;
mod inkar;
mod naive;
mod questions;
mod random;
mod row_level_security;

use std::ops::ControlFlow;

use entities::ContentKind;
use kernel::error::ApiError;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::tables::{Incoming, TableRef};
use tabular::model::{Cell, Column, TableRow, Value};
use tokio::sync::mpsc;
use verbund_tests::tables::{Tables, words};
use verbund_tests::{Case, Dice, Engine, TestApp, cases};

pub fn cases() -> Vec<Case> {
    let own = cases!["tables";
        a_hundred_thousand_rows_come_back_as_they_were,
        what_does_not_end_well_leaves_nothing,
        cells_that_do_not_fit_are_refused,
        a_table_goes_with_its_draft,
    ];
    [own, answers::cases(), compare::cases(), inkar::cases(), questions::cases(), row_level_security::cases()].concat()
}

/// A dataset of Kaufbeuren.
async fn dataset(app: &TestApp) -> String {
    let input = json!({ "tenant": app.world.id("tenant.kaufbeuren"), "title": "Pupils" });
    let made = app.actor("steward@kaufbeuren").mutate("datasetCreate", input, "dataset { id }").await;
    made["dataset"]["id"].as_str().expect("an id").to_owned()
}

/// Rows that tell themselves apart by their number.
fn numbered(count: usize) -> impl Iterator<Item = TableRow> + Send {
    let mut dice = Dice::new(7);
    (0..count).map(move |at| {
        let mut row = random::row(&mut dice, false);
        row[7] = Value::Text(format!("{at} {}", random::WORDS[at % random::WORDS.len()])).into();
        row
    })
}

/// The documented text of a table, made anew.
fn checksum(columns: &[Column], rows: impl Iterator<Item = TableRow>) -> String {
    let kind = |it: &Column| serde_json::to_value(it.kind).expect("a type").as_str().expect("a word").to_owned();
    let head = columns.iter().map(|it| format!("{}:{}:{}", it.name, kind(it), it.decimals.unwrap_or(0)));
    let mut hash = Sha256::new();
    hash.update(head.collect::<Vec<_>>().join("\t") + "\n");
    for row in rows {
        let mut line = Vec::new();
        for (cell, column) in row.iter().zip(columns) {
            line.push(match &cell.value {
                None => "\\N".to_owned(),
                Some(Value::Text(text)) => {
                    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
                }
                Some(Value::Number(number)) => number.to_string(),
                Some(Value::Boolean(it)) => (if *it { "t" } else { "f" }).to_owned(),
                Some(Value::Date(date)) => date.format("%Y-%m-%d").to_string(),
            });
            if column.has_symbols() {
                line.push(cell.symbol.map_or("\\N", |it| it.as_str()).to_owned());
            }
        }
        hash.update(line.join("\t") + "\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn a_hundred_thousand_rows_come_back_as_they_were(app: TestApp) {
    const ROWS: usize = 100_000;
    let (tables, dataset, columns) =
        (Tables::of(&app, "steward@kaufbeuren").await, dataset(&app).await, random::columns());
    let content = tables.put(&dataset, ContentKind::Exact, &columns, numbered(ROWS)).await.expect("it is loaded");
    assert_eq!(content.row_count, 100_000);
    assert_eq!(content.checksum, checksum(&columns, numbered(ROWS)));
    let session = tables.reading().await;
    let table = session.table(&content).expect("a table");
    assert_eq!(table.count(None).await.expect("a count"), 100_000);
    let (mut expected, mut last, mut read) = (numbered(ROWS), 0, 0);
    loop {
        let (rows, end) = table.scan(last, 10_000).await.expect("rows");
        for row in &rows {
            assert_eq!(Some(row), expected.next().as_ref());
        }
        read += rows.len();
        if end == last {
            break;
        }
        last = end;
    }
    assert_eq!(read, ROWS);
}

/// How many typed tables there are.
async fn typed_tables(app: &TestApp) -> i64 {
    let rows = app.database.rows().await;
    let sql = match app.engine {
        Engine::Sqlite => "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name LIKE 'ds\\_%' ESCAPE '\\'",
        Engine::Postgres => "SELECT count(*) FROM pg_class WHERE relnamespace = 'ds'::regnamespace AND relkind = 'r'",
    };
    rows.number(sql).await
}

async fn what_does_not_end_well_leaves_nothing(app: TestApp) {
    let (tables, columns) = (Tables::of(&app, "steward@kaufbeuren").await, random::columns());
    for (how, said) in [("failed", "fault: line 3 is damaged"), ("stopped", "stopped"), ("dropped", "half")] {
        let told = tables
            .write(async |writer| {
                let place = TableRef { content: kernel::ids::new_id(), columns: &columns };
                let store = writer.tables();
                store.create(place).await?;
                let (sender, mut batches) = mpsc::channel(4);
                sender.send(Ok(numbered(5_000).collect())).await.expect("room");
                if how == "failed" {
                    sender.send(Err(ApiError::fault("line 3 is damaged"))).await.expect("room");
                }
                drop(sender);
                let mut progress = |rows| {
                    assert_eq!(rows, 5_000);
                    if how == "stopped" { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                };
                let incoming = Incoming { batches: &mut batches, progress: &mut progress };
                let loaded = store.load(place, incoming).await?;
                // Whoever was told that it stopped, or dies here, does not commit.
                Err::<(), _>(ApiError::fault(if loaded.is_none() { "stopped" } else { "half" }))
            })
            .await;
        let told = words(&told.expect_err("it does not end well"));
        assert!(told.contains(said), "{how}: {told}");
        assert_eq!(typed_tables(&app).await, 0, "{how}");
    }
}

async fn cells_that_do_not_fit_are_refused(app: TestApp) {
    let (tables, dataset, columns) =
        (Tables::of(&app, "steward@kaufbeuren").await, dataset(&app).await, random::columns());
    let whole = || numbered(1).next().expect("a row");
    let with = |at: usize, cell: Cell| {
        let mut row = whole();
        row[at] = cell;
        row
    };
    let marked = Cell { value: None, symbol: Some(tabular::model::Symbol::Secret) };
    for row in [
        with(5, Value::Text("7".to_owned()).into()),
        with(2, Value::Number(7).into()),
        with(2, Value::Text("a\0b".to_owned()).into()),
        with(2, marked),
        whole()[..7].to_vec(),
    ] {
        let error = tables.put(&dataset, ContentKind::Exact, &columns, vec![row].into_iter()).await;
        assert!(words(&error.expect_err("it does not fit")).starts_with("fault: typed table"));
    }
    assert_eq!(typed_tables(&app).await, 0);
}

async fn a_table_goes_with_its_draft(app: TestApp) {
    let (tables, dataset, columns) =
        (Tables::of(&app, "steward@kaufbeuren").await, dataset(&app).await, random::columns());
    let content = tables.put(&dataset, ContentKind::Exact, &columns, numbered(10)).await.expect("it is loaded");
    assert_eq!(typed_tables(&app).await, 1);
    tables.write(async |writer| writer.tables().drop(content.id).await).await.expect("it is dropped");
    assert_eq!(typed_tables(&app).await, 0);
}
